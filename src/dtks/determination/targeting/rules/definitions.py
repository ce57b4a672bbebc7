"""Named predicates that several rules share: `parameters/definitions.yaml`.

A definition may use those that stand before it. Its name is used in a rule like a yes/no variable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from dtks.determination.targeting.rules import documents, language, laws
from dtks.determination.targeting.rules.documents import Entry
from dtks.determination.targeting.rules.language import Rule
from dtks.determination.targeting.rules.laws import Evidence
from dtks.determination.targeting.rules.variables import Level, VariableInfo

LEVELS: tuple[Level, ...] = ("family", "person")


@dataclass(frozen=True)
class Definition:
    """A predicate with a name and a label; `rule.level` says of whom it speaks."""

    name: str
    label_id: str
    label_en: str
    rule: Rule
    evidence: Evidence
    note: str = ""


def load(path: Path, *, variables: Mapping[str, VariableInfo]) -> dict[str, Definition]:
    """The definitions of a file by name, in order. Raises `DocumentError` and any `RuleError`."""
    found: dict[str, Definition] = {}
    for name, entry in documents.read(path).entries().items():
        if name in variables:
            raise entry.refused(f"'{name}' sudah nama variabel", f"'{name}' is the name of a variable")
        found[name] = _definition(name, entry, variables, found)
    return found


def rules(definitions: Mapping[str, Definition]) -> dict[str, Rule]:
    """What `language.parse` takes as `definitions`."""
    return {name: definition.rule for name, definition in definitions.items()}


def _definition(
    name: str, entry: Entry, variables: Mapping[str, VariableInfo], earlier: Mapping[str, Definition]
) -> Definition:
    keys = entry.mapping(
        required={"label_id", "label_en", "level", "predicate", "evidence"}, optional={"note"}
    )
    rule = language.parse(
        keys["predicate"].text(),
        variables=variables,
        where=keys["predicate"].where,
        level=cast(Level, keys["level"].choice(LEVELS)),
        definitions=rules(earlier),
    )
    return Definition(
        name=name,
        label_id=keys["label_id"].text(),
        label_en=keys["label_en"].text(),
        rule=rule,
        evidence=laws.evidence(keys["evidence"]),
        note=keys["note"].text() if "note" in keys else "",
    )
