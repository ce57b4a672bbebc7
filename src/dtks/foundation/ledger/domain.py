"""Who acts, and what the trail keeps of an act. Accounts and areas are plain values here."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from dtks.foundation.ledger.transparency.merkle import leaf_hash, root_of

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
    """One act. ``subject`` is pseudonymous: a key of the register, never a number or a name.

    ``rows``: the keys of all whom a bulk act or a list showed; the trail keeps them beside the event, and
    in it the root over them (`rows_root`).
    """

    action: str
    kind: str = ""
    subject: str = ""
    area: str = ""
    purpose: str = ""
    count: int = 1
    before: str = ""
    after: str = ""
    detail: Mapping[str, Any] | None = None
    rows: tuple[uuid.UUID, ...] = ()


TEXT_FIELDS = (
    "at", "account", "role", "role_area", "grant", "action", "kind", "subject", "area", "purpose", "count",
    "before", "after", "detail", "rows_root",
)  # fmt: skip
"""What an event says, in the trail's own words: the columns that its digest is over."""


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def text_of(stored: Mapping[str, Any]) -> str:
    """An event as the one text that its digest is over: JSON of `TEXT_FIELDS`, the time in UTC.

    The same for the same event whichever database kept it. Shape of ``stored``: those columns.
    """
    content = {name: stored[name] for name in TEXT_FIELDS}
    at: datetime = content["at"]
    content["at"] = at.astimezone(UTC).isoformat(timespec="microseconds")
    return _CANONICAL.encode(content)


def entry_of(*, salt: bytes, text: str) -> bytes:
    """The entry of the public log: 32 bytes that tell nothing without the salt."""
    return hashlib.sha256(salt + text.encode()).digest()


def rows_root(rows: Iterable[uuid.UUID]) -> str:
    """The Merkle root (hex) over keys in rising order, each once; '' for none."""
    hashes = [leaf_hash(each.bytes) for each in sorted(set(rows))]
    return root_of(hashes).hex() if hashes else ""


def digest(content: Any) -> str:
    """SHA-256 (hex) of plain data, the same for the same content whatever the order of its keys."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
