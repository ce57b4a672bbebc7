"""The welfare model at work in a run: answers, score, decile; and, for one family, what moved its score."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import narwhals as nw

from dtks.determination.programmes.domain import Language
from dtks.determination.targeting import deciles, model_file, score
from dtks.determination.targeting.domain import Category, CutPoints, Variable, WelfareModel
from dtks.determination.targeting.registry_answers import RegistryAnswers
from dtks.foundation.engines.tables import LazyTable

Row = Mapping[str, Any]
UNKNOWN = {"id": "tidak diketahui", "en": "unknown"}
AREA = {"id": "Wilayah", "en": "Area"}


@dataclass(frozen=True)
class Contribution:
    """How much one answer moved a family's score away from the survey's average, in millionths of a log
    unit: below zero it makes the family poorer in the model's eyes."""

    variable: str
    label: str
    value: str
    micro_units: int


@dataclass(frozen=True)
class Scoring:
    """A welfare model on a snapshot."""

    model: WelfareModel
    on: datetime.date
    parameters: Path
    """The folder that holds `welfare/`, models and their cut-points."""

    @classmethod
    def load(cls, *, model: str | None, on: datetime.date, parameters: Path) -> Scoring:
        """The model of that name or file, or the default one of `parameters`. Raises `ModelNotFound`,
        `DocumentError`."""
        name = model or model_file.DEFAULT
        own = parameters / "welfare" / f"{name}.yaml"
        return cls(model_file.load(own if own.is_file() else name), on, parameters)

    @cached_property
    def answers(self) -> RegistryAnswers:
        return RegistryAnswers.of(self.model)

    @cached_property
    def cut_points(self) -> CutPoints:
        """The national cut-points in force of this very model. Raises `CutPointsMissing`,
        `CutPointsOfAnotherModel`."""
        folder = self.parameters / "welfare" / "cut_points"
        return deciles.load(model=self.model.id, sha256=self.model.sha256, on=self.on, directory=folder)

    @property
    def sums(self) -> Mapping[str, nw.Expr]:
        """Whole numbers over people, to be summed per family."""
        return self.answers.sums

    def score(self, families: LazyTable) -> LazyTable:
        """Families on which `sums` were joined, with `score`: Int64, null when an answer is missing."""
        table: LazyTable = self.answers.attach(families).with_columns(score.expression(self.model))
        return table

    def decile(self, families: LazyTable) -> LazyTable:
        """Families with `score`, with `desil` (Int8, 1 = poorest) by the national cut-points."""
        return families.with_columns(deciles.expression(self.cut_points))

    def missing(self, answered: Row, *, language: Language) -> tuple[str, ...]:
        """Labels of the answers without which a family (a row of `answered`) has no score."""
        return tuple(
            variable.label.text(language)
            for variable in self.model.variables
            if variable.unknown.policy == "require" and answered[score.answer_column(variable)] is None
        )

    def contributions(self, answered: Row, *, language: Language) -> tuple[Contribution, ...]:
        """What moved the score of a family (a row of `answered`), strongest first."""
        found = [
            Contribution(
                variable=variable.id,
                label=variable.label.text(language),
                value=_shown(variable, answered[score.answer_column(variable)], language),
                micro_units=part - variable.mean,
            )
            for variable in self.model.variables
            if (part := answered[_part(variable)]) is not None
        ]
        for area in self.model.areas:
            effect = answered[score.effect_column(area)]
            if effect:
                code = str(answered[area.registry]) if area.registry else ""
                found.append(Contribution(f"area_{area.level}", AREA[language], code, effect))
        return tuple(sorted(found, key=lambda part: (-abs(part.micro_units), part.variable)))

    def answered(self, table: LazyTable) -> LazyTable:
        """The model's answers, their contributions and the area effects, of a table with `score`."""
        parts = {_part(variable): score.contribution(variable) for variable in self.model.variables}
        answers = [score.answer_column(variable) for variable in self.model.variables]
        effects = [score.effect_column(area) for area in self.model.areas]
        codes = list(dict.fromkeys(area.registry for area in self.model.areas if area.registry))
        return table.with_columns(**parts).select("family_id", *parts, *answers, *effects, *codes)


def _part(variable: Variable) -> str:
    return f"part_{variable.id}"


def _shown(variable: Variable, answer: int | None, language: Language) -> str:
    if answer is None:
        return UNKNOWN[language]
    if isinstance(variable, Category):
        return variable.labels()[answer].text(language)
    return _quantity(answer, variable.unit.text(language), language)


def _quantity(steps: int, unit: str, language: Language) -> str:
    """Answers are whole numbers, so a unit may be a decimal fraction: 505 of '0,1 m²' read '50,5 m²'."""
    step, _, of = unit.partition(" ")
    fraction = re.fullmatch(r"0[.,](0*1)", step)
    if fraction is None:
        return f"{steps} {unit}".strip()
    read = f"{Decimal(steps).scaleb(-len(fraction[1])):f} {of}"
    return read.replace(".", ",", 1) if language == "id" else read
