"""Spreadsheets from outside: a hostile file is refused before it is read, by its size, by what its parts
inflate to, by how far its cells reach (`workbook_walk`)."""

from __future__ import annotations

import csv
import io
import itertools
import zipfile
import zlib
from typing import Any
from xml.parsers import expat

import python_calamine

from dtks.foundation.accounts.workbook_walk import (
    SheetWalk,
    damaged,
    forbidden_xml,
    refused,
    swells,
    too_wide,
)

MOST_ROWS = 5_000
MOST_BYTES = 5 * 1024 * 1024
MOST_INFLATED = 60 * 1024 * 1024
MOST_PARTS = 200
MOST_COLUMNS = 50
PIECE = 1 << 20
_UNSOUND = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)


def table(content: bytes, name: str) -> list[list[Any]]:
    """The cells of the first sheet, or of a CSV, row by row. Raises OfficersFileRefused."""
    if not content:
        raise refused("kosong.", "it is empty.")
    if len(content) > MOST_BYTES:
        raise refused("lebih besar dari 5 MB.", "it is larger than 5 MB.")
    suffix = name.lower().rpartition(".")[2]
    if suffix == "xlsx":
        package = _checked(content)
        try:
            book = python_calamine.load_workbook(package)
            return book.get_sheet_by_index(0).to_python(skip_empty_area=False)
        except (python_calamine.CalamineError, IndexError) as problem:
            raise refused("buku kerja rusak.", "the workbook is damaged.") from problem
    if suffix == "csv":
        return _csv(content)
    raise refused("pakai .xlsx atau .csv.", "use .xlsx or .csv.")


def _csv(content: bytes) -> list[list[Any]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise refused("simpan sebagai CSV UTF-8.", "save it as CSV UTF-8.") from problem
    if "\x00" in text:
        raise refused("isinya bukan teks.", "it is not text.")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        # Past the limit nothing is read: line ends alone would fill the memory.
        lines = list(itertools.islice(reader, MOST_ROWS + 102))
    except csv.Error as problem:
        raise refused("tanda kutipnya tidak berpasangan.", "its quotation marks do not pair.") from problem
    if any(len(line) > MOST_COLUMNS for line in lines):
        raise too_wide(MOST_COLUMNS)
    return lines


def _checked(content: bytes) -> io.BytesIO:
    """A package of the XML parts alone, each read once, in pieces, and found harmless.

    The reader gets this one and not the file: so it sees what was looked at, whatever else an archive can be
    made to look like (a workbook of another kind, two parts of one name, cells in a part named as a picture).
    """
    clean, walk = io.BytesIO(), SheetWalk(rows=MOST_ROWS, columns=MOST_COLUMNS, text=MOST_INFLATED)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package, zipfile.ZipFile(clean, "w") as copy:
            parts = package.infolist()
            if len(parts) > MOST_PARTS or sum(part.compress_size for part in parts) > len(content):
                raise swells()
            names = {part.filename.lower() for part in parts}
            # The reader takes either stroke for the other.
            if len(names) < len(parts) or any("\\" in name for name in names):
                raise damaged()
            left = MOST_INFLATED
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels")):
                    left = _check_part(package, part, copy, walk, left)
        walk.finish()
    except (*_UNSOUND, expat.ExpatError) as problem:
        raise damaged() from problem
    clean.seek(0)
    return clean


def _check_part(
    package: zipfile.ZipFile, part: zipfile.ZipInfo, copy: zipfile.ZipFile, walk: SheetWalk, left: int
) -> int:
    feed = walk.part(part.filename)
    with package.open(part) as file, copy.open(part.filename, "w") as target:
        while piece := file.read(min(PIECE, left + 1)):
            left -= len(piece)
            if left < 0:
                raise swells()
            if b"\x00" in piece:
                raise forbidden_xml()  # of two bytes a character: the reader may take it for something else
            feed(piece, False)
            target.write(piece)
    feed(b"", True)
    return left
