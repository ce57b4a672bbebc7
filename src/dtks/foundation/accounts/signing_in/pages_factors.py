"""Setting up second factors, and taking them away."""

from __future__ import annotations

import base64
import json
from typing import Any

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
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
from dtks.foundation.accounts.signing_in import (
    citizen_factors,
    entering,
    limits,
    recovery,
    showing,
    trail,
    waiting,
)
from dtks.foundation.accounts.signing_in.pages_in import home, read_or_send

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
    """A code app for who has a key already, or for a citizen; there is one app at a time."""
    if Authenticator.objects.filter(user=request.user, type=Authenticator.Type.TOTP).exists():
        return redirect(citizen_factors.page_of(request.user))
    return _add_app(request, first=False)


@requires(None, step_up=True)
@never_cache
@read_or_send
def add_key(request: HttpRequest) -> HttpResponse:
    """One more security key; a citizen's first one, too."""
    return _add_key(request, first=False)


@requires(None, step_up=True)
@never_cache
@read_or_send
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """How many codes are left; new ones can be made. They are in the answer to that form and nowhere else."""
    back = citizen_factors.page_of(request.user)
    if not showing.has_factor(request.user):
        return redirect(back)
    if request.method == "POST" and request.POST.get("do") == "renew":
        return _new_recovery_codes(request)
    left = recovery.left(request.user) or 0
    return render(request, "accounts/recovery_codes.html", {"left": left, "back": reverse(back)})


@requires(None, step_up=True)
@never_cache
@read_or_send
def remove_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then take a factor away. An officer's last one stays: without it nothing could be opened. A
    citizen's may go, the recovery codes with it: from then on the code by phone or e-mail is enough again."""
    own = Authenticator.objects.filter(user=request.user).exclude(type=Authenticator.Type.RECOVERY_CODES)
    factor = get_object_or_404(own, pk=pk)
    is_citizen, is_last = citizen_factors.is_citizen(request.user), own.count() == 1
    back = citizen_factors.page_of(request.user)
    if is_last and not is_citizen:
        messages.error(request, _("Ini faktor kedua Anda yang terakhir. Pasang yang lain dulu."))
        return redirect(back)
    if request.method == "POST":
        with transaction.atomic():
            factor.delete()
            if is_last:
                Authenticator.objects.filter(user=request.user).delete()
            trail.note(request, "accounts.factor_removed", detail={"type": factor.type})
            if is_citizen:
                citizen_factors.tell_removed(request.user)
        messages.success(request, _("Faktor kedua dihapus."))
        return redirect(back)
    context = {"factor": factor, "codes_alone": is_last, "back": reverse(back)}
    return render(request, "accounts/remove_factor.html", context)


def _away_unless_first(request: HttpRequest) -> HttpResponse | None:
    if not request.user.is_authenticated:
        return redirect("accounts:sign_in")
    # A citizen's first factor is set up inside: half-way there is one already, or the office took it away.
    known = showing.has_factor(request.user) or citizen_factors.is_citizen(request.user)
    if factors.shown(request) or known:
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
                if entering.is_over(request):
                    return redirect("accounts:sign_in")
                TOTP.activate(request.user, form.secret)
                _note_added(request, Authenticator.Type.TOTP, first=first)
            return _after_adding(request)
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
        "back": reverse(citizen_factors.page_of(request.user)),
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
                if entering.is_over(request):
                    return redirect("accounts:sign_in")
                WebAuthn.add(request.user, form.cleaned_data["name"], form.cleaned_data["credential"])
                _note_added(request, Authenticator.Type.WEBAUTHN, first=first)
            return _after_adding(request)
        error = _("Kunci itu tidak dapat didaftarkan. Coba lagi, atau pakai aplikasi kode.")
    context = {
        "options": json.dumps(begin_registration(request.user, False)),
        "error": error,
        "next": factors.safe_next(request),
        "first": first,
        "back": reverse(citizen_factors.page_of(request.user)),
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


def _note_added(request: HttpRequest, kind: str, *, first: bool) -> None:
    """In the caller's transaction. The first factor was shown by being set up, and opens the session."""
    clear_totp_secret(request)
    trail.note(request, "accounts.factor_added", detail={"type": kind})
    if first:
        # With a password that another knows the account is not its holder's yet.
        if not request.user.must_change_password:
            Account.objects.filter(pk=request.user.pk, own_since=None).update(own_since=timezone.now())
        entering.complete(request, how="factor set up")
        return
    if citizen_factors.is_citizen(request.user):
        citizen_factors.was_added(request)
    factors.mark_confirmed(request)


def _after_adding(request: HttpRequest) -> HttpResponse:
    """Whoever has no recovery codes yet gets them now."""
    if recovery.left(request.user) is None:
        return _new_recovery_codes(request)
    messages.success(request, _("Faktor kedua terpasang."))
    return redirect(citizen_factors.page_of(request.user))


def _new_recovery_codes(request: HttpRequest) -> HttpResponse:
    """Make codes instead of those of before and show them, once: only their hashes stay."""
    made = recovery.new()
    with transaction.atomic():
        if entering.is_over(request):
            return redirect("accounts:sign_in")
        recovery.store(request.user, made)
        trail.note(request, "accounts.recovery_codes_made")
    page = reverse(citizen_factors.page_of(request.user))
    onward = page if citizen_factors.is_citizen(request.user) else home(request)
    context = {"codes": made.codes, "onward": factors.safe_next(request) or onward}
    return render(request, "accounts/recovery_codes.html", context)
