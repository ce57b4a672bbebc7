"""Cut-points: nine scores from a whole population, dated, and never for another model."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import narwhals as nw
import polars as pl
import pytest
from tests.fixtures import small_rules, small_snapshots

from dtks.determination.runs import rulebook, run
from dtks.determination.targeting import deciles, model_file
from dtks.determination.targeting.domain import CutPoints, Label
from dtks.determination.targeting.errors import CutPointsMissing, CutPointsOfAnotherModel
from dtks.determination.targeting.rules.errors import DocumentError
from dtks.foundation.kernel.period import Period

CUTS = CutPoints(
    model="contoh",
    model_sha256="ab",
    values=tuple(range(10, 100, 10)),
    valid_from=datetime.date(2026, 1, 1),
    valid_to=None,
    status="demonstration",
    basis=Label("contoh", "example"),
)


def test_a_tenth_is_a_tenth_of_the_people() -> None:
    """Nine families of one poor member each and one of nine: the second half of the people is one family."""
    families = pl.DataFrame({"score": [*range(9), 100], "size": [1] * 9 + [9]})
    assert deciles.cut(families)[:5] == (1, 3, 5, 7, 8)
    assert deciles.cut(families)[5:] == (100,) * 4
    assert deciles.cut(families, weighting="families") == tuple(range(9))


def test_unscored_families_are_not_part_of_the_population() -> None:
    families = pl.DataFrame({"score": [None, None, *range(1, 11)], "size": [9, 9, *[1] * 10]})
    assert deciles.cut(families) == tuple(range(1, 10))


def test_one_is_the_poorest_and_a_cut_point_belongs_to_the_poorer() -> None:
    table = nw.from_native(pl.DataFrame({"score": [-5, 10, 11, 90, 91, None]}))
    found = table.with_columns(deciles.expression(CUTS)).to_native()["desil"]
    assert found.to_list() == [1, 1, 2, 9, 10, None]
    assert found.dtype == pl.Int8
    assert [CUTS.desil(score) for score in (-5, 10, 11, 90, 91)] == [1, 1, 2, 9, 10]


def test_a_file_comes_back_as_it_was_and_the_latest_in_force_counts(tmp_path: Path) -> None:
    later = replace(CUTS, values=tuple(range(9)), valid_from=datetime.date(2026, 7, 1))
    deciles.write(CUTS, tmp_path / "a.yaml")
    deciles.write(later, tmp_path / "b.yaml")
    assert deciles.read(tmp_path / "a.yaml") == CUTS
    assert (
        deciles.load(model="contoh", sha256="ab", on=datetime.date(2026, 6, 30), directory=tmp_path) == CUTS
    )
    assert (
        deciles.load(model="contoh", sha256="ab", on=datetime.date(2026, 7, 1), directory=tmp_path) == later
    )
    for model, day in (("contoh", datetime.date(2025, 12, 31)), ("lain", datetime.date(2026, 7, 1))):
        with pytest.raises(CutPointsMissing):
            deciles.load(model=model, sha256="ab", on=day, directory=tmp_path)


def test_cut_points_of_the_model_before_it_was_changed_are_not_used(tmp_path: Path) -> None:
    deciles.write(CUTS, tmp_path / "a.yaml")
    wanted = {"model": "contoh", "on": datetime.date(2026, 7, 1), "directory": tmp_path}
    with pytest.raises(CutPointsOfAnotherModel, match="DTKS-TARGET-011"):
        deciles.load(**wanted, sha256="cd")
    renewed = replace(CUTS, model_sha256="cd", values=tuple(range(9)))
    deciles.write(renewed, tmp_path / "b.yaml")
    assert deciles.load(**wanted, sha256="cd") == renewed
    assert deciles.load(**wanted, sha256="ab") == CUTS


def test_a_run_by_a_changed_model_is_refused_unless_it_ranks_its_own_families(tmp_path: Path) -> None:
    rules = small_rules.root(tmp_path / "rules")
    table = small_snapshots.family_table("family | floor_area\n1 | 20\n2 | 90")
    snapshot = small_snapshots.write(tmp_path / "snapshot", table, small_snapshots.heads_of(table))
    options = {"period": Period.parse("2026-12"), "rules": rules, "worker_count": 1}
    assert run.run(snapshot, out=tmp_path / "before", **options).families_scored == 2
    model = rules / "parameters" / "welfare" / f"{model_file.DEFAULT}.yaml"
    model.write_text(model.read_text(encoding="utf-8") + "# estimated again\n", encoding="utf-8")
    rulebook.load.cache_clear()
    with pytest.raises(CutPointsOfAnotherModel):
        run.run(snapshot, out=tmp_path / "after", **options)
    assert not (tmp_path / "after").exists()
    within = run.run(snapshot, out=tmp_path / "within", within_run=True, **options)
    assert (within.families_scored, within.within_run) == (2, True)


def test_falling_cut_points_are_refused(tmp_path: Path) -> None:
    deciles.write(replace(CUTS, values=tuple(range(9, 0, -1))), tmp_path / "a.yaml")
    with pytest.raises(DocumentError):
        deciles.read(tmp_path / "a.yaml")
