"""What somebody searched for among officers: in the session under a random token, never in an address."""

from __future__ import annotations

import re
import secrets
from collections.abc import MutableMapping
from typing import Any

KEY = "accounts_searches"
MOST_KEPT = 30
LONGEST = 100
_BYTES = 12
_TOKEN = re.compile(r"[0-9a-f]{24}")


def keep(session: MutableMapping[str, Any], text: str) -> str:
    """The token of this text; '' for no text. The same text keeps its token."""
    text = " ".join(text.split())[:LONGEST]
    if not text:
        return ""
    kept: dict[str, str] = dict(session.get(KEY, {}))
    token = next((known for known, other in kept.items() if other == text), None) or secrets.token_hex(_BYTES)
    kept.pop(token, None)
    session[KEY] = dict([*kept.items(), (token, text)][-MOST_KEPT:])
    return token


def text_of(session: MutableMapping[str, Any], token: str) -> str | None:
    """What was searched for; '' for no token, None when this session does not know it (any more)."""
    if not token:
        return ""
    return session.get(KEY, {}).get(token) if _TOKEN.fullmatch(token) else None
