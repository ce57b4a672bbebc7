"""The auditor's pages: who sees which events, how they are found, what is recorded, what is taken."""

from __future__ import annotations

import csv
import io
import json
import uuid
import zipfile
from base64 import b64decode
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.fixtures import officers
from tests.fixtures import village_families as sample
from tests.fixtures.database import THE_OTHER_PARAMETER

from dtks.delivery.audit import filters, web_event
from dtks.foundation.accounts import factors
from dtks.foundation.areas import actions as areas
from dtks.foundation.ledger import bundles, searching, sequencing, signing
from dtks.foundation.ledger.actions import record
from dtks.foundation.ledger.domain import Actor, Event, entry_of
from dtks.foundation.ledger.models import LedgerEvent, LedgerLeaf, LedgerRows
from dtks.foundation.ledger.proofs import Trust
from dtks.foundation.ledger.searching import Place
from dtks.registration.registry import queries as registry

REGENCY = sample.DISTRICT[:5]
SYSTEM = Actor.system()
PAGE = "/petugas/jejak/"


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=[pytest.mark.django_db, THE_OTHER_PARAMETER]),
        pytest.param("postgresql", marks=pytest.mark.postgres),
    ]
)
def register(request: pytest.FixtureRequest) -> Any:
    """Five families of a village; value: the first of them."""
    if request.param == "postgresql":
        request.getfixturevalue("postgres")
    areas.load(by=SYSTEM, under=sample.DISTRICT)
    sample.load(count=5)
    return registry.families(area=sample.VILLAGE, limit=1).rows[0]


@pytest.fixture
def auditor(register: Any, client: Client) -> Client:
    """An auditor of the regency."""
    officers.sign_in(client, role="auditor", area=REGENCY, username="auditor")
    return client


def by(area: str = sample.VILLAGE, account: str = "cli") -> Actor:
    return Actor(account, "operator-desa", area)


def search(client: Client, **form: str) -> Any:
    return client.post(PAGE, form, follow=True)


def ids(answer: Any) -> list[int]:
    return [row.event.id for row in answer.context["rows"]]


def newest(action: str) -> LedgerEvent:
    return LedgerEvent.objects.filter(action=action).latest("pk")


def told(*events: Event, actor: Actor | None = None) -> list[int]:
    before = set(LedgerEvent.objects.values_list("pk", flat=True))
    record(*events, by=actor or by())
    return sorted(set(LedgerEvent.objects.values_list("pk", flat=True)) - before)


def test_a_person_is_found_by_nik_and_neither_number_nor_name_is_told(auditor: Client, register: Any) -> None:
    person, nik = str(register.head_id), register.head_nik
    about, opened, other = told(
        Event("registry.show", kind="nik", subject=person, purpose="pelayanan"),
        Event("registry.read_family", kind="family", subject=str(register.family_id)),
        Event("registry.read_family", kind="family", subject=str(uuid.uuid4())),
    )
    answer = search(auditor, siapa=f" {nik[:8]} {nik[8:]} ")
    assert nik not in answer.redirect_chain[0][0]
    assert {about, opened} <= set(ids(answer))
    assert other not in ids(answer)
    page = answer.content.decode()
    assert register.head_name not in page
    assert page.count(nik) == 0 or f'value="{nik[:8]} {nik[8:]}"' in page
    read = newest("ledger.read")
    assert (read.subject, read.kind, read.area) == (person, "person", REGENCY)
    assert nik not in json.dumps(read.detail)
    # The page can be gone back to, and another session does not know what was typed.
    address = answer.redirect_chain[0][0]
    assert set(ids(auditor.get(address))) >= {about, opened}
    other_session = Client()
    officers.sign_in(other_session, role="auditor", area=REGENCY, username="lain")
    ended = other_session.get(address)
    assert ids(ended) == []
    assert "Pencarian ini sudah berakhir" in ended.content.decode()


