"""The register's answer to citizens who sign in (port `dtks.foundation.accounts.citizens`)."""

from __future__ import annotations

from dtks.foundation.accounts.citizens import CitizenMatch
from dtks.registration.registry import queries
from dtks.registration.registry.codes.demographic import VitalStatus


class Register:
    """Finds a citizen; changes nothing."""

    def find(self, nik: str) -> CitizenMatch | None:
        """The living person who bears the NIK now and belongs to a family with a domicile; None for nobody,
        and for a NIK that two people bear: then the office has to decide whose it is."""
        found = [each for each in queries.people(text=nik, limit=2) if each.nik == nik]
        if len(found) != 1 or found[0].status not in (None, VitalStatus.ALIVE):
            return None
        person = found[0]
        facts = queries.family(id=person.family_id).facts
        return CitizenMatch(
            person=person.person_id,
            name=person.name or "",
            kk_number=facts.get("kk_number") or "",
            birth_date=person.birth_date,
            village=person.village,
        )
