from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="KnownKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("part", models.CharField(max_length=5)),
                ("number", models.SmallIntegerField()),
                ("fingerprint", models.CharField(max_length=16)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("part", "number"), name="knownkey_one")],
            },
        ),
        migrations.CreateModel(
            name="RotationStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("table", models.CharField(max_length=63)),
                ("data_key", models.SmallIntegerField()),
                ("index_key", models.SmallIntegerField()),
                ("next_block", models.BigIntegerField(default=0)),
                ("rows_changed", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("table",), name="rotationstep_one")],
            },
        ),
    ]
