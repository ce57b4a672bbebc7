"""Imports in one's own area: what is on record elsewhere waits, and is not shown."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.fixtures import intake_files as made
from tests.fixtures.small_registers import register

from dtks.foundation.areas import actions as areas
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.scope.current import limited_to
from dtks.foundation.scope.errors import OutsideScope
from dtks.registration.intake import actions, queries
from dtks.registration.registry import actions as register_actions
from dtks.registration.registry import queries as registry

__all__ = ["register"]
pytestmark = pytest.mark.usefixtures("register")

HERE, THERE = made.VILLAGE, "32.01.02.2006"


@pytest.fixture(autouse=True)
def _areas(register: str) -> None:
    areas.load(by=Actor.system("test"), under="32.01.02")


def in_file(path: Path, area: str):
    operator = Actor("11111111-1111-4111-8111-111111111111", "operator-desa", area)
    with limited_to(area):
        return actions.import_file(by=operator, path=path, area="", format="opensid_penduduk")


def rows(families: int) -> list[made.Row]:
    return [made.opensid_row(person) for person in made.people(families)]


def test_without_an_area_the_file_is_of_the_operators_own(tmp_path: Path) -> None:
    done = in_file(made.opensid_workbook(tmp_path / "a.xlsx", rows(3)), HERE)
    assert done.rows_pending == 0
    assert registry.count_by_area(area="") == {HERE: 3}


def test_numbers_on_record_elsewhere_wait(tmp_path: Path) -> None:
    theirs = rows(5)
    in_file(made.opensid_workbook(tmp_path / "a.xlsx", theirs), THERE)
    again = [dict(row) for row in theirs]
    # The first family under its own card; a member of another under a card of this village.
    card, moved = again[0]["no_kk"], next(row for row in again if row["no_kk"] != again[0]["no_kk"])
    first = [row for row in again if row["no_kk"] == card]
    moved["no_kk"] = "3201940101200001"
    done = in_file(made.opensid_workbook(tmp_path / "b.xlsx", [*first, moved]), HERE)
    assert done.problems == {"DTKS-IMP-137": 1, "DTKS-IMP-138": len(first)}
    assert (done.rows_accepted, done.rows_pending) == (0, len(first) + 1)
    with limited_to(HERE):
        shown = queries.problems(job_id=done.job, language="id")
        assert {problem.code for problem in shown} == {"DTKS-IMP-137", "DTKS-IMP-138"}
        assert registry.families(area="").total == 0
    assert registry.count_by_area(area="") == {THERE: 5}


def preview(path: Path, area: str, scope: str = ""):
    """The preview of an uploaded file, and how many queries it took."""
    operator = Actor("11111111-1111-4111-8111-111111111111", "operator-desa", scope or area)
    with limited_to(scope or area):
        job, _ = actions.upload(by=operator, name=path.name, pieces=[path.read_bytes()], area=area)
        with CaptureQueriesContext(connection) as asked:
            found = queries.preview(job_id=job, today=timezone.localdate(), language="id")
    return found, len(asked)


def test_the_preview_shows_numbers_on_record_elsewhere_as_the_import_would(tmp_path: Path) -> None:
    theirs = rows(5)
    in_file(made.opensid_workbook(tmp_path / "a.xlsx", theirs), THERE)
    again = [dict(row) for row in theirs]
    card, moved = again[0]["no_kk"], next(row for row in again if row["no_kk"] != again[0]["no_kk"])
    first = [row for row in again if row["no_kk"] == card]
    moved["no_kk"] = "3201940101200001"
    fresh = [made.opensid_row(person) for person in made.people(7)[-2:]]
    path = made.opensid_workbook(tmp_path / "b.xlsx", [*first, moved, *fresh])
    found, _ = preview(path, HERE)
    held = [problem for problem in found.problems if problem.holds_back]
    assert sorted((problem.code, problem.row) for problem in held) == [
        ("DTKS-IMP-137", len(first) + 2), *(("DTKS-IMP-138", row + 2) for row in range(len(first))),
    ]  # fmt: skip
    assert {problem.value for problem in held} == {card, moved["nik"]}
    assert all(problem.cell for problem in held), "where to mend it"
    assert found.held_back == len(first) + 1
    done = in_file(path, HERE)
    assert done.rows_pending == found.held_back
    assert done.problems == {"DTKS-IMP-137": 1, "DTKS-IMP-138": len(first)}


def test_what_is_on_record_in_ones_own_area_is_no_conflict(tmp_path: Path) -> None:
    mine = rows(3)
    in_file(made.opensid_workbook(tmp_path / "a.xlsx", mine), HERE)
    again = made.opensid_workbook(tmp_path / "b.xlsx", mine[:-1])
    found, _ = preview(again, HERE)
    assert found.held_back == 0
    in_district, _ = preview(again, THERE, "32.01.02")
    assert in_district.held_back == 0


def test_a_row_that_is_wrong_already_is_told_once(tmp_path: Path) -> None:
    theirs = rows(2)
    in_file(made.opensid_workbook(tmp_path / "a.xlsx", theirs), THERE)
    again = [dict(row) for row in theirs]
    again[0]["nik"] = "3201909999990001"  # no such date
    found, _ = preview(made.opensid_workbook(tmp_path / "b.xlsx", again), HERE)
    assert found.held_back == len(again)
    assert [p.code for p in found.problems if p.holds_back and p.row == 2] == ["DTKS-IMP-102"]


def test_the_preview_asks_as_often_for_many_rows_as_for_few(tmp_path: Path) -> None:
    theirs = rows(40)
    in_file(made.opensid_workbook(tmp_path / "a.xlsx", theirs), THERE)
    few, asked_few = preview(made.opensid_workbook(tmp_path / "few.xlsx", theirs[:3]), HERE)
    many, asked_many = preview(made.opensid_workbook(tmp_path / "many.xlsx", theirs), HERE)
    assert (few.held_back, many.held_back) == (3, len(theirs))
    assert asked_few == asked_many


def test_nobody_imports_into_another_area(tmp_path: Path) -> None:
    path = made.opensid_workbook(tmp_path / "a.xlsx", rows(2))
    by = Actor("11111111-1111-4111-8111-111111111111", "operator-desa", HERE)
    with limited_to(HERE), pytest.raises(OutsideScope):
        actions.import_file(by=by, path=path, area=THERE, format="opensid_penduduk")
    with limited_to(HERE), pytest.raises(OutsideScope):
        actions.upload(by=by, name="a.xlsx", pieces=[path.read_bytes()], area=THERE)


def test_imports_of_another_area_are_not_listed(tmp_path: Path) -> None:
    done = in_file(made.opensid_workbook(tmp_path / "a.xlsx", rows(2)), THERE)
    with limited_to(HERE):
        assert queries.jobs() == []
        assert queries.job(job_id=done.job) is None
        assert queries.report(job_id=done.job) is None
    with limited_to("32.01.02"):
        assert [job.id for job in queries.jobs()] == [done.job]


def test_a_family_that_moves_takes_its_past_along(tmp_path: Path) -> None:
    in_file(made.opensid_workbook(tmp_path / "a.xlsx", rows(2)), THERE)
    with limited_to("32.01.02"):
        by = Actor("11111111-1111-4111-8111-111111111111", "kecamatan", "32.01.02")
        families = registry.families(area=THERE)
        card = families.rows[0].kk_number
        moving = pl.DataFrame(
            {"family_key": ["k"], "kk_number": [card], "village": [THERE], "domicile_village": [HERE]}
        )
        nobody = pl.DataFrame(schema={"family_key": pl.String})
        register_actions.load_people(by=by, area="32.01.02", families=moving, people=nobody, source="test")
    with limited_to(HERE):
        found = registry.families(area="")
        assert [row.kk_number for row in found.rows] == [card]
        page = registry.family(id=found.rows[0].family_id)
        assert page.members and all(member.facts["name"] for member in page.members)
        table = "registry_persondemographics"
        assert registry.history(table=table, subject=page.members[0].person_id)
    with limited_to(THERE):
        assert registry.families(area="").total == 1
