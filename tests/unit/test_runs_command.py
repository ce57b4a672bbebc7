"""`dtks determine` and `dtks explain`: one JSON object as the last line, or words for a reader."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import typer
from tests.fixtures import small_snapshots as small
from tests.fixtures.small_registers import VILLAGE, child, families, family, father, mother, people
from typer.testing import CliRunner

from dtks.cli import determine as commands
from dtks.delivery.public import queries as public
from dtks.determination.runs import queries
from dtks.determination.runs.models import Run
from dtks.foundation.kernel.errors import DtksError
from dtks.foundation.ledger.domain import Actor
from dtks.registration.registry import actions as registry
from dtks.registration.registry import queries as registry_queries

app = typer.Typer()
app.command("determine")(commands.determine)
app.command("explain")(commands.explain)
ALWAYS = {
    "seconds", "peak_rss_mb", "sha256", "people", "families", "families_scored", "families_unscored",
    "families_verification", "deciles", "eligible", "amounts", "period", "model", "model_status",
    "within_run",
}  # fmt: skip


def _call(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def _json(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_call(*arguments, "--json").splitlines()[-1])
    return found


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    table = small.family_table("family | floor_area\n1 | 20\n2 | -\n3 | 90")
    return small.write(tmp_path / "snapshot", table, small.heads_of(table))


def test_determine_a_snapshot(snapshot: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    report = _json("determine", "--snapshot", str(snapshot), "--period", "2026-12", "--out", str(out))
    assert set(report) >= ALWAYS
    assert (report["people"], report["families"], report["families_unscored"]) == (3, 3, 1)
    assert report["model_status"] == "demonstration"
    assert set(report["eligible"]) >= {
        "pkh",
        "sembako",
        "pip",
        "pbi_jkn",
        "kis",
        "blt_dd",
        "rs_rtlh",
        "bsps",
        "uep",
    }
    again = _json("determine", "--snapshot", str(snapshot), "--period", "2026-12", "--out", f"{out}2",
                  "--engine", "duckdb")  # fmt: skip
    assert again["sha256"] == report["sha256"]
    within = _json("determine", "--snapshot", str(snapshot), "--period", "2026-12", "--out", f"{out}3",
                   "--within-run")  # fmt: skip
    assert within["within_run"] is True


def test_determine_in_words(snapshot: Path, tmp_path: Path) -> None:
    text = _call(
        "determine", "--snapshot", str(snapshot), "--period", "2026-12", "--out", str(tmp_path / "out")
    )
    assert "families_scored" in text


def test_explain_a_family_of_a_snapshot(snapshot: Path) -> None:
    text = _call("explain", "--family", "1", "--snapshot", str(snapshot))
    assert "PERAGAAN" in text
    assert "Desil" in text
    assert "Program Keluarga Harapan" in text
    english = _call("explain", "--family", "1", "--snapshot", str(snapshot), "--english")
    assert "DEMONSTRATION" in english
    found = _json("explain", "--family", "1", "--snapshot", str(snapshot))
    assert found["desil"] is not None
    told = {part["variable"]: part["value"] for part in found["contributions"]}
    assert told["floor_per_head"] == "20,0 m²"  # 40 m² for two
    strengths = [abs(part["micro_units"]) for part in found["contributions"]]
    assert strengths == sorted(strengths, reverse=True)
    assert {"id", "label", "outcome", "sentence", "values"} <= set(found["programmes"][0]["criteria"][0])


def test_explain_says_what_is_missing(snapshot: Path) -> None:
    found = _json("explain", "--family", "2", "--snapshot", str(snapshot))
    assert found["score"] is None
    assert found["missing"] == ["Luas lantai per orang"]
    assert "Luas lantai per orang" in _call("explain", "--family", "2", "--snapshot", str(snapshot))


def test_explained_score_is_the_determined_one(snapshot: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    _json("determine", "--snapshot", str(snapshot), "--period", "2026-12", "--out", str(out))
    for row in pl.read_parquet(out / "families/32.parquet").iter_rows(named=True):
        found = _json("explain", "--family", str(row["family_id"]), "--snapshot", str(snapshot))
        assert (found["score"], found["desil"]) == (row["score"], row["desil"])
        statuses = {one["programme"]: one["status"] for one in found["programmes"]}
        assert statuses == {name: row[f"{name}__status"] for name in statuses}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("determine", "--period", "2026-12"), "DTKS-RUN-001"),
        (("explain", "--family", "Budi"), "DTKS-RUN-004"),
        (("determine", "--snapshot", "nowhere", "--period", "2026-12"), "DTKS-SNAP-001"),
        (("determine", "--snapshot", "nowhere", "--period", "12/2026"), "DTKS-PERIOD-001"),
    ],
)
def test_refusals(arguments: tuple[str, ...], code: str, tmp_path: Path) -> None:
    with pytest.raises(DtksError) as refused:
        _call(*arguments)
    assert refused.value.code == code


def test_a_family_that_is_not_there(snapshot: Path) -> None:
    with pytest.raises(DtksError) as refused:
        _call("explain", "--family", "77", "--snapshot", str(snapshot))
    assert refused.value.code == "DTKS-RUN-003"


@pytest.mark.django_db
def test_determine_an_area_publishes_its_list() -> None:
    registry.load_people(
        by=Actor.system(), area=VILLAGE, families=families(family()),
        people=people(father(), mother(), child()),
        source="test",
    )  # fmt: skip
    report = _json("determine", "--area", VILLAGE, "--period", "2026-12")
    assert report["published"] == 3
    assert queries.run(id=uuid.UUID(report["run_id"])).area == VILLAGE
    (found,) = public.people_named(village=VILLAGE, name="Siti Rahmawati") or []
    assert found.period == "2026-12"
    (row,) = registry_queries.families(area=VILLAGE).rows
    explained = _json("explain", "--family", str(row.family_id))
    assert (explained["family"], explained["rules_changed"]) == (str(row.family_id), [])
    Run.objects.update(programmes={})
    assert "pkh" in _json("explain", "--family", str(row.family_id))["rules_changed"]
    assert "Aturan berubah sejak penetapan ini" in _call("explain", "--family", str(row.family_id))
    assert commands.determine_area(area=VILLAGE, period="2026-12").families == 1


@pytest.mark.django_db
def test_a_trial_within_the_run_is_not_published() -> None:
    registry.load_people(
        by=Actor.system(), area=VILLAGE, families=families(family()),
        people=people(father(), mother(), child()),
        source="test",
    )  # fmt: skip
    _json("determine", "--area", VILLAGE, "--period", "2026-11")
    report = _json("determine", "--area", VILLAGE, "--period", "2026-12", "--within-run")
    assert report["published"] is None
    (found,) = public.people_named(village=VILLAGE, name="Siti Rahmawati") or []
    assert found.period == "2026-11", "citizens still see the determination"
