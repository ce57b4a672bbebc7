"""Several connections fill an empty PostgreSQL at once: nothing lost, nothing twice, also after a kill."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection
from tests.fixtures.small_registers import families, family, father, people

from dtks.determination.synth import actions as synth
from dtks.foundation.areas import actions as areas
from dtks.foundation.ledger.domain import Actor
from dtks.registration.intake import ahead, running, snapshot_directory
from dtks.registration.intake.models import ImportJob
from dtks.registration.registry import actions as registry
from dtks.registration.registry.bulk import indexes
from dtks.registration.registry.errors import Refused
from dtks.registration.registry.models import (
    Family,
    FamilyCard,
    FamilyMembership,
    Person,
    PersonDemographics,
)

KECAMATAN = "32.01.02"
FAMILIES = 240


@pytest.fixture
def population(postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    areas.load(by=Actor.system("test"), under=KECAMATAN)
    out = tmp_path / "penduduk"
    synth.generate(area=KECAMATAN, families=FAMILIES, seed=3, out=out, undocumented=0.05)
    monkeypatch.setattr(running, "FILLING_FROM", 10)
    monkeypatch.setattr(snapshot_directory, "CHUNK_FAMILIES", 20)
    return out


def bring_in(path: Path):
    seen: list[int] = []
    done = snapshot_directory.import_directory(
        by=Actor.system("test"), path=path, progress=lambda done, total: seen.append(done)
    )
    return done, seen


@pytest.mark.postgres
def test_everybody_goes_in_once_over_several_connections(
    population: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load, threads = snapshot_directory.registry.load_people, set()
    together = threading.Barrier(2, timeout=30)

    def seen(**given: object):
        threads.add(threading.get_ident())
        if len(threads) < 3 and given["initial"]:
            together.wait()  # only passes when two stretches are under way at the same time
        return load(**given)

    monkeypatch.setattr(snapshot_directory, "LOADERS", 2)
    monkeypatch.setattr(snapshot_directory.registry, "load_people", seen)
    done, progress = bring_in(population)
    assert len(threads) == 2
    assert threading.get_ident() not in threads
    assert (done.families_new, done.families) == (FAMILIES, FAMILIES)
    assert Family.objects.count() == FAMILIES
    assert Person.objects.count() == FamilyMembership.objects.count() == done.people
    assert max(progress) == done.rows_read == done.people
    assert indexes.missing() == []
    assert bring_in(population)[0].already_imported


@pytest.mark.postgres
def test_it_goes_on_with_what_a_kill_left_out(population: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load, calls = snapshot_directory.registry.load_people, Counter()

    def killed_at_the_fifth(**given: object):
        calls["all"] += 1
        if calls["all"] == 5:
            raise KeyboardInterrupt
        return load(**given)

    monkeypatch.setattr(snapshot_directory.registry, "load_people", killed_at_the_fifth)
    with pytest.raises(KeyboardInterrupt):
        bring_in(population)
    job = ImportJob.objects.get()
    assert 0 < job.chunks_done < job.chunks_total
    assert Family.objects.count() == 20 * job.chunks_done == job.families
    done, _ = bring_in(population)
    assert done.families_new == FAMILIES == Family.objects.count()
    assert Person.objects.count() == done.people
    assert indexes.missing() == []


@pytest.mark.postgres
def test_numbers_that_are_not_unique_are_told_whichever_connection_finds_them(postgres: str) -> None:
    def twice() -> None:
        with registry.initial_load(by=Actor.system("test")):
            for _ in range(2):
                registry.load_people(
                    by=Actor.system("test"), area="", families=families(family()),
                    people=people(father()), source="test",
                    initial=True,
                )  # fmt: skip

    with pytest.raises(Refused, match="one_"):
        twice()
    assert indexes.missing()
    for model in (FamilyMembership, PersonDemographics, FamilyCard):
        model.objects.all().delete()
    registry.restore_indexes(by=Actor.system("test"))
    assert indexes.missing() == []


@pytest.mark.postgres
def test_two_who_build_the_indexes_at_once_do_not_collide(postgres: str) -> None:
    indexes.drop()
    both = threading.Barrier(2, timeout=30)

    def build(_: int) -> list[str]:
        both.wait()
        try:
            return registry.restore_indexes(by=Actor.system("test"))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first, second = sorted(pool.map(build, range(2)), key=len)
    assert (first, bool(second)) == ([], True)
    assert indexes.missing() == []


def test_the_first_failure_stops_the_others() -> None:
    begun: list[int] = []

    def work(item: int) -> None:
        begun.append(item)
        if item == 3:
            raise ValueError(item)

    with pytest.raises(ValueError, match="3"):
        ahead.each(iter(range(10_000)), work, workers=2)
    assert len(begun) < 10_000
