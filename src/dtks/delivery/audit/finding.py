"""From the filters of a page to the events that it shows, and what the trail keeps of the asking."""

from __future__ import annotations

import uuid
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

from dtks.delivery.audit import filters, whom
from dtks.delivery.audit.filters import Filters
from dtks.delivery.audit.whom import Whom
from dtks.foundation.accounts import listing as accounts
from dtks.foundation.accounts import searches
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger import acts, searching
from dtks.foundation.ledger.domain import Actor, Event
from dtks.foundation.ledger.searching import Page, Place, Wanted


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page asks for. ``whom_text``, ``officer_text``: as they were typed; ``ended``: the session has
    forgotten one of them; ``whom``: None when nobody was asked for."""

    view: Filters
    whom_text: str = ""
    officer_text: str = ""
    ended: bool = False
    whom: Whom | None = None


def asked(view: Filters, session: MutableMapping[str, Any]) -> Asked:
    """The filters with what was typed."""
    typed, officer = searches.text_of(session, view.whom), searches.text_of(session, view.officer)
    if typed is None or officer is None:
        return Asked(view, typed or "", officer or "", ended=True)
    return Asked(view, typed, officer, whom=whom.of(typed) if typed else None)


def found(of: Asked, *, zone: str, limit: int) -> Page:
    """The events of the page; none where the search has ended, or asks for nobody that there is."""
    if of.ended or of.whom == whom.NOBODY:
        return Page(())
    view = of.view
    return searching.search(
        wanted=Wanted(
            subjects=of.whom.subjects if of.whom else (),
            keys=of.whom.keys if of.whom else (),
            shown_in=of.whom.shown_in if of.whom else (),
            accounts=_accounts(of.officer_text),
            actions=acts.of_group(view.group),
            area=view.area,
            since=filters.moment(view.since, zone),
            until=filters.moment(view.until, zone),
            after=Place.parse(view.after),
        ),
        limit=limit,
    )


def _accounts(text: str) -> tuple[str, ...]:
    """Who may be meant: officers by name, and the text itself (a key, 'system', 'cli')."""
    return (text, *accounts.keys_named(text=text)) if text else ()


def record_reading(action: str, of: Asked, page: Page, *, by: Actor) -> None:
    """The trail keeps who asked it for what, and whose keys were on the page."""
    view = of.view
    narrowed = [name for name, field in filters.PARAMETERS.items() if getattr(view, field)]
    event = Event(
        action, kind=of.whom.kind if of.whom else "ledger", subject=of.whom.subject if of.whom else "",
        area=view.area, count=len(page.events), detail={"filters": narrowed}, rows=_people(page),
    )  # fmt: skip
    ledger.record(event, by=by)


def _people(page: Page) -> tuple[uuid.UUID, ...]:
    keys = []
    for each in page.events:
        try:
            keys.append(uuid.UUID(each.subject))
        except ValueError:
            continue
    return tuple(keys)
