"""Which answers of the register need which permission, and what others see of them: the one table.

A variable that is not in it is open to whoever may open the family. What may only be asked for ('show') is
masked for everybody until a purpose was given, whatever the role.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from dtks.foundation.accounts.domain import may
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.kernel.masking import mask_account, mask_name, mask_number, mask_phone
from dtks.foundation.ledger.domain import Actor
from dtks.registration.registry import dictionary


@dataclass(frozen=True, slots=True)
class Cover:
    """What lies over a variable.

    ``permission`` lifts it. With a ``mask`` the value is shown masked, and whole only on request; without
    one nothing of it is shown, and a ``coarse`` one (a place) is shown as roughly as `points` says.
    """

    permission: Permission
    mask: Callable[[str], str] | None = None
    coarse: bool = False

    @property
    def hides(self) -> bool:
        """Whether those without the permission see nothing at all."""
        return self.mask is None and not self.coarse


NUMBER = Cover(Permission.NUMBER_SHOW, mask_number)
NAME = Cover(Permission.NUMBER_SHOW, mask_name)
PHONE = Cover(Permission.CONTACT_SHOW, mask_phone)
ACCOUNT = Cover(Permission.CONTACT_SHOW, mask_account)
HEALTH = Cover(Permission.HEALTH_READ)
POINT = Cover(Permission.POINT_READ, coarse=True)

HEALTH_COMPONENTS = frozenset({"health"})
"""Components of which every answer is about somebody's health."""

_BY_NAME: Mapping[str, Cover] = {
    "nik": NUMBER,
    "kk_number": NUMBER,
    "mother_nik": NUMBER,
    "father_nik": NUMBER,
    "mother_name": NAME,  # banks ask for it
    "respondent_phone": PHONE,
    "npwp_number": ACCOUNT,
    # Free text may say anything, and what enumerators find worth a note is mostly an illness.
    "notes": HEALTH,
    "preference_note": HEALTH,
    # Who asks for an aid to disability has one.
    "preferred_first": HEALTH,
    "preferred_second": HEALTH,
    "preferred_third": HEALTH,
    # Among the groups: persons with a disability or with HIV, victims of violence and of drugs.
    "ppks_group": HEALTH,
    "special_condition": HEALTH,
    "lat": POINT,
    "lon": POINT,
    "location_accuracy_m": POINT,
}


@cache
def covers() -> Mapping[str, Cover]:
    """Variable → what lies over it."""
    health = {each.name: HEALTH for each in dictionary.variables() if each.component in HEALTH_COMPONENTS}
    return MappingProxyType({**health, **_BY_NAME})


def hidden(variable: str, *, by: Actor) -> bool:
    """Whether nothing of this variable may be shown to the actor."""
    cover = covers().get(variable)
    return cover is not None and cover.hides and not may(by, cover.permission)


def masked(variable: str, value: str) -> str:
    """The value as everybody sees it: masked where the table says so, else as it is."""
    cover = covers().get(variable)
    return cover.mask(value) if cover is not None and cover.mask is not None else value


def can_ask(variable: str, *, by: Actor) -> bool:
    """Whether the actor may ask for the whole of a masked value."""
    cover = covers().get(variable)
    return cover is not None and cover.mask is not None and may(by, cover.permission)


def rests_on_health(variables: frozenset[str]) -> bool:
    """Whether one of these variables tells of somebody's health."""
    return any(covers().get(name) is HEALTH for name in variables)
