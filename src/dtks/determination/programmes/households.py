"""One grant per household: for a programme whose unit is the household, the first family that is
eligible receives; families that live together with it do not receive a second time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals as nw

from dtks.determination.programmes.domain import Programme, Status

Frame = Any


def once(families: Frame, programmes: Sequence[Programme]) -> Frame:
    """`<programme>__status` of families that share a household with an eligible one before them (by
    `family_id`) becomes `SHARED_HOUSEHOLD`. Needs `family_id` and `household_id`."""
    for programme in programmes:
        if programme.unit == "household":
            families = _once(families, programme.column("status"))
    return families


def _once(families: Frame, status: str) -> Frame:
    eligible = nw.col(status) == int(Status.ELIGIBLE)
    firsts = (
        families.filter(eligible)
        .group_by("household_id")
        .agg(nw.col("family_id").min().alias("first_family_id"))
    )
    joined = families.join(firsts, on="household_id", how="left")
    later = eligible & (nw.col("family_id") != nw.col("first_family_id"))
    shared = nw.lit(int(Status.SHARED_HOUSEHOLD), nw.Int8)
    kept = nw.when(later).then(shared).otherwise(nw.col(status)).alias(status)
    return joined.with_columns(kept).drop("first_family_id")
