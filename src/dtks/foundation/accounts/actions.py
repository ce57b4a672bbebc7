"""What others may do about officers' accounts and roles: one transaction each, `by` first, in the trail.

Citizens' accounts come with their own sign-in (`citizens`); the yearly review: `review`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext

from dtks.foundation.accounts import second_person
from dtks.foundation.accounts import standing_rows as rows
from dtks.foundation.accounts.account_data import FIELDS, AccountData, new_password, wrong
from dtks.foundation.accounts.allowed import need
from dtks.foundation.accounts.domain import NewAccount
from dtks.foundation.accounts.errors import (
    AccountIsOpen,
    BothByOne,
    ContactTaken,
    FormerAdministrator,
    NameTaken,
)
from dtks.foundation.accounts.granting import close, end_expired, end_grant, grant
from dtks.foundation.accounts.models import Account, Grant, ResetRequest
from dtks.foundation.accounts.passing_on import delegate, hand_over
from dtks.foundation.accounts.resets import (
    hash_temporary,
    reset_password,
    reset_second_factor,
    set_temporary,
    tell_owner,
)
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.accounts.signing_in.models import PreparedSignIn
from dtks.foundation.kernel.ids import new_id
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger.domain import SYSTEM_ROLE, Actor
from dtks.foundation.vault import configured
from dtks.foundation.vault.blind import blind_index, index_candidates

__all__ = [
    "close_account", "create_account", "delegate", "end_expired", "end_grant", "grant", "hand_over",
    "hash_temporary", "reopen_account", "reset_password", "reset_second_factor",
]  # fmt: skip

CLOSED = "akun ditutup"
CONTACTS = ("email", "phone", "nik")


def create_account(
    *, by: Actor, username: str, name: str, email: str = "", phone: str = "", nik: str = "",
    expires_on: date | None = None, person: uuid.UUID | None = None, password: str = "",
) -> NewAccount:  # fmt: skip
    """Make an officer's account, without any role, with a password for the first sign-in alone.

    ``person``: the officer's key in the register, where it is known. ``password``: chosen by the officer, who
    then keeps it.

    Raises:
        NotAllowed, WrongValue (the first), NameTaken, ContactTaken.
    """
    need(by, Permission.ACCOUNT_MANAGE)
    data = AccountData(username, name, email, phone, nik, expires_on).clean()
    for problem in data.problems(on=timezone.localdate()).values():
        raise problem
    if password:
        _check_password(password, data)
    used = password or new_password()
    hashed = make_password(password) if password else hash_temporary(used)
    with rows.acting(by):
        account = store_account(data, hashed, by=by, person=person, must_change=not password)
        ledger.record(rows.account_event("create", account), by=by)
    return NewAccount(account.pk, data.username, data.name, used)


def _check_password(password: str, data: AccountData) -> None:
    """Raises WrongValue when the site's rules refuse the password."""
    try:
        validate_password(password, Account(username=data.username, name=data.name, email=data.email))
    except ValidationError as problem:
        text = " ".join(problem.messages)
        raise wrong("password", text, text) from None


def store_account(
    data: AccountData, hashed: str, *, by: Actor, person: uuid.UUID | None = None, must_change: bool = True
) -> Account:
    """Store cleaned and judged data, in the caller's transaction; writes no event.

    Raises:
        NameTaken, ContactTaken.
    """
    if data.username in taken_names([data.username]):
        raise NameTaken(given=data.username)
    for kind in CONTACTS:
        if getattr(data, kind) in taken_contacts(kind, [getattr(data, kind)]):
            raise ContactTaken(key=kind, field_id=FIELDS[kind][0], field_en=FIELDS[kind][1])
    account = new_account(data, hashed, by=by, person=person, must_change=must_change)
    account.save(force_insert=True)
    return account


def new_account(
    data: AccountData, hashed: str, *, by: Actor, person: uuid.UUID | None = None, must_change: bool = True
) -> Account:
    """The account of cleaned and judged data, not stored yet."""
    ring = configured.ring()
    values: dict[str, object] = {}
    for kind in CONTACTS:
        if value := getattr(data, kind):
            index = uuid.UUID(bytes=blind_index(value, kind=kind, ring=ring))
            values |= {kind: value, f"{kind}_index": index}
    return Account(
        id=new_id(),
        username=data.username,
        name=data.name,
        password=hashed,
        must_change_password=must_change,
        own_since=None if must_change else timezone.now(),
        expires_on=data.expires_on,
        person=person,
        created_at=timezone.now(),
        created_by=by.account[:64],
        **values,
    )


