"""An account manager prepares an account for sign-in at an institution.

Whoever is prepared gets into the account. So to an account that is in use, or to one whose subject is
replaced, one person alone adds nobody: a second one who manages it agrees within a day (`second_person`).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db import IntegrityError, transaction
from django.utils import timezone

from dtks.foundation.accounts import second_person
from dtks.foundation.accounts import standing_rows as rows
from dtks.foundation.accounts.allowed import need
from dtks.foundation.accounts.errors import AccountIsClosed
from dtks.foundation.accounts.models import Account, ResetRequest
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.accounts.signing_in import institutions
from dtks.foundation.accounts.signing_in.errors import (
    NothingAsked,
    SubjectTaken,
    SubjectWrong,
    UnknownInstitution,
)
from dtks.foundation.accounts.signing_in.models import PreparedSignIn
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger.domain import SYSTEM_ROLE, Actor
from dtks.foundation.vault import blind, configured

LONGEST_SUBJECT = 255
"""OpenID Connect: a subject is no longer."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """Who is called ``subject`` at the institution opens the account. ``by``: key of who prepared it."""

    institution: str
    subject: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The same, as it was asked for. ``request``: by whom, when, and whether the reader may agree to it."""

    institution: str
    subject: str
    request: second_person.Waiting


def of(*, by: Actor, account: uuid.UUID) -> tuple[list[Prepared], Asked | None]:
    """What an account is prepared for, and what waits for a second person; the reading is recorded.

    Raises:
        NotAllowed, AccountNotFound, OwnAccount, NotManaged.
    """
    need(by, Permission.ACCOUNT_MANAGE)
    with rows.acting(by):
        found = _managed(by, account)
        ledger.record(rows.account_event("read_sign_in", found), by=by)
        prepared = [
            Prepared(each.institution, each.subject, each.prepared_at, each.prepared_by)
            for each in PreparedSignIn.objects.filter(account=found).order_by("institution")
        ]
        request = second_person.waiting(found, ResetRequest.What.SIGN_IN)
        if request is None:
            return prepared, None
        waits = second_person.shown(by, request)
        return prepared, Asked(request.institution, request.subject or "", waits)


def prepare(*, by: Actor, account: uuid.UUID, institution: str, subject: str, reason: str) -> bool:
    """Whoever the institution calls ``subject`` may from now on sign in as this account, instead of whoever
    did. False: it was asked for, and a second person has to agree.

    Raises:
        NotAllowed, AccountNotFound, OwnAccount, NotManaged, AccountIsClosed, ReasonMissing, SubjectWrong.
        UnknownInstitution: it is not in the file. SubjectTaken: the subject opens another account already.
        TooNewForTwo: two persons are needed, and the actor's account or role is too new to be one of them.
    """
    need(by, Permission.ACCOUNT_MANAGE)
    why, subject = rows.reasoned(reason), _clean(subject)
    with rows.acting(by):
        found = _open(by, account, institution)
        _check_free(found, institution, subject)
        before = PreparedSignIn.objects.filter(account=found, institution=institution).first()
        if before is not None and before.subject == subject:
            return True
        if before is not None or _needs_two(by, found):
            about = {"institution": institution, "subject": subject}
            second_person.ask(by, found, ResetRequest.What.SIGN_IN, why, **about)
            return False
        _store(by, found, institution, subject, why)
        return True


def agree(*, by: Actor, account: uuid.UUID, request: uuid.UUID, reason: str) -> str:
    """A second person agrees to what was asked for, and it is prepared. Returns the institution's id.
    ``request``: the key of the request that they saw.

    Raises:
        As `prepare`. NothingAsked: that one does not wait, or no more. SecondPersonNeeded: the actor asked
        for it.
    """
    need(by, Permission.ACCOUNT_MANAGE)
    why = rows.reasoned(reason)
    with rows.acting(by):
        asked = _asked(_managed(by, account), request)
        if (problem := second_person.refusal(by, asked)) is not None:
            raise problem
        at, subject = str(asked.institution), str(asked.subject)
        found = _open(by, account, at)
        _check_free(found, at, subject)
        second_person.close(asked, by, followed=True)
        _store(by, found, at, subject, why)
        return at


def decline(*, by: Actor, account: uuid.UUID, request: uuid.UUID, reason: str) -> None:
    """Drop what was asked for (the key of it): somebody does not agree, or who asked takes it back.

    Raises:
        NotAllowed, AccountNotFound, OwnAccount, NotManaged, ReasonMissing, NothingAsked.
    """
    need(by, Permission.ACCOUNT_MANAGE)
    why = rows.reasoned(reason)
    with rows.acting(by):
        found = _managed(by, account)
        asked = _asked(found, request)
        second_person.close(asked, by)
        told = rows.account_event("decline_sign_in", found, reason=why, institution=asked.institution)
        ledger.record(told, by=by)


