"""Score and decile: 1 is the poorest, a tenth of the nation and not of the register, unknown stays unranked.

The model is the one of `tests/fixtures/small_rules.py`: 0.1 log units for each square metre of floor,
national cut-points at 15, 25 … 95 m². Each case is a title, a table of families (every one with an
ordinary head) and the decile that must come out. Every case runs on every engine.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from tests.fixtures import small_rules
from tests.fixtures import small_snapshots as small

from dtks.determination.runs import run
from dtks.foundation.kernel.period import Period

NATIONAL: dict[str, tuple[str, list[int | None]]] = {
    "The less floor, the poorer": (
        """
        family | floor_area
        1      | 10
        2      | 40
        3      | 99
        """,
        [1, 4, 10],
    ),
    "A score at a cut-point belongs to the poorer decile": (
        """
        family | floor_area
        1      | 15
        2      | 16
        """,
        [1, 2],
    ),
    "A register of poor families alone stays poor": (
        """
        family | floor_area
        1      | 10
        2      | 11
        3      | 12
        """,
        [1, 1, 1],
    ),
    "Without an answer that the model requires there is no decile": (
        """
        family | floor_area
        1      | -
        2      | 40
        """,
        [None, 4],
    ),
    "Silence about a car makes nobody poorer": (
        """
        family | floor_area | has_car
        1      | 40         | 1
        2      | 40         | 2
        3      | 40         | -
        """,
        [5, 4, 5],
    ),
    "Where one lives counts, by area effect": (
        """
        family | floor_area | village
        1      | 40         | 3201012001
        2      | 40         | 3273011001
        """,
        [4, 5],
    ),
}

WITHIN: dict[str, tuple[str, list[int | None]]] = {
    "Ten families alike in size make ten tenths": (
        "family | floor_area\n" + "\n".join(f"{n} | {n}" for n in range(1, 11)),
        list(range(1, 11)),
    ),
    "Tenths are of people: a family of nine and a family of one": (
        """
        family | floor_area | size
        1      | 10         | 9
        2      | 20         | 1
        """,
        [1, 10],
    ),
    "Equal scores go by family_id": (
        "family | floor_area\n" + "\n".join(f"{n} | 20" for n in range(1, 11)),
        list(range(1, 11)),
    ),
    "An unscored family is not counted in the tenths": (
        """
        family | floor_area
        1      | 10
        2      | -
        3      | 30
        """,
        [1, None, 6],
    ),
}


def _heads(families: pl.DataFrame) -> pl.DataFrame:
    """A head for each family, and as many further members as its size says."""
    lines = [
        f"{family * 100 + member} | {family} | {1 if member == 0 else 8}"
        for family, size in families.select("family_id", "size").iter_rows()
        for member in range(size)
    ]
    return small.person_table("\n".join(["person | family | relation", *lines]), families)


APART = 10_000


def _results(folder: Path, families: pl.DataFrame, engine: str, *, within_run: bool) -> pl.DataFrame:
    snapshot = small.write(folder / "snapshot", families, _heads(families))
    report = run.run(
        snapshot, period=Period(2026, 12), out=folder / "out", engine=engine, within_run=within_run,
        rules=small_rules.root(folder / "rules"),
    )  # fmt: skip
    results = pl.read_parquet(folder / "out/families/32.parquet").sort("family_id")
    assert results["faults"].to_list() == [0] * families.height
    assert report.within_run is within_run, "a decile cut within the run says so"
    assert report.families_unscored == results["score"].null_count()
    return results


@pytest.fixture(scope="module", params=["polars", "duckdb"])
def national(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """All cases in one snapshot: nobody's national decile depends on who else is in it."""
    keys = pl.col("^(family|household)_id$", "kk_token")
    cases = [small.family_table(text) for text, _ in NATIONAL.values()]
    families = pl.concat(case.with_columns(keys + at * APART) for at, case in enumerate(cases))
    return _results(tmp_path_factory.mktemp("national"), families, request.param, within_run=False)


@pytest.mark.parametrize("title", NATIONAL)
def test_national(title: str, national: pl.DataFrame) -> None:
    of_case = national.filter(pl.col("family_id") // APART == list(NATIONAL).index(title))
    assert of_case["desil"].to_list() == NATIONAL[title][1]


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@pytest.mark.parametrize("title", WITHIN)
def test_within_run(title: str, engine: str, tmp_path: Path) -> None:
    text, expected = WITHIN[title]
    found = _results(tmp_path, small.family_table(text), engine, within_run=True)
    assert found["desil"].to_list() == expected
