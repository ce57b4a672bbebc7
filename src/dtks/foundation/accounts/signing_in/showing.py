"""Showing a second factor: a code of an app, a recovery code, or a security key."""

from __future__ import annotations

import json
from dataclasses import dataclass

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm
from allauth.mfa.webauthn.internal.auth import begin_authentication
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from dtks.foundation.accounts.models import Account
from dtks.foundation.accounts.signing_in import limits, recovery, trail, waiting

TOTP_LIVES_SECONDS = 120  # longer than a code is accepted, with a step of clock drift to each side
_FIRST = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


@dataclass(frozen=True, slots=True)
class Shown:
    """The outcome: nothing wrong, or a text for the reader; ``wait``: seconds until one may try again."""

    error: str = ""
    wait: int = 0

    @property
    def ok(self) -> bool:
        return not self.error


def has_factor(account: Account) -> bool:
    """Whether the account has a factor of its own (recovery codes alone are none)."""
    return bool(is_mfa_enabled(account, list(_FIRST)))


def has_key(account: Account) -> bool:
    """Whether one of them is a security key."""
    return bool(is_mfa_enabled(account, [Authenticator.Type.WEBAUTHN]))


def has_app(account: Account) -> bool:
    """Whether one of them is an app that shows codes."""
    return bool(is_mfa_enabled(account, [Authenticator.Type.TOTP]))


def key_options(account: Account) -> str:
    """What the browser asks a security key (JSON); '' when the account has none."""
    return json.dumps(begin_authentication(account)) if has_key(account) else ""


def check(request: HttpRequest, account: Account) -> Shown:
    """Check the code or the key's answer in the form that was sent. A wrong one is noted and counted."""
    taken = limits.take(limits.FACTOR, str(account.pk))
    if taken.wait:
        if taken.locked:
            trail.note(request, "accounts.locked_out", account=account, detail={"by": "factor"})
        return Shown(waiting.text(taken.wait), taken.wait)
    form = _form(request, account)
    if not form.is_valid():
        trail.note(request, "accounts.factor_failed", account=account)
        if request.POST.get("credential"):
            return Shown(_("Kunci keamanan itu tidak dikenal. Pakai kunci yang terdaftar, atau kode."))
        return Shown(_("Kode tidak cocok. Tunggu kode berikutnya, lalu coba lagi."))
    form.save()
    limits.forget(limits.FACTOR, str(account.pk))
    return Shown()


def _form(request: HttpRequest, account: Account) -> AuthenticateForm | AuthenticateWebAuthnForm:
    if request.POST.get("credential"):
        return KeyForm(request.POST, user=account)
    # Recovery codes have a field of their own, where a phone offers letters; in the other they count as well.
    typed = request.POST.get("recovery", "").strip() or request.POST.get("code", "")
    return CodeForm({"code": typed}, user=account)


class CodeForm(AuthenticateForm):
    """A code of an app or a recovery code; it works once, whichever process sees it the second time."""

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        found = recovery.spend(self.user, code) if recovery.is_like_one(code) else self._app_of(code)
        if found is None:
            raise get_adapter().validation_error("incorrect_code")
        self.authenticator, found.user = found, self.user
        return code

    def _app_of(self, code: str) -> Authenticator | None:
        app = Authenticator.objects.filter(user=self.user, type=Authenticator.Type.TOTP).first()
        if app is None or not app.wrap().validate_code(code):
            return None
        spent = f"{self.user.pk}:{normalize_user_code(code)}"
        return app if limits.once("totp", spent, seconds=TOTP_LIVES_SECONDS) else None


class KeyForm(AuthenticateWebAuthnForm):
    """A key's answer. Whatever else a browser sends is a wrong answer, never a fault of the page."""

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()
        except ValidationError:
            raise
        except (AttributeError, KeyError, IndexError, TypeError, ValueError):
            raise ValidationError("unreadable", code="unreadable") from None
