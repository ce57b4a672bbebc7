"""Accounts, and what gives an account a role: grants."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from dtks.foundation.accounts.signing_in.models import CitizenCode, PreparedSignIn, TryCount
from dtks.foundation.kernel.ids import new_id
from dtks.foundation.scope.models import Scoped
from dtks.foundation.vault.fields import BlindIndex, SealedJSON, SealedText

# Django finds a step's tables in this module alone; those of signing in stand beside what uses them.
__all__ = [
    "AccessReview", "Account", "AccountManager", "CitizenCode", "Grant", "PreparedSignIn", "ResetRequest",
    "TryCount",
]  # fmt: skip


class AccountManager(BaseUserManager["Account"]):
    """Looks accounts up by the name they sign in with."""


class Account(AbstractBaseUser):
    """Somebody who can sign in. What the account may do comes from its grants alone: none, nothing."""

    class Kind(models.TextChoices):
        OFFICER = "officer"
        CITIZEN = "citizen"

    class ContactHow(models.TextChoices):
        REGISTER = "register"  # the register knew it, and the code that was sent there came back
        CODE = "code"  # at the office: the code that was sent there was told on the spot
        SEEN = "seen"  # at the office: an officer saw it on the citizen's own device

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Officers sign in with it. A citizen's says nothing (random): they sign in with NIK and a code.
    username = models.CharField(max_length=150, unique=True)
    kind = models.CharField(max_length=10, default=Kind.OFFICER)
    name = models.CharField(max_length=150, blank=True)
    email = SealedText(label="accounts.account.email", null=True, blank=True)
    email_index = BlindIndex(kind="email", source="email", null=True, blank=True)
    phone = SealedText(label="accounts.account.phone", null=True, blank=True)
    phone_index = BlindIndex(kind="phone", source="phone", null=True, blank=True)
    email_verified_at = models.DateTimeField(null=True, blank=True)
    phone_verified_at = models.DateTimeField(null=True, blank=True)
    # Citizens alone: since when the one contact is bound, and who vouched for it first.
    contact_since = models.DateTimeField(null=True, blank=True)
    contact_how = models.CharField(max_length=10, blank=True)
    released = SealedJSON(
        label="accounts.account.released", null=True, blank=True
    )  # contacts, never again alone
    nik = SealedText(label="accounts.account.nik", null=True, blank=True)
    nik_index = BlindIndex(kind="nik", source="nik", null=True, blank=True)
    person = models.UUIDField(null=True, blank=True, db_index=True)  # the citizen's key in the register
    is_active = models.BooleanField(default=True)
    expires_on = models.DateField(null=True, blank=True)  # the last day on which one can sign in
    must_change_password = models.BooleanField(default=False)
    # Since when password and factor are the holder's alone; empty: another gave or took one of them last.
    own_since = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=64)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=64, blank=True)

    objects = AccountManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: tuple[str, ...] = ()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=["officer", "citizen"]), name="account_kind"),
            models.CheckConstraint(
                condition=Q(kind="officer") | Q(nik_index__isnull=False), name="account_citizen_has_nik"
            ),
            # An officer is a citizen, too, and may have an account of each kind: unique among their own kind.
            *(
                models.UniqueConstraint(fields=["kind", f"{value}_index"], name=f"account_one_{value}")
                for value in ("email", "phone", "nik")
            ),
        )


class Grant(Scoped):
    """An account holds a role in an area (for a programme), from a day to a day. Never changed, only ended.

    `area_number` is the number of `area`: those who manage accounts see the grants of their own area.
    """

    class Origin(models.TextChoices):
        APPOINTED = "appointed"
        DELEGATED = "delegated"  # for a time, by the one who holds the role; `source` is that grant
        HANDED_OVER = "handed_over"  # taken over from the one who held it before; `source` is that grant

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="grants")
    role = models.CharField(max_length=40)
    area = models.CharField(max_length=13, blank=True)
    programme = models.CharField(max_length=40, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)  # the last day, included
    origin = models.CharField(max_length=12, default=Origin.APPOINTED)
    source = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="passed_on")
    reason = models.CharField(max_length=200, blank=True)
    granted_at = models.DateTimeField()
    granted_by = models.CharField(max_length=64)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=64, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["account"], condition=Q(ended_at__isnull=True), name="grant_standing"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="grant_interval"
            ),
            models.CheckConstraint(
                condition=~Q(origin="delegated") | Q(valid_to__isnull=False, source__isnull=False),
                name="grant_delegation_ends",
            ),
            models.UniqueConstraint(
                fields=["account", "role", "area", "programme"],
                condition=Q(ended_at__isnull=True),
                name="grant_once",
            ),
        )


class AccessReview(Scoped):
    """What a reviewer decided on one grant in the review of a year."""

    class Decision(models.TextChoices):
        KEEP = "keep"
        END = "end"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    grant = models.ForeignKey(Grant, models.PROTECT, related_name="reviews")
    year = models.SmallIntegerField()
    decision = models.CharField(max_length=4)
    reason = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField()
    decided_by = models.CharField(max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["grant", "year"], name="review_once_a_year"),)


class ResetRequest(Scoped):
    """Another way in to an account that one person alone must not make: one asks for it, another does it.

    A reset of somebody who runs the system, or the second of one account within a day; with `institution` and
    `subject`, who opens an account that is in use by signing in there. `subject` is kept until then. A reset
    by one person is kept as a request that they followed themselves. `area_number` is 0: no area but the
    whole country's opens it (`second_person`).
    """

    class What(models.TextChoices):
        PASSWORD = "password"  # noqa: S105 - the name of a choice, no password
        SECOND_FACTOR = "second_factor"
        SIGN_IN = "sign_in"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="reset_requests")
    what = models.CharField(max_length=13)
    institution = models.CharField(max_length=40, blank=True)
    subject = SealedText(label="accounts.resetrequest.subject", null=True, blank=True)
    requested_at = models.DateTimeField()
    requested_by = models.CharField(max_length=64)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=64, blank=True)
    followed = models.BooleanField(default=False)  # done as asked for; not declined, replaced or void

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["account", "what"], condition=Q(done_at__isnull=True), name="reset_request_once"
            ),
        )
