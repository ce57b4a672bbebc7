"""The rows that wait, as a workbook in the layout they came in: to be mended there and sent back.

Bad cells are filled and carry a comment; two columns are added at the right: what is wrong in words, and the
key by which the row is recognised when it comes back. Every cell is written as text: no content can become
a formula, and no number loses a digit.
"""

from __future__ import annotations

import io
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
MOST_ROWS = 20_000
"""Of a workbook that is made in memory (about 9 kB a row)."""
CUT_OFF = {
    "id": "Berkas ini memuat {rows} baris; {left_out} baris lain menunggu. Unduh lagi setelah ini dikirim.",
    "en": "This file holds {rows} rows; {left_out} more wait. Download again once these have been sent.",
}
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
    # Rows go through a temporary file beside the workbook: the sender wants them there, and nowhere else.
    options = {"constant_memory": True, "tmpdir": str(path.parent)}
    _write(_job(job_id), str(path), options, language, most=None)
    return path


def in_memory(*, job_id: uuid.UUID, language: str = "id") -> io.BytesIO:
    """The same for a browser: nothing readable comes to lie on the disk, and so at most `MOST_ROWS` rows.

    Raises:
        JobNotFound: no such import.
    """
    content = io.BytesIO()
    _write(_job(job_id), content, {"in_memory": True}, language, most=MOST_ROWS)
    content.seek(0)
    return content


def _job(job_id: uuid.UUID) -> ImportJob:
    job = ImportJob.objects.filter(pk=job_id).first()
    if job is None:
        raise errors.JobNotFound()
    return job


def _write(
    job: ImportJob, out: str | io.BytesIO, options: dict[str, Any], language: str, *, most: int | None
) -> None:
    as_text = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    waiting = PendingRow.objects.filter(job=job, fate=PendingRow.Fate.OPEN)
    left_out = max(0, waiting.count() - most) if most is not None else 0
    with xlsxwriter.Workbook(out, options | as_text) as book:
        comments = MOST_COMMENTS
        rows_left = most
        for number, layout in enumerate(job.layout["sheets"]):
            sheet = _Sheet(book, layout, language, comments)
            sheet.write(waiting.filter(sheet=number).order_by("row")[:rows_left].iterator(chunk_size=1_000))
            comments -= sheet.comments
            rows_left = None if rows_left is None else rows_left - sheet.rows
        _write_guide(book, language, left_out)
        _write_mark(book, job)


class _Sheet:
    def __init__(self, book: Any, layout: dict[str, Any], language: str, comments: int) -> None:
        self._page = book.add_worksheet(layout["name"][:31])
        self._text = book.add_format({"num_format": "@"})
        self._bad = book.add_format({"num_format": "@", "bg_color": "#FFC7CE", "font_color": "#9C0006"})
        self._bold = book.add_format({"num_format": "@", "bold": True})
        self._width = int(layout["width"])
        self._head = layout["head"]
        self._language = language
        self._most_comments = comments
        self.comments = self.rows = 0

    def write(self, rows: Iterator[PendingRow]) -> None:
        """Write headings and rows; `rows` and `comments` then say how many."""
        last = self._write_head()
        for place, row in enumerate(rows, start=last + 1):
            self.comments += self._write_row(place, row, self._most_comments - self.comments)
            self.rows += 1
        self._page.freeze_panes(last + 1, 0)

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


def _write_guide(book: Any, language: str, left_out: int) -> None:
    chosen = "en" if language.startswith("en") else "id"
    title, *lines = GUIDE[chosen]
    if left_out:
        lines.append(CUT_OFF[chosen].format(rows=MOST_ROWS, left_out=left_out))
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
