"""What a table needs so that its rows are seen only in their area."""

from __future__ import annotations

from django.db import models


class Scoped(models.Model):
    """A table whose rows belong to an area. The database hides those of other areas."""

    is_scoped = True

    area_number = models.BigIntegerField()
    """Number of the area (`kernel.area_codes`): of a village, or the first of a wider area's span. Such a row
    is seen by those whose area holds the beginning of it, not by those in one of its other parts."""

    class Meta:
        abstract = True
