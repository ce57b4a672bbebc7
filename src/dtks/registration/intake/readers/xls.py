"""Old binary workbooks (.xls), through calamine. The format ends at 65,536 rows of 256 columns, so a
sheet that is read whole stays small.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import python_calamine

from dtks.registration.intake import errors, keeping
from dtks.registration.intake.readers.blocks import Block, Sheet, TextRow, blocks_of, number_as_text


class XlsWorkbook:
    """An open .xls file. Dates come out of calamine as dates, so the 1904 system is already settled."""

    dates_from_1904 = False

    def __init__(self, path: Path) -> None:
        try:
            with keeping.opened(path) as file:
                self._book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(file.read()))
        except python_calamine.PasswordError as problem:
            raise errors.EncryptedWorkbook() from problem
        except python_calamine.CalamineError as problem:
            raise errors.NotReadable(problem=type(problem).__name__) from problem

    def close(self) -> None:
        self._book.close()

    def sheets(self) -> list[Sheet]:
        return [Sheet(name, name) for name in self._book.sheet_names]

    def rows_hint(self, sheet: Sheet) -> int:
        return int(self._book.get_sheet_by_name(sheet.locator).height)

    def blocks(self, sheet: Sheet) -> Iterator[Block]:
        try:
            content = self._book.get_sheet_by_name(sheet.locator)
        except python_calamine.CalamineError as problem:
            raise errors.NotReadable(problem=type(problem).__name__) from problem
        yield from blocks_of(_rows(content))


def _rows(content: Any) -> Iterator[TextRow]:
    # calamine leaves out empty rows above and columns left of the data; `start` says how many.
    top, left = content.start or (0, 0)
    for number, values in enumerate(content.to_python(skip_empty_area=True), start=top + 1):
        cells = [None] * left + [_text(value) for value in values]
        if any(cell is not None for cell in cells):
            yield number, cells, [False] * left + [_is_number(value) for value in values]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(value: object) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float):
        return number_as_text(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ") if value.time() != datetime.time() else value.date().isoformat()
    return str(value)
