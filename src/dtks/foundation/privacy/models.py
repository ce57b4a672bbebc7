"""Consents, breaches and impact assessments."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from dtks.foundation.kernel.ids import new_id
from dtks.foundation.privacy import errors
from dtks.foundation.scope.models import Scoped
from dtks.foundation.vault.fields import SealedJSON, SealedText


class Consent(Scoped):
    """A person agreed to one purpose, in the words of one version of its text. `area_number` is of the
    village where they live.

    Withdrawing writes the end into the row; nothing else in it is changed.
    """

    class Channel(models.TextChoices):
        OFFICE = "office"
        VISIT = "visit"
        LETTER = "letter"
        PHONE = "phone"
        ONLINE = "online"

    class AgreedBy(models.TextChoices):
        SELF = "self"
        PARENT = "parent"  # Pasal 25: for a child
        GUARDIAN = "guardian"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)  # on the receipt
    person = models.UUIDField()  # key in the register, not a foreign key: its tables are its own
    area = models.CharField(max_length=13)
    purpose = models.CharField(max_length=30)
    version = models.CharField(max_length=10)
    sha256 = models.CharField(max_length=64)
    agreed_by = models.CharField(max_length=8, default=AgreedBy.SELF)
    given_at = models.DateTimeField()
    channel = models.CharField(max_length=8)
    taken_by = models.CharField(max_length=64)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_channel = models.CharField(max_length=8, blank=True)
    withdrawn_by = models.CharField(max_length=64, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)  # when all that follows was done
    stopped_by = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["person", "purpose"],
                condition=Q(withdrawn_at__isnull=True),
                name="consent_one_standing",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("given_at")),
                name="consent_withdrawn_after",
            ),
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True) | Q(withdrawn_at__isnull=False),
                name="consent_stopped_when_withdrawn",
            ),
        )
        indexes = (
            models.Index(
                fields=["withdrawn_at"],
                condition=Q(withdrawn_at__isnull=False, stopped_at__isnull=True),
                name="consent_to_stop",
            ),
        )


class KeptQuerySet(models.QuerySet[Any]):
    """Rows that are read and added, nothing else. The database's rights say so too, on PostgreSQL."""

    def update(self, **_: Any) -> int:
        raise errors.Kept(table=self.model._meta.db_table)

    def delete(self) -> tuple[int, dict[str, int]]:
        raise errors.Kept(table=self.model._meta.db_table)

    def bulk_update(self, *_: Any, **__: Any) -> int:
        raise errors.Kept(table=self.model._meta.db_table)


class Kept(Scoped):
    """A row that stays as it was written; a correction is another row."""

    append_only = True
    objects = KeptQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises Kept for a row that was stored before."""
        if not self._state.adding:
            raise errors.Kept(table=self._meta.db_table)
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *_: Any, **__: Any) -> tuple[int, dict[str, int]]:
        raise errors.Kept(table=self._meta.db_table)


class Breach(Kept):
    """A failure to protect personal data (Pasal 46). What is known of it stands in its versions.

    `area` is where it was entered, and does not change with what becomes known.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    area = models.CharField(max_length=13, blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=64)


