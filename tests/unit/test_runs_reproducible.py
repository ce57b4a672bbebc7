"""The same snapshot gives the same bytes: twice, with one worker or two, in any chunks, on both engines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.fixtures import small_rules
from tests.fixtures import small_snapshots as small

from dtks.determination.runs import output, run
from dtks.determination.runs.domain import RunReport
from dtks.determination.runs.errors import OutOccupied
from dtks.determination.synth import actions as synth
from dtks.determination.targeting.snapshot import SnapshotDamaged, SnapshotMissing, SnapshotTargetOccupied
from dtks.foundation.engines.tables import EngineUnknown
from dtks.foundation.kernel.period import Period

PERIOD = Period(2026, 12)


@pytest.fixture(scope="module")
def population(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Families of four provinces, large and small."""
    out = tmp_path_factory.mktemp("nation") / "snap"
    synth.generate(area="all", families=1_200, seed=4, out=out, workers=1, identities=False)
    return out


@pytest.fixture(scope="module")
def first(population: Path, tmp_path_factory: pytest.TempPathFactory) -> RunReport:
    return _run(population, tmp_path_factory.mktemp("first") / "out")


def _run(population: Path, out: Path, **options: Any) -> RunReport:
    return run.run(population, period=PERIOD, out=out, **options)


@pytest.mark.parametrize(
    "options",
    [
        {"worker_count": 1},
        {"worker_count": 2, "per_chunk": 1_000},
        {"worker_count": 1, "per_chunk": 600},
        {"engine": "duckdb", "worker_count": 1},
    ],
    ids=["again", "two workers", "small chunks", "duckdb"],
)
def test_same_bytes(population: Path, first: RunReport, tmp_path: Path, options: dict[str, Any]) -> None:
    again = _run(population, tmp_path / "out", **options)
    assert again.sha256 == first.sha256
    for path in sorted(first.directory.rglob("*")):
        if path.is_file():
            assert (again.directory / path.relative_to(first.directory)).read_bytes() == path.read_bytes()


def test_ranking_within_the_run_is_the_same_with_any_workers(population: Path, tmp_path: Path) -> None:
    one = _run(population, tmp_path / "one", within_run=True, worker_count=1)
    two = _run(population, tmp_path / "two", within_run=True, worker_count=2, per_chunk=1_000)
    assert one.sha256 == two.sha256
    assert one.within_run
    people = pl.read_parquet(one.directory / "families/*.parquet").filter(pl.col("desil").is_not_null())
    shares = people.group_by("desil").agg(pl.col("size").sum())["size"] / people["size"].sum()
    assert shares.min() > 0.09
    assert shares.max() < 0.11


def test_rows_in_another_order_change_nothing(first: RunReport, population: Path, tmp_path: Path) -> None:
    turned = tmp_path / "turned"
    for table in ("families", "people"):
        (turned / table).mkdir(parents=True)
        for path in (population / table).glob("*.parquet"):
            shuffled = pl.read_parquet(path).sample(fraction=1, shuffle=True, seed=1)
            shuffled.write_parquet(turned / table / path.name)
    _seal(population, turned)
    again = _run(turned, tmp_path / "out")
    for path in sorted((first.directory / "families").iterdir()):
        assert (again.directory / "families" / path.name).read_bytes() == path.read_bytes()


def _seal(source: Path, target: Path) -> None:
    """A manifest for changed files: their hashes are what they are now."""
    manifest = json.loads((source / "manifest.json").read_text(encoding="utf-8"))
    for province in manifest["provinces"].values():
        for name, recorded in province["files"].items():
            path = target / name
            if path.exists():
                recorded["sha256"] = output.file_sha256(path)
    (target / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def test_report_manifest_and_files_agree(first: RunReport) -> None:
    manifest = output.read_manifest(first.directory)
    families = pl.read_parquet(first.directory / "families/*.parquet")
    assert manifest["sha256"] == first.sha256
    assert manifest["counts"]["families"] == families.height == first.families == 1_200
    assert first.families_scored + first.families_unscored + first.families_verification == 1_200
    assert sum(first.deciles.values()) == families["desil"].count()
    assert {path.name for path in (first.directory / "families").iterdir()} == {
        path.name for path in (first.directory / "verification").iterdir()
    }
    totals = pl.read_parquet(first.directory / "totals.parquet")
    for name, amount in first.amounts.items():
        assert amount == families[f"{name}__amount"].sum()
        for level in (1, 2, 3, 4):
            assert totals.filter(pl.col("level") == level)[f"{name}__amount"].sum() == amount


def test_families_are_sorted_and_typed(first: RunReport) -> None:
    for path in (first.directory / "families").iterdir():
        frame = pl.read_parquet(path)
        programmes = list(output.read_manifest(first.directory)["programmes"])
        assert frame.equals(frame.sort(output.SORT))
        assert {name: frame.schema[name] for name in frame.columns} == {
            **output.FAMILY,
            **{name: dtype for name, dtype in output.columns(programmes).items() if name in frame.columns},
        }


def test_a_damaged_snapshot_changes_nothing(population: Path, tmp_path: Path) -> None:
    families = small.family_table("family\n1")
    snapshot = small.write(tmp_path / "snap", families, small.heads_of(families))
    out = tmp_path / "out"
    before = _run(snapshot, out)
    path = snapshot / "families/32.parquet"
    pl.read_parquet(path).with_columns(floor_area=pl.lit(99, pl.Int16)).write_parquet(path)
    with pytest.raises(SnapshotDamaged, match="sha256"):
        _run(snapshot, out)
    assert output.read_manifest(out)["sha256"] == before.sha256
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "snap"], "nothing is left lying about"


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    families = small.family_table("family\n1")
    snapshot = small.write(tmp_path / "snap", families, small.heads_of(families))
    mine = tmp_path / "documents"
    mine.mkdir()
    (mine / "letter.txt").write_text("keep me", encoding="utf-8")
    with pytest.raises(OutOccupied):
        _run(snapshot, mine)
    with pytest.raises(OutOccupied):
        _run(snapshot, snapshot)
    with pytest.raises(SnapshotTargetOccupied):
        small.write(mine, families, small.heads_of(families))
    assert (mine / "letter.txt").read_text(encoding="utf-8") == "keep me"


def test_refusals(tmp_path: Path) -> None:
    with pytest.raises(SnapshotMissing):
        _run(tmp_path, tmp_path / "out")
    with pytest.raises(EngineUnknown):
        _run(tmp_path, tmp_path / "out", engine="abacus")


def test_progress_ends_at_the_whole(tmp_path: Path) -> None:
    families = small.family_table("family | village\n1 | 3201012001\n2 | 1101012001")
    snapshot = small.write(tmp_path / "snap", families, small.heads_of(families))
    heard: list[tuple[int, int]] = []
    run.run(
        snapshot, period=PERIOD, out=tmp_path / "out", progress=lambda *step: heard.append(step),
        rules=small_rules.root(tmp_path / "rules"),
    )  # fmt: skip
    assert heard[-1][0] == heard[-1][1] > 0
    assert heard == sorted(heard)
