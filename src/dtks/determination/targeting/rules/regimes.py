"""The registry's regimes (`parameters/regimes.yaml`): which rules of registration apply on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, cast

from dtks.determination.targeting.rules import documents, laws
from dtks.determination.targeting.rules.errors import NoValueInForceError
from dtks.determination.targeting.rules.laws import Evidence, Law

RegimeUnit = Literal["household", "family"]


@dataclass(frozen=True)
class Regime:
    """A regime from `valid_from` to `valid_to` (its last day, or open)."""

    id: str
    label_id: str
    label_en: str
    unit: RegimeUnit
    months_between_refreshes: int
    valid_from: date
    valid_to: date | None
    laws: tuple[Law, ...]
    evidence: Evidence


def load(path: Path, *, laws_in: Mapping[str, Law]) -> tuple[Regime, ...]:
    """The regimes, as the file orders them."""
    found = []
    for id_, entry in documents.read(path).entries().items():
        keys = entry.mapping(
            required={"label_id", "label_en", "unit", "months_between_refreshes", "valid_from", "laws",
                      "evidence"},
            optional={"valid_to"},
        )  # fmt: skip
        found.append(Regime(
            id=id_,
            label_id=keys["label_id"].text(),
            label_en=keys["label_en"].text(),
            unit=cast(RegimeUnit, keys["unit"].choice(("household", "family"))),
            months_between_refreshes=keys["months_between_refreshes"].integer(),
            valid_from=keys["valid_from"].day(),
            valid_to=keys["valid_to"].optional_day() if "valid_to" in keys else None,
            laws=tuple(laws.reference(item, laws_in) for item in keys["laws"].items()),
            evidence=laws.evidence(keys["evidence"]),
        ))  # fmt: skip
    return tuple(found)


def in_force(regimes: tuple[Regime, ...], on: date) -> Regime:
    """The regime of a day. Raises `NoValueInForceError` for a day before the first."""
    for regime in regimes:
        if regime.valid_from <= on and (regime.valid_to is None or on <= regime.valid_to):
            return regime
    raise NoValueInForceError(where="parameters/regimes.yaml", name="regime", on=on.isoformat())
