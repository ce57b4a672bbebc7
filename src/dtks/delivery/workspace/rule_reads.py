"""Which reasons of a determination would tell of somebody's health: by what the rules read.

Whatever cannot be looked up (a programme or a model that is no longer there) counts as telling.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from dtks.delivery.workspace.masking import rests_on_health
from dtks.determination.programmes import loader
from dtks.determination.programmes.domain import Programme
from dtks.determination.targeting import aggregates, model_file
from dtks.determination.targeting.domain import Amount
from dtks.determination.targeting.registry_answers import RegistryAnswers
from dtks.determination.targeting.rules.language import Rule
from dtks.foundation.kernel.errors import DtksError


@dataclass(frozen=True)
class Telling:
    """Criteria (programme, criterion) and amounts (programme) that are known not to tell of health."""

    harmless_criteria: frozenset[tuple[str, str]]
    harmless_amounts: frozenset[str]

    def criterion(self, programme: str, criterion: str) -> bool:
        """Whether the outcome of this criterion tells of somebody's health."""
        return (programme, criterion) not in self.harmless_criteria

    def amount(self, programme: str) -> bool:
        """Whether the rupiah do: some programmes pay more for who is pregnant or has a disability."""
        return programme not in self.harmless_amounts


@lru_cache(maxsize=16)
def of_programmes(on: date) -> Telling:
    """What the programmes in force on a day tell. Read once a day: files don't change under a server."""
    programmes = loader.load(on=on)
    return Telling(
        frozenset(
            (programme.id, criterion.id)
            for programme in programmes
            for criterion in programme.criteria
            if not _of_health([criterion.rule])
        ),
        frozenset(
            programme.id for programme in programmes if not _of_health(_rules_of_components(programme))
        ),
    )


@lru_cache(maxsize=16)
def harmless_answers(model: str) -> frozenset[str]:
    """The variables of a welfare model that rest on no answer about health; empty for an unknown model."""
    try:
        answers = RegistryAnswers.of(model_file.load(model))
    except DtksError:
        return frozenset()
    harmless = []
    for variable in answers.model.variables:
        if isinstance(variable, Amount):
            names = [variable.registry.value, variable.registry.per or ""] if variable.registry else []
            telling = rests_on_health(_columns(names))
        else:
            telling = _of_health(answers.rules.get(variable.id, ()))
        if not telling:
            harmless.append(variable.id)
    return frozenset(harmless)


def _rules_of_components(programme: Programme) -> list[Rule]:
    return [rule for each in programme.components for rule in (each.members, each.when) if rule is not None]


def _of_health(rules: Iterable[Rule]) -> bool:
    return any(rests_on_health(_columns([*rule.variables, *rule.member_variables])) for rule in rules)


def _columns(names: Iterable[str]) -> frozenset[str]:
    """These names and, of the counts among them, the columns of the people that they count."""
    found = {name for name in names if name}
    return frozenset(found | set(aggregates.read_columns(found & set(aggregates.infos()))))
