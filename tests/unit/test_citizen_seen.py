"""Who saw my data: one's own and nobody else's, whichever office looked, without a name, by few
queries that stay within the village and the areas around it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.fixtures import officers, residents
from tests.fixtures.database import THE_OTHER_PARAMETER

from dtks.delivery.citizen.months import Window
from dtks.delivery.workspace import reading
from dtks.foundation.areas import actions as areas
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger import queries as trail
from dtks.foundation.ledger.bulk import lists
from dtks.foundation.ledger.domain import Actor, Event
from dtks.foundation.ledger.models import LedgerEvent, LedgerRows
from dtks.foundation.scope.current import limited_to, without_scope
from dtks.registration.registry import queries as registry

VILLAGE, NEAR = "91.71.01.1001", "91.71.01.1002"
"""In Jayapura: the page's clock is WIT."""
ADDRESS = "/data-saya/siapa-melihat/"
OFFICER = officers.OPERATOR


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=[pytest.mark.django_db, THE_OTHER_PARAMETER]),
        pytest.param("postgresql", marks=pytest.mark.postgres),
    ]
)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "postgresql":
        request.getfixturevalue("postgres")
    areas.load(by=Actor.system(), under="91.71")
    yield request.param


def people(village: str = VILLAGE) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """(head, family) of two families there."""
    residents.of(village, count=2)
    return [(row.head_id, row.family_id) for row in registry.families(area=village).rows if row.head_id]


def citizen(client: Client, person: uuid.UUID, village: str = VILLAGE) -> Any:
    from dtks.foundation.accounts.models import Account

    account = officers.sign_in(client, role="warga", area=village, username=f"warga-{person.hex[:8]}")
    Account.objects.filter(pk=account.pk).update(person=person)
    return account


def actor(role: str = OFFICER, area: str = VILLAGE, purpose: str = "") -> Actor:
    holder = officers.account(f"{role}-{area}", name="Bapak Rahasia Namanya")
    return Actor(str(holder.pk), role, area, purpose)


