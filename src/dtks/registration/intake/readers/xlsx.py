"""Workbooks in Office Open XML (.xlsx), read as a stream: the sheet is never held whole.

Only the table of shared strings is kept in memory, as the format demands.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from xml.parsers import expat

import numpy as np
import polars as pl

from dtks.registration.intake import keeping
from dtks.registration.intake.readers import sheet_cells, sheet_tags
from dtks.registration.intake.readers.blocks import Block, Sheet, blocks_of, check_width
from dtks.registration.intake.readers.shared_strings import read_shared_strings, unescape

STRETCH = 4 << 20
ROW_END = b"</row>"
_CELL_LEFT = re.compile(rb"<(?:\w+:)?c[ >]")


class XlsxWorkbook:
    """An open .xlsx file. It must have passed `guards.check` first: nothing here defends."""

    def __init__(self, path: Path) -> None:
        self._file = keeping.opened(path)
        self._zip = zipfile.ZipFile(self._file)
        self._shared: pl.Series | None = None
        self._sheets, self._shared_path, self.dates_from_1904 = self._read_structure()

    def close(self) -> None:
        self._zip.close()
        self._file.close()

    def sheets(self) -> list[Sheet]:
        return self._sheets

    def _read_structure(self) -> tuple[list[Sheet], str, bool]:
        package = _attributes(self._zip, "_rels/.rels", {"Relationship"})
        main = [a["Target"] for _, a in package if a["Type"].endswith("/officeDocument")]
        book_path = posixpath.normpath(main[0].lstrip("/")) if main else "xl/workbook.xml"
        folder, name = posixpath.split(book_path)
        relations = [a for _, a in _attributes(self._zip, f"{folder}/_rels/{name}.rels", {"Relationship"})]
        targets = {a["Id"]: _resolve(folder, a["Target"]) for a in relations}
        book = _attributes(self._zip, book_path, {"sheet", "workbookPr"})
        sheets = [
            Sheet(a["name"], targets[a["r:id"]])
            for tag, a in book
            if tag == "sheet" and "worksheet" in targets.get(a.get("r:id", ""), "")
        ]
        from_1904 = any(a.get("date1904") in ("1", "true") for tag, a in book if tag == "workbookPr")
        tables = [a["Target"] for a in relations if a["Type"].endswith("/sharedStrings")]
        shared = _resolve(folder, tables[0]) if tables else ""
        return sheets, shared, from_1904

    def shared_strings(self) -> pl.Series:
        if self._shared is None:
            if self._shared_path and self._shared_path in self._zip.namelist():
                with self._zip.open(self._shared_path) as file:
                    self._shared = read_shared_strings(file)
            else:
                self._shared = pl.Series("shared", [], dtype=pl.String)
        return self._shared

    def blocks(self, sheet: Sheet) -> Iterator[Block]:
        width = 0
        last_row = 0
        try:
            with self._zip.open(sheet.locator) as file:
                for stretch in _stretches(file):
                    block = self._block(stretch, width)
                    if block is None:
                        continue
                    width = block.cells.width
                    last_row = int(block.rows[-1])
                    yield block
        except sheet_cells.NotPlain:
            with self._zip.open(sheet.locator) as file:
                rows = sheet_tags.rows(file, self.shared_strings())
                yield from blocks_of((row for row in rows if row[0] > last_row), width=width)

    def rows_hint(self, sheet: Sheet) -> int:
        with self._zip.open(sheet.locator) as file:
            stated = re.search(rb'<dimension ref="[A-Z]+[0-9]+:[A-Z]+([0-9]+)"', file.read(4096))
        return int(stated.group(1)) if stated else 0

    def _block(self, stretch: bytes, width: int) -> Block | None:
        cells = sheet_cells.scan(stretch)
        if len(cells.start) == 0:
            return None
        rows, row_index = _distinct(cells.row)
        width = max(width, int(cells.column.max()) + 1)
        check_width(width)
        height = len(rows)
        columns = sheet_cells.text_columns(stretch, cells, row_index=row_index, height=height, width=width)
        numeric = np.zeros((height, width), dtype=np.bool_)
        numeric[row_index, cells.column] = cells.kind == ord("n")
        if b"&" in stretch or b"_x" in stretch:
            columns = [unescape(column) for column in columns]
        shared = cells.kind == ord("s")
        if shared.any():
            columns = self._with_shared(stretch, columns, cells, row_index, shared)
        return Block(rows, pl.DataFrame(columns), numeric)

    def _with_shared(
        self,
        stretch: bytes,
        columns: list[pl.Series],
        cells: sheet_cells.Cells,
        row_index: sheet_cells.Ints,
        shared: np.ndarray,
    ) -> list[pl.Series]:
        """The columns with each index into the shared strings replaced by its string."""
        table = self.shared_strings()
        is_shared = np.zeros((len(columns), len(columns[0])), dtype=np.bool_)
        is_shared[cells.column[shared], row_index[shared]] = True
        out = []
        for number, column in enumerate(columns):
            mask = is_shared[number]
            if not mask.any():
                out.append(column)
                continue
            where = pl.Series(mask)
            index = column.zip_with(where, pl.Series([None], dtype=pl.String)).cast(pl.UInt32)
            found = table.gather(index)
            alone = mask.sum() == column.len() - column.null_count()
            out.append((found if alone else found.zip_with(where, column)).alias(column.name))
        return out


def _distinct(row: sheet_cells.Ints) -> tuple[sheet_cells.Ints, sheet_cells.Ints]:
    """The rising row numbers and, for each cell, the place of its row among them.

    Raises:
        NotPlain: the rows are not in rising order.
    """
    step = np.diff(row)
    if np.any(step < 0):
        raise sheet_cells.NotPlain("rows out of order")
    first = np.concatenate([[True], step > 0])
    return row[first], np.cumsum(first) - 1


def _stretches(file: IO[bytes]) -> Iterator[bytes]:
    """The rows of a sheet in pieces of some megabytes, each ending after a row."""
    rest = b""
    while piece := file.read(STRETCH):
        piece = rest + piece
        cut = piece.rfind(ROW_END)
        if cut < 0:
            if len(piece) > 8 * STRETCH:
                raise sheet_cells.NotPlain("a row without an end")
            rest = piece
            continue
        cut += len(ROW_END)
        rest = piece[cut:]
        start = piece.find(b"<sheetData")
        yield piece[max(start, 0) : cut]
    if _CELL_LEFT.search(rest):
        raise sheet_cells.NotPlain("rows that do not end in </row>")


def _resolve(folder: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")


def _attributes(book: zipfile.ZipFile, name: str, wanted: set[str]) -> list[tuple[str, dict[str, str]]]:
    """Tag (without prefix) and attributes of the wanted elements of a small part of the package."""
    found: list[tuple[str, dict[str, str]]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if (bare := tag.rpartition(":")[2]) in wanted:
            found.append((bare, attributes))

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    with book.open(name) as file:
        parser.ParseFile(file)
    return found
