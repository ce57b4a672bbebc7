"""Why a whole file is refused: stable code, Indonesian and English message, each saying how to mend it.

What is wrong with a single row is in `problems`.
"""

from __future__ import annotations

from dtks.foundation.kernel.errors import DtksError


class IntakeError(DtksError):
    """Family of all refusals of this step."""


class EmptyFile(IntakeError):
    code = "DTKS-IMP-001"
    message_id = "Berkas kosong. Kirim lagi berkas yang berisi data."
    message_en = "The file is empty. Send a file that holds data."


class FileTooLarge(IntakeError):
    code = "DTKS-IMP-002"
    message_id = "Berkas {megabytes} MB melebihi batas {limit} MB. Bagi menjadi beberapa berkas per desa."
    message_en = "The file of {megabytes} MB is over the limit of {limit} MB. Split it by village."


class NotWhatItSays(IntakeError):
    code = "DTKS-IMP-003"
    message_id = (
        "Isi berkas adalah {found}, bukan {expected} seperti namanya. Buka di aplikasi spreadsheet, lalu "
        "'Simpan sebagai' .xlsx."
    )
    message_en = (
        "The file's content is {found_en}, not {expected} as its name says. Open it and save it as .xlsx."
    )


class EncryptedWorkbook(IntakeError):
    code = "DTKS-IMP-004"
    message_id = "Berkas dikunci dengan kata sandi. Buka, hapus kata sandinya, simpan, lalu kirim lagi."
    message_en = "The workbook is protected by a password. Remove the password, save, and send it again."


class MacroWorkbook(IntakeError):
    code = "DTKS-IMP-005"
    message_id = (
        "Berkas berisi makro. Buka di aplikasi spreadsheet, lalu 'Simpan sebagai' .xlsx (tanpa makro)."
    )
    message_en = "The workbook holds macros. Open it and save it as .xlsx (without macros)."


class ZipBomb(IntakeError):
    code = "DTKS-IMP-006"
    message_id = (
        "Isi berkas mengembang menjadi {megabytes} MB ({ratio} kali ukurannya): ditolak sebagai bom zip."
    )
    message_en = "The content swells to {megabytes} MB ({ratio} times its size): refused as a zip bomb."


class TooManyParts(IntakeError):
    code = "DTKS-IMP-007"
    message_id = (
        "Berkas memuat {count} bagian; batasnya {limit}. Simpan ulang hanya dengan lembar yang perlu."
    )
    message_en = (
        "The file holds {count} parts; the limit is {limit}. Save it again with the sheets needed only."
    )


class DamagedFile(IntakeError):
    code = "DTKS-IMP-008"
    message_id = "Berkas rusak atau terpotong ({part}). Unduh atau salin ulang dari sumbernya."
    message_en = "The file is damaged or cut off ({part}). Download or copy it again from its source."


class TooManyColumns(IntakeError):
    code = "DTKS-IMP-009"
    message_id = "Lembar '{sheet}' memakai lebih dari {limit} kolom. Hapus kolom yang tidak perlu."
    message_en = "Sheet '{sheet}' uses more than {limit} columns. Delete those that are not needed."


class FormulaInData(IntakeError):
    code = "DTKS-IMP-010"
    message_id = (
        "Sel {cell} pada lembar '{sheet}' berisi rumus. Salin seluruh data, lalu 'Tempel khusus' sebagai "
        "nilai, "
        "dan simpan lagi."
    )
    message_en = (
        "Cell {cell} of sheet '{sheet}' holds a formula. Copy all data, paste it as values, and save again."
    )


class ForbiddenXml(IntakeError):
    code = "DTKS-IMP-011"
    message_id = (
        "Bagian '{part}' memuat deklarasi DTD atau entitas XML. Simpan ulang dari aplikasi spreadsheet."
    )
    message_en = "Part '{part}' holds a DTD or XML entities. Save it again from a spreadsheet program."


class UnknownEncoding(IntakeError):
    code = "DTKS-IMP-012"
    message_id = (
        "Pengodean teks tidak dikenali: byte ke-{position} (baris {line}) bukan UTF-8, UTF-16, atau "
        "Windows-1252. Simpan sebagai 'CSV UTF-8'."
    )
    message_en = (
        "Unknown text encoding: byte {position} (line {line}) is neither UTF-8, UTF-16 nor Windows-1252. "
        "Save as 'CSV UTF-8'."
    )


