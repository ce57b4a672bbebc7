"""A first filling that was killed leaves the register without indexes: said, and mended before serving."""

from __future__ import annotations

import datetime
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from threading import Timer

import pytest
from django.utils import timezone

from dtks.cli import serve
from dtks.foundation.vault import configured
from dtks.registration.intake import locking
from dtks.registration.intake.domain import State
from dtks.registration.intake.models import ImportJob
from dtks.registration.registry import queries
from dtks.registration.registry.bulk import indexes as bulk_indexes

# What an import does with many people, up to the kill: an empty register, no indexes, some rows.
FILLING = """
import os, signal
import django
django.setup()
from dtks.cli.serve import migrate
from tests.fixtures.small_registers import VILLAGE, families, father, people
from dtks.foundation.accounts.acting import as_system
from dtks.registration.registry import actions
migrate()
with as_system() as by, actions.initial_load(by=by):
    for copy in range(COPIES):
        actions.load_people(by=by, area=VILLAGE, families=families(), people=people(father()),
                            source="test", initial=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def environment(**more: str) -> dict[str, str]:
    root = str(Path(__file__).parents[2])
    given = {**os.environ, "DJANGO_SETTINGS_MODULE": "dtks.config.settings", "PYTHONPATH": root, **more}
    return {**given, "PYTHONUNBUFFERED": "1"}


def dtks(env: dict[str, str], *arguments: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-m", "dtks.cli", *arguments, "--json"], env=env, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    report: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return report


def killed_while_filling(env: dict[str, str], *, copies: int = 1) -> None:
    filling = FILLING.replace("COPIES", str(copies))
    done = subprocess.run([sys.executable, "-c", filling], env=env, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


def indexes(env: dict[str, str]) -> dict[str, object] | None:
    """What doctor says of the indexes."""
    findings = dtks(env, "doctor")["findings"]
    return next((one for one in findings if one["name"] == "indexes"), None)


def served(env: dict[str, str]) -> str:
    """Everything that `dtks serve` says from its start to its end after Ctrl-C."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "dtks.cli", "serve", "--port", str(port)], env=env, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    watchdog = Timer(120, process.kill)
    watchdog.start()
    said = ""
    try:
        for line in process.stdout or ():
            said += line
            if line.startswith("http://"):
                process.send_signal(signal.SIGINT)
        process.wait()
    finally:
        watchdog.cancel()
    assert process.returncode == 0, said
    return said


@pytest.mark.slow
def test_serve_mends_what_a_kill_left_and_doctor_tells(tmp_path: Path) -> None:
    env = environment(DTKS_HOME=str(tmp_path))
    env.pop("DTKS_DATABASE_URL", None)
    assert indexes(env) is None, "no database, nothing to say"
    killed_while_filling(env)
    found = indexes(env)
    assert found is not None
    assert (found["ok"], found["needed"]) == (False, False)
    assert "persondemographics_one_nik" in str(found["how"])
    first = served(env)
    assert first.count("The first filling was interrupted") == 1
    assert first.index("interrupted") < first.index("http://")
    assert (indexes(env) or {})["ok"] is True
    assert "interrupted" not in served(env)


@pytest.mark.slow
def test_numbers_that_are_there_twice_are_said_and_the_site_is_served(tmp_path: Path) -> None:
    env = environment(DTKS_HOME=str(tmp_path))
    env.pop("DTKS_DATABASE_URL", None)
    killed_while_filling(env, copies=2)
    said = served(env)
    assert "DTKS-REGISTRY-006" in said
    assert "http://" in said
    assert (indexes(env) or {})["ok"] is False


@pytest.mark.slow
@pytest.mark.postgres
def test_on_postgresql(postgres: str, postgres_owner: str, tmp_path: Path) -> None:
    env = environment(
        DTKS_HOME=str(tmp_path), DTKS_DATABASE_URL=postgres, DTKS_DATABASE_OWNER_URL=postgres_owner,
        DTKS_KEY_RING=str(configured.place().path),
    )  # fmt: skip
    killed_while_filling(env)
    assert (indexes(env) or {})["ok"] is False
    assert "persondemographics_one_nik" in dtks(env, "migrate")["indexes_built"]
    assert (indexes(env) or {})["ok"] is True
    assert queries.missing_indexes() == []
    assert dtks(env, "migrate")["indexes_built"] == []


@pytest.mark.slow
def test_doctor_fails_on_a_database_that_cannot_be_reached(tmp_path: Path) -> None:
    env = environment(DTKS_HOME=str(tmp_path), DTKS_DATABASE_URL=f"postgresql://x@/x?host={tmp_path}")
    done = subprocess.run(
        [sys.executable, "-m", "dtks.cli", "doctor"], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "✗ database" in done.stdout


@pytest.mark.django_db
def test_an_import_that_runs_is_left_to_build_them_itself() -> None:
    bulk_indexes.drop()
    missing = queries.missing_indexes()
    assert "persondemographics_one_nik" in missing
    # The newest fifty are others: the one that runs began before them.
    jobs = [
        ImportJob(
            created_at=timezone.now() + datetime.timedelta(hours=number), created_by="test", name="a.csv",
            fingerprint=str(number), sha256="", size=0, kind="csv", format="bdt2015",
            area_number=0,
            state=State.DONE if number else State.RUNNING,
        )
        for number in range(60)
    ]  # fmt: skip
    ImportJob.objects.bulk_create(jobs)
    with locking.exclusively(locking.path_for(jobs[0].pk)):
        assert serve.build_missing_indexes() == []
    assert serve.build_missing_indexes() == missing
    assert queries.missing_indexes() == []
