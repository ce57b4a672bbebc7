"""How often names may be looked up from one address."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.fixtures.database import connected

from dtks.delivery.public.web import SEARCHES
from dtks.foundation.accounts.models import TryCount
from dtks.foundation.accounts.signing_in import limits
from dtks.foundation.areas import actions as areas
from dtks.foundation.ledger.domain import Actor

VILLAGE = "32.04.05.2001"
ADDRESS = "203.0.113.7"


@pytest.fixture(autouse=True)
def village(db: None) -> None:
    areas.load(by=Actor.system(), under="32.04.05")


def ask(name: str = "siti aminah", address: str = ADDRESS, client: Client | None = None) -> Any:
    given = {"desa": VILLAGE, "nama": name}
    return (client or Client()).post("/hasil/", given, REMOTE_ADDR=address)


def spent(address: str = ADDRESS) -> None:
    """All searches but one of that address are used up."""
    for _ in range(SEARCHES.tries - 1):
        limits.take(SEARCHES, address)


def test_after_sixty_searches_one_waits_and_is_told_how_long(client: Client) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        spent()
        assert ask(client=client).status_code == 200
        refused = ask("budi santoso", client=client)
        assert refused.status_code == 429
        assert refused.headers["Retry-After"] == "120"
        page = refused.content.decode()
        assert "Coba lagi setelah 2 menit" in page
        assert 'name="nama" value="budi santoso"' in page, "nobody types the name again"
        assert client.cookies == {}
        clock.shift(121)
        assert ask(client=client).status_code == 200


def test_the_limit_is_ten_minutes_of_one_address() -> None:
    assert (SEARCHES.tries, SEARCHES.seconds) == (60, 600)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        spent()
        assert ask().status_code == 200
        assert ask(address="203.0.113.8").status_code == 200
        assert ask().status_code == 429
        clock.shift(601)
        for _ in range(3):
            assert ask().status_code == 200


def test_whoever_goes_on_waits_longer_but_never_more_than_ten_minutes() -> None:
    waits = []
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(5):
            spent()
            ask()
            waits.append(int(ask().headers["Retry-After"]))
            clock.shift(waits[-1] + 1)
    assert waits == [120, 240, 480, 600, 600]


def test_what_finds_nobody_by_its_form_costs_no_try() -> None:
    spent()
    for name in ("", "si", "3204059001010001", "*"):
        assert ask(name).status_code == 200
    assert Client().get("/", {"desa": VILLAGE}, REMOTE_ADDR=ADDRESS).status_code == 200
    assert ask().status_code == 200
    assert ask().status_code == 429


def test_addresses_of_one_ipv6_customer_count_together() -> None:
    for last in range(1, SEARCHES.tries + 1):
        assert ask(address=f"2001:db8:1:2::{last:x}").status_code == 200
    assert ask(address="2001:db8:1:2::77").status_code == 429
    assert ask(address="2001:db8:1:3::77").status_code == 200


def test_ipv4_at_a_listener_for_both_is_counted_by_its_address() -> None:
    """Such a listener writes it as an address of version 6: all of them would lie in one network."""
    for _ in range(60):
        ask(address="::ffff:203.0.113.8")
    assert ask(address="::ffff:203.0.113.8").status_code == 429
    assert ask(address="203.0.113.8").status_code == 429, "the same visitor"
    assert ask(address="::ffff:203.0.113.9").status_code == 200


def test_the_address_is_kept_as_a_hash_alone() -> None:
    ask()
    row = TryCount.objects.get()
    assert len(row.key) == 64
    assert ADDRESS not in str(row.__dict__)


def test_counting_takes_few_queries() -> None:
    ask()
    with CaptureQueriesContext(connection) as log:
        ask()
    counting = [query["sql"] for query in log if "accounts_trycount" in query["sql"]]
    assert len(counting) == 3, counting
    assert len(log) <= 16


@pytest.mark.sqlite("on PostgreSQL nobody waits for another's rows")
def test_a_busy_database_stops_no_citizen(tmp_path: Path) -> None:
    """On a file, as an installation has it: the tests' database in memory knows no waiting."""
    file = tmp_path / "dtks.sqlite3"
    with connected("default", f"sqlite:///{file}"):
        with connection.schema_editor() as editor:
            editor.create_model(TryCount)
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        assert limits.take_or_pass(SEARCHES, ADDRESS) == limits.Taken()
        assert time.monotonic() - began < 10, "the settings' half minute was waited"
        other.rollback()
        other.close()
        assert not TryCount.objects.exists(), "it was let through uncounted"
        limits.take_or_pass(SEARCHES, ADDRESS)
        assert TryCount.objects.get().tries == 1
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout")
            assert cursor.fetchone() == (30_000,), "all else waits as before"
