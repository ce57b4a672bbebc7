"""A determination over the registry: recorded, looked up, explained, published; on both databases."""

from __future__ import annotations

import datetime
import json
import uuid
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.conf import settings
from tests.fixtures.small_registers import (
    FATHER,
    NEXT_VILLAGE,
    OTHER_KK,
    VILLAGE,
    child,
    families,
    family,
    father,
    mother,
    people,
    register,
)

from dtks.determination.programmes.domain import Status
from dtks.determination.runs import actions, queries
from dtks.determination.runs.domain import Fault, RunReport
from dtks.determination.runs.errors import AreaOrSnapshot, FamilyNotDetermined, RunNotFound, SnapshotGone
from dtks.determination.runs.models import FamilyResult, Run
from dtks.determination.targeting.snapshot import SnapshotEmpty
from dtks.foundation.kernel.period import PeriodError
from dtks.foundation.ledger.domain import Actor
from dtks.registration.registry import actions as registry
from dtks.registration.registry import queries as registry_queries

__all__ = ["register"]
DISTRICT = "32.01.01"
SECOND = {"family_key": "B", "kk_number": OTHER_KK, "village": NEXT_VILLAGE}
OTHER_HEAD = "3201920107800009"


def _load(*rows: tuple[dict[str, Any], list[dict[str, Any]]]) -> None:
    registry.load_people(
        by=Actor.system(),
        area=DISTRICT,
        families=families(*(row for row, _ in rows)),
        people=people(*(member for _, members in rows for member in members)),
        source="test",
        recorded_at=datetime.datetime(2026, 10, 1, tzinfo=datetime.UTC),
    )


def _two_families() -> None:
    _load(
        (family(), [father(), mother(), child()]),
        (family(**SECOND), [father(family_key="B", nik=OTHER_HEAD, name="Joko Susilo")]),
    )


def _determine(area: str = DISTRICT, **options: Any) -> RunReport:
    return actions.determine(by=Actor.system("petugas"), area=area, period="2026-12", **options)


def _family_in(village: str) -> uuid.UUID:
    (row,) = registry_queries.families(area=village).rows
    return row.family_id


def test_a_run_is_recorded_with_what_went_in(register: str) -> None:
    _two_families()
    report = _determine()
    run = queries.latest_run(area=VILLAGE)
    assert run is not None
    assert (str(run.id), run.area, run.period, run.made_by) == (report.run_id, DISTRICT, "2026-12", "petugas")
    assert (run.families, run.people) == (report.families, report.people) == (2, 4)
    assert run.output_sha256 == report.sha256
    assert run.synthetic, "all numbers are made up, and the run knows it"
    assert run.model_status == "demonstration"
    assert queries.latest_run(area="32.02") is None
    assert queries.run(id=run.id) == run


def test_links_between_pseudonyms_and_records_do_not_stay(register: str) -> None:
    _two_families()
    report = _determine()
    run = queries.run(id=uuid.UUID(report.run_id))
    home = Path(settings.HOME) / "runs"
    assert not list(home.rglob("links*"))
    assert run.snapshot_directory.is_dir()
    assert run.directory == report.directory


def test_results_by_area_family_and_programme(register: str) -> None:
    _two_families()
    _determine()
    assert queries.results(area=DISTRICT).total == 2
    (outcome,) = queries.results(area=NEXT_VILLAGE).rows
    assert outcome.family == _family_in(NEXT_VILLAGE)
    assert queries.result(family_id=outcome.family) == outcome
    assert set(queries.results_of(families=[outcome.family, uuid.uuid4()])) == {outcome.family}
    statuses = {name: found.status for name, found in outcome.programmes.items()}
    for name, status in statuses.items():
        assert outcome.family in queries.family_ids(area=DISTRICT, programme=name, status=status)
    other = next(status for status in Status if status != statuses["pkh"])
    found = queries.results(area=NEXT_VILLAGE, programme="pkh", status=other)
    assert found.total == 0


