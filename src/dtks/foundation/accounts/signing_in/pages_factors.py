"""Setting up second factors, and taking them away."""

from __future__ import annotations

import base64
import json
from typing import Any

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import TOTP, clear_totp_secret
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from allauth.mfa.webauthn.internal.auth import WebAuthn, begin_registration
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from dtks.foundation.accounts import factors
from dtks.foundation.accounts.entrance import open_to_all, requires
from dtks.foundation.accounts.models import Account
from dtks.foundation.accounts.signing_in import entering, limits, showing, trail, waiting
from dtks.foundation.accounts.signing_in.pages_in import onward, read_or_send

LONGEST_NAME = 60
_ON_THE_WAY_IN = "Half signed in: whoever has no factor yet sets one up here, all others are sent away"


@open_to_all(_ON_THE_WAY_IN)
@never_cache
@sensitive_post_parameters("code")
@read_or_send
def first_app(request: HttpRequest) -> HttpResponse:
    """The first factor, an app that shows codes."""
    return _away_unless_first(request) or _add_app(request, first=True)


@open_to_all(_ON_THE_WAY_IN)
@never_cache
@read_or_send
def first_key(request: HttpRequest) -> HttpResponse:
    """The first factor, a security key."""
    return _away_unless_first(request) or _add_key(request, first=True)


@requires(None, step_up=True)
@never_cache
@sensitive_post_parameters("code")
@read_or_send
def add_app(request: HttpRequest) -> HttpResponse:
    """A code app for who has a key already; there is one app at a time."""
    if Authenticator.objects.filter(user=request.user, type=Authenticator.Type.TOTP).exists():
        return redirect("accounts:my_account")
    return _add_app(request, first=False)


@requires(None, step_up=True)
@never_cache
@read_or_send
def add_key(request: HttpRequest) -> HttpResponse:
    """One more security key."""
    return _add_key(request, first=False)


@requires(None, step_up=True)
@never_cache
@read_or_send
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Codes that have not been seen yet; once they are said to be kept they are never shown again, but new
    ones can be made."""
    if not showing.has_factor(request.user):
        return redirect("accounts:my_account")
    held = _recovery_codes(request.user)
    if request.method == "POST" and request.POST.get("do") == "kept" and held is not None:
        held.mark_as_viewed()
        return onward(request)
    if request.method == "POST" and request.POST.get("do") == "renew":
        held = _new_recovery_codes(request)
        return redirect(factors.with_next(reverse("accounts:recovery_codes"), factors.safe_next(request)))
    unseen = held is not None and not held.did_view
    context = {
        "codes": held.get_unused_codes() if held is not None and unseen else [],
        "left": len(held.get_unused_codes()) if held is not None else 0,
        "next": factors.safe_next(request),
    }
    return render(request, "accounts/recovery_codes.html", context)


@requires(None, step_up=True)
@never_cache
@read_or_send
def remove_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then take a factor away. The last one stays: without it nothing could be opened."""
    own = Authenticator.objects.filter(user=request.user).exclude(type=Authenticator.Type.RECOVERY_CODES)
    factor = get_object_or_404(own, pk=pk)
    if own.count() == 1:
        messages.error(request, _("Ini faktor kedua Anda yang terakhir. Pasang yang lain dulu."))
        return redirect("accounts:my_account")
    if request.method == "POST":
        with transaction.atomic():
            factor.delete()
            trail.note(request, "accounts.factor_removed", detail={"type": factor.type})
        messages.success(request, _("Faktor kedua dihapus."))
        return redirect("accounts:my_account")
    return render(request, "accounts/remove_factor.html", {"factor": factor})


def _away_unless_first(request: HttpRequest) -> HttpResponse | None:
    if not request.user.is_authenticated:
        return redirect("accounts:sign_in")
    if factors.shown(request) or showing.has_factor(request.user):
        return redirect(factors.with_next(reverse("accounts:second_factor"), factors.safe_next(request)))
    return None


