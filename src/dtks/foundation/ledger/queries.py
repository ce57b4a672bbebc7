"""What others may ask the trail. The scope in force bounds every answer."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from dtks.foundation.kernel.area_codes import number_of
from dtks.foundation.ledger.bulk import lists
from dtks.foundation.ledger.models import LedgerEvent
from dtks.foundation.scope.current import limited_to, without_scope


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


def with_keys(*, ids: Collection[int]) -> list[EventLine]:
    """These events, as far as the scope shows them, the oldest first. One query."""
    names = list(EventLine.__dataclass_fields__)
    found = LedgerEvent.objects.filter(pk__in=list(ids)).order_by("at", "id")
    return [EventLine(**row) for row in found.values(*names)]


def touching(
    *, keys: Collection[uuid.UUID], village: str, since: datetime, until: datetime, limit: int
) -> list[EventLine]:
    """Everything recorded in that time on these people and families, and the lists and downloads in which
    they stood, the newest first. Two queries by index: over the keys, and over the rows of lists of the
    village and of the areas that it lies in. Shape of ``village``: dotted code.

    Whatever the scope in force: whose data it is may know who saw them, in whichever office.
    """
    parts = village.split(".")
    chain = ["", *(".".join(parts[:depth]) for depth in range(1, len(parts) + 1))]
    with without_scope(), limited_to(""):
        in_lists = lists.holding(
            (key.bytes for key in keys), numbers=[number_of(code) for code in chain], since=since, until=until
        )
        names = list(EventLine.__dataclass_fields__)
        by_key = Q(subject__in=[str(key) for key in keys], at__gte=since, at__lt=until)
        found = {
            row.pop("id"): EventLine(**row)
            for condition in (by_key, Q(pk__in=sorted(in_lists)[-limit:]))
            for row in LedgerEvent.objects.filter(condition)
            .order_by("-at", "-id")
            .values("id", *names)[:limit]
        }
    newest = sorted(found.items(), key=lambda each: (each[1].at, each[0]), reverse=True)
    return [line for _id, line in newest[:limit]]
