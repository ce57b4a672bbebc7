"""Asking to see a number in full: the form with the purpose, and the answer."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from dtks.delivery.workspace import area_choice, filters, masking, purposes, showing, values
from dtks.delivery.workspace.language import language
from dtks.delivery.workspace.showing import Asked
from dtks.foundation.accounts.entrance import requires
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.accounts.signing_in import limits
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger.domain import Event
from dtks.registration.registry import dictionary
from dtks.registration.registry import queries as registry
from dtks.registration.registry.domain import FamilyPage
from dtks.registration.registry.errors import FamilyNotFound

A_MINUTE = 60


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.NUMBER_SHOW)
def show_number(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """A NIK or KK number, a mother's name."""
    return _show(request, id, Permission.NUMBER_SHOW)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CONTACT_SHOW)
def show_contact(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """A phone, tax or account number."""
    return _show(request, id, Permission.CONTACT_SHOW)


def _show(request: HttpRequest, id: uuid.UUID, permission: Permission) -> HttpResponse:
    """GET asks for the purpose; POST shows the value: in its place where a script asked, else once on the
    family's page."""
    asked = _asked(request, id, permission)
    try:
        page = registry.family(id=id)
    except FamilyNotFound:
        return area_choice.outside(request)
    value = showing.value_of(page, asked) if asked else None
    if asked is None or value is None:
        return area_choice.outside(request)
    return (
        _answer(request, asked, value, _village(page)) if request.method == "POST" else _form(request, asked)
    )


def _answer(request: HttpRequest, asked: Asked, value: str, village: str) -> HttpResponse:
    """The value, if there is a purpose and not too much was asked for; the trail has it before the screen."""
    code, text = request.POST.get("keperluan", ""), request.POST.get("keterangan", "")[: 2 * purposes.LONGEST]
    entered: dict[str, Any] = {"code": code, "text": text}
    purpose = purposes.stated(code, text)
    if purpose is None:
        return _form(request, asked, problem=purposes.problem_of(code, text), status=422, **entered)
    taken = limits.take(showing.LIMIT, request.actor.account)
    action = "registry.show_refused" if taken.wait else "registry.show"
    event = Event(action, kind=asked.variable, subject=str(asked.subject), area=village, purpose=purpose)
    ledger.record(event, by=request.actor)
    if taken.wait:
        answer = _form(request, asked, problem=_too_many(taken.wait), status=429, **entered)
        answer.headers["Retry-After"] = str(taken.wait)
        return answer
    if _in_place(request):
        return render(request, "workspace/shown.html", {"value": value, "seconds": showing.SECONDS})
    showing.keep_once(request.session, asked)
    return redirect(_family_address(request, asked))


def _too_many(seconds: int) -> str:
    text = gettext("Sudah {n} kali dalam satu jam. Ini dibatasi dan dicatat; coba lagi {minutes} menit lagi.")
    return text.format(n=showing.LIMIT.tries, minutes=-(-seconds // A_MINUTE))


def _asked(request: HttpRequest, family: uuid.UUID, permission: Permission) -> Asked | None:
    """What the address asks for; None for what is not masked, or is another permission's."""
    variable, given = request.GET.get("isi", ""), request.GET.get("orang", "")
    cover = masking.covers().get(variable)
    if cover is None or cover.mask is None or cover.permission != permission:
        return None
    try:
        return Asked(family, variable, uuid.UUID(given) if given else None)
    except ValueError:
        return None


def _village(page: FamilyPage) -> str:
    return str(page.facts.get("domicile_village") or page.facts.get("village") or "")


def _back(request: HttpRequest) -> str:
    view = filters.read(request.GET)
    return view.query(page=view.page) if view.area else ""


def _family_address(request: HttpRequest, asked: Asked) -> str:
    query = _back(request)
    return reverse("workspace:family", args=[asked.family]) + (f"?{query}" if query else "")


def _in_place(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _form(
    request: HttpRequest,
    asked: Asked,
    *,
    problem: Any = "",
    code: str = "",
    text: str = "",
    status: int = 200,
) -> HttpResponse:
    variable = next(each for each in dictionary.variables() if each.name == asked.variable)
    context = {
        "label": values.label(variable, language=language()),
        "address": showing.address(asked, back=_back(request)),
        "family_address": _family_address(request, asked),
        "key": f"{asked.variable}-{asked.person or 'keluarga'}",
        "purposes": list(purposes.PURPOSES.items()),
        "other": purposes.OTHER,
        "longest": purposes.LONGEST,
        "problem": problem,
        "code": code,
        "text": text,
        "seconds": showing.SECONDS,
        "in_place": _in_place(request),
    }
    template = "workspace/show_form.html" if context["in_place"] else "workspace/show.html"
    return render(request, template, context, status=status)
