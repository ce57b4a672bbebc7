"""The seam: every action, and every reading of personal data, says here what it did."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any

from django.db import connection
from django.utils import timezone

from dtks.foundation.kernel.area_codes import number_of
from dtks.foundation.ledger.bulk import events as table
from dtks.foundation.ledger.domain import Actor, Event, entry_of, rows_root, text_of
from dtks.foundation.ledger.models import LedgerRows

SALT_BYTES = 16
AT_ONCE = 10_000


def record(*events: Event, by: Actor) -> None:
    """Store the events in the caller's transaction. One statement, however many (10,000 at most in one).

    An event without an area of its own happened in the area of the actor's role.
    """
    now = timezone.now()
    for first in range(0, len(events), AT_ONCE):
        _store(events[first : first + AT_ONCE], by, now)


def _store(events: Sequence[Event], by: Actor, now: datetime) -> None:
    adapted = connection.ops.adapt_datetimefield_value(now)
    # Asked for once: a call to the system costs more than the digest of an event.
    salts = secrets.token_bytes(SALT_BYTES * len(events))
    rows = [
        _row(event, by, now, adapted, salts[at * SALT_BYTES : (at + 1) * SALT_BYTES])
        for at, event in enumerate(events)
    ]
    keys = table.add(rows)
    LedgerRows.objects.bulk_create(
        LedgerRows(
            event=key,
            at=now,
            keys=b"".join(each.bytes for each in sorted(set(event.rows))),
            area_number=row[-1],
        )
        for key, event, row in zip(keys, events, rows, strict=True)
        if event.rows
    )


def _row(event: Event, by: Actor, now: datetime, adapted: Any, salt: bytes) -> tuple[Any, ...]:
    """The values of `bulk.events.COLUMNS`. ``adapted``: the time as this database takes it."""
    detail = json.dumps(dict(event.detail)) if event.detail else "{}"
    content: dict[str, Any] = {
        "at": now,
        "account": by.account[:64],
        "role": by.role,
        "role_area": by.area,
        "grant": by.grant,
        "action": event.action,
        "kind": event.kind,
        "subject": event.subject,
        "area": event.area or by.area,
        "purpose": (event.purpose or by.purpose)[:200],
        "count": event.count,
        "before": event.before,
        "after": event.after,
        # Back from JSON: what is digested now is what will be read again.
        "detail": json.loads(detail),
        "rows_root": rows_root(event.rows) if event.rows else "",
    }
    content["entry"] = entry_of(salt=salt, text=text_of(content))
    content |= {"at": adapted, "detail": detail, "salt": salt, "area_number": _number_of(content["area"])}
    return _values(content)


_values: Callable[[dict[str, Any]], tuple[Any, ...]] = itemgetter(*table.COLUMNS)
_number_of = lru_cache(maxsize=4096)(number_of)
