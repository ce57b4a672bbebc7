"""Why a text is not a NIK or KK number: the reasons, in words for the person who mends it."""

from enum import IntEnum

from dtks.foundation.kernel.errors import DtksError


class NikDefect(IntEnum):
    """Why a text is not a NIK or KK number; the first that applies, in this order."""

    EMPTY = 1
    ROUNDED = 2
    NOT_DIGITS = 3
    LENGTH = 4
    PLACEHOLDER = 5
    TEMPORARY = 6
    PROVINCE = 7
    AREA = 8
    DATE = 9
    SERIAL = 10

    def text(self, language: str = "id") -> str:
        """What is wrong, in a sentence for the person who has to correct it."""
        return _TEXTS[self][1 if language.lower().startswith("en") else 0]

    def mend(self, language: str = "id") -> str:
        """How to correct it."""
        return _TEXTS[self][3 if language.lower().startswith("en") else 2]


_COPY_ID = "Salin kembali dari KTP-el atau kartu keluarga."
_COPY_EN = "Copy it again from the identity card or family card."
_TEXTS: dict[NikDefect, tuple[str, str, str, str]] = {
    NikDefect.EMPTY: (
        "Nomor kosong.",
        "The number is empty.",
        "Isi nomornya; bila orang ini belum punya, biarkan kosong dan buat tugas Dukcapil.",
        "Fill it in; if the person has none yet, leave it empty and open a civil-registry task.",
    ),
    NikDefect.ROUNDED: (
        "Nomor dibulatkan oleh aplikasi spreadsheet (bentuk 3,2E+15); angka terakhir sudah hilang.",
        "A spreadsheet rounded the number (like 3.2E+15); its last digits are lost.",
        "Ubah format kolom menjadi Teks, lalu ketik ulang nomornya.",
        "Format the column as text, then type the number again.",
    ),
    NikDefect.NOT_DIGITS: (
        "Ada huruf atau tanda selain angka.",
        "There are letters or signs other than digits.",
        "Ganti huruf yang mirip angka (O dengan 0, I atau l dengan 1).",
        "Replace letters that look like digits (O by 0, I or l by 1).",
    ),
    NikDefect.LENGTH: ("Panjangnya bukan 16 angka.", "It does not have 16 digits.", _COPY_ID, _COPY_EN),
    NikDefect.PLACEHOLDER: (
        "Satu angka yang diulang-ulang, bukan nomor sungguhan.",
        "One digit repeated: not a real number.",
        _COPY_ID,
        _COPY_EN,
    ),
    NikDefect.TEMPORARY: (
        "Nomor sementara buatan aplikasi desa (diawali 0).",
        "A temporary number made by a village application (it starts with 0).",
        "Ganti dengan nomor dari Dukcapil; bila belum ada, biarkan kosong.",
        "Replace it by the civil registry's number; if there is none yet, leave it empty.",
    ),
    NikDefect.PROVINCE: (
        "Dua angka pertama bukan kode provinsi.",
        "The first two digits are no province's code.",
        _COPY_ID,
        _COPY_EN,
    ),
    NikDefect.AREA: (
        "Kode kabupaten/kota atau kecamatan (angka 3–6) berisi 00.",
        "The regency's or district's code (digits 3–6) is 00.",
        _COPY_ID,
        _COPY_EN,
    ),
    NikDefect.DATE: (
        "Angka 7–12 bukan tanggal yang ada.",
        "Digits 7–12 are not a date that exists.",
        _COPY_ID,
        _COPY_EN,
    ),
    NikDefect.SERIAL: (
        "Nomor urut (empat angka terakhir) 0000.",
        "The serial (last four digits) is 0000.",
        _COPY_ID,
        _COPY_EN,
    ),
}


class NikError(DtksError):
    """A text that is no NIK; ``reason`` says which rule it breaks. The text itself is never kept."""

    code = "DTKS-NIK-001"
    message_id = "NIK tidak sah: {problem}"
    message_en = "Not a valid NIK: {problem}"

    def __init__(self, *, reason: NikDefect) -> None:
        super().__init__(reason=reason)
        self.reason = reason

    def text(self, language: str = "id") -> str:
        template = self.message_en if language.lower().startswith("en") else self.message_id
        return template.format(problem=self.reason.text(language))


class KkNumberError(NikError):
    """A text that is no KK number."""

    code = "DTKS-NIK-002"
    message_id = "Nomor KK tidak sah: {problem}"
    message_en = "Not a valid family card number: {problem}"
