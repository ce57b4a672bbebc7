"""The little that may be known of what lies outside one's scope: whether the register is empty, and whether a
number that one holds in one's hand is on record somewhere."""

# ruff: noqa: S608  names of tables and columns are constants; every value is a parameter

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from django.db import connection

from dtks.registration.registry.bulk import dialect

Number = Literal["nik", "kk"]
TABLES: dict[Number, tuple[str, str]] = {
    "nik": ("registry_persondemographics", "nik_index"),
    "kk": ("registry_familycard", "kk_index"),
}


def is_empty() -> bool:
    """Whether nobody at all is on record, in any area."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT registry_is_empty()")
            return bool(cursor.fetchone()[0])
        cursor.execute(
            "SELECT NOT EXISTS (SELECT 1 FROM main.registry_person) "
            "AND NOT EXISTS (SELECT 1 FROM main.registry_family)"
        )
        return bool(cursor.fetchone()[0])


def taken(cursor: Any, number: Number, indexes: Sequence[str]) -> set[str]:
    """Those of the blind indexes (32 hexadecimal digits) that are on record in any area."""
    table, column = TABLES[number]
    if not indexes:
        return set()
    if connection.vendor == "postgresql":
        cursor.execute(
            "SELECT replace(registry_taken(%s, %s::uuid[])::text, '-', '')", [number, list(indexes)]
        )
    else:
        words = dialect.current()
        condition, values = words.among(column, list(indexes), kind="uuid")
        cursor.execute(
            f"SELECT {column} FROM main.{table} WHERE {condition} "
            "AND superseded_at IS NULL AND valid_to IS NULL",
            [values],
        )
    return {found for (found,) in cursor.fetchall()}