def _add_app(request: HttpRequest, *, first: bool) -> HttpResponse:
    # A form without data makes a new secret: one that was sent must be met by the secret it was made for.
    form = ActivateTOTPForm(request.POST if request.method == "POST" else None, user=request.user)
    wait = 0
    if form.is_bound:
        wait = limits.take(limits.FACTOR, str(request.user.pk)).wait
        if not wait and form.is_valid():
            # The code is spent: it must not sign in a second time.
            code = normalize_user_code(form.cleaned_data["code"])
            limits.once("totp", f"{request.user.pk}:{code}", seconds=showing.TOTP_LIVES_SECONDS)
            limits.forget(limits.FACTOR, str(request.user.pk))
            with transaction.atomic():
                TOTP.activate(request.user, form.secret)
                return _added(request, Authenticator.Type.TOTP, first=first)
    adapter = get_adapter()
    picture = adapter.build_totp_svg(adapter.build_totp_url(request.user, form.secret))
    error = (
        waiting.text(wait)
        if wait
        else (_("Kode tidak cocok. Tunggu kode berikutnya, lalu coba lagi.") if form.is_bound else "")
    )
    context = {
        # As the source of an image it needs no exception from the rule that pages hold no markup from code.
        "picture": "data:image/svg+xml;base64," + base64.b64encode(picture.encode()).decode("ascii"),
        "secret": " ".join(form.secret[at : at + 4] for at in range(0, len(form.secret), 4)),
        "error": error,
        "next": factors.safe_next(request),
        "first": first,
    }
    response = render(request, "accounts/add_app.html", context)
    return waiting.answered(response, wait=wait) if error else response


def _add_key(request: HttpRequest, *, first: bool) -> HttpResponse:
    error = ""
    if request.method == "POST":
        name = " ".join(request.POST.get("name", "").replace("\0", "").split())[:LONGEST_NAME]
        form = _KeyToAdd({"credential": request.POST.get("credential", ""), "name": name}, user=request.user)
        if form.is_valid():
            with transaction.atomic():
                WebAuthn.add(request.user, form.cleaned_data["name"], form.cleaned_data["credential"])
                return _added(request, Authenticator.Type.WEBAUTHN, first=first)
        error = _("Kunci itu tidak dapat didaftarkan. Coba lagi, atau pakai aplikasi kode.")
    context = {
        "options": json.dumps(begin_registration(request.user, False)),
        "error": error,
        "next": factors.safe_next(request),
        "first": first,
    }
    response = render(request, "accounts/add_key.html", context)
    return waiting.answered(response) if error else response


class _KeyToAdd(AddWebAuthnForm):
    """Whatever a browser sends that is no answer of a key is refused, never a fault of the page."""

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
            return cleaned
        except ValidationError:
            raise
        except (AttributeError, KeyError, IndexError, TypeError, ValueError):
            raise ValidationError("unreadable", code="unreadable") from None


def _added(request: HttpRequest, kind: str, *, first: bool) -> HttpResponse:
    """Note it; the first factor was shown by being set up, and opens the session."""
    clear_totp_secret(request)
    trail.note(request, "accounts.factor_added", detail={"type": kind})
    if first:
        # With a password that another knows the account is not its holder's yet.
        if not request.user.must_change_password:
            Account.objects.filter(pk=request.user.pk, own_since=None).update(own_since=timezone.now())
        entering.complete(request, how="factor set up")
    else:
        factors.mark_confirmed(request)
    held = _recovery_codes(request.user) or RecoveryCodes.activate(request.user)
    if not held.did_view:
        return redirect(factors.with_next(reverse("accounts:recovery_codes"), factors.safe_next(request)))
    messages.success(request, _("Faktor kedua terpasang."))
    return redirect("accounts:my_account")


def _recovery_codes(account: Account) -> RecoveryCodes | None:
    row = Authenticator.objects.filter(user=account, type=Authenticator.Type.RECOVERY_CODES).first()
    return row.wrap() if row is not None else None


@transaction.atomic
def _new_recovery_codes(request: HttpRequest) -> RecoveryCodes:
    Account.objects.select_for_update().get(pk=request.user.pk)  # two clicks at once make one set
    Authenticator.objects.filter(user=request.user, type=Authenticator.Type.RECOVERY_CODES).delete()
    trail.note(request, "accounts.recovery_codes_made")
    return RecoveryCodes.activate(request.user)
