"""Breaches: the register, what is known of one, corrections, letters, and what was sent."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dtks.foundation.accounts.entrance import requires
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.kernel.errors import DtksError
from dtks.foundation.privacy import breaches, files
from dtks.foundation.privacy.breaches import Facts
from dtks.foundation.privacy.domain import CLASSES
from dtks.foundation.privacy.errors import BreachNotFound
from dtks.foundation.privacy.web_forms import Form, language, names_of, shown

TO = {
    "subjects": _("Orang yang terdampak"),
    "authority": _("Lembaga pelindungan data pribadi"),
    "public": _("Masyarakat"),
}


def data_classes() -> dict[str, str]:
    """The classes of personal data by name in the reader's language."""
    english = language() == "en"
    return {
        str(id_): info.name_en if english else info.name_id for id_, info in CLASSES.items() if info.personal
    }


@requires(Permission.PRIVACY)
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """The register of the area."""
    now = timezone.now()
    lines = [
        (line, [(TO[to], shown(clock)) for to, clock in line.clocks.items()], line.overdue(now))
        for line in breaches.listed(by=request.actor)
    ]
    return render(request, "privacy/breaches.html", {"lines": lines})


@requires(Permission.PRIVACY)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Enter a breach: what is known now is enough."""
    form = Form(request)
    if request.method == "POST":
        facts = _facts(form)
        if facts is not None and not form.problems:
            try:
                return redirect("privacy:breach", breaches.report(by=request.actor, facts=facts))
            except DtksError as problem:
                form.refused(_field(problem), problem)
    return _form(request, form, values=dict(request.POST.items()), ticked=request.POST.getlist("data"))


@requires(Permission.PRIVACY)
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, breach: uuid.UUID) -> HttpResponse:
    """A new version: the earlier ones stay."""
    line = _line(request, breach)
    form = Form(request)
    if request.method == "POST":
        facts, change = _facts(form), form.text("perubahan", needed=True, longest=200)
        after = form.whole("versi", most=9_999)
        if facts is not None and not form.problems:
            try:
                breaches.correct(
                    by=request.actor, breach=breach, facts=facts, change=change, after_version=after or 0
                )
                messages.success(request, gettext("Versi baru disimpan. Versi lama tetap ada."))
                return redirect("privacy:breach", breach)
            except DtksError as problem:
                form.refused(_field(problem), problem)
        return _form(
            request, form, values=dict(request.POST.items()), ticked=request.POST.getlist("data"), line=line
        )
    known = line.latest.facts
    return _form(request, form, values=_entered(known), ticked=list(known.data_classes), line=line)


def _form(
    request: HttpRequest,
    form: Form,
    *,
    values: dict[str, Any],
    ticked: list[str],
    line: breaches.Line | None = None,
) -> HttpResponse:
    context = {
        "line": line,
        "entered": values,
        "ticked": ticked,
        "classes": data_classes().items(),
        "problems": form.problems,
    }
    return render(request, "privacy/breach_form.html", context, status=422 if form.problems else 200)


def _facts(form: Form) -> Facts | None:
    """What the form tells; None when it cannot be told without the fields that are needed."""
    noticed = form.moment("diketahui", needed=True)
    what = form.text("apa", needed=True)
    facts: dict[str, Any] = {
        "happened_from": form.moment("mulai"),
        "happened_to": form.moment("sampai"),
        "how": form.text("bagaimana"),
        "cause": form.text("sebab"),
        "measures": form.text("penanganan"),
        "recovery": form.text("pemulihan"),
        "data_classes": form.choices("data", data_classes()),
        "people": form.whole("orang"),
        "people_exact": "pasti" in form.given,
        "areas": form.area_codes("wilayah"),
        "public_affected": "umum" in form.given,
        "ended_on": form.day("ditutup"),
    }
    return Facts(noticed_at=noticed, what=what, **facts) if noticed and what else None


def _entered(facts: Facts) -> dict[str, Any]:
    def local(value: Any) -> str:
        return timezone.localtime(value).strftime("%Y-%m-%dT%H:%M") if value else ""

    return {
        "diketahui": local(facts.noticed_at),
        "mulai": local(facts.happened_from),
        "sampai": local(facts.happened_to),
        "apa": facts.what,
        "bagaimana": facts.how,
        "sebab": facts.cause,
        "penanganan": facts.measures,
        "pemulihan": facts.recovery,
        "orang": "" if facts.people is None else str(facts.people),
        "pasti": facts.people_exact,
        "wilayah": " ".join(facts.areas),
        "umum": facts.public_affected,
        "ditutup": facts.ended_on.isoformat() if facts.ended_on else "",
    }


def _field(problem: DtksError) -> str:
    """The field of the form that an action's refusal is about."""
    return {"DTKS-PRIV-022": "diketahui", "DTKS-PRIV-021": "apa"}.get(problem.code, "wilayah")


