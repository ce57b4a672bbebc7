"""Put row groups made by `parquet_codes` into one Parquet file, in order, and hash it on the way."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dtks.determination.synth.parquet_codes import PHYSICAL, Kind, Page
from dtks.determination.synth.thrift_compact import list_of, struct

MAGIC = b"PAR1"
CREATED_BY = b"dtks synth"
_CONVERTED = {"int8": 15, "int16": 16, "date": 6, "text": 0}
_INTEGER_BITS = {"int8": 8, "int16": 16}


@dataclass(frozen=True)
class RowGroup:
    """The pages of all columns, one after the other, and what the footer needs to know of each."""

    body: bytes
    pages: tuple[Page, ...]
    """Without their bodies."""
    sizes: tuple[int, ...]
    rows: int


def row_group(pages: Sequence[Page]) -> RowGroup:
    """Join the pages of one row group; all have the same number of values."""
    body = b"".join(page.body for page in pages)
    bare = tuple(Page(b"", *(getattr(page, name) for name in Page.__slots__[1:])) for page in pages)
    return RowGroup(body, bare, tuple(len(page.body) for page in pages), pages[0].values if pages else 0)


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
        for name, page, size in zip(self._columns, group.pages, group.sizes, strict=True):
            chunks.append(struct([(2, "i64", at), (3, "struct", self._column(name, page, at, size))]))
            at += size
        self._groups.append(
            struct(
                [
                    (1, "list", list_of("struct", chunks)),
                    (2, "i64", sum(page.raw_size for page in group.pages)),
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

    def _column(self, name: str, page: Page, at: int, size: int) -> bytes:
        facts = [
            (1, "i32", PHYSICAL[self._columns[name]]),
            (2, "list", list_of("i32", page.encodings)),
            (3, "list", list_of("binary", [name.encode()])),
            (4, "i32", page.codec),
            (5, "i64", page.values),
            (6, "i64", page.raw_size),
            (7, "i64", size),
            (9, "i64", at + page.dictionary_size),
        ]
        if page.dictionary_size:
            facts.append((11, "i64", at))
        statistics = [(3, "i64", page.nulls)]
        if page.low is not None and page.high is not None:
            statistics += [(5, "binary", page.high), (6, "binary", page.low)]
        return struct([*facts, (12, "struct", struct(statistics))])

    def _footer(self) -> bytes:
        root = struct([(4, "binary", b"schema"), (5, "i32", len(self._columns))])
        schema = [root, *(_schema_element(name, kind) for name, kind in self._columns.items())]
        order = struct([(1, "struct", struct([]))])  # min and max follow the type's own order
        return struct(
            [
                (1, "i32", 2),
                (2, "list", list_of("struct", schema)),
                (3, "i64", self.rows),
                (4, "list", list_of("struct", self._groups)),
                (6, "binary", CREATED_BY),
                (7, "list", list_of("struct", [order] * len(self._columns))),
            ]
        )


def _schema_element(name: str, kind: Kind) -> bytes:
    fields = [(1, "i32", PHYSICAL[kind]), (3, "i32", 1), (4, "binary", name.encode())]
    if kind in _CONVERTED:
        fields += [(6, "i32", _CONVERTED[kind]), (10, "struct", _logical(kind))]
    return struct(fields)


def _logical(kind: Kind) -> bytes:
    if kind in _INTEGER_BITS:
        return struct([(10, "struct", struct([(1, "byte", _INTEGER_BITS[kind]), (2, "bool", True)]))])
    return struct([(6 if kind == "date" else 1, "struct", struct([]))])
