"""What differs between the two databases in a bulk load: few words of SQL, and how rows get in."""

# ruff: noqa: S608  names of tables and columns come from the models; every value is a parameter

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

import polars as pl
from django.db import connection

from dtks.foundation.scope.tables import written

KEY_COLUMNS = frozenset({"id", "person_id", "family_id", "household_id", "nik_index", "kk_index"})
_SQLITE_TYPES = {pl.String: "TEXT", pl.Date: "TEXT", pl.Float64: "REAL", pl.Binary: "BLOB"}
_POSTGRES_TYPES = {
    pl.String: "text",
    pl.Date: "date",
    pl.Float64: "double precision",
    pl.Int16: "smallint",
    pl.Int32: "integer",
    pl.Int64: "bigint",
    pl.Datetime: "timestamptz",
    pl.Binary: "bytea",
}
_NEVER_ANALYSED = """
SELECT c.relname FROM pg_class c
WHERE c.oid = ANY (SELECT to_regclass(name) FROM unnest(%s::text[]) AS name) AND pg_relation_size(c.oid) > 0
AND NOT EXISTS (SELECT 1 FROM pg_stats s WHERE s.schemaname = c.relnamespace::regnamespace::text
                AND s.tablename = c.relname AND s.attname = 'valid_to')
"""


class Dialect(Protocol):
    """The bulk load's view of a database. Keys in frames are 32 hexadecimal digits."""

    distinct: str
    key_type: str

    def begin(self, cursor: Any) -> None:
        """Settings of this transaction."""

    def end(self, cursor: Any) -> None:
        """Undo what `begin` set: the caller's transaction may go on."""

    def before_comparing(self, cursor: Any, tables: Sequence[str]) -> None:
        """What has to be so before rows are compared with ``tables``."""

    def moment(self, value: datetime) -> Any:
        """A point in time as the driver wants it."""

    def among(self, column: str, values: Sequence[Any], *, kind: str) -> tuple[str, Any]:
        """A condition that ``column`` is one of ``values``, and its one parameter."""

    def hexadecimal(self, column: str) -> str:
        """A key column read as 32 hexadecimal digits."""

    def written(self, table: str) -> str:
        """The table's name in a statement that changes it."""

    def with_current(self, staged: str, table: str, subject: str) -> str:
        """FROM clause: the staged rows ``s``, each with the current row ``cur`` of its subject in ``table``.

        Always by look-up from the staged side: the plan must not depend on the statistics of a table that
        has just been filled.
        """

    def stage(self, cursor: Any, table: str, frame: pl.DataFrame) -> None:
        """Make the temporary ``table`` and fill it with ``frame``."""

    def append(self, cursor: Any, table: str, frame: pl.DataFrame) -> None:
        """Add the rows of ``frame`` to ``table``, whose columns have the same names."""


class Sqlite:
    distinct = "IS NOT"
    key_type = "TEXT"

    def begin(self, cursor: Any) -> None:
        """Nothing to set."""

    def end(self, cursor: Any) -> None:
        """Nothing to undo."""

    def before_comparing(self, cursor: Any, tables: Sequence[str]) -> None:
        """Nothing to do."""

    def moment(self, value: datetime) -> Any:
        return connection.ops.adapt_datetimefield_value(value)

    def among(self, column: str, values: Sequence[Any], *, kind: str) -> tuple[str, Any]:
        # One parameter whatever the number of values: SQLite limits parameters, not the length of a text.
        return f"{column} IN (SELECT value FROM json_each(%s))", json.dumps(list(values))

    def hexadecimal(self, column: str) -> str:
        return column

    def written(self, table: str) -> str:
        return written(table, connection)

    def with_current(self, staged: str, table: str, subject: str) -> str:
        # SQLite never reorders a CROSS JOIN.
        return (
            f"{staged} s CROSS JOIN {table} cur ON cur.{subject} = s.{subject} "
            "AND cur.superseded_at IS NULL AND cur.valid_to IS NULL"
        )

    def stage(self, cursor: Any, table: str, frame: pl.DataFrame) -> None:
        columns = ", ".join(
            f"{name} {_SQLITE_TYPES.get(dtype.base_type(), 'INTEGER')}"
            for name, dtype in frame.schema.items()
        )
        cursor.execute(f"CREATE TEMP TABLE {table} ({columns})")
        dates = [name for name, dtype in frame.schema.items() if dtype == pl.Date]
        rows = frame.with_columns(pl.col(dates).dt.to_string("%Y-%m-%d")).iter_rows()
        cursor.executemany(f"INSERT INTO {table} VALUES ({', '.join(['%s'] * frame.width)})", rows)

    def append(self, cursor: Any, table: str, frame: pl.DataFrame) -> None:
        # executemany begins a statement for every row, with all the table's checks and references; so it
        # fills a plain temporary table, and one statement moves the rows.
        columns = ", ".join(frame.columns)
        self.stage(cursor, "registry_appended", frame)
        cursor.execute(
            f"INSERT INTO {self.written(table)} ({columns}) SELECT {columns} FROM registry_appended"
        )
        cursor.execute("DROP TABLE registry_appended")


