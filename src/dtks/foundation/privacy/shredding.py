"""Carrying out retention: what each step's shredders find past its time, and its removal in batches.

A shredder is (find, shred), named by its retention class in the step's `privacy.py`:

    find(*, before: datetime) -> int                       how many rows or files are older
    shred(*, by: Actor, before: datetime, limit: int) -> int   removes at most so many; 0: none is left

Each batch is a transaction of its own with one event in the trail, so a run that was killed goes on where it
stopped: what is left is found again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from dtks.foundation.ledger.actions import record
from dtks.foundation.ledger.domain import Actor, Event
from dtks.foundation.privacy import bulk, classification, files
from dtks.foundation.privacy.errors import NoShredder
from dtks.foundation.privacy.files import Retention
from dtks.foundation.scope.current import required

BATCH = 2_000
ACTION = "privacy.shred"
Shredder = tuple[Callable[..., int], Callable[..., int]]


@dataclass(frozen=True, slots=True)
class Due:
    """What of a retention class is past its time. ``before`` None: the class has no end. ``count`` None:
    nothing in the program carries it out."""

    retention: Retention
    before: datetime | None
    count: int | None
    shredded: int = 0


def shredders() -> dict[str, list[Shredder]]:
    """Every step's shredders by retention class. Raises NoShredder for a class that is not in the table."""
    found: dict[str, list[Shredder]] = {}
    for _, module in classification.declarations():
        for name, shredder in getattr(module, "SHREDDERS", {}).items():
            if name not in files.retentions():
                raise NoShredder(given=name, known=", ".join(files.retentions()))
            found.setdefault(name, []).append(shredder)
    return found


def known(name: str) -> None:
    """Raises NoShredder for a retention class that is not in the table; '' stands for all of them."""
    if name and name not in files.retentions():
        raise NoShredder(given=name, known=", ".join(files.retentions()))


def periods(*, now: datetime | None = None) -> list[Due]:
    """The retention table with its days, nothing counted."""
    now = now or timezone.now()
    return [Due(each, each.before(now), None) for each in files.retentions().values()]


def due(*, now: datetime | None = None, only: str = "") -> list[Due]:
    """What is past its time in the scope in force, in the order of the retention table.

    Every table with a period is counted: in a register of millions that takes minutes. ``only``: the tables
    of one retention class.

    Raises:
        NoShredder: no such class.
    """
    known(only)
    now = now or timezone.now()
    carried = shredders()
    chosen = [each for each in files.retentions().values() if only in ("", each.id)]
    return [_due(each, carried.get(each.id, []), now) for each in chosen]


def _due(retention: Retention, found: list[Shredder], now: datetime) -> Due:
    before = retention.before(now)
    if before is None or not found:
        return Due(retention, before, None)
    return Due(retention, before, sum(find(before=before) for find, _ in found))


def run(
    *,
    by: Actor,
    now: datetime | None = None,
    only: str = "",
    batch: int = BATCH,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Due]:
    """Shred what is past its time, in the scope in force. ``only``: one retention class.

    Raises:
        NoShredder: no such class. ScopeMissing.
    """
    required()
    now = now or timezone.now()
    chosen = due(now=now, only=only)
    bulk.overwrite_what_is_deleted()
    carried = shredders()
    total, done = sum(each.count or 0 for each in chosen), 0
    outcome = []
    for each in chosen:
        shredded = 0
        for count in _batches(each, carried.get(each.retention.id, []), by=by, batch=batch):
            shredded += count
            progress(min(done + shredded, total), total)
        done += shredded
        outcome.append(Due(each.retention, each.before, each.count, shredded))
    if done:
        bulk.empty_the_log()
    return outcome


def _batches(each: Due, found: list[Shredder], *, by: Actor, batch: int) -> Iterator[int]:
    """Counts of the batches, each carried out and recorded."""
    if each.before is None:
        return
    for _, shred in found:
        while True:
            with transaction.atomic():
                count = shred(by=by, before=each.before, limit=batch)
                if not count:
                    break
                detail = {"retention": each.retention.id, "before": each.before.isoformat()}
                record(Event(ACTION, kind="retention", count=count, detail=detail), by=by)
            yield count


def rewrite_tables(*, by: Actor) -> list[str]:
    """Write the tables with personal data anew, so that nothing stays in their free space: neither rows
    deleted on PostgreSQL, nor what a connection without `secure_delete` left on SQLite. Returns the tables.

    PostgreSQL locks one table after the other while it is copied, and needs the owner's connection
    (DTKS_DATABASE_OWNER_URL) where the application's role does not own the tables. SQLite writes the whole
    file and needs as much room again; nobody else may write meanwhile.

    Raises:
        NotOwner: the connection's role does not own the tables.
    """
    names = sorted({table.name for table in classification.tables() if table.personal})
    bulk.rewrite(names)
    record(Event("privacy.rewrite", kind="retention", count=len(names)), by=by)
    return names
