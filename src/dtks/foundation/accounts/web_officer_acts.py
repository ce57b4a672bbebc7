"""Pages of what changes an officer's account or roles. Each asks first, says what will happen, and wants a
reason."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dtks.foundation.accounts import actions, listing, openwork, resets, web_bulk
from dtks.foundation.accounts import officer_texts as texts
from dtks.foundation.accounts.domain import NewAccount
from dtks.foundation.accounts.entrance import requires
from dtks.foundation.accounts.errors import AccountNotFound
from dtks.foundation.accounts.models import ResetRequest
from dtks.foundation.accounts.passing_on import LONGEST_DELEGATION
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.accounts.signing_in.errors import NothingAsked
from dtks.foundation.kernel.errors import DtksError


@dataclass(frozen=True, slots=True)
class Act:
    """What is done to an account after it was confirmed. Texts are lazy. ``hurts``: it takes away."""

    title: Any
    warning: Any
    button: Any
    done: Any
    run: Callable[..., object]
    hurts: bool = True
    what: str = ""  # of a reset: which, for a second person who may have to agree


_WAITING = _("Permintaan dicatat. Pengelola akun lain menyetujuinya di halaman ini dalam 24 jam.")
ACTS = {
    "tutup": Act(
        _("Tutup akun"),
        _("Semua perannya berakhir dan ia tidak dapat masuk lagi. Riwayatnya tetap ada."),
        _("Tutup akun"),
        _("Akun ditutup; semua perannya berakhir."),
        actions.close_account,
    ),
    "buka-lagi": Act(
        _("Buka lagi akun"),
        _("Petugas mendapat kata sandi baru. Peran lamanya tidak kembali: beri lagi satu per satu."),
        _("Buka lagi"),
        "",
        actions.reopen_account,
        hurts=False,
    ),
    "kata-sandi": Act(
        _("Ganti kata sandi"),
        _(
            "Kata sandi lama tidak berlaku lagi dan semua sesinya berakhir. Kata sandi baru tampil satu "
            "kali saja."
        ),
        _("Buat kata sandi baru"),
        _WAITING,
        actions.reset_password,
        what=ResetRequest.What.PASSWORD,
    ),
    "faktor-kedua": Act(
        _("Hapus faktor kedua"),
        _(
            "Semua faktor kedua dan sesinya dihapus. Pastikan dulu bahwa yang meminta benar petugasnya, "
            "misalnya dengan bertatap muka. Saat masuk berikutnya ia memasang faktor baru."
        ),
        _("Hapus faktor kedua"),
        _("Faktor kedua dihapus."),
        actions.reset_second_factor,
        what=ResetRequest.What.SECOND_FACTOR,
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ACCOUNT_MANAGE)
def act(request: HttpRequest, account: uuid.UUID, what: str) -> HttpResponse:
    """Ask whether to do one of `ACTS`, then do it."""
    if what not in ACTS:
        raise Http404
    chosen, found = ACTS[what], officer_of(request, account)
    error = ""
    if request.method == "POST":
        try:
            more = {"request": key_of_request(request)} if chosen.what else {}
            result = chosen.run(
                by=request.actor, account=account, reason=request.POST.get("reason", ""), **more
            )
        except DtksError as problem:
            error = texts.told(problem)
        else:
            if isinstance(result, NewAccount):
                return web_bulk.slips_page(request, [result])
            messages.success(request, str(_WAITING if result is False else chosen.done))
            return redirect("accounts:officer", account)
    context = {
        "act": chosen, "officer": found, "error": error, "reason": request.POST.get("reason", ""),
        **_waiting(request, account, chosen.what),
    }  # fmt: skip
    return render(request, "accounts/officers/confirm.html", context, status=422 if error else 200)


def _waiting(request: HttpRequest, account: uuid.UUID, what: str) -> dict[str, Any]:
    """The reset that waits for a second person, for the page."""
    try:
        asked = resets.waiting(by=request.actor, account=account, what=what) if what else None
    except DtksError:  # not the reader's to change: the form says so when it is sent
        asked = None
    if asked is None:
        return {"asked": None}
    refused = texts.told(asked.refusal) if asked.refusal else ""
    asked_by = listing.names(accounts=[asked.by]).get(asked.by, asked.by)
    return {"asked": asked, "asked_by": asked_by, "refused": refused}


def key_of_request(request: HttpRequest) -> uuid.UUID | None:
    """The key of the request that the sender saw on the page; None: the page showed none.

    Raises:
        NothingAsked: what was sent is no key.
    """
    text = request.POST.get("request", "")
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        raise NothingAsked() from None


def officer_of(request: HttpRequest, account: uuid.UUID) -> listing.Officer:
    """The officer, when in the reader's area. Raises Http404."""
    try:
        return listing.officer(by=request.actor, account=account)
    except AccountNotFound as problem:
        raise Http404(str(problem)) from problem


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ACCOUNT_MANAGE)
def end_role(request: HttpRequest, account: uuid.UUID, grant: uuid.UUID) -> HttpResponse:
    """Ask whether to end a role, with what is still open in it, then end it."""
    found = officer_of(request, account)
    today = timezone.localdate()
    line = next((each for each in found.grants if each.id == grant and each.is_open(today)), None)
    if line is None:
        messages.info(request, gettext("Peran itu sudah berakhir."))
        return redirect("accounts:officer", account)
    error = ""
    if request.method == "POST":
        try:
            actions.end_grant(by=request.actor, grant=grant, reason=request.POST.get("reason", ""))
        except DtksError as problem:
            error = texts.told(problem)
        else:
            messages.success(request, gettext("Peran diakhiri. Bila keliru, beri lagi peran yang sama."))
            return redirect("accounts:officer", account)
    context = {
        "officer": found,
        "line": texts.grant_views([line], {}, texts.area_names([line.area]))[0],
        "work": openwork.of([grant])[grant],
        "error": error,
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "accounts/officers/end_role.html", context, status=422 if error else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ACCOUNT_MANAGE)
def hand_over(request: HttpRequest, account: uuid.UUID) -> HttpResponse:
    """An officer rotates: which roles go to whom, from which day."""
    found, today = officer_of(request, account), timezone.localdate()
    own = [each for each in found.grants if each.is_open(today) and each.origin != "delegated"]
    may = [each for each in own if each.role in {code for code, *_rest in texts.giveable(request.actor)}]
    error = ""
    if request.method == "POST":
        try:
            to = listing.named(by=request.actor, username=request.POST.get("to", ""))
            actions.hand_over(
                by=request.actor,
                account=account,
                to=to.id,
                on=_day(request.POST.get("on", "")),
                grants=_keys(request.POST.getlist("grant")),
                reason=request.POST.get("reason", ""),
            )
        except DtksError as problem:
            error = texts.told(problem)
        except ValueError:
            error = gettext("Tulis tanggal seperti 2026-12-31.")
        else:
            messages.success(request, gettext("Serah terima dicatat."))
            return redirect("accounts:officer", to.id)
    work = openwork.of([each.id for each in may])
    views = texts.grant_views(may, {}, texts.area_names({each.area for each in may}))
    context = {
        "officer": found,
        "lines": [{**view, "work": work[view["grant"].id], "id": str(view["grant"].id)} for view in views],
        "chosen": request.POST.getlist("grant") or [str(each.id) for each in may],
        "typed": request.POST,
        "today": today.isoformat(),
        "error": error,
    }
    return render(request, "accounts/officers/hand_over.html", context, status=422 if error else 200)


