"""A number or name in full: who may ask for it, how it is asked for, and for how long it is seen.

A page shows it masked. Asking names a purpose; the trail keeps who asked for what, of whom and why, and
never the value. Without a script the page is loaded anew and shows the value that one time.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from dtks.delivery.workspace import masking
from dtks.determination.programmes.domain import Language
from dtks.foundation.accounts.domain import may
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.accounts.signing_in.limits import Rule
from dtks.foundation.ledger.domain import Actor
from dtks.registration.registry.domain import FamilyPage

ONCE = "workspace_shown_once"
"""Session key: what the next opening of a family's page shows in full (never the value itself)."""
SECONDS = 60
"""So long a value stays on the screen."""
LIMIT = Rule("show", tries=60, seconds=60 * 60, block=30 * 60)
"""What one officer may ask for in an hour."""
ADDRESSES = {
    Permission.NUMBER_SHOW: "workspace:show_number",
    Permission.CONTACT_SHOW: "workspace:show_contact",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One value: a variable of the family, or of one of its members."""

    family: uuid.UUID
    variable: str
    person: uuid.UUID | None = None

    @property
    def subject(self) -> uuid.UUID:
        """Whom the value is about."""
        return self.person or self.family


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a family's page, in which language, with what is shown in full just now (``once``)."""

    by: Actor
    language: Language
    once: Asked | None = None
    back: str = ""
    """The filters of the list that the reader came from, as a query string."""

    def may(self, permission: Permission) -> bool:
        return may(self.by, permission)


@dataclass(frozen=True, slots=True)
class Covered:
    """A masked value as the template shows it. ``address``: where the whole is asked for ('' for those who
    may not); ``whole``: the value itself where it is shown just now."""

    masked: str
    address: str = ""
    whole: str = ""
    seconds: int = SECONDS


def covered(asked: Asked, value: str, *, reader: Reader, button: bool = True) -> Covered:
    """How this value appears on the page; without ``button`` it stays masked."""
    whole = value if button and reader.once == asked else ""
    allowed = button and masking.can_ask(asked.variable, by=reader.by)
    return Covered(
        masked=masking.masked(asked.variable, value),
        address=address(asked, back=reader.back) if allowed and not whole else "",
        whole=whole if allowed else "",
    )


def address(asked: Asked, *, back: str = "") -> str:
    """Where the whole of a masked value is asked for."""
    cover = masking.covers()[asked.variable]
    wanted = {"isi": asked.variable, **({"orang": str(asked.person)} if asked.person else {})}
    query = urlencode(wanted) + (f"&{back}" if back else "")
    return f"{reverse(ADDRESSES[cover.permission], args=[asked.family])}?{query}"


def value_of(page: FamilyPage, asked: Asked) -> str | None:
    """The value that was asked for; None when the family has no such member or no such answer."""
    if asked.person is None:
        facts: dict[str, Any] = page.facts
    else:
        found = (member.facts for member in page.members if member.person_id == asked.person)
        facts = next(found, {})
    value = facts.get(asked.variable)
    return value if isinstance(value, str) and value else None


def keep_once(session: MutableMapping[str, Any], asked: Asked) -> None:
    """The next opening of the family's page, if it comes soon, shows this value."""
    person = str(asked.person) if asked.person else ""
    session[ONCE] = [str(asked.family), asked.variable, person, time.time()]


def take_once(session: MutableMapping[str, Any], family: uuid.UUID) -> Asked | None:
    """What is to be shown in full on this family's page now; it is forgotten by that."""
    if ONCE not in session:
        return None
    kept, variable, person, at = session.pop(ONCE)
    if kept != str(family) or time.time() - at > SECONDS:
        return None
    return Asked(family, variable, uuid.UUID(person) if person else None)
