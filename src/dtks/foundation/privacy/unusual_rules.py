"""The rules of parameters/privacy/unusual_reading.yaml: what asks for a second look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from dtks.foundation.privacy import files
from dtks.foundation.privacy.files import EVIDENCE, Text

FILE = "unusual_reading.yaml"
THRESHOLDS = {
    "volume": ("least", "times_median", "peers", "alone"),
    "night": ("from_hour", "to_hour", "least"),
    "outside": ("least",),
    "own": ("own_family", "same_address", "same_rt", "same_rt_percent"),
    "watched": ("least",),
    "search": ("least", "opened_percent"),
    "shown": ("least", "refused"),
}
"""Kind of rule -> the whole numbers that it needs."""
LAST_HOUR = 23


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``reference``: ids of parameters/laws.yaml."""

    id: str
    kind: str
    name: Text
    explain: Text
    reference: tuple[str, ...]
    evidence: str
    thresholds: Mapping[str, int]


@cache
def rules() -> Mapping[str, Rule]:
    """Every rule by id. Raises PrivacyFileError."""
    return {id_: _rule(id_, entry) for id_, entry in files.read(FILE).items()}


def _rule(id_: str, entry: Any) -> Rule:
    place = files.Place(FILE, id_, entry).only(
        "kind", "name", "explain", "reference", "evidence", "thresholds"
    )
    kind = place.choice("kind", tuple(THRESHOLDS))
    given = files.Place(FILE, f"{id_} thresholds", place.get("thresholds")).only(*THRESHOLDS[kind])
    thresholds = {name: given.get(name) for name in THRESHOLDS[kind]}
    for name, value in thresholds.items():
        if type(value) is not int or value < 0 or (name.endswith("_hour") and value > LAST_HOUR):
            raise given.fail(f"{name}: perlu bilangan bulat · needs a whole number")
    return Rule(
        id=id_,
        kind=kind,
        name=place.text("name"),
        explain=place.text("explain"),
        reference=tuple(place.get("reference")),
        evidence=place.choice("evidence", EVIDENCE),
        thresholds=thresholds,
    )
