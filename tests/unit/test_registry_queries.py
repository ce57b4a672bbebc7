"""Asking the register: constant numbers of queries, and nobody from outside the area."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import polars as pl
import pytest
from django.utils import timezone
from tests.fixtures.small_registers import (
    FATHER,
    KK,
    MOTHER,
    NEXT_VILLAGE,
    VILLAGE,
    child,
    families,
    family,
    mother,
    people,
    person,
    register,
)

from dtks.foundation.ledger.domain import Actor
from dtks.registration.registry import dictionary, errors, models, queries
from dtks.registration.registry.actions import load_people

__all__ = ["register"]
pytestmark = pytest.mark.usefixtures("register")

FAR_VILLAGE = "33.01.01.2001"
NAMES = ("Wahyu Saputra", "Joko Susilo", "Rina Kusuma", "Eko Prasetyo")


def load(family_rows: pl.DataFrame, people_rows: pl.DataFrame) -> None:
    load_people(by=Actor.system("tester"), area="", families=family_rows, people=people_rows, source="test")


@pytest.fixture(autouse=True)
def three_villages(register: str) -> None:
    load(families(), people())
    rows = [
        family(
            family_key=str(number), kk_number=str(int(KK) + 10 + number), village=village, rt=f"00{number}"
        )
        for number, village in enumerate((VILLAGE, VILLAGE, NEXT_VILLAGE, FAR_VILLAGE))
    ]
    heads = [
        person(family_key=str(n), nik=str(int(FATHER) + 10 + n), name=name, sex=1, relation=1, member_no=1)
        for n, name in enumerate(NAMES)
    ]
    load(families(*rows), people(*heads))


def heads(**asked: Any) -> list[str | None]:
    return [row.head_name for row in queries.families(**asked).rows]


def test_a_list_shows_the_families_of_its_area_only() -> None:
    assert queries.families().total == 5
    assert heads(area="33") == ["Eko Prasetyo"]
    assert heads(area=NEXT_VILLAGE) == ["Rina Kusuma"]
    assert queries.families(area="32.01.01").total == 4
    assert queries.families(area="32.01.0").total == 0
    assert queries.families(area="3").total == 0
    assert queries.count_by_area(area="32") == {VILLAGE: 3, NEXT_VILLAGE: 1}


def test_a_row_says_who_and_where() -> None:
    (row,) = queries.families(area=VILLAGE, search=KK).rows
    assert (row.kk_number, row.head_name, row.head_nik, row.size) == (KK, "Ahmad Hidayat", FATHER, 3)
    assert (row.village, row.rt, row.rw, row.address) == (VILLAGE, "001", "002", "Jl. Melati 1")


@pytest.mark.parametrize(
    "asked", ["Siti", "siti rahma", "RAHMAWATI", "siti rachmawati", MOTHER, f" {KK} ", "Achmad"]
)
def test_a_family_is_found_by_a_members_name_or_a_number(asked: str) -> None:
    assert heads(area="32", search=asked) == ["Ahmad Hidayat"]


@pytest.mark.parametrize("asked", ["Rahma Santoso", "!!", "3201920101209999", "maWati", "%", "_"])
def test_what_does_not_match_finds_nobody(asked: str) -> None:
    assert heads(area="32", search=asked) == []


def test_a_search_does_not_leave_the_area() -> None:
    assert heads(area="32", search="Eko") == []
    assert queries.people(text="Eko", area="32") == []
    assert [row.name for row in queries.people(text="Eko", area="33")] == ["Eko Prasetyo"]


def test_pages_filters_and_order() -> None:
    by_name = ["Ahmad Hidayat", "Eko Prasetyo", "Joko Susilo", "Rina Kusuma", "Wahyu Saputra"]
    assert heads(sort="name") == by_name
    assert heads(sort="name", descending=True) == by_name[::-1]
    assert heads(sort="name", offset=1, limit=2) == by_name[1:3]
    assert heads(sort="size", descending=True)[0] == "Ahmad Hidayat"
    assert heads(rt="1", sort="name") == ["Ahmad Hidayat", "Joko Susilo"]
    ids = [row.family_id for row in queries.families(sort="name").rows[:2]]
    assert heads(ids=ids, sort="name") == by_name[:2]
    assert heads(ids=[]) == []


@pytest.mark.parametrize(
    ("ask", "number"),
    [
        (lambda: queries.families(area="32", limit=50), 2),
        (lambda: queries.families(area="32", sort="name", search="Siti"), 2),
        (lambda: queries.people(text="Ahmad"), 1),
        (queries.count_by_area, 1),
    ],
)
def test_the_number_of_queries_is_fixed(ask: Any, number: int, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(number):
        ask()


@pytest.mark.parametrize("members", [1, 3])
def test_a_family_page_takes_four_queries(members: int, django_assert_num_queries: Any) -> None:
    (wanted,) = queries.families(search=KK if members == 3 else str(int(KK) + 10)).rows
    with django_assert_num_queries(4):
        page = queries.family(id=wanted.family_id)
    assert len(page.members) == members


def test_a_family_page_has_every_variable_of_the_dictionary() -> None:
    (wanted,) = queries.families(search=KK).rows
    page = queries.family(id=wanted.family_id)
    assert page.facts.keys() == dictionary.by_name(level="family").keys()
    assert page.members[0].facts.keys() == dictionary.by_name(level="person").keys()
    assert {"registry_familycard", "registry_dwelling", "registry_assets"} <= page.origins.keys()


def test_an_unknown_family() -> None:
    with pytest.raises(errors.FamilyNotFound):
        queries.family(id=uuid4())


def test_a_snapshot_comes_in_parts_of_one_province_each() -> None:
    parts = list(queries.export_snapshot())
    assert [part.families["province"].unique().to_list() for part in parts] == [[32], [33]]
    assert [(part.families.height, part.people.height) for part in parts] == [(4, 6), (1, 1)]
    small = list(queries.export_snapshot(area="32", families_per_part=1))
    assert [part.families.height for part in small] == [3, 1]
    assert pl.concat([part.families for part in small]).equals(parts[0].families)


def test_a_snapshot_has_the_dictionarys_columns_and_no_identity() -> None:
    part = next(queries.export_snapshot(area="32"))
    for level, frame in (("family", part.families), ("person", part.people)):
        for name, variable in dictionary.by_name(level=level).items():
            if variable.in_snapshot:
                assert str(frame.schema[name]) == variable.dtype, name
            elif variable.identity and name not in ("nik", "kk_number"):
                assert name not in frame.columns
    assert set(part.people["family_id"]) == set(part.families["family_id"])
    assert part.families["size"].sum() == part.people.height
    head = part.people.filter(pl.col("nik") == FATHER)
    assert head.select("sex", "relation", "birth_date").row(0) == (1, 1, date(1980, 7, 1))


def test_the_dead_and_the_departed_are_not_in_a_snapshot() -> None:
    load(families(), people(mother(status=2), child(presence=3)))
    part = next(queries.export_snapshot(area=VILLAGE))
    assert part.families.filter(kk_number=KK)["size"].to_list() == [1]
    assert MOTHER not in part.people["nik"].to_list()


def test_a_person_who_lives_apart_is_in_a_household_of_their_own() -> None:
    member = models.PersonDemographics.objects.get(birth_date=date(1982, 8, 7)).person
    given: dict[str, Any] = {
        "province": 32,
        "area_number": 3201012001,
        "recorded_at": timezone.now(),
        "source": "test",
    }
    elsewhere = models.Household.objects.create(**given)
    models.HouseholdMembership.objects.create(
        household=elsewhere, person=member, valid_from=date(2026, 1, 1), **given
    )
    part = next(queries.export_snapshot(area=VILLAGE))
    assert part.people.filter(nik=MOTHER)["household_id"].to_list() == [str(elsewhere.id)]


def test_identities_come_apart_from_the_facts() -> None:
    frame = pl.concat(list(queries.identities(area="33")))
    assert frame.select("name", "village").rows() == [("Eko Prasetyo", FAR_VILLAGE)]
    assert frame["person_id"].str.len_chars().to_list() == [36]
