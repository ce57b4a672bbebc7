"""The enumerator's visit that the answers come from (201–205, 600). Never part of a determination."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from dtks.registration.registry import codes
from dtks.registration.registry.models.facts import Component, FamilyFact
from dtks.registration.registry.models.fields import code, day, text


class EnumerationVisit(FamilyFact):
    component = Component.VISIT

    enumerated_on = day("201", "tanggal_pendataan", "Tanggal pendataan", "Enumeration date")
    enumerator_name = text(100, "202", "nama_ppl", "Nama PPL", "Enumerator's name", personal=True)
    enumerator_code = text(4, "202a", "kode_ppl", "Kode PPL", "Enumerator's code", personal=True)
    supervised_on = day(
        "203", "tanggal_pemeriksaan", "Tanggal pemeriksaan", "Supervision date", rule="tidak sebelum 201"
    )
    supervisor_name = text(100, "204", "nama_pml", "Nama pemeriksa (PML)", "Supervisor's name", personal=True)
    supervisor_code = text(3, "204a", "kode_pml", "Kode pemeriksa", "Supervisor's code", personal=True)
    respondent_name = text(
        100, "resp", "nama_responden", "Nama responden", "Respondent's name", personal=True
    )
    respondent_phone = text(
        16, "resp_hp", "no_hp_responden", "Nomor HP responden", "Respondent's mobile number", sealed=True
    )
    visit_result = code(
        codes.VisitResult,
        "205",
        "kd_hasil_pendataan_keluarga",
        "Hasil pendataan keluarga",
        "Result of the visit",
    )
    local_language = text(
        50, "", "tulis_bahasa_daerah", "Bahasa daerah wawancara (2021)", "Local language of the interview"
    )
    notes = text(0, "600", "catatan", "Catatan", "Notes", sealed=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(supervised_on__isnull=True) | Q(supervised_on__gte=F("enumerated_on")),
                name="enumerationvisit_supervised_after",
            ),
        )
