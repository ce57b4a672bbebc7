"""What others may ask the trail. The scope in force bounds every answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dtks.foundation.ledger.models import LedgerEvent


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event as a page shows it."""

    at: datetime
    account: str
    role: str
    role_area: str
    action: str
    kind: str
    subject: str
    area: str
    purpose: str
    count: int
    detail: dict[str, Any]


def events(
    *, subject: str = "", account: str = "", action: str = "", offset: int = 0, limit: int = 50
) -> list[EventLine]:
    """The newest events first; each filter that is given must hold. One query."""
    wanted = {"subject": subject, "account": account, "action": action}
    found = LedgerEvent.objects.filter(**{name: value for name, value in wanted.items() if value})
    names = list(EventLine.__dataclass_fields__)
    return [EventLine(**row) for row in found.order_by("-at", "-id").values(*names)[offset : offset + limit]]