def taken_names(usernames: Iterable[str]) -> set[str]:
    """Those of the sign-in names that an account has already. A query for each thousand."""
    found: set[str] = set()
    for part in _parts(list(usernames)):
        found.update(Account.objects.filter(username__in=part).values_list("username", flat=True))
    return found


def taken_contacts(kind: str, values: Iterable[str]) -> set[str]:
    """Those of the e-mail addresses, phone numbers or NIKs (``kind``) that an officer's account has."""
    ring = configured.ring()
    by_index = {
        index: value for value in values if value for index in index_candidates(value, kind=kind, ring=ring)
    }
    found: set[str] = set()
    name = f"{kind}_index"
    for part in _parts(list(by_index)):
        officers = Account.objects.filter(kind=Account.Kind.OFFICER, **{f"{name}__in": part})
        found.update(by_index[index] for index in officers.values_list(name, flat=True))
    return found


def _parts(values: list[Any], size: int = 1000) -> Iterator[list[Any]]:
    """A statement takes only so many parameters."""
    return (values[at : at + size] for at in range(0, len(values), size))


def close_account(*, by: Actor, account: uuid.UUID, reason: str) -> None:
    """Nobody signs in with it any more; every role of it ends, and every way in that was prepared or asked
    for: whoever gets the account later is not opened by it.

    Raises:
        NotAllowed, AccountNotFound, OwnAccount, NotManaged, ReasonMissing, LastAdministrator.
    """
    need(by, Permission.ACCOUNT_MANAGE)
    why = rows.reasoned(reason)
    with rows.acting(by):
        found = rows.known_account(by, account)
        rows.check_managed(by, found, timezone.localdate())
        close(Grant.objects.filter(account=found, ended_at=None), by=by, reason=f"{CLOSED}: {why}"[:200])
        found.is_active, found.closed_at, found.closed_by = False, timezone.now(), by.account[:64]
        found.save(update_fields=["is_active", "closed_at", "closed_by"])
        prepared = PreparedSignIn.objects.filter(account=found)
        ways = {
            "institutions": ", ".join(sorted(prepared.values_list("institution", flat=True))),
            "requests": ", ".join(second_person.close_all(found, by)),
        }
        prepared.delete()
        gone = {name: value for name, value in ways.items() if value}
        ledger.record(rows.account_event("close", found, reason=why, **gone), by=by)


def reopen_account(*, by: Actor, account: uuid.UUID, reason: str) -> NewAccount:
    """Sign-in is possible again, with a new password; roles must be given anew.

    Raises:
        NotAllowed, AccountNotFound, OwnAccount, NotManaged, ReasonMissing, AccountIsOpen.
        FormerAdministrator: a new account is made instead, so that nobody takes over one that has signed.
        BothByOne: the actor took its second factor away within a day.
    """
    need(by, Permission.ACCOUNT_MANAGE)
    why, password = rows.reasoned(reason), new_password()
    hashed = hash_temporary(password)
    with rows.acting(by):
        found = rows.known_account(by, account)
        today = timezone.localdate()
        rows.check_managed(by, found, today)
        if found.is_active and (found.expires_on is None or found.expires_on >= today):
            raise AccountIsOpen(given=found.username)
        if rows.was_administrator(found):
            raise FormerAdministrator(given=found.username)
        if by.role != SYSTEM_ROLE and second_person.is_second_reset(by, found, ResetRequest.What.PASSWORD):
            raise BothByOne(given=found.username, hours=second_person.SETTLES_HOURS)
        found.is_active, found.closed_at, found.closed_by, found.expires_on = True, None, "", None
        found.save(update_fields=["is_active", "closed_at", "closed_by", "expires_on"])
        if second_person.in_use(found):
            second_person.keep_done(by, found, ResetRequest.What.PASSWORD)
        set_temporary(found, hashed)
        tell_owner(found, gettext("Akun DTKS Anda dibuka lagi dengan kata sandi baru oleh pengelola akun."))
        ledger.record(rows.account_event("reopen", found, reason=why), by=by)
        return NewAccount(found.pk, found.username, found.name, password)
