"""What can be wrong with one row: code, what it says, how to mend it, and whether the row has to wait.

A problem either holds its row back (the row is kept as pending and everything else goes in) or only warns
(the row goes in and the report says what to look at).
"""

from __future__ import annotations

from typing import ClassVar

from dtks.foundation.kernel.errors import DtksError


class RowProblem(DtksError):
    """Family of all problems of a row. Parameters come from `detail`, a plain text that the check wrote."""

    mend_id: ClassVar[str] = ""
    mend_en: ClassVar[str] = ""
    holds_back: ClassVar[bool] = True

    def mend(self, language: str = "id") -> str:
        """How to correct the cell."""
        template = self.mend_en if language.lower().startswith("en") else self.mend_id
        return template.format_map({**self.params})


class RequiredEmpty(RowProblem):
    code = "DTKS-IMP-101"
    message_id = "Sel ini wajib diisi."
    message_en = "This cell must not be empty."
    mend_id = "Isi dari KTP-el atau kartu keluarga."
    mend_en = "Fill it in from the identity card or family card."


class NikInvalid(RowProblem):
    code = "DTKS-IMP-102"
    message_id = "NIK tidak sah. {detail}"
    message_en = "The NIK is not valid. {detail}"
    mend_id = "Cocokkan dengan KTP-el; bila belum punya NIK, kosongkan selnya."
    mend_en = "Compare with the identity card; if the person has no NIK yet, leave the cell empty."


class KkInvalid(RowProblem):
    code = "DTKS-IMP-103"
    message_id = "Nomor KK tidak sah. {detail}"
    message_en = "The family card number is not valid. {detail}"
    mend_id = "Cocokkan dengan kartu keluarga; bila belum punya KK, kosongkan selnya."
    mend_en = "Compare with the family card; if the family has none yet, leave the cell empty."


class NikMissing(RowProblem):
    code = "DTKS-IMP-104"
    message_id = "Orang ini belum punya NIK. Ia tetap didata."
    message_en = "This person has no NIK yet. The person is registered all the same."
    mend_id = "Bantu urus NIK di Dukcapil, lalu lengkapi."
    mend_en = "Help to obtain a NIK from the civil registry, then complete the row."
    holds_back = False


class CodeUnknown(RowProblem):
    code = "DTKS-IMP-105"
    message_id = "Kode atau label ini tidak ada di daftar. Yang dapat dipakai: {detail}"
    message_en = "This code or label is not in the list. Possible: {detail}"
    mend_id = "Pilih salah satu kode di daftar, atau kosongkan bila tidak diketahui."
    mend_en = "Choose a code of the list, or leave the cell empty if unknown."


class DateUnreadable(RowProblem):
    code = "DTKS-IMP-106"
    message_id = "Bukan tanggal yang ada."
    message_en = "Not a date that exists."
    mend_id = "Tulis sebagai tahun-bulan-tanggal, misalnya 1987-03-25."
    mend_en = "Write it as year-month-day, such as 1987-03-25."


class DateImpossible(RowProblem):
    code = "DTKS-IMP-107"
    message_id = "Tanggal di luar jangkauan yang mungkin ({detail})."
    message_en = "The date is out of the possible range ({detail})."
    mend_id = "Periksa tahunnya pada dokumen asli."
    mend_en = "Check the year against the original document."


class NumberUnreadable(RowProblem):
    code = "DTKS-IMP-108"
    message_id = "Bukan angka bulat."
    message_en = "Not a whole number."
    mend_id = "Tulis angkanya saja, tanpa satuan dan tanpa titik."
    mend_en = "Write the number alone, without unit or separators."


class OutOfRange(RowProblem):
    code = "DTKS-IMP-109"
    message_id = "Angka di luar batas {detail}."
    message_en = "The number is out of the limits {detail}."
    mend_id = "Periksa kembali angkanya, atau kosongkan bila tidak diketahui."
    mend_en = "Check the number, or leave the cell empty if unknown."


class TextTooLong(RowProblem):
    code = "DTKS-IMP-110"
    message_id = "Teks melebihi {detail} huruf."
    message_en = "The text is longer than {detail} letters."
    mend_id = "Singkat teksnya."
    mend_en = "Shorten the text."


class FormulaText(RowProblem):
    code = "DTKS-IMP-111"
    message_id = "Teks diawali tanda rumus (=, +, -, @)."
    message_en = "The text begins with a sign of a formula (=, +, -, @)."
    mend_id = "Hapus tanda di depan, tulis nilainya saja."
    mend_en = "Remove the leading sign and write the value alone."


class NikTwiceInFile(RowProblem):
    code = "DTKS-IMP-112"
    message_id = "NIK ini juga ada di baris {detail}."
    message_en = "This NIK is also in row {detail}."
    mend_id = "Hapus baris yang kembar, atau betulkan NIK yang salah."
    mend_en = "Delete the duplicate row, or correct the NIK that is wrong."


