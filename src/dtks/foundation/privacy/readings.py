"""Unusual readings as tasks: what waits, what it was, and what the officer decided."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from dtks.foundation.accounts import listing
from dtks.foundation.accounts.allowed import need
from dtks.foundation.accounts.roles import ROLES, Permission
from dtks.foundation.ledger import queries as trail
from dtks.foundation.ledger.actions import record
from dtks.foundation.ledger.domain import Actor, Event
from dtks.foundation.ledger.queries import EventLine
from dtks.foundation.privacy import breaches, unusual_rules
from dtks.foundation.privacy.errors import OwnReading, ReadingDecided, ReadingNotFound
from dtks.foundation.privacy.models import UnusualReading
from dtks.foundation.privacy.watched import reason_of

STATES = {"waiting": "", "usual": "usual", "incident": "incident"}
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One task. ``name``: of the officer, '' when no account bears the key any more."""

    id: uuid.UUID
    account: str
    name: str
    role: str
    rule: str
    day: date
    area: str
    figures: dict[str, int]
    decision: str
    reason: str
    decided_at: datetime | None
    breach: uuid.UUID | None


def waiting() -> int:
    """How many wait for a decision in the scope in force."""
    return UnusualReading.objects.filter(decision="").count()


def listed(*, by: Actor, state: str = "waiting", rule: str = "", page: int = 1) -> tuple[list[Line], bool]:
    """A page of tasks, the newest day first, and whether there are more. ``state``: of `STATES`, '' all. The
    reading is recorded. Raises NotAllowed."""
    need(by, Permission.PRIVACY)
    rows = UnusualReading.objects.order_by("-day", "rule", "id")
    if state in STATES:
        rows = rows.filter(decision=STATES[state])
    if rule:
        rows = rows.filter(rule=rule)
    first = (page - 1) * PAGE_SIZE
    found = list(rows[first : first + PAGE_SIZE + 1])
    shown = _lines(found[:PAGE_SIZE])
    if shown:
        record(Event("privacy.reading.list", kind="reading", count=len(shown)), by=by)
    return shown, len(found) > PAGE_SIZE


def get(*, by: Actor, reading: uuid.UUID) -> tuple[Line, list[EventLine]]:
    """One task with the events that met the rule, as far as they happened in scope; the look is recorded.

    Raises:
        NotAllowed, ReadingNotFound.
    """
    need(by, Permission.PRIVACY)
    row = _found(UnusualReading.objects.all(), reading)
    record(_event("read", row), by=by)
    return _lines([row])[0], trail.with_keys(ids=row.events)


def usual(*, by: Actor, reading: uuid.UUID, reason: str) -> None:
    """Decide that it was in order, and say why.

    Raises:
        NotAllowed, ReadingNotFound, ReadingDecided, OwnReading, DecisionIncomplete.
    """
    need(by, Permission.PRIVACY)
    told = reason_of(reason)
    with transaction.atomic():
        row = _to_decide(by, reading)
        _decide(row, UnusualReading.Decision.USUAL, told, by=by)


def incident(*, by: Actor, reading: uuid.UUID, reason: str) -> uuid.UUID:
    """Decide that it is a breach: it is entered with what is known, and its clock begins. Returns its key.

    Raises:
        NotAllowed, ReadingNotFound, ReadingDecided, OwnReading, DecisionIncomplete.
    """
    need(by, Permission.PRIVACY)
    told = reason_of(reason)
    with transaction.atomic():
        row = _to_decide(by, reading)
        row.breach = breaches.report(by=by, facts=_facts(row, told))
        _decide(row, UnusualReading.Decision.INCIDENT, told, by=by)
    return row.breach


def _facts(row: UnusualReading, reason: str) -> breaches.Facts:
    events = trail.with_keys(ids=row.events)
    subjects = {each.subject for each in events if each.subject}
    rule = unusual_rules.rules().get(row.rule)
    role = ROLES.get(row.role)
    name = rule.name.id if rule else row.rule
    return breaches.Facts(
        noticed_at=timezone.now(),
        what=f"Pembacaan data yang tidak wajar ({name}) pada {row.day:%d-%m-%Y}. {reason}",
        happened_from=events[0].at if events else None,
        happened_to=events[-1].at if events else None,
        how=f"Lewat akun petugas dengan peran {role.name_id if role else row.role}.",
        people=len(subjects) or None,
        areas=(row.area,) if row.area else (),
    )


def _to_decide(by: Actor, reading: uuid.UUID) -> UnusualReading:
    row = _found(UnusualReading.objects.select_for_update(), reading)
    if row.decision:
        raise ReadingDecided()
    if row.account == by.account:
        raise OwnReading()
    return row


def _decide(row: UnusualReading, decision: str, reason: str, *, by: Actor) -> None:
    row.decision, row.reason, row.decided_at, row.decided_by = decision, reason, timezone.now(), by.account
    row.save(update_fields=["decision", "reason", "decided_at", "decided_by", "breach"])
    record(_event("decide", row, detail={"decision": str(decision), "rule": row.rule}), by=by)


def _found(rows: QuerySet[UnusualReading], reading: uuid.UUID) -> UnusualReading:
    found = rows.filter(pk=reading).first()
    if found is None:
        raise ReadingNotFound()
    return found


def _event(action: str, row: UnusualReading, detail: dict[str, Any] | None = None) -> Event:
    return Event(
        f"privacy.reading.{action}", kind="reading", subject=str(row.pk), area=row.area, detail=detail
    )


def _lines(rows: list[UnusualReading]) -> list[Line]:
    names = listing.names(accounts={row.account for row in rows})
    return [
        Line(
            id=row.pk, account=row.account, name=names.get(row.account, ""), role=row.role, rule=row.rule,
            day=row.day, area=row.area, figures=row.figures, decision=row.decision, reason=row.reason or "",
            decided_at=row.decided_at, breach=row.breach,
        )
        for row in rows
    ]  # fmt: skip
