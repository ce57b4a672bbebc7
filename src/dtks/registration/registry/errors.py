"""What can go wrong in the register."""

from __future__ import annotations

from dtks.foundation.kernel.errors import DtksError


class RegistryError(DtksError):
    """Family of the register's errors."""


class UnknownColumn(RegistryError):
    code = "DTKS-REGISTRY-001"
    message_id = "Kolom {columns} pada tabel {level} tidak ada dalam kamus variabel."
    message_en = "Columns {columns} of table {level} are not in the dictionary of variables."


class MissingColumn(RegistryError):
    code = "DTKS-REGISTRY-002"
    message_id = "Tabel {level} harus memuat kolom {columns} dan isinya tidak boleh kosong."
    message_en = "Table {level} needs the columns {columns}, and none of their values may be empty."


class WrongType(RegistryError):
    code = "DTKS-REGISTRY-003"
    message_id = "Kolom {column}: isinya tidak dapat dibaca sebagai {dtype}."
    message_en = "Column {column}: its values cannot be read as {dtype}."


class OutsideArea(RegistryError):
    code = "DTKS-REGISTRY-004"
    message_id = "Desa {village} berada di luar wilayah {area}."
    message_en = "Village {village} lies outside area {area}."


class FamilyKeyProblem(RegistryError):
    code = "DTKS-REGISTRY-005"
    message_id = "family_key {key} muncul dua kali, atau ada anggota yang keluarganya tidak ikut dikirim."
    message_en = "family_key {key} occurs twice, or a member's family is not part of the table."


class Refused(RegistryError):
    code = "DTKS-REGISTRY-006"
    message_id = "Basis data menolak data ini: aturan {constraint} dilanggar. Tidak ada yang disimpan."
    message_en = "The database refused these data: they break rule {constraint}. Nothing was stored."


class FutureDate(RegistryError):
    code = "DTKS-REGISTRY-008"
    message_id = "Jawaban berlaku sejak {day}, padahal hari itu belum tiba."
    message_en = "Answers hold from {day}, a day that has not come yet."


class TooLong(RegistryError):
    code = "DTKS-REGISTRY-009"
    message_id = "Kolom {column}: ada isi yang lebih panjang dari {length} karakter."
    message_en = "Column {column}: a value is longer than {length} characters."


class BornInFuture(RegistryError):
    code = "DTKS-REGISTRY-011"
    message_id = "Tanggal lahir {day} belum tiba. Periksa tanggal data ini dan tanggal komputer."
    message_en = "Date of birth {day} has not come yet. Check the day of these data and the computer's date."


class NotEmpty(RegistryError):
    code = "DTKS-REGISTRY-010"
    message_id = "Registri sudah berisi data; pengisian awal hanya untuk registri yang kosong."
    message_en = "The register holds data already; an initial load is for an empty one."


class FamilyNotFound(RegistryError):
    code = "DTKS-REGISTRY-007"
    message_id = "Keluarga {family_id} tidak ada dalam registri."
    message_en = "Family {family_id} is not in the register."
