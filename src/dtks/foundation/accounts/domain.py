"""Who somebody is while they act, and what that allows: decisions that need no database."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from dtks.foundation.accounts.roles import ROLES, Permission, Reach, Role, clash
from dtks.foundation.kernel.area_codes import span_of
from dtks.foundation.ledger.domain import SYSTEM_ROLE, Actor


@dataclass(frozen=True, slots=True)
class Holding:
    """A role that an account holds: a grant as plain values. ``valid_to`` is the last day, None without
    end."""

    grant: uuid.UUID
    account: uuid.UUID
    role: str
    area: str
    programme: str
    valid_from: date
    valid_to: date | None
    origin: str = "appointed"

    def stands(self, on: date) -> bool:
        """Whether it is in force on that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def meets(self, other: Holding) -> bool:
        """Whether there is a day and a place (and a programme) at which both are in force."""
        begin, end = span_of(self.area)
        first, last = span_of(other.area)
        ends_before = self.valid_to is not None and self.valid_to < other.valid_from
        begins_after = other.valid_to is not None and other.valid_to < self.valid_from
        same_programme = not self.programme or not other.programme or self.programme == other.programme
        return begin < last and first < end and not ends_before and not begins_after and same_programme

    def actor(self, purpose: str = "") -> Actor:
        """The one who acts in this role."""
        return Actor(str(self.account), self.role, self.area, purpose, str(self.grant))


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account just made, or given a new password. ``password``: shown once, kept nowhere."""

    account: uuid.UUID
    username: str
    name: str
    password: str


def reach_of(area: str) -> Reach:
    """The level of an area by its dotted code; '' is the whole country."""
    return Reach(area.count(".") + 1 if area else 0)


def may_give(by: Actor, role: Role) -> bool:
    """Whether the actor's role gives this one (whatever the area). The program itself gives every role."""
    return by.role == SYSTEM_ROLE or by.role in role.granted_by


def role_of(actor: Actor) -> Role | None:
    """The role that an actor acts in; None for the program itself."""
    return ROLES.get(actor.role)


def may(actor: Actor, permission: Permission) -> bool:
    """Whether the actor's role allows it. The program itself may do everything."""
    if actor.role == SYSTEM_ROLE:
        return True
    role = role_of(actor)
    return role is not None and permission in role.permissions


def clashing(new: Holding, held: list[Holding]) -> Holding | None:
    """The first of the roles held whose duties must not meet those of ``new`` in one person."""
    for each in held:
        # A role that the table has lost gives nothing, and so clashes with nothing.
        if each.role in ROLES and new.meets(each) and clash(ROLES[new.role], ROLES[each.role]):
            return each
    return None
