"""Deciles within one run: tenths of the people in it, poorest first.

For a register of one regency this is not the decile that a law means, so every result says that it
was cut within the run. A family's place is the number of people in families before it, ordered by
score and then by `family_id`; whole numbers decide and ties cannot move.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add

import narwhals as nw
import polars as pl

TENTHS = 10


@dataclass(frozen=True)
class Boundary:
    """The first family of a decile, in the order of the ranking."""

    score: int
    family_id: int


def boundaries(families: pl.DataFrame) -> tuple[Boundary, ...]:
    """Where deciles 2 … 10 begin among `families` (`score`, `family_id`, `size`); unscored ones are
    not counted. Fewer than nine when the last tenths are empty."""
    ranked = families.filter(pl.col("score").is_not_null()).sort("score", "family_id")
    size = pl.col("size").cast(pl.Int64)
    before = size.cum_sum() - size
    placed = ranked.with_columns(desil=1 + before * TENTHS // size.sum())
    found = []
    for decile in range(2, TENTHS + 1):
        first = placed.filter(pl.col("desil") >= decile).head(1)
        if first.height:
            found.append(Boundary(first["score"][0], first["family_id"][0]))
    return tuple(found)


def desil(found: tuple[Boundary, ...]) -> nw.Expr:
    """Int8 decile of a table with `score` and `family_id`: 1 is the poorest; null when unscored."""
    score, family_id = nw.col("score"), nw.col("family_id")
    reached = [
        nw.when((score > at.score) | ((score == at.score) & (family_id >= at.family_id)))
        .then(nw.lit(1))
        .otherwise(nw.lit(0))
        for at in found
    ]
    return nw.when(~score.is_null()).then(reduce(add, reached, nw.lit(1))).cast(nw.Int8).alias("desil")
