"""A code app that is set up for an account with a known secret: for the demonstration, which one person
tries alone.

Nothing of signing in is by-passed: the account has an ordinary second factor, and whoever knows the secret
can show it.
"""

from __future__ import annotations

import time
import uuid

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.db import transaction

from dtks.foundation.accounts.signing_in import factor_secrets
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger.domain import Actor, Event

PERIOD_SECONDS = 30


@transaction.atomic
def set_up_app(*, by: Actor, account: uuid.UUID, secret: str) -> None:
    """Give the account a code app with this secret (base32), instead of the one that it has."""
    Authenticator.objects.filter(user_id=account, type=Authenticator.Type.TOTP).delete()
    Authenticator.objects.create(
        user_id=account, type=Authenticator.Type.TOTP, data={"secret": factor_secrets.seal(secret)}
    )
    event = Event("accounts.factor_added", kind="sign-in", subject=str(account), detail={"type": "totp"})
    ledger.record(event, by=by)


def code_now(secret: str) -> tuple[str, int]:
    """The code that the app shows now, and for how many more seconds."""
    now = int(time.time())
    code = format_hotp_value(hotp_value(secret, now // PERIOD_SECONDS))
    return code, PERIOD_SECONDS - now % PERIOD_SECONDS
