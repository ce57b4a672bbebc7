"""Which families and people of a chunk the register knows already."""

# ruff: noqa: S608  names of tables and columns come from the models; every value is a parameter

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from dtks.foundation.kernel import names
from dtks.foundation.vault.columns import index_column
from dtks.foundation.vault.ring import KeyRing
from dtks.registration.registry.bulk.dialect import Dialect
from dtks.registration.registry.bulk.keys import new_keys

_CURRENT = "{0}.superseded_at IS NULL AND {0}.valid_to IS NULL"
_TEXT = pl.String
_FAMILY = {"family_id": _TEXT, "household_id": _TEXT, "known_area": pl.Int64}
_PERSON = {"person_id": _TEXT, "known_area": pl.Int64}
VILLAGES = 10**8
"""Area numbers in a province."""


@dataclass(frozen=True, slots=True)
class LookUp:
    """Where to look for what is known."""

    cursor: Any
    dialect: Dialect
    ring: KeyRing


def families(frame: pl.DataFrame, *, look_up: LookUp | None) -> pl.DataFrame:
    """``frame`` with ``family_id``, ``household_id``, ``fresh`` (1 new, 0 known), ``fresh_household``, where
    the family lives (``area_number``, ``province``), and ``moved`` (1: it lived elsewhere until now).

    Known by KK number, else by village and family_key among families recorded without a KK. Families with
    the same ``household_key`` share a household. Without ``look_up`` all are new. A family lives where it
    says, else where it is known to live, else where its card says.
    """
    frame = frame.with_columns(
        pl.concat_str("village", pl.lit("/"), "family_key").str.slice(0, 100).alias("source_key")
    )
    known = _known_families(look_up, frame) if look_up else _no_families()
    matched = frame.join(known, on="family_key", how="left", maintain_order="left").with_columns(
        fresh=pl.col("family_id").is_null().cast(pl.Int16)
    )
    matched = _with_new_keys(matched, "family_id")
    return _placed(_households(matched))


