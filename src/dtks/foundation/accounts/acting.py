"""Work that is done later, or without a browser: again as somebody, in their area."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.utils import timezone

from dtks.foundation.accounts import queries
from dtks.foundation.accounts.allowed import refused
from dtks.foundation.accounts.domain import may
from dtks.foundation.accounts.errors import WorkFailed
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.kernel.errors import DtksError
from dtks.foundation.ledger.domain import SYSTEM_ROLE, Actor
from dtks.foundation.scope.current import limited_to, without_scope

_log = logging.getLogger(__name__)


@contextmanager
def acting_as(acting: Mapping[str, str], permission: Permission) -> Iterator[Actor]:
    """Inside the block a job works as the one who ordered it (an Actor's fields), within that one's area.

    Raises:
        NotAllowed: the role has ended since, or does not allow it.
        WorkFailed: something unexpected happened; the log has it.
    """
    by = Actor(**{name: str(acting.get(name, "")) for name in Actor.__dataclass_fields__})
    if not (may(by, permission) and _still_holds(by)):
        raise refused(by, permission)
    with without_scope(), limited_to(by.area):
        try:
            yield by
        except DtksError:
            raise
        except Exception:  # noqa: BLE001  logged, and raised as an error of ours
            # What a job raises is kept in its row, message and all; the log knows how to leave that out.
            _log.exception("job failed")
            raise WorkFailed() from None


def _still_holds(by: Actor) -> bool:
    """An order lies in a table: whatever is written there gets no further than a grant that stands. The
    program itself orders nothing; what it does it does at once."""
    if by.role == SYSTEM_ROLE:
        return False
    held = queries.standing(account=uuid.UUID(by.account), on=timezone.localdate())
    return any((str(each.grant), each.role, each.area) == (by.grant, by.role, by.area) for each in held)


@contextmanager
def as_system() -> Iterator[Actor]:
    """Inside the block a command of the server works in the whole country, as the program itself."""
    with without_scope(), limited_to(""):
        yield Actor.system("cli")
