"""Made by makemigrations."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Run",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                (
                    "area",
                    models.CharField(
                        blank=True, help_text="Kode wilayah bertitik; kosong = nasional", max_length=13
                    ),
                ),
                ("period", models.CharField(help_text="YYYY-MM", max_length=7)),
                ("regime", models.CharField(max_length=20)),
                ("taken_on", models.DateField(help_text="Tanggal snapshot")),
                ("snapshot_sha256", models.CharField(max_length=64)),
                ("output_sha256", models.CharField(max_length=64)),
                ("directory", models.CharField(help_text="Folder hasil di DTKS_HOME", max_length=400)),
                (
                    "snapshot_directory",
                    models.CharField(help_text="Folder snapshot di DTKS_HOME", max_length=400),
                ),
                ("model_name", models.CharField(max_length=100)),
                (
                    "model_status",
                    models.CharField(
                        choices=[("demonstration", "Peragaan"), ("official", "Resmi")], max_length=20
                    ),
                ),
                (
                    "within_run",
                    models.BooleanField(
                        default=False,
                        help_text="Desil dihitung dalam penetapan ini, bukan terhadap batas nasional",
                    ),
                ),
                ("programmes", models.JSONField(help_text="Program → sha256 berkas aturannya")),
                ("people", models.PositiveIntegerField()),
                ("families", models.PositiveIntegerField()),
                ("families_unscored", models.PositiveIntegerField()),
                ("families_verification", models.PositiveIntegerField()),
                ("synthetic", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=150)),
            ],
            options={
                "ordering": ("-made_at",),
                "indexes": [models.Index(fields=["area", "-made_at"], name="runs_run_by_area")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("period__regex", "^[0-9]{4}-(0[1-9]|1[0-2])$")),
                        name="runs_run_period",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FamilyResult",
            fields=[
                ("area_number", models.BigIntegerField()),
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("family", models.UUIDField()),
                ("current", models.BooleanField(default=True, help_text="Hasil terbaru untuk keluarga ini")),
                ("village", models.CharField(help_text="Kode Kemendagri bertitik", max_length=13)),
                ("size", models.PositiveSmallIntegerField()),
                (
                    "score",
                    models.BigIntegerField(help_text="Juta-an satuan log; kosong = belum dinilai", null=True),
                ),
                ("desil", models.PositiveSmallIntegerField(null=True)),
                ("faults", models.PositiveSmallIntegerField(default=0)),
                (
                    "eligible",
                    models.CharField(
                        blank=True, help_text="Kode program yang diterima, dipisah spasi", max_length=200
                    ),
                ),
                ("programmes", models.JSONField(default=dict)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="results", to="runs.run"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("current", True)),
                        fields=["village", "desil"],
                        name="runs_current_by_village",
                    ),
                    models.Index(fields=["family", "-run"], name="runs_result_by_family"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("run", "family"), name="runs_result_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("desil__isnull", True), ("desil__range", (1, 10)), _connector="OR"
                        ),
                        name="runs_result_desil",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("score__isnull", False), ("desil__isnull", True), _connector="OR"
                        ),
                        name="runs_result_unscored_has_no_desil",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("faults", 0), ("score__isnull", True), _connector="OR"),
                        name="runs_result_faulty_unscored",
                    ),
                ],
            },
        ),
    ]
