"""A chunk seen by subject: households, families, people; for each, those that are new and those known."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from dtks.foundation.vault.ring import KeyRing
from dtks.registration.registry.bulk import match
from dtks.registration.registry.bulk.frames import first_known
from dtks.registration.registry.bulk.sealing import sealed
from dtks.registration.registry.bulk.tables import Stage, fact_tables

ORDER: tuple[Stage, ...] = ("households", "families", "people")


@dataclass(frozen=True, slots=True)
class Subjects:
    """One kind of subject of a chunk. Both frames have its key, its place, valid_from and the answers."""

    new: pl.DataFrame
    known: pl.DataFrame


def by_subject(*, families: pl.DataFrame, people: pl.DataFrame, ring: KeyRing) -> dict[Stage, Subjects]:
    """The matched rows of a chunk as subjects of each kind, sealed where the register keeps them so."""
    frames: dict[Stage, pl.DataFrame] = {
        "households": _households(families),
        "families": _families(families),
        "people": _people(people),
    }
    return {stage: _split(sealed(frame, stage=stage, ring=ring)) for stage, frame in frames.items()}


def _split(frame: pl.DataFrame) -> Subjects:
    is_new = pl.col("fresh") == 1
    return Subjects(new=frame.filter(is_new), known=frame.filter(~is_new))


def _households(families: pl.DataFrame) -> pl.DataFrame:
    """One row per household: the first known answer of its families. A new one lives where its card says,
    until somebody says otherwise."""
    wanted = {name for table in fact_tables() if table.stage == "households" for name in table.columns}
    answers = [name for name in families.columns if name in wanted]
    fresh = pl.col("fresh_household").alias("fresh")
    frame = families.select(
        "household_id", "province", "area_number", "moved", "valid_from", "village", fresh, *answers
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
