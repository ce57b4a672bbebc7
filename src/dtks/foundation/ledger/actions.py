"""The seam: every action, and every reading of personal data, says here what it did."""

from __future__ import annotations

from django.utils import timezone

from dtks.foundation.kernel.area_codes import number_of
from dtks.foundation.ledger.domain import Actor, Event
from dtks.foundation.ledger.models import LedgerEvent


def record(*events: Event, by: Actor) -> None:
    """Store the events in the caller's transaction. One statement, however many.

    An event without an area of its own happened in the area of the actor's role.
    """
    now = timezone.now()
    LedgerEvent.objects.bulk_create(
        LedgerEvent(
            at=now,
            account=by.account[:64],
            role=by.role,
            role_area=by.area,
            grant=by.grant,
            action=event.action,
            kind=event.kind,
            subject=event.subject,
            area=event.area or by.area,
            area_number=number_of(event.area or by.area),
            purpose=(event.purpose or by.purpose)[:200],
            count=event.count,
            before=event.before,
            after=event.after,
            detail=dict(event.detail or {}),
        )
        for event in events
    )
