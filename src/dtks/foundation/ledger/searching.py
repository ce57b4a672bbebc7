"""Searching the trail page by page, the newest event first. The scope in force bounds every answer.

A page begins where the one before ended (`Place`), so the thousandth costs what the first one does.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from dtks.foundation.kernel.area_codes import number_of, span_of
from dtks.foundation.ledger.bulk import chosen
from dtks.foundation.ledger.models import LedgerEvent, LedgerLeaf
from dtks.foundation.ledger.queries import EventLine

MOST_LISTS = 20_000
"""So many lists are read for a key in one search: some 16 MB where each holds 50 people."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event stands among all by time: what a page begins after."""

    at: datetime
    id: int

    def __str__(self) -> str:
        """'microseconds since 1970'-'number': for an address."""
        return f"{(self.at - _EPOCH) // timedelta(microseconds=1)}-{self.id}"

    @classmethod
    def parse(cls, text: str) -> Place | None:
        """Read what `__str__` wrote; None for any other text."""
        micros, dash, number = text.partition("-")
        if not (dash and _natural(micros) and _natural(number)):
            return None
        return cls(_EPOCH + timedelta(microseconds=int(micros)), int(number))


def _natural(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events; all that is given must hold.

    ``subjects``: whom they speak of; ``keys``: also those whose list holds one of these, shown in an area
    with one of the codes ``shown_in`` (() any). ``area``: done there or inside it. ``since`` is included,
    ``until`` is not.
    """

    subjects: tuple[str, ...] = ()
    keys: tuple[uuid.UUID, ...] = ()
    shown_in: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    area: str = ""
    since: datetime | None = None
    until: datetime | None = None
    after: Place | None = None


@dataclass(frozen=True, slots=True)
class Found(EventLine):
    """An event and what of it only its own page shows."""

    id: int
    grant: str
    before: str
    after: str
    rows_root: str


@dataclass(frozen=True, slots=True)
class Page:
    """``more``: there are older ones. ``cut``: lists older than the newest `MOST_LISTS` were not read."""

    events: tuple[Found, ...]
    more: bool = False
    cut: bool = False


def search(*, wanted: Wanted, limit: int = 50) -> Page:
    """One page. One query; three where keys are looked for in lists."""
    found, cut = _within(wanted), False
    if wanted.subjects or wanted.keys:
        spoken_of = Q(subject__in=wanted.subjects)
        if wanted.keys:
            lists, cut = _lists(wanted, limit + 1)
            spoken_of |= Q(pk__in=lists)
        found = found.filter(spoken_of)
    rows = _found(found.order_by("-at", "-id")[: limit + 1])
    return Page(tuple(rows[:limit]), len(rows) > limit, cut)


def event(*, id: int) -> Found | None:
    """One event; None where the scope in force holds none of that number. One query."""
    return next(iter(_found(LedgerEvent.objects.filter(pk=id))), None)


def places(*, events: Sequence[int]) -> dict[int, int]:
    """{event: its index in the log} of those that were taken up. One query."""
    return dict(LedgerLeaf.objects.filter(event__in=events).values_list("event", "index"))


def _found(rows: QuerySet[LedgerEvent]) -> list[Found]:
    return [Found(**row) for row in rows.values(*Found.__dataclass_fields__)]


def _within(wanted: Wanted) -> QuerySet[LedgerEvent]:
    found = LedgerEvent.objects.all()
    if wanted.accounts:
        found = found.filter(account__in=wanted.accounts)
    if wanted.actions:
        found = found.filter(action__in=wanted.actions)
    if wanted.area:
        first, last = span_of(wanted.area)
        found = found.filter(area_number__gte=first, area_number__lt=last)
    if wanted.since:
        found = found.filter(at__gte=wanted.since)
    if wanted.until:
        found = found.filter(at__lt=wanted.until)
    if wanted.after:
        at, id = wanted.after.at, wanted.after.id
        # The first half is what an index is searched by; it follows from the second.
        found = found.filter(Q(at__lte=at) & (Q(at__lt=at) | Q(pk__lt=id)))
    return found


def _lists(wanted: Wanted, limit: int) -> tuple[list[int], bool]:
    """As `_within`, in the words of the table of lists."""
    terms: list[tuple[str, list[Any]]] = [("1 = 1", [])]
    for column, values in (("account", wanted.accounts), ("action", wanted.actions)):
        if values:
            terms.append((f"e.{column} IN ({', '.join(['%s'] * len(values))})", list(values)))
    if wanted.area:
        terms.append(("e.area_number >= %s AND e.area_number < %s", list(span_of(wanted.area))))
    adapted = connection.ops.adapt_datetimefield_value
    if wanted.since:
        terms.append(("e.at >= %s", [adapted(wanted.since)]))
    if wanted.until:
        terms.append(("e.at < %s", [adapted(wanted.until)]))
    if wanted.after:
        at = adapted(wanted.after.at)
        terms.append(("e.at <= %s AND (e.at < %s OR e.id < %s)", [at, at, wanted.after.id]))
    return chosen.newest_lists_with(
        wanted.keys,
        areas=sorted({number_of(code) for code in wanted.shown_in}),
        where=" AND ".join(term for term, _ in terms),
        values=[value for _, values in terms for value in values],
        look_at=MOST_LISTS,
        limit=limit,
    )
