"""Rows of a chunk held against the register: numbers that are on record already, elsewhere."""

from __future__ import annotations

from difflib import SequenceMatcher

import polars as pl

from dtks.foundation.kernel import names
from dtks.registration.intake.problems import KkElsewhere, MovedFamily, NikElsewhere, NikOfSomeoneElse
from dtks.registration.registry.queries import known

SAME_PERSON = 0.6
"""Ratcliff/Obershelp similarity of normalised names from which the Ministry takes two for one person."""
FOUND = {"_sheet": pl.UInt8, "_row": pl.Int64, "code": pl.String}


def with_register(people: pl.DataFrame, families: pl.DataFrame) -> pl.DataFrame:
    """What the register says against rows of people and rows of families: sheet, row and the problem's code.

    A number that is on record in an area which is not the importer's makes the row wait. A NIK that is on
    record under another family card: with the same name the person has moved, which warns; with another name
    the NIK is someone else's, and the row waits, for a person to decide.
    """
    found_elsewhere = elsewhere(people, families)
    here = _in_another_family(people).join(found_elsewhere, on=["_sheet", "_row"], how="anti")
    return pl.concat([found_elsewhere, here])


def elsewhere(people: pl.DataFrame, families: pl.DataFrame) -> pl.DataFrame:
    """Of these rows, those with a number that is on record outside the scope in force: sheet, row and code,
    one for each row. The same few queries whatever the number of rows."""
    niks, cards = known.taken_elsewhere(
        niks=_numbers(people, "nik"),
        kk_numbers=[*_numbers(people, "kk_number"), *_numbers(families, "kk_number")],
    )
    found = [
        _bearing(families, "kk_number", cards, KkElsewhere.code),
        _bearing(people, "kk_number", cards, KkElsewhere.code),
        _bearing(people, "nik", niks, NikElsewhere.code),
    ]
    return pl.concat(found).unique(["_sheet", "_row"], keep="first", maintain_order=True)


def _numbers(rows: pl.DataFrame, column: str) -> list[str]:
    return rows[column].drop_nulls().unique().to_list() if column in rows.columns else []


def _bearing(rows: pl.DataFrame, column: str, numbers: set[str], code: str) -> pl.DataFrame:
    if not numbers or column not in rows.columns:
        return pl.DataFrame(schema=FOUND)
    bad = rows.filter(pl.col(column).is_in(list(numbers)))
    return bad.select("_sheet", "_row", pl.lit(code).alias("code")).cast(FOUND)


def _in_another_family(people: pl.DataFrame) -> pl.DataFrame:
    empty = pl.DataFrame(schema=FOUND)
    if people.height == 0 or "nik" not in people.columns or "name" not in people.columns:
        return empty
    card = pl.col("kk_number") if "kk_number" in people.columns else pl.lit(None, dtype=pl.String)
    asked = people.filter(pl.col("nik").is_not_null()).select(
        "_sheet", "_row", "name", "nik", card.cast(pl.String).alias("kk_number")
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
