"""Whether the one who acts may do so: asked at the begin of every action."""

from __future__ import annotations

from dtks.foundation.accounts.domain import may, role_of
from dtks.foundation.accounts.errors import NotAllowed
from dtks.foundation.accounts.roles import PERMISSION_TEXTS, Permission
from dtks.foundation.ledger.domain import Actor


def need(by: Actor, permission: Permission) -> None:
    """Raises NotAllowed unless the actor's role has it."""
    if not may(by, permission):
        raise refused(by, permission)


def refused(by: Actor, permission: Permission) -> NotAllowed:
    """The error that says which role lacks which permission."""
    role = role_of(by)
    return NotAllowed(role=role.name_id if role else by.role, permission=PERMISSION_TEXTS[permission][0])