class UnknownKindOfFile(IntakeError):
    code = "DTKS-IMP-013"
    message_id = (
        "Bukan berkas .xlsx, .xls atau .csv (akhiran namanya '{suffix}'). Buka di aplikasi spreadsheet, lalu "
        "'Simpan sebagai' .xlsx."
    )
    message_en = (
        "Not an .xlsx, .xls or .csv file (its name ends in '{suffix}'). Open it in a spreadsheet program and "
        "save it as .xlsx."
    )


class UnknownFormat(IntakeError):
    code = "DTKS-IMP-014"
    message_id = (
        "Kolomnya tidak dikenali.{nearest} Pakai berkas dari OpenSID, SIAK, BDT 2015 atau Regsosek dengan "
        "judul kolom aslinya. Untuk berkas buatan sendiri, simpan dulu pemetaan kolomnya."
    )
    message_en = (
        "Its columns are not known.{nearest_en} Use a file from OpenSID, SIAK, BDT 2015 or Regsosek with its "
        "own column headings. For a file of your own, save a column mapping first."
    )


class AreaNeeded(IntakeError):
    code = "DTKS-IMP-015"
    message_id = "Berkas ini tidak menyebut desanya. Pilih desa atau kelurahannya (di terminal: --area KODE)."
    message_en = "This file does not say its village. Choose the village (in the terminal: --area CODE)."


class AreaUnknown(IntakeError):
    code = "DTKS-IMP-016"
    message_id = (
        "Kode wilayah '{area}' tidak ada, atau bukan desa/kelurahan padahal berkas tidak menyebut desanya."
    )
    message_en = (
        "Area code '{area}' does not exist, or is no village while the file does not say its village."
    )


class MappingInvalid(IntakeError):
    code = "DTKS-IMP-017"
    message_id = "Pemetaan kolom '{name}' tidak sah: {problem}"
    message_en = "Column mapping '{name}' is not valid: {problem}"


class NothingToImport(IntakeError):
    code = "DTKS-IMP-018"
    message_id = "Tidak ada baris data di bawah judul kolom."
    message_en = "There is no row of data below the headings."


class AlreadyRunning(IntakeError):
    code = "DTKS-IMP-019"
    message_id = "Berkas ini sedang diimpor. Tunggu sampai selesai."
    message_en = "This file is being imported right now. Wait until it is done."
    permanent = False


class SheetsMissing(IntakeError):
    code = "DTKS-IMP-020"
    message_id = "Lembar yang wajib ada tidak ditemukan: {sheets}."
    message_en = "Sheets that must be there are missing: {sheets}."


class JobNotFound(IntakeError):
    code = "DTKS-IMP-021"
    message_id = "Impor itu tidak ada, atau sudah tidak dapat dilanjutkan."
    message_en = "There is no such import, or it cannot go on any more."


class ImportCancelled(IntakeError):
    code = "DTKS-IMP-022"
    message_id = (
        "Impor dihentikan oleh petugas setelah {chunks} bagian. Bagian yang sudah masuk tetap tersimpan."
    )
    message_en = "The import was stopped by an officer after {chunks} chunks. What went in stays."


class SnapshotUnreadable(IntakeError):
    code = "DTKS-IMP-023"
    message_id = "Folder snapshot tidak dapat dibaca: {problem}"
    message_en = "The snapshot directory cannot be read: {problem}"


class SnapshotAhead(IntakeError):
    code = "DTKS-IMP-026"
    message_id = (
        "Penduduk buatan ini bertanggal {day}, yang belum tiba: ada yang belum lahir. "
        "Buat ulang dengan --taken-on {today} atau lebih awal."
    )
    message_en = (
        "This made-up population is dated {day}, which has not come yet: some are not born. "
        "Make it again with --taken-on {today} or earlier."
    )


class MappingExists(IntakeError):
    code = "DTKS-IMP-027"
    message_id = "Pemetaan dengan kode '{name}' sudah ada. Pilih 'Ganti yang lama', atau ubah id di berkas."
    message_en = "There is a mapping with the code '{name}'. Choose 'Replace the old one', or change its id."


class FileMissing(IntakeError):
    code = "DTKS-IMP-024"
    message_id = "Berkas '{name}' tidak ada."
    message_en = "There is no file '{name}'."


class NotReadable(IntakeError):
    code = "DTKS-IMP-025"
    message_id = "Isi berkas tidak dapat dibaca: {problem}. Simpan ulang sebagai .xlsx."
    message_en = "The file's content cannot be read: {problem}. Save it again as .xlsx."


class ImportBroken(IntakeError):
    code = "DTKS-IMP-028"
    message_id = (
        "Impor berhenti karena galat program ({kind}). Lanjutkan dari halamannya; bila berulang, laporkan."
    )
    message_en = "The import stopped by a fault of the program ({kind}). Resume it; if it recurs, report it."
