"""Imports, the rows that wait to be mended, warnings, and column mappings that offices keep."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from dtks.foundation.kernel.ids import new_id
from dtks.registration.intake.domain import State


class ImportJob(models.Model):
    """One file on its way in. `chunks_done` is written in the transaction that loads the chunk."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=150)
    name = models.CharField(max_length=100)
    # File, layout, area and mapping together: the same again is the same import.
    fingerprint = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    stored = models.CharField(max_length=200, blank=True)  # in DTKS_HOME/uploads; empty when read in place
    kind = models.CharField(max_length=10)
    format = models.CharField(max_length=60)
    mapping = models.JSONField(null=True)  # a layout of one's own, as it was when the import began
    layout = models.JSONField(default=dict)  # the sheets, their headings: what the report is made of
    area = models.CharField(max_length=13, blank=True)
    is_report = models.BooleanField(default=False)
    state = models.CharField(max_length=10, default=State.RUNNING)
    cancel_requested = models.BooleanField(default=False)
    rows_total = models.BigIntegerField(default=0)
    rows_spooled = models.BigIntegerField(default=0)
    chunks_total = models.IntegerField(default=0)
    chunks_done = models.IntegerField(default=0)
    rows_read = models.BigIntegerField(default=0)
    rows_accepted = models.BigIntegerField(default=0)
    rows_pending = models.BigIntegerField(default=0)
    rows_skipped = models.BigIntegerField(default=0)
    rows_mended = models.BigIntegerField(default=0)
    people = models.BigIntegerField(default=0)
    people_new = models.BigIntegerField(default=0)
    people_changed = models.BigIntegerField(default=0)
    families = models.BigIntegerField(default=0)
    families_new = models.BigIntegerField(default=0)
    families_changed = models.BigIntegerField(default=0)
    families_incomplete = models.BigIntegerField(default=0)
    outdated = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict)  # problem code → rows
    error_code = models.CharField(max_length=20, blank=True)
    error = models.JSONField(default=dict)  # {"id": text, "en": text}
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["fingerprint"], condition=~Q(state=State.UPLOADED), name="importjob_one_per_content"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in State]), name="importjob_state"
            ),
        )
        indexes = (models.Index(fields=["-created_at"], name="importjob_recent"),)


class PendingRow(models.Model):
    """A row that could not go in, as it stands in the file, until it is mended."""

    class Fate(models.IntegerChoices):
        OPEN = 0
        MENDED = 1
        REPLACED = 2  # it came back, still wrong: a newer pending row took its place

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="pending", db_index=False)
    sheet = models.SmallIntegerField()
    row = models.BigIntegerField()
    cells = models.JSONField()
    problems = models.JSONField()  # [[column, code, value, detail], …]
    nik = models.CharField(max_length=16, blank=True)
    match_key = models.CharField(max_length=300, blank=True)
    fate = models.SmallIntegerField(default=Fate.OPEN)
    mended_by = models.ForeignKey(ImportJob, models.SET_NULL, null=True, related_name="+", db_index=False)
    mended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["job", "sheet", "row"], name="pendingrow_place"),)
        indexes = (
            models.Index(fields=["nik"], condition=Q(fate=0), name="pendingrow_open_nik"),
            models.Index(fields=["match_key"], condition=Q(fate=0), name="pendingrow_open_key"),
        )


class ImportNote(models.Model):
    """A warning about a row that went in; of each code only the first few hundred are kept."""

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="notes")
    sheet = models.SmallIntegerField()
    row = models.BigIntegerField()
    column = models.SmallIntegerField()
    code = models.CharField(max_length=20)
    value = models.CharField(max_length=200, blank=True)
    detail = models.CharField(max_length=200, blank=True)


class SavedMapping(models.Model):
    """A layout that an office made for its own files (the same tree as a file of `formats/`)."""

    name = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=100)
    content = models.JSONField()
    created_by = models.CharField(max_length=150)
    created_at = models.DateTimeField()
