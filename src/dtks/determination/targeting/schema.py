"""What a snapshot holds: the name and type of every column of its two tables.

A snapshot is the input of a determination: one directory with a manifest and, for each
province, one table of families and one of people (see `dtks.determination.targeting.snapshot`).
Names are those of the registry's fields; codes are the integers of the Regsosek
questionnaire. Yes/no answers are 1 (yes) and 2 (no). A null is an answer that nobody gave:
never zero, never no.

Text, identity (name, NIK, KK number, address) and the particulars of the enumerator's visit
have no place here. `nik_token` and `kk_token` are keyed: equal numbers give equal tokens,
and the number cannot be had back without the key.
"""

from __future__ import annotations

import polars as pl
from polars.datatypes import DataTypeClass

SCHEMA_VERSION = 1
"""Raised by one whenever a column is added, dropped or retyped."""

PolarsType = pl.DataType | DataTypeClass

_FAMILY_KEYS: dict[str, PolarsType] = {
    "family_id": pl.Int64,
    "household_id": pl.Int64,
    "kk_token": pl.Int64,
    "province": pl.Int16,
    "regency": pl.Int32,
    "district": pl.Int32,
    "village": pl.Int64,
    "village_kind": pl.Int8,
    "urban": pl.Boolean,
    "size": pl.Int16,
}

_FAMILY_CODES = (
    # demographic
    "building_no", "family_no", "kk_code",
    # dwelling
    "tenure", "land_title", "land_tenure", "floor_area", "floor_material", "wall_material", "roof_material",
    "water_source", "water_distance", "water_payment", "lighting",
    "power_1", "power_2", "power_3", "cooking_fuel",
    "toilet", "closet_type", "sewage", "bedrooms", "wall_condition", "roof_condition",
    # assistance received in the last year, and when last
    "got_sembako", "sembako_month", "sembako_year",
    "got_pkh", "pkh_month", "pkh_year",
    "got_blt_dd", "blt_dd_month", "blt_dd_year",
    "got_electricity_subsidy", "electricity_subsidy_month", "electricity_subsidy_year",
    "got_local_aid", "local_aid_month", "local_aid_year",
    "got_fertiliser_subsidy", "fertiliser_subsidy_month", "fertiliser_subsidy_year",
    "got_lpg_subsidy", "lpg_subsidy_month", "lpg_subsidy_year",
    "preferred_first", "preferred_second", "preferred_third",
    # assets and services
    "has_gas_cylinder", "has_refrigerator", "has_ac", "has_water_heater", "has_landline",
    "has_flat_tv", "has_gold", "has_computer", "has_motorcycle", "has_bicycle", "has_car",
    "has_boat", "has_motor_boat", "has_smartphone", "has_other_land", "has_other_house",
    "cattle", "buffaloes", "horses", "pigs", "goats_sheep", "poultry", "internet_access", "bank_account",
    # poverty criteria of Kepmensos 262/HUK/2022
    "has_shelter", "lives_with_other_family",
    "head_works", "worried_food", "food_share_high", "bought_clothes",
    # place and access to services
    "disaster_risk", "remote_access", "distance_market_min", "distance_health_min",
    "distance_school_min", "has_public_transport", "community_participation",
)  # fmt: skip

_FAMILY_WIDE: dict[str, PolarsType] = {
    "land_area": pl.Int32,  # m2: a farm of four hectares does not fit in 16 bits
    "location_accuracy_m": pl.Int32,
    "lat": pl.Float64,  # coarse (two decimals): for maps and distance, not to find a door
    "lon": pl.Float64,
}

_PERSON_KEYS: dict[str, PolarsType] = {
    "person_id": pl.Int64,
    "family_id": pl.Int64,
    "household_id": pl.Int64,
    "nik_token": pl.Int64,
    "province": pl.Int16,
    "age": pl.Int16,
    "birth_date": pl.Date,
}

_PERSON_CODES = (
    # membership
    "member_no", "presence", "relation",
    # demographic
    "sex", "marital_status", "id_documents", "religion", "citizenship", "occupation", "blood_type",
    "status",
    # education
    "school_participation", "education_level", "education_grade", "diploma",
    # work and business
    "worked_last_week", "work_hours", "industry", "employment_status", "has_npwp",
    "owns_business", "businesses", "business_industry", "paid_workers", "unpaid_workers",
    "business_licence", "business_turnover", "business_internet",
    # health
    "pregnant", "child_nutrition", "difficulty_seeing", "difficulty_hearing", "difficulty_walking",
    "difficulty_hands", "difficulty_learning", "difficulty_emotion", "difficulty_speaking",
    "difficulty_selfcare", "difficulty_memory", "depression", "caregiver", "chronic_illness",
    "disability", "general_health", "used_health_facility", "contraception", "health_insurance",
    # assistance
    "in_prakerja", "in_kur", "in_umi", "in_pip", "work_insurance",
    # special groups and potential
    "ppks_group", "special_condition", "orphan_status", "skill", "business_potential",
    "organisation_member", "psks_role",
)  # fmt: skip

_PERSON_WIDE: dict[str, PolarsType] = {
    "monthly_income": pl.Int64,  # rupiah
    "deceased_on": pl.Date,
    "weight_kg": pl.Float64,
    "height_cm": pl.Float64,
    "measured_on": pl.Date,
}

FAMILY_COLUMNS: dict[str, PolarsType] = {
    **_FAMILY_KEYS,
    **dict.fromkeys(_FAMILY_CODES, pl.Int16),
    **_FAMILY_WIDE,
}
"""Columns of `families/PP.parquet`, in order: one row per family (KK)."""

PERSON_COLUMNS: dict[str, PolarsType] = {
    **_PERSON_KEYS,
    **dict.fromkeys(_PERSON_CODES, pl.Int16),
    **_PERSON_WIDE,
}
"""Columns of `people/PP.parquet`, in order: one row per member of a family."""

FAMILY_SORT = ("village", "family_id")
"""Row order of a families file. People follow their family, then `person_id`."""

FAMILY_REQUIRED = (
    "family_id", "household_id", "province", "regency", "district", "village", "size",
)  # fmt: skip
"""Family columns that are never null."""

PERSON_REQUIRED = ("person_id", "family_id", "household_id", "province")
"""Person columns that are never null. Age and sex may be unknown."""
