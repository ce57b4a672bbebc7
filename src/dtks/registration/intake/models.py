"""Imports, the rows that wait to be mended, warnings, and column mappings that offices keep."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from dtks.foundation.kernel.ids import new_id
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.scope.models import Scoped
from dtks.foundation.vault.fields import BlindIndex, SealedJSON, SealedText
from dtks.registration.intake.domain import State


class ImportJob(Scoped):
    """One file on its way in. `chunks_done` is written in the transaction that loads the chunk."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=64)  # the account
    acting = models.JSONField(default=dict)  # in which role and area: what the worker acts as
    name = SealedText(label="intake.importjob.name")  # file names name people
    # File, layout, area and mapping together: the same again is the same import.
    fingerprint = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    stored = models.CharField(max_length=200, blank=True)  # in DTKS_HOME/uploads; empty when read in place
    kind = models.CharField(max_length=10)
    format = models.CharField(max_length=60)
    mapping = models.JSONField(null=True)  # a layout of one's own, as it was when the import began
    # The sheets with their headings: what the report is made of.
    layout = SealedJSON(label="intake.importjob.layout", default=dict)
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
    error = SealedJSON(label="intake.importjob.error", default=dict)  # {"id": text, "en": text}
    finished_at = models.DateTimeField(null=True)

    @property
    def actor(self) -> Actor:
        """Who began it, in the role of then."""
        return Actor(**self.acting)

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


class PendingRow(Scoped):
    """A row that could not go in, as it stands in the file, until it is mended."""

    class Fate(models.IntegerChoices):
        OPEN = 0
        MENDED = 1
        REPLACED = 2  # it came back, still wrong: a newer pending row took its place

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="pending", db_index=False)
    sheet = models.SmallIntegerField()
    row = models.BigIntegerField()
    cells = SealedJSON(label="intake.pendingrow.cells")
    problems = SealedJSON(label="intake.pendingrow.problems")  # [[column, code, value, detail], …]
    codes = models.TextField()  # ',code,code,': rows are asked for by what is wrong with them
    # Sealed, for when index keys are exchanged; rows are recognised by the indexes alone.
    nik = SealedText(label="intake.pendingrow.nik", null=True)
    nik_index = BlindIndex(kind="nik", source="nik", null=True)
    match_key = SealedText(label="intake.pendingrow.match_key", null=True)
    match_key_index = BlindIndex(kind="match_key", source="match_key", null=True)
    fate = models.SmallIntegerField(default=Fate.OPEN)
    mended_by = models.ForeignKey(ImportJob, models.SET_NULL, null=True, related_name="+", db_index=False)
    mended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["job", "sheet", "row"], name="pendingrow_place"),)
        indexes = (
            models.Index(fields=["nik_index"], condition=Q(fate=0), name="pendingrow_open_nik"),
            models.Index(fields=["match_key_index"], condition=Q(fate=0), name="pendingrow_open_key"),
        )


class ImportNote(Scoped):
    """A warning about a row that went in; of each code only the first few hundred are kept."""

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="notes")
    sheet = models.SmallIntegerField()
    row = models.BigIntegerField()
    column = models.SmallIntegerField()
    code = models.CharField(max_length=20)
    value = SealedText(label="intake.importnote.value", blank=True)
    detail = SealedText(label="intake.importnote.detail", blank=True)


class SavedMapping(models.Model):
    """A layout that an office made for its own files (the same tree as a file of `formats/`)."""

    name = models.SlugField(max_length=60, unique=True)
    area = models.CharField(max_length=13, blank=True)  # of the office that keeps it, and may change it
    title = models.CharField(max_length=100)
    content = models.JSONField()
    created_by = models.CharField(max_length=64)
    created_at = models.DateTimeField()
