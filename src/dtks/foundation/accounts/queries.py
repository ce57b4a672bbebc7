"""What others may ask about accounts."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from dtks.foundation.accounts import citizens
from dtks.foundation.accounts import standing_rows as rows
from dtks.foundation.accounts.domain import Holding
from dtks.foundation.accounts.errors import DutiesClash
from dtks.foundation.accounts.models import Account, Grant
from dtks.foundation.accounts.roles import PERMISSION_TEXTS, ROLES, Permission, duty_clash
from dtks.foundation.ledger.domain import Actor

_AT_ONCE = 500
_OWN = frozenset({Permission.OWN_READ, Permission.OWN_PROPOSE})


def standing(*, account: uuid.UUID, on: date) -> list[Holding]:
    """The roles that an account holds on a day, the oldest first; [] when it is closed or has expired.

    One query. Whose account it is may know its own roles whatever the scope.
    """
    open_account = Q(account__is_active=True) & (
        Q(account__expires_on__isnull=True) | Q(account__expires_on__gte=on)
    )
    # A delegated role is worth nothing when the one who delegated it may not sign in any more.
    source = ~Q(origin=Grant.Origin.DELEGATED) | (
        Q(source__ended_at__isnull=True, source__account__is_active=True)
        & (Q(source__valid_to__isnull=True) | Q(source__valid_to__gte=on))
        & (Q(source__account__expires_on__isnull=True) | Q(source__account__expires_on__gte=on))
    )
    with rows.everywhere():
        found = Grant.objects.filter(
            open_account, source, account=account, ended_at__isnull=True, valid_from__lte=on
        ).exclude(valid_to__lt=on)
        # A role that has left the table gives nothing any more.
        found = found.filter(role__in=list(ROLES))
        return [Holding(*row) for row in found.order_by("granted_at", "id").values_list(*rows.HOLDING)]


def check_duty(
    *,
    actor: Actor,
    permission: Permission,
    earlier: Iterable[tuple[uuid.UUID, Permission]] = (),
    family: Iterable[uuid.UUID] = (),
) -> None:
    """Whether the actor may take this step in a case, seen from who took its other steps.

    ``earlier``: (account, or person in the register, and the permission used) for each step so far.
    ``family``: the register's keys of the people whom the case is about: nobody decides on their own family,
    except by what every citizen may do. The account behind the actor is found with all others of the same
    person, so an officer who proposed as a citizen is recognised. Two queries; none for the program itself.

    Raises:
        DutiesClash.
    """
    step = PERMISSION_TEXTS[permission][0]
    me = identities(actor.account)
    used = frozenset(done for who, done in earlier if who in me)
    if (other := duty_clash(permission, used)) is not None:
        raise DutiesClash(duty=step, other=PERMISSION_TEXTS[other][0])
    if permission not in _OWN and me & frozenset(family):
        raise DutiesClash(duty=step, other="anggota keluarga itu · a member of that family")


def identities(account: str) -> frozenset[uuid.UUID]:
    """Keys of the accounts of the person behind an account, and their keys in the register."""
    try:
        found = Account.objects.filter(pk=uuid.UUID(account)).first()
    except ValueError:  # 'system', 'cli'
        return frozenset()
    if found is None:
        return frozenset()
    same = Account.objects.filter(pk__in=rows.same_person(found))
    return frozenset(key for row in same.values_list("pk", "person") for key in row if key)


def persons_behind(*, accounts: Iterable[str]) -> dict[str, frozenset[uuid.UUID]]:
    """{account key as text: the register's keys of the person behind it}, of those accounts of which it is
    known: by the account itself, by another one with the same NIK, or by the register.

    Two queries for each 500 accounts, and one look-up for each that only the register can answer."""
    keys = sorted({key for key in map(_key, accounts) if key is not None})
    found: dict[str, set[uuid.UUID]] = {}
    for first in range(0, len(keys), _AT_ONCE):
        group = list(Account.objects.filter(pk__in=keys[first : first + _AT_ONCE]))
        indexes = {each.nik_index for each in group if each.nik_index}
        same = Account.objects.filter(nik_index__in=indexes, person__isnull=False)
        by_nik = dict(same.values_list("nik_index", "person"))
        for each in group:
            person = each.person or by_nik.get(each.nik_index)
            if person is None and each.nik:
                match = citizens.register().known(nik=each.nik)
                person = match.person if match else None
            if person is not None:
                found.setdefault(str(each.pk), set()).add(person)
    return {account: frozenset(persons) for account, persons in found.items()}


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:  # 'system', 'cli'
        return None