def _placed(frame: pl.DataFrame) -> pl.DataFrame:
    lives = pl.coalesce("stated_area", "known_area")
    if frame["household_id"].is_duplicated().any():
        # Who shares a household lives in one place.
        lives = lives.drop_nulls().first().over("household_id")
        card = pl.col("card_area").first().over("household_id")
    else:
        card = pl.col("card_area")
    frame = frame.with_columns(area_number=pl.coalesce(lives, card)).drop("stated_area", "card_area")
    return _with_moves(frame).with_columns(province=(pl.col("area_number") // VILLAGES).cast(pl.Int16))


def _with_moves(frame: pl.DataFrame) -> pl.DataFrame:
    moved = pl.col("known_area").is_not_null() & (pl.col("known_area") != pl.col("area_number"))
    return frame.with_columns(moved=moved.cast(pl.Int16)).drop("known_area")


def _known_families(look_up: LookUp, frame: pl.DataFrame) -> pl.DataFrame:
    by_kk = _families_by_kk(look_up, frame)
    left = frame.join(by_kk, on="family_key", how="anti")
    return pl.concat([by_kk, _families_by_source_key(look_up.cursor, look_up.dialect, left)])


def _indexed(frame: pl.DataFrame, key: str, column: str, kind: str, ring: KeyRing) -> pl.DataFrame:
    """``key`` and ``index`` of each row with a number, under every index key: while these are exchanged, a
    number is on record under the old one or the new one."""
    asked = frame.select(key, column).drop_nulls()
    return pl.concat(
        asked.select(key, index_column(asked[column], kind=kind, ring=ring, key_id=number).alias("index"))
        for number in ring.index_keys
    )


def _families_by_kk(look_up: LookUp, frame: pl.DataFrame) -> pl.DataFrame:
    if "kk_number" not in frame.columns:
        return _no_families()
    cursor, dialect = look_up.cursor, look_up.dialect
    asked = _indexed(frame, "family_key", "kk_number", "kk", look_up.ring)
    condition, values = dialect.among("c.kk_index", asked["index"].to_list(), kind="uuid")
    found = _select(
        cursor,
        f"""SELECT {dialect.hexadecimal("c.kk_index")}, {dialect.hexadecimal("c.family_id")},
                   {_household(dialect, "c.family_id")}, c.area_number
            FROM registry_familycard c WHERE {condition} AND {_CURRENT.format("c")}""",
        [values],
        {"index": _TEXT, **_FAMILY},
    )
    return asked.join(found, on="index").drop("index")


def _families_by_source_key(cursor: Any, dialect: Dialect, frame: pl.DataFrame) -> pl.DataFrame:
    asked = frame.select("family_key", "source_key")
    condition, values = dialect.among("f.source_key", asked["source_key"].to_list(), kind="text")
    found = _select(
        cursor,
        f"""SELECT f.source_key, {dialect.hexadecimal("f.id")}, {_household(dialect, "f.id")}, f.area_number
            FROM registry_family f WHERE {condition}""",
        [values],
        {"source_key": _TEXT, **_FAMILY},
    )
    return asked.join(found, on="source_key").drop("source_key")


def _household(dialect: Dialect, family: str) -> str:
    return (
        f"(SELECT {dialect.hexadecimal('h.household_id')} FROM registry_householdmembership h "
        f"WHERE h.family_id = {family} AND {_CURRENT.format('h')} LIMIT 1)"
    )


def _no_families() -> pl.DataFrame:
    return pl.DataFrame(schema={"family_key": _TEXT, **_FAMILY})


def _households(frame: pl.DataFrame) -> pl.DataFrame:
    """Fill ``household_id``: shared by ``household_key`` (a known household wins), else the family's own."""
    if "household_key" in frame.columns:
        shared = pl.col("household_id").drop_nulls().first().over("household_key")
        frame = frame.with_columns(
            household_id=pl.when(pl.col("household_key").is_not_null())
            .then(shared)
            .otherwise(pl.col("household_id"))
        )
        frame = frame.with_columns(fresh_household=pl.col("household_id").is_null().cast(pl.Int16))
        frame = _with_new_keys(frame, "household_id")
        return frame.with_columns(
            household_id=pl.when(pl.col("household_key").is_not_null())
            .then(pl.col("household_id").first().over("household_key"))
            .otherwise(pl.col("household_id"))
        ).drop("household_key")
    frame = frame.with_columns(fresh_household=pl.col("household_id").is_null().cast(pl.Int16))
    return _with_new_keys(frame, "household_id")


def people(frame: pl.DataFrame, families: pl.DataFrame, *, look_up: LookUp | None) -> pl.DataFrame:
    """``frame`` with ``person_id``, ``family_id``, ``province``, ``area_number``, ``valid_from``, ``fresh``
    (1 new), ``moved`` (1: was in a family that lives elsewhere).

    Known by NIK; else, within a known family, by name and date of birth, when one of the two has no NIK.
    Without ``look_up`` all are new.
    """
    of_family = families.select(
        "family_key", "family_id", "province", "area_number", "valid_from",
        pl.col("fresh").alias("fresh_family"),
    )  # fmt: skip
    frame = frame.join(of_family, on="family_key", how="left", maintain_order="left").with_row_index("row")
    known = _known_people(look_up, frame) if look_up else _nobody()
    matched = frame.join(known, on="row", how="left", maintain_order="left").with_columns(
        fresh=pl.col("person_id").is_null().cast(pl.Int16)
    )
    return _with_moves(_with_new_keys(matched, "person_id").drop("row", "family_key", "fresh_family"))


def _known_people(look_up: LookUp, frame: pl.DataFrame) -> pl.DataFrame:
    known = _people_by_nik(look_up, frame)
    left = frame.filter(pl.col("fresh_family") == 0).join(known, on="row", how="anti")
    if left.height == 0:
        return known
    return pl.concat([known, _people_by_name(look_up.cursor, look_up.dialect, left, known)])


def _nobody() -> pl.DataFrame:
    return pl.DataFrame(schema={"row": pl.UInt32, **_PERSON})


def with_tasks(frame: pl.DataFrame, *, number: str) -> pl.DataFrame:
    """``frame`` with the key of a civil-registry task for each new subject that has no ``number``."""
    lacks = (pl.col(number).is_null() if number in frame.columns else pl.lit(True)) & (pl.col("fresh") == 1)
    if not frame.select(lacks.any()).item():
        return frame
    return frame.with_columns(task_id=pl.when(lacks).then(new_keys(frame.height)))


def _people_by_nik(look_up: LookUp, frame: pl.DataFrame) -> pl.DataFrame:
    if "nik" not in frame.columns:
        return _nobody()
    dialect = look_up.dialect
    asked = _indexed(frame, "row", "nik", "nik", look_up.ring)
    condition, values = dialect.among("d.nik_index", asked["index"].to_list(), kind="uuid")
    found = _select(
        look_up.cursor,
        f"""SELECT {dialect.hexadecimal("d.nik_index")}, {dialect.hexadecimal("d.person_id")}, d.area_number
            FROM registry_persondemographics d WHERE {condition} AND {_CURRENT.format("d")}""",
        [values],
        {"index": _TEXT, **_PERSON},
    )
    return asked.join(found, on="index").select("row", *_PERSON)


def _people_by_name(cursor: Any, dialect: Dialect, frame: pl.DataFrame, taken: pl.DataFrame) -> pl.DataFrame:
    dialect.before_comparing(cursor, ["registry_familymembership", "registry_persondemographics"])
    members = dialect.with_current("registry_familymembership", "registry_persondemographics", "person_id")
    condition, values = dialect.among("s.family_id", frame["family_id"].unique().to_list(), kind="uuid")
    found = _select(
        cursor,
        f"""SELECT {dialect.hexadecimal("s.family_id")}, {dialect.hexadecimal("s.person_id")},
                   cur.name, cur.birth_date, cur.nik_index IS NOT NULL, cur.area_number
            FROM {members} WHERE {condition} AND {_CURRENT.format("s")}""",
        [values],
        {
            "family_id": _TEXT,
            "person_id": _TEXT,
            "name": _TEXT,
            "birth_date": _TEXT,
            "has_nik": pl.Int16,
            "known_area": pl.Int64,
        },
    ).join(taken, on="person_id", how="anti")
    keys = ["family_id", "comparable", "born"]
    asked = _comparable(frame, pl.col("birth_date") if "birth_date" in frame.columns else pl.lit(None))
    asked = asked.with_columns(
        asks_nik=pl.col("nik").is_not_null() if "nik" in frame.columns else pl.lit(False)
    )
    matches = asked.join(_comparable(found, pl.col("birth_date")), on=keys, nulls_equal=True)
    return (
        matches.filter(~(pl.col("asks_nik") & (pl.col("has_nik") == 1)))
        .unique("row", keep="first", maintain_order=True)
        .unique("person_id", keep="first", maintain_order=True)
        .select("row", *_PERSON)
    )


def _comparable(frame: pl.DataFrame, born: pl.Expr) -> pl.DataFrame:
    if "name" not in frame.columns:
        return frame.clear().with_columns(
            comparable=pl.lit(None, dtype=_TEXT), born=pl.lit(None, dtype=_TEXT)
        )
    return frame.filter(pl.col("name").is_not_null()).with_columns(
        comparable=pl.col("name").map_elements(names.normalise, return_dtype=_TEXT),
        born=born.cast(_TEXT),
    )


def _with_new_keys(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Null keys replaced by new ones, which rise with the rows."""
    missing = frame[column].is_null()
    if not missing.any():
        return frame
    if missing.all():
        return frame.with_columns(new_keys(frame.height).alias(column))
    return frame.with_columns(pl.coalesce(column, new_keys(frame.height)).alias(column))


def _select(cursor: Any, sql: str, parameters: list[Any], schema: dict[str, Any]) -> pl.DataFrame:
    cursor.execute(sql, parameters)
    rows = [tuple(str(v) if hasattr(v, "isoformat") else v for v in row) for row in cursor.fetchall()]
    return pl.DataFrame(rows, schema=schema, orient="row", infer_schema_length=None)
