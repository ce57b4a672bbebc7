"""Who is on record under given numbers: for those who bring data in, before they bring it in."""

# ruff: noqa: S608  names of tables and columns are constants; every value is a parameter

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl
from django.db import connection

from dtks.foundation.vault import configured
from dtks.foundation.vault.columns import index_column
from dtks.foundation.vault.ring import KeyRing
from dtks.registration.registry.bulk import beyond, dialect
from dtks.registration.registry.queries import opening
from dtks.registration.registry.queries.sql import CARDS, MEMBERS, PEOPLE, current

SCHEMA = {"nik": pl.String, "name": pl.String, "kk_number": pl.String}


def people_by_nik(*, niks: Sequence[str]) -> pl.DataFrame:
    """The people in scope who bear one of ``niks`` now: nik, name, number of their family card (null:
    none)."""
    if not niks:
        return pl.DataFrame(schema=SCHEMA)
    words, ring = dialect.current(), configured.ring()
    condition, values = words.among(
        "p.nik_index", _indexes(niks, "nik", ring)["index"].to_list(), kind="uuid"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT {words.hexadecimal("p.person_id")}, {opening.as_digits("p.nik")}, p.name,
                       {words.hexadecimal("c.family_id")}, {opening.as_digits("c.kk_number")}
                FROM {PEOPLE} p
                LEFT JOIN {MEMBERS} m ON m.person_id = p.person_id AND {current("m")}
                LEFT JOIN {CARDS} c ON c.family_id = m.family_id AND c.kk_number IS NOT NULL AND
                {current("c")} WHERE {condition} AND {current("p")}""",
            [values],
        )
        schema = {"person_id": pl.String, "nik": pl.String, "name": pl.String, "family_id": pl.String}
        found = pl.DataFrame(cursor.fetchall(), schema={**schema, "kk_number": pl.String}, orient="row")
    # A value without a subject is none: any key does for it.
    subjects = found.with_columns(pl.col("family_id").fill_null(pl.col("person_id")))
    return opening.opened(subjects).select(*SCHEMA)


def taken_elsewhere(*, niks: Sequence[str], kk_numbers: Sequence[str]) -> tuple[set[str], set[str]]:
    """Those of the numbers that are on record in an area outside the scope in force. Where, and of whom, is
    not told: whoever holds such a number has to ask the office above."""
    ring = configured.ring()
    with connection.cursor() as cursor:
        return _beyond(cursor, "nik", niks, ring), _beyond(cursor, "kk", kk_numbers, ring)


def _beyond(cursor: Any, kind: beyond.Number, numbers: Sequence[str], ring: KeyRing) -> set[str]:
    if not numbers:
        return set()
    asked = _indexes(numbers, kind, ring)
    anywhere = beyond.taken(cursor, kind, asked["index"].to_list())
    suspects = asked.filter(pl.col("index").is_in(list(anywhere)))
    if suspects.height == 0:
        return set()
    words = dialect.current()
    table, column = beyond.TABLES[kind]
    condition, values = words.among(column, suspects["index"].to_list(), kind="uuid")
    cursor.execute(
        f"SELECT {words.hexadecimal(column)} FROM {table} x WHERE {condition} AND {current('x')}", [values]
    )
    mine = [index for (index,) in cursor.fetchall()]
    return set(suspects.filter(~pl.col("index").is_in(mine))["number"])


def _indexes(numbers: Sequence[str], kind: str, ring: KeyRing) -> pl.DataFrame:
    """``number`` and ``index`` of each under every index key of the ring."""
    column = pl.Series("number", list(numbers), dtype=pl.String)
    return pl.concat(
        pl.DataFrame({"number": column, "index": index_column(column, kind=kind, ring=ring, key_id=number)})
        for number in ring.index_keys
    ).drop_nulls()
