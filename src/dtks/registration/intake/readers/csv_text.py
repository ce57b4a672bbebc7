"""CSV files: encoding and separator found out, rows streamed."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path

from dtks.registration.intake import errors, keeping
from dtks.registration.intake.readers.blocks import Block, Sheet, TextRow, blocks_of

PIECE = 1 << 20
SEPARATORS = ",;\t|"
LONGEST_FIELD = 32_767  # what one cell of a spreadsheet can hold
NAME = "csv"


def encoding_of(path: Path) -> str:
    """'utf-8-sig', 'utf-16' or 'cp1252' (Excel on Windows), by byte order mark and by trial.

    Raises:
        UnknownEncoding: with the place of the first byte that fits none of them.
    """
    with keeping.opened(path) as file:
        head = file.read(4)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if _first_misfit(path, "utf-8") is None and b"\x00" not in head:
        return "utf-8-sig"
    place = _first_misfit(path, "cp1252")
    if place is None and not _has_nul(path):
        return "cp1252"
    position = place if place is not None else 0
    raise errors.UnknownEncoding(position=position + 1, line=_line_of(path, position))


def _first_misfit(path: Path, encoding: str) -> int | None:
    decoder = codecs.getincrementaldecoder(encoding)()
    done = 0
    with keeping.opened(path) as file:
        while True:
            piece = file.read(PIECE)
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as problem:
                return done - pending + problem.start
            if not piece:
                return None
            done += len(piece)


def _has_nul(path: Path) -> bool:
    with keeping.opened(path) as file:
        return any(b"\x00" in piece for piece in iter(lambda: file.read(PIECE), b""))


def _line_of(path: Path, position: int) -> int:
    with keeping.opened(path) as file:
        return file.read(position).count(b"\n") + 1


class CsvWorkbook:
    """A CSV file as a workbook of one sheet."""

    dates_from_1904 = False

    def __init__(self, path: Path) -> None:
        self._path = path
        self.encoding = encoding_of(path)
        self.separator = self._separator()

    def close(self) -> None:
        """Nothing stays open."""

    def sheets(self) -> list[Sheet]:
        return [Sheet(NAME, NAME)]

    def rows_hint(self, sheet: Sheet) -> int:
        return 0

    def _text(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(keeping.opened(self._path), encoding=self.encoding, newline="")

    def _separator(self) -> str:
        """The sign that parts the first line most often outside quotes."""
        with self._text() as file:
            line = file.readline(LONGEST_FIELD)
        bare = "".join(line.split('"')[::2])
        return max(SEPARATORS, key=bare.count) if any(sign in bare for sign in SEPARATORS) else ","

    def blocks(self, sheet: Sheet) -> Iterator[Block]:
        yield from blocks_of(self._rows())

    def _rows(self) -> Iterator[TextRow]:
        csv.field_size_limit(LONGEST_FIELD)
        with self._text() as file:
            reader = csv.reader(file, delimiter=self.separator)
            try:
                for number, values in enumerate(reader, start=1):
                    cells = [value.replace("\0", "").strip() or None for value in values]
                    if any(cell is not None for cell in cells):
                        yield number, cells, [False] * len(cells)
            except (csv.Error, UnicodeDecodeError) as problem:
                raise errors.NotReadable(problem=f"baris {reader.line_num}: {problem}") from problem
