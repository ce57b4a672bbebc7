"""The operations of /api/v1/. Each asks what a page asks, and says in the trail what was read."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe
from ninja import NinjaAPI, Query

from dtks.delivery.api import answers, problems, schemas
from dtks.delivery.api.doors import Session
from dtks.delivery.api.errors import MethodUnknown, NothingThere
from dtks.foundation.accounts.entrance import Entrance, open_to_all
from dtks.foundation.accounts.roles import Permission

ROOT = "/api/v1/"

api = NinjaAPI(
    title="DTKS", version="1", urls_namespace="api_v1", openapi_url=None, docs_url=None,
    description=__doc__ or "",
)  # fmt: skip
problems.install(api)


def operation(method: str, route: str, permission: Permission | None, shape: type) -> Callable[..., Any]:
    """An operation of this API: its permission, the shape of its answer, and every refusal."""
    refusals = dict.fromkeys(problems.DECLARED, problems.Problem)
    named = {"x-permission": permission or "signed-in"}
    return api.api_operation(
        [method], route, auth=Session(permission), response={200: shape, **refusals}, openapi_extra=named
    )


@operation("GET", "me", None, schemas.Me)
def me(request: HttpRequest) -> schemas.Me:
    """Who calls, and what the role allows. Sets the csrftoken cookie, which other methods than GET need."""
    get_token(request)
    return answers.me(request)


@operation("GET", "areas/{code}/summary", Permission.SUMMARY, schemas.AreaSummary)
def area_summary(request: HttpRequest, code: schemas.AreaCode) -> schemas.AreaSummary:
    """Figures of an area that lies wholly in the caller's."""
    return answers.area_summary(code)


@operation("GET", "families", Permission.FAMILY_READ, schemas.FamilyPage)
def families(request: HttpRequest, filters: Annotated[schemas.FamilyFilters, Query()]) -> schemas.FamilyPage:
    """Families of an area, page by page."""
    return answers.families(filters, text="", by=request.actor)


@operation("POST", "families/search", Permission.FAMILY_READ, schemas.FamilyPage)
def search(request: HttpRequest, filters: schemas.FamilySearch) -> schemas.FamilyPage:
    """Families with a member of that name, or with that NIK or KK number."""
    return answers.families(filters, text=filters.text, by=request.actor)


@operation("GET", "families/{uuid:id}", Permission.FAMILY_READ, schemas.FamilyDetail)
def family(request: HttpRequest, id: uuid.UUID) -> schemas.FamilyDetail:
    """One family, with what this role may see of it."""
    return answers.family(id, by=request.actor)


@operation("GET", "imports", Permission.IMPORT, schemas.ImportPage)
def imports(request: HttpRequest) -> schemas.ImportPage:
    """The latest imports of the caller's area."""
    return answers.imports()


@operation("GET", "ledger", Permission.LEDGER_READ, schemas.LedgerPage)
def ledger(
    request: HttpRequest, subject: uuid.UUID | None = None, action: str = "", page: schemas.Page = 1
) -> schemas.LedgerPage:
    """The audit trail of the caller's area. `subject`: a key of the register, never a number."""
    return answers.ledger(subject=str(subject or ""), action=action, page=page, by=request.actor)


@open_to_all("The description of the API: shapes, no data")
@require_safe
def description(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1."""
    return JsonResponse(described())


@open_to_all("Says that there is nothing at this address")
def unknown(request: HttpRequest, rest: str) -> HttpResponse:
    """Whatever else is asked for below /api/."""
    return problems.answer(request, NothingThere())


def described() -> dict[str, Any]:
    """The OpenAPI document: what ninja knows, with refusals as problem documents."""
    document: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=ROOT))
    for operations in document["paths"].values():
        for found in operations.values():
            for status, meaning in problems.DECLARED.items():
                declared = found["responses"][status]
                declared["description"] = meaning
                declared["content"] = {problems.MEDIA_TYPE: next(iter(declared["content"].values()))}
    return document


def _guarded(view: Callable[..., HttpResponse], doors: dict[str, Entrance]) -> Callable[..., HttpResponse]:
    """The view with its declarations by method (`entrances`): kept by no cache, other methods refused in
    JSON. Django's middleware leaves ninja's views alone; `doors.Session` checks the token, and answers in
    JSON."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in doors:
            found = problems.answer(request, MethodUnknown())
            found.headers["Allow"] = ", ".join(sorted(doors))
        else:
            found = view(request, *args, **kwargs)
        found.headers["Cache-Control"] = problems.NO_STORE
        return found

    vars(guarded)["entrances"] = doors
    return guarded


def _patterns() -> list[URLPattern]:
    doors: dict[str, dict[str, Entrance]] = {}
    for _prefix, router in api._routers:
        for view in router.path_operations.values():
            for each in view.operations:
                by_method = dict.fromkeys(each.methods, each.auth_callbacks[0].entrance)
                doors.setdefault(each.view_func.__name__, {}).update(by_method)
    return [
        path(f"v1/{pattern.pattern}", _guarded(pattern.callback, doors[pattern.name]), name=pattern.name)
        for pattern in api.urls[0]
        if pattern.name in doors
    ]


urlpatterns: list[URLPattern] = [
    path("v1/openapi.json", description, name="openapi"),
    *_patterns(),
    path("<path:rest>", unknown, name="unknown"),
]
