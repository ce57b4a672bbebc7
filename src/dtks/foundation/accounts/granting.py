"""Giving and ending roles. Part of `actions`."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from dtks.foundation.accounts import standing_rows as rows
from dtks.foundation.accounts.domain import Holding, clashing, may_give, reach_of
from dtks.foundation.accounts.errors import (
    AccountIsClosed,
    AlreadyHeld,
    GrantNotFound,
    MayNotEnd,
    MayNotGrant,
    NotByProgramme,
    OwnAccount,
    RolesClash,
    UnknownRole,
    WrongPeriod,
    WrongReach,
)
from dtks.foundation.accounts.models import Account, Grant
from dtks.foundation.accounts.roles import REACH_TEXTS, ROLES, Role
from dtks.foundation.areas import queries as areas
from dtks.foundation.areas.errors import AreaNotFound
from dtks.foundation.kernel.area_codes import number_of
from dtks.foundation.kernel.ids import new_id
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger.domain import Actor, digest
from dtks.foundation.scope.domain import Scope
from dtks.foundation.scope.errors import OutsideScope

RAN_OUT = "masa berlaku habis"
SOURCE_ENDED = "peran asalnya berakhir"
_PROGRAMME = re.compile(r"[a-z0-9_-]{2,30}")


def role_for(*, by: Actor, role: str, area: str, programme: str = "") -> Role:
    """The role, when ``by`` may give it there.

    Raises:
        UnknownRole, MayNotGrant, WrongReach, OutsideScope, NotByProgramme, AreaCodeError, AreaNotFound.
    """
    found = ROLES.get(role)
    if found is None:
        raise UnknownRole(given=role, known=giveable_names(by))
    if not may_give(by, found):
        givers = ", ".join(ROLES[each].name_id for each in found.granted_by) or "–"
        raise MayNotGrant(role=found.name_id, givers=givers)
    reaches = Scope.of([by.area]).covers(area)
    if reach_of(area) not in found.reaches:
        levels = ", ".join(REACH_TEXTS[each][0] for each in found.reaches)
        raise WrongReach(role=found.name_id, area=area or REACH_TEXTS[reach_of("")][0], levels=levels)
    if not reaches:
        raise OutsideScope()
    if area and not areas.exists(code=area):
        raise AreaNotFound(given=area)
    if programme and not (found.by_programme and _PROGRAMME.fullmatch(programme)):
        raise NotByProgramme(role=found.name_id, programme=programme)
    return found


def giveable_names(by: Actor) -> str:
    """The roles that the actor may give: 'RT/RW (rt-rw), …'; '–' for none."""
    found = [role for role in ROLES.values() if role.granted_by and may_give(by, role)]
    return ", ".join(f"{role.name_id} ({role.id})" for role in found) or "–"


def grant(
    *,
    by: Actor,
    account: uuid.UUID,
    role: str,
    area: str = "",
    programme: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
    reason: str = "",
) -> uuid.UUID:
    """Give an officer's account a role in an area (dotted code, '' the whole country), from a day (default
    today) to a last day (None: without end). Returns the grant's key.

    Raises:
        What `role_for` raises; AccountNotFound, AccountIsClosed, OwnAccount, WrongPeriod, AlreadyHeld,
        RolesClash.
    """
    today = timezone.localdate()
    with rows.acting(by):
        found = role_for(by=by, role=role, area=area, programme=programme)
        holder = rows.known_account(by, account)
        if by.account == str(holder.pk):
            raise OwnAccount()
        made = new_grant(
            holder,
            Holding(new_id(), holder.pk, found.id, area, programme, valid_from or today, valid_to),
            by=by,
            reason=reason,
        )
        ledger.record(rows.grant_event("grant", made), by=by)
        return made.pk


def new_grant(
    holder: Account, wanted: Holding, *, by: Actor, reason: str, source: Grant | None = None
) -> Grant:
    """Store a grant after all that the other roles of the holder (locked) can say against it; no event."""
    today = timezone.localdate()
    if not holder.is_active or (holder.expires_on and holder.expires_on < today):
        raise AccountIsClosed(given=holder.username)
    if wanted.valid_to is not None and wanted.valid_to < max(today, wanted.valid_from):
        raise WrongPeriod(first=wanted.valid_from, last=wanted.valid_to)
    held = rows.held_by(rows.same_person(holder), today)
    role = ROLES[wanted.role]
    key = (wanted.account, wanted.role, wanted.area, wanted.programme)
    if any((each.account, each.role, each.area, each.programme) == key for each in held):
        raise AlreadyHeld(role=role.name_id)
    if other := clashing(wanted, held):
        raise RolesClash(role=role.name_id, other=ROLES[other.role].name_id)
    # What has run out but was not tidied up yet must not stand in the way of the new one.
    close(
        Grant.objects.filter(
            account=holder, role=wanted.role, area=wanted.area, programme=wanted.programme, ended_at=None
        ),
        by=by,
        reason=RAN_OUT,
        action="grant.expire",
    )
    return Grant.objects.create(
        id=wanted.grant,
        account=holder,
        role=wanted.role,
        area=wanted.area,
        area_number=number_of(wanted.area),
        programme=wanted.programme,
        valid_from=wanted.valid_from,
        valid_to=wanted.valid_to,
        origin=wanted.origin,
        source=source,
        reason=" ".join(reason.split())[: rows.LONGEST_REASON],
        granted_at=timezone.now(),
        granted_by=by.account[:64],
    )


def end_grant(*, by: Actor, grant: uuid.UUID, reason: str) -> int:
    """End a role now, and every delegation of it. Returns how many grants ended.

    It may be ended by those who may give it, by its holder, and, when it was delegated, by who delegated it.

    Raises:
        GrantNotFound, ReasonMissing, MayNotEnd, LastAdministrator.
    """
    with rows.acting(by):
        found = open_grant(grant)
        own = by.account in (str(found.account_id), str(found.source.account_id) if found.source else "")
        if not own:
            check_may_end(by, found.role)
        return close([found], by=by, reason=rows.reasoned(reason))


def check_may_end(by: Actor, code: str) -> None:
    """Whoever may give a role may end it; anybody one that the table has lost. Raises MayNotEnd."""
    role = ROLES.get(code)
    if role is not None and not may_give(by, role):
        raise MayNotEnd(role=role.name_id, givers=", ".join(ROLES[each].name_id for each in role.granted_by))


def open_grant(key: uuid.UUID) -> Grant:
    """The grant, locked. Raises GrantNotFound when there is none in scope, or it has ended."""
    found = Grant.objects.select_for_update().filter(pk=key, ended_at__isnull=True).first()
    if found is None:
        raise GrantNotFound()
    return found


def close(grants: Iterable[Grant], *, by: Actor, reason: str, action: str = "grant.end") -> int:
    """End these grants and what was delegated from them, in the caller's transaction; one event each.

    Raises:
        LastAdministrator.
    """
    ending = list(grants)
    if administrators := [each.pk for each in ending if each.role == rows.ADMINISTRATOR]:
        rows.check_administrator_left(administrators, timezone.localdate())
    passed_on = Grant.objects.filter(
        source__in=[each.pk for each in ending], origin=Grant.Origin.DELEGATED, ended_at__isnull=True
    )
    reasons = {each.pk: SOURCE_ENDED for each in passed_on} | {each.pk: reason for each in ending}
    found = {each.pk: each for each in (*passed_on, *ending)}
    now = timezone.now()
    events = []
    for each in found.values():
        before = digest(rows.grant_state(each))
        each.ended_at, each.ended_by, each.end_reason = now, by.account[:64], reasons[each.pk]
        events.append(rows.grant_event(action, each, before=before, reason=each.end_reason))
    Grant.objects.bulk_update(found.values(), ["ended_at", "ended_by", "end_reason"], batch_size=500)
    ledger.record(*events, by=by)
    return len(found)


def end_expired(*, by: Actor, on: date) -> int:
    """Tidy up: mark as ended what ran out before that day, in scope. For a daily job. Returns how many."""
    with rows.acting(by):
        late = Grant.objects.select_for_update().filter(ended_at__isnull=True, valid_to__lt=on)
        return close(late, by=by, reason=RAN_OUT, action="grant.expire")
