"""Pages on which an officer's account is prepared for sign-in at an institution, or no more."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from dtks.foundation.accounts import listing
from dtks.foundation.accounts import officer_texts as texts
from dtks.foundation.accounts.entrance import requires
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.accounts.signing_in import institutions, preparing
from dtks.foundation.accounts.signing_in.errors import NothingAsked
from dtks.foundation.accounts.web_officer_acts import key_of_request, officer_of
from dtks.foundation.kernel.errors import DtksError

PAGE = "accounts:officer_institutions"
# Where the message of an error stands; any other stands above the form.
_PLACES = {
    "DTKS-ACC-016": "reason", "DTKS-ACC-029": "reason", "DTKS-ACC-102": "institution",
    "DTKS-ACC-103": "subject", "DTKS-ACC-104": "subject",
}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ACCOUNT_MANAGE)
def officer_institutions(request: HttpRequest, account: uuid.UUID) -> HttpResponse:
    """Who opens the account by signing in elsewhere, what waits for a second person, and a form for more."""
    found = officer_of(request, account)
    typed = {key: request.POST.get(key, "").strip()[:300] for key in ("institution", "subject", "reason")}
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            done = preparing.prepare(by=request.actor, account=account, **typed)
        except DtksError as problem:
            errors[_PLACES.get(problem.code, "form")] = texts.told(problem)
        else:
            if done:
                messages.success(request, gettext("Disiapkan. Petugas dapat masuk lewat lembaga itu."))
            else:
                messages.info(
                    request, gettext("Permintaan dicatat. Pengelola akun lain menyetujuinya dalam 24 jam.")
                )
            return redirect(PAGE, account)
    return _page(request, found, {"typed": typed, "errors": errors}, wrong=bool(errors))


def _page(
    request: HttpRequest, found: listing.Officer, form: dict[str, Any], *, wrong: bool = False
) -> HttpResponse:
    context = {**form, "officer": found, "institutions": institutions.offered(), "refused": ""}
    try:
        prepared, asked = preparing.of(by=request.actor, account=found.id)
    except DtksError as problem:  # one's own account, or one that is not one's to change
        context["refused"] = texts.told(problem)
        return render(request, "accounts/officers/institutions.html", context, status=422 if wrong else 200)
    called = {each.id: each.name for each in institutions.offered()}
    who = listing.names(accounts={each.by for each in prepared} | ({asked.request.by} if asked else set()))
    context |= {
        "prepared": [
            {
                "line": each,
                "name": called.get(each.institution, each.institution),
                "gone": each.institution not in called,
                "by": who.get(each.by, each.by),
            }
            for each in prepared
        ],
        "asked": asked,
        "asked_name": called.get(asked.institution, asked.institution) if asked else "",
        "asked_by": who.get(asked.request.by, asked.request.by) if asked else "",
        "too_new": texts.told(asked.request.refusal) if asked and asked.request.refusal else "",
        "closed": found.status(timezone.localdate()) == "tertutup",
    }
    return render(request, "accounts/officers/institutions.html", context, status=422 if wrong else 200)


@require_http_methods(["POST"])
@requires(Permission.ACCOUNT_MANAGE)
def answer(request: HttpRequest, account: uuid.UUID) -> HttpResponse:
    """A second person agrees to what was asked for, or it is dropped."""
    found = officer_of(request, account)
    agreed = request.POST.get("decision") == "agree"
    act: Callable[..., object] = preparing.agree if agreed else preparing.decline
    try:
        seen = key_of_request(request)
        if seen is None:
            raise NothingAsked()
        act(by=request.actor, account=account, request=seen, reason=request.POST.get("reason", ""))
    except DtksError as problem:
        form = {"typed": {}, "errors": {}, "answer_error": texts.told(problem)}
        return _page(request, found, form, wrong=True)
    if agreed:
        messages.success(request, gettext("Disetujui. Petugas dapat masuk lewat lembaga itu."))
    else:
        messages.success(request, gettext("Permintaan dibatalkan. Tidak ada yang berubah."))
    return redirect(PAGE, account)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ACCOUNT_MANAGE)
def withdraw(request: HttpRequest, account: uuid.UUID, institution: str) -> HttpResponse:
    """Ask whether to withdraw a sign-in at an institution, then do it."""
    found, error = officer_of(request, account), ""
    if request.method == "POST":
        try:
            gone = preparing.withdraw(
                by=request.actor, account=account, institution=institution,
                reason=request.POST.get("reason", ""),
            )  # fmt: skip
        except DtksError as problem:
            error = texts.told(problem)
        else:
            done = gettext("Dicabut; semua sesinya berakhir.") if gone else gettext("Itu sudah dicabut.")
            messages.success(request, done)
            return redirect(PAGE, account)
    known = institutions.by_id(institution)
    context = {
        "officer": found,
        "name": known.name if known else institution,
        "error": error,
        "reason": request.POST.get("reason", ""),
    }
    template = "accounts/officers/institution_withdraw.html"
    return render(request, template, context, status=422 if error else 200)


urlpatterns = [
    path("petugas/akun/<uuid:account>/lembaga/", officer_institutions, name="officer_institutions"),
    path("petugas/akun/<uuid:account>/lembaga/jawab/", answer, name="officer_institution_answer"),
    path(
        "petugas/akun/<uuid:account>/lembaga/<slug:institution>/cabut/",
        withdraw,
        name="officer_institution_withdraw",
    ),
]
