"""In which lists somebody stood."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection

KEY_BYTES = 16
AT_ONCE = 2_000


def holding(keys: Iterable[bytes], *, numbers: Sequence[int], since: datetime, until: datetime) -> list[int]:
    """The events, of areas with exactly these numbers and of that time, whose rows hold one of the keys
    (16 bytes each). Reads the rows of those areas and that time, no others."""
    wanted = sorted(set(keys))
    found: list[int] = []
    if not wanted:
        return found
    adapted = [connection.ops.adapt_datetimefield_value(each) for each in (since, until)]
    marks = ", ".join(["%s"] * len(numbers))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT event, keys FROM ledger_ledgerrows WHERE area_number IN ({marks}) "  # noqa: S608 - marks for values
            "AND at >= %s AND at < %s",
            [*numbers, *adapted],
        )
        while rows := cursor.fetchmany(AT_ONCE):
            found += [event for event, blob in rows if _holds(bytes(blob), wanted)]
    return found


def _holds(blob: bytes, keys: Sequence[bytes]) -> bool:
    return any(_stands_in(blob, key) for key in keys)


def _stands_in(blob: bytes, key: bytes) -> bool:
    at = blob.find(key)
    # A key begins where one ends; the same bytes across two of them are none.
    while at >= 0 and at % KEY_BYTES:
        at = blob.find(key, at + 1)
    return at >= 0
