"""Everything a run goes by, read once per process: programmes of the day, welfare model, allowed values."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import narwhals as nw

from dtks.determination.programmes import loader, pipeline
from dtks.determination.programmes.domain import Programme
from dtks.determination.runs import checks
from dtks.determination.runs.checks import Allowed
from dtks.determination.runs.scoring import Scoring
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
class Rulebook:
    """The rules of one run."""

    taken_on: datetime.date
    programmes: tuple[Programme, ...]
    programme_hashes: Mapping[str, str]
    scoring: Scoring

    @cached_property
    def plan(self) -> members.Plan:
        """What the programmes ask of the people."""
        return pipeline.plan(self.programmes)

    @cached_property
    def family_reads(self) -> tuple[str, ...]:
        """The columns of the families table that a run reads."""
        asked = pipeline.columns(self.programmes)[0]
        own = {"household_id", *checks.FAMILY_READ, *asked, *self.scoring.answers.family_columns} - {"desil"}
        return tuple(sorted(own))

    @cached_property
    def person_reads(self) -> tuple[str, ...]:
        """The columns of the people table that a run reads."""
        return tuple(sorted({*checks.PERSON_READ, *self.plan.reads, *self.scoring.answers.person_columns}))

    @cached_property
    def allowed_in_families(self) -> tuple[Allowed, ...]:
        return checks.allowed(variables.known(), self.family_reads)

    @cached_property
    def allowed_in_people(self) -> tuple[Allowed, ...]:
        return checks.allowed(variables.known(), self.person_reads)

    def summarise(self, people: LazyTable, sums: Mapping[str, nw.Expr]) -> LazyTable:
        """One row per family: what the programmes count, `sums`, and the model's aggregates."""
        wanted = {**sums, **self.plan.counts, **self.scoring.sums}
        summary: LazyTable = members.total(self.plan.mark(people), wanted)
        return summary


@lru_cache(maxsize=8)
def load(key: RulebookKey) -> Rulebook:
    """The rules in force on `key.on`. Raises the errors of programme, parameter and model files."""
    root = key.root or loader.PROJECT_ROOT
    programmes = tuple(loader.load(on=key.on, directory=key.root))
    scoring = Scoring.load(model=key.model, on=key.on, parameters=root / "parameters")
    return Rulebook(key.taken_on, programmes, _hashes(programmes, root), scoring)


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
