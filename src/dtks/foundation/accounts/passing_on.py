"""Passing roles on: delegating one's own for a time, handing over when an officer rotates (of `actions`)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, timedelta

from django.utils import timezone

from dtks.foundation.accounts import granting
from dtks.foundation.accounts import standing_rows as rows
from dtks.foundation.accounts.domain import Holding, may, may_give
from dtks.foundation.accounts.errors import (
    AccountNotFound,
    CannotDelegate,
    DelegateToOneself,
    DelegationTooLong,
    GrantNotFound,
    NothingToHandOver,
    OwnAccount,
    WrongPeriod,
)
from dtks.foundation.accounts.models import Account, Grant
from dtks.foundation.accounts.roles import ROLES, Permission
from dtks.foundation.areas import queries as areas
from dtks.foundation.areas.errors import AreaNotFound
from dtks.foundation.kernel.ids import new_id
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger.domain import SYSTEM_ROLE, Actor, digest
from dtks.foundation.scope.current import limited_to
from dtks.foundation.scope.domain import Scope
from dtks.foundation.scope.errors import OutsideScope

LONGEST_DELEGATION = timedelta(days=90)


def delegate(
    *, by: Actor, grant: uuid.UUID, to: str, valid_to: date, valid_from: date | None = None,
    area: str | None = None, reason: str,
) -> uuid.UUID:  # fmt: skip
    """Pass one's own role to another officer of the area until a day, for the same area or a part of it.

    ``to``: the other's sign-in name. It ends by itself, and with the role that it comes from.

    Raises:
        GrantNotFound, CannotDelegate, AccountNotFound, DelegateToOneself, DelegationTooLong, WrongPeriod,
        OutsideScope, AreaNotFound, AccountIsClosed, AlreadyHeld, RolesClash, ReasonMissing.
    """
    today = timezone.localdate()
    first = valid_from or today
    with rows.acting(by):
        source = Grant.objects.filter(pk=grant, ended_at=None).first()
        if source is None:
            raise GrantNotFound()
        role = ROLES.get(source.role)
        mine = by.role == SYSTEM_ROLE or (
            by.account == str(source.account_id) and by.role == source.role and may(by, Permission.DELEGATE)
        )
        passes = role is not None and Permission.DELEGATE in role.permissions
        if not mine or not passes or source.origin == Grant.Origin.DELEGATED:
            raise CannotDelegate(role=role.name_id if role else source.role)
        if valid_to < max(first, today):
            raise WrongPeriod(first=first, last=valid_to)
        last = min(filter(None, (max(first, today) + LONGEST_DELEGATION, source.valid_to)))
        if valid_to > last:
            raise DelegationTooLong(days=LONGEST_DELEGATION.days, last=last)
        if first < source.valid_from:
            raise WrongPeriod(first=first, last=valid_to)
        place = source.area if area is None else area
        if not Scope.of([source.area]).covers(place):
            raise OutsideScope()
        if place and not areas.exists(code=place):
            raise AreaNotFound(given=place)
        holder = _colleague(to, within=source.area, on=today)
        if holder.pk == source.account_id:
            raise DelegateToOneself()
        source = granting.open_grant(grant)
        wanted = Holding(
            new_id(), holder.pk, source.role, place, source.programme, first, valid_to, Grant.Origin.DELEGATED
        )
        made = granting.new_grant(holder, wanted, by=by, reason=rows.reasoned(reason), source=source)
        ledger.record(rows.grant_event("delegate", made, source=str(source.pk)), by=by)
        return made.pk


def _colleague(username: str, *, within: str, on: date) -> Account:
    """The officer of that sign-in name with a role inside the area, locked. Raises AccountNotFound."""
    with limited_to(within):
        there = Grant.objects.filter(rows.open_grants(on), account__username=username.strip())
        found = there.select_related("account").first()
    if found is None:
        raise AccountNotFound(given=username)
    return rows.lock([found.account])[found.account_id]


def hand_over(
    *, by: Actor, account: uuid.UUID, to: uuid.UUID, on: date, grants: Iterable[uuid.UUID] | None = None,
    reason: str,
) -> list[uuid.UUID]:  # fmt: skip
    """An officer rotates: roles go over to another on a day; the old ones end the day before.

    ``grants``: which (default: all that the actor may give). Delegated roles do not go over: they end with
    their source. Returns the new grants' keys.

    Raises:
        AccountNotFound, NothingToHandOver, OwnAccount, WrongPeriod, and what `grant` raises.
    """
    today = timezone.localdate()
    why = rows.reasoned(reason)
    with rows.acting(by):
        if on < today:
            raise WrongPeriod(first=on, last=on)
        giver, taker = rows.known_accounts(by, account, to)
        if giver.pk == taker.pk or by.account == str(taker.pk):
            raise OwnAccount()
        made = []
        for old in _to_move(by, giver, grants, on):
            granting.role_for(by=by, role=old.role, area=old.area, programme=old.programme)
            first = max(on, old.valid_from)
            wanted = Holding(
                new_id(), taker.pk, old.role, old.area, old.programme, first, old.valid_to,
                Grant.Origin.HANDED_OVER,
            )  # fmt: skip
            made.append(granting.new_grant(taker, wanted, by=by, reason=why, source=old))
            # After the new one is there: the last administrator may rotate, too.
            _end_before(old, on, by=by, reason=why)
        ledger.record(*(rows.grant_event("hand_over", new, source=str(new.source_id)) for new in made), by=by)
        return [new.pk for new in made]


def _to_move(by: Actor, giver: Account, wanted: Iterable[uuid.UUID] | None, on: date) -> list[Grant]:
    """The giver's own grants in scope that are in force on the day or later; of these the wanted, or all that
    the actor may give. Raises NothingToHandOver, GrantNotFound."""
    found = Grant.objects.select_for_update().filter(rows.open_grants(on), account=giver)
    own = {
        each.pk: each for each in found.exclude(origin=Grant.Origin.DELEGATED).order_by("granted_at", "id")
    }
    if wanted is None:
        moving = [each for each in own.values() if each.role in ROLES and may_give(by, ROLES[each.role])]
    elif not own.keys() >= (asked := set(wanted)):
        raise GrantNotFound()
    else:
        moving = [each for each in own.values() if each.pk in asked]
    if not moving:
        raise NothingToHandOver()
    return moving


def _end_before(grant: Grant, on: date, *, by: Actor, reason: str) -> None:
    """The grant is in force for the last time on the day before; what was delegated from it as well."""
    last = on - timedelta(days=1)
    if on <= timezone.localdate() or grant.valid_from > last:
        granting.close([grant], by=by, reason=reason)
        return
    passed_on = Grant.objects.filter(source=grant, origin=Grant.Origin.DELEGATED, ended_at=None)
    granting.close(passed_on.filter(valid_from__gt=last), by=by, reason=granting.SOURCE_ENDED)
    events = []
    for each in (grant, *passed_on.filter(valid_to__gt=last)):
        before = digest(rows.grant_state(each))
        each.valid_to, each.end_reason = last, reason
        each.save(update_fields=["valid_to", "end_reason"])
        events.append(rows.grant_event("grant.end", each, before=before, last=str(last), reason=reason))
    ledger.record(*events, by=by)
