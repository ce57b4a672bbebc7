"""The database itself refuses what can never be true, whoever writes it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from tests.fixtures.small_registers import register

from dtks.foundation.kernel.ids import new_id
from dtks.foundation.scope.tables import written
from dtks.registration.registry import models

__all__ = ["register"]
pytestmark = pytest.mark.usefixtures("register")

START = date(2026, 1, 1)
VILLAGE = 3201012001


def record(model: type[Any], **fields: Any) -> Any:
    given = {"province": 32, "area_number": VILLAGE, "recorded_at": timezone.now(), "source": "test"}
    return model.objects.create(**{**given, **fields})


def fact(model: type[Any], **fields: Any) -> Any:
    given = {"valid_from": START, **fields}
    return record(model, **given)


def refused(write: Any) -> bool:
    """Whether the database refuses; a reference may be checked only at the end of the transaction."""
    try:
        with transaction.atomic():
            write()
            connection.check_constraints()
    except IntegrityError:
        return True
    return False


@pytest.mark.parametrize(
    ("table", "answer"),
    [
        (models.PersonHealth, {"chronic_illness": 19}),
        (models.PersonHealth, {"child_nutrition": 4}),
        (models.PersonHealth, {"health_insurance": 16}),
        (models.PersonHealth, {"weight_kg": -1.0}),
        (models.Livelihood, {"work_hours": 100}),
        (models.Livelihood, {"monthly_income": -1}),
        (models.PersonDemographics, {"birth_date": date(2000, 1, 2), "deceased_on": date(2000, 1, 1)}),
        (models.PersonSpecial, {"ppks_group": 27}),
        (models.PersonHealth, {"valid_to": START}),
        (models.PersonHealth, {"superseded_at": timezone.make_aware(timezone.datetime(2020, 1, 1))}),
    ],
    ids=str,
)
def test_an_impossible_answer_about_a_person(table: type[Any], answer: dict[str, Any]) -> None:
    person = record(models.Person)
    assert refused(lambda: fact(table, person=person, **answer))


@pytest.mark.parametrize(
    "answer",
    [{"chronic_illness": 18}, {"child_nutrition": 8}, {"health_insurance": 99}, {"weight_kg": 3.2}, {}],
)
def test_a_possible_answer_goes_in(answer: dict[str, Any]) -> None:
    person = record(models.Person)
    assert not refused(lambda: fact(models.PersonHealth, person=person, **answer))


def test_one_current_row_per_subject_and_table() -> None:
    person = record(models.Person)
    fact(models.PersonHealth, person=person)
    assert refused(lambda: fact(models.PersonHealth, person=person))
    assert not refused(lambda: fact(models.PersonHealth, person=person, valid_to=date(2026, 2, 1)))


def test_one_current_person_per_nik_and_one_current_family_per_kk() -> None:
    nik, card = new_id(), {"kk_index": new_id(), "village": "32.01.01.2001"}
    fact(models.PersonDemographics, person=record(models.Person), nik_index=nik)
    assert refused(lambda: fact(models.PersonDemographics, person=record(models.Person), nik_index=nik))
    fact(models.FamilyCard, family=record(models.Family), **card)
    assert refused(lambda: fact(models.FamilyCard, family=record(models.Family), **card))


def test_a_person_is_in_one_family_at_a_time() -> None:
    person, family = record(models.Person), record(models.Family)
    fact(models.FamilyMembership, person=person, family=family)
    assert refused(lambda: fact(models.FamilyMembership, person=person, family=record(models.Family)))


def test_a_fact_about_nobody() -> None:
    assert refused(lambda: fact(models.PersonHealth, person_id=new_id()))
    assert refused(lambda: fact(models.FamilyMembership, person=record(models.Person), family_id=new_id()))


def test_nobody_with_facts_can_be_deleted() -> None:
    person = record(models.Person)
    fact(models.PersonHealth, person=person)
    with_sql = f"DELETE FROM {written('registry_person', connection)}"
    assert refused(lambda: connection.cursor().execute(with_sql))


def test_a_household_has_families_or_single_people_not_both_in_one_row() -> None:
    household = record(models.Household)
    person, family = record(models.Person), record(models.Family)
    assert refused(
        lambda: fact(models.HouseholdMembership, household=household, person=person, family=family)
    )
    assert refused(lambda: fact(models.HouseholdMembership, household=household))
    assert not refused(lambda: fact(models.HouseholdMembership, household=household, person=person))
