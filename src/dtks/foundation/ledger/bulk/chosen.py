"""Finding a key in the lists that were shown."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

_HOLDS = {"postgresql": "position(%s in keys) > 0", "sqlite": "instr(keys, %s) > 0"}


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