@requires(Permission.PRIVACY)
@require_safe
def breach(request: HttpRequest, breach: uuid.UUID) -> HttpResponse:
    """One breach: its clocks, what is known, what is missing, letters, notices, earlier versions."""
    line = _line(request, breach)
    return render(request, "privacy/breach.html", _shown(line))


def _shown(line: breaches.Line, problems: dict[str, str] | None = None) -> dict[str, Any]:
    facts = line.latest.facts
    names = data_classes()
    return {
        "line": line,
        "facts": facts,
        "clocks": [(to, TO[to], shown(clock)) for to, clock in line.clocks.items()],
        "classes": [names.get(each, each) for each in facts.data_classes],
        "places": names_of(facts.areas),
        "missing": [text[language() == "en"] for text in facts.missing()],
        "notices": [(TO[notice.to], notice) for notice in line.notices],
        "letters": [(to, TO[to]) for to in line.clocks],
        "earlier": line.versions[-2::-1],
        "problems": problems or {},
        "now": timezone.now(),
    }


@requires(Permission.PRIVACY)
@require_safe
def letter(request: HttpRequest, breach: uuid.UUID, to: str) -> HttpResponse:
    """The letter to those affected, to the authority or to the public, for printing."""
    if to not in TO:
        raise Http404
    context = {**_shown(_line(request, breach)), "to": to, "controller": files.controller()}
    return render(request, "privacy/letter.html", context)


@requires(Permission.PRIVACY)
@require_POST
def sent(request: HttpRequest, breach: uuid.UUID) -> HttpResponse:
    """Notes that a letter went out."""
    line = _line(request, breach)
    form = Form(request)
    to, sent_at = form.choice("kepada", TO), form.moment("dikirim", needed=True)
    channel, reached = form.text("lewat", needed=True, longest=100), form.whole("jumlah")
    if not form.problems and sent_at is not None:
        try:
            breaches.sent(
                by=request.actor, breach=breach, to=to, sent_at=sent_at, channel=channel, reached=reached
            )
            messages.success(request, gettext("Pengiriman dicatat."))
            return redirect("privacy:breach", breach)
        except DtksError as problem:
            form.refused("dikirim", problem)
    context = {**_shown(line, form.problems), "entered": request.POST}
    return render(request, "privacy/breach.html", context, status=422)


def _line(request: HttpRequest, breach: uuid.UUID) -> breaches.Line:
    try:
        return breaches.get(by=request.actor, breach=breach)
    except BreachNotFound as problem:
        raise Http404 from problem


urlpatterns = [
    path("insiden/", listed, name="breaches"),
    path("insiden/baru/", new, name="breach_new"),
    path("insiden/<uuid:breach>/", breach, name="breach"),
    path("insiden/<uuid:breach>/koreksi/", correct, name="breach_correct"),
    path("insiden/<uuid:breach>/surat/<slug:to>/", letter, name="letter"),
    path("insiden/<uuid:breach>/terkirim/", sent, name="breach_sent"),
]
