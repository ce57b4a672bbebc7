"""The tables of the register. In each, columns of fixed width come first: PostgreSQL then finds them faster."""

import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models

import dtks.foundation.kernel.ids
import dtks.registration.registry.models.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Household",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=dtks.foundation.kernel.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("province", models.SmallIntegerField()),
                ("source", models.CharField(max_length=40)),
            ],
        ),
        migrations.CreateModel(
            name="Recording",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=dtks.foundation.kernel.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("recorded_at", models.DateTimeField(db_index=True)),
                ("people_new", models.IntegerField(default=0)),
                ("people_changed", models.IntegerField(default=0)),
                ("people_unchanged", models.IntegerField(default=0)),
                ("families_new", models.IntegerField(default=0)),
                ("families_changed", models.IntegerField(default=0)),
                ("families_unchanged", models.IntegerField(default=0)),
                ("facts_written", models.IntegerField(default=0)),
                ("outdated", models.IntegerField(default=0)),
                ("by", models.CharField(max_length=150)),
                ("area", models.CharField(blank=True, default="", max_length=13)),
                ("source", models.CharField(max_length=40)),
            ],
        ),
        migrations.CreateModel(
            name="Family",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=dtks.foundation.kernel.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("province", models.SmallIntegerField()),
                ("source", models.CharField(max_length=40)),
                ("source_key", models.CharField(blank=True, max_length=100, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("source_key__isnull", False)),
                        fields=("source_key",),
                        name="family_one_source_key",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=dtks.foundation.kernel.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("province", models.SmallIntegerField()),
                ("source", models.CharField(max_length=40)),
                ("temporary_number", models.CharField(blank=True, max_length=40, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("temporary_number__isnull", False)),
                        fields=("temporary_number",),
                        name="person_one_temporary_number",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EnumerationVisit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.family",
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("enumerated_on", models.DateField(blank=True, null=True)),
                ("supervised_on", models.DateField(blank=True, null=True)),
                ("province", models.SmallIntegerField()),
                ("visit_result", models.SmallIntegerField(blank=True, null=True)),
                ("source", models.CharField(max_length=40)),
                ("enumerator_name", models.CharField(blank=True, max_length=100, null=True)),
                ("enumerator_code", models.CharField(blank=True, max_length=4, null=True)),
                ("supervisor_name", models.CharField(blank=True, max_length=100, null=True)),
                ("supervisor_code", models.CharField(blank=True, max_length=3, null=True)),
                ("respondent_name", models.CharField(blank=True, max_length=100, null=True)),
                ("respondent_phone", models.CharField(blank=True, max_length=16, null=True)),
                ("local_language", models.CharField(blank=True, max_length=50, null=True)),
                ("notes", models.TextField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("superseded_at__isnull", False), ("valid_to__isnull", False), _connector="OR"
                        ),
                        fields=["family"],
                        name="enumerationvisit_past",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("supervised_on__isnull", True),
                            ("supervised_on__gte", models.F("enumerated_on")),
                            _connector="OR",
                        ),
                        name="enumerationvisit_supervised_after",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("visit_result__gte", 1), ("visit_result__lte", 5)),
                        name="enumerationvisit_visit_result_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="enumerationvisit_valid_interval",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at__isnull", True),
                            ("superseded_at__gte", models.F("recorded_at")),
                            _connector="OR",
                        ),
                        name="enumerationvisit_recorded_interval",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at__isnull", True), ("valid_to__isnull", True)),
                        fields=("family",),
                        name="enumerationvisit_one_current",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AssistancePreference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.family",
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("province", models.SmallIntegerField()),
                ("preferred_first", models.SmallIntegerField(blank=True, null=True)),
                ("preferred_second", models.SmallIntegerField(blank=True, null=True)),
                ("preferred_third", models.SmallIntegerField(blank=True, null=True)),
                ("source", models.CharField(max_length=40)),
                ("preference_note", models.CharField(blank=True, max_length=200, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("superseded_at__isnull", False), ("valid_to__isnull", False), _connector="OR"
                        ),
                        fields=["family"],
                        name="assistancepreference_past",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("preferred_first__gte", 1), ("preferred_first__lte", 10)),
                        name="assistancepreference_preferred_first_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("preferred_second__gte", 1), ("preferred_second__lte", 10)),
                        name="assistancepreference_preferred_second_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("preferred_third__gte", 1), ("preferred_third__lte", 10)),
                        name="assistancepreference_preferred_third_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="assistancepreference_valid_interval",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at__isnull", True),
                            ("superseded_at__gte", models.F("recorded_at")),
                            _connector="OR",
                        ),
                        name="assistancepreference_recorded_interval",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at__isnull", True), ("valid_to__isnull", True)),
                        fields=("family",),
                        name="assistancepreference_one_current",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Assets",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.family",
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("land_area", models.IntegerField(blank=True, null=True)),
                ("fish", models.IntegerField(blank=True, null=True)),
                ("province", models.SmallIntegerField()),
                ("has_gas_cylinder", models.SmallIntegerField(blank=True, null=True)),
                ("has_refrigerator", models.SmallIntegerField(blank=True, null=True)),
                ("has_ac", models.SmallIntegerField(blank=True, null=True)),
                ("has_water_heater", models.SmallIntegerField(blank=True, null=True)),
                ("has_landline", models.SmallIntegerField(blank=True, null=True)),
                ("has_flat_tv", models.SmallIntegerField(blank=True, null=True)),
                ("has_gold", models.SmallIntegerField(blank=True, null=True)),
                ("has_computer", models.SmallIntegerField(blank=True, null=True)),
                ("has_motorcycle", models.SmallIntegerField(blank=True, null=True)),
                ("has_bicycle", models.SmallIntegerField(blank=True, null=True)),
                ("has_car", models.SmallIntegerField(blank=True, null=True)),
                ("has_boat", models.SmallIntegerField(blank=True, null=True)),
                ("has_motor_boat", models.SmallIntegerField(blank=True, null=True)),
                ("has_smartphone", models.SmallIntegerField(blank=True, null=True)),
                ("has_other_land", models.SmallIntegerField(blank=True, null=True)),
                ("has_other_house", models.SmallIntegerField(blank=True, null=True)),
                ("cattle", models.SmallIntegerField(blank=True, null=True)),
                ("buffaloes", models.SmallIntegerField(blank=True, null=True)),
                ("horses", models.SmallIntegerField(blank=True, null=True)),
                ("pigs", models.SmallIntegerField(blank=True, null=True)),
                ("goats_sheep", models.SmallIntegerField(blank=True, null=True)),
                ("poultry", models.SmallIntegerField(blank=True, null=True)),
                ("other_livestock", models.SmallIntegerField(blank=True, null=True)),
                ("has_gas_3kg", models.SmallIntegerField(blank=True, null=True)),
                ("has_gas_12kg", models.SmallIntegerField(blank=True, null=True)),
                ("has_feature_phone", models.SmallIntegerField(blank=True, null=True)),
                ("internet_access", models.SmallIntegerField(blank=True, null=True)),
                ("bank_account", models.SmallIntegerField(blank=True, null=True)),
                ("source", models.CharField(max_length=40)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("superseded_at__isnull", False), ("valid_to__isnull", False), _connector="OR"
                        ),
                        fields=["family"],
                        name="assets_past",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("has_gas_cylinder__gte", 1), ("has_gas_cylinder__lte", 2)),
                        name="assets_has_gas_cylinder_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("has_refrigerator__gte", 1), ("has_refrigerator__lte", 2)),
                        name="assets_has_refrigerator_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("has_ac__gte", 1), ("has_ac__lte", 2)), name="assets_has_ac_valid"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("has_water_heater__gte", 1), ("has_water_heater__lte", 2)),
                        name="assets_has_water_heater_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("has_landline__gte", 1), ("has_landline__lte", 2)),
                        name="assets_has_landline_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("has_flat_tv__gte", 1), ("has_flat_tv__lte", 2)),
                        name="assets_has_flat_tv_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("has_gold__gte", 1), ("has_gold__lte", 2)),
                        name="assets_has_gold_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("has_computer__gte", 1), ("has_computer__lte", 2)),
                        name="assets_has_computer_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("has_motorcycle__gte", 1), ("has_motorcycle__lte", 2)),
                        name="assets_has_motorcycle_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("has_bicycle__gte", 1), ("has_bicycle__lte", 2)),
                        name="assets_has_bicycle_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("has_car__gte", 1), ("has_car__lte", 2)),
                        name="assets_has_car_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("has_boat__gte", 1), ("has_boat__lte", 2)),
                        name="assets_has_boat_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("has_motor_boat__gte", 1), ("has_motor_boat__lte", 2)),
                        name="assets_has_motor_boat_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("has_smartphone__gte", 1), ("has_smartphone__lte", 2)),
                        name="assets_has_smartphone_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("has_other_land__gte", 1), ("has_other_land__lte", 2)),
                        name="assets_has_other_land_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("has_other_house__gte", 1), ("has_other_house__lte", 2)),
                        name="assets_has_other_house_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("land_area__gte", 0), ("land_area__lte", 10000000)),
                        name="assets_land_area_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cattle__gte", 0), ("cattle__lte", 999)),
                        name="assets_cattle_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("buffaloes__gte", 0), ("buffaloes__lte", 999)),
                        name="assets_buffaloes_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("horses__gte", 0), ("horses__lte", 999)),
                        name="assets_horses_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("pigs__gte", 0), ("pigs__lte", 999)), name="assets_pigs_valid"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("goats_sheep__gte", 0), ("goats_sheep__lte", 999)),
                        name="assets_goats_sheep_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("poultry__gte", 0), ("poultry__lte", 9999)),
                        name="assets_poultry_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("fish__gte", 0), ("fish__lte", 99999)), name="assets_fish_valid"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("other_livestock__gte", 0), ("other_livestock__lte", 9999)),
                        name="assets_other_livestock_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("has_gas_3kg__gte", 1), ("has_gas_3kg__lte", 2)),
                        name="assets_has_gas_3kg_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("has_gas_12kg__gte", 1), ("has_gas_12kg__lte", 2)),
                        name="assets_has_gas_12kg_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("has_feature_phone__gte", 1), ("has_feature_phone__lte", 2)),
                        name="assets_has_feature_phone_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("internet_access__gte", 0), ("internet_access__lte", 3)),
                        name="assets_internet_access_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("bank_account__gte", 1), ("bank_account__lte", 4)),
                        name="assets_bank_account_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="assets_valid_interval",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at__isnull", True),
                            ("superseded_at__gte", models.F("recorded_at")),
                            _connector="OR",
                        ),
                        name="assets_recorded_interval",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at__isnull", True), ("valid_to__isnull", True)),
                        fields=("family",),
                        name="assets_one_current",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FamilyAssistance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.family",
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("province", models.SmallIntegerField()),
                ("got_sembako", models.SmallIntegerField(blank=True, null=True)),
                ("sembako_month", models.SmallIntegerField(blank=True, null=True)),
                ("sembako_year", models.SmallIntegerField(blank=True, null=True)),
                ("got_pkh", models.SmallIntegerField(blank=True, null=True)),
                ("pkh_month", models.SmallIntegerField(blank=True, null=True)),
                ("pkh_year", models.SmallIntegerField(blank=True, null=True)),
                ("got_blt_dd", models.SmallIntegerField(blank=True, null=True)),
                ("blt_dd_month", models.SmallIntegerField(blank=True, null=True)),
                ("blt_dd_year", models.SmallIntegerField(blank=True, null=True)),
                ("got_electricity_subsidy", models.SmallIntegerField(blank=True, null=True)),
                ("electricity_subsidy_month", models.SmallIntegerField(blank=True, null=True)),
                ("electricity_subsidy_year", models.SmallIntegerField(blank=True, null=True)),
                ("got_local_aid", models.SmallIntegerField(blank=True, null=True)),
                ("local_aid_month", models.SmallIntegerField(blank=True, null=True)),
                ("local_aid_year", models.SmallIntegerField(blank=True, null=True)),
                ("got_fertiliser_subsidy", models.SmallIntegerField(blank=True, null=True)),
                ("fertiliser_subsidy_month", models.SmallIntegerField(blank=True, null=True)),
                ("fertiliser_subsidy_year", models.SmallIntegerField(blank=True, null=True)),
                ("got_lpg_subsidy", models.SmallIntegerField(blank=True, null=True)),
                ("lpg_subsidy_month", models.SmallIntegerField(blank=True, null=True)),
                ("lpg_subsidy_year", models.SmallIntegerField(blank=True, null=True)),
                ("got_bst", models.SmallIntegerField(blank=True, null=True)),
                ("got_province_aid", models.SmallIntegerField(blank=True, null=True)),
                ("got_regency_aid", models.SmallIntegerField(blank=True, null=True)),
                ("got_village_aid", models.SmallIntegerField(blank=True, null=True)),
                ("got_community_aid", models.SmallIntegerField(blank=True, null=True)),
                ("source", models.CharField(max_length=40)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("superseded_at__isnull", False), ("valid_to__isnull", False), _connector="OR"
                        ),
                        fields=["family"],
                        name="familyassistance_past",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("got_sembako__gte", 1), ("got_sembako__lte", 2)),
                        name="familyassistance_got_sembako_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sembako_month__gte", 1), ("sembako_month__lte", 12)),
                        name="familyassistance_sembako_month_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sembako_year__gte", 1990), ("sembako_year__lte", 2100)),
                        name="familyassistance_sembako_year_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("got_pkh__gte", 1), ("got_pkh__lte", 2)),
                        name="familyassistance_got_pkh_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("pkh_month__gte", 1), ("pkh_month__lte", 12)),
                        name="familyassistance_pkh_month_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("pkh_year__gte", 1990), ("pkh_year__lte", 2100)),
                        name="familyassistance_pkh_year_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("got_blt_dd__gte", 1), ("got_blt_dd__lte", 2)),
                        name="familyassistance_got_blt_dd_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("blt_dd_month__gte", 1), ("blt_dd_month__lte", 12)),
                        name="familyassistance_blt_dd_month_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("blt_dd_year__gte", 1990), ("blt_dd_year__lte", 2100)),
                        name="familyassistance_blt_dd_year_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("got_electricity_subsidy__gte", 1), ("got_electricity_subsidy__lte", 2)
                        ),
                        name="familyassistance_got_electricity_subsidy_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("electricity_subsidy_month__gte", 1), ("electricity_subsidy_month__lte", 12)
                        ),
                        name="familyassistance_electricity_subsidy_month_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("electricity_subsidy_year__gte", 1990), ("electricity_subsidy_year__lte", 2100)
                        ),
                        name="familyassistance_electricity_subsidy_year_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("got_local_aid__gte", 1), ("got_local_aid__lte", 2)),
                        name="familyassistance_got_local_aid_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("local_aid_month__gte", 1), ("local_aid_month__lte", 12)),
                        name="familyassistance_local_aid_month_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("local_aid_year__gte", 1990), ("local_aid_year__lte", 2100)),
                        name="familyassistance_local_aid_year_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("got_fertiliser_subsidy__gte", 1), ("got_fertiliser_subsidy__lte", 2)
                        ),
                        name="familyassistance_got_fertiliser_subsidy_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("fertiliser_subsidy_month__gte", 1), ("fertiliser_subsidy_month__lte", 12)
                        ),
                        name="familyassistance_fertiliser_subsidy_month_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("fertiliser_subsidy_year__gte", 1990), ("fertiliser_subsidy_year__lte", 2100)
                        ),
                        name="familyassistance_fertiliser_subsidy_year_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("got_lpg_subsidy__gte", 1), ("got_lpg_subsidy__lte", 2)),
                        name="familyassistance_got_lpg_subsidy_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("lpg_subsidy_month__gte", 1), ("lpg_subsidy_month__lte", 12)),
                        name="familyassistance_lpg_subsidy_month_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("lpg_subsidy_year__gte", 1990), ("lpg_subsidy_year__lte", 2100)),
                        name="familyassistance_lpg_subsidy_year_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("got_bst__gte", 1), ("got_bst__lte", 2)),
                        name="familyassistance_got_bst_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("got_province_aid__gte", 1), ("got_province_aid__lte", 2)),
                        name="familyassistance_got_province_aid_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("got_regency_aid__gte", 1), ("got_regency_aid__lte", 2)),
                        name="familyassistance_got_regency_aid_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("got_village_aid__gte", 1), ("got_village_aid__lte", 2)),
                        name="familyassistance_got_village_aid_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("got_community_aid__gte", 1), ("got_community_aid__lte", 2)),
                        name="familyassistance_got_community_aid_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="familyassistance_valid_interval",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at__isnull", True),
                            ("superseded_at__gte", models.F("recorded_at")),
                            _connector="OR",
                        ),
                        name="familyassistance_recorded_interval",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at__isnull", True), ("valid_to__isnull", True)),
                        fields=("family",),
                        name="familyassistance_one_current",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FamilyCard",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.family",
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("kk_number", dtks.registration.registry.models.fields.SixteenDigits(blank=True, null=True)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("province", models.SmallIntegerField()),
                ("kk_code", models.SmallIntegerField(blank=True, null=True)),
                ("building_no", models.SmallIntegerField(blank=True, null=True)),
                ("family_no", models.SmallIntegerField(blank=True, null=True)),
                ("source", models.CharField(max_length=40)),
                ("village", dtks.registration.registry.models.fields.PlainOrder(max_length=13)),
                ("address", models.CharField(blank=True, max_length=200, null=True)),
                ("hamlet", models.CharField(blank=True, max_length=80, null=True)),
                ("rt", models.CharField(blank=True, max_length=5, null=True)),
                ("rw", models.CharField(blank=True, max_length=5, null=True)),
                ("sls_code", models.CharField(blank=True, max_length=4, null=True)),
                ("sub_sls_code", models.CharField(blank=True, max_length=2, null=True)),
                ("sls_name", models.CharField(blank=True, max_length=100, null=True)),
                ("family_status", models.CharField(blank=True, max_length=1, null=True)),
                ("landmark_id", models.CharField(blank=True, max_length=6, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("superseded_at__isnull", True), ("valid_to__isnull", True)),
                        fields=["village", "family"],
                        name="familycard_village",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("superseded_at__isnull", False), ("valid_to__isnull", False), _connector="OR"
                        ),
                        fields=["family"],
                        name="familycard_past",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("superseded_at__isnull", True),
                            ("valid_to__isnull", True),
                            ("kk_number__isnull", False),
                        ),
                        fields=("kk_number",),
                        name="familycard_one_kk",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kk_number__gte", 1000000000000000), ("kk_number__lte", 9999999999999999)
                        ),
                        name="familycard_kk_number_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kk_code__gte", 0), ("kk_code__lte", 2)),
                        name="familycard_kk_code_valid",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.Exact(
                            django.db.models.functions.text.Length(models.F("village")), 13
                        ),
                        name="familycard_village_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("building_no__gte", 0), ("building_no__lte", 999)),
                        name="familycard_building_no_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("family_no__gte", 0), ("family_no__lte", 999)),
                        name="familycard_family_no_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="familycard_valid_interval",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at__isnull", True),
                            ("superseded_at__gte", models.F("recorded_at")),
                            _connector="OR",
                        ),
                        name="familycard_recorded_interval",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at__isnull", True), ("valid_to__isnull", True)),
                        fields=("family",),
                        name="familycard_one_current",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FamilyPotential",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.family",
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("province", models.SmallIntegerField()),
                ("distance_market_min", models.SmallIntegerField(blank=True, null=True)),
                ("distance_health_min", models.SmallIntegerField(blank=True, null=True)),
                ("distance_school_min", models.SmallIntegerField(blank=True, null=True)),
                ("has_public_transport", models.SmallIntegerField(blank=True, null=True)),
                ("community_participation", models.SmallIntegerField(blank=True, null=True)),
                ("source", models.CharField(max_length=40)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("superseded_at__isnull", False), ("valid_to__isnull", False), _connector="OR"
                        ),
                        fields=["family"],
                        name="familypotential_past",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("distance_market_min__gte", 0), ("distance_market_min__lte", 1440)
                        ),
                        name="familypotential_distance_market_min_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("distance_health_min__gte", 0), ("distance_health_min__lte", 1440)
                        ),
                        name="familypotential_distance_health_min_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("distance_school_min__gte", 0), ("distance_school_min__lte", 1440)
                        ),
                        name="familypotential_distance_school_min_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("has_public_transport__gte", 1), ("has_public_transport__lte", 2)
                        ),
                        name="familypotential_has_public_transport_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("community_participation__gte", 1), ("community_participation__lte", 4)
                        ),
                        name="familypotential_community_participation_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="familypotential_valid_interval",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at__isnull", True),
                            ("superseded_at__gte", models.F("recorded_at")),
                            _connector="OR",
                        ),
                        name="familypotential_recorded_interval",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at__isnull", True), ("valid_to__isnull", True)),
                        fields=("family",),
                        name="familypotential_one_current",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Dwelling",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.household",
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("province", models.SmallIntegerField()),
                ("tenure", models.SmallIntegerField(blank=True, null=True)),
                ("land_title", models.SmallIntegerField(blank=True, null=True)),
                ("land_tenure", models.SmallIntegerField(blank=True, null=True)),
                ("floor_area", models.SmallIntegerField(blank=True, null=True)),
                ("floor_material", models.SmallIntegerField(blank=True, null=True)),
                ("wall_material", models.SmallIntegerField(blank=True, null=True)),
                ("wall_condition", models.SmallIntegerField(blank=True, null=True)),
                ("roof_material", models.SmallIntegerField(blank=True, null=True)),
                ("roof_condition", models.SmallIntegerField(blank=True, null=True)),
                ("bedrooms", models.SmallIntegerField(blank=True, null=True)),
                ("water_source", models.SmallIntegerField(blank=True, null=True)),
                ("water_distance", models.SmallIntegerField(blank=True, null=True)),
                ("water_payment", models.SmallIntegerField(blank=True, null=True)),
                ("lighting", models.SmallIntegerField(blank=True, null=True)),
                ("power_1", models.SmallIntegerField(blank=True, null=True)),
                ("power_2", models.SmallIntegerField(blank=True, null=True)),
                ("power_3", models.SmallIntegerField(blank=True, null=True)),
                ("cooking_fuel", models.SmallIntegerField(blank=True, null=True)),
                ("toilet", models.SmallIntegerField(blank=True, null=True)),
                ("closet_type", models.SmallIntegerField(blank=True, null=True)),
                ("sewage", models.SmallIntegerField(blank=True, null=True)),
                ("source", models.CharField(max_length=40)),
                ("pln_customer_no", models.CharField(blank=True, max_length=20, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("superseded_at__isnull", False), ("valid_to__isnull", False), _connector="OR"
                        ),
                        fields=["household"],
                        name="dwelling_past",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("tenure__gte", 1), ("tenure__lte", 5)),
                        name="dwelling_tenure_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("land_title__gte", 1), ("land_title__lte", 6)),
                        name="dwelling_land_title_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("land_tenure__gte", 1), ("land_tenure__lte", 4)),
                        name="dwelling_land_tenure_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("floor_area__gte", 1), ("floor_area__lte", 997)),
                        name="dwelling_floor_area_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("floor_material__gte", 1), ("floor_material__lte", 9)),
                        name="dwelling_floor_material_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("wall_material__gte", 1), ("wall_material__lte", 7)),
                        name="dwelling_wall_material_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("wall_condition__gte", 1), ("wall_condition__lte", 2)),
                        name="dwelling_wall_condition_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("roof_material__gte", 1), ("roof_material__lte", 8)),
                        name="dwelling_roof_material_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("roof_condition__gte", 1), ("roof_condition__lte", 2)),
                        name="dwelling_roof_condition_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("bedrooms__gte", 0), ("bedrooms__lte", 99)),
                        name="dwelling_bedrooms_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("water_source__gte", 1), ("water_source__lte", 11)),
                        name="dwelling_water_source_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("water_distance__gte", 1), ("water_distance__lte", 3)),
                        name="dwelling_water_distance_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("water_payment__gte", 1), ("water_payment__lte", 3)),
                        name="dwelling_water_payment_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("lighting__gte", 1), ("lighting__lte", 4)),
                        name="dwelling_lighting_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("power_1__gte", 1), ("power_1__lte", 5)),
                        name="dwelling_power_1_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("power_2__gte", 1), ("power_2__lte", 5)),
                        name="dwelling_power_2_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("power_3__gte", 1), ("power_3__lte", 5)),
                        name="dwelling_power_3_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cooking_fuel__gte", 1), ("cooking_fuel__lte", 12)),
                        name="dwelling_cooking_fuel_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("toilet__gte", 1), ("toilet__lte", 6)),
                        name="dwelling_toilet_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("closet_type__gte", 1), ("closet_type__lte", 4)),
                        name="dwelling_closet_type_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sewage__gte", 1), ("sewage__lte", 6)),
                        name="dwelling_sewage_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="dwelling_valid_interval",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at__isnull", True),
                            ("superseded_at__gte", models.F("recorded_at")),
                            _connector="OR",
                        ),
                        name="dwelling_recorded_interval",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at__isnull", True), ("valid_to__isnull", True)),
                        fields=("household",),
                        name="dwelling_one_current",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Domicile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.household",
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("lat", models.FloatField(blank=True, null=True)),
                ("lon", models.FloatField(blank=True, null=True)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("location_accuracy_m", models.IntegerField(blank=True, null=True)),
                ("province", models.SmallIntegerField()),
                ("disaster_risk", models.SmallIntegerField(blank=True, null=True)),
                ("remote_access", models.SmallIntegerField(blank=True, null=True)),
                ("source", models.CharField(max_length=40)),
                ("domicile_village", dtks.registration.registry.models.fields.PlainOrder(max_length=13)),
                ("domicile_address", models.CharField(blank=True, max_length=200, null=True)),
                ("domicile_rt", models.CharField(blank=True, max_length=5, null=True)),
                ("domicile_rw", models.CharField(blank=True, max_length=5, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("superseded_at__isnull", True), ("valid_to__isnull", True)),
                        fields=["domicile_village", "household"],
                        name="domicile_village",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("superseded_at__isnull", False), ("valid_to__isnull", False), _connector="OR"
                        ),
                        fields=["household"],
                        name="domicile_past",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lat__isnull", True), ("lon__isnull", True)),
                            models.Q(("lat__isnull", False), ("lon__isnull", False)),
                            _connector="OR",
                        ),
                        name="domicile_point_complete",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.Exact(
                            django.db.models.functions.text.Length(models.F("domicile_village")), 13
                        ),
                        name="domicile_domicile_village_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("lat__gte", -11.5), ("lat__lte", 6.5)), name="domicile_lat_valid"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("lon__gte", 94.5), ("lon__lte", 141.5)), name="domicile_lon_valid"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("location_accuracy_m__gte", 0), ("location_accuracy_m__lte", 100000)
                        ),
                        name="domicile_location_accuracy_m_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("disaster_risk__gte", 1), ("disaster_risk__lte", 3)),
                        name="domicile_disaster_risk_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("remote_access__gte", 1), ("remote_access__lte", 3)),
                        name="domicile_remote_access_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="domicile_valid_interval",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at__isnull", True),
                            ("superseded_at__gte", models.F("recorded_at")),
                            _connector="OR",
                        ),
                        name="domicile_recorded_interval",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at__isnull", True), ("valid_to__isnull", True)),
                        fields=("household",),
                        name="domicile_one_current",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Livelihood",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("monthly_income", models.BigIntegerField(blank=True, null=True)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("province", models.SmallIntegerField()),
                ("school_participation", models.SmallIntegerField(blank=True, null=True)),
                ("education_level", models.SmallIntegerField(blank=True, null=True)),
                ("education_grade", models.SmallIntegerField(blank=True, null=True)),
                ("diploma", models.SmallIntegerField(blank=True, null=True)),
                ("worked_last_week", models.SmallIntegerField(blank=True, null=True)),
                ("work_hours", models.SmallIntegerField(blank=True, null=True)),
                ("industry", models.SmallIntegerField(blank=True, null=True)),
                ("employment_status", models.SmallIntegerField(blank=True, null=True)),
                ("has_npwp", models.SmallIntegerField(blank=True, null=True)),
                ("owns_business", models.SmallIntegerField(blank=True, null=True)),
                ("businesses", models.SmallIntegerField(blank=True, null=True)),
                ("business_industry", models.SmallIntegerField(blank=True, null=True)),
                ("paid_workers", models.SmallIntegerField(blank=True, null=True)),
                ("unpaid_workers", models.SmallIntegerField(blank=True, null=True)),
                ("business_licence", models.SmallIntegerField(blank=True, null=True)),
                ("business_turnover", models.SmallIntegerField(blank=True, null=True)),
                ("business_internet", models.SmallIntegerField(blank=True, null=True)),
                ("source", models.CharField(max_length=40)),
                ("industry_text", models.CharField(blank=True, max_length=191, null=True)),
                ("npwp_number", models.CharField(blank=True, max_length=20, null=True)),
                ("business_industry_text", models.CharField(blank=True, max_length=191, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("superseded_at__isnull", False), ("valid_to__isnull", False), _connector="OR"
                        ),
                        fields=["person"],
                        name="livelihood_past",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("school_participation__gte", 1), ("school_participation__lte", 3)
                        ),
                        name="livelihood_school_participation_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("education_level__gte", 1), ("education_level__lte", 22)),
                        name="livelihood_education_level_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("education_grade__gte", 1), ("education_grade__lte", 8)),
                        name="livelihood_education_grade_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("diploma__gte", 1), ("diploma__lte", 23)),
                        name="livelihood_diploma_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("worked_last_week__gte", 1), ("worked_last_week__lte", 2)),
                        name="livelihood_worked_last_week_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("work_hours__gte", 0), ("work_hours__lte", 99)),
                        name="livelihood_work_hours_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("industry__gte", 1), ("industry__lte", 26)),
                        name="livelihood_industry_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("employment_status__gte", 1), ("employment_status__lte", 8)),
                        name="livelihood_employment_status_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("has_npwp__gte", 1), ("has_npwp__lte", 3)),
                        name="livelihood_has_npwp_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("monthly_income__gte", 0), ("monthly_income__lte", 1000000000000)
                        ),
                        name="livelihood_monthly_income_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("owns_business__gte", 1), ("owns_business__lte", 2)),
                        name="livelihood_owns_business_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("businesses__gte", 0), ("businesses__lte", 99)),
                        name="livelihood_businesses_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("business_industry__gte", 1), ("business_industry__lte", 26)),
                        name="livelihood_business_industry_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("paid_workers__gte", 0), ("paid_workers__lte", 999)),
                        name="livelihood_paid_workers_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("unpaid_workers__gte", 0), ("unpaid_workers__lte", 99)),
                        name="livelihood_unpaid_workers_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("business_licence__gte", 1), ("business_licence__lte", 12)),
                        name="livelihood_business_licence_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("business_turnover__gte", 1), ("business_turnover__lte", 7)),
                        name="livelihood_business_turnover_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("business_internet__gte", 0), ("business_internet__lte", 63)),
                        name="livelihood_business_internet_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="livelihood_valid_interval",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at__isnull", True),
                            ("superseded_at__gte", models.F("recorded_at")),
                            _connector="OR",
                        ),
                        name="livelihood_recorded_interval",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at__isnull", True), ("valid_to__isnull", True)),
                        fields=("person",),
                        name="livelihood_one_current",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HouseholdMembership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.family",
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.household",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("province", models.SmallIntegerField()),
                ("source", models.CharField(max_length=40)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("superseded_at__isnull", True), ("valid_to__isnull", True)),
                        fields=["household"],
                        name="householdmembership_household",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("family__isnull", True), ("person__isnull", False)),
                            models.Q(("family__isnull", False), ("person__isnull", True)),
                            _connector="OR",
                        ),
                        name="householdmembership_one_subject",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("superseded_at__isnull", True),
                            ("valid_to__isnull", True),
                            ("family__isnull", False),
                        ),
                        fields=("family",),
                        name="householdmembership_one_per_family",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("superseded_at__isnull", True),
                            ("valid_to__isnull", True),
                            ("person__isnull", False),
                        ),
                        fields=("person",),
                        name="householdmembership_one_per_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="householdmembership_valid_interval",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at__isnull", True),
                            ("superseded_at__gte", models.F("recorded_at")),
                            _connector="OR",
                        ),
                        name="householdmembership_recorded_interval",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FamilyMembership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.family",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("province", models.SmallIntegerField()),
                ("member_no", models.SmallIntegerField(blank=True, null=True)),
                ("relation", models.SmallIntegerField(blank=True, null=True)),
                ("household_relation", models.SmallIntegerField(blank=True, null=True)),
                ("presence", models.SmallIntegerField(blank=True, null=True)),
                ("source", models.CharField(max_length=40)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("superseded_at__isnull", True), ("valid_to__isnull", True)),
                        fields=["family"],
                        name="familymembership_family",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("superseded_at__isnull", False), ("valid_to__isnull", False), _connector="OR"
                        ),
                        fields=["person"],
                        name="familymembership_past",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("member_no__gte", 1), ("member_no__lte", 999)),
                        name="familymembership_member_no_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("relation__gte", 1), ("relation__lte", 8)),
                        name="familymembership_relation_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("household_relation__gte", 1), ("household_relation__lte", 8)),
                        name="familymembership_household_relation_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("presence__gte", 1), ("presence__lte", 6)),
                        name="familymembership_presence_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="familymembership_valid_interval",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at__isnull", True),
                            ("superseded_at__gte", models.F("recorded_at")),
                            _connector="OR",
                        ),
                        name="familymembership_recorded_interval",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at__isnull", True), ("valid_to__isnull", True)),
                        fields=("person",),
                        name="familymembership_one_current",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CivilRegistryTask",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=dtks.foundation.kernel.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.family",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("province", models.SmallIntegerField()),
                ("need", models.SmallIntegerField()),
                ("source", models.CharField(max_length=40)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("family__isnull", True), ("need", 1), ("person__isnull", False)),
                            models.Q(("family__isnull", False), ("need", 2), ("person__isnull", True)),
                            _connector="OR",
                        ),
                        name="civilregistrytask_subject",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at__isnull", True), ("person__isnull", False)),
                        fields=("person",),
                        name="civilregistrytask_open_person",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at__isnull", True), ("family__isnull", False)),
                        fields=("family",),
                        name="civilregistrytask_open_family",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AssistanceHistory",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.family",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("amount", models.BigIntegerField(blank=True, null=True)),
                ("province", models.SmallIntegerField()),
                ("programme", models.CharField(max_length=40)),
                ("period", models.CharField(max_length=7)),
                ("channel", models.CharField(blank=True, default="", max_length=40)),
                ("source", models.CharField(max_length=40)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at__isnull", True)),
                        fields=("family", "programme", "period"),
                        name="assistancehistory_one_per_period",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__isnull", True), ("amount__gte", 0), _connector="OR"),
                        name="assistancehistory_amount_valid",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonAssistance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("province", models.SmallIntegerField()),
                ("in_prakerja", models.SmallIntegerField(blank=True, null=True)),
                ("in_kur", models.SmallIntegerField(blank=True, null=True)),
                ("in_umi", models.SmallIntegerField(blank=True, null=True)),
                ("in_pip", models.SmallIntegerField(blank=True, null=True)),
                ("work_insurance", models.SmallIntegerField(blank=True, null=True)),
                ("got_central_aid", models.SmallIntegerField(blank=True, null=True)),
                ("got_city_aid", models.SmallIntegerField(blank=True, null=True)),
                ("source", models.CharField(max_length=40)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("superseded_at__isnull", False), ("valid_to__isnull", False), _connector="OR"
                        ),
                        fields=["person"],
                        name="personassistance_past",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("in_prakerja__in", [1, 2, 8])),
                        name="personassistance_in_prakerja_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("in_kur__in", [1, 2, 8])), name="personassistance_in_kur_valid"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("in_umi__in", [1, 2, 8])), name="personassistance_in_umi_valid"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("in_pip__in", [1, 2, 8])), name="personassistance_in_pip_valid"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("work_insurance__gte", 0), ("work_insurance__lte", 31)),
                            ("work_insurance", 99),
                            _connector="OR",
                        ),
                        name="personassistance_work_insurance_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("got_central_aid__gte", 1), ("got_central_aid__lte", 2)),
                        name="personassistance_got_central_aid_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("got_city_aid__gte", 1), ("got_city_aid__lte", 2)),
                        name="personassistance_got_city_aid_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="personassistance_valid_interval",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at__isnull", True),
                            ("superseded_at__gte", models.F("recorded_at")),
                            _connector="OR",
                        ),
                        name="personassistance_recorded_interval",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at__isnull", True), ("valid_to__isnull", True)),
                        fields=("person",),
                        name="personassistance_one_current",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonDemographics",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("nik", dtks.registration.registry.models.fields.SixteenDigits(blank=True, null=True)),
                ("mother_nik", dtks.registration.registry.models.fields.SixteenDigits(blank=True, null=True)),
                ("father_nik", dtks.registration.registry.models.fields.SixteenDigits(blank=True, null=True)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("birth_date", models.DateField(blank=True, null=True)),
                ("deceased_on", models.DateField(blank=True, null=True)),
                ("province", models.SmallIntegerField()),
                ("sex", models.SmallIntegerField(blank=True, null=True)),
                ("marital_status", models.SmallIntegerField(blank=True, null=True)),
                ("id_documents", models.SmallIntegerField(blank=True, null=True)),
                ("religion", models.SmallIntegerField(blank=True, null=True)),
                ("citizenship", models.SmallIntegerField(blank=True, null=True)),
                ("occupation", models.SmallIntegerField(blank=True, null=True)),
                ("blood_type", models.SmallIntegerField(blank=True, null=True)),
                ("status", models.SmallIntegerField(blank=True, null=True)),
                ("has_death_certificate", models.SmallIntegerField(blank=True, null=True)),
                ("has_marriage_certificate", models.SmallIntegerField(blank=True, null=True)),
                ("source", models.CharField(max_length=40)),
                ("name", models.CharField(blank=True, max_length=150, null=True)),
                (
                    "name_key",
                    dtks.registration.registry.models.fields.PlainOrder(
                        blank=True, max_length=150, null=True
                    ),
                ),
                ("birth_place", models.CharField(blank=True, max_length=100, null=True)),
                ("ethnicity", models.CharField(blank=True, max_length=60, null=True)),
                ("mother_name", models.CharField(blank=True, max_length=150, null=True)),
                ("father_name", models.CharField(blank=True, max_length=150, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("superseded_at__isnull", True), ("valid_to__isnull", True)),
                        fields=["name_key"],
                        name="persondemographics_name_key",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("superseded_at__isnull", False), ("valid_to__isnull", False), _connector="OR"
                        ),
                        fields=["person"],
                        name="persondemographics_past",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("superseded_at__isnull", True),
                            ("valid_to__isnull", True),
                            ("nik__isnull", False),
                        ),
                        fields=("nik",),
                        name="persondemographics_one_nik",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deceased_on__isnull", True),
                            ("deceased_on__gte", models.F("birth_date")),
                            _connector="OR",
                        ),
                        name="persondemographics_death_after_birth",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("nik__gte", 1000000000000000), ("nik__lte", 9999999999999999)),
                        name="persondemographics_nik_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sex__gte", 1), ("sex__lte", 2)),
                        name="persondemographics_sex_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("marital_status__gte", 1), ("marital_status__lte", 4)),
                        name="persondemographics_marital_status_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("id_documents__gte", 0), ("id_documents__lte", 7)),
                        name="persondemographics_id_documents_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("religion__gte", 1), ("religion__lte", 7)),
                        name="persondemographics_religion_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("citizenship__gte", 1), ("citizenship__lte", 3)),
                        name="persondemographics_citizenship_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("occupation__gte", 1), ("occupation__lte", 89)),
                        name="persondemographics_occupation_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("blood_type__gte", 1), ("blood_type__lte", 13)),
                        name="persondemographics_blood_type_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", [1, 2, 3, 4, 6, 9])),
                        name="persondemographics_status_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("has_death_certificate__gte", 1), ("has_death_certificate__lte", 2)
                        ),
                        name="persondemographics_has_death_certificate_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("has_marriage_certificate__gte", 1), ("has_marriage_certificate__lte", 2)
                        ),
                        name="persondemographics_has_marriage_certificate_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("mother_nik__gte", 1000000000000000), ("mother_nik__lte", 9999999999999999)
                        ),
                        name="persondemographics_mother_nik_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("father_nik__gte", 1000000000000000), ("father_nik__lte", 9999999999999999)
                        ),
                        name="persondemographics_father_nik_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="persondemographics_valid_interval",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at__isnull", True),
                            ("superseded_at__gte", models.F("recorded_at")),
                            _connector="OR",
                        ),
                        name="persondemographics_recorded_interval",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at__isnull", True), ("valid_to__isnull", True)),
                        fields=("person",),
                        name="persondemographics_one_current",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonHealth",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("weight_kg", models.FloatField(blank=True, null=True)),
                ("height_cm", models.FloatField(blank=True, null=True)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("measured_on", models.DateField(blank=True, null=True)),
                ("province", models.SmallIntegerField()),
                ("pregnant", models.SmallIntegerField(blank=True, null=True)),
                ("child_nutrition", models.SmallIntegerField(blank=True, null=True)),
                ("difficulty_seeing", models.SmallIntegerField(blank=True, null=True)),
                ("difficulty_hearing", models.SmallIntegerField(blank=True, null=True)),
                ("difficulty_walking", models.SmallIntegerField(blank=True, null=True)),
                ("difficulty_hands", models.SmallIntegerField(blank=True, null=True)),
                ("difficulty_learning", models.SmallIntegerField(blank=True, null=True)),
                ("difficulty_emotion", models.SmallIntegerField(blank=True, null=True)),
                ("difficulty_speaking", models.SmallIntegerField(blank=True, null=True)),
                ("difficulty_selfcare", models.SmallIntegerField(blank=True, null=True)),
                ("difficulty_memory", models.SmallIntegerField(blank=True, null=True)),
                ("depression", models.SmallIntegerField(blank=True, null=True)),
                ("caregiver", models.SmallIntegerField(blank=True, null=True)),
                ("chronic_illness", models.SmallIntegerField(blank=True, null=True)),
                ("disability", models.SmallIntegerField(blank=True, null=True)),
                ("general_health", models.SmallIntegerField(blank=True, null=True)),
                ("used_health_facility", models.SmallIntegerField(blank=True, null=True)),
                ("contraception", models.SmallIntegerField(blank=True, null=True)),
                ("smokes", models.SmallIntegerField(blank=True, null=True)),
                ("fully_immunised", models.SmallIntegerField(blank=True, null=True)),
                ("health_insurance", models.SmallIntegerField(blank=True, null=True)),
                ("source", models.CharField(max_length=40)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("superseded_at__isnull", False), ("valid_to__isnull", False), _connector="OR"
                        ),
                        fields=["person"],
                        name="personhealth_past",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("pregnant__gte", 1), ("pregnant__lte", 2)),
                        name="personhealth_pregnant_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("child_nutrition__in", [1, 2, 3, 8])),
                        name="personhealth_child_nutrition_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weight_kg__gte", 0.3), ("weight_kg__lte", 400)),
                        name="personhealth_weight_kg_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("height_cm__gte", 20), ("height_cm__lte", 250)),
                        name="personhealth_height_cm_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("difficulty_seeing__gte", 1), ("difficulty_seeing__lte", 4)),
                        name="personhealth_difficulty_seeing_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("difficulty_hearing__gte", 1), ("difficulty_hearing__lte", 4)),
                        name="personhealth_difficulty_hearing_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("difficulty_walking__gte", 1), ("difficulty_walking__lte", 4)),
                        name="personhealth_difficulty_walking_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("difficulty_hands__gte", 1), ("difficulty_hands__lte", 4)),
                        name="personhealth_difficulty_hands_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("difficulty_learning__gte", 1), ("difficulty_learning__lte", 4)),
                        name="personhealth_difficulty_learning_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("difficulty_emotion__gte", 1), ("difficulty_emotion__lte", 4)),
                        name="personhealth_difficulty_emotion_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("difficulty_speaking__gte", 1), ("difficulty_speaking__lte", 4)),
                        name="personhealth_difficulty_speaking_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("difficulty_selfcare__gte", 1), ("difficulty_selfcare__lte", 4)),
                        name="personhealth_difficulty_selfcare_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("difficulty_memory__gte", 1), ("difficulty_memory__lte", 4)),
                        name="personhealth_difficulty_memory_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("depression__gte", 1), ("depression__lte", 4)),
                        name="personhealth_depression_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("caregiver__gte", 1), ("caregiver__lte", 3)),
                        name="personhealth_caregiver_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("chronic_illness__gte", 1), ("chronic_illness__lte", 18)),
                        name="personhealth_chronic_illness_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("disability__gte", 1), ("disability__lte", 7)),
                        name="personhealth_disability_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("general_health__gte", 1), ("general_health__lte", 3)),
                        name="personhealth_general_health_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("used_health_facility__gte", 1), ("used_health_facility__lte", 2)
                        ),
                        name="personhealth_used_health_facility_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("contraception__in", [1, 2, 3, 4, 5, 6, 7, 99])),
                        name="personhealth_contraception_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("smokes__gte", 1), ("smokes__lte", 2)),
                        name="personhealth_smokes_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("fully_immunised__gte", 1), ("fully_immunised__lte", 2)),
                        name="personhealth_fully_immunised_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("health_insurance__gte", 0), ("health_insurance__lte", 15)),
                            ("health_insurance", 99),
                            _connector="OR",
                        ),
                        name="personhealth_health_insurance_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="personhealth_valid_interval",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at__isnull", True),
                            ("superseded_at__gte", models.F("recorded_at")),
                            _connector="OR",
                        ),
                        name="personhealth_recorded_interval",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at__isnull", True), ("valid_to__isnull", True)),
                        fields=("person",),
                        name="personhealth_one_current",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonPotential",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("province", models.SmallIntegerField()),
                ("skill", models.SmallIntegerField(blank=True, null=True)),
                ("business_potential", models.SmallIntegerField(blank=True, null=True)),
                ("organisation_member", models.SmallIntegerField(blank=True, null=True)),
                ("psks_role", models.SmallIntegerField(blank=True, null=True)),
                ("source", models.CharField(max_length=40)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("superseded_at__isnull", False), ("valid_to__isnull", False), _connector="OR"
                        ),
                        fields=["person"],
                        name="personpotential_past",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("skill__gte", 0), ("skill__lte", 11)),
                        name="personpotential_skill_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("business_potential__gte", 0), ("business_potential__lte", 4)),
                        name="personpotential_business_potential_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("organisation_member__gte", 1), ("organisation_member__lte", 2)),
                        name="personpotential_organisation_member_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("psks_role__gte", 1), ("psks_role__lte", 7)),
                        name="personpotential_psks_role_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="personpotential_valid_interval",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at__isnull", True),
                            ("superseded_at__gte", models.F("recorded_at")),
                            _connector="OR",
                        ),
                        name="personpotential_recorded_interval",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at__isnull", True), ("valid_to__isnull", True)),
                        fields=("person",),
                        name="personpotential_one_current",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonSpecial",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("province", models.SmallIntegerField()),
                ("ppks_group", models.SmallIntegerField(blank=True, null=True)),
                ("special_condition", models.SmallIntegerField(blank=True, null=True)),
                ("orphan_status", models.SmallIntegerField(blank=True, null=True)),
                ("source", models.CharField(max_length=40)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("superseded_at__isnull", False), ("valid_to__isnull", False), _connector="OR"
                        ),
                        fields=["person"],
                        name="personspecial_past",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ppks_group__gte", 1), ("ppks_group__lte", 26)),
                        name="personspecial_ppks_group_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("special_condition__gte", 1), ("special_condition__lte", 7)),
                        name="personspecial_special_condition_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("orphan_status__gte", 0), ("orphan_status__lte", 3)),
                        name="personspecial_orphan_status_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="personspecial_valid_interval",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at__isnull", True),
                            ("superseded_at__gte", models.F("recorded_at")),
                            _connector="OR",
                        ),
                        name="personspecial_recorded_interval",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at__isnull", True), ("valid_to__isnull", True)),
                        fields=("person",),
                        name="personspecial_one_current",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PovertyCriteria",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.family",
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("province", models.SmallIntegerField()),
                ("has_shelter", models.SmallIntegerField(blank=True, null=True)),
                ("lives_with_other_family", models.SmallIntegerField(blank=True, null=True)),
                ("head_works", models.SmallIntegerField(blank=True, null=True)),
                ("worried_food", models.SmallIntegerField(blank=True, null=True)),
                ("food_share_high", models.SmallIntegerField(blank=True, null=True)),
                ("bought_clothes", models.SmallIntegerField(blank=True, null=True)),
                ("eats_meat", models.SmallIntegerField(blank=True, null=True)),
                ("pays_treatment", models.SmallIntegerField(blank=True, null=True)),
                ("source", models.CharField(max_length=40)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("superseded_at__isnull", False), ("valid_to__isnull", False), _connector="OR"
                        ),
                        fields=["family"],
                        name="povertycriteria_past",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("has_shelter__gte", 1), ("has_shelter__lte", 2)),
                        name="povertycriteria_has_shelter_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("lives_with_other_family__gte", 1), ("lives_with_other_family__lte", 2)
                        ),
                        name="povertycriteria_lives_with_other_family_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("head_works__gte", 1), ("head_works__lte", 2)),
                        name="povertycriteria_head_works_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("worried_food__gte", 1), ("worried_food__lte", 2)),
                        name="povertycriteria_worried_food_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("food_share_high__gte", 1), ("food_share_high__lte", 2)),
                        name="povertycriteria_food_share_high_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("bought_clothes__gte", 1), ("bought_clothes__lte", 2)),
                        name="povertycriteria_bought_clothes_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("eats_meat__gte", 1), ("eats_meat__lte", 2)),
                        name="povertycriteria_eats_meat_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("pays_treatment__gte", 1), ("pays_treatment__lte", 2)),
                        name="povertycriteria_pays_treatment_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="povertycriteria_valid_interval",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at__isnull", True),
                            ("superseded_at__gte", models.F("recorded_at")),
                            _connector="OR",
                        ),
                        name="povertycriteria_recorded_interval",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at__isnull", True), ("valid_to__isnull", True)),
                        fields=("family",),
                        name="povertycriteria_one_current",
                    ),
                ],
            },
        ),
    ]
