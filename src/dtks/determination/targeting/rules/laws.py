"""The laws: `parameters/laws.yaml`, to which every `reference:` resolves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal, cast

from dtks.determination.targeting.rules import documents
from dtks.determination.targeting.rules.documents import Entry
from dtks.determination.targeting.rules.errors import UnknownReferenceError

Evidence = Literal["V", "P", "U"]
EVIDENCE: tuple[Evidence, ...] = ("V", "P", "U")
"""V: read in a source; P: press only; U: not verified."""

Status = Literal["in_force", "amended", "revoked", "ended"]
STATUSES: tuple[Status, ...] = ("in_force", "amended", "revoked", "ended")


@dataclass(frozen=True)
class Law:
    """A law, decree or instruction. `valid_to` is its last day; `replaced_by`, `amended_by` are ids."""

    id: str
    title_id: str
    title_en: str
    status: Status
    valid_from: date | None
    valid_to: date | None
    evidence: Evidence
    about_id: str
    replaced_by: tuple[str, ...] = ()
    amended_by: tuple[str, ...] = ()
    note: str = ""


@cache
def load(path: Path) -> Mapping[str, Law]:
    """All laws by id. Raises `DocumentError` for a bad file, `UnknownReferenceError` for a successor
    that is not in it."""
    root = documents.read(path)
    entries = root.entries()
    laws = {id_: _law(id_, entry) for id_, entry in entries.items()}
    for law in laws.values():
        for reference in (*law.replaced_by, *law.amended_by):
            if reference not in laws:
                raise UnknownReferenceError(where=entries[law.id].where, reference=reference)
    return MappingProxyType(laws)


def reference(entry: Entry, laws: Mapping[str, Law]) -> Law:
    """The law that a `reference:` names."""
    name = entry.text()
    if name not in laws:
        raise UnknownReferenceError(where=entry.where, reference=name)
    return laws[name]


def evidence(entry: Entry) -> Evidence:
    """An evidence mark."""
    return cast(Evidence, entry.choice(EVIDENCE))


def _law(id_: str, entry: Entry) -> Law:
    keys = entry.mapping(
        required={"title_id", "title_en", "about_id", "status", "valid_from", "evidence"},
        optional={"valid_to", "replaced_by", "amended_by", "note"},
    )
    return Law(
        id=id_,
        title_id=keys["title_id"].text(),
        title_en=keys["title_en"].text(),
        status=cast(Status, keys["status"].choice(STATUSES)),
        valid_from=keys["valid_from"].optional_day(),
        valid_to=keys["valid_to"].optional_day() if "valid_to" in keys else None,
        evidence=evidence(keys["evidence"]),
        about_id=keys["about_id"].text(),
        replaced_by=keys["replaced_by"].texts() if "replaced_by" in keys else (),
        amended_by=keys["amended_by"].texts() if "amended_by" in keys else (),
        note=keys["note"].text() if "note" in keys else "",
    )