class SecondHead(RowProblem):
    code = "DTKS-IMP-113"
    message_id = "Satu KK punya lebih dari satu kepala keluarga (baris {detail})."
    message_en = "One family card has more than one head (row {detail})."
    mend_id = "Biarkan satu kepala keluarga; betulkan hubungan yang lain."
    mend_en = "Keep one head and correct the relation of the others."


class NoHead(RowProblem):
    code = "DTKS-IMP-114"
    message_id = "Tidak ada kepala keluarga di KK ini."
    message_en = "This family card has no head."
    mend_id = "Tandai satu anggota sebagai kepala keluarga."
    mend_en = "Mark one member as the head."
    holds_back = False


class SexDisagrees(RowProblem):
    code = "DTKS-IMP-115"
    message_id = "Jenis kelamin berbeda dari NIK."
    message_en = "The sex differs from what the NIK says."
    mend_id = "Periksa NIK dan jenis kelamin pada KTP-el."
    mend_en = "Check NIK and sex against the identity card."
    holds_back = False


class BirthDateDisagrees(RowProblem):
    code = "DTKS-IMP-116"
    message_id = "Tanggal lahir berbeda dari NIK."
    message_en = "The birth date differs from what the NIK says."
    mend_id = "Periksa NIK dan tanggal lahir pada KTP-el."
    mend_en = "Check NIK and birth date against the identity card."
    holds_back = False


class OtherAreaPrefix(RowProblem):
    code = "DTKS-IMP-117"
    message_id = "NIK diterbitkan di kabupaten/kota lain atau memakai kode wilayah lama. Itu boleh."
    message_en = "The NIK was issued in another regency or carries an old area code. That is allowed."
    mend_id = "Tidak perlu diubah bila sama dengan KTP-el."
    mend_en = "Nothing to do if it equals the identity card."
    holds_back = False


class DigitLost(RowProblem):
    code = "DTKS-IMP-118"
    message_id = "Nomor 16 angka disimpan sebagai bilangan; angka terakhir berubah menjadi 0."
    message_en = "The 16-digit number was stored as a number; its last digit has become 0."
    mend_id = "Ubah format kolom menjadi Teks, lalu ketik ulang nomornya."
    mend_en = "Format the column as text, then type the number again."


class PlaceUnknown(RowProblem):
    code = "DTKS-IMP-119"
    message_id = "Desa/kelurahan tidak dapat ditentukan dari kode atau nama di baris ini."
    message_en = "The village cannot be told from the codes or names of this row."
    mend_id = "Betulkan kode atau nama wilayah, atau impor dengan memilih desa."
    mend_en = "Correct the area's codes or names, or choose the village for the import."


class OutsideArea(RowProblem):
    code = "DTKS-IMP-120"
    message_id = "Baris ini dari wilayah lain ({detail})."
    message_en = "This row belongs to another area ({detail})."
    mend_id = "Impor baris ini di wilayahnya sendiri."
    mend_en = "Import this row in its own area."


class RepeatedColumnDisagrees(RowProblem):
    code = "DTKS-IMP-121"
    message_id = "Kolom yang berulang tidak sama isinya: kolom pertama '{detail}'."
    message_en = "A repeated column differs from the first one, '{detail}'."
    mend_id = "Samakan nomor urut, nama dan NIK di semua kelompok kolom."
    mend_en = "Make number, name and NIK equal in all groups of columns."


class FamilyRowMissing(RowProblem):
    code = "DTKS-IMP-122"
    message_id = "KK anggota ini tidak ada di lembar keluarga."
    message_en = "This member's family card is not on the sheet of families."
    mend_id = "Tambahkan baris keluarga itu, atau betulkan nomor KK."
    mend_en = "Add the family's row, or correct the family card number."
    holds_back = False


class FamilyWithoutMembers(RowProblem):
    code = "DTKS-IMP-123"
    message_id = "Keluarga ini tidak punya anggota di lembar anggota."
    message_en = "This family has no member on the sheet of members."
    mend_id = "Tambahkan anggotanya, atau betulkan nomor KK."
    mend_en = "Add its members, or correct the family card number."


class FamilyTwice(RowProblem):
    code = "DTKS-IMP-124"
    message_id = "Nomor KK ini sudah ada di baris {detail} lembar yang sama."
    message_en = "This family card number is already in row {detail} of the same sheet."
    mend_id = "Hapus salah satu, atau betulkan nomor KK."
    mend_en = "Delete one of them, or correct the number."


class NikOfSomeoneElse(RowProblem):
    code = "DTKS-IMP-125"
    message_id = "NIK ini sudah tercatat di registri atas nama orang lain."
    message_en = "The registry holds this NIK under another person's name."
    mend_id = "Cocokkan NIK dan nama dengan KTP-el; bila benar, laporkan sebagai data ganda."
    mend_en = "Compare NIK and name with the identity card; if right, report a duplicate."


class NikElsewhere(RowProblem):
    code = "DTKS-IMP-137"
    message_id = "NIK ini sudah tercatat di wilayah lain yang bukan wilayah tugas Anda."
    message_en = "This NIK is on record in another area, outside your area of responsibility."
    mend_id = "Cocokkan NIK dengan KTP-el; bila orang ini pindah, minta Dinas Sosial memindahkan datanya."
    mend_en = "Compare the NIK with the identity card; if the person moved, let Dinas Sosial move the data."


