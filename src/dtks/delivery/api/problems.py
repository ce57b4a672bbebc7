"""Refusals as problem documents (RFC 9457), with the DTKS code and the words of both languages.

What was sent is never repeated: it may be a number or a name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError
from pydantic import Field

from dtks.delivery.api import errors
from dtks.foundation.accounts.errors import NotAllowed
from dtks.foundation.areas.errors import AreaCodeError, AreaNotFound
from dtks.foundation.kernel.errors import DtksError
from dtks.foundation.scope.errors import OutsideScope
from dtks.registration.registry.errors import FamilyNotFound

NO_STORE = "no-store"
MEDIA_TYPE = "application/problem+json"
STATUSES: dict[type[DtksError], int] = {
    errors.NotSignedIn: 401,
    errors.FactorNeeded: 403,
    errors.NoRole: 403,
    errors.StepUpNeeded: 403,
    errors.TokenMissing: 403,
    NotAllowed: 403,
    errors.NothingThere: 404,
    errors.MethodUnknown: 405,
    errors.NotUnderstood: 422,
    errors.AreaMissing: 422,
    errors.TooManyCalls: 429,
}
# One answer for what is not there and for what is another's: a key must not be guessed by the difference.
HIDDEN = (AreaNotFound, OutsideScope, FamilyNotFound, Http404)
DECLARED = {
    400: "The call could not be read (a body that is no JSON, an area code that is none)",
    401: "Not signed in",
    403: "Not allowed: no role, another role, no second factor, no token against forged requests",
    404: "Not there, or outside one's area",
    422: "Parameters or body do not fit",
    429: "Too many calls",
}
"""Status → what it means here, for the description of every operation."""


class WrongPart(Schema):
    """One part of a call that does not fit: where it stands, and what kind of mistake it is."""

    where: str
    kind: str


class Problem(Schema):
    """A refusal. `title` is in the reader's language, `id` and `en` in both."""

    type: str = Field(description="urn:dtks:error:<code>")
    title: str
    status: int
    code: str
    id: str
    en: str
    errors: list[WrongPart] = Field(default_factory=list)


def answer(
    request: HttpRequest, problem: DtksError, *, status: int | None = None, parts: Sequence[WrongPart] = ()
) -> HttpResponse:
    """The problem as an answer; 400 where no status is known for it."""
    status = status or STATUSES.get(type(problem), 400)
    language = getattr(request, "LANGUAGE_CODE", "id")
    document = Problem(
        type=f"urn:dtks:error:{problem.code}", title=problem.text(language), status=status,
        code=problem.code, id=problem.text("id"), en=problem.text("en"), errors=list(parts),
    )  # fmt: skip
    found = JsonResponse(document.model_dump(), status=status, content_type=MEDIA_TYPE)
    found.headers["Cache-Control"] = NO_STORE
    return found


def install(api: NinjaAPI) -> None:
    """Every refusal of this API is such a document; a defect stays a defect."""

    def known(request: HttpRequest, problem: Any) -> HttpResponse:
        found = answer(request, problem)
        if isinstance(problem, errors.TooManyCalls):
            found.headers["Retry-After"] = str(problem.params["wait"])
        return found

    def hidden(request: HttpRequest, problem: Any) -> HttpResponse:
        return answer(request, errors.NothingThere())

    def unfit(request: HttpRequest, problem: Any) -> HttpResponse:
        parts = [
            WrongPart(where=".".join(str(part) for part in each["loc"]), kind=each["type"])
            for each in problem.errors
        ]
        return answer(request, errors.NotUnderstood(), parts=parts)

    def unread(request: HttpRequest, problem: Any) -> HttpResponse:
        status = problem.status_code if isinstance(problem, HttpError) else 400
        return answer(request, errors.NotUnderstood(), status=status)

    api.add_exception_handler(DtksError, known)
    for kind in HIDDEN:
        api.add_exception_handler(kind, hidden)
    api.add_exception_handler(AreaCodeError, unread)
    api.add_exception_handler(ValidationError, unfit)
    api.add_exception_handler(HttpError, unread)
    api.add_exception_handler(RequestDataTooBig, unread)
