"""The programmes of draws for families and people of one island group, in the order in which they run."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dtks.determination.synth import ages, business, education, health, occupation, protection, work
from dtks.determination.synth.calibration import Calibration
from dtks.determination.synth.draws import Chances, Dim, Draw, by_rule, compact, lookup
from dtks.determination.synth.logits import answer_dim, compile_variable, differs_by_zone

AIDS = ("sembako", "pkh", "blt_dd", "electricity_subsidy", "local_aid", "fertiliser_subsidy", "lpg_subsidy")
DWELLING = (
    "tenure", "land_title", "land_tenure", "floor_area", "bedrooms", "floor_material", "wall_material",
    "roof_material", "wall_condition", "roof_condition", "water_source", "water_distance", "water_payment",
    "lighting", "power_1", "power_2", "power_3", "cooking_fuel", "toilet", "closet_type", "sewage",
)  # fmt: skip
"""What two families in one house have in common."""
GROWN_UP = 15


@dataclass(frozen=True)
class Programs:
    """Draws for the families and people of one island group, each list for one stream of chance."""

    dwelling: list[Draw]
    insurance: list[Draw]
    """Before the people: `family_insurance`."""
    person: list[Draw]
    family: list[Draw]
    """After the people: needs `farm` and `children`."""


class ProgramBook:
    """Compiles the draws; what does not differ between island groups is compiled once."""

    def __init__(self, calibration: Calibration, taken_on: datetime.date) -> None:
        self._calibration = calibration
        people = calibration.people
        missing = people["missing"]
        self._before_industry = compact(
            [
                *ages.class_draws(),
                *protection.first_draws(people),
                *education.draws(people["education"], missing),
                *health.draws(people["health"], missing),
                *work.before_industry(people["work"], missing),
            ]
        )
        self._after_industry = compact(
            [
                *occupation.draws(),
                *work.after_industry(people["work"], missing),
                *business.draws(people["business"], missing),
                *protection.draws(people, missing),
                by_rule("deceased_ago", [Dim("presence", 1, 6)], _days_since_death),
            ]
        )
        self._derived = compact(_derived())
        self._dated = compact([*_aid_months(taken_on), *_of_place()])
        self._latest: tuple[str, Programs] | None = None
        self._variables: dict[tuple[str, str], Draw] = {}

    def of_zone(self, zone: str) -> Programs:
        """The programs of one island group; the latest are kept."""
        if self._latest is None or self._latest[0] != zone:
            self._latest = (zone, self._compiled(zone))
        return self._latest[1]

    def _compiled(self, zone: str) -> Programs:
        variables, people = self._calibration.family_variables, self._calibration.people
        dwelling = [self._variable(name, variables[name], zone) for name in DWELLING]
        rest = [self._variable(name, spec, zone) for name, spec in variables.items() if name not in DWELLING]
        insurance = {"codes": people["protection"]["insurance"]}
        industry = compact([work.industry(people["work"], zone, people["missing"])])
        return Programs(
            dwelling=dwelling,
            insurance=[self._variable("family_insurance", insurance, zone)],
            person=[*self._before_industry, *industry, *self._after_industry],
            family=[*self._derived, *rest, *self._dated],
        )

    def _variable(self, name: str, spec: Mapping[str, Any], zone: str) -> Draw:
        where = zone if differs_by_zone(spec) else ""
        if (name, where) not in self._variables:
            (self._variables[name, where],) = compact([compile_variable(name, spec, zone)])
        return self._variables[name, where]


def _derived() -> list[Draw]:
    """What follows from the dwelling without chance."""
    return [
        lookup("electric", answer_dim("lighting"), {-1: 1, 1: 1, 2: 1, 3: 1, 4: 0}),
        lookup(
            "has_gas_cylinder", answer_dim("cooking_fuel"), {c: 1 if c in (2, 3) else 2 for c in range(1, 13)}
        ),
    ]


def _aid_months(taken_on: datetime.date) -> list[Draw]:
    """When aid was last received: a month of the year before `taken_on`."""
    months = {ago: (taken_on.year * 12 + taken_on.month - 1 - ago) for ago in range(12)}
    draws = []
    for aid in AIDS:
        got = Dim(f"got_{aid}", -1, 4)
        ago = Dim(f"{aid}_ago", -1, 13)
        draws += [
            by_rule(ago.name, [got], lambda at, got=got: _recent() if at[got.name] == 1 else None, bits=6),
            lookup(f"{aid}_month", ago, {n: month % 12 + 1 for n, month in months.items()}),
            lookup(f"{aid}_year", ago, {n: month // 12 for n, month in months.items()}),
        ]
    return draws


def _recent() -> Chances:
    return {
        0: 0.24,
        1: 0.2,
        2: 0.16,
        3: 0.12,
        4: 0.06,
        5: 0.05,
        6: 0.05,
        7: 0.04,
        8: 0.03,
        9: 0.02,
        10: 0.02,
        11: 0.01,
    }


def _of_place() -> list[Draw]:
    homeless = Dim("homeless", 0, 2)
    anywhere = Dim("urban", 0, 2)
    return [
        by_rule(
            "has_shelter", [homeless], lambda at: {2: 1.0} if at["homeless"] else {1: 1.0}, missing=0.005
        ),
        by_rule("location_accuracy_m", [anywhere], lambda at: {4: 0.25, 8: 0.3, 12: 0.2, 20: 0.15, 50: 0.1}),
        by_rule("lat_jitter", [anywhere], lambda at: {0: 0.2, 1: 0.6, 2: 0.2}, bits=6),
        by_rule("lon_jitter", [anywhere], lambda at: {0: 0.2, 1: 0.6, 2: 0.2}, bits=6),
    ]


def _days_since_death(at: dict[str, int]) -> Chances | None:
    return dict.fromkeys(range(1, 365), 1.0) if at["presence"] == 2 else None
