"""Which keys the data of this database need, and how far their exchange has come."""

from __future__ import annotations

from django.db import models


class KnownKey(models.Model):
    """A key that data of this database may have been sealed with. The key itself is never here."""

    part = models.CharField(max_length=5)  # data, index
    number = models.SmallIntegerField()
    fingerprint = models.CharField(max_length=16)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["part", "number"], name="knownkey_one"),)


class RotationStep(models.Model):
    """How far the re-encryption of a table has come. Written in the transaction of each block."""

    table = models.CharField(max_length=63)
    data_key = models.SmallIntegerField()  # numbers of the keys that the rows are changed to
    index_key = models.SmallIntegerField()
    next_block = models.BigIntegerField(default=0)
    rows_changed = models.BigIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["table"], name="rotationstep_one"),)
