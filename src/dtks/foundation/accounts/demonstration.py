"""A demonstration is made in one hour, and its yearly review asks about roles that were given before it
opened: here they are made that old. For made-up accounts alone.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from dtks.foundation.accounts import standing_rows as rows
from dtks.foundation.accounts.models import Grant
from dtks.foundation.accounts.review import KEEP, Period, decide
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger.domain import Actor, Event


def open_review(*, by: Actor, accounts: Iterable[uuid.UUID], reviewed: uuid.UUID, on: date) -> int:
    """While the review of that day's year runs, it asks about every role of these accounts, and those of
    ``reviewed`` are decided on. Returns how many were made older; 0 at a time without a review, when the page
    shows what it will ask.
    """
    period = Period.of(on)
    if not period.runs(on):
        return 0
    before = period.opens - timedelta(days=1)
    given = timezone.make_aware(datetime.combine(before, time(9)))
    with rows.acting(by):
        grants = Grant.objects.filter(account__in=list(accounts), ended_at=None)
        count = grants.update(valid_from=before, granted_at=given)
        ledger.record(Event("accounts.review.demonstrate", kind="account", count=count), by=by)
        for grant in grants.filter(account=reviewed).values_list("pk", flat=True):
            decide(by=by, grant=grant, decision=KEEP, reason="masih bertugas (contoh)")
        return count