def test_the_poorest_come_first_and_the_unscored_last(register: str) -> None:
    answers = {
        "tenure": 1, "wall_material": 1, "roof_material": 2, "water_source": 5, "lighting": 1,
        "cooking_fuel": 4, "closet_type": 1, "floor_area": 40,
    }  # fmt: skip
    school = {"school_participation": 3, "education_level": 1, "diploma": 1, "marital_status": 1}
    _load(
        (family(floor_area=...), [father()]),
        (family(**SECOND, **answers), [father(family_key="B", nik=OTHER_HEAD, name="Joko Susilo", **school)]),
    )
    _determine()
    scores = [row.score for row in queries.results(area=DISTRICT).rows]
    assert scores[0] is not None
    assert scores[1] is None


def test_a_later_run_takes_over(register: str) -> None:
    _two_families()
    first = _determine()
    second = _determine(VILLAGE)
    assert str(queries.latest_run(area=VILLAGE).id) == second.run_id
    assert queries.results(area=DISTRICT).total == 2
    by_run = {str(row.run) for row in queries.results(area=DISTRICT).rows}
    assert by_run == {first.run_id, second.run_id}
    assert [str(run.id) for run in queries.runs(area=DISTRICT)] == [second.run_id, first.run_id]
    assert [str(run.id) for run in queries.runs(area=DISTRICT, standing=True)] == [
        second.run_id,
        first.run_id,
    ]
    newest, demonstration = queries.latest_run_and_label(area=DISTRICT)
    assert (str(newest.id), demonstration) == (first.run_id, True)
    assert queries.latest_run_and_label(area=DISTRICT[:5]) == (None, True)
    third = _determine()
    assert [str(run.id) for run in queries.runs(area="", standing=True)] == [third.run_id]


def test_a_faulty_family_waits_with_its_reason(register: str) -> None:
    _load((family(), [mother(relation=3), child()]))
    report = _determine()
    assert report.families_verification == 1
    (outcome,) = queries.results(area=DISTRICT, waiting=True).rows
    assert outcome.faults == Fault.NO_HEAD
    assert {found.status for found in outcome.programmes.values()} == {Status.VERIFICATION}
    assert all(found.outcomes == () for found in outcome.programmes.values())
    explanation = queries.explain(family_id=outcome.family)
    assert (explanation.faults, explanation.programmes) == (Fault.NO_HEAD, ())


def test_explained_as_determined(register: str) -> None:
    _two_families()
    _determine()
    outcome = queries.result(family_id=_family_in(VILLAGE))
    assert outcome is not None
    explanation = queries.explain(family_id=outcome.family)
    assert explanation.family == str(outcome.family)
    for answer in explanation.programmes:
        found = outcome.programmes[answer.programme]
        assert (answer.status, answer.amount) == (found.status, found.amount)
        assert tuple(part.outcome for part in answer.criteria) == found.outcomes
    pkh = next(answer for answer in explanation.programmes if answer.programme == "pkh")
    assert all(part.sentence and part.label for part in pkh.criteria)
    english = queries.explain(family_id=outcome.family, language="en")
    assert english.programmes[0].criteria[0].label != explanation.programmes[0].criteria[0].label


