"""Whoever reads personal data leaves an event; whoever only counts leaves none."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from tests.fixtures import village_families as sample
from tests.fixtures.officers import sign_in

from dtks.foundation.areas import actions as areas
from dtks.foundation.ledger.domain import Actor, rows_root
from dtks.foundation.ledger.models import LedgerEvent, LedgerRows
from dtks.registration.registry import queries as registry

pytestmark = pytest.mark.django_db
LIST = "/petugas/keluarga/"


@pytest.fixture
def officer(client: Client) -> Client:
    areas.load(by=Actor.system(), under=sample.DISTRICT)
    sample.load(count=60)
    forget()
    sign_in(client, area=sample.VILLAGE)
    return client


class Since:
    """Where a test begins to read: the trail lets no row go."""

    key = 0


def forget() -> None:
    """Begin anew."""
    Since.key = LedgerEvent.objects.order_by("-id").values_list("id", flat=True).first() or 0


def trail() -> list[LedgerEvent]:
    """What was told since."""
    return list(LedgerEvent.objects.filter(id__gt=Since.key).order_by("id"))


def told() -> list[tuple[str, str, int]]:
    found = [(e.action, e.kind, e.count) for e in trail()]
    forget()
    return found


def keys(*, offset: int = 0, limit: int = 100) -> list[uuid.UUID]:
    rows = registry.families(area=sample.VILLAGE, sort="rt", offset=offset, limit=limit).rows
    return [row.family_id for row in rows]


def test_a_page_of_the_list_is_one_event_with_the_root_over_its_families(officer: Client) -> None:
    officer.get(LIST, {"wilayah": sample.VILLAGE, "hal": "2"})
    (event,) = trail()
    assert (event.action, event.count, event.area) == ("registry.list_families", 10, sample.VILLAGE)
    assert event.detail == {"total": 60, "page": 2}
    shown = keys(offset=50)
    assert event.rows_root == rows_root(reversed(shown)) != rows_root(keys(limit=10))
    assert LedgerRows.objects.get(event=event.pk).keys == b"".join(each.bytes for each in sorted(shown))


@pytest.mark.parametrize(("text", "kind"), [("wulandari", "name"), ("3204910101200001", "number")])
def test_a_search_says_what_kind_and_never_what(officer: Client, text: str, kind: str) -> None:
    officer.post(LIST, {"wilayah": sample.VILLAGE, "cari": text}, follow=True)
    assert text not in repr([vars(event) for event in trail()])
    assert told() == [("registry.search", kind, 1), ("registry.list_families", "family", 1)]
    officer.post(LIST, {"wilayah": sample.VILLAGE, "cari": "tidak ada orangnya"}, follow=True)
    assert told() == [("registry.search", "name", 0)]


def test_opening_a_family(officer: Client) -> None:
    family = keys()[0]
    officer.get(f"{LIST}{family}/")
    (event,) = trail()
    assert (event.action, event.subject, event.area) == ("registry.read_family", str(family), sample.VILLAGE)
    assert event.role == "operator-desa"
    assert event.grant
    forget()
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

    monkeypatch.setattr("dtks.foundation.ledger.bulk.events.add", full)
    for address in (LIST, f"{LIST}unduh.xlsx", f"{LIST}{keys()[0]}/"):
        with pytest.raises(OSError, match="no space"):
            officer.get(address)
