"""`dtks serve` deletes the sessions that have ended: what officers searched for lies in them."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import DatabaseError
from django.utils import timezone

from dtks.cli import serve
from dtks.foundation.accounts import searches


def session(*, ended: bool) -> str:
    """The key of a session in which somebody searched."""
    store = SessionStore()
    searches.keep(store, "SITI AMINAH")
    store.create()
    key = str(store.session_key)
    if ended:
        Session.objects.filter(pk=key).update(expire_date=timezone.now() - timedelta(minutes=1))
    return key


@pytest.mark.django_db
def test_what_has_ended_goes_at_the_start_and_the_rest_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = session(ended=False)
    session(ended=True)
    # Neither a server nor a worker: only what comes before them.
    monkeypatch.setattr(serve.subprocess, "Popen", lambda *_, **__: Ended())
    with serve.running(host="127.0.0.1", port=1, workers=1):
        assert list(Session.objects.values_list("pk", flat=True)) == [kept]
    assert searches.KEY in SessionStore(kept).load()


@pytest.mark.django_db
def test_what_ends_while_the_site_is_served_goes_too(monkeypatch: pytest.MonkeyPatch) -> None:
    session(ended=True)
    monkeypatch.setattr(serve, "SESSIONS_CLEARED_EVERY", 0.3)
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1.5)"])
    assert serve.wait_for_end([child]) == 1, "the end of a child is noticed as before"
    assert not Session.objects.exists()


@pytest.mark.django_db
def test_a_busy_database_is_said_and_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def busy() -> None:
        raise DatabaseError("database is locked")

    monkeypatch.setattr(SessionStore, "clear_expired", busy)
    serve.clear_expired_sessions()
    assert "database is locked" in capsys.readouterr().err


class Ended:
    """A child that has ended."""

    def terminate(self) -> None: ...

    def wait(self, _seconds: float | None = None) -> int:
        return 0
