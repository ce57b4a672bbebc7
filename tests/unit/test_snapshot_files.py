"""A snapshot is written sorted and whole, and a damaged one is refused with the file and the fault."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from tests.fixtures import small_snapshots as small

from dtks.determination.targeting import snapshot as snapshots
from dtks.determination.targeting.schema import FAMILY_COLUMNS, PERSON_COLUMNS
from dtks.determination.targeting.snapshot_writer import SnapshotWriter, conform
from dtks.foundation.engines.parquet import ROW_GROUP, ParquetAppender


@pytest.fixture
def families() -> pl.DataFrame:
    return small.family_table("""
        family | village
        3      | 3201012002
        1      | 3201012001
        9      | 1101012001
        2      | 3201012001
    """)


@pytest.fixture
def written(tmp_path: Path, families: pl.DataFrame) -> Path:
    return small.write(tmp_path / "snap", families, small.heads_of(families))


def test_snapshot_opens_with_counts_and_order(written: Path) -> None:
    snapshot = snapshots.open_snapshot(written)
    assert [province.code for province in snapshot.provinces] == [11, 32]
    assert (snapshot.families, snapshot.people) == (4, 4)
    java = snapshot.provinces[1]
    assert pl.read_parquet(java.families.path)["family_id"].to_list() == [1, 2, 3]
    assert pl.read_parquet(java.people.path)["person_id"].to_list() == [10, 20, 30]
    for file, columns in ((java.families, FAMILY_COLUMNS), (java.people, PERSON_COLUMNS)):
        # Every key column keeps its 63 bits: no engine may turn an id into a float.
        assert dict(pl.read_parquet_schema(file.path)) == columns
        snapshots.verify_content(file)


def test_rows_in_another_order_give_the_same_bytes(
    tmp_path: Path, families: pl.DataFrame, written: Path
) -> None:
    turned = families.reverse()
    again = small.write(
        tmp_path / "again", turned, small.heads_of(turned).sample(fraction=1, shuffle=True, seed=3)
    )
    assert snapshots.open_snapshot(again).sha256 == snapshots.open_snapshot(written).sha256


def test_missing_manifest(tmp_path: Path) -> None:
    with pytest.raises(snapshots.SnapshotMissing):
        snapshots.open_snapshot(tmp_path)


def _spoil_truncate(path: Path) -> None:
    file = path / "people/32.parquet"
    file.write_bytes(file.read_bytes()[:-40])


def _spoil_remove(path: Path) -> None:
    (path / "families/11.parquet").unlink()


def _spoil_type(path: Path) -> None:
    file = path / "families/32.parquet"
    pl.read_parquet(file).with_columns(pl.col("family_id").cast(pl.Float64)).write_parquet(file)


def _spoil_column(path: Path) -> None:
    file = path / "people/32.parquet"
    pl.read_parquet(file).drop("age").write_parquet(file)


def _spoil_rows(path: Path) -> None:
    file = path / "people/32.parquet"
    pl.read_parquet(file).head(1).write_parquet(file)


def _spoil_manifest(path: Path) -> None:
    (path / "manifest.json").write_text("{", encoding="utf-8")


def _spoil_key(path: Path) -> None:
    manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
    del manifest["taken_on"]
    (path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


@pytest.mark.parametrize(
    "spoil",
    [_spoil_truncate, _spoil_remove, _spoil_type, _spoil_column, _spoil_rows, _spoil_manifest, _spoil_key],
)
def test_damage_is_refused(written: Path, spoil: object) -> None:
    assert callable(spoil)
    spoil(written)
    with pytest.raises(snapshots.SnapshotDamaged):
        snapshots.open_snapshot(written)


def test_changed_value_is_found_by_its_hash(written: Path) -> None:
    file = written / "families/32.parquet"
    pl.read_parquet(file).with_columns(size=pl.lit(2, dtype=pl.Int16)).write_parquet(file)
    snapshot = snapshots.open_snapshot(written)
    with pytest.raises(snapshots.SnapshotDamaged, match="sha256"):
        snapshots.verify_content(snapshot.provinces[1].families)


def test_other_schema_version(written: Path) -> None:
    manifest = json.loads((written / "manifest.json").read_text(encoding="utf-8"))
    (written / "manifest.json").write_text(json.dumps({**manifest, "schema": 99}), encoding="utf-8")
    with pytest.raises(snapshots.SnapshotSchemaUnknown, match="99"):
        snapshots.open_snapshot(written)


def test_colliding_ids_leave_nothing_behind(tmp_path: Path, families: pl.DataFrame) -> None:
    twice = pl.concat([families, families.filter(pl.col("province") == 11)])
    with pytest.raises(snapshots.SnapshotIdsCollide):
        small.write(tmp_path / "snap", twice, small.heads_of(families))
    assert list(tmp_path.iterdir()) == []


def test_chunks_must_follow_village_order(tmp_path: Path, families: pl.DataFrame) -> None:
    java = families.filter(pl.col("province") == 32)
    people = small.heads_of(java)
    writer = SnapshotWriter(
        tmp_path / "s", taken_on=small.TAKEN_ON, source="test", synthetic=True, regime="DTSEN-2025"
    )
    with writer, pytest.raises(ValueError, match="out of order"):
        for village in (3201012002, 3201012001):
            part = java.filter(pl.col("village") == village)
            writer.write(families=part, people=people.join(part, on="family_id", how="semi"))


def test_a_value_that_does_not_fit_is_an_error_and_not_clipped() -> None:
    with pytest.raises(pl.exceptions.InvalidOperationError):
        conform(pl.DataFrame({"age": [70_000]}), PERSON_COLUMNS)


def test_bytes_do_not_depend_on_how_rows_arrive(tmp_path: Path) -> None:
    frame = pl.DataFrame({"n": range(2 * ROW_GROUP + 11)})
    for name, cuts in (("whole", [frame.height]), ("pieces", [1, ROW_GROUP, 7, frame.height])):
        appender = ParquetAppender(tmp_path / name)
        start = 0
        for cut in cuts:
            appender.append(frame.slice(start, cut))
            start += cut
        appender.close()
        assert appender.rows == frame.height
    assert (tmp_path / "whole").read_bytes() == (tmp_path / "pieces").read_bytes()
    assert pl.read_parquet(tmp_path / "whole").equals(frame)
