"""A snapshot of the registry carries what the rules read, under pseudonyms, and no identity."""

from __future__ import annotations

import datetime
from pathlib import Path

import polars as pl
import pytest

from dtks.determination.targeting import registry_snapshot
from dtks.determination.targeting.pseudonyms import Pseudonyms
from dtks.determination.targeting.snapshot import Snapshot, SnapshotEmpty, open_snapshot
from dtks.foundation.ledger.domain import Actor
from dtks.registration.registry import actions

TAKEN_ON = datetime.date(2026, 12, 1)
KEY = Pseudonyms(bytes(range(32)))
KK_A, KK_B = "3302900101200001", "3302900101200002"
NIK_A, NIK_B = "3302900106800001", "3302904203950002"


@pytest.fixture
def registry(db: None) -> None:
    families = pl.DataFrame(
        {
            "family_key": ["a", "b"],
            "village": ["33.02.11.2002", "33.02.11.1001"],
            "kk_number": [KK_A, KK_B],
            "address": ["Jalan Rahasia 7", "Gang Sunyi 2"],
            "floor_area": [40, None],
            "lat": [-7.123456, None],
            "lon": [109.987654, None],
        }
    )
    people = pl.DataFrame(
        {
            "family_key": ["a", "a", "b"],
            "nik": [NIK_A, None, NIK_B],
            "name": ["SUPARMAN", "SITI AMINAH", "WAGIMAN"],
            "relation": [1, 3, 1],
            "sex": [1, 2, 2],
            "birth_date": [datetime.date(1980, 6, 1), datetime.date(2008, 12, 2), datetime.date(1995, 3, 2)],
            "status": [1, 1, 1],
        }
    )
    actions.load_people(
        by=Actor.system(), area="33.02.11", families=families, people=people, source="test",
        recorded_at=datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC),
    )  # fmt: skip


def _take(tmp_path: Path, name: str = "snap", area: str = "33.02.11") -> Snapshot:
    directory = registry_snapshot.take(
        area=area, taken_on=TAKEN_ON, regime="DTSEN-2025", directory=tmp_path / name,
        links=tmp_path / f"{name}-links.parquet", pseudonyms=KEY,
    )  # fmt: skip
    return open_snapshot(directory)


def test_what_the_registry_knows_arrives(registry: None, tmp_path: Path) -> None:
    snapshot = _take(tmp_path)
    (province,) = snapshot.provinces
    families = pl.read_parquet(province.families.path)
    assert families.select("village", "district", "regency", "province", "village_kind", "size").rows() == [
        (3302111001, 330211, 3302, 33, 1, 1),
        (3302112002, 330211, 3302, 33, 2, 2),
    ]
    assert families["floor_area"].to_list() == [None, 40]
    assert families["lat"].to_list() == [None, -7.12]
    people = pl.read_parquet(province.people.path).sort("age")
    # Born on 2 December 2008: the eighteenth birthday is tomorrow.
    assert people["age"].to_list() == [17, 31, 46]
    assert people["nik_token"].to_list() == [None, *KEY.of_numbers("nik", pl.Series([NIK_B, NIK_A]))]


def test_nothing_in_it_names_anybody(registry: None, tmp_path: Path) -> None:
    snapshot = _take(tmp_path)
    private = ["SUPARMAN", "AMINAH", "Rahasia", KK_A, NIK_A, NIK_A[6:]]
    links = pl.read_parquet(tmp_path / "snap-links.parquet")
    private += [str(family) for family in links["family"]]
    for path in snapshot.directory.rglob("*"):
        if path.suffix == ".parquet":
            text = pl.read_parquet(path).write_csv()
            assert not [secret for secret in private if secret in text]


def test_links_lead_back(registry: None, tmp_path: Path) -> None:
    snapshot = _take(tmp_path)
    links = pl.read_parquet(tmp_path / "snap-links.parquet")
    families = pl.read_parquet(snapshot.provinces[0].families.path)
    assert set(links["family_id"]) == set(families["family_id"])
    assert all(
        KEY.of_uuid("family", row["family"]) == row["family_id"] for row in links.iter_rows(named=True)
    )


def test_same_registry_same_bytes_and_made_up_is_said(registry: None, tmp_path: Path) -> None:
    first, second = _take(tmp_path, "one"), _take(tmp_path, "two")
    assert first.sha256 == second.sha256
    assert first.synthetic


def test_an_area_without_families_is_refused(registry: None, tmp_path: Path) -> None:
    with pytest.raises(SnapshotEmpty):
        _take(tmp_path, area="33.02.12")
    assert not (tmp_path / "snap").exists()