def test_lists_that_showed_somebody_are_found(auditor: Client, register: Any) -> None:
    family = register.family_id
    keys = [uuid.uuid4() for _ in range(9)]
    here, nation, without = (
        Event("registry.list_families", count=10, rows=(*keys, family), area=sample.VILLAGE),
        Event("registry.list_families", count=10, rows=(*keys, family), area=""),
        Event("registry.list_families", count=9, rows=tuple(keys), area=sample.VILLAGE),
    )
    (shown,) = told(here)
    (far,) = told(nation, actor=Actor("cli", "kemensos-analis", ""))
    (hidden,) = told(without)
    for asked in (register.head_nik, register.kk_number, str(family), str(register.head_id)):
        found = ids(search(auditor, siapa=asked))
        assert shown in found
        assert hidden not in found
        assert far not in found, "of the whole country, outside the regency's scope"
    ministry = Client()
    officers.sign_in(ministry, role="auditor", area="", username="bpk")
    assert {shown, far} <= set(ids(search(ministry, siapa=str(family))))


def test_a_key_that_two_others_only_seem_to_hold_is_not_found(auditor: Client) -> None:
    one, two = uuid.UUID(int=1 << 64), uuid.UUID(int=(1 << 127) + 5)
    between = uuid.UUID(bytes=(one.bytes + two.bytes)[8:24])
    (seeming,) = told(Event("registry.list_families", rows=(one, two)))
    assert seeming not in ids(search(auditor, siapa=str(between)))
    assert seeming in ids(search(auditor, siapa=str(two)))


def test_only_so_many_lists_are_read_and_the_page_says_so(
    auditor: Client, register: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "MOST_LISTS", 2)
    (old,) = told(Event("registry.list_families", rows=(register.family_id,), area=sample.VILLAGE))
    told(*(Event("registry.list_families", rows=(uuid.uuid4(),), area=sample.VILLAGE) for _ in range(3)))
    answer = search(auditor, siapa=str(register.family_id))
    assert old not in ids(answer)
    assert answer.context["cut"]
    assert "Persempit waktu" in answer.content.decode()


def test_an_unknown_number_shows_nobody_and_not_everybody(auditor: Client) -> None:
    answer = search(auditor, siapa="3201019999999999")
    assert ids(answer) == []
    assert "nomor itu di wilayah Anda" in answer.content.decode()


def test_filters_by_officer_group_and_time(auditor: Client) -> None:
    operator = officers.account("ibu.sari", name="Ibu Sari Dewi")
    mine, imported = told(
        Event("registry.read_family", subject="a"), Event("intake.upload", subject="b"),
        actor=by(account=str(operator.pk)),
    )  # fmt: skip
    (others,) = told(Event("registry.read_family", subject="c"))
    for text in ("ibu.sari", "sari dewi", str(operator.pk)):
        assert set(ids(search(auditor, petugas=text))) == {mine, imported}
    assert ids(search(auditor, petugas="ibu.sari", jenis="impor")) == [imported]
    assert others in ids(search(auditor, petugas="cli"))
    assert ids(search(auditor, petugas="tidak ada yang begini")) == []
    at = LedgerEvent.objects.get(pk=mine).at.astimezone(ZoneInfo("Asia/Jakarta"))
    minute = at.replace(second=0, microsecond=0)
    form = {"petugas": "ibu.sari", "dari": f"{minute:%Y-%m-%dT%H:%M}"}
    assert set(ids(search(auditor, **form))) == {mine, imported}
    assert ids(search(auditor, **form | {"dari": f"{minute + timedelta(minutes=1):%Y-%m-%dT%H:%M}"})) == []
    assert ids(search(auditor, petugas="ibu.sari", sampai=f"{minute:%Y-%m-%dT%H:%M}")) == []
    assert "Ibu Sari Dewi" in search(auditor, petugas="ibu.sari").content.decode()


