"""Release rules: what must stand in the trail before an act, as parameters/ledger/releases.yaml says."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from dtks.foundation.kernel import yaml_text
from dtks.foundation.ledger.domain import digest
from dtks.foundation.ledger.errors import ReleaseFactMissing, ReleaseRulesMalformed

FIELDS = ("action", "subject", "area", "after", "rows_root")
"""What an event can be asked for: columns that its entry in the log is over."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: an ``event`` (field -> text with ``{name}`` for a fact), or ``at_least`` cosignatures
    of a log that has ``of`` witnesses or more. ``says``: (Indonesian, English)."""

    says: tuple[str, str]
    event: Mapping[str, str] | None = None
    at_least: int = 0
    of: int = 0

    def wanted(self, facts: Mapping[str, str]) -> dict[str, str]:
        """The fields of the event for these facts. Raises ReleaseFactMissing."""
        return {name: _filled(text, facts) for name, text in (self.event or {}).items()}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule. ``sha256``: of its content, as it stands in the file."""

    id: str
    name: tuple[str, str]
    reference: tuple[str, ...]
    conditions: tuple[Condition, ...]
    sha256: str


def rules() -> Mapping[str, Rule]:
    """The rules in force, by id. Raises ReleaseRulesMalformed."""
    return read(Path(settings.PROJECT_ROOT) / "parameters" / "ledger" / "releases.yaml")


@cache
def read(path: Path) -> Mapping[str, Rule]:
    """The rules of a file. Raises ReleaseRulesMalformed."""
    try:
        content = yaml_text.load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
        raise ReleaseRulesMalformed(path=path, rule="-", problem=type(problem).__name__) from problem
    if not isinstance(content, dict):
        raise ReleaseRulesMalformed(path=path, rule="-", problem="rule: {name, reference, conditions}")
    return {str(key): _rule(path, str(key), value) for key, value in content.items()}


def _rule(path: Path, key: str, value: Any) -> Rule:
    try:
        if set(value) != {"name", "reference", "conditions"}:
            raise ValueError("name, reference, conditions")
        conditions = tuple(_condition(each) for each in value["conditions"])
        # A head is cosigned for what it covers: without an event the condition would hold for any head.
        if not any(each.event for each in conditions):
            raise ValueError("no event")
        return Rule(key, _text(value["name"]), tuple(value["reference"]), conditions, digest(value))
    except (TypeError, ValueError, KeyError) as problem:
        raise ReleaseRulesMalformed(path=path, rule=key, problem=str(problem)) from problem


def _condition(value: Any) -> Condition:
    says = _text(value["says"])
    if set(value) == {"event", "says"}:
        event = {str(name): str(text) for name, text in value["event"].items()}
        if "action" not in event or not set(event) <= set(FIELDS):
            raise ValueError(f"event: action, and of {', '.join(FIELDS)}")
        return Condition(says, event=event)
    if set(value) == {"cosigned", "says"}:
        at_least, of = value["cosigned"]["at_least"], value["cosigned"]["of"]
        if not (isinstance(at_least, int) and isinstance(of, int) and 0 < at_least <= of):
            raise ValueError("cosigned: 0 < at_least <= of")
        return Condition(says, at_least=at_least, of=of)
    raise ValueError("a condition is event or cosigned, with says")


def _text(value: Any) -> tuple[str, str]:
    return str(value["id"]), str(value["en"])


def _filled(text: str, facts: Mapping[str, str]) -> str:
    for _, name, _, _ in string.Formatter().parse(text):
        if name is not None and not facts.get(name):
            # An empty fact would be found in any event that leaves the field empty.
            raise ReleaseFactMissing(fact=name)
    return text.format_map(facts)
