"""The register's answer to citizens who sign in (port `dtks.foundation.accounts.citizens`)."""

from __future__ import annotations

import uuid

from dtks.foundation.accounts.citizens import CitizenMatch
from dtks.registration.registry import queries
from dtks.registration.registry.codes.demographic import VitalStatus
from dtks.registration.registry.domain import PersonRow


class Register:
    """Finds a citizen; changes nothing."""

    def find(self, nik: str) -> CitizenMatch | None:
        """The living person who bears the NIK now and belongs to a family with a domicile; None for nobody,
        and for a NIK that two people bear: then the office has to decide whose it is."""
        found = self.known(nik=nik)
        return found if found is not None and found.living else None

    def known(self, *, nik: str = "", person: uuid.UUID | None = None) -> CitizenMatch | None:
        """The same, alive or dead, by NIK or by the person's key."""
        if person is not None:
            one = queries.person(id=person)
            return _match(one) if one is not None and one.nik else None
        found = [each for each in queries.people(text=nik, limit=2) if each.nik == nik]
        return _match(found[0]) if len(found) == 1 else None

    def kin(self, *, nik: str = "", person: uuid.UUID | None = None) -> frozenset[uuid.UUID]:
        """Whoever bears the NIK now, however many, or has the key, and all on their family cards."""
        return queries.kin(nik=nik, person=person)


def _match(row: PersonRow) -> CitizenMatch:
    page = queries.family(id=row.family_id)
    # Phones are asked for at the visit, of whoever answers for the family.
    phone = page.facts.get("respondent_phone") or ""
    return CitizenMatch(
        person=row.person_id,
        name=row.name or "",
        kk_number=page.facts.get("kk_number") or "",
        birth_date=row.birth_date,
        village=row.village,
        nik=row.nik or "",
        contacts=(phone,) if phone else (),
        family=frozenset(each.person_id for each in page.members) | {row.person_id},
        living=row.status in (None, VitalStatus.ALIVE),
    )