def test_pages_follow_each_other_without_a_gap_also_within_one_moment(
    auditor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = str(uuid.uuid4())
    keys = told(*(Event("registry.show", subject=case) for _ in range(125)))
    seen: list[int] = []
    answer = search(auditor, siapa=case)
    while True:
        seen += ids(answer)
        if not answer.context["older"]:
            break
        answer = auditor.get(f"{PAGE}?{answer.context['older']}")
    assert [key for key in seen if key in keys] == keys[::-1]
    with CaptureQueriesContext(connection) as queries:
        auditor.get(f"{PAGE}?{filters.Filters(after=str(Place(datetime.now(ZoneInfo('UTC')), 9))).query()}")
    assert not any("OFFSET" in each["sql"] for each in queries.captured_queries)


def test_the_number_of_queries_does_not_grow_with_the_events(auditor: Client, register: Any) -> None:
    case = str(register.family_id)
    counts = {}
    for events in (2, 48):
        told(*(Event("registry.read_family", subject=case) for _ in range(events)))
        auditor.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            auditor.get(PAGE)
        address = search(auditor, siapa=case).redirect_chain[0][0]
        with CaptureQueriesContext(connection) as searched:
            auditor.get(address)
        with CaptureQueriesContext(connection) as opened:
            auditor.get(f"{PAGE}bukti.json?peristiwa={LedgerEvent.objects.latest('pk').pk}")
        counts[events] = (len(queries), len(searched), len(opened))
    assert counts[2] == counts[48]
    plain, person, opened_ = counts[48]
    assert plain <= 22, "session, account, roles, scope, areas, events, names, keys, the record"
    assert person <= plain + 9, "a person or family is looked for first, and its lists in two"
    assert opened_ <= 16


def test_one_event_says_all_and_tells_nobody_by_name_before_a_purpose(auditor: Client, register: Any) -> None:
    (key,) = told(
        Event("registry.show", kind="nik", subject=str(register.head_id), purpose="pelayanan",
              after="f" * 64, detail={"total": 7}, area=sample.VILLAGE)
    )  # fmt: skip
    page = auditor.get(f"{PAGE}{key}/").content.decode()
    assert "Melayani warga yang datang" in page
    assert "Nomor atau kontak ditampilkan utuh" in page
    assert "f" * 64 in page
    assert "Menunggu masuk ke jejak" in page
    assert register.head_name not in page
    assert newest("ledger.read_event").subject == str(register.head_id)
    sequencing.integrate()
    index = LedgerLeaf.objects.get(event=key).index
    assert f">{index}<" in auditor.get(f"{PAGE}{key}/").content.decode().replace("</dd>", "<")

    show = f"{PAGE}{key}/tampilkan/"
    assert register.head_name not in auditor.get(show).content.decode()
    refused = auditor.post(show, {"keperluan": "karena ingin tahu"})
    assert refused.status_code == 422
    assert register.head_name not in refused.content.decode()
    assert not LedgerEvent.objects.filter(action="ledger.show").exists()
    shown = auditor.post(show, {"keperluan": "audit"})
    assert register.head_name in shown.content.decode()
    assert register.head_nik not in shown.content.decode()
    event = newest("ledger.show")
    assert (event.subject, event.purpose, event.area) == (str(register.head_id), "audit", sample.VILLAGE)


def test_a_reader_who_asks_for_everybody_is_stopped(
    auditor: Client, register: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_event, "LIMIT", web_event.LIMIT.__class__("t", tries=1, seconds=60, block=60))
    (key,) = told(Event("registry.show", subject=str(register.head_id), area=sample.VILLAGE))
    assert auditor.post(f"{PAGE}{key}/tampilkan/", {"keperluan": "audit"}).status_code == 200
    stopped = auditor.post(f"{PAGE}{key}/tampilkan/", {"keperluan": "audit"})
    assert stopped.status_code == 429
    assert register.head_name not in stopped.content.decode()
    assert newest("ledger.show_refused").subject == str(register.head_id)


def test_events_outside_the_area_are_not_there(auditor: Client) -> None:
    (far,) = told(Event("registry.read_family", subject="x"), actor=by("33.02.01.2004"))
    assert auditor.get(f"{PAGE}{far}/").status_code == 404
    assert auditor.get(f"{PAGE}{far}/tampilkan/").status_code == 404
    assert auditor.get(f"{PAGE}bukti.json?peristiwa={far}").status_code == 404
    assert auditor.get(f"{PAGE}bukti.zip?peristiwa={far}").status_code == 404
    assert auditor.get(f"{PAGE}?wilayah=33.02").status_code == 404
    assert far not in ids(auditor.get(PAGE))
    assert auditor.get(f"{PAGE}99999999999999999999/").status_code == 404


def test_times_are_told_by_the_clock_of_the_area(auditor: Client) -> None:
    ministry = Client()
    officers.sign_in(ministry, role="ppdp", area="", username="ppdp")
    (east,) = told(Event("registry.read_family", subject="x"), actor=by("91.01"))
    at = LedgerEvent.objects.get(pk=east).at.astimezone(ZoneInfo("Asia/Jayapura"))
    assert f"{at:%d-%m-%Y %H.%M.%S} WIT" in ministry.get(f"{PAGE}{east}/").content.decode()


def test_what_is_opened_is_what_the_log_holds(auditor: Client) -> None:
    keys = (uuid.uuid4(), uuid.uuid4())
    first, second = told(Event("registry.show", subject="a"), Event("registry.list_families", rows=keys))
    sequencing.integrate()
    answer = auditor.get(f"{PAGE}bukti.json?peristiwa={second}").json()["events"]
    assert [each["event"] for each in answer] == [second]
    leaf = LedgerLeaf.objects.get(event=second)
    assert answer[0]["index"] == leaf.index
    assert entry_of(salt=b64decode(answer[0]["salt"]), text=answer[0]["text"]) == bytes(leaf.entry)
    assert b64decode(answer[0]["keys"]) == bytes(LedgerRows.objects.get(event=second).keys)
    several = auditor.get(f"{PAGE}bukti.json?peristiwa={first}-{second}").json()["events"]
    assert [each["keys"] for each in several] == ["", ""]
    assert newest("ledger.prove").count == 2
    for wrong in ("", "x", f"{first}-", "0", "-".join(["1"] * 101)):
        assert auditor.get(f"{PAGE}bukti.json", {"peristiwa": wrong}).status_code == 404


def test_what_is_on_the_screen_can_be_taken_along_after_a_step_up(auditor: Client, tmp_path: Path) -> None:
    case = str(uuid.uuid4())
    first, second = told(
        Event("registry.show", subject=case, purpose="=1+1"), Event("registry.read_family", subject=case)
    )
    query = search(auditor, siapa=case).context["here"]
    made = auditor.get(f"{PAGE}unduh.xlsx?{query}")
    sheet = openpyxl.load_workbook(io.BytesIO(made.content)).active
    rows = [row for row in sheet.iter_rows(min_row=4, values_only=True) if row[0]]
    assert {first, second} < {row[0] for row in rows}, "and the search itself"
    text = auditor.get(f"{PAGE}unduh.csv?{query}").content.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert {str(first), str(second)} < {line[0] for line in lines[1:]}
    assert any("'=1+1" in line for line in lines)
    assert newest("ledger.export_list").subject == case
    answer = auditor.get(f"{PAGE}bukti.zip?peristiwa={first}-{second}")
    path = tmp_path / "bundle.zip"
    path.write_bytes(b"".join(answer.streaming_content))
    assert zipfile.is_zipfile(path)
    found = bundles.check(path, trust=Trust(tuple(signing.verifiers())))
    assert (found.count, found.wrong) == (2, [])
    assert newest("ledger.export").kind == "ledger"

    session = auditor.session
    session[factors.CONFIRMED] -= factors.FRESH_SECONDS + 60
    session.save()
    for name in ("unduh.xlsx", "unduh.csv", f"bukti.zip?peristiwa={first}"):
        assert auditor.get(PAGE + name).status_code == 302


def test_the_trail_is_for_auditors(client: Client, db: Any) -> None:
    areas.load(by=SYSTEM, under=sample.DISTRICT)
    officers.sign_in(client, role="operator-desa", area=sample.VILLAGE)
    assert client.get(PAGE).status_code == 403
    assert client.get(f"{PAGE}seluruhnya/").status_code == 403
