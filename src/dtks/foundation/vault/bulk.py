"""The SQL of re-encryption: blocks of a table by where its rows lie, counted by key, changed row by row.

A block is a range of row numbers (SQLite) or of pages (PostgreSQL), so no index is needed and no row is read
twice. A row is changed only if every value is still the one that was read (compare and set). The tables
themselves are named, not the views that narrow them to an area: keys are exchanged in all rows or in none.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from dtks.foundation.vault.tables import SealedTable

ROWS_OF_A_BLOCK = 5_000  # SQLite: row numbers
PAGES_OF_A_BLOCK = 128  # PostgreSQL: 1 MiB of the table
Place = int | str
"""Where a row lies: its row number, or its page and line as '(page,line)'."""


@dataclass(frozen=True)
class FoundRow:
    """A row with a value of an older key. `records`: by column; `values`, `indexes`: in the table's order."""

    place: Place
    records: dict[str, bytes]
    values: tuple[bytes | None, ...]
    indexes: tuple[uuid.UUID | None, ...]


@dataclass(frozen=True)
class ChangedRow:
    """What a row becomes, if it is still as it was found."""

    found: FoundRow
    values: tuple[bytes | None, ...]
    indexes: tuple[uuid.UUID | None, ...]


@dataclass(frozen=True)
class _Dialect:
    place: str
    within: str  # condition on the place, with two parameters
    set_at: str
    same: str
    first_byte: str
    index_start: str
    lock: str
    schema: str
    rows_of_a_block: int


_SQLITE = _Dialect(
    place="rowid",
    within="rowid >= %s AND rowid < %s",
    set_at="rowid = %s",
    same="IS",
    first_byte="substr({}, 1, 1)",
    index_start="substr({}, 1, 2)",
    lock="",
    schema="main.",
    rows_of_a_block=ROWS_OF_A_BLOCK,
)
_POSTGRESQL = _Dialect(
    place="ctid::text",
    within="ctid >= %s::tid AND ctid < %s::tid",
    set_at="ctid = %s::tid",
    same="IS NOT DISTINCT FROM",
    first_byte="substring({} from 1 for 1)",
    index_start="left({}::text, 2)",
    # Rows that others hold are passed over: whoever never waits cannot be part of a deadlock.
    lock=" FOR UPDATE SKIP LOCKED",
    schema="",
    rows_of_a_block=PAGES_OF_A_BLOCK,
)


class TableInBlocks:
    """A table as rotation walks over it. `blocks()` is their number now; rows that come later are of the
    active keys."""

    def __init__(self, table: SealedTable) -> None:
        self.table = table
        self._on_sqlite = connection.vendor == "sqlite"
        self._dialect = _SQLITE if self._on_sqlite else _POSTGRESQL
        self._name = self._dialect.schema + _quoted(table.name)
        self._values = [_quoted(column.column) for column in table.sealed]
        self._indexes = [_quoted(column.column) for column in table.indexes]
        self._records = sorted({column.record for column in table.sealed if column.record})

    def blocks(self) -> int:
        """How many blocks the table has."""
        if self._on_sqlite:
            (last,) = _one(f"SELECT coalesce(max(rowid), 0) FROM {self._name}")  # noqa: S608 - see _quoted
            units = last + 1
        else:
            (units,) = _one("SELECT pg_relation_size(%s::regclass) / 8192", [self._name])
        return -(-int(units) // self._dialect.rows_of_a_block)

    def older(self, block: int, *, data_key: int, index_key: int) -> list[FoundRow]:
        """The rows of a block with a value or index of another key than these."""
        read = [self._dialect.place, *map(_quoted, self._records), *self._values, *self._indexes]
        other = [f"{self._start_of_value(column)} <> %s" for column in self._values]
        other += [f"{self._dialect.index_start.format(column)} <> %s" for column in self._indexes]
        keys = [bytes((data_key,))] * len(self._values) + [f"{index_key:02x}"] * len(self._indexes)
        sql = (
            f"SELECT {', '.join(read)} FROM {self._name} "  # noqa: S608 - see _quoted
            f"WHERE {self._dialect.within} AND ({' OR '.join(other)}){self._dialect.lock}"
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, [*self._span(block), *keys])
            return [self._found(row) for row in cursor.fetchall()]

    def change(self, rows: Sequence[ChangedRow]) -> int:
        """Write the rows that are still as they were found. Returns their number."""
        columns = [*self._values, *self._indexes]
        setting = ", ".join(f"{column} = %s" for column in columns)
        unchanged = " AND ".join(f"{column} {self._dialect.same} %s" for column in columns)
        sql = f"UPDATE {self._name} SET {setting} WHERE {self._dialect.set_at} AND {unchanged}"  # noqa: S608 see _quoted
        if not rows:
            return 0
        with connection.cursor() as cursor:
            cursor.executemany(
                sql,
                [
                    (
                        *changed.values,
                        *map(self._written, changed.indexes),
                        changed.found.place,
                        *changed.found.values,
                        *map(self._written, changed.found.indexes),
                    )
                    for changed in rows
                ],
            )
            return int(cursor.rowcount)

    def usage(self) -> Iterator[tuple[str, int, int]]:
        """Column, number of a key that occurs in it, rows. Reads the whole table."""
        for column, quoted in zip(self.table.sealed, self._values, strict=True):
            for start, rows in self._counted(self._start_of_value(quoted), quoted):
                yield column.column, (bytes(start) or b"\0")[0], rows
        for index, quoted in zip(self.table.indexes, self._indexes, strict=True):
            for start, rows in self._counted(self._dialect.index_start.format(quoted), quoted):
                yield index.column, int(start, 16), rows

    def _counted(self, start: str, column: str) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {start}, count(*) FROM {self._name} "  # noqa: S608 - see _quoted
                f"WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY 1"
            )
            found: list[Any] = cursor.fetchall()
        return found

    def _start_of_value(self, column: str) -> str:
        return self._dialect.first_byte.format(column)

    def _span(self, block: int) -> tuple[Place, Place]:
        first = block * self._dialect.rows_of_a_block
        last = first + self._dialect.rows_of_a_block
        return (first, last) if self._on_sqlite else (f"({first},0)", f"({last},0)")

    def _found(self, row: Sequence[Any]) -> FoundRow:
        place, *rest = row
        records = rest[: len(self._records)]
        values = rest[len(self._records) : len(self._records) + len(self._values)]
        indexes = rest[len(self._records) + len(self._values) :]
        return FoundRow(
            place=place,
            records={name: _uuid(one).bytes for name, one in zip(self._records, records, strict=True)},
            values=tuple(None if value is None else bytes(value) for value in values),
            indexes=tuple(None if value is None else _uuid(value) for value in indexes),
        )

    def _written(self, index: uuid.UUID | None) -> Any:
        return index.hex if index is not None and self._on_sqlite else index


def _quoted(name: str) -> str:
    """Names of tables and columns come from the models; values go into parameters."""
    quoted: str = connection.ops.quote_name(name)
    return quoted


def _uuid(value: Any) -> uuid.UUID:
    return value if isinstance(value, uuid.UUID) else uuid.UUID(value)


def _one(sql: str, parameters: Sequence[Any] = ()) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchone()
