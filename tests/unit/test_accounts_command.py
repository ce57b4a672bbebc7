"""`dtks user`: the first administrator, roles, a list, many from a file; the real command."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import pytest

from dtks.foundation.accounts import officers_file

pytestmark = pytest.mark.slow
PASSWORD = "kuda-lumping-naik-9-bukit"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the areas of one regency."""
    folder = tmp_path_factory.mktemp("home")
    for arguments in (("migrate",), ("areas", "load", "--under", "33.02")):
        answer = run(folder, *arguments)
        assert answer.returncode == 0, answer.stderr
    return folder


@pytest.fixture
def home(prepared: Path, tmp_path: Path) -> Path:
    """The same for one test alone."""
    return Path(shutil.copytree(prepared, tmp_path / "home"))


def run(home: Path, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """`dtks` with a data folder of its own and what somebody types."""
    environment = {**os.environ, "DTKS_HOME": str(home), "PYTHONPATH": "src"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "-m", "dtks.cli", *arguments]
    return subprocess.run(command, input=typed, capture_output=True, text=True, env=environment, check=False)


def test_the_first_account_is_administrator_the_next_is_nothing_until_given_a_role(home: Path) -> None:
    first = run(home, "user", "kepala", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert first.returncode == 0, first.stderr
    assert "administrator" in first.stdout
    second = run(home, "user", "add", "siti", "--full-name", "Siti Aminah", "--temporary")
    assert "dtks user grant siti" in second.stdout
    assert run(home, "user", "siti", "--temporary").returncode == 1, "the name is taken"
    assert run(home, "user", "grant", "siti", "operator-desa", "--area", "33.02.01.2001").returncode == 0
    listed = run(home, "user", "list").stdout.splitlines()
    assert listed == [
        "siti\tSiti Aminah\taktif\toperator-desa 33.02.01.2001",
        "kepala\tkepala\taktif\tadministrator",
    ]
    assert (
        run(
            home, "user", "end", "siti", "operator-desa", "--area", "33.02.01.2001", "--reason", "x"
        ).returncode
        == 0
    )
    assert "tanpa-peran" in run(home, "user", "list").stdout
    assert len(run(home, "user", "password", "siti", "--reason", "lupa").stdout.strip()) == 19
    refused = run(home, "user", "end", "kepala", "administrator", "--reason", "x")
    assert refused.returncode == 1
    assert "DTKS-ACC-011" in refused.stderr
    assert "masa habis · run out: 0" in run(home, "user", "tidy").stdout


def test_a_weak_password_makes_no_account(home: Path) -> None:
    answer = run(home, "user", "budi", typed="budi\nbudi\n")
    assert answer.returncode == 1
    assert "DTKS-ACC-018" in answer.stderr
    assert "budi" not in run(home, "user", "list").stdout


def test_many_from_a_file(home: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(officers_file.template()))
    book["Petugas"].append(("wati", "Wati", "rt-rw", "33.02.01.2001"))
    book["Petugas"].append(("rini", "Rini", "rt-rw", "33.02.01.9999"))
    path = tmp_path / "petugas.xlsx"
    book.save(path)
    wrong = run(home, "user", "import", str(path))
    assert wrong.returncode == 1
    assert "petugas.xlsx:3: Wilayah" in wrong.stderr
    book["Petugas"]["D3"] = "33.02.01.2002"
    book.save(path)
    assert run(home, "user", "import", str(path), "--dry-run").returncode == 0
    assert "wati" not in run(home, "user", "list").stdout
    made = run(home, "user", "import", str(path))
    assert [line.split("\t")[0] for line in made.stdout.splitlines()] == ["wati", "rini"]


def test_tidying_takes_away_uploads_that_nobody_confirmed(home: Path) -> None:
    waiting = home / "pending-officers"
    waiting.mkdir()
    for name, age in (("old", 3_700), ("young", 60)):
        (waiting / name).write_bytes(b"x")
        os.utime(waiting / name, (time.time() - age,) * 2)
    tidied = run(home, "user", "tidy")
    assert (tidied.returncode, "taken away: 1" in tidied.stdout) == (0, True), tidied.stdout + tidied.stderr
    assert [path.name for path in waiting.iterdir()] == ["young"]
    assert "taken away: 0" in run(home, "user", "tidy").stdout


def test_an_account_is_prepared_for_an_institution(home: Path) -> None:
    known = {
        "id": "dinsos", "name": "Dinsos", "server": "https://sso.example.go.id/realms/asn",
        "client_id": "dtks", "client_secret": "x",
    }  # fmt: skip
    (home / "oidc.json").write_text(json.dumps([known]), encoding="utf-8")
    (home / "oidc.json").chmod(0o600)
    run(home, "user", "add", "siti", "--temporary")
    prepared = run(home, "user", "institution", "siti", "dinsos", "sub-1")
    assert (prepared.returncode, "disiapkan" in prepared.stdout) == (0, True), prepared.stderr
    run(home, "user", "add", "budi", "--temporary", "--role", "administrator")
    assert run(home, "user", "institution", "budi", "dinsos", "sub-1").returncode == 1, (
        "the same person twice"
    )
    replaced = run(home, "user", "institution", "siti", "dinsos", "sub-2")
    assert (replaced.returncode, "menunggu persetujuan" in replaced.stdout) == (0, True), replaced.stderr
    assert "/lembaga/" in replaced.stdout, "where a second person agrees"
    assert "dicabut" in run(home, "user", "institution", "siti", "dinsos").stdout
    assert "DTKS-ACC-102" in run(home, "user", "institution", "siti", "lain", "x").stderr


def test_a_wrong_day_and_an_empty_list_say_what_they_are_about(home: Path) -> None:
    nobody = run(home, "user", "list")
    assert (nobody.returncode, nobody.stdout) == (0, "")
    assert "Tidak ada petugas · no officers" in nobody.stderr
    assert run(home, "user", "add", "siti", "--temporary").returncode == 0
    wrong = run(home, "user", "grant", "siti", "rt-rw", "--area", "33.02.01.2001", "--until", "31-12-2026")
    assert wrong.returncode == 2
    assert "--until" in wrong.stderr
    assert "31-12-2026" in wrong.stderr
