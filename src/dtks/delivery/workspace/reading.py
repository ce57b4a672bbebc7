"""What the trail keeps of reading: that families were opened, listed, looked for or taken along.

One event for a page, whatever its length: how many, and a digest of their keys, by which it can be proven
later whether a family was among them. Never what was typed.
"""

from __future__ import annotations

import uuid

from dtks.delivery.workspace.filters import Filters
from dtks.delivery.workspace.listing import Listing
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger.domain import Actor, Event

_NUMBER_LENGTH = 16


def family_opened(*, by: Actor, family: uuid.UUID, area: str) -> None:
    """A family's page was opened."""
    ledger.record(Event("registry.read_family", kind="family", subject=str(family), area=area), by=by)


def listed(*, by: Actor, view: Filters, found: Listing) -> None:
    """A page of the list was shown, and what was looked for by it."""
    events = []
    if view.text:
        kind = kind_of_search(view.text)
        events.append(Event("registry.search", kind=kind, area=view.area, count=found.total))
    if found.rows:
        events.append(_of_rows("registry.list_families", view, found))
    if events:
        ledger.record(*events, by=by)


def exported(*, by: Actor, view: Filters, found: Listing) -> None:
    """The list was downloaded."""
    search = [Event("registry.search", kind=kind_of_search(view.text), area=view.area, count=found.total)]
    ledger.record(*(search if view.text else []), _of_rows("registry.export_families", view, found), by=by)


def kind_of_search(text: str) -> str:
    """'number' for a NIK or KK number, else 'name'."""
    digits = "".join(text.split())
    return "number" if len(digits) == _NUMBER_LENGTH and digits.isdigit() else "name"


def _of_rows(action: str, view: Filters, found: Listing) -> Event:
    detail = {"total": found.total, "page": found.page}
    rows = tuple(row.id for row in found.rows)
    return Event(action, kind="family", area=view.area, count=len(rows), detail=detail, rows=rows)
