"""Totals of a run per village, district, regency and province: counted once per village, then added up."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from dtks.determination.programmes.domain import Status

LEVELS = {"province": 1, "regency": 2, "district": 3, "village": 4}
_DIGITS_BELOW = {"province": 10**8, "regency": 10**6, "district": 10**4, "village": 1}
DECILES = range(1, 11)


def of_villages(families: pl.DataFrame, programmes: Sequence[str]) -> pl.DataFrame:
    """One row per village from the output rows of a run (see `output.columns`); all counts Int64.

    `<programme>__eligible` counts families, `<programme>__people` the members who receive,
    `<programme>__amount` is rupiah a year (once, for a grant given once), `<programme>__verification`
    counts families of whom a person has to find out more.
    """
    desil = pl.col("desil")
    sums = [
        pl.len().alias("families"),
        pl.col("size").sum().alias("people"),
        (pl.col("faults") > 0).sum().alias("families_verification"),
        ((pl.col("faults") == 0) & desil.is_null()).sum().alias("families_unscored"),
        *((desil == decile).sum().alias(f"desil_{decile}") for decile in DECILES),
    ]
    for name in programmes:
        status = pl.col(f"{name}__status")
        sums += [
            (status == Status.ELIGIBLE).sum().alias(f"{name}__eligible"),
            (status == Status.VERIFICATION).sum().alias(f"{name}__verification"),
            pl.col(f"{name}__people").sum(),
            pl.col(f"{name}__amount").sum(),
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
