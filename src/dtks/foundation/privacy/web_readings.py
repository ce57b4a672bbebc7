"""Unusual readings and the people who are watched over: lists, the events behind a task, decisions."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dtks.foundation.accounts.entrance import requires
from dtks.foundation.accounts.officer_texts import role_name
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.areas import queries as areas
from dtks.foundation.areas.domain import timezone_of
from dtks.foundation.kernel.errors import DtksError
from dtks.foundation.kernel.nik import clean as only_digits
from dtks.foundation.privacy import jobs, readings, trail_texts, unusual_rules, watched
from dtks.foundation.privacy.errors import ReadingNotFound, WatchNotFound
from dtks.foundation.privacy.web_forms import Form, language

STATES = {
    "waiting": _("Menunggu keputusan"),
    "usual": _("Wajar"),
    "incident": _("Insiden"),
    "all": _("Semua"),
}
FIGURES = {
    "number": _("jumlah"),
    "limit": _("batas"),
    "median": _("median seperan"),
    "opened": _("dibuka"),
    "refused": _("ditolak"),
    "own_family": _("keluarga sendiri"),
    "same_address": _("sealamat"),
    "same_rt": _("se-RT"),
}
DECISIONS = {"usual": _("Wajar"), "incident": _("Insiden")}
LAST_PAGE = 1_000


@requires(Permission.PRIVACY)
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, and what was decided."""
    jobs.keep_looking()
    rules = unusual_rules.rules()
    state = request.GET.get("keadaan", "waiting")
    state = state if state in STATES else "waiting"
    rule = request.GET.get("aturan", "")
    rule = rule if rule in rules else ""
    number = request.GET.get("halaman", "1")
    page = min(int(number), LAST_PAGE) if number.isascii() and number.isdecimal() and int(number) else 1
    found, more = readings.listed(by=request.actor, state=state, rule=rule, page=page)
    places = areas.names(codes={line.area for line in found})
    context = {
        "lines": [_shown(line, places) for line in found],
        "states": STATES.items(),
        "state": state,
        "rules": [(each.id, each.name[language()]) for each in rules.values()],
        "rule": rule,
        "page": page,
        "earlier": page - 1,
        "later": page + 1 if more else 0,
    }
    return render(request, "privacy/readings.html", context)


def _shown(line: readings.Line, places: Mapping[str, str]) -> dict[str, Any]:
    rule = unusual_rules.rules().get(line.rule)
    return {
        "line": line,
        "rule": rule.name[language()] if rule else line.rule,
        "explain": rule.explain[language()] if rule else "",
        "role": role_name(line.role),
        "place": places.get(line.area, line.area) or gettext("seluruh Indonesia"),
        "figures": [(FIGURES.get(name, name), value) for name, value in line.figures.items()],
        "decision": DECISIONS.get(line.decision, ""),
    }


@requires(Permission.PRIVACY)
@require_http_methods(["GET", "HEAD", "POST"])
def reading(request: HttpRequest, reading: uuid.UUID) -> HttpResponse:
    """One task: the events behind it, and the decision."""
    form = Form(request)
    if request.method == "POST":
        decision = form.choice("keputusan", DECISIONS)
        reason = form.text("alasan", needed=True, longest=watched.LONGEST)
        if not form.problems:
            try:
                return _decided(request, reading, decision, reason)
            except ReadingNotFound as problem:
                raise Http404 from problem
            except DtksError as problem:
                form.refused("alasan", problem)
    try:
        line, events = readings.get(by=request.actor, reading=reading)
    except ReadingNotFound as problem:
        raise Http404 from problem
    context = {
        **_shown(line, areas.names(codes=[line.area])),
        "zone": timezone_of(line.area) if line.area else "WIB",
        "events": [
            {"at": each.at, "what": trail_texts.said(each.action, each.kind), "subject": each.subject,
             "count": each.count, "purpose": each.purpose, "place": each.area}
            for each in events
        ],
        "decisions": DECISIONS.items(),
        "own": line.account == request.actor.account,
        "problems": form.problems,
        "entered": request.POST,
        "longest": watched.LONGEST,
    }  # fmt: skip
    return render(request, "privacy/reading.html", context, status=422 if form.problems else 200)


def _decided(request: HttpRequest, reading: uuid.UUID, decision: str, reason: str) -> HttpResponse:
    if decision == "usual":
        readings.usual(by=request.actor, reading=reading, reason=reason)
        messages.success(request, gettext("Diputuskan: wajar. Alasannya tersimpan."))
        return redirect("privacy:readings")
    breach = readings.incident(by=request.actor, reading=reading, reason=reason)
    messages.success(request, gettext("Insiden dicatat dan jamnya berjalan. Lengkapi yang sudah diketahui."))
    return redirect("privacy:breach_correct", breach)


@requires(Permission.PRIVACY)
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("nik")
def watching(request: HttpRequest) -> HttpResponse:
    """The people who are watched over, and one more. The NIK is used and not kept."""
    form = Form(request)
    if request.method == "POST":
        nik = only_digits(form.text("nik", needed=True, longest=40))
        reason = form.text("alasan", needed=True, longest=watched.LONGEST)
        if not form.problems:
            try:
                watched.add(by=request.actor, nik=nik, reason=reason)
                messages.success(request, gettext("Data orang itu sekarang dijaga."))
                return redirect("privacy:watching")
            except DtksError as problem:
                form.refused("alasan" if problem.code == "DTKS-PRIV-053" else "nik", problem)
    lines = watched.listed(by=request.actor)
    places = areas.names(codes={line.area for line in lines})
    context = {
        "lines": [
            (line, places.get(line.area, line.area), timezone.localdate(line.added_at)) for line in lines
        ],
        "problems": form.problems,
        "reason": request.POST.get("alasan", ""),
        "longest": watched.LONGEST,
    }
    return render(request, "privacy/watching.html", context, status=422 if form.problems else 200)


@requires(Permission.PRIVACY)
@require_POST
def watch_end(request: HttpRequest, watch: uuid.UUID) -> HttpResponse:
    """Watch over somebody no longer."""
    try:
        watched.end(by=request.actor, watch=watch)
    except WatchNotFound as problem:
        raise Http404 from problem
    messages.success(request, gettext("Jagaan itu diakhiri."))
    return redirect("privacy:watching")


urlpatterns = [
    path("pembacaan/", listed, name="readings"),
    path("pembacaan/<uuid:reading>/", reading, name="reading"),
    path("dijaga/", watching, name="watching"),
    path("dijaga/<uuid:watch>/akhiri/", watch_end, name="watch_end"),
]
