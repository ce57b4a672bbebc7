"""Everything a run goes by, read once per process: programmes of the day, welfare model, allowed values."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl

from dtks.determination.programmes import loader, pipeline
from dtks.determination.programmes.domain import Language, Programme
from dtks.determination.runs import checks
from dtks.determination.runs.checks import Allowed
from dtks.determination.targeting import deciles, model_file, score
from dtks.determination.targeting.domain import Amount, Variable, WelfareModel
from dtks.determination.targeting.registry_answers import RegistryAnswers
from dtks.determination.targeting.rules import members, variables
from dtks.determination.targeting.snapshot import canonical_sha256, file_sha256
from dtks.foundation.engines.tables import LazyTable


@dataclass(frozen=True)
class RulebookKey:
    """What decides which rules apply. `root` holds `programmes/` and `parameters/` (None: the project's)."""

    on: datetime.date
    taken_on: datetime.date
    root: Path | None = None
    model: str | None = None


@dataclass(frozen=True)
class Contribution:
    """How much one answer moved a family's score, in millionths of a log unit."""

    variable: str
    label: str
    value: str
    micro_units: int


@dataclass(frozen=True)
class Rulebook:
    """The rules of one run. Columns that the model reads are named beside those of the programmes."""

    taken_on: datetime.date
    programmes: tuple[Programme, ...]
    programme_hashes: Mapping[str, str]
    on: datetime.date
    answers: RegistryAnswers

    @property
    def model(self) -> WelfareModel:
        return self.answers.model

    @property
    def model_name(self) -> str:
        return self.model.id

    @property
    def model_sha256(self) -> str:
        return self.model.sha256

    @property
    def model_status(self) -> str:
        return self.model.status

    @cached_property
    def plan(self) -> members.Plan:
        """What the programmes ask of the people."""
        return pipeline.plan(self.programmes)

    @cached_property
    def family_reads(self) -> tuple[str, ...]:
        """The columns of the families table that a run reads."""
        asked = pipeline.columns(self.programmes)[0]
        own = {"household_id", *checks.FAMILY_READ, *asked, *self.answers.family_columns} - {"desil"}
        return tuple(sorted(own))

    @cached_property
    def person_reads(self) -> tuple[str, ...]:
        """The columns of the people table that a run reads."""
        return tuple(sorted({*checks.PERSON_READ, *self.plan.reads, *self.answers.person_columns}))

    @cached_property
    def allowed_in_families(self) -> tuple[Allowed, ...]:
        return checks.allowed(variables.known(), self.family_reads)

    @cached_property
    def allowed_in_people(self) -> tuple[Allowed, ...]:
        return checks.allowed(variables.known(), self.person_reads)

    def summarise(self, people: LazyTable, sums: Mapping[str, nw.Expr]) -> LazyTable:
        """One row per family: what the programmes count, `sums`, and the model's aggregates."""
        asked = {**sums, **self.plan.counts, **self.answers.sums}
        summary: LazyTable = members.total(self.plan.mark(people), asked)
        return summary

    def score(self, table: LazyTable) -> LazyTable:
        """The table with `score` (Int64, millionths of a log unit; null when an answer is missing)."""
        scored: LazyTable = self.answers.attach(table).with_columns(score.expression(self.model))
        return scored

    def decile(self, table: LazyTable) -> LazyTable:
        """The table with `desil` (Int8, 1 = poorest) by the model's national cut-points.

        Raises `CutPointsMissing`.
        """
        cut_points = deciles.load(model=self.model.id, on=self.on)
        return table.with_columns(deciles.expression(cut_points))

    def missing(self, families: pl.DataFrame, people: pl.DataFrame, *, language: Language) -> tuple[str, ...]:
        """Labels of the answers without which this family has no score."""
        row = self._answers_of(families, people)
        return tuple(
            variable.label.text(language)
            for variable in self.model.variables
            if variable.unknown.policy == "require" and row[score.answer_column(variable)] is None
        )

    def contributions(
        self, families: pl.DataFrame, people: pl.DataFrame, *, language: Language
    ) -> tuple[Contribution, ...]:
        """What moved this family's score away from the survey's average, strongest first."""
        row = self._answers_of(families, people)
        found = [
            Contribution(
                variable.id,
                variable.label.text(language),
                _value(variable, row[score.answer_column(variable)], language),
                row[f"moved_{variable.id}"] - variable.mean,
            )
            for variable in self.model.variables
        ]
        return tuple(sorted(found, key=lambda one: (-abs(one.micro_units), one.variable)))

    def _answers_of(self, families: pl.DataFrame, people: pl.DataFrame) -> dict[str, Any]:
        """One family's answers and what each adds, by the same expressions as the batch."""
        table = nw.from_native(families.lazy()).join(
            self.summarise(nw.from_native(people.lazy()), {}), on="family_id", how="left"
        )
        attached = self.answers.attach(table).with_columns(
            **{f"moved_{variable.id}": score.contribution(variable) for variable in self.model.variables}
        )
        row: dict[str, Any] = attached.collect().to_native().row(0, named=True)
        return row


def _value(variable: Variable, answer: int | None, language: Language) -> str:
    """An answer in words: 'tidak diketahui', a category, or an amount with its unit."""
    if answer is None:
        return "unknown" if language == "en" else "tidak diketahui"
    if isinstance(variable, Amount):
        return f"{answer} {variable.unit.text(language)}"
    return variable.labels()[answer].text(language)


@lru_cache(maxsize=8)
def load(key: RulebookKey) -> Rulebook:
    """The rules in force on `key.on`. Raises the errors of programme, parameter and model files."""
    programmes = tuple(loader.load(on=key.on, directory=key.root))
    hashes = _hashes(programmes, key.root or loader.PROJECT_ROOT)
    answers = RegistryAnswers.of(model_file.load(key.model or model_file.DEFAULT))
    return Rulebook(key.taken_on, programmes, hashes, key.on, answers)


def _hashes(programmes: Sequence[Programme], root: Path) -> dict[str, str]:
    """One SHA-256 per programme over all that makes it: its file, its dated values, the definitions."""
    shared = root / "parameters" / "definitions.yaml"
    found = {}
    for programme in programmes:
        own = [root / folder / f"{programme.id}.yaml" for folder in ("programmes", "parameters")]
        found[programme.id] = canonical_sha256(
            {path.name + path.parent.name: file_sha256(path) for path in [*own, shared] if path.is_file()}
        )
    return found
