"""Component 7, geospatial data: where a household really lives, its point, hazard and accessibility."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from dtks.registration.registry import codes
from dtks.registration.registry.models.facts import CURRENT, Component, HouseholdFact
from dtks.registration.registry.models.fields import code, count, measure, text, village


class Domicile(HouseholdFact):
    """Where the household lives, whatever its members' cards say."""

    component = Component.GEOSPATIAL

    domicile_village = village("", "desa_domisili", "Desa/kelurahan domisili", "Village of residence")
    domicile_address = text(
        200, "", "alamat_sekarang", "Alamat domisili", "Address of residence", personal=True
    )
    domicile_rt = text(5, "", "rt_domisili", "RT domisili", "RT of residence", personal=True)
    domicile_rw = text(5, "", "rw_domisili", "RW domisili", "RW of residence", personal=True)
    lat = measure(-11.5, 6.5, "lat", "Lintang (derajat)", "Latitude (degrees)")
    lon = measure(94.5, 141.5, "lng", "Bujur (derajat)", "Longitude (degrees)")
    location_accuracy_m = count(
        100_000, "", "akurasi_lokasi", "Akurasi lokasi (meter)", "Accuracy of the location (metres)"
    )
    disaster_risk = code(
        codes.HazardLevel, "", "kerawanan_bencana", "Tingkat kerawanan bencana", "Disaster risk"
    )
    remote_access = code(codes.AccessLevel, "", "aksesibilitas", "Aksesibilitas", "Accessibility")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(lat__isnull=True, lon__isnull=True) | Q(lat__isnull=False, lon__isnull=False),
                name="domicile_point_complete",
            ),
        )
        indexes = (
            models.Index(
                fields=["domicile_village", "household"], condition=CURRENT, name="domicile_village"
            ),
        )
