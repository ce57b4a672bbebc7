"""The same way on PostgreSQL: load, wait, mend, nothing twice."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from tests.fixtures import intake_files as made

from dtks.foundation.areas import actions as areas
from dtks.foundation.ledger.domain import Actor
from dtks.registration.intake import actions, queries, report


@pytest.mark.postgres
def test_the_way_through_on_postgresql(postgres: str, tmp_path: Path) -> None:
    areas.load(by=Actor.system("test"), under="32.01.02")
    people = made.people(40)
    rows = [made.opensid_row(person) for person in people]
    rows[3]["nik"] = "32019001"
    rows[9]["nama"] = "=1+1"
    path = made.opensid_workbook(tmp_path / "a.xlsx", rows)
    done = actions.import_file(by=Actor.system("test"), path=path, area=made.VILLAGE)
    assert (done.people_new, done.families_new, done.rows_pending) == (len(rows) - 2, 40, 2)
    assert actions.import_file(by=Actor.system("test"), path=path, area=made.VILLAGE).already_imported
    assert len(queries.problems(job_id=done.job, code="DTKS-IMP-102")) == 1
    assert queries.jobs()[0].open_pending == 2
    book = openpyxl.load_workbook(report.write(job_id=done.job, path=tmp_path / "r.xlsx"))
    book["Data Penduduk"].cell(row=2, column=7).value = people[3].nik
    book["Data Penduduk"].cell(row=3, column=5).value = people[9].name
    book.save(tmp_path / "lagi.xlsx")
    again = actions.import_file(by=Actor.system("test"), path=tmp_path / "lagi.xlsx")
    assert (again.people_new, again.rows_mended, again.rows_pending) == (2, 2, 0)
    assert queries.open_pending(area="32.01") == 0
