"""The seven data components of one family as an officer reads them, and how complete they are."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dtks.delivery.workspace import masking, showing, values
from dtks.delivery.workspace.showing import Asked, Covered, Reader
from dtks.delivery.workspace.skips import applies
from dtks.foundation.ui import formatting
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
VISIT = "visit"
VISIT_TITLE = _("Kunjungan pendataan")
# Facts that are codes of areas.
AREAS = frozenset({"village", "domicile_village"})
# Shown at the head of the page and in the table of members already.
SHOWN_ELSEWHERE = frozenset({"name", "member_no"})
# There they have their button, too.
ASKED_ELSEWHERE = frozenset({"nik", "kk_number"})


@dataclass(frozen=True)
class Item:
    """One answer: what was asked, and what is recorded; `covered` where the record is masked."""

    label: str
    text: str
    covered: Covered | None = None


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
    """One of the seven components, as far as the reader may see it.

    ``hidden`` names the questions whose answers the reader may not see, whether there are any or not;
    ``closed``: that is all of them.
    """

    key: str
    title: str | Promise
    subjects: tuple[Answers, ...]
    hidden: tuple[str, ...] = ()
    closed: bool = False

    @property
    def filled(self) -> int:
        return sum(len(subject.known) for subject in self.subjects)

    @property
    def total(self) -> int:
        return sum(subject.total for subject in self.subjects)


@dataclass(frozen=True)
class Subject:
    """Whom answers are about: the family (`name` empty, no person), or a member. `age`: None if unknown."""

    family: uuid.UUID
    facts: Mapping[str, Any]
    name: str = ""
    person: uuid.UUID | None = None
    age: int | None = None


def age_on(birth_date: date | None, day: date) -> int | None:
    """Completed years; None when the birth date is unknown."""
    if birth_date is None:
        return None
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def components(
    page: FamilyPage, *, on: date, reader: Reader, places: Mapping[str, str] | None = None
) -> list[ComponentView]:
    """The seven components in the order of the brief, each with the family's and its members' answers.

    ``places``: names of areas by dotted code; an area that is not among them shows its code.
    """
    named = _with_names(page.facts, places or {})
    subjects = [Subject(page.family_id, named)]
    subjects += [
        Subject(
            page.family_id,
            member.facts,
            name=member.facts.get("name") or "–",
            person=member.person_id,
            age=age_on(member.facts.get("birth_date"), on),
        )
        for member in page.members
    ]
    return [component(key, title, subjects, reader) for key, title in TITLES.items()]


def _with_names(facts: Mapping[str, Any], places: Mapping[str, str]) -> dict[str, Any]:
    return {
        name: places.get(value, value) if name in AREAS and isinstance(value, str) else value
        for name, value in facts.items()
    }


def visit(page: FamilyPage, *, reader: Reader) -> ComponentView | None:
    """What the enumerator's visit left; None when there was none."""
    found = component(VISIT, VISIT_TITLE, [Subject(page.family_id, page.facts)], reader)
    tables = {variable.table for variable in _of(VISIT, "family")}
    return found if tables & page.origins.keys() else None


def component(key: str, title: str | Promise, subjects: Sequence[Subject], reader: Reader) -> ComponentView:
    """One component of these subjects."""
    shown = [
        answers(subject, _of(key, "person" if subject.name else "family"), reader=reader)
        for subject in subjects
    ]
    asked = [*_of(key, "family"), *_of(key, "person")]
    hidden = [variable for variable in asked if masking.hidden(variable.name, by=reader.by)]
    return ComponentView(
        key,
        title,
        tuple(subject for subject in shown if subject.total),
        tuple(values.label(variable, language=reader.language) for variable in hidden),
        closed=len(hidden) == len(asked),
    )


def _of(component: str, level: dictionary.Level) -> list[Variable]:
    return [
        variable
        for variable in dictionary.by_name(level=level).values()
        if variable.component == component and variable.name not in SHOWN_ELSEWHERE
    ]


def _hidden(variable: Variable, reader: Reader) -> bool:
    # How exactly a point was measured says something of the exact point alone.
    of_point = variable.name == "location_accuracy_m" and not reader.may(masking.POINT.permission)
    return of_point or masking.hidden(variable.name, by=reader.by)


def answers(subject: Subject, asked: Iterable[Variable], *, reader: Reader) -> Answers:
    """What is known and what is not, of the questions that the other answers make sense of and whose answers
    the reader may see."""
    known, unknown = [], []
    for variable in asked:
        if _hidden(variable, reader):
            continue
        value = subject.facts.get(variable.name)
        if value is not None and value != "":
            known.append(_item(subject, variable, value, reader))
        elif applies(variable, subject.facts, age=subject.age):
            unknown.append(values.label(variable, language=reader.language))
    return Answers(subject.name, tuple(known), tuple(unknown))


def _item(subject: Subject, variable: Variable, value: Any, reader: Reader) -> Item:
    label = values.label(variable, language=reader.language)
    cover = masking.covers().get(variable.name)
    if cover is not None and cover.mask is not None:
        asked = Asked(subject.family, variable.name, subject.person)
        button = variable.name not in ASKED_ELSEWHERE
        covered = showing.covered(asked, str(value), reader=reader, button=button)
        return Item(label, covered.masked, covered)
    if cover is not None and cover.coarse and not reader.may(cover.permission):
        # More decimals than the cell is wide would look like the house.
        rough = formatting.number(value, decimals=2, language=reader.language)
        return Item(label, gettext("{value} (perkiraan)").format(value=rough))
    return Item(label, values.text(variable, value, language=reader.language))


def completeness(shown: Sequence[ComponentView]) -> tuple[int, int]:
    """How many of the questions that apply are answered: (answered, asked). Of what the reader may see:
    else the difference would tell of the rest."""
    return sum(view.filled for view in shown), sum(view.total for view in shown)
