"""The pages of the data protection officer: what is pending, the record of processing, retention."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from dtks.foundation.accounts.entrance import requires
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.privacy import (
    assessments,
    breaches,
    consents,
    files,
    processing,
    readings,
    shredding,
    web_assessments,
    web_breaches,
    web_consents,
    web_readings,
)
from dtks.foundation.privacy.domain import BASES, CLASSES
from dtks.foundation.privacy.web_forms import language, shown

ACTIONS = {"delete": _("dihapus"), "anonymise": _("dianonimkan"), "keep": _("disimpan")}


@requires(Permission.PRIVACY)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What has to be done, the most urgent first."""
    today = timezone.localdate()
    reviews = [line for line in assessments.listed(by=request.actor) if line.review_due(today)]
    context = {
        "notices": [(number, web_breaches.TO[to], shown(clock)) for number, to, clock in breaches.pending()],
        "stops": [(number, shown(clock)) for number, clock in consents.to_stop()],
        "reviews": reviews,
        "readings": readings.waiting(),
        "controller": files.controller(),
    }
    return render(request, "privacy/home.html", context)


@requires(Permission.PRIVACY)
@require_safe
def record(request: HttpRequest) -> HttpResponse:
    """The record of processing as the code makes it."""
    chosen = "en" if language() == "en" else "id"
    context = {
        "activities": [_activity(each, chosen) for each in processing.activities()],
        "measures": [text[chosen == "en"] for text in processing.measures()],
    }
    return render(request, "privacy/record.html", context)


def _activity(activity: processing.Activity, chosen: str) -> dict[str, Any]:
    english = chosen == "en"
    purpose = activity.purpose
    basis = BASES[purpose.basis]
    return {
        "id": purpose.id,
        "name": purpose.name[chosen],
        "basis": basis[english],
        "article": f"{basis[2]}; {purpose.article}",
        "evidence": purpose.evidence,
        "recipients": [each[chosen] for each in purpose.recipients],
        "high_risk": purpose.high_risk,
        "specific": activity.specific,
        "retentions": [each.name[chosen] for each in activity.retentions],
        "entries": [
            {
                "name": CLASSES[entry.data_class].name_en if english else CLASSES[entry.data_class].name_id,
                "sort": processing.SORTS[CLASSES[entry.data_class].sort][english],
                "tables": len(entry.tables),
                "roles": entry.roles_en if english else entry.roles_id,
                "stored": [processing.PROTECTIONS[each][english] for each in entry.protections],
            }
            for entry in activity.entries
        ],
    }


@requires(Permission.PRIVACY)
@require_http_methods(["GET", "HEAD", "POST"])
def retention(request: HttpRequest) -> HttpResponse:
    """What is kept how long; a POST counts how much of it is past its time: no link may start that work."""
    chosen = language()
    counting = request.method == "POST"
    found = shredding.due() if counting else shredding.periods()
    rows = [
        {
            "id": each.retention.id,
            "name": each.retention.name[chosen],
            "days": each.retention.days,
            "hours": each.retention.hours,
            "from": each.retention.counted_from[chosen],
            "action": ACTIONS[each.retention.action],
            "basis": each.retention.basis[chosen],
            "evidence": each.retention.evidence,
            "before": each.before,
            "count": each.count,
            "reason": each.retention.not_carried_out[chosen] if each.retention.not_carried_out else "",
        }
        for each in found
    ]
    total = sum(each.count or 0 for each in found)
    context = {"rows": rows, "counting": counting, "total": total}
    return render(request, "privacy/retention.html", context)


urlpatterns: list[URLPattern] = [
    path("", home, name="home"),
    path("pemrosesan/", record, name="record"),
    path("retensi/", retention, name="retention"),
    *web_consents.urlpatterns,
    *web_breaches.urlpatterns,
    *web_readings.urlpatterns,
    *web_assessments.urlpatterns,
]
