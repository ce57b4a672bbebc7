"""A made-up population from its Parquet files into the register."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import polars as pl
import pytest
from django.utils import timezone

from dtks.determination.synth import actions as synth
from dtks.foundation.areas import actions as areas
from dtks.foundation.ledger.domain import Actor
from dtks.registration.intake import errors, snapshot_directory
from dtks.registration.intake.domain import State
from dtks.registration.intake.models import ImportJob
from dtks.registration.registry.errors import Refused

pytestmark = pytest.mark.django_db
KECAMATAN = "32.01.02"


@pytest.fixture
def population(tmp_path: Path) -> Path:
    areas.load(by=Actor.system("test"), under=KECAMATAN)
    out = tmp_path / "penduduk"
    synth.generate(area=KECAMATAN, families=150, seed=3, out=out, undocumented=0.05)
    return out


def bring_in(path: Path, area: str = ""):
    return snapshot_directory.import_directory(
        by=Actor.system("test"), path=path, area=area, progress=lambda done, total: None
    )


def test_everybody_goes_in_once(population: Path) -> None:
    done = bring_in(population)
    people = pl.read_parquet(population / "people" / "32.parquet").height
    assert (done.families_new, done.people_new, done.rows_pending) == (150, people, 0)
    again = bring_in(population)
    assert again.already_imported
    assert again.people_new == 0


def test_one_village_of_it(population: Path) -> None:
    families = pl.read_parquet(population / "families" / "32.parquet")
    village = families["village"].mode().sort()[0]
    code = f"32.01.02.{village % 10_000}"
    expected = families.filter(pl.col("village") == village)
    done = bring_in(population, area=code)
    assert done.families_new == expected.height
    assert done.people_new == expected["size"].sum()


def test_what_is_there_already_is_not_there_twice(population: Path) -> None:
    bring_in(population, area=KECAMATAN)
    ImportJob.objects.all().delete()
    again = bring_in(population)
    assert (again.people_new, again.people_changed, again.families_new) == (0, 0, 0)


def test_it_goes_on_where_it_was_killed(population: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot_directory, "CHUNK_FAMILIES", 40)
    load, calls = snapshot_directory.registry.load_people, []

    def killed_at_the_third(**given: object):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return load(**given)

    monkeypatch.setattr(snapshot_directory.registry, "load_people", killed_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        bring_in(population)
    assert ImportJob.objects.get().chunks_done == 2
    assert bring_in(population).families_new == 150
    assert len(calls) == 3 + 2


def test_after_a_refusal_it_keeps_what_went_in_and_goes_on(
    population: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot_directory, "CHUNK_FAMILIES", 40)
    load, calls = snapshot_directory.registry.load_people, []

    def refused_at_the_third(**given: object):
        calls.append(1)
        if len(calls) == 3:
            raise Refused(constraint="test")
        return load(**given)

    monkeypatch.setattr(snapshot_directory.registry, "load_people", refused_at_the_third)
    with pytest.raises(Refused):
        bring_in(population)
    job = ImportJob.objects.get()
    assert (job.state, job.error_code, job.chunks_done) == (State.FAILED, Refused.code, 2)
    assert job.families == 80
    done = bring_in(population)
    assert (done.state, done.families_new, len(calls)) == (State.DONE, 150, 3 + 2)
    assert ImportJob.objects.get().error_code == ""


@pytest.mark.parametrize("broken", ["manifest.json", "identities/32.parquet", "people/32.parquet"])
def test_a_directory_that_is_not_whole_is_refused(population: Path, broken: str) -> None:
    (population / broken).unlink()
    with pytest.raises(errors.SnapshotUnreadable):
        bring_in(population)
    assert not ImportJob.objects.exists()


def test_a_population_dated_ahead_is_refused_with_the_day_to_use(tmp_path: Path) -> None:
    areas.load(by=Actor.system("test"), under=KECAMATAN)
    today = timezone.localdate()
    tomorrow = today + datetime.timedelta(days=1)
    out = tmp_path / "besok"
    synth.generate(area=KECAMATAN, families=20, seed=3, out=out, taken_on=tomorrow)
    with pytest.raises(errors.SnapshotAhead, match=f"--taken-on {today}"):
        bring_in(out)
    assert not ImportJob.objects.exists()


def test_a_file_that_was_changed_is_refused(population: Path) -> None:
    manifest = json.loads((population / "manifest.json").read_text())
    (first, *_) = next(iter(manifest["provinces"].values()))["files"]
    content = (population / first).read_bytes()
    (population / first).write_bytes(content[:-1] + b"\x00")
    with pytest.raises(errors.SnapshotUnreadable):
        bring_in(population)
