"""A new password, or no second factor any more, for somebody else's account. Part of `actions`.

One person resets one of the two. Both within a day, and either of an administrator's account, take a second
person (`second_person`): who has both walks in. The owner is told at the contacts that the account has.
"""

from __future__ import annotations

import uuid

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import get_hashers, make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from dtks.foundation.accounts import second_person
from dtks.foundation.accounts import standing_rows as rows
from dtks.foundation.accounts.account_data import new_password
from dtks.foundation.accounts.allowed import need
from dtks.foundation.accounts.domain import NewAccount
from dtks.foundation.accounts.errors import AccountIsClosed
from dtks.foundation.accounts.models import Account, ResetRequest
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.accounts.signing_in import codes
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger.domain import Actor

QUICK = "pbkdf2_sha256"


def hash_temporary(password: str) -> str:
    """A hash of a password of `new_password`, quick enough for thousands at once.

    What makes a guess dear is needed where people choose passwords. Nobody guesses 79 random bits, however
    cheap a try is. At the first sign-in Django hashes it anew with the site's first choice.
    """
    quick = next((each for each in get_hashers() if each.algorithm == QUICK), None)
    return quick.encode(password, quick.salt(), iterations=1_000) if quick else make_password(password)


def waiting(*, by: Actor, account: uuid.UUID, what: str) -> second_person.Waiting | None:
    """The reset that waits for a second person, as the actor sees it; None: none.

    Raises:
        NotAllowed, AccountNotFound, OwnAccount, NotManaged.
    """
    need(by, Permission.ACCOUNT_MANAGE)
    with rows.acting(by):
        found = rows.known_account(by, account)
        rows.check_managed(by, found, timezone.localdate())
        request = second_person.waiting(found, what)
        return None if request is None else second_person.shown(by, request)


def reset_password(
    *, by: Actor, account: uuid.UUID, reason: str, request: uuid.UUID | None = None
) -> NewAccount | None:
    """A new password for the first sign-in; every session ends. None: it was asked for, and a second person
    agrees by the key of that ``request`` within a day.

    Raises:
        NotAllowed, AccountNotFound, OwnAccount, NotManaged, ReasonMissing, AccountIsClosed.
        NothingAsked, RequestWaits, SecondPersonNeeded, TooNewForTwo: see `second_person.agreed`.
    """
    password = new_password()
    hashed = hash_temporary(password)
    with rows.acting(by):
        found, why = _to_reset(by, account, reason)
        asked = gettext("Kata sandi baru untuk akun DTKS Anda diminta oleh pengelola akun.")
        if not _agreed(by, found, ResetRequest.What.PASSWORD, why, request, asked):
            return None
        set_temporary(found, hashed)
        ledger.record(rows.account_event("reset_password", found, reason=why), by=by)
        tell_owner(found, gettext("Kata sandi akun DTKS Anda diganti oleh pengelola akun."))
        return NewAccount(found.pk, found.username, found.name, password)


def reset_second_factor(
    *, by: Actor, account: uuid.UUID, reason: str, request: uuid.UUID | None = None
) -> bool:
    """Every second factor of the account goes, and every session; the next sign-in sets up a new one. False:
    it was asked for.

    Raises:
        As `reset_password`.
    """
    with rows.acting(by):
        found, why = _to_reset(by, account, reason)
        asked = gettext("Penghapusan faktor kedua akun DTKS Anda diminta oleh pengelola akun.")
        if not _agreed(by, found, ResetRequest.What.SECOND_FACTOR, why, request, asked):
            return False
        _forget_factors(found)
        ledger.record(rows.account_event("reset_second_factor", found, reason=why), by=by)
        tell_owner(found, gettext("Faktor kedua akun DTKS Anda dihapus oleh pengelola akun."))
        return True


def tell_owner(account: Account, text: str) -> None:
    """Tell the owner at each contact of the account, once it is done. No name, no number."""
    ask = gettext("Bukan Anda yang meminta? Hubungi pengelola akun lain dan petugas pelindungan data.")
    known = [contact for contact in (account.phone, account.email) if contact]
    transaction.on_commit(lambda: [codes.tell(contact, f"{text} {ask}") for contact in known])


def set_temporary(account: Account, hashed: str) -> None:
    """Sessions carry a digest of the stored password: with another one they are over."""
    account.password, account.must_change_password, account.own_since = hashed, True, None
    account.save(update_fields=["password", "must_change_password", "own_since"])


def _to_reset(by: Actor, account: uuid.UUID, reason: str) -> tuple[Account, str]:
    need(by, Permission.ACCOUNT_MANAGE)
    found = rows.known_account(by, account)
    rows.check_managed(by, found, timezone.localdate())
    if not found.is_active:
        raise AccountIsClosed(given=found.username)
    return found, rows.reasoned(reason)


def _agreed(
    by: Actor, account: Account, what: str, reason: str, request: uuid.UUID | None, asked: str
) -> bool:
    """As `second_person.agreed`; who owns the account is told once that it was ``asked`` for."""
    waited = second_person.waiting(account, what) is not None
    done = second_person.agreed(by, account, what, reason, request=request)
    if not done and not waited:
        tell_owner(account, asked)
    return done


def _forget_factors(account: Account) -> None:
    """A session in which the old factor was shown ends with it."""
    Authenticator.objects.filter(user=account).delete()
    account.own_since = None
    account.save(update_fields=["own_since"])
    for session in UserSession.objects.filter(user=account):
        session.end()
