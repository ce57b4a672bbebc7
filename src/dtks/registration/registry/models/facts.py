"""What every fact has: a subject, when it held, when it was recorded, and the checks of its columns.

Two times. Valid time (`valid_from`, `valid_to`, days, end exclusive) says when something was so; recorded
time (`recorded_at`, `superseded_at`) says when the register believed it. The current row has neither end.
A change supersedes the row and adds what is believed now: the past, closed, and the present, open.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from dtks.foundation.scope.models import Scoped
from dtks.registration.registry.models.fields import NOT_IN_SUM, About

CURRENT = Q(superseded_at__isnull=True, valid_to__isnull=True)
PAST = Q(superseded_at__isnull=False) | Q(valid_to__isnull=False)
VILLAGE_CODE_LENGTH = 13


class Component(models.TextChoices):
    """The seven data components of the register, and what identifies records and visits."""

    DEMOGRAPHIC = "demographic", "Data demografis"
    SOCIO_ECONOMIC = "socio_economic", "Data sosial-ekonomi"
    HEALTH = "health", "Data kesehatan"
    ASSISTANCE = "assistance", "Data bantuan sosial"
    POTENTIAL = "potential", "Data potensi dan sumber kesejahteraan sosial (PSKS)"
    SPECIAL = "special", "Data khusus"
    GEOSPATIAL = "geospatial", "Data geospasial"
    MEMBERSHIP = "membership", "Keanggotaan keluarga dan rumah tangga"
    VISIT = "visit", "Kunjungan pendataan"


def column_check(name: str, about: About) -> Q | Exact | None:
    """The condition that every value of a column meets; null passes. None when its type says it all."""
    if about.sealed:
        return None
    if about.kind == "area":
        return Exact(Length(F(name)), VILLAGE_CODE_LENGTH)
    if about.codes is not None:
        values = sorted(about.codes.values)
        if about.kind == "flags":
            top = sum(value for value in values if value != NOT_IN_SUM)
            in_sum = Q(**{f"{name}__gte": 0, f"{name}__lte": top})
            return in_sum | Q(**{name: NOT_IN_SUM}) if NOT_IN_SUM in values else in_sum
        return _in_runs(name, values)
    if about.kind == "text" or about.minimum is None:
        return None
    return Q(**{f"{name}__gte": about.minimum, f"{name}__lte": about.maximum})


def _in_runs(name: str, values: list[int]) -> Q:
    """One of ``values``, as ranges: for a list SQLite builds a table at every row."""
    runs: list[list[int]] = []
    for value in values:
        if runs and value == runs[-1][1] + 1:
            runs[-1][1] = value
        else:
            runs.append([value, value])
    condition = Q()
    for first, last in runs:
        condition |= (
            Q(**{f"{name}__gte": first, f"{name}__lte": last}) if first < last else Q(**{name: first})
        )
    return condition


class FactBase(models.base.ModelBase):
    """Adds to a table's constraints one check per documented column, and those of time and subject."""

    def __new__(
        cls, name: str, bases: tuple[type, ...], attrs: dict[str, Any], **kwargs: Any
    ) -> type[models.Model]:
        meta = attrs.get("Meta")
        if not getattr(meta, "abstract", False) and attrs.get("__module__", "__fake__") != "__fake__":
            subject = next((base.subject for base in bases if hasattr(base, "subject")), ())
            subject = attrs.get("subject", subject)
            own = {key: field.about for key, field in attrs.items() if hasattr(field, "about")}
            attrs["Meta"] = type("Meta", (meta,) if meta else (), {
                "constraints": [
                    *getattr(meta, "constraints", ()),
                    *_checks(name.lower(), own),
                    *_time(name.lower()),
                    *_one_current(name.lower(), subject),
                ],
                "indexes": [*getattr(meta, "indexes", ()), *_past(name.lower(), subject)],
            })  # fmt: skip
        return super().__new__(cls, name, bases, attrs, **kwargs)


def _checks(table: str, columns: dict[str, About]) -> list[models.CheckConstraint]:
    conditions = ((name, column_check(name, about)) for name, about in columns.items())
    return [
        models.CheckConstraint(condition=condition, name=f"{table}_{name}_valid")
        for name, condition in conditions
        if condition is not None
    ]


def _time(table: str) -> list[models.CheckConstraint]:
    return [
        models.CheckConstraint(
            condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
            name=f"{table}_valid_interval",
        ),
        models.CheckConstraint(
            condition=Q(superseded_at__isnull=True) | Q(superseded_at__gte=F("recorded_at")),
            name=f"{table}_recorded_interval",
        ),
    ]


def _one_current(table: str, subject: tuple[str, ...]) -> list[models.UniqueConstraint]:
    if not subject:
        return []
    return [models.UniqueConstraint(fields=subject, condition=CURRENT, name=f"{table}_one_current")]


def _past(table: str, subject: tuple[str, ...]) -> list[models.Index]:
    # History is looked up by subject; rows that are still current are found by the constraint's index.
    if not subject:
        return []
    return [models.Index(fields=subject, condition=PAST, name=f"{table[:25]}_past")]


class Fact(Scoped, metaclass=FactBase):
    """A statement about a subject, with its two times and its source. It lies where its subject lives."""

    component: ClassVar[Component]
    subject: ClassVar[tuple[str, ...]] = ()

    province = models.SmallIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=40)

    class Meta:
        abstract = True


class PersonFact(Fact):
    subject = ("person",)
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", db_index=False)

    class Meta:
        abstract = True


class FamilyFact(Fact):
    subject = ("family",)
    family = models.ForeignKey("registry.Family", models.PROTECT, related_name="+", db_index=False)

    class Meta:
        abstract = True


class HouseholdFact(Fact):
    subject = ("household",)
    household = models.ForeignKey("registry.Household", models.PROTECT, related_name="+", db_index=False)

    class Meta:
        abstract = True
