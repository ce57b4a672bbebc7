"""A list as a workbook: what the filters show, all pages of it, numbers masked as on screen."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

import xlsxwriter

Cell = str | int | None
WIDEST = 48


def workbook(
    *, title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]], sheet_name: str = "Keluarga"
) -> bytes:
    """An .xlsx of one sheet: a title, a frozen header with filter buttons, then the rows.

    Text stays text whatever it begins with ('=', '+', '@'): a name must not become a formula.
    """
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet(sheet_name)
        sheet.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 13}))
        bold = book.add_format({"bold": True, "bg_color": "#E2EFEC", "bottom": 1})
        for column, text in enumerate(header):
            sheet.write_string(2, column, text, bold)
        widths = [len(text) for text in header]
        last = 2
        for last, row in enumerate(rows, start=3):
            for column, value in enumerate(row):
                sheet.write(last, column, value)
                widths[column] = max(widths[column], len(str(value or "")))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(width + 2, WIDEST))
        sheet.freeze_panes(3, 1)
        sheet.autofilter(2, 0, last, len(header) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.repeat_rows(2)
        sheet.fit_to_pages(1, 0)
    return buffer.getvalue()
