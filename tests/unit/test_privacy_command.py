"""`./dtks privacy`: a dry run unless told otherwise, one JSON object, an exit code for a scheduler."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from typer.testing import CliRunner

from dtks.cli.privacy import app
from dtks.foundation.kernel.errors import DtksError
from dtks.foundation.ledger import queries as ledger
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.privacy import breaches, files
from dtks.foundation.privacy.breaches import Facts

pytestmark = pytest.mark.django_db


def call(*arguments: str, code: int = 0) -> dict[str, Any]:
    result = CliRunner().invoke(app, [*arguments, "--json"])
    assert result.exit_code == code, result.output
    found: dict[str, Any] = json.loads(result.stdout.strip().splitlines()[-1])
    return found


@pytest.fixture
def two_old_sessions() -> None:
    for key in "ab":
        Session.objects.create(
            session_key=key * 32, session_data="", expire_date=timezone.now() - timedelta(days=3)
        )


def test_without_run_it_only_counts(two_old_sessions: None) -> None:
    told = call("retention")
    assert (told["run"], told["due"], told["shredded"], told["rewritten"]) == (False, 2, 0, None)
    assert set(told["classes"]) == set(files.retentions())
    assert told["classes"]["accounts.sessions"] == {
        "action": "delete", "days": 1, "hours": None, "due": 2, "shredded": 0,
    }  # fmt: skip
    assert told["classes"]["ledger.events"]["due"] is None
    assert Session.objects.count() == 2


def shown(*arguments: str, code: int = 0) -> str:
    """What people see."""
    result = CliRunner().invoke(app, [*arguments], env={"COLUMNS": "80"})
    assert result.exit_code == code, result.output
    assert "{" not in result.stdout and "[" not in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80
    return result.stdout


def test_people_see_tables(two_old_sessions: None) -> None:
    counted = shown("retention")
    assert re.search(r"accounts\.sessions +Sesi masuk +1 hari +2$", counted, re.MULTILINE)
    assert re.search(r"accounts\.pending +Baris petugas .* 1 jam +0$", counted, re.MULTILINE)
    assert re.search(r"ledger\.events +Jejak audit +tanpa akhir +–", counted)
    assert all(name in counted for name in files.retentions())
    assert "./dtks privacy retention --run" in counted
    assert Session.objects.count() == 2
    shredded = shown("retention", "--run", "--only", "accounts.sessions")
    assert re.search(r"accounts\.sessions +Sesi masuk +1 hari +2 +2$", shredded, re.MULTILINE)
    assert "registry.current" not in shredded and "Dimusnahkan · shredded: 2" in shredded
    assert "tidak ada tenggat" in shown("clocks").lower()
    late = timezone.now() - timedelta(hours=73)
    breaches.report(by=Actor("dpo", "ppdp"), facts=Facts(noticed_at=late, what="Rahasia"))
    clocks = shown("clocks", code=1)
    assert "IN-" in clocks and "authority" in clocks and "Terlambat · overdue: 2" in clocks
    assert "Rahasia" not in clocks


def test_with_run_it_shreds_what_is_named_and_leaves_its_trail(two_old_sessions: None) -> None:
    assert call("retention", "--run", "--only", "tasks.done")["shredded"] == 0
    told = call("retention", "--run", "--only", "accounts.sessions")
    assert (told["due"], told["shredded"], list(told["classes"])) == (2, 2, ["accounts.sessions"])
    (event,) = ledger.events(action="privacy.shred")
    assert (event.account, event.count) == ("cli", 2)
    assert Session.objects.count() == 0


def test_an_unknown_class_is_refused_before_anything_is_done(two_old_sessions: None) -> None:
    for run in ([], ["--run"]):
        result = CliRunner().invoke(app, ["retention", *run, "--only", "sessions"])
        assert isinstance(result.exception, DtksError) and "accounts.sessions" in str(result.exception)
    assert Session.objects.count() == 2


def test_the_clocks_exit_with_1_once_one_is_overdue() -> None:
    told = call("clocks")
    assert (told["breach_notices"], told["withdrawals"], told["overdue"]) == ([], [], 0)
    by = Actor("dpo", "ppdp")
    breaches.report(by=by, facts=Facts(noticed_at=timezone.now() - timedelta(hours=71), what="x"))
    told = call("clocks")
    assert {each["to"] for each in told["breach_notices"]} == {"subjects", "authority"}
    assert {each["hours_left"] for each in told["breach_notices"]} == {0}
    breaches.report(by=by, facts=Facts(noticed_at=timezone.now() - timedelta(hours=73), what="y"))
    told = call("clocks", code=1)
    assert told["overdue"] == 2
    assert "x" not in [str(value) for each in told["breach_notices"] for value in each.values()]
