"""The published lists: copies for the public, replaced at each determination."""

from __future__ import annotations

from django.db import models


class PublishedList(models.Model):
    """One publication: which period and area, from which run, when and by whom."""

    id = models.UUIDField(primary_key=True)
    area = models.CharField(max_length=13, blank=True, help_text="Kode wilayah; kosong = nasional")
    period = models.CharField(max_length=7, help_text="YYYY-MM")
    run = models.CharField(max_length=64, blank=True, help_text="Penetapan asal daftar ini")
    synthetic = models.BooleanField(default=False, help_text="Penduduk buatan, bukan orang sungguhan")
    people = models.PositiveIntegerField(default=0)
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=150)

    class Meta:
        ordering: tuple[str, ...] = ("-published_at",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(period__regex=r"^[0-9]{4}-(0[1-9]|1[0-2])$"), name="public_list_period"
            ),
        )


class PublishedPerson(models.Model):
    """One person as the public may see them. No key leads back to the registry."""

    id = models.BigAutoField(primary_key=True)
    published_list = models.ForeignKey(PublishedList, on_delete=models.CASCADE, related_name="rows")
    village = models.CharField(max_length=13, help_text="Kode Kemendagri bertitik")
    name = models.CharField(max_length=150)
    # Search keys of the words between blanks: in ' SITI AMINA ', ' AMI' finds the beginning of a word.
    name_key = models.CharField(max_length=200)
    age = models.PositiveSmallIntegerField(null=True, help_text="Umur dalam tahun saat penetapan")
    programmes = models.CharField(max_length=200, blank=True, help_text="Kode program, dipisah spasi")

    class Meta:
        indexes = (models.Index(fields=["village", "name_key"], name="public_person_lookup"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(age__isnull=True) | models.Q(age__lte=130), name="public_age"
            ),
        )