class BreachVersion(Kept):
    """What was known of a breach at one moment. The texts are sealed: they may name people."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    breach = models.ForeignKey(Breach, models.PROTECT, related_name="versions")
    version = models.SmallIntegerField()
    noticed_at = models.DateTimeField()
    happened_from = models.DateTimeField(null=True, blank=True)
    happened_to = models.DateTimeField(null=True, blank=True)
    what = SealedText(label="privacy.breachversion.what")
    how = SealedText(label="privacy.breachversion.how", blank=True, null=True)
    cause = SealedText(label="privacy.breachversion.cause", blank=True, null=True)
    measures = SealedText(label="privacy.breachversion.measures", blank=True, null=True)
    recovery = SealedText(label="privacy.breachversion.recovery", blank=True, null=True)
    data_classes = models.JSONField(default=list)
    people = models.BigIntegerField(null=True, blank=True)  # null: not known yet
    people_exact = models.BooleanField(default=False)
    areas = models.JSONField(default=list)
    public_affected = models.BooleanField(default=False)  # Pasal 46 (3): the public is told as well
    ended_on = models.DateField(null=True, blank=True)
    change = SealedText(label="privacy.breachversion.change", blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["breach", "version"], name="breachversion_one"),
            models.CheckConstraint(
                condition=Q(happened_to__isnull=True) | Q(happened_to__gte=F("happened_from")),
                name="breachversion_interval",
            ),
            models.CheckConstraint(
                condition=Q(people__isnull=True) | Q(people__gte=0), name="breachversion_people"
            ),
        )


class BreachNotice(Kept):
    """A letter on a breach went out."""

    class To(models.TextChoices):
        SUBJECTS = "subjects"
        AUTHORITY = "authority"
        PUBLIC = "public"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    breach = models.ForeignKey(Breach, models.PROTECT, related_name="notices")
    version = models.SmallIntegerField()  # what the letter told
    to = models.CharField(max_length=9)
    sent_at = models.DateTimeField()
    channel = SealedText(label="privacy.breachnotice.channel")
    reached = models.BigIntegerField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=64)


class Assessment(Kept):
    """One version of an impact assessment (Pasal 34): `assessments.Content` as JSON, sealed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    series = models.UUIDField()
    version = models.SmallIntegerField()
    area = models.CharField(max_length=13, blank=True)
    title = models.CharField(max_length=150)
    questions = models.CharField(max_length=10)  # version of the questionnaire
    content = SealedJSON(label="privacy.assessment.content")
    written_at = models.DateTimeField()
    written_by = models.CharField(max_length=64)
    signed_as = models.CharField(max_length=100, blank=True)  # office; empty: a draft
    review_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["series", "version"], name="assessment_one_version"),
            models.CheckConstraint(
                condition=Q(signed_as="") | Q(review_on__isnull=False), name="assessment_signed_has_review"
            ),
        )


class UnusualReading(Scoped):
    """A day of an account that met a rule of `unusual_rules`: a task for the data protection officer.

    ``area``: the smallest that holds the offices in which the account acted. ``events``: keys in the trail of
    what met the rule, the first ones. Deciding writes the end into the row; nothing else in it is changed.
    """

    class Decision(models.TextChoices):
        USUAL = "usual"
        INCIDENT = "incident"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.CharField(max_length=64)
    role = models.CharField(max_length=40)
    rule = models.CharField(max_length=30)
    day = models.DateField()
    area = models.CharField(max_length=13, blank=True)
    figures = models.JSONField(default=dict)
    events = models.JSONField(default=list)
    found_at = models.DateTimeField()
    decision = models.CharField(max_length=8, blank=True)
    reason = SealedText(label="privacy.unusualreading.reason", null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=64, blank=True)
    breach = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["account", "rule", "day"], name="unusualreading_once"),
            models.CheckConstraint(
                condition=Q(decision="", decided_at__isnull=True)
                | Q(decision__in=["usual", "incident"], decided_at__isnull=False),
                name="unusualreading_decided",
            ),
        )
        indexes = (models.Index(fields=["decision", "-day"], name="unusualreading_waiting"),)


class ReadingDay(models.Model):
    """A day whose reading was looked through: a job that was stopped goes on after it."""

    day = models.DateField(primary_key=True)
    evaluated_at = models.DateTimeField()
    found = models.IntegerField()


class WatchedPerson(Scoped):
    """Somebody whose data are watched over, because many are curious. `area_number` is of their village.

    ``keys``: the register's keys of the person and the family, as text; sealed, for such a list tells whom
    it is worth looking up.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    area = models.CharField(max_length=13)
    keys = SealedJSON(label="privacy.watchedperson.keys")
    reason = SealedText(label="privacy.watchedperson.reason")
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=64)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=64, blank=True)