class KkElsewhere(RowProblem):
    code = "DTKS-IMP-138"
    message_id = "Nomor KK ini sudah tercatat di wilayah lain yang bukan wilayah tugas Anda."
    message_en = "This family card number is on record in another area, outside your area of responsibility."
    mend_id = "Cocokkan nomor dengan KK; bila keluarga ini pindah, minta Dinas Sosial memindahkan datanya."
    mend_en = "Compare the number with the card; if the family moved, ask Dinas Sosial to move the data."


class MovedFamily(RowProblem):
    code = "DTKS-IMP-126"
    message_id = "Orang ini sebelumnya tercatat di keluarga lain dan dipindahkan ke KK ini."
    message_en = "This person was registered in another family and has been moved to this one."
    mend_id = "Periksa apakah perpindahan itu benar."
    mend_en = "Check whether the move is right."
    holds_back = False


class BirthDateEstimated(RowProblem):
    code = "DTKS-IMP-127"
    message_id = "Berkas hanya memuat umur; tanggal lahir diperkirakan."
    message_en = "The file holds only the age; the birth date is an estimate."
    mend_id = "Lengkapi tanggal lahir pada pemutakhiran berikutnya."
    mend_en = "Fill in the birth date at the next update."
    holds_back = False


class PlaceOutsideIndonesia(RowProblem):
    code = "DTKS-IMP-128"
    message_id = "Koordinat di luar Indonesia; tidak dipakai."
    message_en = "The coordinates are outside Indonesia; they are not used."
    mend_id = "Periksa lintang dan bujur (mungkin tertukar)."
    mend_en = "Check latitude and longitude (they may be swapped)."
    holds_back = False


class TwinRow(RowProblem):
    code = "DTKS-IMP-129"
    message_id = "Baris ini sama persis dengan baris {detail}; dihitung sekali."
    message_en = "This row equals row {detail} in every cell; it counts once."
    mend_id = "Hapus baris yang kembar."
    mend_en = "Delete the duplicate row."
    holds_back = False


class ManySpouses(RowProblem):
    code = "DTKS-IMP-130"
    message_id = "Lebih dari satu istri/suami di KK ini."
    message_en = "More than one spouse on this family card."
    mend_id = "Periksa hubungan dengan kepala keluarga."
    mend_en = "Check the relations to the head."
    holds_back = False


class CylinderDisagrees(RowProblem):
    code = "DTKS-IMP-131"
    message_id = "Tabung gas 5,5 kg (502a) tidak cocok dengan bahan bakar memasak (308)."
    message_en = "The gas cylinder (502a) does not fit the cooking fuel (308)."
    mend_id = "502a = 1 hanya bila 308 = 2 atau 3."
    mend_en = "502a = 1 only if 308 = 2 or 3."
    holds_back = False


class NeedsElectricity(RowProblem):
    code = "DTKS-IMP-132"
    message_id = "Punya alat listrik, tetapi rumah tidak berlistrik."
    message_en = "Owns electric goods, but the dwelling has no electricity."
    mend_id = "Periksa 307a dan 502b–502d."
    mend_en = "Check 307a and 502b–502d."
    holds_back = False


class PregnantMan(RowProblem):
    code = "DTKS-IMP-133"
    message_id = "Kehamilan tercatat pada laki-laki; tidak dipakai."
    message_en = "A pregnancy is recorded for a man; it is not used."
    mend_id = "Periksa jenis kelamin dan status kehamilan."
    mend_en = "Check sex and pregnancy."
    holds_back = False


class KkMissing(RowProblem):
    code = "DTKS-IMP-134"
    message_id = "Belum punya nomor KK. Keluarganya tetap didata dengan nomor sementara."
    message_en = "No family card number yet. The family is registered under a temporary number."
    mend_id = "Bantu urus kartu keluarga di Dukcapil, lalu lengkapi."
    mend_en = "Help to obtain a family card, then complete the row."
    holds_back = False


class NikNotKept(RowProblem):
    code = "DTKS-IMP-135"
    message_id = "NIK di berkas sumber ini tidak sah dan tidak dipakai. {detail}"
    message_en = "The NIK in this source is not valid and is not used. {detail}"
    mend_id = "Lengkapi NIK yang benar setelah dicocokkan dengan KTP-el."
    mend_en = "Add the right NIK after comparing with the identity card."
    holds_back = False


class DeathBeforeBirth(RowProblem):
    code = "DTKS-IMP-136"
    message_id = "Tanggal meninggal mendahului tanggal lahir; tidak dipakai."
    message_en = "The date of death is before the date of birth; it is not used."
    mend_id = "Periksa kedua tanggal pada akta."
    mend_en = "Check both dates against the certificates."
    holds_back = False


def by_code() -> dict[str, type[RowProblem]]:
    """Every problem of a row, by code."""
    return {cls.code: cls for cls in RowProblem.__subclasses__()}
