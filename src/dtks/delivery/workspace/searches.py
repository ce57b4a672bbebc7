"""What an officer searched for, kept in the session under a random token.

The text may be a name or a NIK. It lives with the officer's session on the server and ends with it
(`dtks serve` deletes sessions that have ended, at its start and every hour).
Addresses, logs and the Referer header see the token, which means nothing to anybody else.
"""

from __future__ import annotations

import secrets
from collections.abc import MutableMapping
from typing import Any

from dtks.delivery.workspace.filters import is_token

KEY = "workspace_searches"
# Enough for the back button through a morning's work; what is older is forgotten first.
MOST_KEPT = 30
_BYTES = 12


def keep(session: MutableMapping[str, Any], text: str) -> str:
    """The token of this text; '' for no text. The same text keeps its token."""
    if not text:
        return ""
    kept: dict[str, str] = dict(session.get(KEY, {}))
    token = next((known for known, other in kept.items() if other == text), None) or secrets.token_hex(_BYTES)
    kept.pop(token, None)
    kept[token] = text
    session[KEY] = dict(list(kept.items())[-MOST_KEPT:])
    return token


def text_of(session: MutableMapping[str, Any], token: str) -> str | None:
    """What was searched for under this token; '' for no token, None when this session does not know it."""
    if not token:
        return ""
    return session.get(KEY, {}).get(token) if is_token(token) else None
