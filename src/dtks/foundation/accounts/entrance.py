"""How a request gets its actor and its scope, and how a page says what it needs.

Every view is marked by `requires` or by `open_to_all`; a test fails on one that is neither.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from dtks.foundation.accounts import factors, queries
from dtks.foundation.accounts.domain import Holding, may
from dtks.foundation.accounts.roles import PERMISSION_TEXTS, ROLES, STEP_UP, Permission
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger.domain import Actor, Event
from dtks.foundation.scope.current import limited_to, without_scope

View = Callable[..., HttpResponse]
CHOSEN = "accounts_grant"
"""Session key: the grant in which somebody with several roles acts."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """What a view needs: a permission; None: nothing but being signed in, or (``open``) nothing at all."""

    permission: Permission | None = None
    open: bool = False
    reason: str = ""
    step_up: bool = False


class Bar(StrEnum):
    """What is missing, in the order in which it is asked for."""

    SIGN_IN = "sign-in"
    FACTOR = "factor"
    """A second factor, unlocking, or a password of one's own: `factors.way_to_confirm`."""
    ROLE = "role"
    PERMISSION = "permission"
    STEP_UP = "step-up"


class ActorMiddleware:
    """Gives a request its `actor` (None: nobody, or nobody with a role) and works inside that actor's
    area."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.holdings, request.actor = [], None
        with without_scope():
            if request.user.is_authenticated:
                request.holdings = queries.standing(account=request.user.pk, on=timezone.localdate())
                chosen = _chosen(request.session.get(CHOSEN), request.holdings)
                request.actor = chosen.actor() if chosen else None
            if request.actor is None or not factors.confirmed(request):
                return self.get_response(request)
            with limited_to(request.actor.area):
                return self.get_response(request)


def _chosen(key: object, holdings: list[Holding]) -> Holding | None:
    """The holding that was chosen, else the first."""
    return next((each for each in holdings if str(each.grant) == key), holdings[0] if holdings else None)


def requires(permission: Permission | None, *, step_up: bool | None = None) -> Callable[[View], View]:
    """Marks a view: it is for those whose role allows ``permission`` (None: anybody who is signed in).

    ``step_up``: one must have shown a factor in the last minutes; default: as `roles.STEP_UP` says.
    """
    again = permission in STEP_UP if step_up is None else step_up
    entrance = Entrance(permission, step_up=again)

    def marked(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return _refusal(request, entrance) or view(request, *args, **kwargs)

        return declared(checked, entrance)

    return marked


def declared(view: View, entrance: Entrance) -> View:
    """The view with what it needs written on it, where the tests of all entrances look: `entrance`."""
    vars(view)["entrance"] = entrance
    return view


def open_to_all(reason: str) -> Callable[[View], View]:
    """Marks a view that anybody may see, and says why."""

    def marked(view: View) -> View:
        @wraps(view)
        def plain(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return view(request, *args, **kwargs)

        return declared(plain, Entrance(open=True, reason=reason))

    return marked


def barred(request: HttpRequest, entrance: Entrance) -> Bar | None:
    """What bars this request from what the entrance opens, None when nothing does: the one order in which
    pages and the API refuse. A refusal by role is recorded here."""
    if entrance.open:
        return None
    if not request.user.is_authenticated:
        return Bar.SIGN_IN
    if not factors.confirmed(request):
        return Bar.FACTOR
    if entrance.permission is not None and (bar := _barred_by_role(request.actor, entrance.permission)):
        return bar
    return Bar.STEP_UP if entrance.step_up and not factors.fresh(request) else None


def _barred_by_role(actor: Actor | None, permission: Permission) -> Bar | None:
    if actor is None:
        return Bar.ROLE
    if not may(actor, permission):
        ledger.record(Event("accounts.refused", kind=permission.value), by=actor)
        return Bar.PERMISSION
    return None


def _refusal(request: HttpRequest, entrance: Entrance) -> HttpResponse | None:
    """The page that says what bars the request, or leads to where it is mended."""
    match barred(request, entrance):
        case None:
            return None
        case Bar.SIGN_IN:
            return redirect_to_login(_back(request), settings.LOGIN_URL)
        case Bar.FACTOR:
            return redirect(factors.way_to_confirm(request))
        case Bar.ROLE:
            return render(request, "accounts/no_role.html", status=403)
        case Bar.PERMISSION:
            raise PermissionDenied(": ".join(refused_texts(request.actor, entrance)))
        case Bar.STEP_UP:
            # A form that was sent is not sent again by itself: one comes back to the page it stood on.
            return redirect(factors.with_next(reverse("accounts:step_up"), _back(request)))


def _back(request: HttpRequest) -> str:
    return factors.page_before(request) or reverse("workspace:home")


def refused_texts(actor: Actor, entrance: Entrance) -> tuple[str, str]:
    """The role that was refused and what it may not do, in Indonesian, for the refusal's own words."""
    role = ROLES.get(actor.role)
    named = PERMISSION_TEXTS[entrance.permission][0] if entrance.permission is not None else ""
    return role.name_id if role else actor.role, named
