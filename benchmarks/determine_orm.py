"""The baseline of `determine.py`: one family after the other through Django's models, one save() each.

    determine_orm.py AREA FAMILIES FOLDER      # with DTKS_HOME on an empty folder

As an application would do it that thinks in records. It does less than the pipeline: instead of the welfare
score it takes a decile from the floor area. Loading the register is not measured. Prints one JSON object.
"""

# ruff: noqa: E402  models can be imported only once Django is set up

from __future__ import annotations

import datetime
import json
import sys
import time
from pathlib import Path
from typing import Any

import django

django.setup()

# Models can be imported from here on, and what needs them.
from django.core.management import call_command
from django.utils import timezone
from tests.fixtures import rule_oracle

from dtks.determination.programmes import loader
from dtks.determination.runs.domain import pack
from dtks.determination.runs.models import FamilyResult, Run
from dtks.determination.synth import actions as synth
from dtks.foundation.accounts.acting import as_system
from dtks.foundation.areas import actions as areas
from dtks.foundation.kernel.area_codes import number_of
from dtks.foundation.kernel.ids import new_id
from dtks.foundation.ledger.domain import Actor
from dtks.registration.intake import snapshot_directory
from dtks.registration.registry import models as registry

DAY = datetime.date(2026, 12, 1)
CURRENT = {"superseded_at": None, "valid_to": None}
OF_FAMILY = (registry.FamilyCard, registry.FamilyAssistance, registry.FamilyPotential, registry.Assets)
OF_HOUSEHOLD = (registry.Domicile, registry.Dwelling)
OF_PERSON = (
    registry.PersonDemographics,
    registry.PersonHealth,
    registry.Livelihood,
    registry.PersonAssistance,
    registry.PersonPotential,
    registry.PersonSpecial,
)


def prepare(area: str, families: int, folder: Path) -> Run:
    """A register with made-up families, and the run that results will belong to."""
    call_command("migrate", verbosity=0)
    by = Actor.system("benchmark")
    areas.load(by=by, under=area)
    synth.generate(area=area, families=families, seed=1, out=folder, workers=1)
    snapshot_directory.import_directory(by=by, path=folder, progress=lambda done, total: None)
    run = Run(
        id=new_id(), period="2026-12", taken_on=DAY, people=0, families=0, families_unscored=0,
        families_verification=0, programmes={}, made_at=timezone.now(), made_by="benchmark",
    )  # fmt: skip
    run.save(force_insert=True)
    return run


def facts(kinds: tuple[Any, ...], **subject: Any) -> dict[str, Any]:
    """The current answers of one subject, one query for each table."""
    row: dict[str, Any] = {}
    for kind in kinds:
        one = kind.objects.filter(**CURRENT, **subject).first()
        if one is not None:
            row.update({field.attname: getattr(one, field.attname) for field in kind._meta.concrete_fields})
    return row


def family_row(family: Any) -> dict[str, Any]:
    home = registry.HouseholdMembership.objects.filter(**CURRENT, family=family).first()
    row = {**facts(OF_FAMILY, family=family), **facts(OF_HOUSEHOLD, household=home.household)}
    floor = row.get("floor_area")
    desil = None if floor is None else min(10, 1 + floor // 12)
    return {**row, "village_kind": int(row["domicile_village"][9]), "desil": desil}


def members_of(family: Any) -> list[dict[str, Any]]:
    found = []
    for membership in registry.FamilyMembership.objects.filter(**CURRENT, family=family):
        own = facts(OF_PERSON, person=membership.person)
        born = own.get("birth_date")
        own["age"] = None if born is None else age_of(born)
        own |= {
            "relation": membership.relation, "presence": membership.presence,
            "nik_token": own.get("nik") and int(own["nik"]),
        }  # fmt: skip
        found.append(own)
    return found


def age_of(born: datetime.date) -> int:
    return DAY.year - born.year - ((DAY.month, DAY.day) < (born.month, born.day))


def determine(run: Run) -> int:
    """Judge every family of the register; the number of people."""
    programmes = loader.load(on=DAY)
    people = 0
    for family in registry.Family.objects.all().iterator():
        row, members = family_row(family), members_of(family)
        found = rule_oracle.judge(programmes, row, members)
        FamilyResult(
            run=run,
            family=family.pk,
            village=row["domicile_village"],
            area_number=number_of(row["domicile_village"]),
            size=len(members),
            eligible=" ".join(name for name, one in found.items() if one["status"] == 1),
            programmes={
                name: [int(one["status"]), pack(one["outcomes"]), one["people"], one["amount"], one["open"]]
                for name, one in found.items()
            },
        ).save()
        people += len(members)
    return people


if __name__ == "__main__":
    with as_system():
        target = prepare(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
        started = time.perf_counter()
        done = determine(target)
    print(json.dumps({"people": done, "seconds": time.perf_counter() - started}))
