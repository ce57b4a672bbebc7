"""What can go wrong with the protection of personal data."""

from dtks.foundation.kernel.errors import DtksError


class PrivacyFileError(DtksError):
    """A file of parameters/privacy that cannot be used."""

    code = "DTKS-PRIV-001"
    message_id = "{path}, {where}: {reason}. Perbaiki berkas itu."
    message_en = "{path}, {where}: {reason}. Mend the file."


class Unclassified(DtksError):
    """A table or column without a class."""

    code = "DTKS-PRIV-002"
    message_id = (
        "{column} belum digolongkan. Tulis golongan datanya di privacy.py milik langkah itu "
        "(lihat docs/how-to/pelindungan-data-pribadi.md)."
    )
    message_en = (
        "{column} is not classified. State its class in the privacy.py of its step "
        "(see docs/how-to/pelindungan-data-pribadi.md)."
    )


class WrongDeclaration(DtksError):
    """A step's privacy.py says something that cannot be."""

    code = "DTKS-PRIV-003"
    message_id = "{where}: {reason}. Perbaiki privacy.py langkah itu."
    message_en = "{where}: {reason}. Mend the privacy.py of that step."


class ConsentUnknown(DtksError):
    """A purpose that has no consent text, or no consent with this number in the area."""

    code = "DTKS-PRIV-010"
    message_id = "Tidak ada persetujuan {given}. Pilihan tujuan: {known}."
    message_en = "There is no consent {given}. Purposes to choose from: {known}."


class ConsentStands(DtksError):
    """The person has consented already."""

    code = "DTKS-PRIV-011"
    message_id = "Orang ini sudah menyetujui tujuan itu: bukti {number}. Tidak perlu dicatat lagi."
    message_en = "This person has consented to that purpose already: receipt {number}. Nothing to record."


class ConsentEnded(DtksError):
    """A consent that was withdrawn before."""

    code = "DTKS-PRIV-012"
    message_id = "Persetujuan {number} sudah dicabut pada {at}."
    message_en = "Consent {number} was withdrawn already at {at}."


class NotWithdrawn(DtksError):
    """Nothing has to stop for a consent that stands."""

    code = "DTKS-PRIV-013"
    message_id = "Persetujuan {number} belum dicabut; tidak ada yang harus dihentikan."
    message_en = "Consent {number} is not withdrawn; nothing has to stop."


class NotResident(DtksError):
    """A person who does not live in the village that was named, or whom the area does not hold."""

    code = "DTKS-PRIV-014"
    message_id = (
        "Register tidak mencatat orang ini sebagai warga hidup di desa itu; mungkin sudah pindah. "
        "Buka halaman keluarganya, lalu pilih Persetujuan pada anggota itu."
    )
    message_en = (
        "The register knows no living resident of that village with this key; they may have moved. "
        "Open the family's page and choose Consents beside the member."
    )


class ChildCannotConsent(DtksError):
    """Somebody under 18 was to agree for themselves."""

    code = "DTKS-PRIV-015"
    message_id = (
        "Orang ini belum 18 tahun, jadi belum dapat menyetujui sendiri (UU 35/2014, "
        "UU 27/2022 Pasal 25). Pilih orang tua atau wali yang menyetujui. Tanggal lahirnya keliru? "
        "Betulkan dulu data keluarganya."
    )
    message_en = (
        "This person is under 18 and cannot consent alone yet (UU 35/2014, UU 27/2022 "
        "Pasal 25). Choose the parent or guardian who agrees. Is the date of birth wrong? Correct the "
        "family's data first."
    )


class AgeUnknown(DtksError):
    """Somebody of unknown age was to agree for themselves, and nobody asked how old they are."""

    code = "DTKS-PRIV-016"
    message_id = (
        "Tanggal lahir orang ini tidak tercatat. Tanyakan umurnya: sudah 18 tahun, beri tanda bahwa Anda "
        "menanyakannya; belum, pilih orang tua atau wali."
    )
    message_en = (
        "The date of birth of this person is not recorded. Ask how old they are: if 18, tick that you "
        "asked; if not, choose the parent or guardian."
    )


class BreachNotFound(DtksError):
    """No such breach, or none in this area."""

    code = "DTKS-PRIV-020"
    message_id = "Insiden itu tidak ada di wilayah Anda."
    message_en = "There is no such breach in your area."


