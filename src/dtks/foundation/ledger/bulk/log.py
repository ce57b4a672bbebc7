"""What the log takes up, and the hashes that its tiles are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from dtks.foundation.ledger.bulk import arrays

LOCK = 0x4454_4B53_4C45_4400  # 'DTKSLED': one sequencer at a time
_WHERE = {
    # Transactions end in another order than they number their rows. All that began before the oldest one
    # still open are over, so what they wrote has been seen: the next search begins there.
    "postgresql": "e.xid >= %s AND e.id > %s AND NOT EXISTS "
    "(SELECT 1 FROM ledger_ledgerleaf l WHERE l.event = e.id)",
    # One writer at a time: rows appear in the order of their numbers.
    "sqlite": "e.id > %s AND e.id > %s",
}


def lock() -> bool:
    """Keep other sequencers out until the transaction ends; False: another one is at it.

    SQLite: by taking the right to write.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
            return bool(cursor.fetchone()[0])
        cursor.execute("UPDATE ledger_ledgerkey SET origin = origin WHERE 0")
        return True


def horizon() -> int:
    """Where the search after this one may begin, if this one takes up all that it sees.

    PostgreSQL: the oldest transaction that is still open. SQLite: 0, as the last event taken up says it.
    """
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        (found,) = cursor.fetchone()
        return int(found)


def pending(*, settled: int, after: int = 0, limit: int) -> list[tuple[int, bytes]]:
    """(key, entry) of events that are not in the log yet, in the order of their keys, those beyond
    ``after``."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT e.id, e.entry FROM ledger_ledgerevent e WHERE {_WHERE[connection.vendor]} "  # noqa: S608 - names of this module
            "ORDER BY e.id LIMIT %s",
            [settled, after, limit],
        )
        return [(key, bytes(entry)) for key, entry in cursor.fetchall()]


def add_leaves(rows: Sequence[tuple[int, int, bytes]]) -> None:
    """Store (index, event, entry)."""
    _add("ledger_ledgerleaf", {"index": "int8", "event": "int8", "entry": "bytea"}, rows)


def add_nodes(rows: Sequence[tuple[int, int, bytes]]) -> None:
    """Store (level, number, hash)."""
    _add("ledger_ledgernode", {"level": "int2", "number": "int8", "hash": "bytea"}, rows)


def _add(table: str, columns: dict[str, str], rows: Sequence[tuple[Any, ...]]) -> None:
    if not rows:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arrays.insert(cursor, table, columns, rows)
        else:
            names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join(["%s"] * len(columns))
            statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names of this module
            cursor.executemany(statement, rows)


def entries(*, first: int, count: int) -> list[bytes]:
    """The entries of that many leaves in a row; fewer where the log ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT entry FROM ledger_ledgerleaf WHERE "index" >= %s AND "index" < %s ORDER BY "index"',
            [first, first + count],
        )
        return [bytes(entry) for (entry,) in cursor.fetchall()]


def nodes(*, level: int, first: int, count: int) -> list[bytes]:
    """The hashes over that many full tiles of a level in a row; fewer where there are no more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT hash FROM ledger_ledgernode WHERE level = %s AND number >= %s AND number < %s "
            "ORDER BY number",
            [level, first, first + count],
        )
        return [bytes(found) for (found,) in cursor.fetchall()]
