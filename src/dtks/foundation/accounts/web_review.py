"""Pages of the yearly access review."""

from __future__ import annotations

import re
import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dtks.foundation.accounts import listing, openwork
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
                "enders": texts.enders(request.actor, line.grant.role),
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
    """Keep one role for another year."""
    if request.POST.get("decision", reviewing.KEEP) != reviewing.KEEP:  # of a page from before
        return redirect("accounts:review_end", grant)
    try:
        reviewing.decide(
            by=request.actor, grant=grant, decision=reviewing.KEEP, reason=request.POST.get("reason", "")
        )
    except DtksError as problem:
        messages.error(request, texts.told(problem))
    else:
        messages.success(request, gettext("Peran dilanjutkan."))
    return redirect(_list(request.POST.get("hal", "")))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ACCOUNT_REVIEW)
def end(request: HttpRequest, grant: uuid.UUID) -> HttpResponse:
    """Ask whether to end one role, with whose it is and what else ends; then end it."""
    today = timezone.localdate()
    line = reviewing.line(grant=grant, period=Period.of(today))
    if line is None:
        raise Http404
    back = _list(request.GET.get("hal", ""))
    if line.grant.ended_at is not None:
        messages.info(request, gettext("Peran itu sudah berakhir."))
        return redirect(back)
    view = texts.grant_views([line.grant], {}, texts.area_names([line.grant.area]))[0]
    error = ""
    if request.method == "POST":
        try:
            reviewing.decide(
                by=request.actor, grant=grant, decision=reviewing.END, reason=request.POST.get("reason", "")
            )
        except DtksError as problem:
            error = texts.told(problem)
        else:
            done = gettext("Peran %(role)s dari %(name)s diakhiri.")
            messages.success(request, done % {"role": view["role"], "name": line.holder})
            return redirect(back)
    passed_on = [
        each for each in listing.passed_on(account=line.grant.account, on=today) if each.source == grant
    ]
    holders = listing.names(accounts={str(each.account) for each in passed_on})
    context = {
        "line": view,
        "holder": line.holder,
        "username": line.username,
        "passed_on": [
            {"holder": holders.get(str(each.account), ""), "valid_to": each.valid_to} for each in passed_on
        ],
        "work": openwork.of([grant])[grant],
        "back": back,
        "error": error,
        "reason": request.POST.get("reason", ""),
    }
    ledger.record(Event("accounts.read", kind="account", subject=str(line.grant.account)), by=request.actor)
    return render(request, "accounts/officers/review_end.html", context, status=422 if error else 200)


def _list(page: str) -> str:
    """The address of that page of the list; what is no number is the first."""
    query = f"?hal={page}" if re.fullmatch(r"[1-9][0-9]{0,5}", page) else ""
    return reverse("accounts:review") + query


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
    path("petugas/akun/tinjauan/<uuid:grant>/akhiri/", end, name="review_end"),
    path("petugas/akun/tinjauan/hasil.xlsx", export, name="review_export"),
]
