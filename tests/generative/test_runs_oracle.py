"""The pipeline against rules in plain Python: every criterion, status and rupiah of a made-up population."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.fixtures import rule_oracle

from dtks.determination.programmes import loader
from dtks.determination.programmes.domain import Programme, Status
from dtks.determination.runs import run
from dtks.determination.runs.domain import unpack
from dtks.determination.synth import actions as synth
from dtks.foundation.kernel.period import Period

PERIOD = Period(2026, 12)
PARTS = ("status", "outcomes", "people", "amount", "open")


@pytest.fixture(scope="module")
def population(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("oracle") / "snap"
    synth.generate(area="33.02.11", families=1_500, seed=11, out=out, workers=1, undocumented=0.1)
    return out


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_every_family_as_the_oracle_says(population: Path, tmp_path: Path, engine: str) -> None:
    run.run(population, period=PERIOD, out=tmp_path / "out", engine=engine)
    programmes = loader.load(on=datetime.date(2026, 12, 1))
    results = _rows(tmp_path / "out/families/33.parquet")
    families = _rows(population / "families/33.parquet")
    members: dict[int, list[dict[str, Any]]] = {}
    for person in pl.read_parquet(population / "people/33.parquet").iter_rows(named=True):
        members.setdefault(person["family_id"], []).append(person)
    eligible = 0
    for family_id, result in results.items():
        family = {**families[family_id], "desil": result["desil"]}
        expected = rule_oracle.judge(programmes, family, members[family_id])
        for programme in programmes:
            found = _found(result, programme)
            if found["status"] == Status.SHARED_HOUSEHOLD:
                continue  # the oracle sees one family at a time
            assert found == expected[programme.id], (family_id, programme.id)
            eligible += found["status"] == Status.ELIGIBLE
    assert eligible > 500


def _rows(path: Path) -> dict[int, dict[str, Any]]:
    return {row["family_id"]: row for row in pl.read_parquet(path).iter_rows(named=True)}


def _found(row: dict[str, Any], programme: Programme) -> dict[str, Any]:
    found = {part: row[programme.column(part)] for part in PARTS}
    return {**found, "status": Status(found["status"]), "outcomes": unpack(found["outcomes"])}
