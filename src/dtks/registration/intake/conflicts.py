"""Rows of a chunk held against the register: a NIK that is on record already, in another family."""

from __future__ import annotations

from difflib import SequenceMatcher

import polars as pl

from dtks.foundation.kernel import names
from dtks.registration.intake.problems import MovedFamily, NikOfSomeoneElse
from dtks.registration.registry.queries import known

SAME_PERSON = 0.6
"""Ratcliff/Obershelp similarity of normalised names from which the Ministry takes two for one person."""
FOUND = {"_sheet": pl.UInt8, "_row": pl.Int64, "code": pl.String}


def with_register(people: pl.DataFrame) -> pl.DataFrame:
    """For people whose NIK is on record under another family card: sheet, row and the problem's code.

    The same name: the person has moved, which warns. Another name: the NIK is someone else's, and the row
    waits, for a person to decide.
    """
    empty = pl.DataFrame(schema=FOUND)
    if people.height == 0 or "nik" not in people.columns or "name" not in people.columns:
        return empty
    card = pl.col("kk_number") if "kk_number" in people.columns else pl.lit(None, dtype=pl.String)
    asked = people.filter(pl.col("nik").is_not_null()).select(
        "_sheet", "_row", "name", pl.col("nik").cast(pl.Int64), card.cast(pl.Int64).alias("kk_number")
    )
    on_record = known.people_by_nik(niks=asked["nik"].to_list())
    if on_record.height == 0:
        return empty
    both = asked.join(on_record, on="nik", suffix="_known").filter(
        pl.col("kk_number").is_not_null()
        & pl.col("kk_number_known").is_not_null()
        & (pl.col("kk_number") != pl.col("kk_number_known"))
    )
    codes = [
        MovedFamily.code if _alike(name, other) else NikOfSomeoneElse.code
        for name, other in both.select("name", "name_known").iter_rows()
    ]
    return both.select("_sheet", "_row", pl.Series("code", codes, dtype=pl.String))


def _alike(name: str | None, other: str | None) -> bool:
    first, second = names.normalise(name or ""), names.normalise(other or "")
    return SequenceMatcher(None, first, second).ratio() >= SAME_PERSON
