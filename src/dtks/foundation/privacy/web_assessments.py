"""Impact assessments: the list, reading and printing one, writing a version, signing it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from dtks.foundation.accounts.entrance import requires
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.kernel.errors import DtksError
from dtks.foundation.privacy import assessments, files
from dtks.foundation.privacy.assessments import Content, Risk
from dtks.foundation.privacy.errors import AssessmentNotFound
from dtks.foundation.privacy.web_forms import Form, language

STEPS = range(1, 6)
PARTS = ("likelihood", "impact", "residual_likelihood", "residual_impact")


@requires(Permission.PRIVACY)
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """The assessments of the area, and the one that comes with the program."""
    today = timezone.localdate()
    lines = [(line, line.review_due(today)) for line in assessments.listed(by=request.actor)]
    context = {"lines": lines, "shipped": assessments.shipped(language()).title}
    return render(request, "privacy/assessments.html", context)


@requires(Permission.PRIVACY)
@require_safe
def shipped(request: HttpRequest) -> HttpResponse:
    """The assessment of the program itself."""
    return render(request, "privacy/assessment.html", _told(assessments.shipped(language())))


@requires(Permission.PRIVACY)
@require_safe
def assessment(request: HttpRequest, series: uuid.UUID) -> HttpResponse:
    """One version (`?versi=`, default the latest), for reading and printing."""
    given = request.GET.get("versi", "")
    version = int(given) if given.isascii() and given.isdecimal() and len(given) < 5 else None
    line, content, versions = _found(request, series, version)
    context = {**_told(content), "line": line, "versions": versions, "latest": versions[0].version}
    return render(request, "privacy/assessment.html", context)


def _told(content: Content) -> dict[str, Any]:
    asked, chosen = files.questionnaire(), language()
    english = chosen == "en"
    return {
        "title": content.title,
        "sections": [
            (title[chosen], [(q.text[chosen], content.answers.get(q.id, "")) for q in questions])
            for title, questions in asked.sections
        ],
        "risks": [
            {
                "name": text[chosen],
                "risk": (risk := content.risks.get(id_, Risk())),
                "level": risk.level and (risk.level[english], risk.level[2]),
                "residual": risk.residual and (risk.residual[english], risk.residual[2]),
            }
            for id_, text in asked.risks
        ],
        "advice": content.advice,
        "missing": content.missing(),
    }


@requires(Permission.PRIVACY)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A first version; `?dari=dtks` begins with the one that comes with the program."""
    start = assessments.shipped(language()) if request.GET.get("dari") == "dtks" else Content("")
    return _write(request, start)


@requires(Permission.PRIVACY)
@require_http_methods(["GET", "HEAD", "POST"])
def go_on(request: HttpRequest, series: uuid.UUID) -> HttpResponse:
    """The next version of an assessment."""
    line, content, _versions = _found(request, series, None)
    return _write(request, content, line)


def _write(request: HttpRequest, content: Content, line: assessments.Line | None = None) -> HttpResponse:
    form = Form(request)
    if request.method == "POST":
        content = _content(form)
        signing = "tanda_tangan" in request.POST
        office = form.text("jabatan", needed=signing, longest=100)
        review = form.day("tinjau", needed=signing)
        if not form.problems:
            try:
                series = assessments.write(
                    by=request.actor, content=content, area=request.actor.area,
                    series=line.series if line else None, after_version=form.whole("versi", most=9_999) or 0,
                    signed_as=office if signing else "", review_on=review,
                )  # fmt: skip
            except DtksError as problem:
                form.refused("judul", problem)
            else:
                messages.success(
                    request, gettext("Penilaian ditandatangani.") if signing else gettext("Draf disimpan.")
                )
                return redirect("privacy:assessment", series)
    return render(
        request, "privacy/assessment_form.html", _asked(content, line, request, form),
        status=422 if form.problems else 200,
    )  # fmt: skip


def _content(form: Form) -> Content:
    asked = files.questionnaire()
    return Content(
        title=form.text("judul", needed=True, longest=150),
        answers={question.id: form.text(question.id) for question in asked.questions},
        risks={
            id_: Risk(
                **{part: _step(form.given.get(f"{id_}-{part}", "")) for part in PARTS},
                measures=form.text(f"{id_}-measures"),
            )
            for id_, _text in asked.risks
        },
        advice=form.text("saran"),
    )


def _step(value: str) -> int:
    """1 to 5; 0 for anything else: not judged."""
    return int(value) if value in {"1", "2", "3", "4", "5"} else 0


def _asked(
    content: Content, line: assessments.Line | None, request: HttpRequest, form: Form
) -> dict[str, Any]:
    asked, chosen = files.questionnaire(), language()
    return {
        "line": line,
        "content": content,
        "sections": [
            (
                title[chosen],
                [(q, q.text[chosen], q.help[chosen], content.answers.get(q.id, "")) for q in questions],
            )
            for title, questions in asked.sections
        ],
        "risks": [(id_, text[chosen], content.risks.get(id_, Risk())) for id_, text in asked.risks],
        "steps": STEPS,
        "entered": request.POST,
        "problems": form.problems,
    }


def _found(
    request: HttpRequest, series: uuid.UUID, version: int | None
) -> tuple[assessments.Line, Content, list[assessments.Line]]:
    try:
        return assessments.get(by=request.actor, series=series, version=version)
    except AssessmentNotFound as problem:
        raise Http404 from problem


urlpatterns = [
    path("dpia/", listed, name="assessments"),
    path("dpia/dtks/", shipped, name="assessment_shipped"),
    path("dpia/baru/", new, name="assessment_new"),
    path("dpia/<uuid:series>/", assessment, name="assessment"),
    path("dpia/<uuid:series>/lanjut/", go_on, name="assessment_go_on"),
]
