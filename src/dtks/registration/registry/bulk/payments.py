"""The history of assistance: what families received, corrected by superseding."""

# ruff: noqa: S608  names of tables and columns are constants; every value is a parameter

from __future__ import annotations

from datetime import datetime
from typing import Any

import polars as pl

from dtks.registration.registry import errors
from dtks.registration.registry.bulk.dialect import Dialect

_TABLE = "registry_assistancehistory"
_KEY = ("family_id", "programme", "period")
_SAID = ("amount", "channel", "person_id")
_SCHEMA: dict[str, Any] = {
    "family_id": pl.String,
    "programme": pl.String,
    "period": pl.String,
    "amount": pl.Int64,
    "channel": pl.String,
    "person_id": pl.String,
}
_PERIOD = r"^\d{4}-(0[1-9]|1[0-2])$"


def checked(payments: pl.DataFrame) -> pl.DataFrame:
    """The table with all columns and types. Raises UnknownColumn, MissingColumn, WrongType, Refused."""
    if unknown := set(payments.columns) - _SCHEMA.keys():
        raise errors.UnknownColumn(level="payments", columns=", ".join(sorted(unknown)))
    if payments.height == 0:
        return pl.DataFrame(schema=_SCHEMA)
    if any(name not in payments.columns or payments[name].null_count() for name in _KEY):
        raise errors.MissingColumn(level="payments", columns=", ".join(_KEY))
    given = payments.select(
        (pl.col(name) if name in payments.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in _SCHEMA.items()
    )
    if not given["period"].str.contains(_PERIOD).all():
        raise errors.WrongType(column="period", dtype="YYYY-MM")
    if given.select(_KEY).is_duplicated().any():
        raise errors.Refused(constraint="assistancehistory_one_per_period")
    hexadecimal = pl.col("family_id", "person_id").str.replace_all("-", "", literal=True)
    return given.with_columns(hexadecimal, pl.col("channel").fill_null(""))


def record(
    cursor: Any, dialect: Dialect, payments: pl.DataFrame, *, recorded_at: datetime, source: str
) -> int:
    """Add what is new, replace what differs, leave what is known. Returns the number of rows added."""
    families = payments["family_id"].unique().to_list()
    places = _places(cursor, dialect, families)
    if unknown := set(families) - set(places["family_id"]):
        raise errors.FamilyNotFound(family_id=min(unknown))
    joined = payments.join(places, on="family_id").join(
        _on_record(cursor, dialect, families), on=list(_KEY), how="left", suffix="_known"
    )
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_known")) for name in _SAID)
    news = joined.filter(pl.col("row").is_null() | differs)
    moment = dialect.moment(recorded_at)
    replaced = news["row"].drop_nulls().to_list()
    if replaced:
        in_family, keys = dialect.among("family_id", families, kind="uuid")
        in_rows, rows = dialect.among("id", replaced, kind="bigint")
        cursor.execute(
            f"UPDATE {dialect.written(_TABLE)} SET superseded_at = %s WHERE {in_family} AND {in_rows}",
            [moment, keys, rows],
        )
    if news.height:
        added = news.select("province", "area_number", *_KEY, *_SAID).with_columns(
            recorded_at=pl.lit(moment), source=pl.lit(source)
        )
        dialect.append(cursor, _TABLE, added)
    return news.height


def _places(cursor: Any, dialect: Dialect, families: list[str]) -> pl.DataFrame:
    condition, keys = dialect.among("id", families, kind="uuid")
    cursor.execute(
        f"SELECT {dialect.hexadecimal('id')}, province, area_number FROM registry_family WHERE {condition}",
        [keys],
    )
    schema = {"family_id": pl.String, "province": pl.Int16, "area_number": pl.Int64}
    return pl.DataFrame(cursor.fetchall(), schema=schema, orient="row")


def _on_record(cursor: Any, dialect: Dialect, families: list[str]) -> pl.DataFrame:
    condition, keys = dialect.among("family_id", families, kind="uuid")
    cursor.execute(
        f"SELECT id, {dialect.hexadecimal('family_id')}, programme, period, amount, channel, "
        f"{dialect.hexadecimal('person_id')} FROM {_TABLE} WHERE superseded_at IS NULL AND {condition}",
        [keys],
    )
    return pl.DataFrame(cursor.fetchall(), schema={"row": pl.Int64, **_SCHEMA}, orient="row")
