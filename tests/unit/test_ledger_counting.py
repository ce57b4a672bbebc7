"""Public look-ups: counted by list and hour, told once, whoever counts at the same time; nobody is named."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from django.db import OperationalError, connections
from django.test import Client
from django.utils import timezone
from tests.fixtures.database import THE_OTHER_PARAMETER

from dtks.delivery.public import actions, queries
from dtks.foundation.areas import actions as areas
from dtks.foundation.ledger import counting, sequencing
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.ledger.models import LedgerCount, LedgerEvent, LedgerLeaf
from dtks.foundation.scope.current import without_scope

VILLAGE = "32.04.05.2001"


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=[pytest.mark.django_db(transaction=True), THE_OTHER_PARAMETER]),
        pytest.param("postgresql", marks=pytest.mark.postgres),
    ]
)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each test runs on both, with transactions that really end."""
    if request.param == "postgresql":
        request.getfixturevalue("postgres")
    yield request.param


def later(hours: float = 2) -> datetime:
    return timezone.now() + timedelta(hours=hours)


def once(subject: str = "daftar-1") -> None:
    counting.count(action="public.look_up", kind="list", subject=subject, area="32.04")


def told() -> dict[str, int]:
    return dict(LedgerEvent.objects.filter(action="public.look_up").values_list("subject", "count"))


def test_an_hour_becomes_one_event_for_each_list(database: str) -> None:
    for _ in range(30):
        once()
    once("daftar-2")
    assert counting.flush() == 0, "the hour is not over"
    assert counting.flush(now=later()) == 2
    assert told() == {"daftar-1": 30, "daftar-2": 1}
    event = LedgerEvent.objects.get(subject="daftar-1")
    hour = datetime.fromisoformat(event.detail["hour"])
    assert (hour.minute, hour.second, hour.utcoffset()) == (0, 0, timedelta(0))
    assert timedelta(0) <= datetime.now(UTC) - hour < timedelta(hours=1, minutes=1)
    assert (event.account, event.role_area, event.area, event.kind) == ("public", "", "32.04", "list")
    assert not LedgerCount.objects.exists()
    assert counting.flush(now=later()) == 0, "told once"
    assert sequencing.integrate() == 2
    assert LedgerLeaf.objects.count() == 2


def test_an_hour_waits_for_those_who_began_to_count_in_it(database: str) -> None:
    once()
    (hour,) = LedgerCount.objects.values_list("hour", flat=True)
    end = hour + timedelta(hours=1)
    assert counting.flush(now=end + counting.SETTLED_AFTER - timedelta(seconds=1)) == 0
    assert counting.flush(now=end + counting.SETTLED_AFTER) == 1


def test_many_count_and_tell_at_once_and_nothing_is_lost_or_told_twice(database: str) -> None:
    each, many = 20, 4
    wrong: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(each):
                once()
            # As the sequencer does: a database that is busy is asked again. Tests share one in memory.
            with suppress(OperationalError):
                counting.flush(now=later())
        except BaseException as problem:  # noqa: BLE001 - told by the test
            wrong.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    once()  # takes along what found no turn
    counting.flush(now=later())
    counts = LedgerEvent.objects.filter(action="public.look_up").values_list("count", flat=True)
    assert sum(counts) == each * many + 1


def test_a_search_counts_for_its_list_and_names_nobody(database: str, client: Client) -> None:
    areas.load(by=Actor.system(), under="32.04.05")
    people = pl.DataFrame(
        {"village": [VILLAGE], "name": ["SITI AMINAH"], "age": [30], "programmes": ["pkh"]},
        schema_overrides={"age": pl.Int16},
    )
    actions.publish(by=Actor.system(), rows=[people], area="32.04.05", period="2026-12", synthetic=True)
    with without_scope():
        for name in ("Siti Aminah", "Siti Zubaidah", "Si", "3204059001011234"):
            client.post("/hasil/", {"desa": VILLAGE, "nama": name}, headers={"user-agent": "Peramban-Uji"})
        answer = client.post("/hasil/", {"desa": "32.04.05.2002", "nama": "Siti Aminah"})
    assert not answer.cookies
    counting.flush(now=later())
    (event,) = LedgerEvent.objects.filter(action="public.look_up")
    published = queries.list_for(village=VILLAGE)
    assert published is not None
    assert (event.subject, event.count) == (str(published.id), 3), "what was not searched is not counted"
    stored = repr({field.name: getattr(event, field.name) for field in LedgerEvent._meta.concrete_fields})
    for word in ("Siti", "SITI", "127.0.0.1", "Peramban", VILLAGE):
        assert word not in stored


@pytest.mark.django_db(transaction=True)
@pytest.mark.sqlite("PostgreSQL's rows do not wait for each other")
def test_whoever_writes_stops_no_search_and_nothing_counted_is_lost(db: Any) -> None:
    from django.db import connection

    holding, done = threading.Event(), threading.Event()

    def write() -> None:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            holding.set()
            done.wait(20)
            cursor.execute("ROLLBACK")
        connections.close_all()

    writer = threading.Thread(target=write)
    writer.start()
    assert holding.wait(5)
    once()
    done.set()
    writer.join()
    assert not LedgerCount.objects.exists()
    once()
    assert counting.flush(now=later()) == 1
    assert told() == {"daftar-1": 2}
