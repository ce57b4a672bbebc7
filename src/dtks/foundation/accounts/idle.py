"""Sessions end: locked when nobody clicks, over after eight hours. Decided here, whatever the page's script
does.

`IdleMiddleware` stands behind AuthenticationMiddleware and before ActorMiddleware, so that a locked session
has neither an actor nor an area.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from dtks.foundation.accounts import factors
from dtks.foundation.accounts.domain import role_of
from dtks.foundation.accounts.factors import SEEN
from dtks.foundation.accounts.models import Account
from dtks.foundation.accounts.signing_in import trail
from dtks.foundation.accounts.signing_in.entering import ACTING, MINUTES, STARTED, leave

LONGEST_SECONDS = 8 * 60 * 60
HALFWAY_SECONDS = 15 * 60
"""So long may lie between the password and the factor."""
DEFAULT_MINUTES = 15
NOTED_EVERY_SECONDS = 20
"""A session is written at most so often to say that somebody is there."""
BACKGROUND = "X-DTKS-Background"
"""Header of what the page asks by itself (progress bars): it is no sign that somebody sits there."""


class IdleMiddleware:
    """Locks or ends a session whose time is over; else notes that somebody is there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            _look_at_the_clock(request)
        response = self.get_response(request)
        if request.user.is_authenticated:
            _remember_minutes(request)
        return _whole_page(request, response)


def minutes_idle(request: HttpRequest) -> int:
    """After so many minutes without a sign of anybody this session locks."""
    return int(request.session.get(MINUTES, DEFAULT_MINUTES))


def seconds_left(request: HttpRequest) -> int:
    """How long until this session locks when nobody gives a sign."""
    seen = float(request.session.get(SEEN, 0))
    return max(0, int(seen + minutes_idle(request) * 60 - time.time()))


def lock(request: HttpRequest, *, why: str) -> None:
    """Lock the session. A citizen has no password to unlock it with and is signed out."""
    if request.user.kind == Account.Kind.CITIZEN or not factors.shown(request):
        leave(request, why=why)
        return
    if factors.LOCKED not in request.session:
        request.session[factors.LOCKED] = time.time()
        trail.note(request, "accounts.session_locked", detail={"why": why})


def _look_at_the_clock(request: HttpRequest) -> None:
    now, session = time.time(), request.session
    if STARTED not in session:
        session[STARTED] = session[SEEN] = now
    longest = LONGEST_SECONDS if factors.shown(request) else HALFWAY_SECONDS
    if now - session[STARTED] > longest:
        leave(request, why="time")
        messages.info(request, _("Sesi Anda sudah berakhir. Masuk lagi untuk melanjutkan."))
        return
    if now - session.get(SEEN, now) > minutes_idle(request) * 60:
        lock(request, why="idle")
    elif request.headers.get(BACKGROUND) is None and now - session.get(SEEN, 0) > NOTED_EVERY_SECONDS:
        session[SEEN] = now
        UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=timezone.now())


def _remember_minutes(request: HttpRequest) -> None:
    """The limit of the role in which one acts, for the next request: this one came before its actor."""
    actor = getattr(request, "actor", None)
    role = role_of(actor) if actor is not None else None
    if role is not None and request.session.get(MINUTES, DEFAULT_MINUTES) != role.minutes_idle:
        request.session[MINUTES] = role.minutes_idle
    if actor is not None and request.session.get(ACTING, {}).get("grant", actor.grant) != actor.grant:
        request.session.pop(ACTING, None)


def _whole_page(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A fragment of a page cannot be replaced by the page where one unlocks: send the whole browser there."""
    if not request.headers.get("HX-Request") or response.status_code not in (301, 302, 303):
        return response
    to = response.headers["Location"].partition("?")[0]
    if to not in {reverse(f"accounts:{name}") for name in ("locked", "second_factor", "sign_in", "step_up")}:
        return response
    answer = HttpResponse(status=204)
    answer.headers["HX-Redirect"] = response.headers["Location"]
    return answer
