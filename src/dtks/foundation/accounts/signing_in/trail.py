"""The events of signing in. Who is not known yet is named by no word that was typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from dtks.foundation.accounts import queries
from dtks.foundation.accounts.models import Account
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger.domain import Actor, Event
from dtks.foundation.scope.current import limited_to, without_scope

KIND = "sign-in"
NOBODY = Actor(account="anonymous", role="")
"""Somebody before the door."""


def note(
    request: HttpRequest,
    action: str,
    *,
    account: Account | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Store an event about ``account`` (default: who is signed in; nobody when there is none).

    It is done by the role in which one acts, on the way in by the first that the account holds.
    """
    who = account or (request.user if request.user.is_authenticated else None)
    by = _actor(request, who)
    event = Event(
        action=action, kind=KIND, subject=str(who.pk) if who is not None else "", area=by.area, detail=detail
    )
    with without_scope(), limited_to(by.area):
        ledger.record(event, by=by)


def _actor(request: HttpRequest, who: Account | None) -> Actor:
    if who is None:
        return NOBODY
    acting: Actor | None = getattr(request, "actor", None)
    if acting is not None and acting.account == str(who.pk):
        return acting
    held = queries.standing(account=who.pk, on=timezone.localdate())
    return held[0].actor() if held else Actor(account=str(who.pk), role="")
