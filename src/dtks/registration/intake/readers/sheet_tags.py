"""Cells of a worksheet's XML, tag by tag: slow (some 8,000 rows of 43 cells a second), for any form.

Taken where `sheet_cells` meets XML that is not in the plain form. Handles namespace prefixes, cells
without a reference (they follow the one before) and formatted text inside a cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO
from xml.parsers import expat

import polars as pl

from dtks.registration.intake.readers.blocks import TextRow, check_width

PIECE = 1 << 20


def rows(file: IO[bytes], shared: pl.Series) -> Iterator[TextRow]:
    """Row number, cells and whether each is a number, for every row that has a cell."""
    state = _State(shared)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = state.start
    parser.EndElementHandler = state.end
    parser.CharacterDataHandler = state.text
    while piece := file.read(PIECE):
        parser.Parse(piece, False)
        yield from state.take()
    parser.Parse(b"", True)
    yield from state.take()


class _State:
    """What the parser is in the middle of."""

    def __init__(self, shared: pl.Series) -> None:
        self._shared = shared
        self._done: list[TextRow] = []
        self._row = 0
        self._column = -1
        self._cells: list[str | None] = []
        self._numbers: list[bool] = []
        self._kind = "n"
        self._taking = False
        self._parts: list[str] = []

    def take(self) -> list[TextRow]:
        done, self._done = self._done, []
        return done

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        bare = tag.rpartition(":")[2]
        if bare == "c":
            reference = attributes.get("r", "")
            self._column = _column(reference) if reference else self._column + 1
            check_width(self._column + 1)
            self._kind = attributes.get("t", "n")
            self._parts = []
        elif bare in ("v", "t"):
            self._taking = True
        elif bare == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = -1
            self._cells, self._numbers = [], []

    def text(self, text: str) -> None:
        if self._taking:
            self._parts.append(text)

    def end(self, tag: str) -> None:
        bare = tag.rpartition(":")[2]
        if bare in ("v", "t"):
            self._taking = False
        elif bare == "c":
            self._put("".join(self._parts))
        elif bare == "row" and any(cell is not None for cell in self._cells):
            self._done.append((self._row, self._cells, self._numbers))

    def _put(self, text: str) -> None:
        missing = self._column + 1 - len(self._cells)
        self._cells.extend([None] * missing)
        self._numbers.extend([False] * missing)
        if not text:
            return
        self._cells[self._column] = self._shared[int(text)] if self._kind == "s" else text
        self._numbers[self._column] = self._kind == "n"


def _column(reference: str) -> int:
    value = 0
    for letter in reference:
        if not letter.isalpha():
            break
        value = value * 26 + ord(letter) - 64
    return value - 1
