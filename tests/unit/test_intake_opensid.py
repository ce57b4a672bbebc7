"""An OpenSID population workbook on its way into the register: good rows in, bad rows kept, nothing twice."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from tests.fixtures import intake_files as made

from dtks.foundation.areas import actions as areas
from dtks.foundation.ledger.domain import Actor
from dtks.registration.intake import actions, errors, queries, report
from dtks.registration.intake.domain import State
from dtks.registration.intake.models import ImportJob, PendingRow

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _areas() -> None:
    areas.load(by=Actor.system("test"), under="32.01.02")


def in_file(path: Path, **options: object):
    return actions.import_file(by=Actor.system("test"), path=path, area=made.VILLAGE, **options)


def rows_of(families: int = 20) -> list[made.Row]:
    return [made.opensid_row(person) for person in made.people(families)]


def test_good_rows_go_in(tmp_path: Path) -> None:
    rows = rows_of()
    done = in_file(made.opensid_workbook(tmp_path / "a.xlsx", rows))
    assert (done.rows_read, done.rows_accepted, done.rows_pending) == (len(rows), len(rows), 0)
    assert (done.people_new, done.families_new) == (len(rows), 20)
    assert done.problems == {}
    assert done.format == "opensid_penduduk"


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    path = made.opensid_workbook(tmp_path / "a.xlsx", rows_of())
    first = in_file(path)
    again = in_file(path)
    assert again.already_imported
    assert again.job == first.job
    # Saved anew under another name the bytes differ; what they say does not.
    other = made.opensid_csv(tmp_path / "b.csv", rows_of())
    third = in_file(other)
    assert not third.already_imported
    assert (third.people_new, third.people_changed, third.families_new, third.families_changed) == (
        0,
        0,
        0,
        0,
    )


def test_bad_rows_wait_and_the_rest_of_the_family_goes_in(tmp_path: Path) -> None:
    rows = rows_of()
    rows[3]["nik"] = "32019001"
    rows[7]["sex"] = "X"
    rows[11]["tanggallahir"] = "31-02-2001"
    done = in_file(made.opensid_workbook(tmp_path / "a.xlsx", rows))
    assert done.rows_pending == 3
    assert done.rows_accepted == len(rows) - 3
    assert done.problems == {"DTKS-IMP-102": 1, "DTKS-IMP-105": 1, "DTKS-IMP-106": 1}
    assert 1 <= done.families_incomplete <= 3
    shown = queries.problems(job_id=done.job, language="id")
    assert [(p.sheet, p.row, p.column, p.value) for p in shown if p.holds_back] == [
        ("Data Penduduk", 5, "nik", "32019001"),
        ("Data Penduduk", 9, "sex", "X"),
        ("Data Penduduk", 13, "tanggallahir", "31-02-2001"),
    ]
    assert all(problem.what and problem.mend for problem in shown)


def test_the_report_comes_back_mended(tmp_path: Path) -> None:
    rows = rows_of()
    good = [dict(row) for row in rows]
    rows[3]["nik"] = "32019001"
    rows[7]["sex"] = "X"
    done = in_file(made.opensid_workbook(tmp_path / "a.xlsx", rows))
    path = report.write(job_id=done.job, path=tmp_path / "laporan.xlsx")
    book = openpyxl.load_workbook(path)
    page = book["Data Penduduk"]
    assert [cell.value for cell in page[1]][:43] == made.headings("opensid_penduduk", "penduduk")
    bad = page.cell(row=2, column=7)
    assert bad.value == "32019001"
    assert bad.fill.fgColor.rgb == "FFFFC7CE"
    assert "NIK tidak sah" in bad.comment.text
    assert page.max_row == 3
    # One row is mended, the other not yet.
    bad.value = good[3]["nik"]
    book.save(tmp_path / "diperbaiki.xlsx")
    # The report knows the village that it belongs to.
    again = actions.import_file(by=Actor.system("test"), path=tmp_path / "diperbaiki.xlsx")
    assert (again.rows_accepted, again.rows_pending, again.rows_mended) == (1, 1, 1)
    assert again.people_new == 1
    assert again.families_new == 0
    fates = dict(PendingRow.objects.filter(job=done.job).values_list("row", "fate"))
    assert fates == {5: PendingRow.Fate.MENDED, 9: PendingRow.Fate.REPLACED}
    assert queries.open_pending(area=made.VILLAGE) == 1


def test_a_mended_original_closes_its_waiting_rows(tmp_path: Path) -> None:
    rows = rows_of()
    good = [dict(row) for row in rows]
    rows[3]["nik"] = "32019001"
    rows[7]["sex"] = "X"
    in_file(made.opensid_workbook(tmp_path / "a.xlsx", rows))
    again = in_file(made.opensid_workbook(tmp_path / "b.xlsx", good))
    assert (again.people_new, again.rows_mended, again.rows_pending) == (2, 2, 0)
    assert queries.open_pending(area=made.VILLAGE) == 0


def test_no_report_holds_a_live_formula(tmp_path: Path) -> None:
    rows = rows_of()
    rows[0]["nama"] = "=HYPERLINK(A1)"
    rows[1]["alamat"] = "@SUM(1+1)"
    rows[2]["nama_ibu"] = "+cmd|' /C calc'!A0"
    path = made.opensid_csv(tmp_path / "a.csv", rows)
    done = in_file(path)
    assert done.problems == {"DTKS-IMP-111": 3}
    book = openpyxl.load_workbook(report.write(job_id=done.job, path=tmp_path / "r.xlsx"))
    for page in book:
        for row in page.iter_rows():
            assert all(cell.data_type != "f" for cell in row)


def test_what_only_the_whole_file_shows(tmp_path: Path) -> None:
    people = made.people(12)
    families = list(made.families_of(people))
    pair = [members for members in families if len(members) >= 2][:3]
    rows = {person.nik: made.opensid_row(person) for person in people}
    # Two heads on one card; one NIK on two cards; a card without a head; a row twice.
    rows[pair[0][1].nik]["kk_level"] = "1"
    rows[pair[1][1].nik]["nik"] = pair[2][1].nik
    rows[families[-1][0].nik]["kk_level"] = "9"
    listed = [*rows.values(), dict(rows[families[-2][0].nik])]
    done = in_file(made.opensid_workbook(tmp_path / "a.xlsx", listed))
    assert done.problems == {"DTKS-IMP-112": 2, "DTKS-IMP-113": 2}
    assert done.warnings["DTKS-IMP-114"] == 1
    assert done.warnings["DTKS-IMP-129"] == 1
    assert done.rows_skipped == 1
    assert done.rows_read == done.rows_accepted + done.rows_pending + done.rows_skipped


def test_a_family_across_a_chunk_border_stays_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dtks.registration.intake.spooling.PART_ROWS", 7)
    monkeypatch.setattr("dtks.registration.intake.planning.CHUNK_ROWS", 5)
    monkeypatch.setattr("dtks.registration.intake.readers.blocks.ROWS_IN_A_BLOCK", 4)
    people = made.people(30)
    # Scattered: first all heads, then all others.
    ordered = sorted(people, key=lambda person: person.relation != 1)
    rows = [made.opensid_row(person) for person in ordered]
    done = in_file(made.opensid_csv(tmp_path / "a.csv", rows))
    assert done.families_new == 30
    assert done.people_new == len(people)
    assert "DTKS-IMP-114" not in done.warnings
    assert ImportJob.objects.get().chunks_total > 3


def test_people_without_papers_count(tmp_path: Path) -> None:
    rows = rows_of(3)
    rows[0]["nik"] = ""
    rows[1]["nik"] = "0"
    rows[2]["no_kk"] = ""
    done = in_file(made.opensid_workbook(tmp_path / "a.xlsx", rows))
    assert done.rows_pending == 0
    assert done.warnings["DTKS-IMP-104"] == 2
    assert done.warnings["DTKS-IMP-134"] == 1
    again = in_file(made.opensid_csv(tmp_path / "b.csv", rows))
    assert (again.people_new, again.families_new) == (0, 0)


def test_numbers_that_a_spreadsheet_spoiled(tmp_path: Path) -> None:
    people = made.people(4)
    rows = [made.opensid_row(person) for person in people]
    rows[0]["nik"] = int(people[0].nik[:15] + "0")  # fifteen digits survived
    rows[1]["nik"] = "3,20191E+15"
    rows[2]["tanggallahir"] = (people[2].born - made.date(1899, 12, 30)).days  # Excel's serial number
    rows[3]["nik"] = int(people[3].nik[:15] + "7")  # a program wrote all sixteen
    done = in_file(made.opensid_workbook(tmp_path / "a.xlsx", rows))
    assert done.problems == {"DTKS-IMP-118": 1, "DTKS-IMP-102": 1}
    assert done.rows_accepted == len(rows) - 2


def test_dry_run_stores_nothing(tmp_path: Path) -> None:
    rows = rows_of()
    rows[3]["nik"] = "32019001"
    path = made.opensid_workbook(tmp_path / "a.xlsx", rows)
    tried = in_file(path, dry_run=True)
    assert tried.dry_run
    assert (tried.rows_accepted, tried.rows_pending) == (len(rows) - 1, 1)
    assert not ImportJob.objects.exists()
    assert in_file(path).people_new == len(rows) - 1


def test_the_village_must_be_named_and_known(tmp_path: Path) -> None:
    path = made.opensid_workbook(tmp_path / "a.xlsx", rows_of(2))
    with pytest.raises(errors.AreaNeeded):
        actions.import_file(by=Actor.system("test"), path=path)
    for code in ("32.01", "99.99.99.9999"):
        with pytest.raises(errors.AreaUnknown):
            actions.import_file(by=Actor.system("test"), path=path, area=code)


def test_an_unknown_layout_names_the_nearest(tmp_path: Path) -> None:
    columns = made.headings("opensid_penduduk", "penduduk")
    path = made.write_sheets(tmp_path / "x.xlsx", [("A", [[*columns[:20], "lain"], ["x"] * 21])])
    with pytest.raises(errors.UnknownFormat) as refused:
        in_file(path)
    for language in ("id", "en"):
        said = refused.value.text(language)
        assert "OpenSID" in said.partition(":")[0] and "nama_ibu" in said
        assert "opensid_penduduk" not in said and "%" not in said


def test_a_crash_after_a_chunk_goes_on_from_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dtks.registration.intake.planning.CHUNK_ROWS", 10)
    rows = rows_of(30)
    path = made.opensid_workbook(tmp_path / "a.xlsx", rows)
    from dtks.registration.registry import actions as registry

    load, calls = registry.load_people, []

    def load_twice(**given: object):
        calls.append(given)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return load(**given)

    monkeypatch.setattr(registry, "load_people", load_twice)
    with pytest.raises(KeyboardInterrupt):
        in_file(path)
    job = ImportJob.objects.get()
    assert (job.state, job.chunks_done) == (State.RUNNING, 2)
    before = job.people_new
    done = in_file(path)
    assert done.state == State.DONE
    assert done.people_new == len(rows) > before
    assert ImportJob.objects.count() == 1
    # Chunks three and on, not one and two again.
    assert len(calls) == 1 + job.chunks_total


def test_an_import_can_be_stopped_and_resumed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dtks.registration.intake.planning.CHUNK_ROWS", 10)
    path = made.opensid_workbook(tmp_path / "a.xlsx", rows_of(30))

    def stop(done: int, total: int) -> None:
        job = ImportJob.objects.get()
        if job.chunks_done == 2:
            actions.cancel(by=Actor.system("test"), job_id=job.pk)

    with pytest.raises(errors.ImportCancelled):
        in_file(path, progress=stop)
    assert ImportJob.objects.get().state == State.CANCELLED
    assert in_file(path).state == State.DONE


def test_a_nik_that_the_register_holds_elsewhere(tmp_path: Path) -> None:
    people = made.people(10)
    in_file(made.opensid_workbook(tmp_path / "a.xlsx", [made.opensid_row(person) for person in people]))
    first, other = people[0], next(person for person in people if person.kk != people[0].kk)
    # A wife moves to her own card under her own name; a stranger brings someone's NIK.
    moved = made.changed(first, kk=other.kk, relation=9)
    stranger = made.changed(other, kk=first.kk, relation=9, name="XAVERIUS QODRATILLAH")
    rows = [made.opensid_row(person) for person in (moved, stranger)]
    done = in_file(made.opensid_workbook(tmp_path / "b.xlsx", rows))
    assert done.problems == {"DTKS-IMP-125": 1}
    assert done.warnings["DTKS-IMP-126"] == 1
    assert (done.people_new, done.rows_pending, done.rows_accepted) == (0, 1, 1)
    (waiting,) = [p for p in queries.problems(job_id=done.job) if p.holds_back]
    assert (waiting.column, waiting.row, waiting.value) == ("nik", 3, other.nik)


def test_an_empty_register_is_filled_without_indexes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dtks.registration.intake import running

    monkeypatch.setattr(running, "FILLING_FROM", 10)
    monkeypatch.setattr("dtks.registration.intake.planning.CHUNK_ROWS", 10)
    rows = rows_of(30)
    path = made.opensid_workbook(tmp_path / "a.xlsx", rows)
    load, asked = running.registry.load_people, []

    def killed_at_the_third(**given: object):
        asked.append(given["initial"])
        if len(asked) == 3:
            raise KeyboardInterrupt
        return load(**given)

    monkeypatch.setattr(running.registry, "load_people", killed_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        in_file(path)
    done = in_file(path)
    assert done.people_new == len(rows)
    assert asked[:3] == [True, True, True]
    assert not any(asked[3:])
    assert running.registry.restore_indexes(by=Actor.system("test")) == []
