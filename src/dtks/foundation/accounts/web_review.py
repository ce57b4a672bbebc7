"""Pages of the yearly access review."""

from __future__ import annotations

import re
import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from dtks.foundation.accounts import listing
from dtks.foundation.accounts import officer_texts as texts
from dtks.foundation.accounts import review as reviewing
from dtks.foundation.accounts.entrance import requires
from dtks.foundation.accounts.review import PAGE_SIZE, Period
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.accounts.web_bulk import workbook_answer
from dtks.foundation.kernel.errors import DtksError
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger.domain import Event


@require_safe
@requires(Permission.ACCOUNT_REVIEW)
def review(request: HttpRequest) -> HttpResponse:
    """Roles of the area with what speaks for and against them; each is kept or ended."""
    today = timezone.localdate()
    period = Period.of(today)
    everything = request.GET.get("semua") == "1"
    progress = reviewing.progress(period=period)
    total = progress.total if everything else progress.left
    pages = max(1, -(-total // PAGE_SIZE))
    given = request.GET.get("hal", "")
    page = min(int(given) if re.fullmatch(r"[1-9][0-9]{0,5}", given) else 1, pages)
    lines = reviewing.lines(period=period, undecided=not everything, page=page)
    ledger.record(Event("accounts.review.list", kind="account", count=len(lines)), by=request.actor)
    clashes = listing.conflicts(accounts={line.grant.account for line in lines}, on=today)
    places = texts.area_names({line.grant.area for line in lines} | {request.actor.area})
    deciders = listing.names(accounts={line.decided_by for line in lines if line.decided_by})
    views = texts.grant_views([line.grant for line in lines], {}, places)
    context = {
        "period": period,
        "runs": period.runs(today),
        "days_left": (period.deadline - today).days,
        "progress": progress,
        "everything": everything,
        "rows": [
            {
                **view,
                "line": line,
                "clashes": [
                    (texts.role_name(one), texts.role_name(other))
                    for one, other in clashes.get(line.grant.account, [])
                ],
                "unused": line.last_login is None
                or today - timezone.localdate(line.last_login) > listing.UNUSED_AFTER,
                "own": str(line.grant.account) == request.actor.account,
                "decider": deciders.get(line.decided_by, line.decided_by),
            }
            for view, line in zip(views, lines, strict=True)
        ],
        "place": places[request.actor.area],
        "page": page,
        "pages": pages,
    }
    return render(request, "accounts/officers/review.html", context)


@require_POST
@requires(Permission.ACCOUNT_REVIEW)
def decide(request: HttpRequest, grant: uuid.UUID) -> HttpResponse:
    """Keep or end one role."""
    decision = reviewing.END if request.POST.get("decision") == "end" else reviewing.KEEP
    try:
        reviewing.decide(
            by=request.actor, grant=grant, decision=decision, reason=request.POST.get("reason", "")
        )
    except DtksError as problem:
        messages.error(request, texts.told(problem))
    else:
        ended = decision == reviewing.END
        messages.success(request, gettext("Peran diakhiri.") if ended else gettext("Peran dilanjutkan."))
    page = request.POST.get("hal", "")
    query = f"?hal={page}" if re.fullmatch(r"[1-9][0-9]{0,5}", page) else ""
    return redirect(reverse("accounts:review") + query)


@require_safe
@requires(Permission.ACCOUNT_REVIEW, step_up=True)
def export(request: HttpRequest) -> HttpResponse:
    """The result as a workbook."""
    period = Period.of(timezone.localdate())
    content = reviewing.workbook(by=request.actor, period=period)
    return workbook_answer(content, f"tinjauan-akses-{period.year}.xlsx")


urlpatterns = [
    path("petugas/akun/tinjauan/", review, name="review"),
    path("petugas/akun/tinjauan/<uuid:grant>/", decide, name="review_decide"),
    path("petugas/akun/tinjauan/hasil.xlsx", export, name="review_export"),
]
