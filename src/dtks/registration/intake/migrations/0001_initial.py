"""Made by makemigrations."""

import django.db.models.deletion
from django.db import migrations, models

import dtks.foundation.kernel.ids
import dtks.foundation.vault.fields
import dtks.registration.intake.domain


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="SavedMapping",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.SlugField(max_length=60, unique=True)),
                ("area", models.CharField(blank=True, max_length=13)),
                ("title", models.CharField(max_length=100)),
                ("content", models.JSONField()),
                ("created_by", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="ImportJob",
            fields=[
                ("area_number", models.BigIntegerField()),
                (
                    "id",
                    models.UUIDField(
                        default=dtks.foundation.kernel.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=64)),
                ("acting", models.JSONField(default=dict)),
                ("name", dtks.foundation.vault.fields.SealedText(label="intake.importjob.name")),
                ("fingerprint", models.CharField(max_length=64)),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.BigIntegerField()),
                ("stored", models.CharField(blank=True, max_length=200)),
                ("kind", models.CharField(max_length=10)),
                ("format", models.CharField(max_length=60)),
                ("mapping", models.JSONField(null=True)),
                (
                    "layout",
                    dtks.foundation.vault.fields.SealedJSON(default=dict, label="intake.importjob.layout"),
                ),
                ("area", models.CharField(blank=True, max_length=13)),
                ("is_report", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(default=dtks.registration.intake.domain.State["RUNNING"], max_length=10),
                ),
                ("cancel_requested", models.BooleanField(default=False)),
                ("rows_total", models.BigIntegerField(default=0)),
                ("rows_spooled", models.BigIntegerField(default=0)),
                ("chunks_total", models.IntegerField(default=0)),
                ("chunks_done", models.IntegerField(default=0)),
                ("rows_read", models.BigIntegerField(default=0)),
                ("rows_accepted", models.BigIntegerField(default=0)),
                ("rows_pending", models.BigIntegerField(default=0)),
                ("rows_skipped", models.BigIntegerField(default=0)),
                ("rows_mended", models.BigIntegerField(default=0)),
                ("people", models.BigIntegerField(default=0)),
                ("people_new", models.BigIntegerField(default=0)),
                ("people_changed", models.BigIntegerField(default=0)),
                ("families", models.BigIntegerField(default=0)),
                ("families_new", models.BigIntegerField(default=0)),
                ("families_changed", models.BigIntegerField(default=0)),
                ("families_incomplete", models.BigIntegerField(default=0)),
                ("outdated", models.BigIntegerField(default=0)),
                ("counts", models.JSONField(default=dict)),
                ("error_code", models.CharField(blank=True, max_length=20)),
                (
                    "error",
                    dtks.foundation.vault.fields.SealedJSON(default=dict, label="intake.importjob.error"),
                ),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["-created_at"], name="importjob_recent")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state", dtks.registration.intake.domain.State["UPLOADED"]), _negated=True
                        ),
                        fields=("fingerprint",),
                        name="importjob_one_per_content",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["uploaded", "queued", "running", "done", "failed", "cancelled"])
                        ),
                        name="importjob_state",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("area_number", models.BigIntegerField()),
                ("sheet", models.SmallIntegerField()),
                ("row", models.BigIntegerField()),
                ("column", models.SmallIntegerField()),
                ("code", models.CharField(max_length=20)),
                (
                    "value",
                    dtks.foundation.vault.fields.SealedText(blank=True, label="intake.importnote.value"),
                ),
                (
                    "detail",
                    dtks.foundation.vault.fields.SealedText(blank=True, label="intake.importnote.detail"),
                ),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notes",
                        to="intake.importjob",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PendingRow",
            fields=[
                ("area_number", models.BigIntegerField()),
                (
                    "id",
                    models.UUIDField(
                        default=dtks.foundation.kernel.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("sheet", models.SmallIntegerField()),
                ("row", models.BigIntegerField()),
                ("cells", dtks.foundation.vault.fields.SealedJSON(label="intake.pendingrow.cells")),
                ("problems", dtks.foundation.vault.fields.SealedJSON(label="intake.pendingrow.problems")),
                ("codes", models.TextField()),
                ("nik", dtks.foundation.vault.fields.SealedText(label="intake.pendingrow.nik", null=True)),
                ("nik_index", dtks.foundation.vault.fields.BlindIndex(kind="nik", null=True, source="nik")),
                (
                    "match_key",
                    dtks.foundation.vault.fields.SealedText(label="intake.pendingrow.match_key", null=True),
                ),
                (
                    "match_key_index",
                    dtks.foundation.vault.fields.BlindIndex(kind="match_key", null=True, source="match_key"),
                ),
                ("fate", models.SmallIntegerField(default=0)),
                ("mended_at", models.DateTimeField(null=True)),
                (
                    "job",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pending",
                        to="intake.importjob",
                    ),
                ),
                (
                    "mended_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="intake.importjob",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("fate", 0)), fields=["nik_index"], name="pendingrow_open_nik"
                    ),
                    models.Index(
                        condition=models.Q(("fate", 0)),
                        fields=["match_key_index"],
                        name="pendingrow_open_key",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("job", "sheet", "row"), name="pendingrow_place")
                ],
            },
        ),
    ]
