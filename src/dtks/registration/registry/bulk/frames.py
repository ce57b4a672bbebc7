"""What callers hand over, made into tables with the register's columns and types, or refused."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import polars as pl

from dtks.foundation.vault.columns import index_column
from dtks.foundation.vault.ring import KeyRing
from dtks.registration.registry import dictionary, errors
from dtks.registration.registry.bulk.name_keys import search_keys
from dtks.registration.registry.dictionary import Level

FAMILY_EXTRA: dict[str, pl.DataType] = {
    "family_key": pl.String(),
    "household_key": pl.String(),
    "valid_from": pl.Date(),
}
PERSON_EXTRA: dict[str, pl.DataType] = {"family_key": pl.String()}
REQUIRED: dict[Level, tuple[str, ...]] = {"family": ("family_key", "village"), "person": ("family_key",)}
SIXTEEN_DIGITS = r"^[1-9][0-9]{15}$"
_DTYPES: dict[str, pl.DataType] = {
    "Int16": pl.Int16(),
    "Int32": pl.Int32(),
    "Int64": pl.Int64(),
    "Float64": pl.Float64(),
    "Date": pl.Date(),
    "String": pl.String(),
}


def checked(frame: pl.DataFrame, *, level: Level) -> pl.DataFrame:
    """``frame`` with the register's types, without columns that are empty throughout.

    NIK and KK numbers are 16 digits, the first not 0; empty text becomes null. Raises UnknownColumn,
    MissingColumn, WrongType, TooLong.
    """
    variables = dictionary.by_name(level=level)
    extra = FAMILY_EXTRA if level == "family" else PERSON_EXTRA
    if unknown := [name for name in frame.columns if name not in variables and name not in extra]:
        raise errors.UnknownColumn(level=level, columns=", ".join(sorted(unknown)))
    _require(frame, level)
    types = {**extra, **{name: _DTYPES[variable.dtype] for name, variable in variables.items()}}
    if frame.height == 0:
        return pl.DataFrame(schema=dict.fromkeys(REQUIRED[level], pl.String))
    filled = [name for name in frame.columns if frame[name].null_count() < frame.height]
    typed = frame.select(filled).with_columns(
        [_typed(frame[name], types[name]) for name in filled if frame.schema[name] != types[name]]
    )
    text = [name for name, dtype in typed.schema.items() if dtype == pl.String]
    for name in text:
        length = variables[name].maximum if name in variables and variables[name].kind == "text" else None
        if length and (typed[name].str.len_chars() > length).any():
            raise errors.TooLong(column=name, length=int(length))
    typed = typed.with_columns(
        pl.when(pl.col(name).str.len_bytes() > 0).then(pl.col(name)).alias(name) for name in text
    )
    for name in text:
        is_number = name in variables and variables[name].kind == "digits"
        if is_number and not typed[name].str.contains(SIXTEEN_DIGITS).all():
            raise errors.WrongType(column=name, dtype="16 digits")
    return typed


def _require(frame: pl.DataFrame, level: Level) -> None:
    for name in REQUIRED[level]:
        if frame.height > 0 and (name not in frame.columns or frame[name].null_count()):
            raise errors.MissingColumn(level=level, columns=", ".join(REQUIRED[level]))


def _typed(column: pl.Series, dtype: pl.DataType) -> pl.Series:
    if column.dtype == pl.String and dtype != pl.String:
        column = column.str.strip_chars().replace("", None)
    try:
        return column.cast(dtype, strict=True)
    except pl.exceptions.InvalidOperationError as problem:
        raise errors.WrongType(column=column.name, dtype=str(dtype)) from problem


def check_keys(families: pl.DataFrame, people: pl.DataFrame, *, area: str) -> None:
    """Each family once, each member's family present, each village inside ``area``. Raises what is not so."""
    if families.height == 0 and people.height == 0:
        return
    duplicated = families.filter(pl.col("family_key").is_duplicated())
    orphans = people.join(families, on="family_key", how="anti")
    for wrong in (duplicated, orphans):
        if wrong.height:
            raise errors.FamilyKeyProblem(key=wrong["family_key"][0])
    for column in ("village", "domicile_village"):
        if area and column in families.columns:
            outside = families.filter(~_inside(pl.col(column), area))
            if outside.height and column == "village":
                raise errors.OutsideArea(village=outside[column][0], area=area)


def _inside(village: pl.Expr, area: str) -> pl.Expr:
    return (village == area) | village.str.starts_with(area + ".")


def with_valid_from(families: pl.DataFrame, *, default: date, today: date) -> pl.DataFrame:
    """Since when the family's answers hold: ``valid_from``, else the day of the visit, else ``default``.

    A visit dated in the future is a slip of the pen and tells nothing; a ``valid_from`` in the future raises
    FutureDate, as no fact holds before its day has come.
    """
    given = [pl.col("valid_from")] if "valid_from" in families.columns else []
    if "enumerated_on" in families.columns:
        given.append(pl.when(pl.col("enumerated_on") <= today).then(pl.col("enumerated_on")))
    families = families.with_columns(pl.coalesce(*given, pl.lit(default, dtype=pl.Date)).alias("valid_from"))
    latest = families["valid_from"].max()
    # East of Jakarta the next day has begun already.
    if isinstance(latest, date) and latest > today + timedelta(days=1):
        raise errors.FutureDate(day=latest.isoformat())
    return families


def check_births(people: pl.DataFrame, *, today: date) -> None:
    """Nobody in the register is still to be born. Raises BornInFuture."""
    latest = people["birth_date"].max() if "birth_date" in people.columns else None
    # East of Jakarta the next day has begun already.
    if isinstance(latest, date) and latest > today + timedelta(days=1):
        raise errors.BornInFuture(day=latest.isoformat())


def first_known(columns: Iterable[str]) -> list[pl.Expr]:
    """Per group, the first value of each column that is not null."""
    return [pl.col(name).drop_nulls().first() for name in columns]


def with_places(families: pl.DataFrame) -> pl.DataFrame:
    """``stated_area`` and ``card_area``: numbers of the village where the family says it lives (null: it does
    not say), and of that on its card."""
    lives = _number("domicile_village") if "domicile_village" in families.columns else pl.lit(None, pl.Int64)
    return families.with_columns(stated_area=lives, card_area=_number("village"))


def _number(column: str) -> pl.Expr:
    return pl.col(column).str.replace_all(".", "", literal=True).cast(pl.Int64, strict=False)


def with_index(frame: pl.DataFrame, *, column: str, index: str, kind: str, ring: KeyRing) -> pl.DataFrame:
    """``frame`` with the blind index of a number, by which it is found and kept unique."""
    if column not in frame.columns:
        return frame
    return frame.with_columns(index_column(frame[column], kind=kind, ring=ring).alias(index))


def with_name_key(people: pl.DataFrame) -> pl.DataFrame:
    """The key that people are found by: what sounds alike is alike (`names.search_key`)."""
    if "name" not in people.columns:
        return people
    return people.with_columns(search_keys(people["name"]).alias("name_key"))
