"""Component 6, special data: vulnerable groups (PPKS) and special conditions."""

from __future__ import annotations

from dtks.registration.registry import codes
from dtks.registration.registry.models.facts import Component, PersonFact
from dtks.registration.registry.models.fields import code


class PersonSpecial(PersonFact):
    component = Component.SPECIAL

    ppks_group = code(
        codes.PpksGroup, "", "jenis_ppks", "Kelompok PPKS", "Group in need of social service (PPKS)",
        rule="Permensos 8/2012; kosong bila tidak ada",
    )  # fmt: skip
    special_condition = code(
        codes.SpecialCondition, "", "kondisi_khusus", "Kondisi khusus", "Special condition",
        rule="kosong bila tidak ada",
    )  # fmt: skip
    orphan_status = code(
        codes.OrphanStatus, "", "status_yatim", "Status yatim/piatu", "Orphan status", rule="umur < 18"
    )