class Postgres:
    distinct = "IS DISTINCT FROM"
    key_type = "uuid"

    def begin(self, cursor: Any) -> None:
        # Compiling each statement of a chunk costs more than it saves.
        cursor.execute("SET LOCAL jit = off")
        # Every subject is written or found before its facts: the check per statement need not repeat it.
        cursor.execute("SET LOCAL registry.subjects_found = 'yes'")

    def end(self, cursor: Any) -> None:
        cursor.execute("SET LOCAL registry.subjects_found = ''")

    def before_comparing(self, cursor: Any, tables: Sequence[str]) -> None:
        # Of a table that was never analysed the planner believes that hardly any row is current: it then
        # reads a whole partial index for every staged row.
        cursor.execute(_NEVER_ANALYSED, [list(tables)])
        for (table,) in cursor.fetchall():
            cursor.execute("SELECT registry_analyse(%s)", [table])

    def moment(self, value: datetime) -> Any:
        return value.astimezone(UTC)

    def among(self, column: str, values: Sequence[Any], *, kind: str) -> tuple[str, Any]:
        if kind == "text":
            return f"{column} = ANY(ARRAY(SELECT jsonb_array_elements_text(%s::jsonb)))", json.dumps(
                list(values)
            )
        # An array written out is quoted as one text; a list would be adapted element by element.
        return f"{column} = ANY(%s::{kind}[])", f"{{{','.join(map(str, values))}}}"

    def hexadecimal(self, column: str) -> str:
        return f"replace({column}::text, '-', '')"

    def written(self, table: str) -> str:
        return written(table, connection)

    def with_current(self, staged: str, table: str, subject: str) -> str:
        # LIMIT keeps the subquery from being turned into a join of another kind.
        return (
            f"{staged} s CROSS JOIN LATERAL (SELECT * FROM {table} f WHERE f.{subject} = s.{subject} "
            "AND f.superseded_at IS NULL AND f.valid_to IS NULL LIMIT 1) cur"
        )

    def stage(self, cursor: Any, table: str, frame: pl.DataFrame) -> None:
        columns = ", ".join(
            f"{name} {'uuid' if name in KEY_COLUMNS else _POSTGRES_TYPES[dtype.base_type()]}"
            for name, dtype in frame.schema.items()
        )
        cursor.execute(f"CREATE TEMP TABLE {table} ({columns})")
        self._copy(cursor, table, frame)

    def append(self, cursor: Any, table: str, frame: pl.DataFrame) -> None:
        cursor.execute("SELECT row_security_active(%s)", [table])
        if not cursor.fetchone()[0]:
            self._copy(cursor, table, frame)
            return
        # COPY knows no row-level security, INSERT does: so by way of a temporary table.
        columns = ", ".join(frame.columns)
        self.stage(cursor, "registry_appended", frame)
        cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM registry_appended")
        cursor.execute("DROP TABLE registry_appended")

    def _copy(self, cursor: Any, table: str, frame: pl.DataFrame) -> None:
        from pgpq import ArrowToPostgresBinaryEncoder

        keys = [name for name in frame.columns if name in KEY_COLUMNS]
        rows = frame.with_columns(pl.col(keys).str.decode("hex")).rechunk()
        arrow = rows.to_arrow(compat_level=pl.CompatLevel.oldest())
        encoder = ArrowToPostgresBinaryEncoder(arrow.schema)
        statement = f"COPY {table} ({', '.join(frame.columns)}) FROM STDIN (FORMAT binary)"
        with connection.wrap_database_errors, cursor.copy(statement) as copy:
            copy.write(encoder.write_header())
            for batch in arrow.to_batches(max_chunksize=10_000):
                copy.write(encoder.write_batch(batch))
            copy.write(encoder.finish())


def current() -> Dialect:
    """The dialect of Django's default connection."""
    return Postgres() if connection.vendor == "postgresql" else Sqlite()
