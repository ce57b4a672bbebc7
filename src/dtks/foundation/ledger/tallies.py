"""What the trail tells of some hours in figures, account by account: counted by the database, for those who
watch over it. The scope in force bounds every answer. Officers alone: neither citizens nor the program."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Count, Q, QuerySet

from dtks.foundation.ledger.domain import CITIZEN_ROLE, SYSTEM_ROLE
from dtks.foundation.ledger.models import LedgerEvent

AT_ONCE = 500
"""Keys in one statement."""


@dataclass(frozen=True, slots=True)
class Tally:
    """One account in one role. ``subjects``: how many different keys its events are about."""

    account: str
    role: str
    area: str
    action: str
    events: int
    subjects: int


@dataclass(frozen=True, slots=True)
class Touch:
    """An account had to do with a key."""

    account: str
    role: str
    area: str
    subject: str


def counted(
    *, actions: Collection[str], since: datetime, until: datetime, kinds: Collection[str] = ()
) -> list[Tally]:
    """How often each account did each of these, ``since`` included, ``until`` not. One query."""
    rows = _officers(since, until).filter(action__in=actions)
    if kinds:
        rows = rows.filter(kind__in=kinds)
    found = rows.values_list("account", "role", "role_area", "action").annotate(
        Count("id"), Count("subject", distinct=True)
    )
    return [Tally(*row) for row in found.order_by("account", "role", "role_area", "action")]


def touches(
    *,
    actions: Collection[str],
    since: datetime,
    until: datetime,
    accounts: Collection[str] | None = None,
    subjects: Collection[str] | None = None,
) -> Iterator[Touch]:
    """Which account had to do with which key, each pair once; only those given, by groups of `AT_ONCE`."""
    name, wanted = ("account", accounts) if accounts is not None else ("subject", subjects)
    for group in _groups(sorted(set(wanted or ()))):
        rows = _officers(since, until).filter(**{f"{name}__in": group}, action__in=actions)
        found = rows.exclude(subject="").values_list("account", "role", "role_area", "subject").distinct()
        for row in found.order_by("account", "subject"):
            yield Touch(*row)


def events_of(
    *,
    account: str,
    actions: Collection[str],
    spans: Collection[tuple[datetime, datetime]],
    subjects: Collection[str] = (),
    limit: int,
) -> list[int]:
    """The keys of the first events of an account in these spans of time (about these keys)."""
    when = Q()
    for since, until in spans:
        when |= Q(at__gte=since, at__lt=until)
    rows = LedgerEvent.objects.filter(when, account=account, action__in=actions)
    if subjects:
        rows = rows.filter(subject__in=list(subjects)[:AT_ONCE])
    return list(rows.order_by("at", "id").values_list("pk", flat=True)[:limit])


def _officers(since: datetime, until: datetime) -> QuerySet[LedgerEvent]:
    rows = LedgerEvent.objects.filter(at__gte=since, at__lt=until)
    return rows.exclude(role__in=(CITIZEN_ROLE, SYSTEM_ROLE))


def _groups(values: list[Any]) -> Iterator[list[Any]]:
    rest = iter(values)
    while group := list(islice(rest, AT_ONCE)):
        yield group
