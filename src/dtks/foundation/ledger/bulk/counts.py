"""The counters' rows: added to and taken away by single statements, so that several processes may do so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import connection

TABLE = "ledger_ledgercount"


class Key(NamedTuple):
    """What is counted. ``hour``: its beginning, in UTC."""

    hour: datetime
    action: str
    kind: str
    subject: str
    area: str


def add(numbers: Mapping[Key, int], *, slot: int) -> None:
    """Add to the counters, each made when it is missing."""
    rows = [(_adapted(key.hour), *key[1:], slot, number) for key, number in sorted(numbers.items())]
    with connection.cursor() as cursor:
        for row in rows:
            cursor.execute(
                f"INSERT INTO {TABLE} (hour, action, kind, subject, area, slot, number) "  # noqa: S608 - name of this module
                "VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (hour, action, subject, slot) "
                f"DO UPDATE SET number = {TABLE}.number + excluded.number",
                row,
            )


def any_until(last: datetime) -> bool:
    """Whether there is a counter of an hour that began at ``last`` or before."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {TABLE} WHERE hour <= %s LIMIT 1", [_adapted(last)])  # noqa: S608 - name of this module
        return cursor.fetchone() is not None


def taken_until(last: datetime) -> dict[Key, int]:
    """Take those counters away; what they held, over all slots. Whoever does it at the same time gets
    nothing of it."""
    total: Counter[Key] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {TABLE} WHERE hour <= %s RETURNING hour, action, kind, subject, area, number",  # noqa: S608 - name of this module
            [_adapted(last)],
        )
        for hour, *rest, number in cursor.fetchall():
            total[Key(_moment(hour), *rest)] += number
    return dict(sorted(total.items()))


def _adapted(value: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(value)


def _moment(value: Any) -> datetime:
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
