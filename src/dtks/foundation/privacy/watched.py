"""People whose data are watched over: a sealed list of keys. A name or a number is never kept in it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from dtks.foundation.accounts import citizens
from dtks.foundation.accounts.allowed import need
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.kernel.area_codes import number_of
from dtks.foundation.kernel.masking import holds_number
from dtks.foundation.ledger.actions import record
from dtks.foundation.ledger.domain import Actor, Event
from dtks.foundation.privacy import residents
from dtks.foundation.privacy.errors import (
    DecisionIncomplete,
    NobodyToWatch,
    TooManyWatched,
    WatchNotFound,
)
from dtks.foundation.privacy.models import WatchedPerson

MOST = 500
"""In the whole of a scope: each is opened at each look."""
SHORTEST, LONGEST = 10, 200


@dataclass(frozen=True, slots=True)
class Line:
    """One watch as the list shows it: never who it is."""

    id: uuid.UUID
    area: str
    reason: str
    added_at: datetime


def reason_of(text: str) -> str:
    """The reason without blanks around it. Raises DecisionIncomplete: too short, or with a number."""
    reason = " ".join(text.split())[:LONGEST]
    if len(reason) < SHORTEST or holds_number(reason):
        raise DecisionIncomplete()
    return reason


def add(*, by: Actor, nik: str, reason: str) -> uuid.UUID:
    """Watch over the person who bears the NIK, and the family. Somebody watched already stays so.

    Raises:
        NotAllowed, DecisionIncomplete, NobodyToWatch: in this scope. TooManyWatched.
    """
    need(by, Permission.PRIVACY)
    told = reason_of(reason)
    match = citizens.register().known(nik=nik)
    resident = residents.register().find(match.person) if match else None
    if resident is None:
        raise NobodyToWatch()
    keys = [str(resident.person), str(resident.family)]
    standing = list(_standing())
    for each in standing:
        if each.keys == keys:
            return each.pk
    if len(standing) >= MOST:
        raise TooManyWatched(most=MOST)
    row = WatchedPerson(
        area=resident.village, area_number=number_of(resident.village), keys=keys, reason=told,
        added_at=timezone.now(), added_by=by.account,
    )  # fmt: skip
    with transaction.atomic():
        row.save(force_insert=True)
        # Of the row, not of the person: the trail must not tell who is on the list.
        record(Event("privacy.watch.add", kind="watch", subject=str(row.pk), area=row.area), by=by)
    return row.pk


def end(*, by: Actor, watch: uuid.UUID) -> None:
    """Watch no longer; whose keys they were is forgotten. Raises NotAllowed, WatchNotFound."""
    need(by, Permission.PRIVACY)
    with transaction.atomic():
        row = _standing().select_for_update().filter(pk=watch).first()
        if row is None:
            raise WatchNotFound()
        row.keys, row.ended_at, row.ended_by = [], timezone.now(), by.account
        row.save(update_fields=["keys", "ended_at", "ended_by"])
        record(Event("privacy.watch.end", kind="watch", subject=str(row.pk), area=row.area), by=by)


def listed(*, by: Actor) -> list[Line]:
    """The watches in scope, the newest first; the reading is recorded. Raises NotAllowed."""
    need(by, Permission.PRIVACY)
    found = [Line(row.pk, row.area, row.reason, row.added_at) for row in _standing()]
    if found:
        record(Event("privacy.watch.list", kind="watch", count=len(found)), by=by)
    return found


def standing_keys() -> list[str]:
    """The keys of all who are watched in the scope in force."""
    return sorted({key for row in _standing() for key in row.keys})


def _standing() -> QuerySet[WatchedPerson]:
    return WatchedPerson.objects.filter(ended_at__isnull=True).order_by("-added_at", "-id")
