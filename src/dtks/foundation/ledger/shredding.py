"""Erasure: the text of an event goes, its place in the log stays.

The log holds salted digests. Once an event's text and salt are gone, its digest tells nothing and still
stands where it stood: every root and every proof of other events holds as before. That somebody shredded,
what and why is itself an event, and without one `verify` calls the gap what it is: an event that is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import OperationalError, transaction

from dtks.foundation.ledger import actions, sequencing
from dtks.foundation.ledger.bulk import shredding as table
from dtks.foundation.ledger.bulk.whole import as_bytes
from dtks.foundation.ledger.domain import TEXT_FIELDS, Actor, Event, entry_of, text_of
from dtks.foundation.ledger.errors import (
    EventChanged,
    EventPending,
    EventShredded,
    EventUnknown,
    ReasonMissing,
    ShredStays,
    TrailBusy,
    TrailNotOwned,
    TrailUnprotected,
)
from dtks.foundation.ledger.models import LedgerEvent, LedgerLeaf
from dtks.foundation.scope.current import require

ACTION = "ledger.shred"
AT_ONCE = 500
"""Events that one event of shredding names."""
LONGEST_REASON = 200


def shred(*, events: Iterable[int], reason: str, by: Actor) -> list[int]:
    """Delete what these events say, for good; returns their numbers. All of them or none.

    On PostgreSQL the default connection must be the owner's (`scope.installing.as_owner`).

    Raises:
        EventUnknown, EventPending, EventShredded, ShredStays: one of them cannot be shredded.
        EventChanged: one of them is not what the log holds; its row is evidence.
        ReasonMissing, TrailNotOwned, TrailUnprotected, TrailBusy. OutsideScope, ScopeMissing.
    """
    require("")
    reason, wanted = reason.strip(), sorted(set(events))
    if not 0 < len(reason) <= LONGEST_REASON:
        raise ReasonMissing(most=LONGEST_REASON)
    if not table.owns():
        raise TrailNotOwned()
    if missing := table.unprotected():
        raise TrailUnprotected(tables=", ".join(missing))
    sequencing.integrate()
    try:
        with transaction.atomic(), table.unlocked():
            for first in range(0, len(wanted), AT_ONCE):
                _shred(wanted[first : first + AT_ONCE], by.for_purpose(reason))
    except OperationalError as problem:
        if not table.waited_in_vain(problem):
            raise
        raise TrailBusy() from problem
    sequencing.integrate()  # the witnesses are to see the shredding, too
    table.empty_the_log()
    return wanted


def _shred(events: Sequence[int], by: Actor) -> None:
    entries = dict(LedgerLeaf.objects.filter(event__in=events).values_list("event", "entry"))
    rows = {row["id"]: row for row in _rows(LedgerEvent.objects.filter(pk__in=events))}
    for event in events:
        row, entry = rows.get(event), entries.get(event)
        if row is None:
            raise EventUnknown(event=event) if entry is None else EventShredded(event=event)
        if entry is None:
            raise EventPending(event=event)
        if row["action"] == ACTION:
            raise ShredStays(event=event)
        if not _fits(row, as_bytes(entry)):
            raise EventChanged(event=event)
    # By its digest as well: the number of an event is not in the tree.
    named = {str(event): as_bytes(entries[event]).hex() for event in events}
    actions.record(Event(ACTION, kind="ledger", count=len(named), detail={"events": named}), by=by)
    table.delete(events)


@dataclass(slots=True)
class Shreds:
    """What events of shredding name. Read when it is first asked for, and on from there when something is not
    found: shredding goes on while somebody verifies. Memory: some 200 bytes an event that was shredded."""

    _last: int = 0
    _by_entry: dict[bytes, tuple[int, int]] = field(default_factory=dict)

    def of(self, wanted: Sequence[tuple[int, bytes]]) -> dict[int, int]:
        """Event → the event of shredding that names it, for those of ``wanted`` (event, entry) that one
        names."""
        if any(entry not in self._by_entry for _, entry in wanted):
            self._read()
        found = {event: self._by_entry.get(entry) for event, entry in wanted}
        return {event: named[1] for event, named in found.items() if named and named[0] == event}

    def _read(self) -> None:
        later = LedgerEvent.objects.filter(pk__gt=self._last, action=ACTION).order_by("pk")
        for row in _rows(later):
            self._last = row["id"]
            leaf = LedgerLeaf.objects.filter(event=row["id"]).values_list("entry", flat=True).first()
            # One that says something else than the tree holds excuses nothing.
            if not _fits(row, as_bytes(row["entry"] if leaf is None else leaf)):
                continue
            for event, entry in row["detail"].get("events", {}).items():
                self._by_entry[bytes.fromhex(entry)] = int(event), row["id"]


def _rows(events: Any) -> Iterable[dict[str, Any]]:
    yield from events.values("id", *TEXT_FIELDS, "salt", "entry").iterator()


def _fits(row: dict[str, Any], entry: bytes) -> bool:
    try:
        return entry_of(salt=as_bytes(row["salt"]), text=text_of(row)) == entry
    except (AttributeError, TypeError, ValueError):  # SQLite keeps whatever somebody writes there
        return False
