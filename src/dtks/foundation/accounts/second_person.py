"""What one person alone must not do to somebody's way in: it is asked for, and another does it within a day.

Requests lie beyond every area but the whole country's. Whoever calls has found the account in the actor's
area and seen that it is theirs to change (`standing_rows`): that is what opens its request here.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from dtks.foundation.accounts import standing_rows as rows
from dtks.foundation.accounts.models import Account, ResetRequest
from dtks.foundation.kernel.ids import new_id
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger.domain import SYSTEM_ROLE, Actor

REQUEST_LASTS = timedelta(hours=24)


def waiting(account: Account, what: str) -> ResetRequest | None:
    """The request that waits for a second person, locked until the transaction ends.

    What nobody confirmed within a day is void: who asked may have forgotten it, or have been stopped.
    """
    with rows.everywhere():
        asked = ResetRequest.objects.select_for_update().filter(account=account, what=what, done_at=None)
        end_void(asked)
        return asked.first()


def end_void(asked: QuerySet[ResetRequest] | None = None) -> int:
    """End the requests (of these) that nobody confirmed in time; what they held of a person goes."""
    now = timezone.now()
    with rows.everywhere():
        every = ResetRequest.objects.filter(done_at=None) if asked is None else asked
        return every.filter(requested_at__lt=_oldest(now)).update(done_at=now, subject=None)


def _oldest(now: datetime) -> datetime:
    return now - REQUEST_LASTS


def is_another(by: Actor, request: ResetRequest) -> bool:
    """Whether the actor is a second person: not the one who asked, under no account of theirs. Whoever runs
    commands on the server goes by no name, and so is nobody's second."""
    if by.role == SYSTEM_ROLE or request.requested_by == by.account[:64]:
        return False
    asker = Account.objects.filter(pk=request.requested_by).first() if _is_key(request.requested_by) else None
    return asker is None or not _is_key(by.account) or uuid.UUID(by.account) not in rows.same_person(asker)


def _is_key(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def ask(by: Actor, account: Account, what: str, reason: str, **about: Any) -> None:
    """Ask for it, instead of whatever was asked for before; in the trail. ``about``: further columns."""
    old = waiting(account, what)
    with rows.everywhere():
        if old is not None:
            close(old, by)
        ResetRequest.objects.create(
            id=new_id(), area_number=0, account=account, what=what, requested_at=timezone.now(),
            requested_by=by.account[:64], **about,
        )  # fmt: skip
    told = {"institution": about["institution"]} if "institution" in about else {}
    ledger.record(rows.account_event(f"request_{what}", account, reason=reason, **told), by=by)


def close(request: ResetRequest, by: Actor) -> None:
    """The request was followed, declined or replaced; what it held of a person goes."""
    request.done_at, request.done_by, request.subject = timezone.now(), by.account[:64], None
    with rows.everywhere():
        request.save(update_fields=["done_at", "done_by", "subject"])


def agreed(by: Actor, account: Account, what: str, reason: str) -> bool:
    """Whether a reset may be done now. Whoever runs the system is not reset by one person alone: the first
    call asks for it, another person's call does it."""
    held = rows.held_by([account.pk], timezone.localdate())
    if by.role == SYSTEM_ROLE or not any(each.role == rows.ADMINISTRATOR for each in held):
        return True
    request = waiting(account, what)
    if request is None:
        ask(by, account, what, reason)
        return False
    if not is_another(by, request):
        return False
    close(request, by)
    return True
