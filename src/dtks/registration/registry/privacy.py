"""What the register holds of people, and the shredder of answers that were replaced long ago.

A column of a code list, a number, an amount or a day takes the class of its component; text is named here
one by one, for nothing else tells what stands in it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models

from dtks.foundation.ledger.domain import Actor
from dtks.foundation.privacy.domain import DataClass
from dtks.registration.registry.models import AssistanceHistory, Component, Fact

_BY_COMPONENT = {
    Component.DEMOGRAPHIC: DataClass.IDENTIFICATION,
    Component.SOCIO_ECONOMIC: DataClass.WELFARE,
    Component.HEALTH: DataClass.HEALTH,
    Component.ASSISTANCE: DataClass.WELFARE,
    Component.POTENTIAL: DataClass.WELFARE,
    Component.SPECIAL: DataClass.VULNERABILITY,
    Component.GEOSPATIAL: DataClass.WELFARE,
    Component.MEMBERSHIP: DataClass.IDENTIFICATION,
    Component.VISIT: DataClass.OPERATIONAL,
}
_COMMON = frozenset({"id", "province", "valid_from", "valid_to", "recorded_at", "superseded_at", "source"})
"""Columns that every record and fact has: when, from where."""


def CLASSIFY(model: type[models.Model], field: Any) -> DataClass | None:
    """The class that follows from the dictionary."""
    if field.name in _COMMON:
        return DataClass.OPERATIONAL
    about = getattr(field, "about", None)
    if about is None or about.kind == "text":
        return None
    if about.kind == "digits":
        return DataClass.IDENTITY_NUMBER
    if about.kind == "area":
        return DataClass.ADDRESS
    return _BY_COMPONENT[model.component] if issubclass(model, Fact) else None


def _facts(id_: str, en: str, *purposes: str, **columns: str) -> dict[str, Any]:
    return {
        "holds": (id_, en),
        "purposes": ("registration", "determination", *purposes),
        "retention": "registry.current registry.superseded",
        "read_by": ("family.read",),
        "columns": columns,
    }


def _record(id_: str, en: str, **columns: str) -> dict[str, Any]:
    return {**_facts(id_, en, **columns), "retention": "registry.current"}


TABLES: dict[str, dict[str, Any]] = {
    "person": _record("Kunci orang", "Keys of people", key="id temporary_number"),
    "family": _record("Kunci keluarga", "Keys of families", key="id source_key"),
    "household": _record("Kunci rumah tangga", "Keys of households", key="id"),
    "recording": {
        **_record(
            "Catatan perekaman: siapa, kapan, berapa",
            "Acts of recording: who, when, how many",
            officer="by",
            operational="area people_new people_changed people_unchanged families_new families_changed "
            "families_unchanged facts_written outdated",
        ),
        "purposes": ("accountability",),
    },
    "civilregistrytask": _record(
        "Pekerjaan terbuka di Dukcapil", "Open work at the civil registry",
        operational="need opened_at closed_at",
    ),
    "familymembership": _facts("Anggota keluarga", "Members of families"),
    "householdmembership": _facts("Anggota rumah tangga", "Members of households"),
    "persondemographics": _facts(
        "Jati diri orang", "Identity of people", "payment", "public_list",
        identification="name name_key birth_place ethnicity father_name", mother_name="mother_name",
    ),
    "familycard": _facts(
        "Kartu keluarga dan alamatnya", "Family cards and their address", "payment",
        address="address hamlet rt rw sls_code sub_sls_code sls_name landmark_id building_no family_no",
        identification="family_status",
    ),
    "domicile": _facts(
        "Tempat tinggal dan titik lokasi", "Residence and point of the house",
        address="domicile_address domicile_rt domicile_rw", location="lat lon location_accuracy_m",
    ),
    "dwelling": _facts("Rumah", "Dwellings", identification="pln_customer_no"),
    "assets": _facts("Aset", "Assets"),
    "povertycriteria": _facts("Kriteria kemiskinan", "Poverty criteria"),
    "livelihood": _facts(
        "Pendidikan, pekerjaan, usaha", "Education, work, business",
        welfare="industry_text business_industry_text", contact="npwp_number",
        financial="monthly_income business_turnover",
    ),
    "personhealth": _facts("Kesehatan dan disabilitas", "Health and disability"),
    "familyassistance": _facts("Bantuan yang diterima keluarga", "Aid that families received"),
    "assistancepreference": _facts(
        "Bantuan yang diminta", "Aid that is asked for", note="preference_note",
        # Who asks for an aid to disability has one.
        health="preferred_first preferred_second preferred_third",
    ),
    "personassistance": _facts("Bantuan dan jaminan orang", "Aid and insurance of people"),
    "assistancehistory": _facts(
        "Riwayat penyaluran", "History of payments", "payment",
        welfare="programme period channel", financial="amount",
    ),
    "familypotential": _facts("Potensi keluarga", "Potential of families"),
    "personpotential": _facts("Potensi orang (PSKS)", "Potential of people (PSKS)"),
    "personspecial": _facts(
        "Kelompok rentan (PPKS)", "Vulnerable groups (PPKS)", identification="orphan_status"
    ),
    "enumerationvisit": _facts(
        "Kunjungan pendataan", "Enumerators' visits",
        officer="enumerator_name enumerator_code supervisor_name supervisor_code",
        identification="respondent_name local_language", contact="respondent_phone", note="notes",
    ),
}  # fmt: skip


def _histories() -> list[type[models.Model]]:
    facts = [model for model in apps.get_app_config("registry").get_models() if issubclass(model, Fact)]
    return [*facts, AssistanceHistory]


def _find(*, before: datetime) -> int:
    """Facts that were replaced before. One query a table."""
    return sum(model.objects.filter(superseded_at__lt=before).count() for model in _histories())


def _shred(*, by: Actor, before: datetime, limit: int) -> int:
    """Delete up to ``limit`` of them."""
    done = 0
    for model in _histories():
        chosen = list(
            model.objects.filter(superseded_at__lt=before).values_list("pk", flat=True)[: limit - done]
        )
        if chosen:
            model.objects.filter(pk__in=chosen).delete()
            done += len(chosen)
        if done >= limit:
            break
    return done


SHREDDERS = {"registry.superseded": (_find, _shred)}