def test_rules_that_changed_since_the_run_are_said(register: str) -> None:
    _two_families()
    report = _determine()
    outcome = queries.result(family_id=_family_in(VILLAGE))
    assert outcome is not None
    same = queries.explain(family_id=outcome.family)
    assert (same.rules_changed, same.rules_note) == ((), "")

    run = Run.objects.get(pk=report.run_id)
    run.programmes = {**run.programmes, "pkh": "of another file", "ended": "no longer there"}
    run.save()
    FamilyResult.objects.filter(family=outcome.family).update(score=1, desil=7)
    manifest = report.directory / "manifest.json"
    said = json.loads(manifest.read_bytes())
    assert said["cut_points"]
    manifest.write_text(json.dumps({**said, "model_sha256": "0" * 64, "cut_points": [0] * 9}))
    found = queries.explain(family_id=outcome.family)
    assert found.rules_changed == ("model", "cut_points", "ended", "pkh")
    assert "Aturan berubah sejak penetapan ini: model kesejahteraan, batas desil, ended, " in found.rules_note
    assert "Program Keluarga Harapan" in found.rules_note
    assert (found.score, found.desil) == (1, 7), "what was determined stays"
    english = queries.explain(family_id=outcome.family, language="en")
    assert "The rules have changed since this run: welfare model, decile cut-points" in english.rules_note

    manifest.unlink()
    gone = queries.explain(family_id=outcome.family)
    assert gone.rules_changed == ("ended", "pkh")
    assert "tidak bisa diperiksa apakah model" in gone.rules_note
    Run.objects.update(model_name="another")
    assert queries.explain(family_id=outcome.family).rules_changed == ("model", "ended", "pkh")


def test_the_public_list_holds_names_ages_and_programmes(register: str) -> None:
    _two_families()
    report = _determine()
    rows = pl.concat(queries.published_rows(run=uuid.UUID(report.run_id)))
    assert rows.columns == ["village", "name", "age", "programmes"]
    assert rows.sort("name")["name"].to_list() == [
        "Ahmad Hidayat",
        "Dewi Lestari",
        "Joko Susilo",
        "Siti Rahmawati",
    ]
    assert set(rows["village"]) == {VILLAGE, NEXT_VILLAGE}
    today = queries.run(id=uuid.UUID(report.run_id)).taken_on
    assert rows.filter(pl.col("name") == "Dewi Lestari")["age"].to_list() == [
        today.year - 2010 - ((today.month, today.day) < (9, 7))
    ]
    assert FATHER not in rows.write_csv()


def test_an_individual_programme_stands_with_those_who_receive_it(register: str) -> None:
    _two_families()
    report = _determine()
    run = uuid.UUID(report.run_id)
    rows = pl.concat(queries.published_rows(run=run))
    listed = rows.filter(pl.col("programmes").str.split(" ").list.contains("kis")).height
    assert listed == report.eligible["kis"]


def test_an_impossible_birth_date_goes_to_verification_and_does_not_hold_up_the_list(register: str) -> None:
    _load((family(), [father(birth_date=datetime.date(1850, 1, 1)), mother()]))
    report = _determine()
    assert report.families_verification == 1
    rows = pl.concat(queries.published_rows(run=uuid.UUID(report.run_id)))
    ages = dict(rows.select("name", "age").iter_rows())
    assert ages["Ahmad Hidayat"] is None
    assert ages["Siti Rahmawati"] > 0


@pytest.mark.django_db
def test_refusals() -> None:
    with pytest.raises(AreaOrSnapshot):
        actions.determine(by=Actor.system(), period="2026-12")
    with pytest.raises(PeriodError):
        actions.determine(by=Actor.system(), area=DISTRICT, period="Desember")
    with pytest.raises(SnapshotEmpty):
        _determine("32.05")
    assert queries.runs() == []
    with pytest.raises(FamilyNotDetermined):
        queries.explain(family_id=uuid.uuid4())
    with pytest.raises(RunNotFound):
        queries.run(id=uuid.uuid4())


@pytest.mark.django_db
def test_a_removed_output_folder_is_said(tmp_path: Path) -> None:
    _two_families()
    report = _determine(out=tmp_path / "out")
    run = uuid.UUID(report.run_id)
    assert queries.totals(run=run).filter(pl.col("level") == 1)["families"].to_list() == [2]
    (tmp_path / "out").rename(tmp_path / "gone")
    with pytest.raises(SnapshotGone):
        queries.totals(run=run)
    with pytest.raises(SnapshotGone):
        list(queries.published_rows(run=run))
