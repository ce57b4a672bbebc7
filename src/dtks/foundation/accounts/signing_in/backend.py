"""Which accounts a password or a session opens."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.utils import timezone

from dtks.foundation.accounts.models import Account


class AccountBackend(ModelBackend):
    """Django's own check of name and password, which takes the same time for an unknown name.

    Asked again at every request: an account that is closed or has expired is out at once.
    """

    def user_can_authenticate(self, user: Any) -> bool:
        account: Account = user
        expired = account.expires_on is not None and account.expires_on < timezone.localdate()
        return account.is_active and not expired
