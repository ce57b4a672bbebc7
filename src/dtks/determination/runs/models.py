"""Runs over the registry and what each said of every family.

A result is never changed. A later run that covers the family takes over: then `current` ends.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from dtks.foundation.scope.models import Scoped


class Run(models.Model):
    """One determination of one area for one period: of what, with what, by whom."""

    class ModelStatus(models.TextChoices):
        DEMONSTRATION = "demonstration", _("Peragaan")
        OFFICIAL = "official", _("Resmi")

    id = models.UUIDField(primary_key=True)
    area = models.CharField(max_length=13, blank=True, help_text="Kode wilayah bertitik; kosong = nasional")
    period = models.CharField(max_length=7, help_text="YYYY-MM")
    regime = models.CharField(max_length=20)
    taken_on = models.DateField(help_text="Tanggal snapshot")
    snapshot_sha256 = models.CharField(max_length=64)
    output_sha256 = models.CharField(max_length=64)
    directory = models.CharField(max_length=400, help_text="Folder hasil di DTKS_HOME")
    snapshot_directory = models.CharField(max_length=400, help_text="Folder snapshot di DTKS_HOME")
    model_name = models.CharField(max_length=100)
    model_status = models.CharField(max_length=20, choices=ModelStatus.choices)
    within_run = models.BooleanField(
        default=False, help_text="Desil dihitung dalam penetapan ini, bukan terhadap batas nasional"
    )
    programmes = models.JSONField(help_text="Program → sha256 berkas aturannya")
    people = models.PositiveIntegerField()
    families = models.PositiveIntegerField()
    families_unscored = models.PositiveIntegerField()
    families_verification = models.PositiveIntegerField()
    synthetic = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150)

    class Meta:
        ordering: tuple[str, ...] = ("-made_at",)
        indexes = (models.Index(fields=["area", "-made_at"], name="runs_run_by_area"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(period__regex=r"^[0-9]{4}-(0[1-9]|1[0-2])$"), name="runs_run_period"
            ),
        )


class FamilyResult(Scoped):
    """What one run said of one family. `programmes` is `{code: [status, outcomes, members, amount]}`:
    `domain.Status`, outcomes packed as `domain.pack` does, members served, rupiah."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="results")
    # Not a foreign key: the registry's tables belong to the registry alone.
    family = models.UUIDField()
    current = models.BooleanField(default=True, help_text="Hasil terbaru untuk keluarga ini")
    village = models.CharField(max_length=13, help_text="Kode Kemendagri bertitik")
    size = models.PositiveSmallIntegerField()
    score = models.BigIntegerField(null=True, help_text="Juta-an satuan log; kosong = belum dinilai")
    desil = models.PositiveSmallIntegerField(null=True)
    faults = models.PositiveSmallIntegerField(default=0)
    eligible = models.CharField(
        max_length=200, blank=True, help_text="Kode program yang diterima, dipisah spasi"
    )
    programmes = models.JSONField(default=dict)

    class Meta:
        indexes = (
            models.Index(
                fields=["village", "desil"], condition=models.Q(current=True), name="runs_current_by_village"
            ),
            models.Index(fields=["family", "-run"], name="runs_result_by_family"),
        )
        constraints = (
            models.UniqueConstraint(fields=["run", "family"], name="runs_result_once"),
            models.CheckConstraint(
                condition=models.Q(desil__isnull=True) | models.Q(desil__range=(1, 10)),
                name="runs_result_desil",
            ),
            # An unscored family is never put in a decile.
            models.CheckConstraint(
                condition=models.Q(score__isnull=False) | models.Q(desil__isnull=True),
                name="runs_result_unscored_has_no_desil",
            ),
            models.CheckConstraint(
                condition=models.Q(faults=0) | models.Q(score__isnull=True),
                name="runs_result_faulty_unscored",
            ),
        )
