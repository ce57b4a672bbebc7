"""The same request gives the same bytes: on any number of processes, after a break, chunk by chunk."""

import hashlib
import json

import numpy as np
import pytest

from dtks.determination.synth import actions, calibration, chunk, domain, places, pool, workers
from dtks.determination.synth.chunk import ProvinceMaker
from dtks.determination.synth.domain import SynthRequest
from dtks.determination.synth.errors import (
    SynthAreaUnknown,
    SynthRequestInvalid,
    SynthTargetOccupied,
    SynthTooManyFamilies,
)
from dtks.determination.synth.kit import Kit
from dtks.determination.synth.target import layout
from dtks.foundation.areas import queries as areas


def hashes(directory):
    """SHA-256 of every file of a population, by path."""
    return {
        str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def make(out, **wanted):
    return actions.generate(
        **({"area": "all", "families": 1_200, "seed": 3, "out": out, "workers": 1} | wanted)
    )


@pytest.fixture
def small_chunks(monkeypatch):
    """Chunks of 256 families, so that a small population has many."""
    monkeypatch.setattr(chunk, "CHUNK", 256)
    monkeypatch.setattr(actions, "CHUNK", 256)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path):
    first = make(tmp_path / "a", area="34")
    make(tmp_path / "b", area="34")
    make(tmp_path / "c", area="34", seed=4)
    assert hashes(tmp_path / "a") == hashes(tmp_path / "b")
    a, c = hashes(tmp_path / "a"), hashes(tmp_path / "c")
    assert all(a[name] != c[name] for name in a)
    manifest = (tmp_path / "a" / "manifest.json").read_bytes()
    assert first.sha256 == hashlib.sha256(manifest).hexdigest()


def test_no_time_of_day_and_no_place_is_in_the_files(tmp_path):
    make(tmp_path / "here", families=50, area="51.03")
    state = json.loads((tmp_path / "here" / "synth.json").read_text())
    assert str(tmp_path) not in json.dumps(state)
    assert set(state["request"]) == {
        "area", "families", "seed", "taken_on", "undocumented", "identities", "truth", "schema", "figures",
    }  # fmt: skip


def test_two_processes_give_the_same_bytes_as_one(tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "ALONE_UP_TO", 0)
    make(tmp_path / "one", families=3_000)
    make(tmp_path / "two", families=3_000, workers=2)
    assert hashes(tmp_path / "one") == hashes(tmp_path / "two")


def test_any_chunk_can_be_made_alone(small_chunks):
    figures = calibration.load(actions.calibration_directory())
    request = SynthRequest(area="34", families=1_000, seed=5, taken_on=actions.TAKEN_ON, undocumented=0.02)
    (plan,) = places.spread_out(area="34", families=1_000, calibration=figures, reference=areas.reference())
    weighed = pool.national_pool(figures.national)
    kit = Kit(request=request, calibration=figures, pool=weighed, layout=layout())
    in_order = ProvinceMaker(kit, plan)
    made = [in_order.make(number) for number in range(4)]
    alone = ProvinceMaker(kit, plan).make(2)
    for columns, again in ((made[2].family, alone.family), (made[2].person, alone.person)):
        assert columns.keys() == again.keys()
        for name, values in columns.items():
            assert np.array_equal(values, again[name]), name


def test_a_run_that_was_broken_off_goes_on_where_it_stopped(tmp_path, small_chunks):
    make(tmp_path / "whole")
    provinces = len(list((tmp_path / "whole" / "families").iterdir()))

    def break_off(done, total):
        if done > 700:
            raise KeyboardInterrupt

    out = tmp_path / "broken"
    with pytest.raises(KeyboardInterrupt):
        make(out, progress=break_off)
    assert not (out / "manifest.json").exists()
    assert not list(out.rglob("*.part"))
    kept = {path.name: path.stat().st_mtime_ns for path in (out / "families").iterdir()}
    assert 0 < len(kept) < provinces

    report = make(out)
    assert report.reused == len(kept)
    assert hashes(out) == hashes(tmp_path / "whole")
    assert all((out / "families" / name).stat().st_mtime_ns == when for name, when in kept.items())


def test_a_damaged_province_is_made_again(tmp_path):
    make(tmp_path / "whole")
    before = hashes(tmp_path / "whole")
    victim = next((tmp_path / "whole" / "people").iterdir())
    victim.write_bytes(b"short")
    report = make(tmp_path / "whole")
    assert report.reused == len(report.provinces) - 1
    assert hashes(tmp_path / "whole") == before


def test_another_request_replaces_a_population_and_spares_what_is_not_its_own(tmp_path):
    out = tmp_path / "there"
    make(out, area="32", families=100)
    (out / "notes.txt").write_text("mine")
    make(out, area="33", families=100)
    assert [path.name for path in (out / "families").iterdir()] == ["33.parquet"]
    assert (out / "notes.txt").read_text() == "mine"


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "photo.jpg").write_bytes(b"x")
    with pytest.raises(SynthTargetOccupied):
        make(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["photo.jpg"]


@pytest.mark.parametrize(
    "area", ["", "everywhere", "99", "32.99", "3201", "32.01.01.9999", "32.1", "32.01.01.2001.1"]
)
def test_an_area_that_does_not_exist_is_refused(tmp_path, area):
    with pytest.raises(SynthAreaUnknown):
        make(tmp_path / "x", area=area)


@pytest.mark.parametrize("wrong", [{"families": 0}, {"seed": -1}, {"undocumented": 0.5}])
def test_a_senseless_request_is_refused(tmp_path, wrong):
    with pytest.raises(SynthRequestInvalid):
        make(tmp_path / "x", **wrong)


def test_more_families_than_numbers_are_refused(tmp_path):
    with pytest.raises(SynthTooManyFamilies) as caught:
        make(tmp_path / "x", area="32.01", families=3_000_001)
    assert "3201" in caught.value.text("en")


@pytest.mark.parametrize(
    ("area", "level"),
    [("32", "province"), ("32.01", "regency"), ("32.01.01", "district"), ("32.01.02.2007", "village")],
)
def test_any_level_of_area_can_be_peopled(tmp_path, area, level):
    import polars as pl

    report = make(tmp_path / "x", area=area, families=60)
    families = pl.read_parquet(report.directory / "families" / "32.parquet")
    assert families.height == 60
    assert families[level].unique().to_list() == [domain.level_of(area)[1]]


def test_progress_counts_up_to_all_families(tmp_path, small_chunks):
    seen = []
    make(tmp_path / "x", area="31", families=1_000, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(256, 1_000), (512, 1_000), (768, 1_000), (1_000, 1_000)]
