"""The parts of a run: packed outcomes, cutting the work, checks, totals, worker processes."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fixtures import small_snapshots as small

from dtks.determination.programmes.domain import Outcome
from dtks.determination.runs import chunks, totals, workers
from dtks.determination.runs.domain import MOST_CRITERIA, Fault, pack, unpack
from dtks.determination.targeting.snapshot import SnapshotDamaged, open_snapshot


@given(st.lists(st.sampled_from(Outcome), max_size=MOST_CRITERIA))
def test_outcomes_survive_packing(outcomes: list[Outcome]) -> None:
    packed = pack(outcomes)
    assert 0 <= packed < 2**63
    assert unpack(packed) == tuple(outcomes)


def test_too_many_criteria_are_refused() -> None:
    with pytest.raises(ValueError, match="32"):
        pack([Outcome.YES] * (MOST_CRITERIA + 1))


def test_every_fault_has_words_in_both_languages() -> None:
    for named in Fault:
        assert named.label_id and named.label_en
    assert (Fault.NO_HEAD | Fault.SIZE).label_en.count(" · ") == 1


@pytest.fixture
def snapshot_directory(tmp_path: Path) -> Path:
    lines = [
        f"{at} | {province}01012{at % 7:03d}"
        for province in (11, 32, 94)
        for at in range(province * 100, province * 100 + 60)
    ]
    families = small.family_table("\n".join(["family | village", *lines]))
    return small.write(tmp_path / "snap", families, small.heads_of(families))


@pytest.mark.parametrize("per_chunk", [1, 7, 25, 60, 130, 10_000])
def test_chunks_hold_every_row_once_and_never_cut_a_village(snapshot_directory: Path, per_chunk: int) -> None:
    snapshot = open_snapshot(snapshot_directory)
    seen_families: list[int] = []
    seen_villages: list[int] = []
    for task in chunks.tasks(snapshot, per_chunk=per_chunk):
        for chunk in chunks.chunks(task, per_chunk=per_chunk):
            families = pl.concat(_rows(part) for part in chunk.families)
            people = pl.concat(_rows(part) for part in chunk.people)
            assert set(people["family_id"]) == set(families["family_id"])
            seen_families += families["family_id"].to_list()
            seen_villages += families["village"].unique().to_list()
    assert len(seen_families) == snapshot.families == len(set(seen_families))
    assert len(seen_villages) == len(set(seen_villages))


def _rows(part: chunks.TableSlice) -> pl.DataFrame:
    return pl.scan_parquet(part.path).slice(part.first, part.rows).collect()


def test_small_provinces_share_tasks_of_about_one_size(snapshot_directory: Path) -> None:
    snapshot = open_snapshot(snapshot_directory)  # three provinces of 60 people

    def names(per_chunk: int, at_least: int = 1) -> list[str]:
        return [task.name for task in chunks.tasks(snapshot, per_chunk=per_chunk, at_least=at_least)]

    assert names(1_000) == ["11+32+94"]
    assert names(1_000, at_least=2) == ["11+94", "32"]
    assert names(130) == ["11+94", "32"]
    assert names(60) == ["11", "32", "94"]
    assert names(1_000, at_least=9) == ["11", "32", "94"]


def test_a_large_file_out_of_order_is_refused(snapshot_directory: Path) -> None:
    path = snapshot_directory / "families/32.parquet"
    pl.read_parquet(path).reverse().write_parquet(path)
    snapshot = open_snapshot(snapshot_directory)
    (task,) = (task for task in chunks.tasks(snapshot, per_chunk=20) if task.name == "32")
    with pytest.raises(SnapshotDamaged, match="village"):
        chunks.chunks(task, per_chunk=20)


def test_totals_add_up_on_every_level() -> None:
    families = pl.DataFrame(
        {
            "village": [1101012001, 1101012001, 1101012002, 1102012001, 3201012001],
            "size": [4, 1, 2, 3, 5],
            "faults": [0, 2, 0, 0, 0],
            "desil": [1, None, None, 10, 1],
            "pkh__status": [1, 2, 2, 0, 1],
            "pkh__people": [2, 0, 0, 0, 1],
            "pkh__amount": [600, 0, 0, 0, 225],
        }
    )
    found = totals.of_all_levels(totals.of_villages(families, ["pkh"]))
    rows = {row["area"]: row for row in found.iter_rows(named=True)}
    assert rows[11] | {"level": 1} == {
        **dict.fromkeys(found.columns, 0),
        "level": 1,
        "area": 11,
        "families": 4,
        "people": 10,
        "families_verification": 1,
        "families_unscored": 1,
        "desil_1": 1,
        "desil_10": 1,
        "pkh__eligible": 1,
        "pkh__verification": 2,
        "pkh__people": 2,
        "pkh__amount": 600,
    }
    counted = [column for column in found.columns if column not in ("level", "area")]
    for level in (1, 2, 3, 4):
        assert (
            found.filter(pl.col("level") == level).select(pl.col(counted).sum()).row(0, named=True)["people"]
            == 15
        )
    assert found["level"].to_list() == sorted(found["level"])


def _square(number: int) -> tuple[int, int, str]:
    return number * number, os.getpid(), os.environ.get("POLARS_MAX_THREADS", "")


def _refuse(number: int) -> int:
    raise SnapshotDamaged(path=str(number), detail="test")


def test_workers_answer_in_order_and_leave_this_process_alone() -> None:
    done: list[int] = []
    with workers.Workers(2) as pool:
        results = pool.map(_square, [3, 1, 2], done=done.append)
        again = pool.map(_square, [5], done=done.append)
    assert [square for square, _, _ in results + again] == [9, 1, 4, 25]
    assert sorted(done) == [1, 2, 3, 5]
    assert all(pid != os.getpid() and threads == "1" for _, pid, threads in results)
    assert len({pid for _, pid, _ in results + again}) <= 2, "the same children do everything"
    assert os.environ.get("POLARS_MAX_THREADS") is None
    with workers.Workers(1) as here:
        assert here.map(_square, [4], done=done.append)[0][:2] == (16, os.getpid())


@pytest.mark.parametrize("count", [1, 2])
def test_an_error_of_a_worker_arrives_with_its_message(count: int) -> None:
    with workers.Workers(count) as pool, pytest.raises(SnapshotDamaged, match="1: test"):
        pool.map(_refuse, [1], done=lambda task: None)


def test_small_runs_start_no_process() -> None:
    assert workers.workers_for(8_000) == 1
    assert 1 <= workers.workers_for(97_000_000) <= workers.MOST_WORKERS
