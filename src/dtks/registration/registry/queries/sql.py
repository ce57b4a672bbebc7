"""Pieces of SQL that the queries share: current rows, areas, rows as mappings."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection

from dtks.registration.registry.bulk.tables import FactTable, fact_tables

AREA_LENGTHS = (0, 2, 5, 8, 13)
# The character after '.': every code below an area sorts between 'area.' and 'area/'.
AFTER_DOT = "/"

MEMBERS = "registry_familymembership"
PEOPLE = "registry_persondemographics"
CARDS = "registry_familycard"
HOUSEHOLDS = "registry_householdmembership"
DOMICILES = "registry_domicile"


def current(alias: str) -> str:
    """The condition that a fact is the current one."""
    return f"{alias}.superseded_at IS NULL AND {alias}.valid_to IS NULL"


def inside(column: str, area: str) -> tuple[str, list[str]]:
    """The condition that a village code lies in ``area`` ('' is everywhere), as a range of the index."""
    if not area:
        return "1 = 1", []
    if len(area) == AREA_LENGTHS[-1]:
        return f"{column} = %s", [area]
    return f"({column} >= %s AND {column} < %s)", [f"{area}.", f"{area}{AFTER_DOT}"]


def key(value: uuid.UUID | str) -> str:
    """A key as the database's driver takes it."""
    value = value if isinstance(value, uuid.UUID) else uuid.UUID(str(value))
    return str(value) if connection.vendor == "postgresql" else value.hex


def identifier(value: Any) -> uuid.UUID | None:
    """A key as the database's driver gives it."""
    return value if value is None or isinstance(value, uuid.UUID) else uuid.UUID(str(value))


def among_keys(column: str, values: Sequence[uuid.UUID | str]) -> tuple[str, list[Any]]:
    """The condition that a key is one of ``values``."""
    if not values:
        return "1 = 0", []
    return f"{column} IN ({', '.join(['%s'] * len(values))})", [key(value) for value in values]


def rows(sql: str, parameters: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """The rows of a query, each as a mapping of column to value."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(parameters))
        names = [column[0] for column in cursor.description]
        for row in cursor.fetchall():
            yield dict(zip(names, row, strict=True))


def tables(stage: str) -> list[FactTable]:
    """The fact tables about one kind of subject, without memberships (they are joined by themselves)."""
    return [t for t in fact_tables() if t.stage == stage and t.table not in (HOUSEHOLDS, MEMBERS)]


def day(value: Any) -> date | None:
    """A date as the database's driver gives it."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def moment(value: Any) -> datetime | None:
    """A point in time as the database's driver gives it (SQLite: in UTC, without saying so)."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def membership_columns() -> tuple[str, ...]:
    """What a membership says of a member beside the family."""
    table = next(t for t in fact_tables() if t.table == MEMBERS)
    return tuple(name for name in table.columns if name != "family_id")


def all_tables() -> tuple[FactTable, ...]:
    """Every fact table."""
    return fact_tables()
