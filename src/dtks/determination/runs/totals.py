"""Totals of a run per village, district, regency and province: counted once per village, then added up."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from dtks.determination.runs.domain import Status

LEVELS = {"province": 1, "regency": 2, "district": 3, "village": 4}
_DIGITS_BELOW = {"province": 10**8, "regency": 10**6, "district": 10**4, "village": 1}
DECILES = range(1, 11)


def of_villages(families: pl.DataFrame, programmes: Sequence[str]) -> pl.DataFrame:
    """One row per village from the output rows of a run (see `output.columns`); all counts Int64.

    `<programme>_eligible` counts families, `<programme>_members` the members for whom they are,
    `<programme>_amount` is in rupiah, `<programme>_unknown` counts families that wait for an answer.
    """
    desil, status_of = pl.col("desil"), {name: pl.col(f"{name}_status") for name in programmes}
    sums = [
        pl.len().alias("families"),
        pl.col("size").sum().alias("people"),
        (pl.col("faults") > 0).sum().alias("families_verification"),
        ((pl.col("faults") == 0) & desil.is_null()).sum().alias("families_unscored"),
        *((desil == decile).sum().alias(f"desil_{decile}") for decile in DECILES),
    ]
    for name, status in status_of.items():
        sums += [
            (status == Status.ELIGIBLE).sum().alias(f"{name}_eligible"),
            (status == Status.UNKNOWN).sum().alias(f"{name}_unknown"),
            pl.col(f"{name}_members").sum().alias(f"{name}_members"),
            pl.col(f"{name}_amount").sum().alias(f"{name}_amount"),
        ]
    return families.group_by("village").agg(sums).with_columns(pl.exclude("village").cast(pl.Int64))


def of_all_levels(villages: pl.DataFrame) -> pl.DataFrame:
    """The village rows and their sums for the three levels above; `level` 1 (province) … 4 (village),
    `area` the code without dots; sorted by both."""
    counts = [column for column in villages.columns if column != "village"]
    levels = [
        villages.group_by((pl.col("village") // _DIGITS_BELOW[name]).alias("area"))
        .agg(pl.col(counts).sum())
        .select(pl.lit(level, dtype=pl.Int8).alias("level"), "area", *counts)
        for name, level in LEVELS.items()
    ]
    return pl.concat(levels).sort("level", "area")
