"""Looking through the days' reading in the background, every night: the program's own work."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from dtks.foundation.privacy import unusual
from dtks.foundation.scope.current import limited_to, without_scope

AT = time(1, 30)
"""By the clock of the western zone: the day is over everywhere, and the log of it is quiet."""
OPEN = ("READY", "RUNNING")


@task()
def look_through() -> str:
    """Look through every day that is over, each in its own transaction; returns how many tasks it made."""
    # The next night first: whatever happens to this one, the chain goes on.
    _order(run_after=_next_night())
    found = 0
    with without_scope(), limited_to(""):
        for day in unusual.waiting_days():
            found += unusual.evaluate(day)
    return str(found)


def keep_looking() -> None:
    """See to it that the look is ordered: at once, when a day waits for it, and for the next night."""
    if not DBTaskResult.objects.filter(task_path=look_through.module_path, status__in=OPEN).exists():
        _order(run_after=None if unusual.waiting_days() else _next_night())


def _order(*, run_after: datetime | None) -> None:
    later = DBTaskResult.objects.filter(
        task_path=look_through.module_path, status="READY", run_after__gt=timezone.now()
    )
    # A job without a time of its own bears the last moment there is.
    if run_after is not None and later.filter(run_after__lt=timezone.now() + timedelta(days=2)).exists():
        return
    look_through.using(run_after=run_after).enqueue()


def _next_night() -> datetime:
    now = timezone.localtime()
    tonight = now.replace(hour=AT.hour, minute=AT.minute, second=0, microsecond=0)
    return tonight if tonight > now else tonight + timedelta(days=1)
