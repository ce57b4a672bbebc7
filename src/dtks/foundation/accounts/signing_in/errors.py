"""What can go wrong around signing in, apart from what a page says beside its form."""

from dtks.foundation.kernel.errors import DtksError


class InstitutionsUnreadable(DtksError):
    """The file of institutions is not what it should be."""

    code = "DTKS-ACC-101"
    message_id = (
        "Berkas {file} tidak terbaca: {reason}. Perbaiki; contohnya di docs/how-to/masuk-dan-faktor-kedua.md."
    )
    message_en = (
        "The file {file} cannot be read: {reason}. Mend it; there is an example in "
        "docs/how-to/masuk-dan-faktor-kedua.md."
    )


class UnknownInstitution(DtksError):
    """An institution that the file does not have."""

    code = "DTKS-ACC-102"
    message_id = "Lembaga {given} tidak ada di berkas oidc.json. Pilihan: {known}."
    message_en = "The file oidc.json has no institution {given}. Choose one of: {known}."


class SubjectTaken(DtksError):
    """The institution's subject opens another account already."""

    code = "DTKS-ACC-103"
    message_id = "Identitas itu sudah membuka akun lain di sini. Cabut dulu dari akun itu."
    message_en = "That identity opens another account here already. Withdraw it from that account first."


class SubjectWrong(DtksError):
    """A claim's value that no institution sends."""

    code = "DTKS-ACC-104"
    message_id = (
        "Isi nilai klaim orangnya persis seperti di lembaga: 1–{longest} huruf atau angka dalam satu baris."
    )
    message_en = (
        "Give the value of the person's claim exactly as at the institution: 1–{longest} signs on one line."
    )


class NothingAsked(DtksError):
    """A request that waits for nobody: followed, declined, replaced or older than a day."""

    code = "DTKS-ACC-105"
    message_id = "Tidak ada permintaan yang menunggu: sudah dijawab, atau lewat 24 jam. Ajukan lagi."
    message_en = "No request waits: it was answered, or is older than 24 hours. Ask again."


class SecondPersonNeeded(DtksError):
    """Who asked for another's way in agrees to it as well."""

    code = "DTKS-ACC-106"
    message_id = (
        "Permintaan ini Anda buat sendiri. Minta pengelola akun lain menyetujuinya di halaman petugas itu."
    )
    message_en = (
        "You made this request yourself. Let another account manager open the officer's page and agree to it."
    )


class CitizenNotFound(DtksError):
    """The office looks for a citizen whom the register does not have in its area, or has twice."""

    code = "DTKS-ACC-111"
    message_id = (
        "Tidak ada warga dengan NIK itu di wilayah Anda, atau NIK itu dipakai lebih dari satu orang. "
        "Cocokkan angkanya dengan KTP; bila benar, periksa datanya di halaman Keluarga."
    )
    message_en = (
        "Nobody in your area has that NIK, or more than one person has it. Compare the digits with the KTP; "
        "if they are right, check the data on the page of families."
    )


class OwnFamily(DtksError):
    """An officer would help themselves or their own family at the office."""

    code = "DTKS-ACC-112"
    message_id = "Ini Anda sendiri atau keluarga Anda. Minta petugas lain yang melakukannya."
    message_en = "This is yourself or your own family. Ask another officer to do it."


class PapersNotSeen(DtksError):
    """A citizen's account is to be changed without KTP and family card having been seen."""

    code = "DTKS-ACC-113"
    message_id = "Lihat dulu KTP dan kartu keluarga yang asli, lalu beri tanda di kotaknya."
    message_en = "See the original KTP and family card first, then tick the box."


class ContactUnusable(DtksError):
    """What is no phone number and no e-mail address by its form."""

    code = "DTKS-ACC-114"
    message_id = "Tulis nomor HP, seperti 0812 3456 7890, atau alamat surel."
    message_en = "Write a mobile number, like 0812 3456 7890, or an e-mail address."


class CitizensContactTaken(DtksError):
    """A contact that opens another citizen's account."""

    code = "DTKS-ACC-115"
    message_id = (
        "Kontak itu sudah membuka akun warga lain. Satu kontak untuk satu akun: pakai nomor atau surel lain."
    )
    message_en = "That contact opens another citizen's account. One contact, one account: use another one."


class CitizenHasDied(DtksError):
    """The register has the citizen as deceased: the account can only be closed."""

    code = "DTKS-ACC-116"
    message_id = "Menurut register orang ini sudah meninggal: akunnya hanya dapat ditutup."
    message_en = "By the register this person has died: the account can only be closed."


class NothingToDo(DtksError):
    """The account is not in the state that this act is for; somebody else may have just done it."""

    code = "DTKS-ACC-117"
    message_id = "Tidak ada yang diubah: {reason_id}. Muat ulang halaman warga itu."
    message_en = "Nothing was changed: {reason_en}. Load the citizen's page again."


class OfficeCodeWrong(DtksError):
    """The code that was told at the office does not fit, or not any more."""

    code = "DTKS-ACC-118"
    message_id = "Kode tidak cocok atau sudah tidak berlaku. Setelah lima kali salah, kirim kode baru."
    message_en = "The code does not match or has lapsed. After five wrong ones, send a new code."


class OfficersContact(DtksError):
    """A contact that stands on the account of an officer who is somebody else."""

    code = "DTKS-ACC-119"
    message_id = "Kontak itu ada pada akun petugas. Pakai nomor atau surel milik warga itu sendiri."
    message_en = "That contact stands on an officer's account. Use a number or address of the citizen's own."
