"""The port through which a citizen who signs in is looked up in the register.

The register is a floor below; it is named by the setting CITIZEN_REGISTER (dotted path of a class without
arguments), so that accounts need not know it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True, repr=False)
class CitizenMatch:
    """A person of the register as signing in needs to know them. ``village``: dotted code, '' when unknown.

    ``kk_number`` is what the person is asked besides the NIK; '': not recorded. ``contacts``: the phone
    numbers and e-mail addresses that the register knows for the family, as they were written down.
    ``family``: the keys of all on the family card, the person's own among them.
    """

    person: uuid.UUID
    name: str
    kk_number: str
    birth_date: date | None
    village: str
    nik: str = ""
    contacts: tuple[str, ...] = ()
    family: frozenset[uuid.UUID] = frozenset()
    living: bool = True


class CitizenRegister(Protocol):
    """What the register must be able to answer."""

    def find(self, nik: str) -> CitizenMatch | None:
        """The living person who bears this NIK now; None when there is none. Called inside a scope of the
        whole country: nobody acts yet."""

    def known(self, *, nik: str = "", person: uuid.UUID | None = None) -> CitizenMatch | None:
        """Whoever in the caller's scope bears this NIK now or has this key, alive or dead; None for nobody,
        for a NIK that two people bear, and for a person without a NIK."""

    def kin(self, *, nik: str = "", person: uuid.UUID | None = None) -> frozenset[uuid.UUID]:
        """The keys of all in the caller's scope who stand on a family card on which this person, or anybody
        who bears this NIK now, stands or ever stood: of a NIK that two people bear, both families."""


def register() -> CitizenRegister:
    """The register of this installation."""
    found: CitizenRegister = import_string(settings.CITIZEN_REGISTER)()
    return found
