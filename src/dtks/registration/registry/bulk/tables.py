"""The fact tables as the bulk load sees them, derived from the models."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from django.apps import apps

from dtks.foundation.vault.spec import SealedSpec
from dtks.registration.registry.models import (
    Fact,
    FamilyCard,
    FamilyMembership,
    HouseholdMembership,
    PersonDemographics,
)

Stage = Literal["people", "families", "households"]

_SUBJECTS: dict[str, tuple[str, Stage]] = {
    "person": ("person_id", "people"),
    "family": ("family_id", "families"),
    "household": ("household_id", "households"),
}
# Columns that no questionnaire asks and that are loaded all the same.
_FURTHER: dict[type[Fact], tuple[str, ...]] = {
    FamilyMembership: ("family_id",),
    HouseholdMembership: ("household_id",),
    PersonDemographics: ("name_key", "nik_index"),
    FamilyCard: ("kk_index",),
}


@dataclass(frozen=True, slots=True)
class FactTable:
    """A table of facts: its subject's column, the staged table that feeds it, and its own columns."""

    table: str
    subject: str
    stage: Stage
    columns: tuple[str, ...]
    sealed: dict[str, SealedSpec]
    asked_if: dict[str, tuple[str, tuple[int, ...]]]


@cache
def fact_tables() -> tuple[FactTable, ...]:
    """Every fact table, in the order of the models."""
    models = (model for model in apps.get_app_config("registry").get_models() if issubclass(model, Fact))
    return tuple(_describe(model) for model in models)


def _describe(model: type[Fact]) -> FactTable:
    # A household's members are staged as whole families; somebody who lives apart is recorded singly.
    subject, stage = _SUBJECTS[model.subject[0] if model.subject else "family"]
    fields = model._meta.get_fields()
    abouts = {field.name: field.about for field in fields if hasattr(field, "about")}
    return FactTable(
        table=model._meta.db_table,
        subject=subject,
        stage=stage,
        columns=(*_FURTHER.get(model, ()), *abouts),
        sealed={name: model._meta.get_field(name).sealed for name, about in abouts.items() if about.sealed},
        asked_if={name: about.asked_if for name, about in abouts.items() if about.asked_if},
    )
