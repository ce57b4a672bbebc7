"""A programme's file before its rules are read: its keys, names and overlaps checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dtks.determination.programmes.errors import OverlapError, UnknownProgrammeError
from dtks.determination.targeting.rules import documents
from dtks.determination.targeting.rules.documents import Entry
from dtks.determination.targeting.rules.language import Rule
from dtks.determination.targeting.rules.laws import Law
from dtks.determination.targeting.rules.regimes import Regime
from dtks.determination.targeting.rules.variables import VariableInfo

PROGRAMME_KEYS = {
    "id", "name_id", "name_en", "about_id", "about_en", "unit", "owner", "valid_from", "priority",
    "legal", "criteria", "components", "payment", "examples",
}  # fmt: skip
PROGRAMME_OPTIONAL = {
    "aka", "valid_to", "members", "most_members", "excludes", "compatible", "channels", "notes",
    "example_defaults",
}  # fmt: skip
CRITERION_KEYS = {"id", "label_id", "label_en", "predicate", "evidence", "explain_id", "explain_en"}
CRITERION_OPTIONAL = {"valid_from", "valid_to", "reference", "note"}
COMPONENT_KEYS = {"id", "label_id", "label_en", "evidence"}
COMPONENT_OPTIONAL = {"members", "when", "amount", "limit"}
PAYMENT_KEYS = {"times", "once", "payee", "form", "evidence"}
LEGAL_KEYS = {"reference", "about", "evidence"}
SENTENCE_KEYS = {"yes", "no", "unknown"}
RESERVED = {"status", "people", "amount", "open"}


@dataclass(frozen=True)
class Shelf:
    """What every programme is read against. `asked` are the variables that a snapshot carries, without
    the aggregates that are computed from them."""

    root: Path
    on: date
    variables: Mapping[str, VariableInfo]
    asked: Mapping[str, VariableInfo]
    laws: Mapping[str, Law]
    definitions: Mapping[str, Rule]
    regime: Regime
    programmes: frozenset[str]


@dataclass(frozen=True)
class Document:
    """A programme's file whose keys are all there; its rules are not read yet."""

    path: Path
    root: Entry
    keys: Mapping[str, Entry]
    shelf: Shelf

    def in_force(self, on: date) -> bool:
        last = self.keys["valid_to"].optional_day() if "valid_to" in self.keys else None
        return self.keys["valid_from"].day() <= on and (last is None or on <= last)


def read(path: Path, shelf: Shelf) -> Document:
    """The file, its keys and its overlaps checked."""
    root = documents.read(path)
    document = Document(path, root, root.mapping(required=PROGRAMME_KEYS, optional=PROGRAMME_OPTIONAL), shelf)
    id_ = document.keys["id"]
    if id_.text() != path.stem:
        raise id_.refused(f"id harus '{path.stem}'", f"the id must be '{path.stem}'")
    _check_overlaps(document)
    _check_ids(document)
    return document


def _check_overlaps(document: Document) -> None:
    named: dict[str, str] = {}
    for key in ("excludes", "compatible"):
        for item in document.keys[key].items() if key in document.keys else ():
            other = item.text()
            if other not in document.shelf.programmes or other == document.path.stem:
                raise UnknownProgrammeError(where=item.where, programme=other)
            if other in named:
                raise OverlapError(where=item.where, programme=other)
            named[other] = key


def _check_ids(document: Document) -> None:
    """Criteria, components and the columns that a programme has anyway share one list of names."""
    taken = set(RESERVED)
    for entry in (*document.keys["criteria"].items(), *document.keys["components"].items()):
        id_ = entry.entries().get("id", entry)
        name = id_.text()
        if name in taken or not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name.startswith("n_"):
            raise id_.refused(
                f"id '{name}' sudah dipakai atau tidak sah", f"id '{name}' is taken or not valid"
            )
        taken.add(name)
