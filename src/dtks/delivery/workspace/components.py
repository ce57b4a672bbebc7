"""The seven data components of one family as an officer reads them, and how complete they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dtks.delivery.workspace import values
from dtks.delivery.workspace.skips import applies
from dtks.registration.registry import dictionary
from dtks.registration.registry.dictionary import Variable
from dtks.registration.registry.domain import FamilyPage

TITLES: dict[str, str | Promise] = {
    "demographic": _("Data demografis"),
    "socio_economic": _("Data sosial-ekonomi"),
    "health": _("Data kesehatan"),
    "assistance": _("Data bantuan sosial"),
    "potential": _("Potensi dan sumber kesejahteraan sosial"),
    "special": _("Data khusus (PPKS dan kondisi khusus)"),
    "geospatial": _("Data geospasial"),
}
# Shown at the head of the page and in the table of members already.
SHOWN_ELSEWHERE = frozenset({"name", "member_no"})


@dataclass(frozen=True)
class Item:
    """One answer: what was asked, and what is recorded."""

    label: str
    text: str


@dataclass(frozen=True)
class Answers:
    """The answers about one subject: the family (`name` empty) or a member."""

    name: str
    known: tuple[Item, ...]
    unknown: tuple[str, ...]

    @property
    def total(self) -> int:
        return len(self.known) + len(self.unknown)


@dataclass(frozen=True)
class ComponentView:
    """One of the seven components."""

    key: str
    title: str | Promise
    subjects: tuple[Answers, ...]

    @property
    def filled(self) -> int:
        return sum(len(subject.known) for subject in self.subjects)

    @property
    def total(self) -> int:
        return sum(subject.total for subject in self.subjects)


Subject = tuple[str, Mapping[str, Any], int | None]
"""Name ('' for the family itself), answers, age."""


def age_on(birth_date: date | None, day: date) -> int | None:
    """Completed years; None when the birth date is unknown."""
    if birth_date is None:
        return None
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def components(page: FamilyPage, *, on: date, language: str) -> list[ComponentView]:
    """The seven components in the order of the brief, each with the family's and its members' answers."""
    subjects = [("", page.facts, None)]
    subjects += [
        (member.facts.get("name") or "–", member.facts, age_on(member.facts.get("birth_date"), on))
        for member in page.members
    ]
    return [_component(key, title, subjects, language) for key, title in TITLES.items()]


def _component(key: str, title: str | Promise, subjects: Sequence[Subject], language: str) -> ComponentView:
    shown = [
        answers(name, _of(key, "person" if name else "family"), facts, age=age, language=language)
        for name, facts, age in subjects
    ]
    return ComponentView(key, title, tuple(subject for subject in shown if subject.total))


def _of(component: str, level: dictionary.Level) -> list[Variable]:
    return [
        variable
        for variable in dictionary.by_name(level=level).values()
        if variable.component == component and variable.name not in SHOWN_ELSEWHERE
    ]


def answers(
    name: str, asked: Iterable[Variable], facts: Mapping[str, Any], *, age: int | None, language: str
) -> Answers:
    """What is known and what is not, of the questions that the other answers make sense of."""
    known, unknown = [], []
    for variable in asked:
        value = facts.get(variable.name)
        if value is not None and value != "":
            known.append(
                Item(
                    values.label(variable, language=language), values.text(variable, value, language=language)
                )
            )
        elif applies(variable, facts, age=age):
            unknown.append(values.label(variable, language=language))
    return Answers(name, tuple(known), tuple(unknown))


def completeness(shown: Sequence[ComponentView]) -> tuple[int, int]:
    """How many of the questions that apply are answered: (answered, asked)."""
    return sum(view.filled for view in shown), sum(view.total for view in shown)
