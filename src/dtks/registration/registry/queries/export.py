"""The register as tables, for snapshots and published lists: a few villages at a time, memory bounded.

Every part comes from two set-based queries over a range of villages. On PostgreSQL the rows come by COPY.
"""

# ruff: noqa: S608  names of tables and columns come from the models; every value is a parameter

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, NamedTuple

import polars as pl
from django.db import connection, transaction
from django.utils import timezone

from dtks.registration.registry import dictionary
from dtks.registration.registry.bulk.tables import FactTable
from dtks.registration.registry.queries import opening, sql

FAMILIES_PER_PART = 15_000
_FAMILY_KEYS: dict[str, Any] = {
    "family_id": pl.String,
    "household_id": pl.String,
    "province": pl.Int16,
    "village": pl.String,
    "kk_number": pl.String,
    "size": pl.Int16,
}
_PERSON_KEYS: dict[str, Any] = {
    "person_id": pl.String,
    "family_id": pl.String,
    "household_id": pl.String,
    "province": pl.Int16,
    "village": pl.String,
    "nik": pl.String,
}
_IDENTITY: dict[str, Any] = {
    "person_id": pl.String,
    "family_id": pl.String,
    "village": pl.String,
    "name": pl.String,
    "name_key": pl.String,
    "birth_date": pl.Date,
    "sex": pl.Int16,
    "relation": pl.Int16,
    "nik": pl.String,
}
_IDS = ("person_id", "family_id", "household_id")
_DTYPES = {"Int16": pl.Int16, "Int32": pl.Int32, "Int64": pl.Int64, "Float64": pl.Float64, "Date": pl.Date}
# Members of a family in the sense of a determination: alive and with it (404: 1, 5; status: 1).
_PRESENT = "(m.presence IS NULL OR m.presence IN (1, 5)) AND (p.status IS NULL OR p.status = 1)"


class SnapshotPart(NamedTuple):
    """Families of some villages of one province, and their members in the same order."""

    families: pl.DataFrame
    people: pl.DataFrame


def export_snapshot(
    *, area: str = "", as_of: date | None = None, families_per_part: int = FAMILIES_PER_PART
) -> Iterator[SnapshotPart]:
    """Families that live in ``area``, and their members, as known now to hold on ``as_of`` (default: today).

    Parts come in the order of the village codes; no part spans two provinces. Families: family_id,
    household_id (UUID text), province, village (dotted, where they live), kk_number (16 digits), size, then
    every family variable that a snapshot may hold, with its dictionary type. People: person_id, family_id,
    household_id, province, village, nik, then every such person variable. Sorted by village, family_id,
    person_id. Members who are dead, gone or not found are left out. One consistent view of the register.
    """
    today = timezone.localdate()
    when = None if as_of is None or as_of >= today else as_of
    with _one_view():
        for first, last in _ranges(area, when, families_per_part):
            yield SnapshotPart(families=_families(first, last, when), people=_people(first, last, when))


def identities(*, area: str = "", families_per_part: int = FAMILIES_PER_PART) -> Iterator[pl.DataFrame]:
    """Who the people of ``area`` are, for publication: ids, village, name, name_key, birth_date, sex,
    relation, nik. Never part of a snapshot. Same order and same members as `export_snapshot`."""
    with _one_view():
        for first, last in _ranges(area, None, families_per_part):
            columns = {**_IDENTITY}
            select = {
                "person_id": "m.person_id",
                "family_id": "m.family_id",
                "village": "d.domicile_village",
                "relation": "m.relation",
                **{name: f"p.{name}" for name in ("name", "name_key", "birth_date", "sex", "nik")},
            }
            yield _read(_members(select, columns, ""), [first, last], columns)


def _at(alias: str, when: date | None) -> str:
    """The condition that a fact is the one believed now to hold on a day (None: the current one)."""
    if when is None:
        # No fact begins in the future, so the current row holds today.
        return sql.current(alias)
    day = f"'{when.isoformat()}'"
    return (
        f"{alias}.superseded_at IS NULL AND {alias}.valid_from <= {day} "
        f"AND ({alias}.valid_to IS NULL OR {alias}.valid_to > {day})"
    )


def _ranges(area: str, when: date | None, limit: int) -> Iterator[tuple[str, str]]:
    """First and last village of each part: villages in order, about ``limit`` families together."""
    place, parameters = sql.inside("d.domicile_village", area)
    counted = sql.rows(
        f"SELECT d.domicile_village AS village, count(*) AS families FROM {sql.DOMICILES} d "
        f"WHERE {place} AND {_at('d', when)} GROUP BY d.domicile_village ORDER BY d.domicile_village",
        parameters,
    )
    first = last = ""
    families = 0
    for row in counted:
        village = row["village"]
        if first and (families + row["families"] > limit or village[:2] != first[:2]):
            yield first, last
            first, families = "", 0
        first, last = first or village, village
        families += row["families"]
    if first:
        yield first, last


