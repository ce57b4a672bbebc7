"""Loading people: what is new goes in, what is known is compared, nothing is overwritten."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from django.db import connection
from django.utils import timezone
from tests.fixtures.small_registers import (
    CHILD,
    FATHER,
    KK,
    NEXT_VILLAGE,
    OTHER_KK,
    VILLAGE,
    child,
    families,
    family,
    father,
    mother,
    people,
    person,
    register,
)

from dtks.foundation.ledger.domain import Actor
from dtks.foundation.scope import installing
from dtks.foundation.scope.tables import written
from dtks.registration.registry import errors, queries
from dtks.registration.registry.actions import initial_load, load_people, restore_indexes
from dtks.registration.registry.bulk.tables import fact_tables
from dtks.registration.registry.domain import FamilyPage, LoadCounts
from dtks.registration.registry.models import (
    CivilRegistryTask,
    Dwelling,
    FamilyMembership,
    Household,
    Person,
    PersonDemographics,
    Recording,
)

__all__ = ["register"]

FIRST = date(2026, 1, 15)
LATER = date(2026, 6, 1)
pytestmark = pytest.mark.usefixtures("register")


def load(
    family_rows: pl.DataFrame | None = None, people_rows: pl.DataFrame | None = None, **changes: Any
) -> LoadCounts:
    given: dict[str, Any] = {
        "by": Actor.system("tester"),
        "area": "32.01",
        "families": families() if family_rows is None else family_rows,
        "people": people() if people_rows is None else people_rows,
        "source": "test",
        "valid_from": FIRST,
    }
    return load_people(**{**given, **changes})


def only_family() -> FamilyPage:
    listed = queries.families(area=VILLAGE)
    assert listed.total == 1
    return queries.family(id=listed.rows[0].family_id)


def rows_in_all_tables() -> dict[str, int]:
    tables = [table.table for table in fact_tables()]
    tables += ["registry_person", "registry_family", "registry_household", "registry_civilregistrytask"]
    with connection.cursor() as cursor:
        counts = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")
            counts[table] = cursor.fetchone()[0]
    return counts


def test_new_people_go_in_with_all_that_is_known_of_them() -> None:
    counts = load()
    assert (counts.families_new, counts.people_new) == (1, 3)
    page = only_family()
    assert page.facts["kk_number"] == KK
    assert page.facts["floor_material"] == 8
    assert page.facts["domicile_village"] == VILLAGE
    assert [member.facts["name"] for member in page.members] == [
        "Ahmad Hidayat",
        "Siti Rahmawati",
        "Dewi Lestari",
    ]
    assert page.head is not None
    assert page.head.facts["nik"] == FATHER
    assert page.members[2].facts["birth_date"] == date(2010, 9, 7)
    assert page.facts["bedrooms"] is None
    assert page.tasks == ()


def test_only_tables_with_an_answer_get_rows() -> None:
    load()
    counts = rows_in_all_tables()
    assert counts["registry_dwelling"] == 1
    assert counts["registry_povertycriteria"] == counts["registry_personhealth"] == 0


def test_the_same_content_again_changes_nothing() -> None:
    load()
    before = rows_in_all_tables()
    counts = load(valid_from=LATER)
    assert counts == LoadCounts(people_unchanged=3, families_unchanged=1)
    assert rows_in_all_tables() == before


def test_a_change_keeps_the_past_and_adds_the_present() -> None:
    load()
    counts = load(families(family(floor_material=2)), people(), valid_from=LATER)
    assert (counts.families_changed, counts.people_unchanged) == (1, 3)
    page = only_family()
    assert page.facts["floor_material"] == 2
    assert page.household_id is not None
    believed_now, *_ = versions = queries.history(table="registry_dwelling", subject=page.household_id)
    assert [
        (v.facts["floor_material"], v.valid_from, v.valid_to, v.superseded_at is None) for v in versions
    ] == [
        (2, LATER, None, True),
        (8, FIRST, LATER, True),
        (8, FIRST, None, False),
    ]
    assert versions[2].superseded_at == believed_now.recorded_at


def test_a_snapshot_of_an_earlier_day_shows_what_held_then() -> None:
    load()
    load(families(family(floor_material=2)), people(), valid_from=LATER)
    now = next(queries.export_snapshot(area="32"))
    then = next(queries.export_snapshot(area="32", as_of=LATER - timedelta(days=1)))
    assert now.families["floor_material"].to_list() == [2]
    assert then.families["floor_material"].to_list() == [8]
    assert list(queries.export_snapshot(area="32", as_of=FIRST - timedelta(days=1))) == []


def test_a_correction_for_the_same_day_leaves_no_false_past() -> None:
    load()
    load(families(family(floor_material=2)), people())
    page = only_family()
    assert page.household_id is not None
    versions = queries.history(table="registry_dwelling", subject=page.household_id)
    assert [(v.facts["floor_material"], v.valid_from, v.superseded_at is None) for v in versions] == [
        (2, FIRST, True),
        (8, FIRST, False),
    ]


def test_an_older_statement_does_not_replace_a_newer_one() -> None:
    load(valid_from=LATER)
    counts = load(families(family(floor_material=2)), people(), valid_from=FIRST)
    assert (counts.outdated, counts.families_unchanged) == (1, 1)
    assert only_family().facts["floor_material"] == 8


def test_what_is_not_answered_erases_nothing() -> None:
    load()
    counts = load(families(family(floor_material=None, toilet=...)), people(father(name=None)))
    assert (counts.families_unchanged, counts.people_unchanged) == (1, 1)
    assert only_family().facts["floor_material"] == 8


def test_an_answer_goes_when_its_question_is_no_longer_asked() -> None:
    load()
    load(families(family(tenure=2, land_title=...)), people())
    assert (only_family().facts["tenure"], only_family().facts["land_title"]) == (2, None)


def test_a_new_answer_of_a_known_family_opens_its_table() -> None:
    load()
    counts = load(families(family(has_shelter=1)), people(father(pregnant=None, chronic_illness=6)))
    assert (counts.families_changed, counts.people_changed, counts.facts_written) == (1, 1, 2)
    assert only_family().facts["has_shelter"] == 1


def test_a_person_without_papers_is_a_full_record_with_open_work() -> None:
    load(people_rows=people(father(), child(nik=None)))
    page = only_family()
    paperless = page.members[1]
    assert paperless.facts["nik"] is None
    assert paperless.temporary_number is not None
    assert paperless.temporary_number.startswith("T32-")
    assert [(task.need, task.person_id) for task in page.tasks] == [(1, paperless.person_id)]


def test_the_nik_that_comes_later_belongs_to_the_same_person() -> None:
    load(people_rows=people(father(), child(nik=None)))
    before = only_family().members[1].person_id
    counts = load(people_rows=people(father(), child(name="DEWI  LESTARI")))
    assert (counts.people_new, counts.people_changed) == (0, 1)
    page = only_family()
    assert page.members[1].person_id == before
    assert page.members[1].facts["nik"] == CHILD
    assert page.tasks == ()
    assert CivilRegistryTask.objects.filter(closed_at__isnull=False).count() == 1


def test_people_without_nik_are_found_again_in_their_family() -> None:
    paperless = people(father(nik=None), child(nik=None))
    load(people_rows=paperless)
    assert load(people_rows=paperless) == LoadCounts(people_unchanged=2, families_unchanged=1)


def test_a_namesake_with_another_nik_is_another_person() -> None:
    load(people_rows=people(father()))
    counts = load(people_rows=people(father(), father(nik=CHILD, relation=8)))
    assert (counts.people_new, counts.people_unchanged) == (1, 1)


def test_a_family_without_card_is_found_by_its_key_until_the_card_comes() -> None:
    load(families(family(kk_number=None)))
    page = only_family()
    assert [task.need for task in page.tasks] == [2]
    assert load(families(family(kk_number=None))).families_unchanged == 1
    assert load().families_changed == 1
    after = only_family()
    assert (after.family_id, after.facts["kk_number"], after.tasks) == (page.family_id, KK, ())


def test_a_member_who_moves_leaves_one_family_and_joins_another() -> None:
    load()
    other = families(family(kk_number=OTHER_KK, village=NEXT_VILLAGE))
    counts = load(other, people(child(relation=4)), valid_from=LATER)
    assert (counts.people_new, counts.people_changed, counts.families_new) == (0, 1, 1)
    assert Person.objects.count() == 3
    assert len(only_family().members) == 2
    joined = queries.families(area=NEXT_VILLAGE).rows[0]
    assert [m.facts["nik"] for m in queries.family(id=joined.family_id).members] == [CHILD]
    closed = FamilyMembership.objects.filter(valid_to=LATER, superseded_at__isnull=True)
    assert closed.count() == 1


def test_families_that_share_a_household_key_share_the_dwelling() -> None:
    rows = families(
        family(household_key="H"),
        family(family_key="B", kk_number=OTHER_KK, household_key="H", floor_material=None, bedrooms=3),
    )
    load(rows, people(father(), mother(family_key="B", relation=1)))
    assert Household.objects.count() == Dwelling.objects.count() == 1
    listed = queries.families(area=VILLAGE).rows
    assert listed[0].household_id == listed[1].household_id
    facts = queries.family(id=listed[1].family_id).facts
    assert (facts["floor_material"], facts["bedrooms"]) == (8, 3)


def test_the_domicile_stays_where_it_was_when_only_the_card_is_sent_again() -> None:
    load(families(family(domicile_village=NEXT_VILLAGE)))
    load()
    listed = queries.families(area=NEXT_VILLAGE)
    assert (listed.total, listed.rows[0].card_village) == (1, VILLAGE)


def test_the_day_of_the_visit_is_since_when_its_answers_hold() -> None:
    load(families(family(enumerated_on=date(2025, 11, 3))))
    assert only_family().origins["registry_dwelling"].valid_from == date(2025, 11, 3)


def test_a_visit_in_the_future_is_no_beginning() -> None:
    load(families(family(enumerated_on=timezone.localdate() + timedelta(days=400))))
    assert only_family().origins["registry_dwelling"].valid_from == FIRST


def test_a_load_is_recorded_with_who_and_how_much() -> None:
    moment = timezone.make_aware(datetime(2026, 2, 1, 8, 30))
    load(recorded_at=moment)
    recording = Recording.objects.get()
    assert (recording.by, recording.source, recording.recorded_at) == ("tester", "test", moment)
    assert (recording.people_new, recording.families_new) == (3, 1)
    assert PersonDemographics.objects.filter(recorded_at=moment).count() == 3


def test_families_may_come_without_people_and_nothing_is_nothing() -> None:
    nobody = pl.DataFrame(schema={"family_key": pl.String})
    assert load(people_rows=nobody).families_new == 1
    assert load(families().clear(), nobody) == LoadCounts()


@pytest.mark.parametrize(
    ("family_rows", "people_rows", "error"),
    [
        (families(family(colour=1)), people(), errors.UnknownColumn),
        (families(family(village=...)), people(), errors.MissingColumn),
        (families(family(village=None)), people(), errors.MissingColumn),
        (families(family(floor_material="keramik")), people(), errors.WrongType),
        (families(), people(father(nik="32019201X7800001")), errors.WrongType),
        (families(family(village="33.01.01.2001")), people(), errors.OutsideArea),
        (families(family(), family(kk_number=OTHER_KK)), people(), errors.FamilyKeyProblem),
        (families(), people(father(family_key="Z")), errors.FamilyKeyProblem),
        (families(family(valid_from=date(2100, 1, 1))), people(), errors.FutureDate),
        (families(), people(father(birth_date=date(2100, 1, 1))), errors.BornInFuture),
        (families(family(rt="123456")), people(), errors.TooLong),
        (families(family(floor_material=77)), people(), errors.Refused),
        (families(), people(father(), mother(nik=FATHER)), errors.Refused),
        (families(), people(father(nik="123")), errors.WrongType),
        (families(family(lat=-6.5)), people(), errors.Refused),
        (families(family(village="32.01.01")), people(), errors.Refused),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_chunk_that_is_wrong_is_refused_whole(
    family_rows: pl.DataFrame, people_rows: pl.DataFrame, error: type[errors.RegistryError]
) -> None:
    before = rows_in_all_tables()
    with pytest.raises(error):
        load(family_rows, people_rows)
    assert rows_in_all_tables() == before


def test_a_refusal_names_the_rule() -> None:
    with pytest.raises(errors.Refused) as refused:
        load(families(family(floor_material=77)))
    assert "dwelling_floor_material_valid" in refused.value.text("en")


def test_people_without_name_can_be_recorded() -> None:
    assert load(people_rows=people(person(nik=FATHER, relation=1))).people_new == 1


def test_an_initial_load_builds_the_indexes_at_its_end() -> None:
    with initial_load(by=Actor.system("tester")):
        assert "persondemographics_one_nik" in queries.missing_indexes()
        assert load(initial=True).people_new == 3
        other = families(family(family_key="B", kk_number=OTHER_KK))
        assert load(other, people(child(family_key="B", nik=None)), initial=True).families_new == 1
    assert queries.missing_indexes() == []
    assert queries.families(area=VILLAGE).total == 2
    assert load() == LoadCounts(people_unchanged=3, families_unchanged=1)


def test_an_initial_load_of_the_same_people_twice_is_refused_at_its_end() -> None:
    with pytest.raises(errors.Refused), initial_load(by=Actor.system("tester")):
        load(initial=True)
        load(initial=True)
    assert queries.missing_indexes()
    empty_the_register()
    restore_indexes(by=Actor.system("tester"))


def empty_the_register() -> None:
    tables = [written(table, connection) for table in rows_in_all_tables()]
    if connection.vendor == "postgresql":
        owners("TRUNCATE " + ", ".join(tables) + " CASCADE")
        return
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DELETE FROM {table}")


def owners(statement: str) -> None:
    """A statement that only the owner of the tables may give."""
    with installing.as_owner(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_an_initial_load_is_for_an_empty_register() -> None:
    load()
    with pytest.raises(errors.NotEmpty), initial_load(by=Actor.system("tester")):
        pass
    with pytest.raises(errors.Refused):
        load(initial=True)


def test_indexes_that_a_crash_left_out_can_be_built() -> None:
    owners("DROP INDEX persondemographics_one_nik")
    assert queries.missing_indexes() == ["persondemographics_one_nik"]
    assert restore_indexes(by=Actor.system("tester")) == ["persondemographics_one_nik"]
    assert queries.missing_indexes() == []
