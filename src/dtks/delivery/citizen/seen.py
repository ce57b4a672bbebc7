"""Who saw a citizen's data, when, what and why: the trail in plain words, without an officer's name."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from dtks.delivery.citizen.months import Window
from dtks.delivery.public import places
from dtks.delivery.workspace import purposes
from dtks.foundation.accounts.roles import ROLES
from dtks.foundation.areas import queries as areas
from dtks.foundation.areas.domain import AreaInfo
from dtks.foundation.ledger import queries as trail
from dtks.foundation.ledger.domain import CITIZEN_ROLE, SYSTEM_ROLE
from dtks.foundation.ledger.queries import EventLine
from dtks.foundation.privacy import files, trail_texts
from dtks.registration.registry import queries as registry

OWN_VIEW = "ledger.own"
"""The action of looking at this very page."""
MOST = 500


@dataclass(frozen=True, slots=True)
class Own:
    """Whose data it is: the person, the family and all in it, and where they live."""

    person: uuid.UUID
    family: uuid.UUID
    keys: frozenset[uuid.UUID]
    village: AreaInfo

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.village.timezone_name)


@dataclass(frozen=True, slots=True)
class Sight:
    """One line of the page."""

    at: datetime
    who: str
    office: str
    what: str
    whose: str
    why: str


@dataclass(frozen=True, slots=True)
class Month:
    """``name``: 'YYYY-MM'."""

    name: str
    lines: tuple[Sight, ...]


def own(person: uuid.UUID | None) -> Own | None:
    """What concerns this person; None when the register knows no such person in the scope in force."""
    found = registry.person(id=person) if person is not None else None
    if found is None:
        return None
    members = {each.person_id for each in registry.family(id=found.family_id).members}
    return Own(
        person=found.person_id,
        family=found.family_id,
        keys=frozenset({found.person_id, found.family_id, *members}),
        village=areas.get(code=found.village),
    )


def months(whose: Own, window: Window, *, account: str, english: bool) -> tuple[list[Month], bool]:
    """The newest first; and whether there is more than a page shows."""
    since, until = window.bounds(whose.zone)
    events = trail.touching(
        keys=whose.keys, village=whose.village.code, since=since, until=until, limit=MOST + 1
    )
    shown = [event for event in events[:MOST] if event.action != OWN_VIEW]
    offices = _offices(event.role_area for event in shown)
    lines = [
        Sight(
            at=event.at,
            who=_who(event, account=account, english=english),
            office=offices.get(event.role_area, event.role_area) if event.role in ROLES else "",
            what=trail_texts.said(event.action, event.kind),
            whose=_whose(event.subject, whose),
            why=str(_why(event, english=english)),
        )
        for event in shown
    ]
    by_month = groupby(lines, key=lambda line: line.at.astimezone(whose.zone).strftime("%Y-%m"))
    return [Month(name, tuple(group)) for name, group in by_month], len(events) > MOST


def _who(event: EventLine, *, account: str, english: bool) -> str:
    if event.account == account:
        return _("Anda sendiri")
    if event.role == CITIZEN_ROLE:
        return _("Anggota keluarga, lewat akunnya sendiri")
    if event.role == SYSTEM_ROLE:
        return _("Sistem, tanpa petugas")
    role = ROLES.get(event.role)
    return (role.name_en if english else role.name_id) if role else event.role


def _offices(codes: Iterable[str]) -> dict[str, str]:
    """Code → where that office is."""
    paths = areas.paths(codes={code for code in codes if code})
    return {"": _("tingkat nasional"), **{code: places.whole(path) for code, path in paths.items()}}


def _whose(subject: str, whose: Own) -> str:
    if subject == str(whose.person):
        return _("Anda")
    if subject == str(whose.family):
        return _("keluarga Anda")
    if subject in {str(key) for key in whose.keys}:
        return _("anggota keluarga Anda")
    return _("keluarga Anda, di antara yang lain dalam daftar")


def _why(event: EventLine, *, english: bool) -> str | Promise:
    """The purpose. What an officer wrote in free words may name others, so it is not repeated here."""
    code = event.purpose.partition(":")[0]
    if code == purposes.OTHER:
        return _(
            "Keperluan lain yang ditulis petugas; mintalah keterangannya kepada pejabat pelindungan data"
        )
    if code in purposes.PURPOSES:
        return purposes.PURPOSES[code]
    if code in files.purposes():
        return files.purposes()[code].name["en" if english else "id"]
    return _("Tugas peran itu; keperluan khusus tidak ditanyakan")
