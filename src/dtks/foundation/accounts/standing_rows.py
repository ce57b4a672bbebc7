"""What the actions of this step share: whose account it is, what it holds, what the trail keeps of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from dtks.foundation.accounts.domain import Holding, may_give
from dtks.foundation.accounts.errors import (
    AccountNotFound,
    LastAdministrator,
    NotManaged,
    NumberInReason,
    OwnAccount,
    ReasonMissing,
)
from dtks.foundation.accounts.models import Account, Grant
from dtks.foundation.accounts.roles import ROLES
from dtks.foundation.kernel.masking import holds_number
from dtks.foundation.ledger.domain import SYSTEM_ROLE, Actor, Event, digest
from dtks.foundation.scope.current import limited_to, without_scope
from dtks.foundation.scope.domain import Scope

LONGEST_REASON = 200
ADMINISTRATOR = "administrator"
HOLDING = ("id", "account_id", "role", "area", "programme", "valid_from", "valid_to", "origin")


@contextmanager
def acting(by: Actor) -> Iterator[None]:
    """One transaction, bounded by the area of the one who acts (and by the scope around it)."""
    with transaction.atomic(), limited_to(by.area):
        yield


@contextmanager
def everywhere() -> Iterator[None]:
    """The whole country, whatever the scope: only to decide, never to show."""
    with without_scope(), limited_to(""):
        yield


def open_grants(on: date) -> Q:
    """Grants that are in force on a day or will be."""
    return Q(ended_at__isnull=True) & (Q(valid_to__isnull=True) | Q(valid_to__gte=on))


def visible_accounts(by: Actor) -> Q:
    """Officers' accounts that the actor may know of: those with a grant in scope, whenever it was, and those
    without any that they made themselves. Whoever manages the whole country knows all. At most two queries.
    """
    officers = Q(kind=Account.Kind.OFFICER)
    if by.area == "":
        return officers
    in_scope = Exists(Grant.objects.filter(account=OuterRef("pk")))
    own = set(Account.objects.filter(~in_scope, created_by=by.account).values_list("pk", flat=True))
    if own:
        with everywhere():
            own -= set(Grant.objects.filter(account__in=own).values_list("account_id", flat=True))
    return officers & (Q(in_scope) | Q(pk__in=own))


def known_account(by: Actor, key: uuid.UUID) -> Account:
    """The account, locked with all others of the same person until the transaction ends.

    Raises:
        AccountNotFound: there is none, or none that the actor may know of.
    """
    return known_accounts(by, key)[0]


def known_accounts(by: Actor, *keys: uuid.UUID) -> list[Account]:
    """The accounts in the order of their keys given, locked as by `known_account`. Raises AccountNotFound."""
    found = {each.pk: each for each in Account.objects.filter(visible_accounts(by), pk__in=keys)}
    for key in keys:
        if key not in found:
            raise AccountNotFound(given=key)
    locked = lock(found.values())
    return [locked[key] for key in keys]


def lock(accounts: Iterable[Account]) -> dict[uuid.UUID, Account]:
    """The accounts as they are now, with all others of the same people, locked in one order: of two roles
    given at once to two accounts of one person the second sees the first, and nobody waits in a circle."""
    keys = {key for account in accounts for key in same_person(account)}
    return {each.pk: each for each in Account.objects.select_for_update().filter(pk__in=keys).order_by("pk")}


def same_person(account: Account) -> list[uuid.UUID]:
    """The accounts of the person behind this one, as far as known: by the register's key or by NIK."""
    same = Q(pk=account.pk)
    if account.person:
        same |= Q(person=account.person)
    if account.nik_index:
        same |= Q(nik_index=account.nik_index)
    return list(Account.objects.filter(same).order_by("pk").values_list("pk", flat=True))


def held_by(accounts: Iterable[uuid.UUID], on: date) -> list[Holding]:
    """What these accounts hold anywhere in the country, from that day on. One query."""
    with everywhere():
        rows = Grant.objects.filter(open_grants(on), account__in=list(accounts))
        return [Holding(*row) for row in rows.order_by("granted_at", "id").values_list(*HOLDING)]


def check_managed(by: Actor, account: Account, on: date) -> None:
    """Whether the account itself is the actor's to change: every role that it holds must be theirs to give.

    Otherwise whoever manages one village could sign in as its regent, by a new password.

    Raises:
        OwnAccount, NotManaged.
    """
    if by.account == str(account.pk):
        raise OwnAccount()
    if by.role == SYSTEM_ROLE:
        return
    if not all(is_theirs(by, held) for held in held_by([account.pk], on)):
        raise NotManaged()


def is_theirs(by: Actor, held: Holding) -> bool:
    """Whether the actor gives such a role there. One that the table has lost is anybody's."""
    role = ROLES.get(held.role)
    given = role is None or may_give(by, role)
    return given and (by.role == SYSTEM_ROLE or Scope.of([by.area]).covers(held.area))


def check_administrator_left(without: Iterable[uuid.UUID], on: date) -> None:
    """Raises LastAdministrator when nobody would be administrator without these grants of that role.

    Locks the administrators' grants: two who end each other at once must not both succeed.
    """
    with everywhere():
        rows = Grant.objects.select_for_update().filter(
            open_grants(on), role=ADMINISTRATOR, valid_from__lte=on
        )
        standing = set(rows.values_list("pk", flat=True))
        gone = standing & set(without)
        active = Grant.objects.filter(pk__in=standing - gone, account__is_active=True)
        left = active.exclude(account__expires_on__lt=on).exists()
    if gone and not left:
        raise LastAdministrator()


def reasoned(reason: str) -> str:
    """The reason as it is kept. Raises ReasonMissing, NumberInReason."""
    text = " ".join(reason.split())[:LONGEST_REASON]
    if not text:
        raise ReasonMissing()
    if holds_number(text):
        raise NumberInReason()
    return text


def was_administrator(account: Account) -> bool:
    """Whether the account has ever run the system."""
    with everywhere():
        return Grant.objects.filter(account=account, role=ADMINISTRATOR).exists()


def grant_state(grant: Grant) -> dict[str, Any]:
    """A grant as plain data: what its digest in the trail is of."""
    names = ("account_id", "source_id", "role", "area", "programme", "valid_from", "valid_to", "origin")
    return {name: getattr(grant, name) for name in (*names, "reason", "ended_at", "end_reason")}


def grant_event(action: str, grant: Grant, *, before: str = "", **detail: Any) -> Event:
    """What the trail keeps of something done to a grant: on the account, in the grant's area."""
    about = {"grant": str(grant.pk), "role": grant.role, "programme": grant.programme}
    return Event(
        f"accounts.{action}",
        kind="account",
        subject=str(grant.account_id),
        area=grant.area,
        before=before,
        after=digest(grant_state(grant)),
        detail={name: value for name, value in {**about, **detail}.items() if value},
    )


def account_event(action: str, account: Account, *, area: str = "", **detail: Any) -> Event:
    """What the trail keeps of something done to an account; never a name, a number or a password."""
    state = {
        "kind": account.kind,
        "active": account.is_active,
        "expires_on": account.expires_on,
        "must_change_password": account.must_change_password,
    }
    return Event(
        f"accounts.{action}",
        kind="account",
        subject=str(account.pk),
        area=area,
        after=digest(state),
        detail=detail,
    )
