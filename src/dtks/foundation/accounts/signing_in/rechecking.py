"""The one who comes back to a locked session shows password and factor once more."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from dtks.foundation.accounts import factors
from dtks.foundation.accounts.models import Account
from dtks.foundation.accounts.signing_in import limits, showing, trail, waiting


def check(request: HttpRequest) -> showing.Shown:
    """Unlock the session when both are right. Who signed in at an institution has no password here."""
    account: Account = request.user
    if account.has_usable_password():
        taken = limits.take(limits.PASSWORD, str(account.pk))
        if taken.wait:
            if taken.locked:
                trail.note(request, "accounts.locked_out", detail={"by": "password"})
            return showing.Shown(waiting.text(taken.wait), taken.wait)
        if not account.check_password(request.POST.get("password", "")):
            trail.note(request, "accounts.unlock_failed")
            return showing.Shown(_("Kata sandi tidak cocok."))
    shown = showing.check(request, account)
    if shown.ok:
        limits.forget(limits.PASSWORD, str(account.pk))
        factors.mark_confirmed(request)
        trail.note(request, "accounts.session_unlocked")
    return shown
