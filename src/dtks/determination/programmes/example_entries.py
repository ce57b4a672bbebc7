"""The `examples:` of a programme's file → `Example` values, their names checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dtks.determination.programmes.domain import Example, Status
from dtks.determination.targeting.rules.documents import Entry
from dtks.determination.targeting.rules.variables import Level, VariableInfo

EXAMPLE_KEYS = {"name", "date", "family", "members", "expect"}
EXAMPLE_OPTIONAL = {"fails", "unknown", "amount", "components"}
DEFAULT_KEYS = {"family", "member"}
EXPECTED = {
    "eligible": Status.ELIGIBLE,
    "not_eligible": Status.NOT_ELIGIBLE,
    "verification": Status.VERIFICATION,
}
FEWEST = 6


@dataclass(frozen=True)
class Names:
    """What an example may name: variables, and the criteria and components of its day."""

    variables: Mapping[str, VariableInfo]
    criteria: frozenset[str]
    components: frozenset[str]

    def row(self, entry: Entry, level: Level, defaults: Mapping[str, Any]) -> dict[str, Any]:
        """The answers of a family or a person; what it does not say, the defaults say."""
        row = dict(defaults)
        for name, value in entry.entries().items():
            variable = self.variables.get(name)
            if variable is None or variable.level != level:
                raise value.refused(f"'{name}' bukan variabel {level}", f"'{name}' is no {level} variable")
            row[name] = _answer(value, variable)
        return row


def read(entry: Entry, defaults: Entry | None, names: Names, *, on: date) -> tuple[Example, ...]:
    """The examples of the day `on`; one of another day may speak of criteria that this day has not."""
    items = list(entry.items())
    if len(items) < FEWEST:
        raise entry.refused(f"perlu paling sedikit {FEWEST} contoh", f"at least {FEWEST} examples are needed")
    family: dict[str, Any] = {}
    member: dict[str, Any] = {}
    if defaults is not None:
        keys = defaults.mapping(required=DEFAULT_KEYS)
        family, member = names.row(keys["family"], "family", {}), names.row(keys["member"], "person", {})
    found = (_example(item, names, family, member) for item in items if _day(item) == on)
    return tuple(found)


def days(entry: Entry) -> list[date]:
    """The days that the examples speak of, each once, in order."""
    return sorted({_day(item) for item in entry.items()})


def _day(entry: Entry) -> date:
    return entry.mapping(required=EXAMPLE_KEYS, optional=EXAMPLE_OPTIONAL)["date"].day()


def _example(entry: Entry, names: Names, family: Mapping[str, Any], member: Mapping[str, Any]) -> Example:
    keys = entry.mapping(required=EXAMPLE_KEYS, optional=EXAMPLE_OPTIONAL)
    return Example(
        name=keys["name"].text(),
        on=keys["date"].day(),
        family=names.row(keys["family"], "family", family),
        members=tuple(names.row(item, "person", member) for item in keys["members"].items()),
        expect=EXPECTED[keys["expect"].choice(tuple(EXPECTED))],
        fails=_named(keys.get("fails"), names.criteria),
        unknown=_named(keys.get("unknown"), names.criteria),
        amount=keys["amount"].integer() if "amount" in keys else None,
        components=_counts(keys.get("components"), names.components),
        where=entry.where,
    )


def _answer(entry: Entry, variable: VariableInfo) -> Any:
    """An answer as the snapshot stores it; a code may be written as its label."""
    answer = entry.plain()
    if isinstance(answer, str):
        answer = variable.code(answer)
        if answer is None:
            raise entry.refused(f"bukan kode {variable.name}", f"not a code of {variable.name}")
    wanted = bool if variable.kind == "bool" else int
    if answer is not None and type(answer) is not wanted:
        raise entry.refused(f"jawaban {variable.name} salah jenis", f"wrong type for {variable.name}")
    if variable.codes and variable.kind == "code" and answer is not None and answer not in variable.codes:
        raise entry.refused(f"bukan kode {variable.name}", f"not a code of {variable.name}")
    return answer


def _named(entry: Entry | None, known: frozenset[str]) -> frozenset[str]:
    found = set()
    for item in entry.items() if entry else ():
        name = item.text()
        if name not in known:
            raise item.refused(f"kriteria '{name}' tidak ada", f"there is no criterion '{name}'")
        found.add(name)
    return frozenset(found)


def _counts(entry: Entry | None, known: frozenset[str]) -> dict[str, int] | None:
    if entry is None:
        return None
    counts = {}
    for name, value in entry.entries().items():
        if name not in known:
            raise value.refused(f"komponen '{name}' tidak ada", f"there is no component '{name}'")
        counts[name] = value.integer()
    return counts
