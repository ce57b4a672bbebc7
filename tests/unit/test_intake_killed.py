"""A process that is killed in the middle of an import: the next one goes on, and nothing is there twice."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.fixtures import intake_files as made

pytestmark = pytest.mark.slow

PREPARE = """
import django
django.setup()
from django.core.management import call_command
from dtks.foundation.areas import actions
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.scope.current import limited_to
call_command("migrate", verbosity=0)
with limited_to(""):
    actions.load(by=Actor.system("test"), under="32.01.02")
"""
COMMAND = """
import sys
from pathlib import Path
import django
django.setup()
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.scope.current import limited_to
from dtks.registration.intake import actions, planning
planning.CHUNK_ROWS = 300
with limited_to(""):
    done = actions.import_file(by=Actor.system("test"), path=Path(sys.argv[1]), area=sys.argv[2])
print(done.rows_read, done.people_new, done.families_new)
"""


def test_sigkill_in_the_middle(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    environment = {**os.environ, "DTKS_HOME": str(home), "DJANGO_SETTINGS_MODULE": "dtks.config.settings"}
    environment.pop("DTKS_DATABASE_URL", None)
    subprocess.run([sys.executable, "-c", PREPARE], env=environment, check=True)
    people = made.people(1_500)
    path = made.opensid_csv(tmp_path / "a.csv", [made.opensid_row(person) for person in people])
    command = [sys.executable, "-c", COMMAND, str(path), made.VILLAGE]

    victim = subprocess.Popen(command, env=environment)
    database = home / "dtks.sqlite3"
    deadline = time.monotonic() + 120
    while _chunks_done(database) < 2:
        assert victim.poll() is None, "the import ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.01)
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    done_before, people_before = _chunks_done(database), _people(database)
    assert 0 < people_before < len(people)

    finished = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    rows, new, families = map(int, finished.stdout.split())
    assert (rows, new, families) == (len(people), len(people), 1_500)
    assert _people(database) == len(people)
    assert done_before >= 2
    assert list((home / "uploads").iterdir()) == []


def _chunks_done(database: Path) -> int:
    return _number(database, "SELECT coalesce(max(chunks_done), 0) FROM intake_importjob")


def _people(database: Path) -> int:
    return _number(database, "SELECT count(*) FROM registry_person")


def _number(database: Path, query: str) -> int:
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30) as connection:
        return int(connection.execute(query).fetchone()[0])
