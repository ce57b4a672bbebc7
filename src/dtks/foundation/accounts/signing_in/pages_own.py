"""One's own account: what protects it, the password, the sessions, and the role in which one acts."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from dtks.foundation.accounts import factors
from dtks.foundation.accounts.entrance import open_to_all, requires
from dtks.foundation.accounts.models import Account
from dtks.foundation.accounts.roles import ROLES
from dtks.foundation.accounts.signing_in import (
    citizen_factors,
    devices,
    entering,
    limits,
    recovery,
    trail,
    waiting,
)
from dtks.foundation.accounts.signing_in.pages_in import onward, read_or_send
from dtks.foundation.areas import queries as areas
from dtks.foundation.areas.domain import timezone_of


@requires(None)
@never_cache
def my_account(request: HttpRequest) -> HttpResponse:
    """What protects the account, with the ways to change it; of citizens who hold their role the first page
    says it."""
    if citizen_factors.is_citizen(request.user) and request.actor is not None:
        return redirect("accounts:citizen_home")
    context = {
        **_factors_of(request.user),
        "has_password": request.user.has_usable_password(),
        "is_citizen": citizen_factors.is_citizen(request.user),
        "zone": _zone(request),
    }
    return render(request, "accounts/my_account.html", context)


@require_safe
@requires(None)
@never_cache
def my_security(request: HttpRequest) -> HttpResponse:
    """A citizen's page: what codes by SMS and e-mail do not hold off, and the factor that does."""
    if not citizen_factors.is_citizen(request.user):
        return redirect("accounts:my_account")
    return render(request, "accounts/my_security.html", {**_factors_of(request.user), "zone": _zone(request)})


def _factors_of(account: Account) -> dict[str, Any]:
    """What the list of factors shows (`accounts/factors.html`)."""
    own = Authenticator.objects.filter(user=account).order_by("created_at")
    shown = [each for each in own if each.type != Authenticator.Type.RECOVERY_CODES]
    return {
        "factors": shown,
        "codes_left": recovery.left(account) or 0,
        "has_app": any(each.type == Authenticator.Type.TOTP for each in shown),
    }


@open_to_all(
    "Whoever must change the password is let in no further than here; all others are sent to sign in"
)
@never_cache
@sensitive_post_parameters()
@read_or_send
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password; all other sessions end with the old one."""
    # The page lies before `confirmed` only for those who must come here.
    if not request.user.is_authenticated:
        return redirect("accounts:sign_in")
    if not factors.shown(request) or factors.LOCKED in request.session:
        return redirect(factors.way_to_confirm(request))
    if not request.user.has_usable_password():
        return redirect("accounts:my_account")
    wait, form = 0, PasswordChangeForm(request.user)
    if request.method == "POST":
        wait = limits.take(limits.PASSWORD, str(request.user.pk)).wait
        form = PasswordChangeForm(request.user, request.POST)
        if not wait and form.is_valid() and _differs(form):
            _store_password(request, form)
            messages.success(request, _("Kata sandi diganti. Sesi di perangkat lain sudah diakhiri."))
            return onward(request)
    context = {
        "form": form,
        "error": waiting.text(wait) if wait else "",
        "must": factors.must_change_password(request),
        "next": factors.safe_next(request),
    }
    response = render(request, "accounts/change_password.html", context)
    return waiting.answered(response, wait=wait) if form.is_bound else response


def _differs(form: PasswordChangeForm) -> bool:
    """The new password is not the old one: who must change it would have changed nothing."""
    if form.cleaned_data["new_password1"] == form.cleaned_data["old_password"]:
        form.add_error("new_password1", _("Pilih kata sandi yang lain daripada yang lama."))
    return form.is_valid()


@transaction.atomic
def _store_password(request: HttpRequest, form: PasswordChangeForm) -> None:
    account = form.save(commit=False)
    account.must_change_password = False
    account.own_since = account.own_since or timezone.now()
    account.save(update_fields=["password", "must_change_password", "own_since"])
    for other in UserSession.objects.filter(user=account).exclude(session_key=request.session.session_key):
        other.end()
    UserSession.objects.filter(session_key=request.session.session_key).delete()
    update_session_auth_hash(request, account)
    UserSession.objects.create_from_request(request)
    limits.forget(limits.PASSWORD, str(account.pk))
    trail.note(request, "accounts.password_changed")


@requires(None)
@never_cache
@read_or_send
def sessions(request: HttpRequest) -> HttpResponse:
    """Where the account is signed in; each session can be ended."""
    current = request.session.session_key
    if request.method == "POST":
        if not factors.fresh(request):
            return redirect(factors.with_next(reverse("accounts:step_up"), reverse("accounts:sessions")))
        wanted = request.POST.get("end", "")
        mine = UserSession.objects.filter(user=request.user).exclude(session_key=current)
        ended = list(
            mine
            if wanted == "others"
            else mine.filter(pk=int(wanted))
            if wanted.isdecimal() and len(wanted) < 10
            else []
        )
        with transaction.atomic():
            for each in ended:
                each.end()
            if ended:
                trail.note(request, "accounts.session_ended", detail={"count": len(ended)})
        messages.success(request, _("Sesi diakhiri.") if ended else _("Sesi itu sudah berakhir."))
        return redirect("accounts:sessions")
    rows = sorted(
        UserSession.objects.purge_and_list(request.user),
        key=lambda row: (row.session_key != current, -row.last_seen_at.timestamp()),
    )
    shown = [
        {"id": row.pk, "device": devices.name_of(row.user_agent), "since": row.created_at,
         "seen": row.last_seen_at, "address": row.ip, "this": row.session_key == current}
        for row in rows
    ]  # fmt: skip
    return render(
        request,
        "accounts/sessions.html",
        {
            "sessions": shown,
            "is_citizen": citizen_factors.is_citizen(request.user),
            "zone": _zone(request),
        },
    )


@requires(None)
@never_cache
@read_or_send
def roles(request: HttpRequest) -> HttpResponse:
    """The roles that one holds; one acts in one of them at a time."""
    if request.method == "POST":
        wanted = request.POST.get("grant", "")
        holding = next((each for each in request.holdings if str(each.grant) == wanted), None)
        if holding is not None:
            with transaction.atomic():
                trail.note(
                    request,
                    "accounts.role_switched",
                    detail={"role": holding.role, "role_area": holding.area},
                )
                entering.act_in(request, holding)
            return onward(request)
        messages.error(request, _("Peran itu tidak berlaku lagi. Pilih yang lain."))
        return redirect("accounts:roles")
    names = areas.names(codes={each.area for each in request.holdings if each.area})
    english = (get_language() or "id").startswith("en")
    shown = [
        {
            "grant": str(each.grant),
            "role": ROLES[each.role].name_en if english else ROLES[each.role].name_id,
            "place": names.get(each.area, each.area),
            "programme": each.programme,
            "valid_to": each.valid_to,
            "now": request.actor is not None and str(each.grant) == request.actor.grant,
        }
        for each in request.holdings
    ]
    return render(request, "accounts/roles.html", {"roles": shown, "next": factors.safe_next(request)})


def _zone(request: HttpRequest) -> str:
    """WIB, WITA or WIT: of the area of the role, WIB for the whole country."""
    area = request.actor.area if request.actor is not None else ""
    return timezone_of(area) if area else "WIB"
