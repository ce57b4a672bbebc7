"""Checks: what sends a family to verification. Each case is a title, two tables, and what must come out.

`family` and `person` are ids; what a table does not say is ordinary (`tests/fixtures/small_snapshots.py`);
`-` is an answer that nobody gave. Every case runs on every engine.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from tests.fixtures import small_snapshots as small

from dtks.determination.runs import run
from dtks.determination.runs.domain import Fault
from dtks.foundation.kernel.period import Period

APART = 10_000_000
ONE = "family\n1"
HEAD = "person | family | relation\n10 | 1 | 1"

CASES: dict[str, tuple[str, str, dict[int, Fault]]] = {
    "An ordinary family passes": (ONE, HEAD, {1: Fault(0)}),
    "Nobody is head": (ONE, "person | family | relation\n10 | 1 | 3", {1: Fault.NO_HEAD}),
    "A dead head is no head": (
        "family | size\n1 | 2",
        """
        person | family | relation | status
        10     | 1      | 1        | 2
        11     | 1      | 2        | 1
        """,
        {1: Fault.NO_HEAD},
    ),
    "Two heads": (
        "family | size\n1 | 2",
        """
        person | family | relation
        10     | 1      | 1
        11     | 1      | 1
        """,
        {1: Fault.SEVERAL_HEADS},
    ),
    "The size counts members who are not there": ("family | size\n1 | 3", HEAD, {1: Fault.SIZE}),
    "The size may leave the dead out": (
        "family | size\n1 | 1",
        """
        person | family | relation | presence
        10     | 1      | 1        | 1
        11     | 1      | 6        | 2
        """,
        {1: Fault(0)},
    ),
    "A family without members": ("family\n1\n2", HEAD, {1: Fault(0), 2: Fault.NO_MEMBERS}),
    "A code that is in no list": ("family | floor_material\n1 | 99", HEAD, {1: Fault.FAMILY_VALUE}),
    "An answer that nobody gave is no fault": ("family | floor_material\n1 | -", HEAD, {1: Fault(0)}),
    "A member's code that is in no list": (
        ONE, "person | family | relation | school_participation\n10 | 1 | 1 | 7", {1: Fault.MEMBER_VALUE},
    ),
    "The same NIK in two families": (
        "family\n1\n2",
        """
        person | family | relation | nik_token
        10     | 1      | 1        | 555
        20     | 2      | 1        | 555
        """,
        {1: Fault.NIK_REPEATED, 2: Fault.NIK_REPEATED},
    ),
    "The NIK of somebody who died may stand twice": (
        "family | size\n1 | 2\n2 | 1",
        """
        person | family | relation | nik_token | status
        10     | 1      | 1        | 554       | 1
        11     | 1      | 6        | 555       | 2
        20     | 2      | 1        | 555       | 1
        """,
        {1: Fault(0), 2: Fault(0)},
    ),
    "No NIK is no repeated NIK": (
        "family\n1\n2",
        """
        person | family | relation | nik_token
        10     | 1      | 1        | -
        20     | 2      | 1        | -
        """,
        {1: Fault(0), 2: Fault(0)},
    ),
    "The same KK number in two families": (
        "family | kk_token\n1 | 77\n2 | 77",
        "person | family | relation\n10 | 1 | 1\n20 | 2 | 1",
        {1: Fault.KK_REPEATED, 2: Fault.KK_REPEATED},
    ),
    "A family that split off shares its old card": (
        """
        family | kk_token | kk_code
        1      | 77       | 1
        2      | 77       | 2
        3      | 77       | 2
        """,
        "person | family | relation\n10 | 1 | 1\n20 | 2 | 1\n30 | 3 | 1",
        {1: Fault(0), 2: Fault(0), 3: Fault(0)},
    ),
    "Older than anybody": (ONE, "person | family | relation | age\n10 | 1 | 1 | 131", {1: Fault.BIRTH_DATE}),
    "Two faults at once": (
        "family | size | floor_material\n1 | 2 | 99", HEAD, {1: Fault.SIZE | Fault.FAMILY_VALUE},
    ),
}  # fmt: skip


Results = dict[str, dict[int, Fault]]


@pytest.fixture(scope="module", params=["polars", "duckdb"])
def determined(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Results:
    """All cases in one snapshot, each with ids and numbers of its own; faults by title and family."""
    parts = [_tables(place, *case[:2]) for place, case in enumerate(CASES.values())]
    families, people = (pl.concat(tables) for tables in zip(*parts, strict=True))
    report, results, listed = _determine(tmp_path_factory.mktemp("checks"), families, people, request.param)
    assert report.families == results.height == families.height, "nobody is dropped"
    assert report.families_verification == results.filter(pl.col("faults") > 0).height
    waiting = results.filter(pl.col("faults") > 0)
    assert waiting["score"].null_count() == waiting["desil"].null_count() == waiting.height
    _assert_listed(results, listed)
    found: Results = {title: {} for title in CASES}
    for family_id, faults in results.select("family_id", "faults").iter_rows():
        found[list(CASES)[family_id // APART]][family_id % APART] = Fault(faults)
    return found


@pytest.mark.parametrize("title", CASES)
def test_check(title: str, determined: Results) -> None:
    assert determined[title] == CASES[title][2]


def _tables(place: int, family_text: str, people_text: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    families = small.family_table(family_text)
    people = small.person_table(people_text, families)
    keys = pl.col("^.*_id$", "^.*_token$") + place * APART
    return families.with_columns(keys), people.with_columns(keys)


def _assert_listed(results: pl.DataFrame, listed: pl.DataFrame) -> None:
    """The list for verification gives every fault of every family, and no other."""
    found: dict[int, Fault] = {}
    for family_id, fault in listed.select("family_id", "fault").iter_rows():
        found[family_id] = found.get(family_id, Fault(0)) | Fault(fault)
    faulty = results.filter(pl.col("faults") > 0).select("family_id", "faults")
    assert found == {family_id: Fault(faults) for family_id, faults in faulty.iter_rows()}


def test_the_list_names_member_column_and_value(tmp_path: Path) -> None:
    families = small.family_table("family | floor_material\n1 | 99")
    people = small.person_table("person | family | relation | school_participation\n10 | 1 | 1 | 7", families)
    _, _, listed = _determine(tmp_path, families, people, "polars")
    assert listed.select("person_id", "fault", "column", "value").rows() == [
        (None, Fault.FAMILY_VALUE, "floor_material", 99),
        (10, Fault.MEMBER_VALUE, "school_participation", 7),
    ]


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_a_member_without_a_family_is_listed(tmp_path: Path, engine: str) -> None:
    families = small.family_table(ONE)
    people = small.person_table("person | family | relation\n10 | 1 | 1\n99 | 9 | 1", families)
    report, results, listed = _determine(tmp_path, families, people, engine)
    assert (report.people, report.orphans, results.height) == (2, 1, 1)
    assert listed.select("person_id", "family_id", "fault").rows() == [(99, 9, Fault.ORPHAN_MEMBER)]


def test_birthdays_late_in_the_year(tmp_path: Path) -> None:
    # Born on 2 December, a day after the snapshot: one year younger than the difference of the years.
    families = small.family_table(ONE)
    people = small.person_table(HEAD, families).with_columns(
        pl.date(pl.lit(small.TAKEN_ON.year) - pl.col("age") - 1, 12, 2).alias("birth_date")
    )
    _, results, _ = _determine(tmp_path, families, people, "polars")
    assert results["faults"].to_list() == [0]


def _determine(
    tmp_path: Path, families: pl.DataFrame, people: pl.DataFrame, engine: str
) -> tuple[run.RunReport, pl.DataFrame, pl.DataFrame]:
    snapshot = small.write(tmp_path / "snapshot", families, people)
    report = run.run(snapshot, period=Period(2026, 12), out=tmp_path / "out", engine=engine)
    results = pl.read_parquet(tmp_path / "out/families/32.parquet")
    return report, results, pl.read_parquet(tmp_path / "out/verification/32.parquet")
