"""Who may call an operation: the same declaration as of a page, refused in JSON instead of by leading
elsewhere."""

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
from dtks.foundation.accounts.domain import may
from dtks.foundation.accounts.entrance import Entrance
from dtks.foundation.accounts.errors import NotAllowed
from dtks.foundation.accounts.roles import PERMISSION_TEXTS, ROLES, STEP_UP, Permission
from dtks.foundation.accounts.signing_in import limits
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger.domain import Event

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
        if not request.user.is_authenticated:
            raise NotSignedIn()
        if not factors.confirmed(request):
            raise FactorNeeded(way=factors.way_to_confirm(request).partition("?")[0])
        self._allow(request)
        if check_csrf(request):
            raise TokenMissing()
        if wait := limits.take(CALLS, str(request.user.pk)).wait:
            raise TooManyCalls(wait=wait)
        return request.user

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        return request.user

    def _allow(self, request: HttpRequest) -> None:
        permission = self.entrance.permission
        if permission is None:
            return
        if request.actor is None:
            raise NoRole()
        if not may(request.actor, permission):
            role = ROLES.get(request.actor.role)
            ledger.record(Event("accounts.refused", kind=permission.value), by=request.actor)
            raise NotAllowed(
                role=role.name_id if role else request.actor.role, permission=PERMISSION_TEXTS[permission][0]
            )
        if self.entrance.step_up and not factors.fresh(request):
            raise StepUpNeeded(way=reverse("accounts:step_up"))
