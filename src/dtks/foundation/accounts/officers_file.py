"""Many officers at once from a spreadsheet: template, judgement of every cell, all or nothing.

Nothing of the file is kept but the rows that were read: sealed, until they are applied (`pending_file`).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import xlsxwriter

from dtks.foundation.accounts import workbook_guard
from dtks.foundation.accounts.account_data import FORMULA, AccountData
from dtks.foundation.accounts.roles import REACH_TEXTS, ROLES
from dtks.foundation.accounts.workbook_guard import MOST_ROWS
from dtks.foundation.ledger.domain import CITIZEN_ROLE

# Field → heading. The first four must be there.
COLUMNS: dict[str, str] = {
    "username": "Nama masuk",
    "name": "Nama lengkap",
    "role": "Peran",
    "area": "Wilayah",
    "programme": "Program",
    "valid_from": "Mulai",
    "valid_to": "Sampai",
    "email": "Surel",
    "phone": "Telepon",
    "nik": "NIK",
}
REQUIRED = ("username", "name", "role", "area")
_WHOLE_COUNTRY = frozenset({"", "nasional", "indonesia", "-"})
_ROLE_NAMES = {
    name.casefold(): role.id for role in ROLES.values() for name in (role.id, role.name_id, role.name_en)
}
_DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")


@dataclass(frozen=True, slots=True)
class OfficerRow:
    """One line of the file: an account and the role that it is to have. ``line``: the spreadsheet's."""

    line: int
    data: AccountData
    role: str
    area: str
    programme: str
    valid_from: date | None
    valid_to: date | None

    def plain(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return asdict(self)

    @classmethod
    def from_plain(cls, given: dict[str, Any]) -> OfficerRow:
        """What `plain` gave, back from JSON."""
        days = {
            key: date.fromisoformat(given[key]) if given[key] else None for key in ("valid_from", "valid_to")
        }
        return cls(**{**given, "data": AccountData(**given["data"]), **days})


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one cell. ``column``: the heading, '' for the whole line."""

    line: int
    column: str
    text_id: str
    text_en: str


def template() -> bytes:
    """An empty workbook with the headings and, on a second sheet, how to fill them."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "num_format": "@"})
        page = book.add_worksheet("Petugas")
        # As text: a spreadsheet drops the zero of a phone number and the last digits of a NIK.
        page.set_column(0, len(COLUMNS) - 1, 22, text)
        for at, heading in enumerate(COLUMNS.values()):
            page.write_string(0, at, heading, bold)
        page.freeze_panes(1, 0)
        guide = book.add_worksheet("Petunjuk")
        guide.set_column(0, 0, 24)
        guide.set_column(1, 1, 90)
        for line, (head, explanation) in enumerate(_guide()):
            guide.write_string(line, 0, head, bold)
            guide.write_string(line, 1, explanation)
    return buffer.getvalue()


def _guide() -> Iterable[tuple[str, str]]:
    yield "Nama masuk", "Wajib. Huruf kecil dan angka, misalnya siti.ciheulang. Satu baris satu petugas."
    yield "Nama lengkap", "Wajib."
    yield "Peran", "Wajib. Kode atau nama peran dari daftar di bawah."
    yield "Wilayah", "Kode Kemendagri seperti 33.02.11.2001; 'nasional' untuk seluruh negeri."
    yield "Program", "Hanya untuk peran yang diberikan per program; kosong berarti semua program."
    yield "Mulai, Sampai", "Tanggal, misalnya 2026-12-31. Mulai kosong: hari ini. Sampai kosong: tanpa akhir."
    yield "Surel, Telepon, NIK", "Boleh kosong. NIK dipakai agar petugas tidak menangani keluarganya sendiri."
    yield "", ""
    for role in ROLES.values():
        if role.id != CITIZEN_ROLE:
            yield role.id, f"{role.name_id}: {', '.join(REACH_TEXTS[each][0] for each in role.reaches)}"


def read(content: bytes, *, name: str) -> tuple[list[OfficerRow], list[Problem]]:
    """The rows of an uploaded file and what could not be understood in its cells.

    Raises:
        OfficersFileRefused: nothing of it was read; the reason is in the message.
    """
    table = workbook_guard.table(content, name)
    if not table:
        raise workbook_guard.refused("kosong.", "it is empty.")
    columns = _columns([_text(cell) for cell in table[0]])
    rows, problems = [], []
    for line, cells in enumerate(table[1:], start=2):
        given = {key: cells[at] if at < len(cells) else None for key, at in columns.items()}
        if not any(_text(cell) for cell in given.values()):
            continue
        row, wrong = _row(line, given)
        rows.append(row)
        problems += wrong
    if not rows:
        raise workbook_guard.refused(
            "tidak ada baris di bawah judul kolom.", "there is no line below the headings."
        )
    if len(rows) > MOST_ROWS:
        raise workbook_guard.refused(
            f"{len(rows)} baris; paling banyak {MOST_ROWS}. Bagi menjadi beberapa berkas.",
            f"{len(rows)} lines; {MOST_ROWS} at most. Split it into several files.",
        )
    return rows, problems


def _columns(headings: list[str]) -> dict[str, int]:
    known = {heading.casefold(): key for key, heading in COLUMNS.items()}
    found: dict[str, int] = {}
    for at, heading in enumerate(headings):
        if not heading:
            continue
        key = known.get(heading.casefold())
        if key is None or key in found:
            raise workbook_guard.refused(
                f"kolom '{heading[:40]}' tidak dikenal atau ganda. Pakai judul dari templat.",
                f"the column '{heading[:40]}' is unknown or there twice. Use the template's headings.",
            )
        found[key] = at
    if missing := [COLUMNS[key] for key in REQUIRED if key not in found]:
        raise workbook_guard.refused(
            f"kolom tidak ada: {', '.join(missing)}.", f"columns are missing: {', '.join(missing)}."
        )
    return found


def _row(line: int, given: dict[str, Any]) -> tuple[OfficerRow, list[Problem]]:
    problems = []
    days: dict[str, date | None] = {}
    for key in ("valid_from", "valid_to"):
        try:
            days[key] = _day(given.get(key))
        except ValueError:
            days[key] = None
            text = ("tulis tanggal seperti 2026-12-31.", "write the date like 2026-12-31.")
            problems.append(Problem(line, COLUMNS[key], *text))
    texts = {key: _text(given.get(key)) for key in COLUMNS if key not in days}
    if isinstance(given.get("nik"), float | int):
        # A spreadsheet keeps 15 digits of a number: the last of a NIK is already lost.
        text = ("format sel sebagai teks lalu ketik ulang.", "format the cell as text and type it again.")
        problems.append(Problem(line, COLUMNS["nik"], *text))
        texts["nik"] = ""
    for key, value in texts.items():
        if value.startswith(FORMULA) and key not in ("phone", "name") and value != "-":
            text = ("tidak boleh diawali =, +, - atau @.", "must not begin with =, +, - or @.")
            problems.append(Problem(line, COLUMNS[key], *text))
    area = "" if texts["area"].casefold() in _WHOLE_COUNTRY else _dotted(texts["area"])
    data = AccountData(texts["username"], texts["name"], texts["email"], texts["phone"], texts["nik"]).clean()
    role = _ROLE_NAMES.get(texts["role"].casefold(), texts["role"])
    row = OfficerRow(line, data, role, area, texts["programme"].lower(), days["valid_from"], days["valid_to"])
    if not texts["area"]:
        text = ("isi kode wilayah, atau 'nasional'.", "give the area's code, or 'nasional'.")
        problems.append(Problem(line, COLUMNS["area"], *text))
    return row, problems


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())[:200]


def _dotted(code: str) -> str:
    """'3302112001' → '33.02.11.2001'; anything else as it is."""
    if not re.fullmatch(r"[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{10}", code):
        return code
    return ".".join(part for part in (code[:2], code[2:4], code[4:6], code[6:]) if part)


def _day(cell: object) -> date | None:
    """Raises ValueError."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = _text(cell)
    if not text:
        return None
    for form in _DATES:
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    raise ValueError
