"""Which families and people of a chunk the register knows already."""

# ruff: noqa: S608  names of tables and columns come from the models; every value is a parameter

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from dtks.foundation.kernel import names
from dtks.registration.registry.bulk.dialect import Dialect
from dtks.registration.registry.bulk.keys import new_keys

_CURRENT = "{0}.superseded_at IS NULL AND {0}.valid_to IS NULL"
_TEXT = pl.String


@dataclass(frozen=True, slots=True)
class LookUp:
    """Where to look for what is known."""

    cursor: Any
    dialect: Dialect


def families(frame: pl.DataFrame, *, look_up: LookUp | None) -> pl.DataFrame:
    """``frame`` with ``family_id``, ``household_id``, ``fresh`` (1 new, 0 known), ``fresh_household``.

    Known by KK number, else by village and family_key among families recorded without a KK. Families with
    the same ``household_key`` share a household. Without ``look_up`` all are new.
    """
    frame = frame.with_columns(
        pl.concat_str("village", pl.lit("/"), "family_key").str.slice(0, 100).alias("source_key")
    )
    known = _known_families(look_up, frame) if look_up else _no_families()
    matched = frame.join(known, on="family_key", how="left", maintain_order="left").with_columns(
        fresh=pl.col("family_id").is_null().cast(pl.Int16)
    )
    matched = _with_new_keys(matched, "family_id")
    return _households(matched)


def _known_families(look_up: LookUp, frame: pl.DataFrame) -> pl.DataFrame:
    cursor, dialect = look_up.cursor, look_up.dialect
    by_kk = _families_by_kk(cursor, dialect, frame)
    left = frame.join(by_kk, on="family_key", how="anti")
    return pl.concat([by_kk, _families_by_source_key(cursor, dialect, left)])


def _families_by_kk(cursor: Any, dialect: Dialect, frame: pl.DataFrame) -> pl.DataFrame:
    if "kk_number" not in frame.columns:
        return _no_families()
    asked = frame.select("family_key", "kk_number").drop_nulls()
    condition, values = dialect.among("c.kk_number", asked["kk_number"].to_list(), kind="bigint")
    found = _select(
        cursor,
        f"""SELECT c.kk_number, {dialect.hexadecimal("c.family_id")}, {_household(dialect, "c.family_id")}
            FROM registry_familycard c WHERE {condition} AND {_CURRENT.format("c")}""",
        [values],
        {"kk_number": pl.Int64, "family_id": _TEXT, "household_id": _TEXT},
    )
    return asked.join(found, on="kk_number").drop("kk_number")


def _families_by_source_key(cursor: Any, dialect: Dialect, frame: pl.DataFrame) -> pl.DataFrame:
    asked = frame.select("family_key", "source_key")
    condition, values = dialect.among("f.source_key", asked["source_key"].to_list(), kind="text")
    found = _select(
        cursor,
        f"""SELECT f.source_key, {dialect.hexadecimal("f.id")}, {_household(dialect, "f.id")}
            FROM registry_family f WHERE {condition}""",
        [values],
        {"source_key": _TEXT, "family_id": _TEXT, "household_id": _TEXT},
    )
    return asked.join(found, on="source_key").drop("source_key")


def _household(dialect: Dialect, family: str) -> str:
    return (
        f"(SELECT {dialect.hexadecimal('h.household_id')} FROM registry_householdmembership h "
        f"WHERE h.family_id = {family} AND {_CURRENT.format('h')} LIMIT 1)"
    )


def _no_families() -> pl.DataFrame:
    return pl.DataFrame(schema={"family_key": _TEXT, "family_id": _TEXT, "household_id": _TEXT})


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
    """``frame`` with ``person_id``, ``family_id``, ``province``, ``valid_from``, ``fresh`` (1 new).

    Known by NIK; else, within a known family, by name and date of birth, when one of the two has no NIK.
    Without ``look_up`` all are new.
    """
    of_family = families.select(
        "family_key", "family_id", "province", "valid_from", pl.col("fresh").alias("fresh_family")
    )
    frame = frame.join(of_family, on="family_key", how="left", maintain_order="left").with_row_index("row")
    known = _known_people(look_up, frame) if look_up else _nobody()
    matched = frame.join(known, on="row", how="left", maintain_order="left").with_columns(
        fresh=pl.col("person_id").is_null().cast(pl.Int16)
    )
    return _with_new_keys(matched, "person_id").drop("row", "family_key", "fresh_family")


def _known_people(look_up: LookUp, frame: pl.DataFrame) -> pl.DataFrame:
    known = _people_by_nik(look_up.cursor, look_up.dialect, frame)
    left = frame.filter(pl.col("fresh_family") == 0).join(known, on="row", how="anti")
    if left.height == 0:
        return known
    return pl.concat([known, _people_by_name(look_up.cursor, look_up.dialect, left, known)])


def _nobody() -> pl.DataFrame:
    return pl.DataFrame(schema={"row": pl.UInt32, "person_id": _TEXT})


def with_tasks(frame: pl.DataFrame, *, number: str) -> pl.DataFrame:
    """``frame`` with the key of a civil-registry task for each new subject that has no ``number``."""
    lacks = (pl.col(number).is_null() if number in frame.columns else pl.lit(True)) & (pl.col("fresh") == 1)
    if not frame.select(lacks.any()).item():
        return frame
    return frame.with_columns(task_id=pl.when(lacks).then(new_keys(frame.height)))


def _people_by_nik(cursor: Any, dialect: Dialect, frame: pl.DataFrame) -> pl.DataFrame:
    if "nik" not in frame.columns:
        return _nobody()
    asked = frame.select("row", "nik").drop_nulls()
    condition, values = dialect.among("d.nik", asked["nik"].to_list(), kind="bigint")
    found = _select(
        cursor,
        f"""SELECT d.nik, {dialect.hexadecimal("d.person_id")}
            FROM registry_persondemographics d WHERE {condition} AND {_CURRENT.format("d")}""",
        [values],
        {"nik": pl.Int64, "person_id": _TEXT},
    )
    return asked.join(found, on="nik").select("row", "person_id")


def _people_by_name(cursor: Any, dialect: Dialect, frame: pl.DataFrame, taken: pl.DataFrame) -> pl.DataFrame:
    dialect.before_comparing(cursor, ["registry_familymembership", "registry_persondemographics"])
    members = dialect.with_current("registry_familymembership", "registry_persondemographics", "person_id")
    condition, values = dialect.among("s.family_id", frame["family_id"].unique().to_list(), kind="uuid")
    found = _select(
        cursor,
        f"""SELECT {dialect.hexadecimal("s.family_id")}, {dialect.hexadecimal("s.person_id")},
                   cur.name, cur.birth_date, cur.nik IS NOT NULL
            FROM {members} WHERE {condition} AND {_CURRENT.format("s")}""",
        [values],
        {"family_id": _TEXT, "person_id": _TEXT, "name": _TEXT, "birth_date": _TEXT, "has_nik": pl.Int16},
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
        .select("row", "person_id")
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
