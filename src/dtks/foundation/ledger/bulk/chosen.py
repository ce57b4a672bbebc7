"""Finding a key in the lists that were shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection

_HOLDS = {"postgresql": "position(%s in keys) > 0", "sqlite": "instr(keys, %s) > 0"}


_AT = {"postgresql": "position(%s in r.keys)", "sqlite": "instr(r.keys, %s)"}


def newest_lists_with(
    keys: Sequence[UUID], *, areas: Sequence[int], where: str, values: Sequence[Any], look_at: int, limit: int
) -> tuple[list[int], bool]:
    """(events, cut): the newest events whose list holds one of the keys; only ``look_at`` lists are read, the
    newest. ``cut``: there are older ones that were not.

    ``areas``: numbers of the areas in which the lists were shown, () any. ``where``, ``values``: a condition
    on the event ``e``.
    """
    conditions, given = [where], list(values)
    if areas:
        conditions.append(f"r.area_number IN ({', '.join(['%s'] * len(areas))})")
        given += areas
    among = (
        "ledger_ledgerrows r JOIN ledger_ledgerevent e ON e.id = r.event "
        f"WHERE {' AND '.join(conditions)} ORDER BY e.at DESC, e.id DESC"
    )
    at = _AT[connection.vendor]
    # A key stands at a whole multiple of its length; anywhere else two others only seem to make it up.
    holds = " OR ".join([f"({at} > 0 AND ({at} - 1) %% 16 = 0)"] * len(keys))
    sought = [key.bytes for key in keys for _ in range(2)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT r.event FROM (SELECT r.event, r.keys, e.at, e.id FROM {among} LIMIT %s) r "  # noqa: S608 - conditions of this package, every value a parameter
            f"WHERE {holds} ORDER BY r.at DESC, r.id DESC LIMIT %s",
            [*given, look_at, *sought, limit],
        )
        found = [event for (event,) in cursor.fetchall()]
        cursor.execute(f"SELECT 1 FROM {among} LIMIT 1 OFFSET %s", [*given, look_at])  # noqa: S608 - as above
        return found, cursor.fetchone() is not None


def lists_with(key: UUID, *, after: int, limit: int) -> list[int]:
    """Events beyond ``after`` whose list may hold the key, in rising order. It reads all lists; one where
    the key only seems to be, across the border of two others, is still among them."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT event FROM ledger_ledgerrows WHERE event > %s AND {_HOLDS[connection.vendor]} "  # noqa: S608 - names of this module
            "ORDER BY event LIMIT %s",
            [after, key.bytes, limit],
        )
        return [event for (event,) in cursor.fetchall()]
