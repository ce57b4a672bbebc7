"""The port through which consents learn who a person is and where they live.

The register is a floor above; it is named by the setting CONSENT_REGISTER (dotted path of a class without
arguments), so that this package need not know it.
"""

from __future__ import annotations

import uuid
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


class Residents(Protocol):
    """What the register must be able to answer."""

    def find(self, person: uuid.UUID) -> Resident | None:
        """The person with this key; None when the scope in force holds none."""


def register() -> Residents:
    """The register of this installation."""
    found: Residents = import_string(settings.CONSENT_REGISTER)()
    return found