class BreachIncomplete(DtksError):
    """A breach or its letter lacks what the law asks for."""

    code = "DTKS-PRIV-021"
    message_id = "Belum lengkap: {missing}. Isi bagian itu lebih dulu."
    message_en = "Incomplete: {missing}. Fill that in first."


class ImpossibleTime(DtksError):
    """A time that cannot be: something was noticed before it happened, or lies in the future."""

    code = "DTKS-PRIV-022"
    message_id = "Waktu tidak masuk akal: {reason}. Periksa tanggal dan jamnya."
    message_en = "Impossible time: {reason}. Check its date and hour."


class Kept(DtksError):
    """Somebody tried to change or delete what is kept as it was written."""

    code = "DTKS-PRIV-023"
    message_id = "{table} hanya ditambah, tidak diubah atau dihapus. Buat versi baru."
    message_en = "{table} is only added to, never changed or deleted. Make a new version."


class VersionTaken(DtksError):
    """Two people corrected the same thing at once."""

    code = "DTKS-PRIV-024"
    message_id = "Orang lain baru saja menyimpan versi {version}. Buka lagi, lalu ulangi perubahan Anda."
    message_en = "Somebody else has just stored version {version}. Open it again and repeat your change."
    permanent = False


class AssessmentNotFound(DtksError):
    """No such impact assessment, or none in this area."""

    code = "DTKS-PRIV-030"
    message_id = "Penilaian dampak itu tidak ada di wilayah Anda."
    message_en = "There is no such impact assessment in your area."


class AssessmentIncomplete(DtksError):
    """An impact assessment that was signed with gaps."""

    code = "DTKS-PRIV-031"
    message_id = "Penilaian belum bisa ditandatangani: {missing}."
    message_en = "The assessment cannot be signed yet: {missing}."


class NoShredder(DtksError):
    """A retention class that nothing can carry out."""

    code = "DTKS-PRIV-040"
    message_id = "Kelas retensi {given} tidak ada. Pilihan: {known}."
    message_en = "There is no retention class {given}. Choose one of: {known}."


class NotOwner(DtksError):
    """Tables cannot be written anew by a role that does not own them."""

    code = "DTKS-PRIV-041"
    message_id = "Peran basis data tidak memiliki tabel: {tables}. Isi DTKS_DATABASE_OWNER_URL, lalu ulangi."
    message_en = (
        "The database role does not own the tables: {tables}. Set DTKS_DATABASE_OWNER_URL and repeat."
    )


class ReadingNotFound(DtksError):
    """No such unusual reading, or none in this area."""

    code = "DTKS-PRIV-050"
    message_id = "Pembacaan itu tidak ada di wilayah Anda."
    message_en = "There is no such reading in your area."


class ReadingDecided(DtksError):
    """Somebody decided on an unusual reading before."""

    code = "DTKS-PRIV-051"
    message_id = "Pembacaan ini sudah diputuskan. Buka lagi untuk melihat keputusannya."
    message_en = "This reading was decided on already. Open it again to see how."


class OwnReading(DtksError):
    """An officer would judge the own reading."""

    code = "DTKS-PRIV-052"
    message_id = "Pembacaan Anda sendiri diputuskan oleh pejabat lain. Mintalah pejabat di tingkat atas."
    message_en = "Another officer decides on your own reading. Ask the officer of the level above."


class DecisionIncomplete(DtksError):
    """A decision or a watch without a reason, or with a person's number in it."""

    code = "DTKS-PRIV-053"
    message_id = "Tulis alasannya, paling sedikit 10 huruf dan tanpa NIK atau nomor KK."
    message_en = "Write the reason: at least 10 characters, and no NIK or KK number."


class NobodyToWatch(DtksError):
    """A NIK that nobody in the area bears."""

    code = "DTKS-PRIV-054"
    message_id = "Tidak ada orang dengan NIK itu di wilayah Anda. Periksa 16 angkanya."
    message_en = "Nobody in your area bears that NIK. Check its 16 digits."


class WatchNotFound(DtksError):
    """No such watched person, or none in this area."""

    code = "DTKS-PRIV-055"
    message_id = "Jagaan itu tidak ada di wilayah Anda, atau sudah diakhiri."
    message_en = "There is no such watch in your area, or it has ended."


class TooManyWatched(DtksError):
    """The list of watched people would grow beyond what a day's look can carry."""

    code = "DTKS-PRIV-056"
    message_id = "Daftar jagaan sudah berisi {most} orang. Akhiri yang tidak perlu lagi."
    message_en = "The watch list holds {most} people already. End what is no longer needed."
