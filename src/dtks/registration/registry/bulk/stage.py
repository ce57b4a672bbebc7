"""The temporary tables of one chunk: households, families, people."""

from __future__ import annotations

from typing import Any

import polars as pl

from dtks.registration.registry.bulk import match
from dtks.registration.registry.bulk.dialect import Dialect
from dtks.registration.registry.bulk.frames import first_known
from dtks.registration.registry.bulk.tables import Stage, fact_tables
from dtks.registration.registry.bulk.write import stage_name

_KEPT: dict[Stage, tuple[str, ...]] = {
    "households": ("household_id",),
    "families": ("family_id", "source_key", "task_id"),
    "people": ("person_id", "temporary_number", "task_id"),
}
_ALWAYS = ("province", "valid_from", "fresh")


def fill(
    cursor: Any, dialect: Dialect, *, families: pl.DataFrame, people: pl.DataFrame
) -> tuple[dict[Stage, frozenset[str]], frozenset[Stage]]:
    """Make and fill the staged tables. Returns the columns of each, and which hold new subjects only."""
    frames: dict[Stage, pl.DataFrame] = {
        "households": _households(families),
        "families": _families(families),
        "people": _people(people),
    }
    staged: dict[Stage, frozenset[str]] = {}
    for stage, frame in frames.items():
        wanted = {name for table in fact_tables() if table.stage == stage for name in table.columns}
        columns = [name for name in frame.columns if name in wanted or name in (*_KEPT[stage], *_ALWAYS)]
        dialect.stage(cursor, stage_name(stage), frame.select(columns))
        staged[stage] = frozenset(columns)
    all_new = frozenset(stage for stage, frame in frames.items() if bool((frame["fresh"] == 1).all()))
    return staged, all_new


def _households(families: pl.DataFrame) -> pl.DataFrame:
    """One row per household: the first known answer of its families. A new one lives where its card says,
    until somebody says otherwise."""
    wanted = {name for table in fact_tables() if table.stage == "households" for name in table.columns}
    answers = [name for name in families.columns if name in wanted]
    frame = families.select(
        "household_id",
        "province",
        "valid_from",
        "village",
        pl.col("fresh_household").alias("fresh"),
        *answers,
    )
    if frame["household_id"].is_duplicated().any():
        others = [name for name in frame.columns if name != "household_id"]
        frame = frame.group_by("household_id", maintain_order=True).agg(first_known(others))
    lives_at_card = pl.when(pl.col("fresh") == 1).then(pl.col("village"))
    lived = pl.coalesce("domicile_village", lives_at_card) if "domicile_village" in answers else lives_at_card
    return frame.with_columns(domicile_village=lived).drop("village")


def _families(families: pl.DataFrame) -> pl.DataFrame:
    without_card = pl.col("kk_number").is_null() if "kk_number" in families.columns else pl.lit(True)
    return match.with_tasks(families, number="kk_number").with_columns(
        source_key=pl.when(without_card & (pl.col("fresh") == 1)).then(pl.col("source_key"))
    )


def _people(people: pl.DataFrame) -> pl.DataFrame:
    people = match.with_tasks(people, number="nik")
    if "task_id" not in people.columns:
        return people
    temporary = pl.concat_str(
        pl.lit("T"), "province", pl.lit("-"), pl.col("person_id").str.slice(16).str.to_uppercase()
    )
    return people.with_columns(temporary_number=pl.when(pl.col("task_id").is_not_null()).then(temporary))
