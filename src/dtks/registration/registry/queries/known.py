"""Who is on record under given numbers: for those who bring data in, before they bring it in."""

# ruff: noqa: S608  names of tables and columns are constants; every value is a parameter

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from django.db import connection

from dtks.registration.registry.bulk import dialect
from dtks.registration.registry.queries.sql import CARDS, MEMBERS, PEOPLE, current

SCHEMA = {"nik": pl.Int64, "name": pl.String, "kk_number": pl.Int64}


def people_by_nik(*, niks: Sequence[int]) -> pl.DataFrame:
    """The people who bear one of ``niks`` now: nik, name, number of their family card (null: none)."""
    if not niks:
        return pl.DataFrame(schema=SCHEMA)
    condition, values = dialect.current().among("p.nik", list(niks), kind="bigint")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT p.nik, p.name, c.kk_number FROM {PEOPLE} p
                LEFT JOIN {MEMBERS} m ON m.person_id = p.person_id AND {current("m")}
                LEFT JOIN {CARDS} c ON c.family_id = m.family_id AND {current("c")}
                WHERE {condition} AND {current("p")}""",
            [values],
        )
        return pl.DataFrame(cursor.fetchall(), schema=SCHEMA, orient="row")
