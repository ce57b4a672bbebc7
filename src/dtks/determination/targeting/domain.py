"""The parts of a welfare model and of a survey's layout: frozen values, no I/O, no framework.

A model predicts the natural logarithm of consumption per head as a sum of whole numbers: an
intercept, one contribution per variable, and an effect of the area. Everything is kept in
micro-units of the logarithm, so that no float ever decides.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

MICRO = 1_000_000
"""Micro-log units in one unit of the natural logarithm."""

Status = Literal["demonstration", "official"]
Policy = Literal["require", "category"]
"""What an unknown answer does: leave the family unscored, or count as a category of its own."""
Basis = Literal["none", "estimated", "cautious"]
"""Where the coefficient of an unknown answer comes from. "cautious": the survey had too few of them, so
it counts as the best-off answer would, and silence makes nobody look poorer."""
Curve = Literal["pieces", "log"]
AreaName = Literal["province", "regency", "district"]
AREA_NAMES: tuple[AreaName, ...] = ("province", "regency", "district")

NEVER = frozenset(
    {
        "consumption", "consumption_ae", "food", "nonfood", "nonstaple", "diversity",
        "pmt", "community", "hybrid", "elite", "poorest10", "daymeeting", "treated", "rank",
        "hhid", "household_id",
    }
)  # fmt: skip
"""Survey columns that are never predictors, in whatever layout: consumption and its parts, ranks, arms
of an experiment, receipt of aid, ids (DOMAIN.md)."""


@dataclass(frozen=True)
class Label:
    id: str
    en: str

    def text(self, language: str = "id") -> str:
        return self.en if language == "en" else self.id


@dataclass(frozen=True)
class Answer:
    """Holds where a survey column has one of these values (compared as text, "1.0" equals "1")."""

    column: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """A numeric survey column, multiplied by `scale` and cut to a whole number."""

    column: str
    scale: int = 1


@dataclass(frozen=True)
class Ratio:
    """A whole number of the registry: `value` × `scale`, divided by `per` and cut to a whole number."""

    value: str
    scale: int = 1
    per: str | None = None


@dataclass(frozen=True)
class Unknown:
    policy: Policy
    coefficient: int = 0
    basis: Basis = "none"


@dataclass(frozen=True)
class Level:
    """One category and what it adds beside the reference. `survey`: answers that must all hold; `registry`: a
    predicate of the rule language; None where the source has no such question."""

    id: str
    label: Label
    survey: tuple[Answer, ...] | None
    registry: str | None
    coefficient: int = 0
    standard_error: int = 0
    share: float = 0.0
    registry_where: str = field(default="", compare=False)


@dataclass(frozen=True)
class Category:
    """A variable of exclusive categories; the first level that holds counts, else the reference (0)."""

    id: str
    label: Label
    reference: Label
    levels: tuple[Level, ...]
    unknown: Unknown
    mean: int = 0
    """Average contribution in the survey: explanations speak of the distance from it."""
    block: str = ""
    """Variables of one block are drawn towards zero equally strongly, as the survey says for that block."""

    def labels(self) -> tuple[Label, ...]:
        return (self.reference, *(level.label for level in self.levels))

    @property
    def coefficients(self) -> tuple[int, ...]:
        """Contribution of code 0 (the reference), 1, 2 …"""
        return (0, *(level.coefficient for level in self.levels))

    @property
    def for_registry(self) -> bool:
        return all(level.registry is not None for level in self.levels)


@dataclass(frozen=True)
class Piece:
    """Between `start` and `end` each unit adds `slope`."""

    start: int
    end: int
    slope: int


@dataclass(frozen=True)
class Amount:
    """A whole number with a piecewise linear effect; below the first and beyond the last knot it is flat."""

    id: str
    label: Label
    unit: Label
    survey: Column | None
    registry: Ratio | None
    curve: Curve
    knots: tuple[int, ...]
    unknown: Unknown
    pieces: tuple[Piece, ...] = ()
    mean: int = 0
    block: str = ""

    @property
    def for_registry(self) -> bool:
        return self.registry is not None

    def effect(self, value: int) -> int:
        """What an amount adds, in micro-log units."""
        return sum(
            piece.slope * (min(max(value, piece.start), piece.end) - piece.start) for piece in self.pieces
        )


Variable = Category | Amount


@dataclass(frozen=True)
class AreaEffect:
    """`key` is the area's survey code ("12/15"), `code` its Kemendagri code without dots where known."""

    key: str
    coefficient: int = 0
    households: int = 0
    code: int | None = None
    name: str = ""


@dataclass(frozen=True)
class AreaLevel:
    """Effects of the areas of one level, drawn towards zero by their `standard_deviation`. An area that
    the survey did not see has effect 0: the family then stands on the levels above it, and at last on
    the average of the survey."""

    level: AreaName
    survey: tuple[str, ...]
    registry: str | None = None
    """The snapshot column that holds `code`; None: this level says nothing about the registry."""
    standard_deviation: float = 0.0
    effects: tuple[AreaEffect, ...] = ()


@dataclass(frozen=True)
class Group:
    """Households told apart when accuracy is reported: by values of a column, or by bands of a number
    (`bands` are the lowest numbers of each)."""

    id: str
    label: Label
    column: str
    values: tuple[tuple[str, Label], ...] = ()
    bands: tuple[int, ...] = ()


@dataclass(frozen=True)
class Layout:
    """How one kind of survey file is read: a mapping file, or the part of a model that came from it."""

    id: str
    label: Label
    source: str
    status: Status
    note: Label
    unit: Label
    household: str
    village: tuple[str, ...]
    weight: str | None
    areas: tuple[AreaLevel, ...]
    groups: tuple[Group, ...]
    never: frozenset[str]
    variables: tuple[Variable, ...]
    recognised_by: frozenset[str] = frozenset()


@dataclass(frozen=True)
class WelfareModel:
    id: str
    label: Label
    status: Status
    note: Label
    target: str
    unit: Label
    source: str
    layout: str
    valid_from: datetime.date
    valid_to: datetime.date | None
    intercept: int
    variables: tuple[Variable, ...]
    areas: tuple[AreaLevel, ...]
    training: Mapping[str, Any]
    sha256: str = ""
    file: str = ""


@dataclass(frozen=True)
class CutPoints:
    """The highest score of deciles 1 … 9 of a model, in force from `valid_from`. `basis` says whose
    deciles they are."""

    model: str
    model_sha256: str
    values: tuple[int, ...]
    valid_from: datetime.date
    valid_to: datetime.date | None
    status: Status
    basis: Label
    weighting: Literal["people", "families"] = "people"

    def in_force(self, on: datetime.date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def desil(self, score: int) -> int:
        """1 (poorest) … 10. A score at a cut-point belongs to the poorer decile."""
        return 1 + sum(score > value for value in self.values)


def may_not_predict(column: str, *, layout: Layout, target: str) -> bool:
    """Whether a survey column is barred from the predictors."""
    barred = NEVER | layout.never | {target, layout.household}
    return column.casefold() in {name.casefold() for name in barred}
