"""Adding events. One statement on PostgreSQL, one prepared statement on SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from dtks.foundation.ledger.bulk import arrays
from dtks.foundation.scope.current import required
from dtks.foundation.scope.errors import OutsideScope
from dtks.foundation.scope.tables import written

COLUMNS = {
    "at": "timestamptz", "account": "text", "role": "text", "role_area": "text", "grant": "text",
    "action": "text", "kind": "text", "subject": "text", "area": "text", "purpose": "text", "count": "int8",
    "before": "text", "after": "text", "detail": "jsonb", "rows_root": "text", "salt": "bytea",
    "entry": "bytea", "area_number": "int8",
}  # fmt: skip
"""Column of the trail -> its type on PostgreSQL."""
TABLE = "ledger_ledgerevent"


def add(rows: Sequence[tuple[Any, ...]]) -> list[int]:
    """Store events (values in the order of `COLUMNS`); returns their keys in the same order.

    Raises:
        OutsideScope: one happened outside the scope in force (PostgreSQL says so by the policy).
        ScopeMissing.
    """
    scope = required()
    if not all(scope.holds(row[-1]) for row in rows):
        raise OutsideScope()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arrays.insert(cursor, TABLE, COLUMNS, rows, end=" RETURNING id")
            return [key for (key,) in cursor.fetchall()]
        names, marks = ", ".join(f'"{name}"' for name in COLUMNS), ", ".join(["%s"] * len(COLUMNS))
        statement = f"INSERT INTO {written(TABLE, connection)} ({names}) VALUES ({marks})"  # noqa: S608 - names of this module
        if len(rows) == 1:
            cursor.execute(statement, rows[0])
            return [cursor.lastrowid]
        cursor.executemany(statement, rows)
        # One writer at a time: the rows of a transaction follow each other without a gap.
        cursor.execute("SELECT last_insert_rowid()")
        (last,) = cursor.fetchone()
        return list(range(last - len(rows) + 1, last + 1))
