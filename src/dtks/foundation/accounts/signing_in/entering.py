"""The steps through the door: password, factor, inside, out again."""

from __future__ import annotations

import time

from allauth.usersessions.models import UserSession
from django.contrib.auth import authenticate, login, logout
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from dtks.foundation.accounts import entrance, factors, queries
from dtks.foundation.accounts.domain import Holding
from dtks.foundation.accounts.models import Account
from dtks.foundation.accounts.roles import ROLES
from dtks.foundation.accounts.signing_in import limits, trail
from dtks.foundation.areas import queries as areas

BACKEND = "dtks.foundation.accounts.signing_in.backend.AccountBackend"
STARTED = "accounts_started_at"
MINUTES = "accounts_minutes_idle"
ACTING = "accounts_acting"
"""Session key: {'grant', 'place'} of the role in which one acts; the place's name is asked for once."""
INSTITUTION = "accounts_institution"
"""Session key: the institution at which one signed in."""
_OWN = (
    STARTED,
    factors.SEEN,
    MINUTES,
    ACTING,
    INSTITUTION,
    factors.CONFIRMED,
    factors.LOCKED,
    entrance.CHOSEN,
)


def by_password(request: HttpRequest, *, username: str, password: str) -> limits.Taken | None:
    """Sign in with name and password: the first half. None: it was wrong. ``wait``: too many were wrong."""
    address = limits.address_of(request)
    counted = (
        (limits.ADDRESS, address),
        # The nearest limit first: what it refuses does not count against the owner elsewhere.
        (limits.PASSWORD, f"{username}\0{address}"),
        (limits.PASSWORD_ANYWHERE, username),
    )
    taken = limits.take_all(*counted)
    if taken.wait:
        if taken.locked:
            known = Account.objects.filter(username=username).first()
            trail.note(request, "accounts.locked_out", account=known, detail={"by": "password"})
        return taken
    account = authenticate(request, username=username, password=password)
    if account is None:
        known = Account.objects.filter(username=username).first()
        trail.note(request, "accounts.sign_in_failed", account=known)
        return None
    limits.give_back(limits.ADDRESS, address)
    for rule, value in counted[1:]:
        limits.forget(rule, value)
    begin(request, account)
    return limits.Taken()


def begin(request: HttpRequest, account: Account, *, institution: str = "") -> None:
    """The session belongs to the account from now on, but has shown no factor and opens nothing."""
    for name in _OWN:
        request.session.pop(name, None)
    login(request, account, backend=BACKEND)
    request.session[STARTED] = request.session[factors.SEEN] = time.time()
    if institution:
        request.session[INSTITUTION] = institution


@transaction.atomic
def complete(request: HttpRequest, *, how: str) -> None:
    """A factor was shown: the session opens what the account's roles allow. It gets a new key, so that one
    that was known before is worth nothing."""
    request.session.cycle_key()
    factors.mark_confirmed(request)
    held = queries.standing(account=request.user.pk, on=timezone.localdate())
    if held:
        act_in(request, held[0])
    UserSession.objects.create_from_request(request)
    trail.note(request, "accounts.sign_in", detail={"how": how})
    limits.clear_old()


def is_over(request: HttpRequest) -> bool:
    """Whether the account's sessions were ended while this request was under way (a new password, a contact
    that the office released). The account is locked until the caller's transaction ends."""
    now = Account.objects.select_for_update().get(pk=request.user.pk)
    return not now.is_active or now.password != request.user.password


def act_in(request: HttpRequest, holding: Holding) -> None:
    """The session acts in this role from now on."""
    request.actor = holding.actor()
    request.session[entrance.CHOSEN] = str(holding.grant)
    request.session[MINUTES] = ROLES[holding.role].minutes_idle
    names = areas.names(codes=[holding.area]) if holding.area else {}
    request.session[ACTING] = {"grant": str(holding.grant), "place": names.get(holding.area, holding.area)}


@transaction.atomic
def leave(request: HttpRequest, *, why: str = "asked") -> None:
    """End this session. Nothing happens for somebody who is not signed in."""
    if request.user.is_authenticated:
        trail.note(request, "accounts.sign_out", detail={"why": why})
        UserSession.objects.filter(session_key=request.session.session_key).delete()
    logout(request)
