"""What one person alone must not do to somebody's way in: it is asked for, and another does it within a day.

Requests lie beyond every area but the whole country's. Whoever calls has found the account in the actor's
area and seen that it is theirs to change (`standing_rows`): that is what opens its request here.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import QuerySet
from django.utils import timezone

from dtks.foundation.accounts import standing_rows as rows
from dtks.foundation.accounts.errors import RequestWaits, TooNewForTwo
from dtks.foundation.accounts.models import Account, Grant, ResetRequest
from dtks.foundation.accounts.signing_in.errors import NothingAsked, SecondPersonNeeded
from dtks.foundation.kernel.errors import DtksError
from dtks.foundation.kernel.ids import new_id
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger.domain import SYSTEM_ROLE, Actor

REQUEST_LASTS = timedelta(hours=24)
SETTLES_HOURS = 24
SETTLES = timedelta(hours=SETTLES_HOURS)
"""So long after its holder took it over (and the role was given) an account takes part in what needs two."""


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


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request as it is shown to somebody. ``refusal``: why the reader is no second person; None: is one."""

    id: uuid.UUID
    at: datetime
    until: datetime
    by: str
    refusal: DtksError | None

    @property
    def may_agree(self) -> bool:
        """Whether the reader is a second person."""
        return self.refusal is None

    @property
    def is_own(self) -> bool:
        """Whether the reader asked for it."""
        return isinstance(self.refusal, SecondPersonNeeded)


def shown(by: Actor, request: ResetRequest) -> Waiting:
    """The request, as the actor sees it."""
    until = request.requested_at + REQUEST_LASTS
    return Waiting(request.pk, request.requested_at, until, request.requested_by, refusal(by, request))


def refusal(by: Actor, request: ResetRequest) -> DtksError | None:
    """Why the actor may not agree to what another asked for; None: they may."""
    if by.role == SYSTEM_ROLE or not _is_another(by, request.requested_by):
        return SecondPersonNeeded()
    return TooNewForTwo(hours=SETTLES_HOURS) if is_too_new(by) else None


def is_too_new(by: Actor) -> bool:
    """Whether the account, or the role in which the actor acts, may still be in the hand of who made it.

    Both must be a day old, counted from when the holder took the account over: otherwise whoever makes
    accounts would make their own second person. It does not matter who made it: of two new accounts one
    would ask and the other agree. The server's command line is not asked.
    """
    if by.role == SYSTEM_ROLE:
        return False
    if not _is_key(by.account) or not _is_key(by.grant):
        return True
    latest = timezone.now() - SETTLES
    with rows.everywhere():
        settled = Account.objects.filter(pk=by.account, own_since__lte=latest)
        given = Grant.objects.filter(pk=by.grant, account=by.account, granted_at__lte=latest)
        return not (settled.exists() and given.exists())


def _is_another(by: Actor, other: str) -> bool:
    """Whether the actor is not the holder of the account ``other``, under no account of theirs. Whoever runs
    commands on the server goes by no name."""
    if other == by.account[:64]:
        return False
    asker = Account.objects.filter(pk=other).first() if _is_key(other) else None
    return asker is None or not _is_key(by.account) or uuid.UUID(by.account) not in rows.same_person(asker)


def _is_key(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def ask(by: Actor, account: Account, what: str, reason: str, **about: Any) -> None:
    """Ask for it, instead of whatever was asked for before; both in the trail. ``about``: further columns.

    Raises:
        TooNewForTwo.
    """
    if is_too_new(by):
        raise TooNewForTwo(hours=SETTLES_HOURS)
    old = waiting(account, what)
    if old is not None:
        close(old, by)
        at = {"institution": old.institution} if old.institution else {}
        ledger.record(rows.account_event("replace_request", account, what=what, **at), by=by)
    with rows.everywhere():
        ResetRequest.objects.create(
            id=new_id(), area_number=0, account=account, what=what, requested_at=timezone.now(),
            requested_by=by.account[:64], **about,
        )  # fmt: skip
    told = {"institution": about["institution"]} if "institution" in about else {}
    ledger.record(rows.account_event(f"request_{what}", account, reason=reason, **told), by=by)


def close(request: ResetRequest, by: Actor, *, followed: bool = False) -> None:
    """The request was followed, declined or replaced; what it held of a person goes."""
    request.done_at, request.done_by, request.subject = timezone.now(), by.account[:64], None
    request.followed = followed
    with rows.everywhere():
        request.save(update_fields=["done_at", "done_by", "subject", "followed"])


def close_all(account: Account, by: Actor) -> list[str]:
    """Drop everything that waits for the account. Value: what was asked for, in order."""
    found = [request for what in ResetRequest.What.values if (request := waiting(account, what)) is not None]
    for request in found:
        close(request, by)
    return sorted(request.what for request in found)


def in_use(account: Account) -> bool:
    """Whether somebody has ever been inside: then another way in would let a second person in."""
    return (
        account.last_login is not None
        or Authenticator.objects.filter(user=account).exists()
        or UserSession.objects.filter(user=account).exists()
    )


def runs_system(account: Account) -> bool:
    """Whether the account holds the role that runs the system."""
    held = rows.held_by([account.pk], timezone.localdate())
    return any(each.role == rows.ADMINISTRATOR for each in held)


def agreed(by: Actor, account: Account, what: str, reason: str, *, request: uuid.UUID | None = None) -> bool:
    """Whether a reset may be done now, which is then kept as done. False: it was asked for, and waits.

    Who runs the system is not reset by one person alone, nor are both password and factor of an account in
    use within a day. ``request``: the key of the request that the actor saw and agrees to; None: of none.

    Raises:
        NothingAsked: that request does not wait, or no more. RequestWaits: another's does, and was not seen.
        SecondPersonNeeded: the actor asked for it. TooNewForTwo.
    """
    waits = waiting(account, what)
    if by.role != SYSTEM_ROLE and request is not None:
        if waits is None or waits.pk != request:
            raise NothingAsked()
        if (problem := refusal(by, waits)) is not None:
            raise problem
    elif by.role != SYSTEM_ROLE and waits is not None:
        problem = refusal(by, waits)
        if not isinstance(problem, SecondPersonNeeded):
            raise problem or RequestWaits()
        return False
    elif by.role != SYSTEM_ROLE and (runs_system(account) or is_second_reset(by, account, what)):
        ask(by, account, what, reason)
        return False
    if waits is not None:
        close(waits, by, followed=True)
    elif in_use(account):
        keep_done(by, account, what)
    return True


def is_second_reset(by: Actor, account: Account, what: str) -> bool:
    """Whether the other of password and factor was reset within a day, and not by somebody else than the
    actor: both together let whoever resets them walk in."""
    password, factor = ResetRequest.What.PASSWORD, ResetRequest.What.SECOND_FACTOR
    other = factor if what == password else password
    with rows.everywhere():
        done = ResetRequest.objects.filter(
            account=account, what=other, followed=True, done_at__gt=_oldest(timezone.now())
        )
        people = {key for pair in done.values_list("requested_by", "done_by") for key in pair}
    return bool(people) and (is_too_new(by) or not all(_is_another(by, key) for key in people))


def keep_done(by: Actor, account: Account, what: str) -> None:
    """Keep that one person alone reset it now."""
    now, who = timezone.now(), by.account[:64]
    with rows.everywhere():
        ResetRequest.objects.create(
            id=new_id(), area_number=0, account=account, what=what, requested_at=now, requested_by=who,
            done_at=now, done_by=who, followed=True,
        )  # fmt: skip
