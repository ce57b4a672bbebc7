"""Events as pages and workbooks show them: in words, by the clock of their area, people by key alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext

from dtks.delivery.audit.purposes import PURPOSES as ASKED_FOR
from dtks.delivery.workspace.purposes import PURPOSES
from dtks.foundation.accounts import listing as accounts
from dtks.foundation.accounts.officer_texts import role_name
from dtks.foundation.areas import queries as areas
from dtks.foundation.areas.domain import timezone_of
from dtks.foundation.ledger import acts
from dtks.foundation.ledger.domain import CITIZEN_ROLE, SYSTEM_ROLE
from dtks.foundation.ledger.searching import Found, Place
from dtks.foundation.ui.formatting import ZONES

_SHORT = 8


@dataclass(frozen=True, slots=True)
class Line:
    """``who``: an officer by name, a citizen by key. ``local``: the time by the clock of ``zone``."""

    event: Found
    local: datetime
    zone: str
    text: str | Promise
    who: str
    role: str
    area: str
    purpose: str
    place: str

    @property
    def clock(self) -> str:
        """'24-11-2026 09.05.07 WIB'. No template's filter: it would turn to the server's zone."""
        return f"{self.local:%d-%m-%Y %H.%M.%S} {self.zone}"

    @property
    def subject(self) -> str:
        """The beginning of the subject's key: enough to tell one from another on a page."""
        return short(self.event.subject)

    @property
    def of_people(self) -> bool:
        """Whether it shows a list."""
        return bool(self.event.rows_root)


def of(events: Sequence[Found]) -> list[Line]:
    """Two queries, however many."""
    names = accounts.names(accounts={each.account for each in events if each.role != CITIZEN_ROLE})
    codes = {code for each in events for code in (each.area, each.role_area) if code}
    known = areas.names(codes=codes)
    return [_line(each, names, known) for each in events]


def _line(event: Found, names: dict[str, str], known: dict[str, str]) -> Line:
    zone = timezone_of(event.area) if event.area else "WIB"
    return Line(
        event=event,
        local=event.at.astimezone(ZONES[zone]),
        zone=zone,
        text=acts.text(event.action),
        who=_who(event, names),
        role=_role(event, known),
        area=known.get(event.area, event.area) or gettext("Seluruh Indonesia"),
        purpose=str(purpose_text(event.purpose)),
        place=str(Place(event.at, event.id)),
    )


def _who(event: Found, names: dict[str, str]) -> str:
    if event.role == CITIZEN_ROLE:
        return gettext("Warga {key}").format(key=short(event.account))
    if event.role == SYSTEM_ROLE:
        return gettext("Sistem")
    return names.get(event.account) or short(event.account)


def _role(event: Found, known: dict[str, str]) -> str:
    if event.role in ("", SYSTEM_ROLE, CITIZEN_ROLE):
        return ""
    place = known.get(event.role_area, event.role_area)
    return f"{role_name(event.role)}, {place}" if place else role_name(event.role)


def short(key: str) -> str:
    """A key's end: the beginning of one is a time, and alike for many."""
    return f"…{key[-_SHORT:]}" if len(key) > _SHORT + 1 else key


def purpose_text(purpose: str) -> str | Promise:
    """A purpose in words: of the lists from which one is chosen, else as it was written."""
    return PURPOSES.get(purpose) or ASKED_FOR.get(purpose) or purpose


def details(event: Found) -> list[tuple[str, str]]:
    """What else an event says: its details as the trail names them."""
    return [(name, _plain(value)) for name, value in sorted(event.detail.items())]


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