def _families(first: str, last: str, when: date | None) -> pl.DataFrame:
    tables = sql.tables("families") + sql.tables("households")
    variables = _variables("family")
    subjects = {"families": "h.family_id", "households": "h.household_id"}
    joins, select = _joined(tables, variables, subjects, when, known={sql.CARDS: "c", sql.DOMICILES: "d"})
    size = (
        f"(SELECT count(*) FROM {sql.MEMBERS} m LEFT JOIN {sql.PEOPLE} p ON p.person_id = m.person_id "
        f"AND {_at('p', when)} WHERE m.family_id = h.family_id AND {_at('m', when)} AND {_PRESENT})"
    )
    keys = {
        "family_id": "h.family_id",
        "household_id": "h.household_id",
        "province": "h.province",
        "village": "d.domicile_village",
        "kk_number": "c.kk_number",
        "size": size,
    }
    columns = {**_FAMILY_KEYS, **{name: _DTYPES[variables[name].dtype] for name in select}}
    query = f"""SELECT {_list({**keys, **select}, columns)} FROM {sql.DOMICILES} d
        JOIN {sql.HOUSEHOLDS} h ON h.household_id = d.household_id AND h.family_id IS NOT NULL
            AND {_at("h", when)}
        JOIN {sql.CARDS} c ON c.family_id = h.family_id AND {_at("c", when)} {joins}
        WHERE d.domicile_village >= %s AND d.domicile_village <= %s AND {_at("d", when)}
        ORDER BY d.domicile_village, h.family_id"""
    # A family of which nobody is left is no longer one.
    return _read(query, [first, last], columns).filter(pl.col("size") > 0)


def _people(first: str, last: str, when: date | None) -> pl.DataFrame:
    variables = _variables("person")
    joins, select = _joined(
        sql.tables("people"), variables, {"people": "m.person_id"}, when, known={sql.PEOPLE: "p"}
    )
    apart = (
        f"(SELECT a.household_id FROM {sql.HOUSEHOLDS} a "
        f"WHERE a.person_id = m.person_id AND {_at('a', when)} LIMIT 1)"
    )
    keys = {
        "person_id": "m.person_id",
        "family_id": "m.family_id",
        "household_id": f"COALESCE({apart}, h.household_id)",
        "province": "m.province",
        "village": "d.domicile_village",
        "nik": "p.nik",
    }
    membership = {name: f"m.{name}" for name in sql.membership_columns() if name in variables}
    select = {**membership, **select}
    columns = {**_PERSON_KEYS, **{name: _DTYPES[variables[name].dtype] for name in select}}
    return _read(_members({**keys, **select}, columns, joins, when), [first, last], columns)


def _members(select: dict[str, str], columns: dict[str, Any], joins: str, when: date | None = None) -> str:
    return f"""SELECT {_list(select, columns)} FROM {sql.DOMICILES} d
        JOIN {sql.HOUSEHOLDS} h ON h.household_id = d.household_id AND h.family_id IS NOT NULL
            AND {_at("h", when)}
        JOIN {sql.MEMBERS} m ON m.family_id = h.family_id AND {_at("m", when)}
        LEFT JOIN {sql.PEOPLE} p ON p.person_id = m.person_id AND {_at("p", when)} {joins}
        WHERE d.domicile_village >= %s AND d.domicile_village <= %s AND {_at("d", when)} AND {_PRESENT}
        ORDER BY d.domicile_village, m.family_id, m.person_id"""


def _variables(level: dictionary.Level) -> dict[str, dictionary.Variable]:
    return {name: v for name, v in dictionary.by_name(level=level).items() if v.in_snapshot}


def _joined(
    tables: list[FactTable],
    variables: dict[str, dictionary.Variable],
    subjects: dict[str, str],
    when: date | None,
    *,
    known: dict[str, str],
) -> tuple[str, dict[str, str]]:
    """LEFT JOINs of the tables that hold one of ``variables``, and {variable: column}. Tables in ``known``
    are part of the query already, under that alias."""
    joins, select = [], {}
    for number, table in enumerate(tables):
        wanted = [name for name in table.columns if name in variables]
        if not wanted:
            continue
        alias = known.get(table.table, f"x{number}")
        if table.table not in known:
            same = f"{alias}.{table.subject} = {subjects[table.stage]}"
            joins.append(f"LEFT JOIN {table.table} {alias} ON {same} AND {_at(alias, when)}")
        select.update({name: f"{alias}.{name}" for name in wanted})
    return " ".join(joins), select


def _list(select: dict[str, str], columns: dict[str, Any]) -> str:
    """The columns of a statement; sealed ones as hexadecimal digits."""
    return ", ".join(
        f"{opening.as_digits(select[name]) if name in opening.NUMBERS else select[name]} AS {name}"
        for name in columns
    )


@contextmanager
def _one_view() -> Iterator[None]:
    """All parts see the register as it was at the first of them."""
    outermost = not connection.in_atomic_block
    # The server is told the scope now: once the transaction has taken a statement, its level is fixed.
    connection.cursor().close()
    with transaction.atomic():
        if outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _read(query: str, parameters: list[Any], columns: dict[str, Any]) -> pl.DataFrame:
    frame = (_read_postgresql if connection.vendor == "postgresql" else _read_sqlite)(
        query, parameters, columns
    )
    return opening.opened(frame)


def _read_postgresql(query: str, parameters: list[Any], columns: dict[str, Any]) -> pl.DataFrame:
    from psycopg import ClientCursor

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")
        text = ClientCursor(connection.connection).mogrify(query, parameters)
        buffer = io.BytesIO()
        with cursor.copy(f"COPY ({text}) TO STDOUT (FORMAT csv)") as copy:
            for block in copy:
                buffer.write(block)
    if not buffer.tell():
        return pl.DataFrame(schema=columns)
    return pl.read_csv(buffer.getvalue(), has_header=False, schema=columns)


def _read_sqlite(query: str, parameters: list[Any], columns: dict[str, Any]) -> pl.DataFrame:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        frame = pl.DataFrame(cursor.fetchall(), schema=columns, orient="row")
    return frame.with_columns(_hyphenated(name) for name in _IDS if name in columns)


def _hyphenated(name: str) -> pl.Expr:
    """32 hexadecimal digits as a UUID is written."""
    column = pl.col(name)
    parts = [
        column.str.slice(start, length) for start, length in ((0, 8), (8, 4), (12, 4), (16, 4), (20, 12))
    ]
    return pl.concat_str(parts, separator="-").alias(name)
