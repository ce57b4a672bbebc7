"""All of Indonesia in the database: complete, idempotent, and quick to ask by code, name and place."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connection, transaction

from dtks.foundation.areas import actions, queries
from dtks.foundation.areas.errors import AreaCodeError, AreaNotFound
from dtks.foundation.areas.models import Area
from dtks.foundation.areas.names import searchable
from dtks.foundation.ledger.domain import Actor

ALL = {"provinces": 38, "regencies": 514, "districts": 7_285, "villages": 83_762}


@pytest.fixture(scope="module")
def loaded_country(django_db_setup: None, django_db_blocker) -> Iterator[actions.LoadReport]:
    """All areas, loaded once for this module and rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield actions.load(by=Actor.system())
        transaction.set_rollback(True)


@pytest.fixture
def all_areas(loaded_country: actions.LoadReport, db: None) -> actions.LoadReport:
    return loaded_country


def test_everything_is_loaded_and_a_second_load_changes_nothing(all_areas: actions.LoadReport) -> None:
    assert all_areas.added == sum(ALL.values())
    assert queries.counts() == ALL
    again = actions.load(by=Actor.system())
    assert (again.added, again.changed, again.ended, again.unchanged) == (0, 0, 0, sum(ALL.values()))
    assert queries.counts(under="32") == {
        "provinces": 1,
        "regencies": 27,
        "districts": 627,
        "villages": 5_957,
    }


def test_the_hierarchy_answers(all_areas: actions.LoadReport) -> None:
    assert len(queries.children(code="")) == 38
    assert [area.code for area in queries.children(code="34")] == [
        "34.01",
        "34.02",
        "34.03",
        "34.04",
        "34.71",
    ]
    names = [area.name for area in queries.path(code="32.01.01.1007")]
    assert names == ["Jawa Barat", "Kabupaten Bogor", "Cibinong", "Pakansari"]
    villages = queries.villages_under(code="32.01.01")
    assert villages == [area.code for area in queries.children(code="32.01.01")]
    assert queries.villages_under(code="32.01.01.1007") == ["32.01.01.1007"]
    assert len(queries.areas_under(code="", level=2)) == 514
    assert queries.get(code="32").parent == ""
    assert queries.get(code="93.01").valid_from == date(2022, 7, 25)


def test_unknown_areas_are_said_to_be_unknown(all_areas: actions.LoadReport) -> None:
    assert not queries.exists(code="99")
    assert not queries.exists(code="not a code")
    with pytest.raises(AreaNotFound):
        queries.get(code="32.99")
    with pytest.raises(AreaNotFound):
        queries.path(code="32.01.99")
    with pytest.raises(AreaCodeError):
        queries.villages_under(code="3201")
    assert queries.children(code="32.99") == []


def test_search_names_are_made_as_a_search_makes_them(all_areas: actions.LoadReport) -> None:
    rows = list(Area.objects.values_list("name", "search_name"))
    assert [made for _name, made in rows] == [searchable(name) for name, _made in rows]


def _codes(**asked) -> list[str]:
    return [area.code for area in queries.search(**asked)]


def test_search_puts_the_whole_name_and_the_larger_area_first(all_areas: actions.LoadReport) -> None:
    assert set(_codes(text="bogor")[:2]) == {"32.01", "32.71"}
    assert _codes(text="kab. bogor")[0] == "32.01"
    assert _codes(text="Kota Bogor")[0] == "32.71"
    assert _codes(text="cibinong", under="32.01")[0] == "32.01.01"
    assert _codes(text="Pakansari, Cibinong") == ["32.01.01.1007"]
    assert "12.04.28" in _codes(text="ma'u")
    assert all(area.level == 3 for area in queries.search(text="utara", level=3))
    assert len(queries.search(text="suka", limit=7)) == 7
    assert queries.search(text="%") == queries.search(text=" ") == queries.search(text="zzzz") == []


def test_names_in_files_find_their_area(all_areas: actions.LoadReport) -> None:
    assert queries.match(name="TULANGBAWANG", under="18", level=2) == ["18.05"]
    assert queries.match(name="Kec. Cibinong", under="32.01", level=3) == ["32.01.01"]
    assert queries.match(name="Entah", under="32.01", level=3) == []


def test_bps_and_former_codes_lead_to_todays(all_areas: actions.LoadReport) -> None:
    assert queries.without_bps_code() == []
    assert queries.from_bps(code="1101") == "11.09"
    assert queries.from_bps(code="1101010001") == "11.09"
    assert queries.from_bps(code="96") == "94"
    assert queries.from_bps(code="") is None
    assert queries.successors(code="91.01.05.2003") == ["93.01.05.2003"]
    assert queries.successors(code="91.01") == ["93.01"]
    assert queries.successors(code="32.01") == ["32.01"]
    assert queries.successors(code="?") == []


def test_hierarchical_questions_are_served_by_an_index(all_areas: actions.LoadReport) -> None:
    asked = [
        queries._inside("32.01").filter(level=4).order_by("number"),
        queries._in_force().filter(parent="32.01").order_by("number"),
        Area.objects.filter(code="32.01"),
    ]
    looked_up, read_whole = {
        "sqlite": ("SEARCH", "SCAN areas_area"),
        "postgresql": ("Index", "Seq Scan on areas_area"),
    }[connection.vendor]
    for rows in asked:
        plan = rows.explain()
        assert looked_up in plan, plan
        assert read_whole not in plan, plan


def test_each_question_is_one_query(all_areas: actions.LoadReport, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        queries.children(code="32.01")
    with django_assert_num_queries(1):
        queries.path(code="32.01.01.1007")
    with django_assert_num_queries(1):
        queries.search(text="bogor")
