"""What the cells of one row say of each other. Warnings only: a NIK may be wrong and the card right."""

from __future__ import annotations

import datetime

import polars as pl

from dtks.foundation.engines import number_columns
from dtks.registration.intake import problems
from dtks.registration.intake.places import Area
from dtks.registration.intake.translation import PROBLEM_SCHEMA, Layout

DAYS_IN_A_YEAR = 365.25
AGE_TOLERANCE = 2.0
OLDEST = 125
ELECTRIC = ("has_refrigerator", "has_ac", "has_water_heater")
NO_ELECTRICITY = 4
FUEL_IN_LARGE_CYLINDERS = (2, 3)


def row_checks(
    values: pl.DataFrame, *, layout: Layout, area: Area, today: datetime.date
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """`values`, with what cannot be so left out, and the warnings."""
    found: list[pl.DataFrame] = []
    columns = set(values.columns)
    if {"nik", "sex"} <= columns or {"nik", "birth_date"} <= columns:
        found += _against_nik(values, columns, layout, today)
    if "nik" in columns and area.code:
        prefix = area.code.replace(".", "")[:4]
        other = (values["nik"].str.slice(0, 4) != prefix).fill_null(False)
        found += warning(problems.OtherAreaPrefix, other, values, layout, "nik")
    if {"pregnant", "sex"} <= columns:
        man = ((values["pregnant"] == 1) & (values["sex"] == 1)).fill_null(False)
        found += warning(problems.PregnantMan, man, values, layout, "pregnant")
        values = values.with_columns(values["pregnant"].set(values["sex"] == 1, None))
    if {"deceased_on", "birth_date"} <= columns:
        early = (values["deceased_on"] < values["birth_date"]).fill_null(False)
        found += warning(problems.DeathBeforeBirth, early, values, layout, "deceased_on")
        values = values.with_columns(values["deceased_on"].set(early, None))
    if {"has_gas_cylinder", "cooking_fuel"} <= columns:
        expected = values["cooking_fuel"].is_in(FUEL_IN_LARGE_CYLINDERS)
        differs = ((values["has_gas_cylinder"] == 1) != expected).fill_null(False)
        known = values["has_gas_cylinder"].is_not_null() & values["cooking_fuel"].is_not_null()
        found += warning(problems.CylinderDisagrees, differs & known, values, layout, "has_gas_cylinder")
    if "lighting" in columns and (goods := [name for name in ELECTRIC if name in columns]):
        owns = values.select(pl.any_horizontal(pl.col(goods) == 1)).to_series().fill_null(False)
        dark = (values["lighting"] == NO_ELECTRICITY).fill_null(False)
        found += warning(problems.NeedsElectricity, owns & dark, values, layout, goods[0])
    return values, found


def with_birth_date(
    values: pl.DataFrame, *, layout: Layout, age_on: str
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """For files that hold ages: the birth date from a NIK that agrees with the age, else the middle of the
    year that the age says, with a warning. Drops `age`."""
    if "age" not in values.columns:
        return values, []
    on = datetime.date.fromisoformat(age_on)
    age = pl.col("age").cast(pl.Int32)
    nik = pl.col("nik") if "nik" in values.columns else pl.lit(None, dtype=pl.String)
    said = number_columns.nik_birth_date(number_columns.number_value(nik), context=on)
    agrees = (((pl.lit(on) - said).dt.total_days() / DAYS_IN_A_YEAR) - age).abs() <= AGE_TOLERANCE
    possible = pl.when(age.is_between(0, OLDEST)).then(on.year - age)
    worked = values.select(exact=pl.when(agrees).then(said), estimate=pl.date(possible, 7, 1)).with_columns(
        born=pl.coalesce("exact", "estimate")
    )
    estimated = worked["exact"].is_null() & worked["estimate"].is_not_null()
    found = warning(problems.BirthDateEstimated, estimated, values, layout, "age")
    return values.drop("age").with_columns(worked["born"].alias("birth_date")), found


def _against_nik(
    values: pl.DataFrame, columns: set[str], layout: Layout, today: datetime.date
) -> list[pl.DataFrame]:
    said = values.select(number=number_columns.number_value("nik")).select(
        sex=number_columns.nik_sex("number"),
        day=(pl.col("number") // 10**8 % 100),
        month=(pl.col("number") // 10**6 % 100),
        year=(pl.col("number") // 10**4 % 100),
    )
    found = []
    if "sex" in columns:
        differs = (said["sex"] != values["sex"]).fill_null(False)
        found += warning(problems.SexDisagrees, differs, values, layout, "sex")
    if "birth_date" in columns:
        born = values["birth_date"]
        day = said["day"].zip_with(said["day"] <= 40, said["day"] - 40)
        differs = (day != born.dt.day()) | (said["month"] != born.dt.month())
        differs = differs | (said["year"] != born.dt.year() % 100)
        found += warning(problems.BirthDateDisagrees, differs.fill_null(False), values, layout, "birth_date")
    return found


def warning(
    problem: type[problems.RowProblem], rows: pl.Series, values: pl.DataFrame, layout: Layout, variable: str
) -> list[pl.DataFrame]:
    """The problem at the cell that `variable` comes from, for the rows where `rows` is True."""
    if not rows.any():
        return []
    frame = pl.DataFrame({"row": rows.arg_true(), "value": values[variable].filter(rows)}).select(
        pl.col("row").cast(pl.UInt32),
        pl.lit(column_of(layout, variable), dtype=pl.Int32).alias("column"),
        pl.lit(problem.code).alias("code"),
        pl.col("value").cast(pl.String),
        pl.lit("").alias("detail"),
    )
    return [frame.cast(PROBLEM_SCHEMA)]


def column_of(layout: Layout, variable: str) -> int:
    """The column of the sheet that `variable` comes from first; -1 when none does."""
    for target in layout.spec.targets:
        if target.variable == variable:
            for source in target.sources:
                if source.column in layout.places:
                    return layout.places[source.column]
    return -1
