"""Engines read the same rows, find the same repeated keys, and never turn a whole number into a float."""

from __future__ import annotations

from pathlib import Path

import narwhals as nw
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dtks.foundation.engines.tables import (
    ColumnTypeChanged,
    EngineUnknown,
    TableSlice,
    open_engine,
    require_schema,
)

ENGINES = ("polars", "duckdb")
BIG = 2**62 + 1  # a float keeps 53 bits


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> object:
    opened = open_engine(request.param)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("it's a table") / "t.parquet"
    pl.DataFrame({"key": [1, 2, BIG, None, None, BIG, 2], "n": range(7)}).write_parquet(
        path, row_group_size=2
    )
    return path


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([(0, None)], [0, 1, 2, 3, 4, 5, 6]),
        ([(2, 3)], [2, 3, 4]),
        ([(0, 1), (5, None)], [0, 5, 6]),
    ],
)
def test_slices(engine, file: Path, parts: list[tuple[int, int | None]], expected: list[int]) -> None:
    table = engine.scan([TableSlice(file, *part) for part in parts], ["n"])
    assert engine.collect(table)["n"].sort().to_list() == expected


def test_two_files(engine, file: Path, tmp_path: Path) -> None:
    other = tmp_path / "u.parquet"
    pl.DataFrame({"n": [7], "key": [3]}).write_parquet(other)
    table = engine.scan([TableSlice(file), TableSlice(other)], ["n", "key"])
    assert engine.collect(table).filter(pl.col("n") == 7)["key"].to_list() == [3]


def test_keys_keep_all_their_bits(engine, file: Path) -> None:
    found = engine.collect(engine.scan([TableSlice(file)], ["key"]))
    require_schema(found, {"key": pl.Int64()}, engine=engine.name)
    assert BIG in found["key"].to_list()


def test_memory_table_joins(engine, file: Path) -> None:
    small = engine.table(pl.DataFrame({"key": [BIG], "found": [True]}))
    joined = engine.scan([TableSlice(file)], ["key", "n"]).join(small, on="key", how="inner")
    assert engine.collect(joined)["n"].sort().to_list() == [2, 5]


def test_a_changed_type_is_refused(engine, file: Path) -> None:
    halved = engine.scan([TableSlice(file)], ["n"]).select((nw.col("n") / 2).alias("n"))
    with pytest.raises(ColumnTypeChanged, match="n"):
        require_schema(engine.collect(halved), {"n": pl.Int64()}, engine=engine.name)


def test_a_slot_is_filled_again_and_again(engine, file: Path) -> None:
    table = engine.scan([TableSlice(file)], ["key", "n"])
    slot = engine.slot(table)
    plan = slot.table.join(slot.table.select("n"), on="n", how="inner").with_columns(
        (nw.col("n") + 1).alias("m")
    )
    assert engine.collect(plan).is_empty()
    for least in (2, 5, 0):
        slot.fill(table.filter(nw.col("n") >= least))
        found = engine.collect(plan).sort("n")
        assert found["m"].to_list() == list(range(least + 1, 8))
        assert found.schema == {"key": pl.Int64, "n": pl.Int64, "m": pl.Int64}
    slot.clear()
    assert engine.collect(plan.filter(nw.col("n") > 1).head(1)).is_empty()


def test_unknown_engine() -> None:
    with pytest.raises(EngineUnknown, match="polars, duckdb"):
        open_engine("abacus")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(keys=st.lists(st.one_of(st.none(), st.integers(0, 6), st.just(BIG)), max_size=12))
def test_repeated_keys(tmp_path: Path, keys: list[int | None]) -> None:
    path = tmp_path / "keys.parquet"
    pl.DataFrame({"key": keys}, schema={"key": pl.Int64}).write_parquet(path)
    expected = sorted({key for key in keys if key is not None and keys.count(key) > 1})
    for name in ENGINES:
        engine = open_engine(name)
        assert engine.repeated(engine.scan([TableSlice(path)], ["key"]), "key").to_list() == expected
        engine.close()
