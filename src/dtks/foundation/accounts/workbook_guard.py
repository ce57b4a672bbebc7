"""Spreadsheets from outside: a hostile file is refused before it is parsed, by its size, by what its parts
inflate to, by how far its cells reach."""

from __future__ import annotations

import csv
import io
import itertools
import re
import zipfile
import zlib
from typing import Any

import python_calamine

from dtks.foundation.accounts.errors import OfficersFileRefused

MOST_ROWS = 5_000
MOST_BYTES = 5 * 1024 * 1024
MOST_INFLATED = 60 * 1024 * 1024
MOST_PARTS = 200
MOST_COLUMNS = 50
_PIECE = 1 << 20
_REFERENCE = re.compile(rb"""\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_FORBIDDEN = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def table(content: bytes, name: str) -> list[list[Any]]:
    """The cells of the first sheet, or of a CSV, row by row. Raises OfficersFileRefused."""
    if not content:
        raise refused("kosong.", "it is empty.")
    if len(content) > MOST_BYTES:
        raise refused("lebih besar dari 5 MB.", "it is larger than 5 MB.")
    suffix = name.lower().rpartition(".")[2]
    if suffix == "xlsx":
        _check_package(content)
        try:
            book = python_calamine.load_workbook(io.BytesIO(content))
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
        raise _too_wide()
    return lines


def _check_package(content: bytes) -> None:
    """Inflate every part once, in pieces, and look how far the cells reach: the reader makes a full grid of
    them, so that one cell in the last corner would take all memory."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            if len(parts) > MOST_PARTS or sum(part.compress_size for part in parts) > len(content):
                raise _bomb()
            left = MOST_INFLATED
            for part in parts:
                left = _check_part(package, part, left)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as problem:
        raise refused("bukan buku kerja .xlsx yang utuh.", "it is not a sound .xlsx workbook.") from problem


def _check_part(package: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    is_sheet = part.filename.startswith("xl/worksheets/")
    is_xml = part.filename.endswith((".xml", ".rels"))
    tail = b""
    with package.open(part) as file:
        while piece := file.read(min(_PIECE, left + 1)):
            left -= len(piece)
            if left < 0:
                raise _bomb()
            text = tail + piece
            if is_xml and (b"\x00" in text[:200] or _FORBIDDEN.search(text)):
                raise refused("berisi XML yang tidak diizinkan.", "it holds XML that is not allowed.")
            if is_sheet:
                _check_reach(text)
            tail = text[-64:]
    return left


def _check_reach(text: bytes) -> None:
    if re.search(rb"<(?:\w+:)?f[ >/]", text):
        raise refused(
            "berisi rumus. Salin lalu tempel sebagai nilai saja.",
            "it holds formulas. Copy and paste values only.",
        )
    for letters, number in _REFERENCE.findall(text):
        column = 0
        for letter in letters:
            column = column * 26 + letter - 64
        if column > MOST_COLUMNS:
            raise _too_wide()
        if int(number) > MOST_ROWS + 100:
            raise refused(
                f"ada isi di baris {int(number)}; paling banyak {MOST_ROWS} baris.",
                f"there is content in line {int(number)}; {MOST_ROWS} lines at most.",
            )


def refused(problem_id: str, problem_en: str) -> OfficersFileRefused:
    """The error that says in both languages why nothing was read."""
    return OfficersFileRefused(problem_id=problem_id, problem_en=problem_en)


def _bomb() -> OfficersFileRefused:
    return refused("isinya mengembang terlalu besar.", "its content swells too much.")


def _too_wide() -> OfficersFileRefused:
    return refused(f"lebih dari {MOST_COLUMNS} kolom.", f"it has more than {MOST_COLUMNS} columns.")
