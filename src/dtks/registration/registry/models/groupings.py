"""Records and groupings: person, family (KK), household, and who belongs to which, when."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from dtks.foundation.kernel.ids import new_id
from dtks.foundation.scope.models import Scoped
from dtks.registration.registry import codes
from dtks.registration.registry.codes.bilingual import both
from dtks.registration.registry.models.facts import CURRENT, Component, Fact
from dtks.registration.registry.models.fields import code, count


class Record(Scoped):
    """A thing that facts are about. Nothing in its key says where it is or who it is."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    province = models.SmallIntegerField()
    recorded_at = models.DateTimeField()
    source = models.CharField(max_length=40)

    class Meta:
        abstract = True


class Person(Record):
    """A human being. Without a NIK, `temporary_number` identifies the person until one is known."""

    temporary_number = models.CharField(max_length=40, null=True, blank=True)  # noqa: DJ001  null: has none

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["temporary_number"],
                condition=Q(temporary_number__isnull=False),
                name="person_one_temporary_number",
            ),
        )


class Family(Record):
    """Those on one family card (KK), or who would be. `source_key` finds a family again that has no KK."""

    source_key = models.CharField(max_length=100, null=True, blank=True)  # noqa: DJ001  null: has none

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["source_key"], condition=Q(source_key__isnull=False), name="family_one_source_key"
            ),
        )


class Recording(Scoped):
    """One act of recording: who, when, from what, how much. Its facts carry its time and its source."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    by = models.CharField(max_length=150)
    area = models.CharField(max_length=13, blank=True, default="")
    source = models.CharField(max_length=40)
    recorded_at = models.DateTimeField(db_index=True)
    people_new = models.IntegerField(default=0)
    people_changed = models.IntegerField(default=0)
    people_unchanged = models.IntegerField(default=0)
    families_new = models.IntegerField(default=0)
    families_changed = models.IntegerField(default=0)
    families_unchanged = models.IntegerField(default=0)
    facts_written = models.IntegerField(default=0)
    outdated = models.IntegerField(default=0)


class Household(Record):
    """Those who live and eat together, whatever their cards say."""


class FamilyMembership(Fact):
    """A person belongs to one family at a time."""

    component = Component.MEMBERSHIP
    subject = ("person",)

    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    family = models.ForeignKey(Family, models.PROTECT, related_name="+", db_index=False)
    member_no = count(999, "401", "no_urut", "Nomor urut anggota", "Member number", minimum=1)
    relation = code(
        codes.FamilyRelation, "409", "kd_hubungan_dg_kk", "Hubungan dengan kepala keluarga",
        "Relation to family head", rule="tepat satu kepala keluarga; paling banyak satu suami/istri",
    )  # fmt: skip
    household_relation = code(
        codes.FamilyRelation, "", "kd_hubungan_dg_krt", "Hubungan dengan kepala rumah tangga (2021)",
        "Relation to head of household", kept_only=True,
    )  # fmt: skip
    presence = code(
        codes.Presence, "404", "kd_ket_keberadaan_art", "Keterangan keberadaan anggota", "Presence",
        rule="405–411 hanya ditanyakan bila 404 = 1 atau 5",
    )  # fmt: skip

    class Meta:
        indexes = (models.Index(fields=["family"], condition=CURRENT, name="familymembership_family"),)


class HouseholdMembership(Fact):
    """A family lives as a whole in a household; a person who lives apart from it has a row of their own."""

    component = Component.MEMBERSHIP
    subject = ()

    household = models.ForeignKey(Household, models.PROTECT, related_name="+", db_index=False)
    family = models.ForeignKey(
        Family, models.PROTECT, related_name="+", db_index=False, null=True, blank=True
    )
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="+", db_index=False, null=True, blank=True
    )

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(family__isnull=True, person__isnull=False)
                | Q(family__isnull=False, person__isnull=True),
                name="householdmembership_one_subject",
            ),
            models.UniqueConstraint(
                fields=["family"],
                condition=CURRENT & Q(family__isnull=False),
                name="householdmembership_one_per_family",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=CURRENT & Q(person__isnull=False),
                name="householdmembership_one_per_person",
            ),
        )
        indexes = (
            models.Index(fields=["household"], condition=CURRENT, name="householdmembership_household"),
        )


class CivilRegistryTask(Scoped):
    """Work that is open at the civil registry: a person without NIK, a family without KK."""

    class Need(models.IntegerChoices):
        NIK = 1, both("Belum memiliki NIK", "Has no NIK yet")
        KK = 2, both("Belum memiliki KK", "Has no family card yet")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    province = models.SmallIntegerField()
    need = models.SmallIntegerField()
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="+", db_index=False, null=True, blank=True
    )
    family = models.ForeignKey(
        Family, models.PROTECT, related_name="+", db_index=False, null=True, blank=True
    )
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=40)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(need=1, person__isnull=False, family__isnull=True)
                | Q(need=2, person__isnull=True, family__isnull=False),
                name="civilregistrytask_subject",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(closed_at__isnull=True, person__isnull=False),
                name="civilregistrytask_open_person",
            ),
            models.UniqueConstraint(
                fields=["family"],
                condition=Q(closed_at__isnull=True, family__isnull=False),
                name="civilregistrytask_open_family",
            ),
        )
