"""`--json`: each command is run for real, and prints exactly the keys that the documentation promises."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.fixtures import made_up_survey
from tests.fixtures.intake_files import opensid_csv, opensid_row
from tests.fixtures.intake_files import people as made_people

from dtks.cli import docs, json_keys

DISTRICT = "33.02.11"
Reports = dict[str, list[dict[str, Any]]]


class Installation:
    """A data folder of its own, and what the commands that ran on it printed."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.reports: Reports = {}

    def run(self, command: str, *arguments: object) -> dict[str, Any]:
        called = subprocess.run(
            [sys.executable, "-m", "dtks.cli", *command.split(), *map(str, arguments), "--json"],
            env={**os.environ, "DTKS_HOME": str(self.home), "DJANGO_SETTINGS_MODULE": "dtks.config.settings"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert called.returncode == 0, called.stdout + called.stderr
        report: dict[str, Any] = json.loads(called.stdout.splitlines()[-1], parse_constant=pytest.fail)
        self.reports.setdefault(command, []).append(report)
        return report


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Reports:
    """From an empty folder to an explained family; every command with --json at least once."""
    folder = tmp_path_factory.mktemp("json")
    here = Installation(folder / "home")
    here.home.mkdir()
    here.run("doctor")
    here.run("migrate")
    here.run("areas stats")
    attributes = folder / "attributes.csv"
    attributes.write_text(f"code,access_level\n{DISTRICT},1\n", encoding="utf-8")
    here.run("areas load", "--under", DISTRICT, "--attributes", attributes)
    made = here.run("synth", "--families", 60, "--area", DISTRICT, "--seed", 3, "--out", folder / "made")
    here.run("import", made["out"])
    rows = [opensid_row(person) for person in made_people(4)]
    rows[0]["nik"] = "123"
    village = opensid_csv(folder / "village.csv", rows)
    for more in (("--dry-run",), ("--report", folder / "waiting.xlsx")):
        here.run("import", village, "--area", "32.01.02.2001", *more)
    here.run("determine", "--area", DISTRICT, "--period", "2026-12")
    run = here.run("determine", "--snapshot", made["out"], "--period", "2026-12", "--within-run",
                   "--out", folder / "run")  # fmt: skip
    here.run("explain", "--family", _a_scored_family(folder / "run"), "--snapshot", made["out"])
    here.run("targeting cut-points", "--results", run["directory"], "--out", folder / "cuts.yaml",
             "--basis-id", "contoh", "--basis-en", "example")  # fmt: skip
    survey = made_up_survey.known_layout(folder / "survey.csv")
    here.run("targeting train", "--survey", survey, "--out", folder / "model.yaml", "--folds", 2)
    here.run("targeting evaluate", "--survey", survey, "--model", folder / "model.yaml")
    here.run("targeting evaluate", "--survey", survey, "--folds", 2)
    here.run("privacy retention")
    here.run("privacy clocks")
    here.run("keys add")
    here.run("ledger prove", 1, "--out", folder / "proof")
    here.run("ledger export", "--officer", "cli", "--out", folder / "bundle.zip")
    (vkey,) = here.run("ledger key")["keys"]
    for given in ("proof", "bundle.zip"):
        here.run("ledger check", folder / given, "--key", vkey)
    witness = ("--folder", folder / "witness")
    here.run("ledger witness init", "--name", "saksi.contoh", "--log", vkey, *witness)
    here.run("ledger witness trust", vkey, *witness)
    here.run("ledger witness show", *witness)
    here.run("ledger consistency", 1)
    here.run("ledger shred", 2, "--reason", "uji", "--yes")
    here.run("ledger verify", "--key", vkey)
    here.run("keys rotate")
    here.run("keys status")
    _an_hour_passes(here.home / "keys" / "ring.json")
    here.run("keys retire", 1, "--yes")
    here.run("test", "-k", "test_every_package_says_what_it_is")
    here.run("doctor")
    return here.reports


def _an_hour_passes(ring: Path) -> None:
    """A key may go an hour after it was replaced, when no process can still hold the ring of before."""
    content = ring.read_text(encoding="utf-8")
    today = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d")
    assert today in content
    ring.write_text(content.replace(today, "2026-01-01"), encoding="utf-8")


def _a_scored_family(run: Path) -> int:
    import polars as pl

    families = pl.read_parquet(run / "families" / "*.parquet")
    return int(families.filter(pl.col("desil").is_not_null())["family_id"][0])


def test_commands_with_json_are_those_documented() -> None:
    with_json = {
        name
        for name, command in docs.every_command()
        if any("--json" in parameter.opts for parameter in command.params)
    }
    assert with_json == set(json_keys.KEYS)
    assert {name for name, _ in docs.every_command()} - with_json == set(json_keys.WITHOUT)


@pytest.mark.slow
@pytest.mark.parametrize("command", json_keys.KEYS)
def test_what_is_printed_is_what_is_documented(command: str, reports: Reports) -> None:
    assert reports[command]
    for report in reports[command]:
        assert json_keys.differences(command, report) == []
        assert report["seconds"] > 0
        assert report["peak_rss_mb"] > 20


@pytest.mark.slow
def test_the_figures_are_those_of_the_work(reports: Reports) -> None:
    (stats,), (load,) = reports["areas stats"], reports["areas load"]
    assert [stats[level] for level in ("provinces", "regencies", "districts", "villages")] == [
        38, 514, 7285, 83762,
    ]  # fmt: skip
    assert stats["loaded"] == 38 + 514 + 7285 + 83762, "an empty database is loaded first"
    assert (load["added"], load["attributes"]) == (0, 1)
    directory, dry, real = reports["import"]
    (made,) = reports["synth"]
    assert (directory["people"], directory["families"]) == (made["people"], 60)
    assert dry["dry_run"] and dry["job"] is None
    assert (dry["people_new"], dry["families_changed"]) == (None, None), "nobody was looked for"
    for name in ("rows_read", "rows_accepted", "rows_pending", "people", "families", "problems"):
        assert dry[name] == real[name], name
    assert real["rows_read"] == real["rows_accepted"] + real["rows_pending"] + real["rows_skipped"] == 10
    assert real["rows_pending"] >= 1
    assert Path(real["report"]).exists()
    of_registry, of_snapshot = reports["determine"]
    assert of_registry["run_id"] and of_registry["published"] > 0
    assert (of_snapshot["run_id"], of_snapshot["published"]) == (None, None)
    assert of_snapshot["people"] == made["people"]
    of_model, of_method = reports["targeting evaluate"]
    assert of_model["model"] == "model"
    assert of_method["model"] is None
    assert set(of_method["at"]) == {"10", "20", "30", "40"}
    migrated = reports["migrate"][0]
    assert "registry.0001_initial" in migrated["applied"]
    (trail,), (taken,) = reports["ledger verify"], reports["ledger export"]
    assert (trail["ok"], trail["pending"], taken["events"]) == (True, 0, 3), "a key, a proof, an export"
    assert (trail["shredded"], len(trail["shreds"])) == (1, 1)
    assert all(one["ok"] for one in reports["ledger check"])
    before, after = reports["doctor"]
    assert not {"database", "indexes"} & {one["name"] for one in before["findings"]}
    assert {"database", "indexes"} <= {one["name"] for one in after["findings"] if one["ok"]}


def test_a_key_too_many_or_too_few_is_noticed() -> None:
    printed = {"applied": [], "indexes_built": [], "seconds": 1, "peak_rss_mb": 1}
    assert json_keys.differences("migrate", printed) == []
    assert json_keys.differences("migrate", {**printed, "more": 1}) == [
        "migrate.more: printed, not documented"
    ]
    del printed["applied"]
    assert json_keys.differences("migrate", printed) == ["migrate.applied: documented, not printed"]
    nested = {"steps": {"lint": {"exit_code": 0}}, "failed": [], "seconds": 1, "peak_rss_mb": 1}
    assert json_keys.differences("test", nested) == ["test.steps.*.seconds: documented, not printed"]
