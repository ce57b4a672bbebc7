"""One event: all that it says, and (asked for with a purpose) whom it is about."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from dtks.delivery.audit import lines, verifying, whom
from dtks.delivery.audit.purposes import PURPOSES
from dtks.delivery.public import places
from dtks.delivery.workspace import area_choice, purposes
from dtks.foundation.accounts.domain import may
from dtks.foundation.accounts.entrance import requires
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.accounts.signing_in import limits
from dtks.foundation.accounts.signing_in.limits import Rule
from dtks.foundation.areas import queries as areas
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger import searching
from dtks.foundation.ledger.domain import CITIZEN_ROLE, Event
from dtks.foundation.ledger.searching import Found

LIMIT = Rule("ledger-show", tries=60, seconds=60 * 60, block=30 * 60)
"""Whom one reader may ask for in an hour."""
A_MINUTE = 60


@require_safe
@requires(Permission.LEDGER_READ)
def event(request: HttpRequest, id: int) -> HttpResponse:
    """The event with its place in the log. The reading is recorded: of whom it speaks."""
    found = _found(id)
    if found is None:
        return area_choice.outside(request)
    ledger.record(
        Event(
            "ledger.read_event", kind="ledger", subject=found.subject, area=found.area, detail={"event": id}
        ),
        by=request.actor,
    )
    (line,) = lines.of([found])
    context = {
        **verifying.context([id]),
        "line": line,
        "event": found,
        "officer": found.account if found.role != CITIZEN_ROLE else "",
        "details": lines.details(found),
        "index": searching.places(events=[id]).get(id),
    }
    return render(request, "audit/event.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.LEDGER_READ)
def show(request: HttpRequest, id: int) -> HttpResponse:
    """GET asks for the purpose; POST tells whom the event is about, once the trail has it."""
    found = _found(id)
    if found is None or not found.subject:
        return area_choice.outside(request)
    if request.method != "POST":
        return _form(request, found)
    code, text = request.POST.get("keperluan", ""), request.POST.get("keterangan", "")[: 2 * purposes.LONGEST]
    purpose = purposes.stated(code, text, among=PURPOSES)
    if purpose is None:
        problem = purposes.problem_of(code, text, among=PURPOSES)
        return _form(request, found, problem=problem, code=code, text=text, status=422)
    taken = limits.take(LIMIT, request.actor.account)
    ledger.record(
        Event(
            "ledger.show_refused" if taken.wait else "ledger.show",
            kind="ledger", subject=found.subject, area=found.area, purpose=purpose, detail={"event": id},
        ),
        by=request.actor,
    )  # fmt: skip
    if taken.wait:
        answer = _form(request, found, problem=_too_many(taken.wait), code=code, text=text, status=429)
        answer.headers["Retry-After"] = str(taken.wait)
        return answer
    shown = whom.shown(found)
    context: dict[str, Any] = {"event": found, "shown": shown, "key": found.subject}
    if shown is not None and shown.village:
        context["village"] = places.whole(areas.path(code=shown.village))
    context["readable"] = may(request.actor, Permission.FAMILY_READ)
    return render(request, "audit/shown.html", context)


def _found(id: int) -> Found | None:
    # No table counts further: the database would refuse the number itself.
    return searching.event(id=id) if id < 1 << 63 else None


def _form(
    request: HttpRequest,
    found: Found,
    *,
    problem: Any = "",
    code: str = "",
    text: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "event": found,
        "purposes": list(PURPOSES.items()),
        "longest": purposes.LONGEST,
        "problem": problem,
        "code": code,
        "text": text,
    }
    return render(request, "audit/show.html", context, status=status)


def _too_many(seconds: int) -> str:
    text = gettext("Sudah {n} kali dalam satu jam. Ini dibatasi dan dicatat; coba lagi {minutes} menit lagi.")
    return text.format(n=LIMIT.tries, minutes=-(-seconds // A_MINUTE))
