"""Publishing and looking up on PostgreSQL."""

from __future__ import annotations

import polars as pl
import pytest

from dtks.delivery.public import actions, queries
from dtks.delivery.public.web import SEARCHES
from dtks.foundation.accounts.signing_in import limits
from dtks.foundation.ledger.domain import Actor

VILLAGE = "32.04.05.2001"
pytestmark = pytest.mark.postgres


def test_a_list_is_published_and_found(postgres: str) -> None:
    schema = {"village": pl.String, "name": pl.String, "age": pl.Int16, "programmes": pl.String}
    rows = [(VILLAGE, "SOEKARNO", 70, "pkh kis"), (VILLAGE, "SITI AMINAH", None, None)]
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    for period in ("2026-09", "2026-12"):
        assert actions.publish(by=Actor.system(), rows=[frame], area="32.04", period=period) == 2
    found = queries.people_named(village=VILLAGE, name="Sukarno")
    assert found is not None
    assert [(person.name, person.age, person.programmes, person.period) for person in found] == [
        ("SOEKARNO", 70, ("pkh", "kis"), "2026-12")
    ]
    newest = queries.list_for(village=VILLAGE)
    assert newest is not None
    assert newest.period == "2026-12"


def test_searches_of_one_address_are_counted(postgres: str) -> None:
    waits = [limits.take_or_pass(SEARCHES, "203.0.113.7").wait for _ in range(SEARCHES.tries + 2)]
    assert waits[: SEARCHES.tries] == [0] * SEARCHES.tries
    assert waits[SEARCHES.tries] == 120
    assert 0 < waits[-1] <= 120
    assert limits.take_or_pass(SEARCHES, "203.0.113.8").wait == 0
