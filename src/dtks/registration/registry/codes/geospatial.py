"""Code lists of component 7, geospatial data."""

from __future__ import annotations

from django.db.models import IntegerChoices

from dtks.registration.registry.codes.bilingual import both


class HazardLevel(IntegerChoices):
    LOW = 1, both("Rendah", "Low")
    MEDIUM = 2, both("Sedang", "Medium")
    HIGH = 3, both("Tinggi", "High")


class AccessLevel(IntegerChoices):
    EASY = 1, both("Mudah dijangkau", "Easy to reach")
    HARD = 2, both("Sulit dijangkau", "Hard to reach")
    REMOTE = 3, both("Terpencil/sangat sulit", "Remote/very hard")
