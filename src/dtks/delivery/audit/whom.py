"""Whom a search is about: from a number or a key to the keys under which the trail knows somebody."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from dtks.foundation.accounts import listing as accounts
from dtks.foundation.areas.domain import ancestors_of
from dtks.foundation.kernel.masking import mask_number
from dtks.foundation.ledger.searching import Found
from dtks.registration.registry import queries as registry
from dtks.registration.registry.domain import FamilyRow, PersonRow
from dtks.registration.registry.errors import FamilyNotFound

_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Whom:
    """``kind``: 'person', 'family', or 'key' for anything else that the trail speaks of (a case, an import,
    an account). ``subject``: the one key that stands for them, '' when nobody was found."""

    kind: str
    subject: str
    subjects: tuple[str, ...] = ()
    keys: tuple[uuid.UUID, ...] = ()
    shown_in: tuple[str, ...] = ()


NOBODY = Whom("number", "")


def of(text: str) -> Whom:
    """Whom a typed text means: a NIK, a KK number, or a key. `NOBODY`: a number that nobody bears here."""
    digits = "".join(text.split())
    if digits.isascii() and digits.isdigit() and len(digits) == _DIGITS:
        return _of_number(digits)
    try:
        key = uuid.UUID(text.strip())
    except ValueError:
        return Whom("key", text.strip()[:64], (text.strip()[:64],))
    person = registry.person(id=key)
    if person is not None:
        return _of_person(person)
    return _of_family(key) or Whom("key", str(key), (str(key),), (key,))


def _of_number(digits: str) -> Whom:
    people = registry.people(text=digits, limit=2)
    if people:
        # A NIK that two people bear is looked for as both: the trail must not hide one of them.
        found = [_of_person(each) for each in people]
        return Whom(
            "person",
            found[0].subject,
            tuple(dict.fromkeys(key for each in found for key in each.subjects)),
            tuple(dict.fromkeys(key for each in found for key in each.keys)),
            tuple(dict.fromkeys(code for each in found for code in each.shown_in)),
        )
    rows = registry.families(search=digits, limit=1).rows
    return (_of_family(rows[0].family_id) if rows else None) or NOBODY


def _of_person(person: PersonRow) -> Whom:
    # Who opened or listed the family saw the person.
    keys = (person.person_id, person.family_id)
    return Whom("person", str(person.person_id), tuple(map(str, keys)), keys, _around(person.village))


def _of_family(key: uuid.UUID) -> Whom | None:
    try:
        page = registry.family(id=key)
    except FamilyNotFound:
        return None
    keys = (key, *(member.person_id for member in page.members))
    village = str(page.facts.get("domicile_village") or page.facts.get("village") or "")
    return Whom("family", str(key), tuple(map(str, keys)), keys, _around(village))


def _around(village: str) -> tuple[str, ...]:
    """The areas whose lists show people of the village; () for an unknown one: all."""
    return ("", *ancestors_of(village)) if village else ()


@dataclass(frozen=True, slots=True)
class Shown:
    """Whom a key stands for, in words. ``kind``: 'person', 'family', 'officer'. ``number``: masked NIK or KK
    number; ``family``: whose page tells more."""

    kind: str
    name: str
    number: str = ""
    village: str = ""
    family: uuid.UUID | None = None


def shown(event: Found) -> Shown | None:
    """Whom an event is about, by name; None: nobody in the reader's area, and no officer."""
    try:
        key = uuid.UUID(event.subject)
    except ValueError:
        return None
    person = registry.person(id=key)
    if person is not None:
        return Shown("person", person.name or "", _masked(person.nik), person.village, person.family_id)
    rows: tuple[FamilyRow, ...] = tuple(registry.families(ids=[key], limit=1).rows)
    if not rows:
        officer = accounts.names(accounts=[str(key)]).get(str(key))
        return Shown("officer", officer) if officer else None
    family = rows[0]
    return Shown("family", family.head_name or "", _masked(family.kk_number), family.village, key)


def _masked(number: str | None) -> str:
    return mask_number(number) if number else ""
