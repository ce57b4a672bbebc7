"""Many values as the text of an array: the server must read back exactly what was given."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dtks.foundation.ledger.actions import record
from dtks.foundation.ledger.bulk import arrays
from dtks.foundation.ledger.domain import TEXT_FIELDS, Actor, Event, entry_of, text_of
from dtks.foundation.ledger.models import LedgerEvent

AWKWARD = [
    "",
    "NULL",
    "null",
    "{}",
    '{"a","b"}',
    "a,b",
    '"',
    "\\",
    '\\"',
    " blank ",
    "baris\nbaru",
    "é",
    "%s",
    "'",
]
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
RELAXED = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def read_back(values: list[object], kind: str) -> list[object]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT unnest(%s::{kind}[])", [arrays.column(values)])
        return [bytes(each) if kind == "bytea" else each for (each,) in cursor.fetchall()]


@pytest.mark.postgres
def test_awkward_texts(postgres: str) -> None:
    assert read_back(list(AWKWARD), "text") == AWKWARD


@pytest.mark.postgres
@RELAXED
@given(texts=st.lists(TEXTS, min_size=1), numbers=st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1),
       pieces=st.lists(st.binary(max_size=40), min_size=1))  # fmt: skip
def test_any_values(postgres: str, texts: list[str], numbers: list[int], pieces: list[bytes]) -> None:
    assert read_back(list(texts), "text") == texts
    assert read_back(list(numbers), "int8") == numbers
    assert read_back(list(pieces), "bytea") == pieces
    details = [json.dumps({text: text}) for text in texts if "\\u0000" not in json.dumps(text)]
    if details:
        assert read_back(list(details), "text") == details


@pytest.mark.postgres
def test_events_of_awkward_texts_fit_their_digests(postgres: str) -> None:
    """Recorded together, each with another text in every place where a caller puts one."""
    by = Actor("akun", "peran")
    record(
        *(Event("a", kind=each, subject=each, purpose=each, detail={each: [each, 1.5]}) for each in AWKWARD),
        by=by,
    )
    events = list(LedgerEvent.objects.order_by("id"))
    assert [event.subject for event in events] == AWKWARD
    for event in events:
        text = text_of({name: getattr(event, name) for name in TEXT_FIELDS})
        assert bytes(event.entry) == entry_of(salt=bytes(event.salt), text=text)
    assert len({bytes(event.salt) for event in events}) == len(AWKWARD)
