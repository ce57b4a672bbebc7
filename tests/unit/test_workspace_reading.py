"""Whoever reads personal data leaves an event; whoever only counts leaves none."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from tests.fixtures import village_families as sample
from tests.fixtures.officers import sign_in

from dtks.delivery.workspace import reading
from dtks.foundation.areas import actions as areas
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.ledger.models import LedgerEvent
from dtks.registration.registry import queries as registry

pytestmark = pytest.mark.django_db
LIST = "/petugas/keluarga/"


@pytest.fixture
def officer(client: Client) -> Client:
    areas.load(by=Actor.system(), under=sample.DISTRICT)
    sample.load(count=60)
    events()
    sign_in(client, area=sample.VILLAGE)
    return client


HEARD: set[uuid.UUID] = set()
"""Keys of the events that were looked at: the trail lets no row go, so they stay in it."""


def events() -> list[LedgerEvent]:
    """What the trail was told since it was last asked."""
    found = list(LedgerEvent.objects.exclude(pk__in=HEARD).order_by("at", "id"))
    HEARD.update(event.pk for event in found)
    return found


def told() -> list[tuple[str, str, int]]:
    return [(event.action, event.kind, event.count) for event in events()]


def keys(*, offset: int = 0, limit: int = 100) -> list[uuid.UUID]:
    rows = registry.families(area=sample.VILLAGE, sort="rt", offset=offset, limit=limit).rows
    return [row.family_id for row in rows]


def test_a_page_of_the_list_is_one_event_with_the_digest_of_its_families(officer: Client) -> None:
    officer.get(LIST, {"wilayah": sample.VILLAGE, "hal": "2"})
    (event,) = events()
    assert (event.action, event.count, event.area) == ("registry.list_families", 10, sample.VILLAGE)
    assert event.detail == {"total": 60, "page": 2, "keys": reading.digest_of(keys(offset=50))}
    assert reading.digest_of(reversed(keys(offset=50))) == event.detail["keys"]
    assert reading.digest_of(keys(limit=10)) != event.detail["keys"]


@pytest.mark.parametrize(("text", "kind"), [("wulandari", "name"), ("3204910101200001", "number")])
def test_a_search_says_what_kind_and_never_what(officer: Client, text: str, kind: str) -> None:
    officer.post(LIST, {"wilayah": sample.VILLAGE, "cari": text}, follow=True)
    assert text not in repr([vars(event) for event in LedgerEvent.objects.all()])
    assert told() == [("registry.search", kind, 1), ("registry.list_families", "family", 1)]
    officer.post(LIST, {"wilayah": sample.VILLAGE, "cari": "tidak ada orangnya"}, follow=True)
    assert told() == [("registry.search", "name", 0)]


def test_opening_a_family(officer: Client) -> None:
    family = keys()[0]
    officer.get(f"{LIST}{family}/")
    (event,) = events()
    assert (event.action, event.subject, event.area) == ("registry.read_family", str(family), sample.VILLAGE)
    assert event.role == "operator-desa"
    assert event.grant
    officer.get(f"{LIST}{uuid.uuid4()}/")
    assert told() == []


def test_downloading_the_list(officer: Client) -> None:
    answer = officer.get(f"{LIST}unduh.xlsx", {"wilayah": sample.VILLAGE})
    assert answer.status_code == 200
    assert told() == [("registry.export_families", "family", 60)]


def test_totals_and_refusals_read_nobody(officer: Client) -> None:
    officer.get("/petugas/")
    officer.get(LIST, {"wilayah": sample.NEIGHBOUR})
    officer.get(LIST, {"wilayah": sample.VILLAGE, "cari": "0123456789abcdef01234567"})
    assert told() == []


def test_nothing_is_shown_that_the_trail_could_not_keep(officer: Client, monkeypatch: Any) -> None:
    def full(*_events: Any, **_given: Any) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("dtks.foundation.ledger.models.LedgerEvent.objects.bulk_create", full)
    for address in (LIST, f"{LIST}unduh.xlsx", f"{LIST}{keys()[0]}/"):
        with pytest.raises(OSError, match="no space"):
            officer.get(address)
