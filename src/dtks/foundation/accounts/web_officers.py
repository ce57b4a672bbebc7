"""Pages of those who manage officers: the list, one officer, a new one, a role."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from dtks.foundation.accounts import (
    actions,
    listing,
    searches,
    web_bulk,
    web_officer_acts,
    web_officer_institutions,
    web_review,
)
from dtks.foundation.accounts import officer_texts as texts
from dtks.foundation.accounts.account_data import AccountData
from dtks.foundation.accounts.entrance import requires
from dtks.foundation.accounts.errors import WrongValue
from dtks.foundation.accounts.review import Period
from dtks.foundation.accounts.roles import ROLES, Permission
from dtks.foundation.accounts.signing_in import preparing
from dtks.foundation.accounts.web_officer_acts import officer_of
from dtks.foundation.areas.errors import AreaCodeError
from dtks.foundation.kernel.area_codes import check_code
from dtks.foundation.kernel.errors import DtksError
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger import acts
from dtks.foundation.ledger import queries as trail
from dtks.foundation.ledger.domain import Event

# A role of the form; '' would be the whole country as an area.
_FIELDS = (
    "username", "name", "email", "phone", "nik", "role", "area", "programme", "valid_from", "valid_to",
    "expires_on", "reason",
)  # fmt: skip
_DATES = ("valid_from", "valid_to", "expires_on")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ACCOUNT_MANAGE, step_up=False)
def officers(request: HttpRequest) -> HttpResponse:
    """Officers of the area. A search comes by POST into the session; filters are in the address."""
    if request.method == "POST":
        token = searches.keep(request.session, request.POST.get("cari", ""))
        view = {"cari": token, **{key: request.POST.get(key, "") for key in ("peran", "status", "wilayah")}}
        return redirect(f"{reverse('accounts:officers')}?{_query(_clean(view))}")
    view = _clean(request.GET)
    text = searches.text_of(request.session, view["cari"])
    page = request.GET.get("hal", "")
    today = timezone.localdate()
    found = listing.officers(
        by=request.actor,
        on=today,
        text=text or "",
        role=view["peran"],
        area=view["wilayah"],
        status=view["status"],
        page=int(page) if re.fullmatch(r"[1-9][0-9]{0,5}", page) else 1,
    )
    if text is None:
        # Everybody instead of the few that were asked for would be taken for the answer.
        found = listing.Listing((), 0, 1, 1)
    ledger.record(Event("accounts.list", kind="account", count=len(found.officers)), by=request.actor)
    places = texts.area_names(
        {line.area for each in found.officers for line in each.grants} | {view["wilayah"], request.actor.area}
    )
    context = {
        "rows": [_row(each, today, places) for each in found.officers],
        "listing": found,
        "view": view,
        "text": text or "",
        "ended": text is None,
        "narrowed": any(view.values()),
        "here": _query(view),
        "place": places[request.actor.area],
        "roles": [(role.id, texts.role_name(role.id)) for role in ROLES.values() if role.granted_by],
        "statuses": texts.STATUSES.items(),
        "stale": None
        if view["status"]
        else listing.stale_accounts(by=request.actor, on=today, limit=1).total,
        "awaited": preparing.awaited(by=request.actor),
        "period": Period.of(today),
    }
    return render(request, "accounts/officers/list.html", context)


def _clean(query: Mapping[str, str]) -> dict[str, str]:
    """The filters of an address; what makes no sense counts as empty."""
    area = query.get("wilayah", "")
    try:
        area = check_code(area) if area else ""
    except AreaCodeError:
        area = ""
    token = query.get("cari", "")
    return {
        "cari": token if searches.is_token(token) else "",
        "peran": query.get("peran", "") if query.get("peran", "") in ROLES else "",
        "status": query.get("status", "") if query.get("status", "") in listing.STATUSES else "",
        "wilayah": area,
    }


def _query(view: dict[str, str]) -> str:
    return urlencode({key: value for key, value in view.items() if value})


def _row(officer: listing.Officer, on: date, places: dict[str, str]) -> dict[str, Any]:
    status = officer.status(on)
    return {
        "officer": officer,
        "status": status,
        "status_text": texts.STATUSES[status],
        "grants": texts.grant_views([each for each in officer.grants if each.is_open(on)], {}, places),
    }


@require_safe
@requires(Permission.ACCOUNT_MANAGE, step_up=False)
def officer(request: HttpRequest, account: uuid.UUID) -> HttpResponse:
    """One officer: roles, what they have been, what happened to the account, and what can be done."""
    today = timezone.localdate()
    found = officer_of(request, account)
    ledger.record(Event("accounts.read", kind="account", subject=str(account)), by=request.actor)
    events = [
        each
        for each in trail.events(subject=str(account), limit=200)
        if each.action not in ("accounts.read", "accounts.read_sign_in")
    ]
    names = listing.names(
        accounts={line.granted_by for line in found.grants} | {each.account for each in events}
    )
    places = texts.area_names({line.area for line in found.grants} | {each.area for each in events})
    clashes = listing.conflicts(accounts=[account], on=today).get(account, [])
    context = {
        "officer": found,
        "status": found.status(today),
        "status_text": texts.STATUSES[found.status(today)],
        "open": texts.grant_views([each for each in found.grants if each.is_open(today)], names, places),
        "ended": texts.grant_views([each for each in found.grants if not each.is_open(today)], names, places),
        "clashes": [(texts.role_name(one), texts.role_name(other)) for one, other in clashes],
        "events": [
            {
                "at": each.at,
                "text": acts.text(each.action),
                "role": texts.role_name(each.detail["role"]) if "role" in each.detail else "",
                "area": places[each.area] if "role" in each.detail else "",
                "reason": each.detail.get("reason", ""),
                "by": names.get(each.account, each.account),
            }
            for each in events
        ],
        "today": today,
        "own": str(account) == request.actor.account,
    }
    return render(request, "accounts/officers/officer.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ACCOUNT_MANAGE)
def new(request: HttpRequest) -> HttpResponse:
    """A new officer with a first role. The answer to the form shows the password, once."""
    form = _form(request)
    if request.method == "POST" and _choose_area(request, form) & _judge_account(form):
        try:
            with transaction.atomic():
                made = actions.create_account(by=request.actor, **_account_of(form))
                actions.grant(by=request.actor, account=made.account, **_role_of(form))
        except (DtksError, ValueError) as error:
            _explain(form, error)
        else:
            return web_bulk.slips_page(request, [made])
    return _render_form(request, "accounts/officers/new.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ACCOUNT_MANAGE)
def role(request: HttpRequest, account: uuid.UUID) -> HttpResponse:
    """Another role for an officer."""
    found, form = officer_of(request, account), _form(request)
    if request.method == "POST" and _choose_area(request, form):
        try:
            actions.grant(by=request.actor, account=account, **_role_of(form))
        except (DtksError, ValueError) as error:
            _explain(form, error)
        else:
            messages.success(
                request, gettext("Peran diberikan. Berlaku saat petugas membuka halaman berikutnya.")
            )
            return redirect("accounts:officer", account)
    return _render_form(request, "accounts/officers/role.html", form, officer=found)


def _form(request: HttpRequest) -> dict[str, Any]:
    """What was typed, and room for what is wrong with it."""
    typed = {key: request.POST.get(key, "").strip()[:200] for key in _FIELDS}
    if request.method != "POST":
        typed["valid_from"] = timezone.localdate().isoformat()
    return {"typed": typed, "errors": {}, "choices": []}


def _choose_area(request: HttpRequest, form: dict[str, Any]) -> bool:
    """Find the code of the area that was typed; False when there is none or the reader must choose."""
    typed = form["typed"]
    if not typed["role"]:
        form["errors"]["role"] = gettext("Pilih peran.")
    try:
        code, choices = texts.find_area(typed["area"], role=typed["role"], under=request.actor.area)
    except DtksError as error:
        form["errors"]["area"] = texts.told(error)
        return False
    form["choices"] = choices
    form["area"] = code
    if choices:
        form["errors"]["area"] = gettext("Ada beberapa wilayah dengan nama itu. Pilih salah satu.")
    return not form["errors"]


def _judge_account(form: dict[str, Any]) -> bool:
    """Name every field of the account that is wrong, not the first alone; False when one is."""
    try:
        data = AccountData(**_account_of(form)).clean()
    except ValueError:
        form["errors"]["expires_on"] = gettext("Tulis tanggal seperti 2026-12-31.")
        data = AccountData(**{**_account_of({"typed": {**form["typed"], "expires_on": ""}})}).clean()
    for problem in data.problems(on=timezone.localdate()).values():
        _explain(form, problem)
    return not form["errors"]


def _account_of(form: dict[str, Any]) -> dict[str, Any]:
    typed = form["typed"]
    return {key: typed[key] for key in ("username", "name", "email", "phone", "nik")} | {
        "expires_on": _day(typed["expires_on"])
    }


def _role_of(form: dict[str, Any]) -> dict[str, Any]:
    typed = form["typed"]
    return {
        "role": typed["role"],
        "area": form["area"],
        "programme": typed["programme"].lower(),
        "valid_from": _day(typed["valid_from"]),
        "valid_to": _day(typed["valid_to"]),
        "reason": typed["reason"],
    }


def _day(text: str) -> date | None:
    """Raises ValueError."""
    return date.fromisoformat(text) if text else None


# Where the message of an error stands; any other stands above the form.
_PLACES = {
    "DTKS-ACC-004": "area", "DTKS-ACC-005": "role", "DTKS-ACC-007": "role", "DTKS-ACC-010": "valid_to",
    "DTKS-ACC-017": "username", "DTKS-ACC-022": "programme", "DTKS-AREA-001": "area", "DTKS-AREA-002": "area",
    "DTKS-SCOPE-002": "area", "DTKS-ACC-002": "role", "DTKS-ACC-009": "role",
}  # fmt: skip


def _explain(form: dict[str, Any], error: DtksError | ValueError) -> None:
    if not isinstance(error, DtksError):
        form["errors"]["valid_to"] = gettext("Tulis tanggal seperti 2026-12-31.")
        return
    field = error.params.get("key") or _PLACES.get(error.code, "form")
    problem = (
        error.params["problem_en" if texts.english() else "problem_id"]
        if isinstance(error, WrongValue)
        else ""
    )
    form["errors"][field] = problem or texts.told(error)


def _render_form(request: HttpRequest, template: str, form: dict[str, Any], **more: Any) -> HttpResponse:
    context = {
        **form,
        "roles": texts.giveable(request.actor),
        "place": texts.area_names([request.actor.area])[request.actor.area],
        "today": timezone.localdate().isoformat(),
        **more,
    }
    return render(request, template, context, status=422 if form["errors"] else 200)


urlpatterns: list[URLPattern | URLResolver] = [
    path("petugas/akun/", officers, name="officers"),
    path("petugas/akun/baru/", new, name="officer_new"),
    path("petugas/akun/<uuid:account>/", officer, name="officer"),
    path("petugas/akun/<uuid:account>/peran/", role, name="officer_role"),
    *web_officer_institutions.urlpatterns,
    *web_officer_acts.urlpatterns,
    *web_bulk.urlpatterns,
    *web_review.urlpatterns,
]
