"""Dated values: what a decree fixes, from `parameters/<name>.yaml`, chosen by day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal, cast

from dtks.determination.targeting.rules import documents, laws
from dtks.determination.targeting.rules.documents import Entry
from dtks.determination.targeting.rules.laws import Evidence, Law

Unit = Literal[
    "rupiah_per_year", "rupiah_per_month", "rupiah_once", "decile", "years", "people", "families", "percent"
]
UNITS: tuple[Unit, ...] = (
    "rupiah_per_year", "rupiah_per_month", "rupiah_once", "decile", "years", "people", "families", "percent",
)  # fmt: skip


@dataclass(frozen=True)
class DatedValue:
    """The value of a parameter from `valid_from` until `valid_to` (its last day, or open)."""

    name: str
    value: int
    unit: Unit
    valid_from: date
    valid_to: date | None
    law: Law
    evidence: Evidence
    source: str
    where: str

    def in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True)
class Parameter:
    """A parameter and its values, oldest first, never two on one day."""

    name: str
    label_id: str
    label_en: str
    unit: Unit
    values: tuple[DatedValue, ...]
    where: str

    def on(self, day: date) -> DatedValue | None:
        """The value in force on a day, if there is one."""
        return next((value for value in self.values if value.in_force(day)), None)


def load(path: Path, *, laws_in: Mapping[str, Law]) -> dict[str, Parameter]:
    """The parameters of one file by name. Raises `DocumentError` and `UnknownReferenceError`."""
    root = documents.read(path)
    return {name: _parameter(name, entry, laws_in) for name, entry in root.entries().items()}


def in_force(parameters: Mapping[str, Parameter], on: date) -> dict[str, DatedValue]:
    """The values of one day; a parameter without a value that day is absent."""
    dated = {name: parameter.on(on) for name, parameter in parameters.items()}
    return {name: value for name, value in dated.items() if value is not None}


def _parameter(name: str, entry: Entry, laws_in: Mapping[str, Law]) -> Parameter:
    keys = entry.mapping(required={"label_id", "label_en", "unit", "values"})
    unit = cast(Unit, keys["unit"].choice(UNITS))
    values = [_value(name, unit, item, laws_in) for item in keys["values"].items()]
    if not values:
        raise keys["values"].refused("tidak ada nilai", "there is no value")
    return Parameter(
        name=name,
        label_id=keys["label_id"].text(),
        label_en=keys["label_en"].text(),
        unit=unit,
        values=_until_the_next(values, keys["values"]),
        where=entry.where,
    )


def _value(name: str, unit: Unit, entry: Entry, laws_in: Mapping[str, Law]) -> DatedValue:
    keys = entry.mapping(
        required={"valid_from", "value", "reference", "evidence"}, optional={"valid_to", "source"}
    )
    return DatedValue(
        name=name,
        value=keys["value"].integer(),
        unit=unit,
        valid_from=keys["valid_from"].day(),
        valid_to=keys["valid_to"].optional_day() if "valid_to" in keys else None,
        law=laws.reference(keys["reference"], laws_in),
        evidence=laws.evidence(keys["evidence"]),
        source=keys["source"].text() if "source" in keys else "",
        where=entry.where,
    )


def _until_the_next(values: list[DatedValue], entry: Entry) -> tuple[DatedValue, ...]:
    """A value without an end lasts until the day before the next begins."""
    closed: list[DatedValue] = []
    for value, later in zip(values, [*values[1:], None], strict=True):
        last = date.fromordinal(later.valid_from.toordinal() - 1) if later else None
        end = value.valid_to or last
        if end and (end < value.valid_from or (last and end > last)):
            raise entry.refused(
                "tanggal nilai tidak berurutan atau bertumpuk", "the values are out of order or overlap"
            )
        closed.append(replace(value, valid_to=end))
    return tuple(closed)
