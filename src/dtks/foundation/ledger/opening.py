"""Events opened for whoever checks them elsewhere: the text and salt that the log's entry is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dtks.foundation.ledger import actions, searching
from dtks.foundation.ledger.bulk import whole
from dtks.foundation.ledger.domain import TEXT_FIELDS, Actor, Event, text_of
from dtks.foundation.ledger.models import LedgerEvent


@dataclass(frozen=True, slots=True)
class Opened:
    """``index``: its place in the log, None while it waits. ``keys``: of its list, 16 bytes each."""

    event: int
    index: int | None
    salt: bytes
    text: str
    keys: bytes


def opened(*, events: Sequence[int], by: Actor, lists: bool = True) -> list[Opened]:
    """Those of the events that the scope in force holds, in the order of their numbers. The reading is
    recorded. ``lists``: with the keys of their lists; memory is that of these."""
    stored = LedgerEvent.objects.filter(pk__in=events).order_by("pk").values("id", *TEXT_FIELDS, "salt")
    rows = list(stored)
    if not rows:
        return []
    places = searching.places(events=[row["id"] for row in rows])
    keys = dict(whole.lists([row["id"] for row in rows if row["rows_root"]])) if lists else {}
    subject = str(rows[0]["id"]) if len(rows) == 1 else ""
    area = rows[0]["area"] if len(rows) == 1 else ""
    actions.record(Event("ledger.prove", kind="ledger", subject=subject, area=area, count=len(rows)), by=by)
    return [
        Opened(row["id"], places.get(row["id"]), bytes(row["salt"]), text_of(row), keys.get(row["id"], b""))
        for row in rows
    ]
