"""Who lives elsewhere from now on: all that the register holds of them goes with them, the past included."""

# ruff: noqa: S608  names of tables and columns come from the models; every value is a parameter

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from dtks.registration.registry.bulk.dialect import Dialect
from dtks.registration.registry.bulk.tables import Stage, fact_tables

_MOVED = "registry_moved"
_KEYS: dict[Stage, str] = {"households": "household_id", "families": "family_id", "people": "person_id"}
_RECORDS: dict[Stage, str] = {
    "households": "registry_household",
    "families": "registry_family",
    "people": "registry_person",
}
# Tables beside the facts that name a subject.
_FURTHER: dict[Stage, tuple[str, ...]] = {
    "households": (),
    "families": ("registry_civilregistrytask", "registry_assistancehistory"),
    "people": ("registry_civilregistrytask", "registry_householdmembership"),
}


# Tables of other steps whose rows lie where the subject lives: (table, column with its key).
_FOLLOWING: dict[Stage, list[tuple[str, str]]] = {"households": [], "families": [], "people": []}


def follow(stage: Stage, *, table: str, column: str) -> None:
    """From now on the rows of ``table`` move with the subject that ``column`` names. Called at start."""
    if (table, column) not in _FOLLOWING[stage]:
        _FOLLOWING[stage].append((table, column))


def move(cursor: Any, dialect: Dialect, known: dict[Stage, pl.DataFrame]) -> None:
    """Give the rows of every known subject that has moved to the area where it lives now."""
    for stage, frame in known.items():
        gone = frame.filter(pl.col("moved") == 1)
        if gone.height == 0:
            continue
        key = _KEYS[stage]
        dialect.stage(cursor, _MOVED, gone.select(key, "area_number").unique(key))
        _give(cursor, dialect, stage)
        if stage == "families":
            _members(cursor, dialect)
        cursor.execute(f"DROP TABLE {_MOVED}")


def _members(cursor: Any, dialect: Dialect) -> None:
    """Members whom nobody spoke of move with their family."""
    cursor.execute(f"ALTER TABLE {_MOVED} RENAME TO {_MOVED}_families")
    cursor.execute(
        f"CREATE TEMP TABLE {_MOVED} AS SELECT cur.person_id, s.area_number FROM {_MOVED}_families s "
        "JOIN registry_familymembership cur ON cur.family_id = s.family_id "
        "AND cur.superseded_at IS NULL AND cur.valid_to IS NULL"
    )
    _give(cursor, dialect, "people")
    cursor.execute(f"DROP TABLE {_MOVED}_families")


def _give(cursor: Any, dialect: Dialect, stage: Stage) -> None:
    key = _KEYS[stage]
    for table, column in _tables(stage):
        area = f"(SELECT m.area_number FROM {_MOVED} m WHERE m.{key} = {table}.{column})"
        cursor.execute(
            f"UPDATE {dialect.written(table)} SET area_number = {area}, province = {area} / 100000000 "
            f"WHERE {column} IN (SELECT m.{key} FROM {_MOVED} m)"
        )
    for table, column in _FOLLOWING[stage]:
        area = f"(SELECT m.area_number FROM {_MOVED} m WHERE m.{key} = {table}.{column})"
        cursor.execute(
            f"UPDATE {dialect.written(table)} SET area_number = {area} "
            f"WHERE {column} IN (SELECT m.{key} FROM {_MOVED} m)"
        )


def _tables(stage: Stage) -> Iterator[tuple[str, str]]:
    yield _RECORDS[stage], "id"
    for table in fact_tables():
        if table.stage == stage and table.subject == _KEYS[stage]:
            yield table.table, table.subject
    for name in _FURTHER[stage]:
        yield name, _KEYS[stage]