def _day(text: str) -> date:
    """Raises ValueError."""
    return date.fromisoformat(text)


def _keys(texts_: list[str]) -> list[uuid.UUID]:
    """Raises ValueError."""
    return [uuid.UUID(text) for text in texts_]


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DELEGATE, step_up=False)
def delegations(request: HttpRequest) -> HttpResponse:
    """One's own role, passed to a colleague for a time; and what one has passed on."""
    today = timezone.localdate()
    me = uuid.UUID(request.actor.account)
    error = ""
    if request.method == "POST":
        try:
            actions.delegate(
                by=request.actor,
                grant=uuid.UUID(request.actor.grant),
                to=request.POST.get("to", "").strip().lower(),
                valid_from=_day(request.POST.get("valid_from", "")),
                valid_to=_day(request.POST.get("valid_to", "")),
                reason=request.POST.get("reason", ""),
            )
        except DtksError as problem:
            error = texts.told(problem)
        except ValueError:
            error = gettext("Tulis tanggal seperti 2026-12-31.")
        else:
            messages.success(request, gettext("Peran dilimpahkan. Ia berakhir sendiri pada tanggalnya."))
            return redirect("accounts:delegations")
    given = listing.passed_on(account=me, on=today)
    holders = listing.names(accounts={str(each.account) for each in given})
    views = texts.grant_views(
        given, {}, texts.area_names({each.area for each in given} | {request.actor.area})
    )
    mine = [each for each in listing.own_grants(account=me, on=today) if str(each.id) == request.actor.grant]
    context = {
        "role": texts.role_name(request.actor.role),
        "area": texts.area_names([request.actor.area])[request.actor.area],
        "received": bool(mine) and mine[0].origin == "delegated",
        "lines": [{**view, "holder": holders.get(str(view["grant"].account), "")} for view in views],
        "typed": request.POST,
        "today": today.isoformat(),
        "last": (today + LONGEST_DELEGATION).isoformat(),
        "days": LONGEST_DELEGATION.days,
        "error": error,
    }
    return render(request, "accounts/officers/delegations.html", context, status=422 if error else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DELEGATE, step_up=False)
def take_back(request: HttpRequest, grant: uuid.UUID) -> HttpResponse:
    """Ask whether to end a delegation before its time, then end it."""
    today = timezone.localdate()
    given = listing.passed_on(account=uuid.UUID(request.actor.account), on=today)
    line = next((each for each in given if each.id == grant), None)
    if line is None:
        messages.info(request, gettext("Pelimpahan itu sudah berakhir."))
        return redirect("accounts:delegations")
    error = ""
    if request.method == "POST":
        try:
            actions.end_grant(by=request.actor, grant=grant, reason=request.POST.get("reason", ""))
        except DtksError as problem:
            error = texts.told(problem)
        else:
            messages.success(request, gettext("Pelimpahan diakhiri."))
            return redirect("accounts:delegations")
    context = {
        "line": texts.grant_views([line], {}, texts.area_names([line.area]))[0],
        "holder": listing.names(accounts=[str(line.account)]).get(str(line.account), ""),
        "error": error,
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "accounts/officers/take_back.html", context, status=422 if error else 200)


urlpatterns = [
    path("petugas/akun/<uuid:account>/serah-terima/", hand_over, name="hand_over"),
    path("petugas/akun/<uuid:account>/peran/<uuid:grant>/akhiri/", end_role, name="end_role"),
    path("petugas/akun/<uuid:account>/<slug:what>/", act, name="officer_act"),
    path("petugas/pelimpahan/", delegations, name="delegations"),
    path("petugas/pelimpahan/<uuid:grant>/akhiri/", take_back, name="take_back"),
]