def seen(client: Client, query: str = "") -> str:
    with without_scope():
        answer = client.get(ADDRESS + query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_what_every_office_did_is_told_and_nobodys_name(database: str, client: Client) -> None:
    (me, family), (other, other_family) = people()
    reading.family_opened(by=actor(), family=family, area=VILLAGE)
    show = Event("registry.show", kind="nik", subject=str(me), area=VILLAGE, purpose="pemadanan")
    ledger.record(show, by=actor("dinsos-verifikator", "91.71"))
    taken = (other_family, family)
    ledger.record(Event("registry.export_families", kind="family", area="91.71", rows=taken, count=2),
                  by=actor("dinsos-supervisor", "91.71"))  # fmt: skip
    ledger.record(Event("registry.list_families", kind="family", area="", rows=taken, count=2),
                  by=actor("kemensos-analis", ""))  # fmt: skip
    free = Event("registry.show", kind="kk_number", subject=str(family), area=VILLAGE,
                 purpose="lainnya: dicari Pak Slamet")  # fmt: skip
    ledger.record(free, by=actor())
    citizen(client, me)
    page = seen(client)
    for text in (
        "Membuka data keluarga", "Operator desa/kelurahan", "Membuka satu isian yang disamarkan: NIK",
        "Verifikator Dinas Sosial", "Mencocokkan dengan KTP atau KK", "Mengunduh daftar keluarga",
        "Supervisor Dinas Sosial", "Analis Kementerian", "tingkat nasional", "Keperluan lain",
        "keluarga Anda, di antara yang lain dalam daftar", " WIT", "Kota Jayapura",
    ):  # fmt: skip
        assert text in page, text
    for hidden in ("Rahasia", "Slamet", str(other_family), str(other)):
        assert hidden not in page
    assert page.count("<tr>") == 1 + 5
    event = LedgerEvent.objects.get(action="ledger.own")
    assert (event.subject, event.count, event.area) == (str(me), 5, VILLAGE)
    assert seen(client).count("<tr>") == 1 + 5, "looking oneself is no line"


def test_what_touches_others_is_not_told(database: str, client: Client) -> None:
    (me, family), (_, other_family) = people()
    reading.family_opened(by=actor(), family=other_family, area=VILLAGE)
    ledger.record(
        Event("registry.list_families", area=VILLAGE, rows=(other_family, uuid.uuid4())), by=actor()
    )
    # Of a village beside, and of a district that does not hold this one: never opened at all.
    ledger.record(Event("registry.list_families", area=NEAR, rows=(family,)), by=actor(area=NEAR))
    citizen(client, me)
    assert "Tidak ada yang melihat data Anda" in seen(client)


def test_the_whole_family_and_what_the_others_of_it_do(database: str, client: Client) -> None:
    (me, family), _ = people()
    members = [each.person_id for each in registry.family(id=family).members if each.person_id != me]
    ledger.record(
        Event("accounts.citizen_read", kind="citizen", subject=str(members[0]), area=VILLAGE), by=actor()
    )
    account = citizen(client, me)
    own = Event("accounts.citizen_code", kind="citizen", subject=str(me), area=VILLAGE)
    ledger.record(own, by=Actor(str(account.pk), "warga", VILLAGE))
    ledger.record(own, by=Actor.system("sign-in"))
    page = seen(client)
    assert "anggota keluarga Anda" in page
    assert "Anda sendiri" in page
    assert "Sistem, tanpa petugas" in page


def test_the_months_before_are_a_link_away_by_the_villages_clock(database: str, client: Client) -> None:
    (me, family), _ = people()
    citizen(client, me)
    reading.family_opened(by=actor(), family=family, area=VILLAGE)
    assert "Membuka data keluarga" in seen(client)
    before = Window.read("", today=timezone.localdate()).moved(-3)
    earlier = seen(client, f"?sampai={before}")
    assert "Membuka data keluarga" not in earlier
    assert "Tiga bulan sesudahnya" in earlier
    assert "Membuka data keluarga" in seen(client, "?sampai=9999-99"), "nonsense is now"


def test_a_window_is_three_months_of_the_zone() -> None:
    from zoneinfo import ZoneInfo

    window = Window.read("2026-01", today=date(2026, 11, 24))
    since, until = window.bounds(ZoneInfo("Asia/Jayapura"))
    assert (since.astimezone(UTC), until.astimezone(UTC)) == (
        datetime(2025, 10, 31, 15, tzinfo=UTC), datetime(2026, 1, 31, 15, tzinfo=UTC),
    )  # fmt: skip
    assert str(window.moved(-1)) == "2025-12"
    assert str(Window.read("2026-12", today=date(2026, 11, 24))) == "2026-11", "the future is not shown"
    assert str(Window.read("1999-12", today=date(2026, 11, 24))) == "2026-11"


def test_a_key_is_found_in_its_place_alone() -> None:
    keys = sorted(uuid.uuid4().bytes for _ in range(40))
    blob = b"".join(keys)
    assert all(lists._holds(blob, [key]) for key in keys)
    assert not any(lists._holds(blob, [blob[at : at + 16]]) for at in range(1, len(blob) - 16) if at % 16)
    # The bytes of one stand across two others, and later in their own place.
    shifted = blob[8:24]
    assert lists._holds(blob + shifted, [shifted])
    assert not lists._holds(b"", keys)


def test_few_queries_whatever_there_is(database: str, client: Client) -> None:
    (me, family), _ = people()
    citizen(client, me)

    def queries() -> int:
        with CaptureQueriesContext(connection) as log:
            seen(client)
        return len(log)

    reading.family_opened(by=actor(), family=family, area=VILLAGE)
    ledger.record(Event("registry.list_families", area="91.71", rows=(family,)), by=actor())
    queries()  # the first one reads what a process keeps
    few = queries()
    assert few <= 16
    for number in range(30):
        reading.family_opened(by=actor(), family=family, area=VILLAGE)
        ledger.record(Event("registry.list_families", area="91.71", rows=(family,), count=number), by=actor())
    assert queries() == few


def test_only_lists_of_the_village_and_what_holds_it_are_read(database: str) -> None:
    """Shown by the plan, and by what comes out when the other lists are many."""
    mine = uuid.uuid4()
    for area in ("", "91", "91.71", "91.71.01", VILLAGE, NEAR, "91.71.03", "32.04.05.2001"):
        ledger.record(Event("registry.list_families", area=area, rows=(mine,)), by=Actor.system())
    now = timezone.now()
    window = {"since": now - timedelta(days=1), "until": now + timedelta(minutes=1)}
    with limited_to(VILLAGE):
        found = trail.touching(keys=[mine], village=VILLAGE, limit=50, **window)
        assert LedgerRows.objects.count() == 1, "the scope itself is as narrow as ever"
    assert sorted(each.area for each in found) == ["", "91", "91.71", "91.71.01", VILLAGE]
    past = {"since": now - timedelta(days=9), "until": now - timedelta(days=8)}
    assert trail.touching(keys=[mine], village=VILLAGE, limit=50, **past) == []
    with CaptureQueriesContext(connection) as log:
        lists.holding([mine.bytes], numbers=[0, 9171011001], **window)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN QUERY PLAN " + log.captured_queries[-1]["sql"])
            steps = " ".join(str(row) for row in cursor.fetchall())
        assert "ledger_rows_by_area (area_number=? AND at>? AND at<?)" in steps, steps


def test_others_have_no_such_page(database: str, client: Client) -> None:
    officers.sign_in(client, role=OFFICER, area=VILLAGE)
    with without_scope():
        assert client.get(ADDRESS).status_code == 403
        client.logout()
        assert client.get(ADDRESS).status_code == 302


def test_an_account_without_a_person_is_told_what_to_do(database: str, client: Client) -> None:
    citizen(client, uuid.uuid4())
    assert "Data Anda tidak ditemukan" in seen(client)


def test_where_to_complain_is_said(database: str, client: Client) -> None:
    (me, _), _ = people()
    citizen(client, me)
    assert f'href="{ADDRESS}laporkan/"' in seen(client)
    with without_scope():
        assert "dinas sosial kabupaten atau kota" in client.get(f"{ADDRESS}laporkan/").content.decode()
