"""The seam: every action, and every reading of personal data, says here what it did."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from datetime import datetime
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
    stored = [_stored(event, by, now) for event in events]
    adapted = connection.ops.adapt_datetimefield_value(now)
    keys = table.add([_row(each, adapted) for each in stored])
    LedgerRows.objects.bulk_create(
        LedgerRows(
            event=key,
            at=now,
            keys=b"".join(each.bytes for each in sorted(set(event.rows))),
            area_number=number_of(content["area"]),
        )
        for key, event, content in zip(keys, events, stored, strict=True)
        if event.rows
    )


def _stored(event: Event, by: Actor, now: datetime) -> dict[str, Any]:
    return {
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
        # Through JSON and back: what is digested now is what will be read again.
        "detail": json.loads(json.dumps(dict(event.detail or {}))),
        "rows_root": rows_root(event.rows),
    }


def _row(content: dict[str, Any], adapted: Any) -> tuple[Any, ...]:
    """The values of `bulk.events.COLUMNS`."""
    salt = secrets.token_bytes(SALT_BYTES)
    entry = entry_of(salt=salt, text=text_of(content))
    values = {**content, "at": adapted, "detail": json.dumps(content["detail"])}
    values |= {"salt": salt, "entry": entry, "area_number": number_of(content["area"])}
    return tuple(values[name] for name in table.COLUMNS)
