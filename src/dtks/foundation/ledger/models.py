"""The trail and the log over it. Rows are added and read, nothing else: the application's role has no right
to change one, and triggers refuse it (migration 0002)."""

from __future__ import annotations

from django.db import models

from dtks.foundation.scope.models import Scoped
from dtks.foundation.vault.fields import SealedText


class LedgerEvent(Scoped):
    """Who did what, on whom, why, when. `area_number` is of the area where it was done.

    ``entry`` is the salted digest of all this (`domain.entry_of`), which the log takes up.
    """

    append_only = True

    id = models.BigAutoField(primary_key=True)
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
    rows_root = models.CharField(max_length=64, blank=True)
    salt = models.BinaryField(max_length=16)
    entry = models.BinaryField(max_length=32)

    class Meta:
        indexes = (
            models.Index(fields=["subject", "-at"], name="ledger_by_subject"),
            models.Index(fields=["account", "-at"], name="ledger_by_account"),
            models.Index(fields=["-at"], name="ledger_by_time"),
        )


class LedgerRows(Scoped):
    """The keys of all whom a bulk act or a list showed, in rising order, 16 bytes each.

    ``at`` is the event's: which lists of an area and a time held somebody is found without reading others.
    """

    append_only = True

    event = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    keys = models.BinaryField()

    class Meta:
        indexes = (models.Index(fields=["area_number", "at"], name="ledger_rows_by_area"),)


class LedgerCount(models.Model):
    """What happens too often to be told one by one, and of nobody: look-ups of a published list in an hour,
    until they become one event (`counting`). ``slot``: so that many at once do not wait for one row."""

    hour = models.DateTimeField()
    action = models.CharField(max_length=60)
    kind = models.CharField(max_length=30)
    subject = models.CharField(max_length=64)
    area = models.CharField(max_length=13, blank=True)
    slot = models.SmallIntegerField()
    number = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["hour", "action", "subject", "slot"], name="ledger_count_once"),
        )


class LedgerLeaf(models.Model):
    """An event's place in the log. What it says of the event is its digest alone."""

    append_only = True

    index = models.BigIntegerField(primary_key=True)
    event = models.BigIntegerField(unique=True)
    entry = models.BinaryField(max_length=32)


class LedgerNode(models.Model):
    """The hash over a full tile of the tree: over 256 ** (level + 1) leaves."""

    append_only = True

    level = models.SmallIntegerField()
    number = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["level", "number"], name="ledger_node_once"),)


class LedgerHead(models.Model):
    """A head that the log has signed. ``settled``: where the next search for new events begins
    (`bulk.pending`)."""

    append_only = True

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    settled = models.BigIntegerField()
    note = models.TextField()


class LedgerCosignature(models.Model):
    """A witness's signature of the head of that size. ``key``: the number of its key (8 hex digits); ``at``:
    when the witness saw the head, by its clock; ``line``: as it stands below the head's note."""

    append_only = True

    witness = models.CharField(max_length=200)
    key = models.CharField(max_length=8)
    size = models.BigIntegerField()
    line = models.TextField()
    at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["witness", "key", "size"], name="ledger_cosigned_by"),
            models.Index(fields=["size"], name="ledger_cosigned"),
        )


class LedgerAnchor(models.Model):
    """A checkpoint (``note``) that was put into a place outside, and what the place answered."""

    append_only = True

    place = models.CharField(max_length=300)
    size = models.BigIntegerField()
    note = models.TextField()
    receipt = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["place", "-size"], name="ledger_anchored_at"),)


class LedgerKey(models.Model):
    """The key that signs the heads, and the log's lasting name. The private half lies sealed."""

    origin = models.CharField(max_length=100)
    verifier = models.CharField(max_length=200)
    secret = SealedText(label="ledger.key.secret")
    made_at = models.DateTimeField()
