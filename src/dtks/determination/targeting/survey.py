"""A survey file in the form that models are estimated on and judged by.

Every answer becomes a whole number: for a category the place of its level (0: the reference), for an
amount the scaled value, null where nobody answered. Nothing is filled in here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from pathlib import Path

import polars as pl

from dtks.determination.targeting.domain import Category, Group, Label, Layout, Variable
from dtks.determination.targeting.errors import (
    SurveyColumnMissing,
    SurveyUnreadable,
    SurveyValueUnreadable,
)
from dtks.determination.targeting.layout_file import area_columns, survey_columns
from dtks.determination.targeting.variable_entries import canonical

MISSING = ("", "na", "n/a", "nan", "null", ".", "-")
FIRST_ROW = 2
"""The line of the first household in the file: the header is line 1."""


@dataclass(frozen=True)
class Survey:
    """`table`, one row per household: `household`, `village` (text keys), `weight`, `log_target` (Float64),
    `answer_<variable>` (Int64, null: unknown), `area_<level>` (survey code), `group_<id>` (text)."""

    path: Path
    sha256: str
    layout: Layout
    target: str
    table: pl.DataFrame
    rows: int
    without_target: int
    """Rows of the file that were left out: consumption missing, zero or negative."""

    @property
    def villages(self) -> list[str]:
        return self.table["village"].unique(maintain_order=True).to_list()

    def only(self, rows: Sequence[int] | pl.Series) -> Survey:
        """The same survey with some of its households."""
        return replace(self, table=self.table[rows])


def header(path: Path) -> list[str]:
    """The column names of a survey file."""
    return _raw(path).columns


def read(path: Path, *, layout: Layout, target: str) -> Survey:
    """Read a survey by its layout.

    Columns of the layout that the file lacks are refused with their purpose (`SurveyColumnMissing`), and
    so is a number that is none (`SurveyValueUnreadable`); both `SurveyUnreadable` for what is no CSV.
    """
    raw = _raw(path)
    reader = _Reader(path, raw)
    columns: dict[str, pl.Series] = {
        "household": raw[reader.require(layout.household, "nomor rumah tangga")],
        "village": reader.key(layout.village, "desa"),
        "weight": reader.number(layout.weight, "bobot")
        if layout.weight
        else pl.repeat(1.0, raw.height, eager=True),
        "target": reader.number(target, "--target"),
    }
    for variable in layout.variables:
        columns[f"answer_{variable.id}"] = reader.answer(variable)
    for area in layout.areas:
        columns[f"area_{area.level}"] = reader.key(area.survey, area.level)
    for group in layout.groups:
        columns[f"group_{group.id}"] = reader.group(group)
    table = pl.DataFrame(columns)
    kept = table.filter((pl.col("target") > 0) & (pl.col("weight") > 0))
    kept = kept.with_columns(log_target=pl.col("target").log()).drop("target")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Survey(path, digest, layout, target, kept, raw.height, raw.height - kept.height)


def needed_columns(layout: Layout, target: str) -> set[str]:
    """The columns of the file that a layout reads."""
    own = {layout.household, *layout.village, target, *([layout.weight] if layout.weight else [])}
    predictors = {column for variable in layout.variables for column in survey_columns(variable)}
    return own | predictors | set(area_columns(layout.areas)) | {group.column for group in layout.groups}


@dataclass(frozen=True)
class _Reader:
    path: Path
    raw: pl.DataFrame

    def require(self, column: str, purpose: str) -> str:
        if column not in self.raw.columns:
            found = ", ".join(self.raw.columns)
            raise SurveyColumnMissing(column=column, path=str(self.path), purpose=purpose, columns=found)
        return column

    def text(self, column: str, purpose: str) -> pl.Series:
        """Stripped text; null where nothing was answered."""
        stripped = self.raw[self.require(column, purpose)].str.strip_chars()
        return stripped.set(stripped.str.to_lowercase().is_in(MISSING), None)

    def canonical(self, column: str, purpose: str) -> pl.Series:
        found = self.text(column, purpose)
        known = {value: canonical(value) for value in found.drop_nulls().unique()}
        return found.replace_strict(known, return_dtype=pl.String) if known else found

    def number(self, column: str, purpose: str) -> pl.Series:
        found = self.text(column, purpose)
        numbers = found.str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
        bad = (numbers.is_null() & found.is_not_null()) | numbers.is_nan() | numbers.is_infinite()
        if bad.any():
            at = bad.fill_null(False).arg_true()[0]
            value = found[at]
            raise SurveyValueUnreadable(path=str(self.path), row=at + FIRST_ROW, column=column, value=value)
        return numbers

    def key(self, columns: Collection[str], purpose: str) -> pl.Series:
        parts = [self.canonical(column, purpose).fill_null("") for column in columns]
        return pl.select(pl.concat_str(parts, separator="/")).to_series()

    def answer(self, variable: Variable) -> pl.Series:
        if isinstance(variable, Category):
            return self._category(variable)
        if variable.survey is None:
            return pl.repeat(None, self.raw.height, dtype=pl.Int64, eager=True)
        numbers = self.number(variable.survey.column, variable.id)
        # 24.75 m² × 10 is 247: cut, as the registry cuts; the sliver keeps 0.3 × 10 from becoming 2
        return (numbers * variable.survey.scale + 1e-6).floor().cast(pl.Int64)

    def _category(self, variable: Category) -> pl.Series:
        asked = [level.survey for level in variable.levels]
        if any(answers is None for answers in asked):
            return pl.repeat(None, self.raw.height, dtype=pl.Int64, eager=True)
        texts = {name: self.canonical(name, variable.id) for name in survey_columns(variable)}
        unknown = reduce(or_, (text.is_null() for text in texts.values()))
        place = pl.lit(0, pl.Int64)
        for number, answers in reversed(list(enumerate(asked, start=1))):
            holds = [pl.col(answer.column).is_in(answer.values) for answer in answers or ()]
            place = pl.when(pl.all_horizontal(holds)).then(number).otherwise(place)
        return pl.DataFrame(texts).select(pl.when(~unknown).then(place).cast(pl.Int64)).to_series()

    def group(self, group: Group) -> pl.Series:
        if group.bands:
            return self._bands(group)
        names = dict(group.values)
        found = self.canonical(group.column, group.id)
        shown = {value: names.get(value, Label(value, value)).id for value in found.drop_nulls().unique()}
        return found.replace_strict(shown, return_dtype=pl.String) if shown else found

    def _bands(self, group: Group) -> pl.Series:
        names = dict(group.values)
        highest = [*(band - 1 for band in group.bands[1:]), None]
        labels = [
            names[str(low)].id if str(low) in names else _band_label(low, high)
            for low, high in zip(group.bands, highest, strict=True)
        ]
        number = pl.lit(self.number(group.column, group.id))
        found = pl.lit(None, pl.String)
        for low, label in zip(group.bands, labels, strict=True):
            found = pl.when(number >= low).then(pl.lit(label)).otherwise(found)
        return pl.select(found).to_series()


def _band_label(low: int, high: int | None) -> str:
    if high is None:
        return f"{low}+"
    return str(low) if high == low else f"{low}–{high}"


def _raw(path: Path) -> pl.DataFrame:
    """Every column as text, separator found from the header."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            first = file.readline()
        separator = max(",;\t|", key=first.count)
        return pl.read_csv(path, separator=separator, infer_schema=False, truncate_ragged_lines=False)
    except (UnicodeDecodeError, pl.exceptions.PolarsError) as error:
        raise SurveyUnreadable(path=str(path), detail=str(error).splitlines()[0]) from error
