"""`dtks synth` from the command line: the JSON that issue and documentation promise."""

import json
import os
import subprocess
import sys


def synth(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dtks.cli", "synth", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "dtks.config.settings"},
    )


def test_the_last_line_is_one_json_object_of_counts_and_rates(tmp_path):
    done = synth("--families", "300", "--area", "34", "--seed", "9", "--out", str(tmp_path / "x"), "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["families"] == 300
    assert report["people"] > 600
    assert report["seconds"] > 0
    assert report["peak_rss_mb"] > 50
    assert set(report["aimed"]) == set(report["got"]) == {"male_share", "mean_size", "poverty_rate"}
    (province,) = report["provinces"].values()
    assert {"sex_ratio_aimed", "sex_ratio", "mean_size", "poverty_rate_aimed", "poverty_rate"} <= set(
        province
    )
    assert (tmp_path / "x" / "identities" / "34.parquet").exists()
    assert not (tmp_path / "x" / "truth").exists()


def test_people_read_a_summary(tmp_path):
    done = synth(
        "--families", "50", "--area", "51.03", "--out", str(tmp_path / "x"), "--no-identities", "--truth"
    )
    assert done.returncode == 0, done.stderr
    assert "families" in done.stdout
    assert sorted(path.name for path in (tmp_path / "x").iterdir()) == [
        "families", "manifest.json", "people", "synth.json", "truth",
    ]  # fmt: skip


def test_a_wrong_area_is_an_error_with_a_code_and_a_hint(tmp_path):
    done = synth("--families", "50", "--area", "32.99", "--out", str(tmp_path / "x"))
    assert done.returncode == 1
    assert "DTKS-SYNTH-001" in done.stderr
    assert "32.01" in done.stderr
    assert not (tmp_path / "x" / "manifest.json").exists()


def test_a_wrong_date_is_a_usage_error(tmp_path):
    done = synth("--families", "50", "--out", str(tmp_path / "x"), "--taken-on", "1 Desember")
    assert done.returncode == 2
    assert "YYYY-MM-DD" in done.stderr
