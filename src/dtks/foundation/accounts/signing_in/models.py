"""What signing in keeps: counted tries, citizens' codes, sign-ins prepared at institutions."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from dtks.foundation.kernel.ids import new_id
from dtks.foundation.vault.fields import BlindIndex, SealedJSON, SealedText


class TryCount(models.Model):
    """Tries of one kind at one thing (an account, an address); `key` is a keyed hash that names neither."""

    key = models.CharField(max_length=64, primary_key=True)
    tries = models.PositiveIntegerField(default=0)
    began = models.DateTimeField(db_index=True)  # of the window that is counted
    strikes = models.PositiveIntegerField(default=0)  # how often it was blocked: each time for longer
    blocked_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "accounts"


class CitizenCode(models.Model):
    """A one-time code that a citizen was sent. It exists also where nobody matched: then no code fits."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code_hash = models.CharField(max_length=64)
    whom = SealedJSON(label="accounts.citizencode.whom", null=True)  # None: nobody matched
    made_at = models.DateTimeField(db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "accounts"


class PreparedSignIn(models.Model):
    """Who signs in at an institution as `subject` is this account. Made by whoever manages accounts."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="prepared_sign_ins")
    institution = models.CharField(max_length=40)
    subject = SealedText(label="accounts.preparedsignin.subject")
    subject_index = BlindIndex(kind="match_key", source="subject")
    prepared_at = models.DateTimeField()
    prepared_by = models.CharField(max_length=64)

    class Meta:
        app_label = "accounts"
        constraints = (
            models.UniqueConstraint(fields=["institution", "subject_index"], name="prepared_subject_once"),
            models.UniqueConstraint(fields=["institution", "account"], name="prepared_account_once"),
        )
