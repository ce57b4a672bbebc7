"""What the verification of the whole log asks the tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

ROWS_AT_ONCE = 8 << 20
"""Bytes of lists in memory at one time, or one list where it alone is longer."""
_LOST = {
    "postgresql": "e.xid < %s AND NOT EXISTS (SELECT 1 FROM ledger_ledgerleaf l WHERE l.event = e.id)",
    "sqlite": "e.id <= %s AND NOT EXISTS (SELECT 1 FROM ledger_ledgerleaf l WHERE l.event = e.id)",
}


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far the tables reach, all at one moment. ``leaves``: highest index + 1. ``nodes``: level → highest
    number + 1."""

    head: int
    leaves: int
    nodes: dict[int, int]


def bounds() -> Bounds:
    """In one statement: the sequencer may be at work."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 'head', 0, COALESCE(MAX(size), 0) FROM ledger_ledgerhead "
            "UNION ALL SELECT 'leaf', 0, COALESCE(MAX(\"index\") + 1, 0) FROM ledger_ledgerleaf "
            "UNION ALL SELECT 'node', level, MAX(number) + 1 FROM ledger_ledgernode GROUP BY level"
        )
        found = cursor.fetchall()
    of = {kind: int(most) for kind, _, most in found if kind != "node"}
    return Bounds(of["head"], of["leaf"], {level: int(most) for kind, level, most in found if kind == "node"})


def lost(*, settled: int, limit: int) -> list[int]:
    """Keys of events that have no leaf and that the sequencer, which goes on from ``settled``, will never
    look at: all others are only waiting."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT e.id FROM ledger_ledgerevent e WHERE {_LOST[connection.vendor]} ORDER BY e.id LIMIT %s",  # noqa: S608 - names of this module
            [settled, limit],
        )
        return [key for (key,) in cursor.fetchall()]


def waiting(*, at_once: int) -> Iterator[list[int]]:
    """Keys of the events that have no leaf, in pieces."""
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT e.id FROM ledger_ledgerevent e WHERE e.id > %s AND NOT EXISTS "
                "(SELECT 1 FROM ledger_ledgerleaf l WHERE l.event = e.id) ORDER BY e.id LIMIT %s",
                [last, at_once],
            )
            piece = [key for (key,) in cursor.fetchall()]
        if not piece:
            return
        yield piece
        last = piece[-1]


def lists_of_nothing(*, limit: int) -> list[int]:
    """Events that have rows and are not there themselves."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.event FROM ledger_ledgerrows r WHERE NOT EXISTS "
            "(SELECT 1 FROM ledger_ledgerevent e WHERE e.id = r.event) ORDER BY r.event LIMIT %s",
            [limit],
        )
        return [key for (key,) in cursor.fetchall()]


def lists(events: list[int]) -> Iterator[tuple[int, bytes]]:
    """(event, keys) of those events that have rows. Memory: `ROWS_AT_ONCE`."""
    if not events:
        return
    marks = ", ".join(["%s"] * len(events))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT event, LENGTH(keys) FROM ledger_ledgerrows WHERE event IN ({marks})",  # noqa: S608 - marks alone
            events,
        )
        sizes = cursor.fetchall()
    batch: list[int] = []
    held = 0
    for event, size in sizes:
        if batch and held + size > ROWS_AT_ONCE:
            yield from _lists(batch)
            batch, held = [], 0
        batch.append(event)
        held += size
    if batch:
        yield from _lists(batch)


def _lists(events: list[int]) -> list[tuple[int, bytes]]:
    marks = ", ".join(["%s"] * len(events))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT event, keys FROM ledger_ledgerrows WHERE event IN ({marks})", events)  # noqa: S608 - marks alone
        return [(event, as_bytes(keys)) for event, keys in cursor.fetchall()]


def as_bytes(value: object) -> bytes:
    """A binary column as bytes, also where somebody put something else there (SQLite takes anything)."""
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
