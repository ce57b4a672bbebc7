"""What a family's members add up to: counts per family, summed in one pass over the people table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals as nw

FAMILY_ID = "family_id"

Frame = Any
"""A Narwhals DataFrame or LazyFrame; a function returns the kind that it was given."""


def summarise(people: Frame, counts: Mapping[str, nw.Expr]) -> Frame:
    """One row per family: `family_id` and, for each count, the sum of its 0/1 person expression."""
    flagged = people.select(nw.col(FAMILY_ID), **counts)
    sums = flagged.group_by(FAMILY_ID).agg(nw.col(*counts).sum())
    # DuckDB adds small integers up to 128 bits
    return sums.with_columns(nw.col(*counts).cast(nw.Int64))


def attach(families: Frame, summary: Frame) -> Frame:
    """The family table with its counts. A family without people keeps nulls: its members are unknown."""
    return families.join(summary, on=FAMILY_ID, how="left")
