"""Which family a row belongs to, also when it has no family card."""

from __future__ import annotations

import hashlib

import polars as pl

from dtks.registration.intake.mapping import Format

WITHOUT_CARD = "tanpa-kk"
DEFECTIVE = "kk-cacat"
DIGEST_BYTES = 10


def with_keys(values: pl.DataFrame, *, rows: pl.Series, format: Format, sheet: int) -> pl.DataFrame:
    """`values` with a `family_key` in every row.

    In order: the layout's own grouping (a household's serial and the family's number in it), the KK number,
    the text in the KK cell when it is a temporary number (all rows that carry it are one family), else a
    family of its own for each person, named by the person's NIK or name and birth date so that the same
    person in another file is found again.
    """
    height = values.height
    own = _own_key(values, format)
    card = _column(values, "kk_number")
    text = _column(values, "_kk_text")
    key = pl.select(pl.coalesce(own, card, pl.lit(f"{DEFECTIVE}:") + text)).to_series().rename("family_key")
    missing = key.is_null()
    if missing.any():
        alone = values.filter(missing)
        numbers = rows.filter(missing).to_list()
        digests = [
            f"{WITHOUT_CARD}:{_digest(person) or f'{sheet}-{number}'}"
            for person, number in zip(_persons(alone), numbers, strict=True)
        ]
        # scatter: only the rows without a key are worked out one by one.
        key = key.scatter(missing.arg_true(), digests)
    assert key.len() == height  # noqa: S101 - a lost row would be a silent loss
    return values.drop("family_key", "_kk_text", strict=False).with_columns(key)


def _own_key(values: pl.DataFrame, format: Format) -> pl.Series:
    household, family = _column(values, "household_key"), _column(values, "family_key")
    if household.null_count() == values.height and family.null_count() == values.height:
        return pl.Series([None] * values.height, dtype=pl.String)
    prefix = pl.lit(f"{format.id}:")
    joined = pl.when(household.is_not_null()).then(
        prefix + household + pl.lit("/") + pl.select(family.fill_null("1")).to_series()
    )
    return pl.select(joined.otherwise(prefix + family)).to_series()


def _column(values: pl.DataFrame, name: str) -> pl.Series:
    if name in values.columns:
        return values[name]
    return pl.Series(name, [None] * values.height, dtype=pl.String)


def _persons(values: pl.DataFrame) -> list[tuple[str, ...]]:
    parts = [
        _column(values, name).cast(pl.String).fill_null("").to_list()
        for name in ("nik", "name", "birth_date")
    ]
    return [(nik,) if nik else (name.upper(), born) for nik, name, born in zip(*parts, strict=True)]


def _digest(parts: tuple[str, ...]) -> str:
    if not any(parts):
        return ""
    return hashlib.blake2b("|".join(parts).encode(), digest_size=DIGEST_BYTES).hexdigest()
