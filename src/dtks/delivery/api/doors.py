"""Who may call an operation: the same declaration as of a page and the same order of refusals, answered in
JSON instead of by leading elsewhere."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from ninja.security import APIKeyCookie
from ninja.utils import check_csrf

from dtks.delivery.api.errors import (
    FactorNeeded,
    NoRole,
    NotSignedIn,
    StepUpNeeded,
    TokenMissing,
    TooManyCalls,
)
from dtks.foundation.accounts import factors
from dtks.foundation.accounts.entrance import Bar, Entrance, barred, refused_texts
from dtks.foundation.accounts.errors import NotAllowed
from dtks.foundation.accounts.roles import STEP_UP, Permission
from dtks.foundation.accounts.signing_in import limits
from dtks.foundation.kernel.errors import DtksError

CALLS = limits.Rule("api", tries=600, seconds=60, block=60, longest=600)
"""Ten calls a second for a minute: more than a person or an office's program needs, less than a copy of the
register takes."""


class Session(APIKeyCookie):
    """The session cookie of the pages, with the permission that the operation needs (None: signed in)."""

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self, permission: Permission | None) -> None:
        super().__init__()
        self.entrance = Entrance(permission, step_up=permission in STEP_UP)

    def __call__(self, request: HttpRequest) -> Any:
        """The one who calls. Raises the errors of this step and NotAllowed."""
        if (bar := barred(request, self.entrance)) is not None:
            raise self._said(request, bar)
        if check_csrf(request):
            raise TokenMissing()
        if wait := limits.take(CALLS, str(request.user.pk)).wait:
            raise TooManyCalls(wait=wait)
        return request.user

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        return request.user

    def _said(self, request: HttpRequest, bar: Bar) -> DtksError:
        """The refusal in words."""
        match bar:
            case Bar.SIGN_IN:
                return NotSignedIn()
            case Bar.FACTOR:
                return FactorNeeded(way=factors.way_to_confirm(request).partition("?")[0])
            case Bar.ROLE:
                return NoRole()
            case Bar.PERMISSION:
                role, permission = refused_texts(request.actor, self.entrance)
                return NotAllowed(role=role, permission=permission)
            case Bar.STEP_UP:
                return StepUpNeeded(way=reverse("accounts:step_up"))
