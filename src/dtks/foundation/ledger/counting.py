"""What happens too often to be told one by one, and of nobody: counted, and told once an hour.

A public look-up of a list is such a thing. Kept are the list and the hour; never who looked (no cookie, no
address) nor what was typed. Any number of processes count at once.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from dtks.foundation.ledger.actions import record
from dtks.foundation.ledger.bulk import counts
from dtks.foundation.ledger.domain import Actor, Event
from dtks.foundation.scope.current import limited_to, without_scope

SLOTS = 8
SETTLED_AFTER = timedelta(minutes=2)
"""So long after its end an hour is told: whoever looked at the clock just before has counted by then."""
PUBLIC = Actor.system("public")

_waiting: Counter[counts.Key] = Counter()
_lock = threading.Lock()


def count(*, action: str, kind: str, subject: str, area: str) -> None:
    """One more of this in the hour that it is. Stops nobody: what finds no turn to be written (SQLite, while
    somebody else writes) is kept in this process and written with the next one."""
    hour = timezone.now().astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    with _lock:
        _waiting[counts.Key(hour, action, kind, subject, area)] += 1
        taken = dict(_waiting)
        _waiting.clear()
    patience = getattr(connection, "patience", None)
    try:
        with patience(seconds=1) if patience else nullcontext(), transaction.atomic():
            counts.add(taken, slot=random.randrange(SLOTS))  # noqa: S311 - spreads rows, keeps no secret
    except OperationalError:
        with _lock:
            _waiting.update(taken)
        if patience is None:
            raise


def flush(*, now: datetime | None = None) -> int:
    """Tell of the hours that are over: one event for each list and hour, in one transaction with the removal
    of its counts. Returns how many events. Safe to repeat and to run twice at once."""
    before = (now or timezone.now()) - SETTLED_AFTER - timedelta(hours=1)
    # Without a transaction: most seconds nothing waits.
    if not counts.any_until(before):
        return 0
    with without_scope(), limited_to(""), transaction.atomic():
        found = counts.taken_until(before)
        record(
            *(
                Event(
                    key.action,
                    kind=key.kind,
                    subject=key.subject,
                    area=key.area,
                    count=number,
                    detail={"hour": key.hour.isoformat()},
                )
                for key, number in found.items()
            ),
            by=PUBLIC,
        )
    return len(found)