def _asked(account: Account, key: uuid.UUID) -> ResetRequest:
    """The request of that key, when it still waits: who asked may have replaced it by another subject since
    somebody looked. Raises NothingAsked."""
    found = second_person.waiting(account, ResetRequest.What.SIGN_IN)
    if found is None or found.pk != key or found.subject is None:
        raise NothingAsked()
    return found


def withdraw(*, by: Actor, account: uuid.UUID, institution: str, reason: str) -> bool:
    """The account is not opened by that institution any more, and its sessions end; whether it was opened.

    Raises:
        NotAllowed, AccountNotFound, OwnAccount, NotManaged, ReasonMissing.
    """
    need(by, Permission.ACCOUNT_MANAGE)
    why = rows.reasoned(reason)
    with rows.acting(by):
        found = _managed(by, account)
        gone, _ = PreparedSignIn.objects.filter(account=found, institution=institution).delete()
        if gone:
            _end_sessions(found)
            told = rows.account_event("withdraw_sign_in", found, reason=why, institution=institution)
            ledger.record(told, by=by)
        return bool(gone)


def awaited(*, by: Actor, limit: int = 20) -> list[tuple[uuid.UUID, str]]:
    """Key and name of the accounts for which something waits that the actor could agree to. Six queries."""
    oldest = timezone.now() - second_person.REQUEST_LASTS
    with rows.everywhere():
        asked = ResetRequest.objects.filter(
            what=ResetRequest.What.SIGN_IN, done_at=None, requested_at__gte=oldest
        )
        keys = list(
            asked.exclude(requested_by=by.account[:64])
            .exclude(account=by.account)
            .order_by("requested_at")
            .values_list("account_id", flat=True)
        )
    if not keys or second_person.is_too_new(by):
        return []
    seen = Account.objects.filter(rows.visible_accounts(by), pk__in=keys)
    names = {key: name or username for key, name, username in seen.values_list("pk", "name", "username")}
    return [(key, names[key]) for key in _theirs(by, names)][:limit]


def _theirs(by: Actor, accounts: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """Those of the accounts that are the actor's to change."""
    keys = list(accounts)
    held = rows.held_by(keys, timezone.localdate())
    return [key for key in keys if all(rows.is_theirs(by, each) for each in held if each.account == key)]


def _managed(by: Actor, account: uuid.UUID) -> Account:
    found = rows.known_account(by, account)
    rows.check_managed(by, found, timezone.localdate())
    return found


def _open(by: Actor, account: uuid.UUID, institution: str) -> Account:
    """The account, when somebody can be prepared for it there."""
    if institutions.by_id(institution) is None:
        raise UnknownInstitution(
            given=institution, known=", ".join(each.id for each in institutions.offered()) or "–"
        )
    found = _managed(by, account)
    if not found.is_active:
        raise AccountIsClosed(given=found.username)
    return found


def _clean(subject: str) -> str:
    """The subject as it is kept. Raises SubjectWrong."""
    text = subject.strip()
    if not 0 < len(text) <= LONGEST_SUBJECT or not text.isprintable():
        raise SubjectWrong(longest=LONGEST_SUBJECT)
    return text


def _check_free(account: Account, institution: str, subject: str) -> None:
    """Raises SubjectTaken."""
    candidates = blind.index_candidates(subject, kind="match_key", ring=configured.ring())
    same = PreparedSignIn.objects.filter(institution=institution, subject_index__in=candidates)
    if same.exclude(account=account).exists():
        raise SubjectTaken()


def _needs_two(by: Actor, account: Account) -> bool:
    """Whether another way in would let a second person into somebody's account: it has been used, or it runs
    the system (as for a reset; the first administrator comes from the server)."""
    return second_person.in_use(account) or (by.role != SYSTEM_ROLE and second_person.runs_system(account))


def _store(by: Actor, account: Account, institution: str, subject: str, reason: str) -> None:
    """In the caller's transaction. Who was prepared before is out at once. Raises SubjectTaken."""
    index = blind.blind_index(subject, kind="match_key", ring=configured.ring())
    values = {
        "subject": subject,
        "subject_index": uuid.UUID(bytes=index),
        "prepared_at": timezone.now(),
        "prepared_by": by.account[:64],
    }
    try:
        with transaction.atomic():
            _, new = PreparedSignIn.objects.update_or_create(
                account=account, institution=institution, defaults=values
            )
    except IntegrityError:  # prepared by two at the same moment
        raise SubjectTaken() from None
    if not new:
        _end_sessions(account)
    told = rows.account_event("prepare_sign_in", account, reason=reason, institution=institution)
    ledger.record(told, by=by)


def _end_sessions(account: Account) -> None:
    for session in UserSession.objects.filter(user=account):
        session.end()
