"""Hostile and broken files are refused here, before anything is parsed.

`check` looks at names and bytes only. Compressed parts are inflated once, piece by piece, with every limit
enforced on what really comes out (sizes stated in a zip directory can lie); nothing is kept.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from dtks.registration.intake import errors, keeping

MEGABYTE = 10**6
PIECE = 1 << 20
CSV_SUFFIXES = frozenset({".csv", ".txt", ".tsv"})
OLE_SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"PK", "zip"),
    (OLE_SIGNATURE, "xls"),
    (b"\x89PNG", "gambar PNG"),
    (b"\xff\xd8\xff", "gambar JPEG"),
    (b"GIF8", "gambar GIF"),
    (b"BM", "gambar BMP"),
    (b"%PDF", "PDF"),
    (b"RIFF", "media"),
    (b"Rar!", "arsip RAR"),
    (b"7z\xbc\xaf", "arsip 7z"),
    (b"\x1f\x8b", "arsip gzip"),
    (b"MZ", "program Windows"),
    (b"\x7fELF", "program Linux"),
    (b"<html", "halaman web"),
    (b"<!DOC", "halaman web"),
    (b"<table", "halaman web"),
)
ENGLISH = {
    "gambar PNG": "a PNG picture", "gambar JPEG": "a JPEG picture", "gambar GIF": "a GIF picture",
    "gambar BMP": "a BMP picture", "arsip RAR": "a RAR archive", "arsip 7z": "a 7z archive",
    "arsip gzip": "a gzip archive", "program Windows": "a Windows program",
    "program Linux": "a Linux program", "halaman web": "a web page", "teks": "text",
    "dokumen Office lain": "another Office document", "arsip zip biasa": "an ordinary zip archive",
}  # fmt: skip


@dataclass(frozen=True)
class Limits:
    """How much a file may be. A census workbook of a million people has 0.1 GB, 1.6 GB inflated, 15 : 1."""

    file_bytes: int = 1_000 * MEGABYTE
    inflated_bytes: int = 6_000 * MEGABYTE
    part_ratio: int = 250
    ratio_from_bytes: int = 20 * MEGABYTE
    parts: int = 2_000
    columns: int = 1_000


DEFAULT_LIMITS = Limits()


def check(path: Path, *, name: str = "", limits: Limits = DEFAULT_LIMITS) -> str:
    """The kind of file: 'xlsx', 'xls' or 'csv', when it may be parsed.

    `name` is the name that the sender gave (default: the path's own); its suffix and the content must agree.

    Raises:
        IntakeError: one of the refusals 001–013, 024.
    """
    name = name or path.name
    suffix = Path(name).suffix.lower()
    if not path.is_file():
        raise errors.FileMissing(name=name)
    size = keeping.size_of(path)
    if size == 0:
        raise errors.EmptyFile()
    if size > limits.file_bytes:
        raise errors.FileTooLarge(megabytes=size // MEGABYTE, limit=limits.file_bytes // MEGABYTE)
    if suffix in (".xlsm", ".xltm", ".xlam"):
        raise errors.MacroWorkbook()
    if suffix not in {".xlsx", ".xls", *CSV_SUFFIXES}:
        raise errors.UnknownKindOfFile(suffix=suffix or "?")
    return _check_content(path, suffix, limits)


def _check_content(path: Path, suffix: str, limits: Limits) -> str:
    with keeping.opened(path) as file:
        head = file.read(64)
    found = next(
        (label for signature, label in SIGNATURES if head.lstrip().lower().startswith(signature.lower())),
        "teks",
    )
    if found == "zip" and suffix in (".xlsx", ".xls"):
        _check_package(path, limits)
        return "xlsx"
    if found == "xls" and suffix in (".xlsx", ".xls"):
        _check_ole(path, suffix)
        return "xls"
    if found == "teks" and suffix in CSV_SUFFIXES:
        return "csv"
    raise _not_what_it_says(found, suffix)


def _not_what_it_says(found: str, expected: str) -> errors.NotWhatItSays:
    return errors.NotWhatItSays(found=found, found_en=ENGLISH.get(found, found), expected=expected)


def _check_ole(path: Path, suffix: str) -> None:
    """Old binary workbooks and encrypted new ones share a container; names in it are UTF-16."""
    with keeping.opened(path) as file:
        content = file.read()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise errors.EncryptedWorkbook()
    if "_VBA_PROJECT".encode("utf-16-le") in content:
        raise errors.MacroWorkbook()
    if "Workbook".encode("utf-16-le") not in content and "Book".encode("utf-16-le") not in content:
        raise _not_what_it_says("dokumen Office lain", suffix)


def _check_package(path: Path, limits: Limits) -> None:
    with keeping.opened(path) as file:
        try:
            package = zipfile.ZipFile(file)
        except zipfile.BadZipFile as problem:
            raise errors.DamagedFile(part="zip") from problem
        size = file.seek(0, io.SEEK_END)
        _check_parts(package, size, limits)


def _check_parts(package: zipfile.ZipFile, size: int, limits: Limits) -> None:
    with package:
        parts = package.infolist()
        if len(parts) > limits.parts:
            raise errors.TooManyParts(count=len(parts), limit=limits.parts)
        names = {part.filename for part in parts}
        if "[Content_Types].xml" not in names:
            raise _not_what_it_says("arsip zip biasa", ".xlsx")
        if any(name.lower().endswith(("vbaproject.bin", ".bin.macro")) for name in names):
            raise errors.MacroWorkbook()
        if sum(part.compress_size for part in parts) > size:
            # Parts that share the same bytes: the overlapping kind of zip bomb.
            raise errors.ZipBomb(megabytes="?", ratio="?")
        _inflate_all(package, parts, limits)


def _inflate_all(package: zipfile.ZipFile, parts: list[zipfile.ZipInfo], limits: Limits) -> None:
    left = limits.inflated_bytes
    for part in parts:
        if part.flag_bits & 0x1:
            raise errors.EncryptedWorkbook()
        scan = _PartScan(part.filename, limits)
        total = 0
        try:
            with package.open(part) as file:
                while piece := file.read(PIECE):
                    total += len(piece)
                    _check_swelling(total, part, left, limits)
                    scan.feed(piece)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as problem:
            raise errors.DamagedFile(part=part.filename) from problem
        left -= total


def _check_swelling(total: int, part: zipfile.ZipInfo, left: int, limits: Limits) -> None:
    ratio = total // max(part.compress_size, 1)
    if total > left or (total > limits.ratio_from_bytes and ratio > limits.part_ratio):
        raise errors.ZipBomb(megabytes=total // MEGABYTE, ratio=ratio)


_TOO_WIDE = re.compile(rb'<(?:\w+:)?c r="([A-Z]{3,})[0-9]+"')
_CELL = re.compile(rb'<(?:\w+:)?c (?:[^>]*?)r="([A-Z]+[0-9]+)"[^>]*>')
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_OVERLAP = 256


class _PartScan:
    """Looks for what may not be in a part, across the borders of the pieces that it is fed."""

    def __init__(self, name: str, limits: Limits) -> None:
        self._name = name
        self._limits = limits
        self._is_sheet = name.startswith("xl/worksheets/") and name.endswith(".xml")
        self._is_xml = name.endswith((".xml", ".rels", ".vml"))
        self._tail = b""
        self._first = True

    def feed(self, piece: bytes) -> None:
        if not self._is_xml:
            return
        text = self._tail + piece
        if self._first:
            self._first = False
            self._check_encoding(text)
            if self._is_sheet:
                self._check_width(text)
        # A DTD may only stand before the root element, but entities declared anywhere are refused.
        if b"<!" in text and _DTD.search(text):
            raise errors.ForbiddenXml(part=self._name)
        if self._is_sheet:
            self._check_sheet(text)
        self._tail = text[-_OVERLAP:]

    def _check_encoding(self, text: bytes) -> None:
        # In UTF-16 or EBCDIC the searches below would see nothing.
        declared = re.search(rb'encoding="([^"]*)"', text[:200])
        if (
            text[:2] in (b"\xff\xfe", b"\xfe\xff")
            or b"\x00" in text[:200]
            or (declared and declared.group(1).lower() not in (b"utf-8", b"us-ascii", b"ascii"))
        ):
            raise errors.ForbiddenXml(part=self._name)

    def _check_sheet(self, text: bytes) -> None:
        if b"<f" in text or b":f" in text:
            match = _FORMULA.search(text)
            if match:
                before = _CELL.findall(text[: match.start()])
                cell = before[-1].decode() if before else "?"
                raise errors.FormulaInData(cell=cell, sheet=Path(self._name).stem)

    def _check_width(self, text: bytes) -> None:
        """Of the first rows, where the headings are; the readers hold later rows to the same limit."""
        for match in _TOO_WIDE.finditer(text):
            if _column_number(match.group(1)) > self._limits.columns:
                raise errors.TooManyColumns(sheet=Path(self._name).stem, limit=self._limits.columns)


def _column_number(letters: bytes) -> int:
    value = 0
    for letter in letters:
        value = value * 26 + letter - 64
    return value
