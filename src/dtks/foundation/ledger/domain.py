"""Who acts, and what the trail keeps of an act. Accounts and areas are plain values here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

SYSTEM_ROLE = "sistem"
CITIZEN_ROLE = "warga"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an account, in one of its roles, for the area of that role, for a purpose.

    ``account``: the account's key (UUID text), or a name that no person has ('system', 'cli').
    ``area``: dotted code, '' the whole country. ``grant``: the key of what gave the role ('' for none).
    """

    account: str
    role: str
    area: str = ""
    purpose: str = ""
    grant: str = ""

    @classmethod
    def system(cls, account: str = "system") -> Actor:
        """The program itself, or whoever may run its commands on the server."""
        return cls(account=account, role=SYSTEM_ROLE)

    def for_purpose(self, purpose: str) -> Actor:
        """The same one, for this purpose."""
        return replace(self, purpose=purpose)


@dataclass(frozen=True, slots=True)
class Event:
    """One act. ``subject`` is pseudonymous: a key of the register, never a number or a name."""

    action: str
    kind: str = ""
    subject: str = ""
    area: str = ""
    purpose: str = ""
    count: int = 1
    before: str = ""
    after: str = ""
    detail: Mapping[str, Any] | None = None


def digest(content: Any) -> str:
    """SHA-256 (hex) of plain data, the same for the same content whatever the order of its keys."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
