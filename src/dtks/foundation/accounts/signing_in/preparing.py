"""An account manager prepares an account for sign-in at an institution."""

from __future__ import annotations

import uuid

from django.db import IntegrityError, transaction
from django.utils import timezone

from dtks.foundation.accounts.models import Account
from dtks.foundation.accounts.signing_in import institutions
from dtks.foundation.accounts.signing_in.errors import SubjectTaken, UnknownInstitution
from dtks.foundation.accounts.signing_in.models import PreparedSignIn
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger.domain import Actor, Event
from dtks.foundation.vault import blind, configured


@transaction.atomic
def prepare(*, by: Actor, account: uuid.UUID, institution: str, subject: str) -> None:
    """Whoever the institution calls ``subject`` may from now on sign in as this account (instead of whoever
    did).

    Whether ``by`` may manage the account is the caller's to check (`accounts.actions`).

    Raises:
        UnknownInstitution: it is not in the file. SubjectTaken: the subject opens another account already.
    """
    if institutions.by_id(institution) is None:
        raise UnknownInstitution(
            given=institution, known=", ".join(each.id for each in institutions.known()) or "–"
        )
    index = blind.blind_index(subject, kind="match_key", ring=configured.ring())
    taken = PreparedSignIn.objects.filter(
        institution=institution,
        subject_index__in=blind.index_candidates(subject, kind="match_key", ring=configured.ring()),
    ).exclude(account=account)
    if taken.exists():
        raise SubjectTaken()
    values = {
        "subject": subject,
        "subject_index": uuid.UUID(bytes=index),
        "prepared_at": timezone.now(),
        "prepared_by": by.account[:64],
    }
    try:
        with transaction.atomic():
            PreparedSignIn.objects.update_or_create(
                account=Account.objects.get(pk=account), institution=institution, defaults=values
            )
    except IntegrityError:  # prepared by two at the same moment
        raise SubjectTaken() from None
    ledger.record(
        Event(
            "accounts.sign_in_prepared",
            kind="account",
            subject=str(account),
            detail={"institution": institution},
        ),
        by=by,
    )


@transaction.atomic
def withdraw(*, by: Actor, account: uuid.UUID, institution: str) -> bool:
    """The account is not opened by that institution any more; whether it was."""
    gone, _ = PreparedSignIn.objects.filter(account=account, institution=institution).delete()
    if gone:
        ledger.record(
            Event(
                "accounts.sign_in_withdrawn",
                kind="account",
                subject=str(account),
                detail={"institution": institution},
            ),
            by=by,
        )
    return bool(gone)
