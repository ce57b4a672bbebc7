"""The port through which consents learn who a person is and where they live.

The register is a floor above; it is named by the setting CONSENT_REGISTER (dotted path of a class without
arguments), so that this package need not know it.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True, repr=False)
class Resident:
    """A person of the register. ``village``: dotted code of where they live; ``masked_nik``: as a screen may
    show it, '' when there is none; ``name``: '' when nobody knows it; ``birth_date``: None when nobody knows
    it."""

    person: uuid.UUID
    family: uuid.UUID
    name: str
    masked_nik: str
    village: str
    alive: bool
    birth_date: date | None


@dataclass(frozen=True, slots=True, repr=False)
class Home:
    """Where a family lives, as far as it is known: '' for what is not. ``village``: dotted code."""

    village: str
    rw: str
    rt: str
    address: str

    def same_rt(self, other: Home) -> bool:
        """Whether both lie in one RT."""
        return bool(self.rt) and (self.village, self.rw, self.rt) == (other.village, other.rw, other.rt)

    def same_address(self, other: Home) -> bool:
        """Whether both have one address."""
        return bool(self.address) and (self.village, self.address) == (other.village, other.address)


class Residents(Protocol):
    """What the register must be able to answer."""

    def find(self, person: uuid.UUID) -> Resident | None:
        """The person with this key; None when the scope in force holds none."""

    def families_of(self, persons: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
        """{person: family} of those who are people of the scope in force."""

    def homes(self, families: Collection[uuid.UUID]) -> dict[uuid.UUID, Home]:
        """{family: home} of those that live in the scope in force."""


def register() -> Residents:
    """The register of this installation."""
    found: Residents = import_string(settings.CONSENT_REGISTER)()
    return found
