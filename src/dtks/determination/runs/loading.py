"""Put a run's families into the table `FamilyResult`, set by set: for the officers' pages."""

# ruff: noqa: S608  names of tables and columns come from the model; every value is a parameter

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import polars as pl
from django.db import connection

from dtks.determination.programmes.domain import Status
from dtks.determination.runs.models import FamilyResult
from dtks.foundation.scope.current import required
from dtks.foundation.scope.errors import OutsideScope
from dtks.foundation.scope.tables import written

COLUMNS = (
    "run_id",
    "family",
    "current",
    "village",
    "area_number",
    "size",
    "score",
    "desil",
    "faults",
    "eligible",
    "programmes",
)
_STAGED = "runs_staged"
PER_PROGRAMME = ("status", "outcomes", "people", "amount", "open")
"""What stands in the list of each programme in the column `programmes`, in this order."""


def rows_of(families: pl.DataFrame, programmes: Sequence[str]) -> pl.DataFrame:
    """Output rows with a column `family` (UUID as text) → columns of the table, the run aside."""
    village = pl.col("village").cast(pl.String)
    dotted = pl.concat_str(
        village.str.slice(0, 2), village.str.slice(2, 2), village.str.slice(4, 2), village.str.slice(6),
        separator=".",
    )  # fmt: skip
    chosen = [pl.when(pl.col(f"{name}__status") == Status.ELIGIBLE).then(pl.lit(name)) for name in programmes]
    return families.select(
        "family",
        pl.lit(True).alias("current"),
        dotted.alias("village"),
        pl.col("village").cast(pl.Int64).alias("area_number"),
        "size",
        "score",
        "desil",
        "faults",
        pl.concat_str(chosen, separator=" ", ignore_nulls=True).alias("eligible"),
        pl.concat_str(_as_json(programmes)).alias("programmes"),
    )


def _as_json(programmes: Sequence[str]) -> list[pl.Expr]:
    """The pieces of `{"pkh": [1, 85, 2, 3000000, 0], …}`: numbers and null only, nothing to escape."""
    pieces: list[pl.Expr] = []
    for place, name in enumerate(programmes):
        pieces.append(pl.lit(("{" if place == 0 else ", ") + f'"{name}": ['))
        for at, column in enumerate(PER_PROGRAMME):
            number = pl.col(f"{name}__{column}").cast(pl.String).fill_null("null")
            pieces += [pl.lit(", "), number] if at else [number]
        pieces.append(pl.lit("]"))
    return [*pieces, pl.lit("}" if programmes else "{}")]


def insert(run: uuid.UUID, rows: pl.DataFrame) -> None:
    """Add `rows_of` rows for a run, inside the caller's transaction. Raises OutsideScope."""
    scope = required()
    if not all(scope.holds(number) for number in rows["area_number"].unique()):
        raise OutsideScope()
    if connection.vendor == "postgresql":
        _copy(run, rows)
    else:
        _insert_many(run, rows)


def _table() -> str:
    return written(FamilyResult._meta.db_table, connection)


def _names() -> str:
    return ", ".join(connection.ops.quote_name(column) for column in COLUMNS)


def _insert_many(run: uuid.UUID, rows: pl.DataFrame) -> None:
    keyed: list[tuple[Any, ...]] = rows.with_columns(
        pl.col("family").str.replace_all("-", "", literal=True)  # how Django keeps a UUID in SQLite
    ).rows()
    places = ", ".join(["%s"] * len(COLUMNS))
    statement = f"INSERT INTO {_table()} ({_names()}) VALUES ({places})"
    with connection.cursor() as cursor:
        cursor.executemany(statement, [(run.hex, *row) for row in keyed])


def _copy(run: uuid.UUID, rows: pl.DataFrame) -> None:
    text = rows.select(pl.lit(str(run)).alias("run_id"), pl.all()).write_csv(include_header=False)
    with connection.cursor() as cursor:
        # COPY knows no row-level security, INSERT does: so by way of a temporary table.
        cursor.execute(f"CREATE TEMP TABLE {_STAGED} (LIKE {_table()})")
        cursor.execute(f"ALTER TABLE {_STAGED} ALTER COLUMN id DROP NOT NULL")
        with cursor.copy(f"COPY {_STAGED} ({_names()}) FROM STDIN (FORMAT csv)") as copy:
            copy.write(text.encode())
        cursor.execute(f"INSERT INTO {_table()} ({_names()}) SELECT {_names()} FROM {_STAGED}")
        cursor.execute(f"DROP TABLE {_STAGED}")
