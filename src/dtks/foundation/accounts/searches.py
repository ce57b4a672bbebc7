"""What an officer searched for (families, officers), kept in the session under a random token.

The text may be a name or a NIK. It lives with the officer's session on the server and ends with it
(`dtks serve` deletes sessions that have ended, at its start and every hour).
Addresses, logs and the Referer header see the token, which means nothing to anybody else.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import MutableMapping
from typing import Any

KEY = "searches"
# Enough for the back button through a morning's work; what is older is forgotten first.
MOST_KEPT = 30
LONGEST_TEXT = 100
_BYTES = 12
# Longer than any number of a person, of letters that make no name: what is typed never looks like one.
_TOKEN = re.compile(r"[0-9a-f]{24}")


def typed(value: str) -> str:
    """A search text as it was typed, with single spaces and of bounded length."""
    return " ".join(value.split())[:LONGEST_TEXT]


def is_token(value: str) -> bool:
    """Whether this can stand for a search in an address (whether or not the search is still known)."""
    return _TOKEN.fullmatch(value) is not None


def keep(session: MutableMapping[str, Any], text: str) -> str:
    """The token of this text (as by `typed`); '' for no text. The same text keeps its token."""
    text = typed(text)
    if not text:
        return ""
    kept: dict[str, str] = dict(session.get(KEY, {}))
    token = next((known for known, other in kept.items() if other == text), None) or secrets.token_hex(_BYTES)
    kept.pop(token, None)
    session[KEY] = dict([*kept.items(), (token, text)][-MOST_KEPT:])
    return token


def text_of(session: MutableMapping[str, Any], token: str) -> str | None:
    """What was searched for under this token; '' for no token, None when this session does not know it."""
    if not token:
        return ""
    return session.get(KEY, {}).get(token) if is_token(token) else None
