"""The trail. Rows are added and read, nothing else: the application's role has no right to change one."""

from __future__ import annotations

from django.db import models

from dtks.foundation.kernel.ids import new_id
from dtks.foundation.scope.models import Scoped


class LedgerEvent(Scoped):
    """Who did what, on whom, why, when. `area_number` is of the area where it was done."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField()
    account = models.CharField(max_length=64)
    role = models.CharField(max_length=40)
    role_area = models.CharField(max_length=13, blank=True)
    grant = models.CharField(max_length=36, blank=True)
    action = models.CharField(max_length=60)
    kind = models.CharField(max_length=30, blank=True)
    subject = models.CharField(max_length=64, blank=True)
    area = models.CharField(max_length=13, blank=True)
    purpose = models.CharField(max_length=200, blank=True)
    count = models.BigIntegerField(default=1)
    before = models.CharField(max_length=64, blank=True)
    after = models.CharField(max_length=64, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = (
            models.Index(fields=["subject", "-at"], name="ledger_by_subject"),
            models.Index(fields=["account", "-at"], name="ledger_by_account"),
            models.Index(fields=["-at"], name="ledger_by_time"),
        )
