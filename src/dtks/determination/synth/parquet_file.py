"""Put row groups made by `parquet_codes` into one Parquet file, in order, and hash it on the way."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from dtks.determination.synth.parquet_codes import PHYSICAL, Kind, Page
from dtks.determination.synth.thrift_compact import list_of, struct, varint, zigzag

MAGIC = b"PAR1"
CREATED_BY = b"dtks synth"
_CONVERTED = {"int8": 15, "int16": 16, "date": 6, "text": 0}
_INTEGER_BITS = {"int8": 8, "int16": 16}


@dataclass(frozen=True)
class RowGroup:
    """The pages of all columns, one after the other, and what the footer needs to know of each."""

    body: bytes
    facts: tuple[ColumnFacts, ...]
    rows: int
    raw_size: int


class ColumnFacts(NamedTuple):
    """A column's ColumnMetaData but for the places in the file: what comes before them and after."""

    size: int
    dictionary_size: int
    before: bytes
    after: bytes


def row_group(pages: Mapping[str, Page], kinds: Mapping[str, Kind]) -> RowGroup:
    """Join the pages of one row group, in the order of `kinds`; all have the same number of values."""
    ordered = [pages[name] for name in kinds]
    return RowGroup(
        body=b"".join(page.body for page in ordered),
        facts=tuple(
            _facts(name, kind, page) for (name, kind), page in zip(kinds.items(), ordered, strict=True)
        ),
        rows=ordered[0].values,
        raw_size=sum(page.raw_size for page in ordered),
    )


def _facts(name: str, kind: Kind, page: Page) -> ColumnFacts:
    """ColumnMetaData, fields 1–7 before the places and 12 (statistics) after. By hand: there are so many."""
    counts = (
        b"\x16" + zigzag(page.values) + b"\x16" + zigzag(page.raw_size) + b"\x16" + zigzag(len(page.body))
    )
    after = b"\x36" + zigzag(page.nulls)
    if page.low is not None and page.high is not None:
        after += b"\x28" + varint(len(page.high)) + page.high + b"\x18" + varint(len(page.low)) + page.low
    before = _always(name, kind, page.encodings, page.codec) + counts
    return ColumnFacts(len(page.body), page.dictionary_size, before, after + b"\x00\x00")


@lru_cache(maxsize=4096)
def _always(name: str, kind: Kind, encodings: tuple[int, ...], codec: int) -> bytes:
    """Fields 1–4, which a column has in common in all row groups."""
    return struct(
        [
            (1, "i32", PHYSICAL[kind]),
            (2, "list", list_of("i32", encodings)),
            (3, "list", list_of("binary", [name.encode()])),
            (4, "i32", codec),
        ]
    )[:-1]


def _column_chunk(facts: ColumnFacts, at: int) -> bytes:
    """ColumnChunk: file_offset (2), meta_data (3), in it the page offsets (9, 11) and statistics (12)."""
    start = b"\x26" + zigzag(at) + b"\x1c" + facts.before + b"\x26" + zigzag(at + facts.dictionary_size)
    if facts.dictionary_size:
        return start + b"\x26" + zigzag(at) + b"\x1c" + facts.after + b"\x00"
    return start + b"\x3c" + facts.after + b"\x00"


class ParquetFile:
    """A file that grows by row groups until it is closed."""

    def __init__(self, path: Path, columns: Mapping[str, Kind]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.rows = 0
        self._columns = dict(columns)
        self._groups: list[bytes] = []
        self._hash = hashlib.sha256()
        self._at = 0
        self._file = path.open("wb")
        self._write(MAGIC)

    def close(self) -> None:
        """Write the footer: the file is complete."""
        footer = self._footer()
        self._write(footer + len(footer).to_bytes(4, "little") + MAGIC)
        self._file.close()

    def abandon(self) -> None:
        """Remove what has been written."""
        self._file.close()
        self.path.unlink(missing_ok=True)

    def append(self, group: RowGroup) -> None:
        """Add a row group after those already there."""
        at = self._at
        chunks = []
        for facts in group.facts:
            chunks.append(_column_chunk(facts, at))
            at += facts.size
        self._groups.append(
            struct(
                [
                    (1, "list", list_of("struct", chunks)),
                    (2, "i64", group.raw_size),
                    (3, "i64", group.rows),
                ]
            )
        )
        self.rows += group.rows
        self._write(group.body)

    @property
    def sha256(self) -> str:
        """Of all that was written; of the whole file once it is complete."""
        return self._hash.hexdigest()

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._hash.update(data)
        self._at += len(data)

    def _footer(self) -> bytes:
        order = struct([(1, "struct", struct([]))])  # min and max follow the type's own order
        return struct(
            [
                (1, "i32", 2),
                (2, "list", _schema(tuple(self._columns.items()))),
                (3, "i64", self.rows),
                (4, "list", list_of("struct", self._groups)),
                (6, "binary", CREATED_BY),
                (7, "list", list_of("struct", [order] * len(self._columns))),
            ]
        )


@lru_cache(maxsize=16)
def _schema(columns: tuple[tuple[str, Kind], ...]) -> bytes:
    root = struct([(4, "binary", b"schema"), (5, "i32", len(columns))])
    return list_of("struct", [root, *(_schema_element(name, kind) for name, kind in columns)])


def _schema_element(name: str, kind: Kind) -> bytes:
    fields = [(1, "i32", PHYSICAL[kind]), (3, "i32", 1), (4, "binary", name.encode())]
    if kind in _CONVERTED:
        fields += [(6, "i32", _CONVERTED[kind]), (10, "struct", _logical(kind))]
    return struct(fields)


def _logical(kind: Kind) -> bytes:
    if kind in _INTEGER_BITS:
        return struct([(10, "struct", struct([(1, "byte", _INTEGER_BITS[kind]), (2, "bool", True)]))])
    return struct([(6 if kind == "date" else 1, "struct", struct([]))])
