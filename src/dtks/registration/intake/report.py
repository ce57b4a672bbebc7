"""The rows that wait, as a workbook in the layout they came in: to be mended there and sent back.

Bad cells are filled and carry a comment; two columns are added at the right: what is wrong in words, and the
key by which the row is recognised when it comes back. Every cell is written as text: no content can become
a formula, and no number loses a digit.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xlsxwriter

from dtks.registration.intake import errors
from dtks.registration.intake.detection import KEY_HEADING, MARK_SHEET, PROBLEM_HEADING
from dtks.registration.intake.models import ImportJob, PendingRow
from dtks.registration.intake.problems import by_code

MOST_COMMENTS = 10_000
"""Each comment is a drawing: beyond this many a spreadsheet program opens the file slowly."""
LONGEST_CELL = 32_000
GUIDE = {
    "id": (
        "Petunjuk",
        "Perbaiki sel yang berwarna merah, lalu simpan sebagai .xlsx dan kirim lagi lewat halaman impor.",
        "Jangan ubah kolom dtks_kunci: dengan kunci itu baris dikenali kembali.",
        "Baris yang tidak jadi dikirim boleh dihapus; ia tetap tercatat sebagai tertunda.",
    ),
    "en": (
        "Guide",
        "Mend the red cells, save as .xlsx, and send the file again on the import page.",
        "Leave column dtks_kunci as it is: rows are recognised by their key.",
        "Rows that you do not send may be deleted; they stay recorded as pending.",
    ),
}


def write(*, job_id: uuid.UUID, path: Path, language: str = "id") -> Path:
    """Write the open pending rows of an import to `path` (.xlsx). Returns the path.

    Raises:
        JobNotFound: no such import.
    """
    job = ImportJob.objects.filter(pk=job_id).first()
    if job is None:
        raise errors.JobNotFound()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        comments = MOST_COMMENTS
        for number, sheet in enumerate(job.layout["sheets"]):
            comments -= _Sheet(book, sheet, language, comments).write(_rows(job, number))
        _write_guide(book, language)
        _write_mark(book, job)
    return path


def _rows(job: ImportJob, sheet: int) -> Iterator[PendingRow]:
    rows = PendingRow.objects.filter(job=job, sheet=sheet, fate=PendingRow.Fate.OPEN)
    return rows.order_by("row").iterator(chunk_size=1_000)


class _Sheet:
    def __init__(self, book: Any, layout: dict[str, Any], language: str, comments: int) -> None:
        self._page = book.add_worksheet(layout["name"][:31])
        self._text = book.add_format({"num_format": "@"})
        self._bad = book.add_format({"num_format": "@", "bg_color": "#FFC7CE", "font_color": "#9C0006"})
        self._bold = book.add_format({"num_format": "@", "bold": True})
        self._width = int(layout["width"])
        self._head = layout["head"]
        self._language = language
        self._comments = comments

    def write(self, rows: Iterator[PendingRow]) -> int:
        """Write headings and rows; how many comments it took."""
        last = self._write_head()
        taken = 0
        for place, row in enumerate(rows, start=last + 1):
            taken += self._write_row(place, row, self._comments - taken)
        self._page.freeze_panes(last + 1, 0)
        return taken

    def _write_head(self) -> int:
        last = 0
        for number, cells in self._head:
            last = number - 1
            for column, cell in enumerate(cells):
                if cell:
                    self._page.write_string(last, column, cell, self._bold)
        self._page.write_string(last, self._width, PROBLEM_HEADING, self._bold)
        self._page.write_string(last, self._width + 1, KEY_HEADING, self._bold)
        return last

    def _write_row(self, place: int, row: PendingRow, comments_left: int) -> int:
        told: dict[int, list[str]] = {}
        for column, code, _value, detail in row.problems:
            problem = by_code()[code](detail=detail)
            told.setdefault(column, []).append(
                f"{problem.text(self._language)} {problem.mend(self._language)} [{code}]"
            )
        taken = 0
        for column in range(self._width):
            cell = row.cells[column] if column < len(row.cells) else None
            kind = self._bad if column in told else self._text
            if cell is None and column not in told:
                continue
            if cell is None:
                self._page.write_blank(place, column, None, kind)
            else:
                self._page.write_string(place, column, cell[:LONGEST_CELL], kind)
            if column in told and taken < comments_left:
                self._page.write_comment(
                    place, column, "\n".join(told[column]), {"x_scale": 2, "y_scale": 1.5}
                )
                taken += 1
        self._page.write_string(place, self._width, self._in_words(told)[:LONGEST_CELL], self._text)
        self._page.write_string(place, self._width + 1, str(row.pk), self._text)
        return taken

    def _in_words(self, told: dict[int, list[str]]) -> str:
        headings = self._head[-1][1] if self._head else []
        return " | ".join(
            f"{headings[column] if 0 <= column < len(headings) else '-'}: {text}"
            for column, texts in sorted(told.items())
            for text in texts
        )


def _write_guide(book: Any, language: str) -> None:
    title, *lines = GUIDE["en" if language.startswith("en") else "id"]
    page = book.add_worksheet(title)
    page.set_column(0, 0, 110)
    for number, line in enumerate(lines):
        page.write_string(number, 0, line)


def _write_mark(book: Any, job: ImportJob) -> None:
    """What tells the program that this is its own report."""
    page = book.add_worksheet(MARK_SHEET)
    page.write_string(0, 0, "import")
    page.write_string(0, 1, str(job.pk))
    page.write_string(1, 0, "format")
    page.write_string(1, 1, job.format)
    page.hide()
