"""The register's answer to those who write consents down (port `dtks.foundation.privacy.residents`)."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from dtks.foundation.kernel.masking import mask_number
from dtks.foundation.privacy.residents import Home, Resident
from dtks.registration.registry import queries
from dtks.registration.registry.codes.demographic import VitalStatus


class Register:
    """Finds a person by key; changes nothing."""

    def find(self, person: uuid.UUID) -> Resident | None:
        """The person as a member of a family; None for a key that the scope in force does not hold."""
        found = queries.person(id=person)
        if found is None:
            return None
        return Resident(
            person=found.person_id,
            family=found.family_id,
            name=found.name or "",
            masked_nik=mask_number(found.nik) if found.nik else "",
            village=found.village,
            alive=found.status in (None, VitalStatus.ALIVE),
            birth_date=found.birth_date,
        )

    def families_of(self, persons: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
        """{person: family} of those who are people of the scope in force."""
        return queries.families_of(persons=persons)

    def homes(self, families: Collection[uuid.UUID]) -> dict[uuid.UUID, Home]:
        """{family: home}; 'RT 01' and '1' are one, and blanks and capitals make no other address."""
        return {
            family: Home(village, rw.lstrip("0"), rt.lstrip("0"), " ".join(address.split()).casefold())
            for family, (village, rw, rt, address) in queries.homes(families=families).items()
        }
