"""What the pages of this step share: the reader's language, and officers by name."""

from __future__ import annotations

from django.utils.translation import get_language

from dtks.foundation.accounts import listing as accounts


def language() -> str:
    """'id' or 'en'."""
    return "en" if (get_language() or "id").startswith("en") else "id"


def officer(account: str) -> str:
    """Who it was, by name; what is no account ('cli') as it is."""
    return accounts.names(accounts=[account]).get(account, account)
