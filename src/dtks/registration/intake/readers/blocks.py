"""What every reader yields: some rows of one sheet, all cells as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

from dtks.registration.intake.errors import TooManyColumns


@dataclass(frozen=True)
class Block:
    """Consecutive rows of a sheet.

    `rows`: the sheet's own row numbers, from 1, rising; rows without any cell are left out.
    `cells`: one text column per sheet column, named "0", "1", …; null where the cell is empty.
    `numeric`: rows × columns, True where the file holds a number and not a text. A NIK that is a number
    may have lost its last digit, and a number in a date column counts days.
    """

    rows: npt.NDArray[np.int64]
    cells: pl.DataFrame
    numeric: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook: its name and what its reader needs to find it again."""

    name: str
    locator: str


class Workbook(Protocol):
    """An open file. `dates_from_1904`: numbers in date columns count from 1904 (old Mac workbooks)."""

    dates_from_1904: bool

    def sheets(self) -> list[Sheet]: ...

    def blocks(self, sheet: Sheet) -> Iterator[Block]:
        """The sheet's rows in order. The iterator may be dropped early; nothing is read ahead."""
        ...

    def rows_hint(self, sheet: Sheet) -> int:
        """About how many rows the sheet has, as the file says; 0 when it does not. For progress only."""
        ...

    def close(self) -> None: ...


ROWS_IN_A_BLOCK = 5_000
MOST_COLUMNS = 1_000


def check_width(width: int, sheet: str = "") -> None:
    """Raises:
    TooManyColumns: a row reaches beyond `MOST_COLUMNS`.
    """
    if width > MOST_COLUMNS:
        raise TooManyColumns(sheet=sheet, limit=MOST_COLUMNS)


TextRow = tuple[int, list[str | None], list[bool]]


def blocks_of(rows: Iterable[TextRow], *, width: int = 0) -> Iterator[Block]:
    """Blocks of rows that a slower reader gives one by one as (row number, cells, is it a number).

    `width` is the least number of columns; a row that is wider widens its block.
    """
    rows = iter(rows)
    while part := list(islice(rows, ROWS_IN_A_BLOCK)):
        width = max(width, *(len(cells) for _, cells, _ in part))
        check_width(width)
        numeric = np.zeros((len(part), width), dtype=np.bool_)
        columns: list[list[str | None]] = [[None] * len(part) for _ in range(width)]
        for index, (_, cells, numbers) in enumerate(part):
            for column, text in enumerate(cells):
                columns[column][index] = text
            numeric[index, : len(numbers)] = numbers
        yield Block(
            rows=np.array([number for number, _, _ in part], dtype=np.int64),
            cells=pl.DataFrame(
                {str(i): pl.Series(values, dtype=pl.String) for i, values in enumerate(columns)}
            ),
            numeric=numeric,
        )


def number_as_text(value: float) -> str:
    """A spreadsheet's number as a person would write it: 1.0 → '1', 2.5 → '2.5'."""
    return str(int(value)) if value == int(value) and abs(value) < 1e18 else repr(value)
