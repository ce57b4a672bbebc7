"""Cut-points: nine scores from a whole population, dated, and never for another model."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import narwhals as nw
import polars as pl
import pytest

from dtks.determination.targeting import deciles
from dtks.determination.targeting.domain import CutPoints, Label
from dtks.determination.targeting.errors import CutPointsMissing
from dtks.determination.targeting.rules.errors import DocumentError

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
    assert deciles.load(model="contoh", on=datetime.date(2026, 6, 30), directory=tmp_path) == CUTS
    assert deciles.load(model="contoh", on=datetime.date(2026, 7, 1), directory=tmp_path) == later
    for model, day in (("contoh", datetime.date(2025, 12, 31)), ("lain", datetime.date(2026, 7, 1))):
        with pytest.raises(CutPointsMissing):
            deciles.load(model=model, on=day, directory=tmp_path)


def test_falling_cut_points_are_refused(tmp_path: Path) -> None:
    deciles.write(replace(CUTS, values=tuple(range(9, 0, -1))), tmp_path / "a.yaml")
    with pytest.raises(DocumentError):
        deciles.read(tmp_path / "a.yaml")
