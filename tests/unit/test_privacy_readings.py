"""Unusual reading: each rule finds what it is for and leaves ordinary work alone; a look at a day repeats and
stops without harm; the officer decides once, with a reason, within the area, never on the own reading."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.fixtures import officers, residents
from tests.fixtures.database import THE_OTHER_PARAMETER

from dtks.foundation.accounts.errors import NotAllowed
from dtks.foundation.accounts.models import Account
from dtks.foundation.accounts.signing_in import contacts
from dtks.foundation.areas import actions as areas
from dtks.foundation.kernel.errors import DtksError
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger.domain import Actor, Event
from dtks.foundation.ledger.models import LedgerEvent
from dtks.foundation.privacy import breaches, files, jobs, readings, unusual, unusual_rules, watched
from dtks.foundation.privacy.errors import (
    DecisionIncomplete,
    NobodyToWatch,
    OwnReading,
    PrivacyFileError,
    ReadingDecided,
    ReadingNotFound,
)
from dtks.foundation.privacy.models import ReadingDay, UnusualReading, WatchedPerson
from dtks.foundation.scope.current import limited_to, without_scope
from dtks.registration.registry import queries as registry

VILLAGE, ELSEWHERE = "32.01.02.2005", "33.02"
EAST = "91.71.01.1001"
DAY = date(2026, 11, 23)
DPO = Actor("dpo", "ppdp")
WIB = ZoneInfo("Asia/Jakarta")


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=[pytest.mark.django_db, THE_OTHER_PARAMETER]),
        pytest.param("postgresql", marks=pytest.mark.postgres),
    ]
)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "postgresql":
        request.getfixturevalue("postgres")
    areas.load(by=Actor.system(), under="32.01.02")
    yield request.param


def officer(name: str, role: str = "operator-desa", area: str = VILLAGE) -> Actor:
    return Actor(str(officers.account(name, name=f"Ibu {name}").pk), role, area)


def told(by: Actor, *events: Event, at: datetime | None = None) -> None:
    """As it would have been recorded on that day."""
    moment = at or datetime(2026, 11, 23, 10, 0, tzinfo=WIB)
    with patch("dtks.foundation.ledger.actions.timezone.now", return_value=moment):
        ledger.record(*events, by=by)


def opened(number: int) -> list[Event]:
    return [Event("registry.read_family", kind="family", subject=str(uuid.uuid4())) for _ in range(number)]


def found(rule: str) -> dict[str, dict[str, int]]:
    """{account: figures} of what the look at the day noted under that rule."""
    unusual.evaluate(DAY)
    return dict(UnusualReading.objects.filter(rule=rule).values_list("account", "figures"))


def test_volume_is_measured_by_the_role(database: str) -> None:
    eager, busy = officer("rajin"), officer("sibuk", "dinsos-verifikator", "32.01")
    for number in range(5):
        told(officer(f"biasa{number}"), *opened(20))
    told(eager, *opened(81))
    told(busy, *opened(100))  # alone in the role, below what one alone may open
    same = str(uuid.uuid4())
    told(officer("ulang"), *[Event("registry.read_family", subject=same) for _ in range(200)])
    assert found("volume") == {eager.account: {"number": 81, "limit": 80, "median": 20}}
    row = UnusualReading.objects.get()
    assert (row.area, row.role, len(row.events)) == (VILLAGE, "operator-desa", 81)


def test_night_is_of_the_offices_own_zone(database: str) -> None:
    west, east, citizen = officer("barat"), officer("timur", area=EAST), officer("warga", "warga")
    evening = datetime(2026, 11, 23, 19, 30, tzinfo=WIB)  # 21.30 in Papua
    for by in (west, east, citizen):
        told(by, *opened(10), at=evening)
    told(officer("pagi"), *opened(5), at=datetime(2026, 11, 23, 4, 59, tzinfo=WIB))
    told(officer("pagi"), *opened(5), at=datetime(2026, 11, 23, 23, 59, tzinfo=WIB))
    told(officer("sembilan"), *opened(9), at=datetime(2026, 11, 23, 2, 0, tzinfo=WIB))
    told(officer("jam-kerja"), *opened(10), at=datetime(2026, 11, 23, 5, 0, tzinfo=WIB))
    expected = {
        east.account: {"number": 10, "limit": 10},
        officer("pagi").account: {"number": 10, "limit": 10},
    }
    assert found("night") == expected


def test_refusals_of_role_and_of_area_count_together(database: str) -> None:
    curious = officer("ingin-tahu")
    told(curious, *[Event("accounts.refused", kind="family.export")] * 3, *[Event("accounts.outside")] * 2)
    told(officer("salah-klik"), *[Event("accounts.refused", kind="family.export")] * 4)
    assert found("outside") == {curious.account: {"number": 5, "limit": 5}}


def test_asking_for_another_area_is_recorded_without_saying_for_what(database: str, client: Client) -> None:
    officers.sign_in(client, area=VILLAGE)
    with without_scope():
        assert client.get(f"/petugas/keluarga/{uuid.uuid4()}/").status_code == 404
        assert client.get("/petugas/?wilayah=32.01").status_code == 404
    events = LedgerEvent.objects.filter(action="accounts.outside").order_by("id")
    assert [(each.kind, each.subject, each.area) for each in events] == [
        ("family", "", VILLAGE),
        ("area", "", VILLAGE),
    ]


def test_searching_without_opening(database: str) -> None:
    searcher, worker = officer("pencari"), officer("pekerja")
    search = [Event("registry.search", kind="number")] * 30
    told(searcher, *search, *opened(3))
    told(worker, *search, *opened(4))
    assert found("search") == {searcher.account: {"number": 30, "limit": 30, "opened": 3}}


def test_many_numbers_shown_and_a_refusal_for_too_many(database: str) -> None:
    many, refused = officer("banyak"), officer("ditolak")
    told(many, *[Event("registry.show", kind="nik", subject=str(uuid.uuid4()))] * 20)
    told(refused, Event("registry.show_refused", kind="nik", subject=str(uuid.uuid4())))
    told(
        officer("telepon"), *[Event("registry.show", kind="respondent_phone", subject=str(uuid.uuid4()))] * 30
    )
    assert set(found("shown")) == {many.account, refused.account}


def neighbourhood() -> list[Any]:
    residents.of(VILLAGE, count=12)
    return list(registry.families(area=VILLAGE, limit=50).rows)


def read(by: Actor, *families: uuid.UUID) -> None:
    told(
        by,
        *[Event("registry.read_family", kind="family", subject=str(each), area=VILLAGE) for each in families],
    )


def is_citizen(by: Actor, person: uuid.UUID) -> None:
    Account.objects.filter(pk=by.account).update(person=person)


def test_own_family_own_person_and_others_are_told_apart(database: str) -> None:
    rows = neighbourhood()
    own, person, other = officer("sendiri"), officer("orangnya"), officer("orang-lain")
    for by in (own, person, other):
        is_citizen(by, rows[0].head_id)
    far = [
        row.family_id
        for row in rows
        if (row.rt, row.rw) != (rows[0].rt, rows[0].rw) and row.address != rows[0].address
    ]
    assert len(far) >= 2
    read(own, rows[0].family_id, *far)
    told(person, Event("registry.show", kind="nik", subject=str(rows[0].head_id)))
    read(other, *far)
    marks = found("own")
    assert set(marks) == {own.account, person.account}
    assert marks[own.account]["own_family"] == 1
    row = UnusualReading.objects.get(account=own.account, rule="own")
    subjects = LedgerEvent.objects.filter(pk__in=row.events).values_list("subject", flat=True)
    assert list(subjects) == [str(rows[0].family_id)], "the events are those of the family alone"


def test_homes_near_each_other() -> None:
    from dtks.foundation.privacy.residents import Home

    limits = dict(unusual_rules.rules()["own"].thresholds)
    me, keys = uuid.uuid4(), [uuid.uuid4() for _ in range(6)]
    homes = {key: Home("v", "1", "2", f"jalan {at}") for at, key in enumerate(keys)} | {
        me: Home("v", "1", "2", "rumah")
    }

    def near(*families: uuid.UUID, **more: Home) -> Any:
        read = {str(key): key for key in families}
        return unusual._near(
            limits, own={me}, read=read, homes={**homes, **{uuid.UUID(k): h for k, h in more.items()}}
        )

    assert near(*keys[:4]) is None
    assert near(*keys[:5])[0] == {"own_family": 0, "same_address": 0, "same_rt": 5}
    strangers = [uuid.uuid4() for _ in range(5)]
    assert near(*keys[:5], *strangers) is None, "half of the day's work is not mostly"
    twin = uuid.uuid4()
    figures, subjects = near(twin, *keys[:2], **{str(twin): Home("v", "9", "9", "rumah")})
    assert (figures["same_address"], subjects) == (1, {str(twin)})
    nowhere = uuid.uuid4()
    assert near(nowhere, **{str(nowhere): Home("v", "", "", "")}) is None, "unknown is not near"


def test_an_officer_with_a_nik_is_found_by_a_citizens_account_and_by_the_register(database: str) -> None:
    from dtks.foundation.accounts import queries

    rows = neighbourhood()
    first, second, unknown = officer("satu"), officer("dua"), officer("tiga")
    for by, row in ((first, rows[0]), (second, rows[1])):
        account = Account.objects.get(pk=by.account)
        account.nik = row.head_nik
        account.nik_index = contacts.index(row.head_nik, "nik")
        account.save()
    citizen = Account(username="w", kind="citizen", nik=rows[0].head_nik, person=rows[0].head_id,
                      nik_index=contacts.index(rows[0].head_nik, "nik"),
                      created_at=timezone.now(), created_by="t")  # fmt: skip
    citizen.save(force_insert=True)
    behind = queries.persons_behind(accounts=[first.account, second.account, unknown.account, "cli"])
    assert behind == {first.account: {rows[0].head_id}, second.account: {rows[1].head_id}}


def test_who_is_watched_is_sealed_and_opening_them_makes_a_task(database: str) -> None:
    row, other = neighbourhood()[:2]
    reason = "Pejabat yang sering diberitakan"
    watch = watched.add(by=DPO, nik=row.head_nik, reason=reason)
    assert watched.add(by=DPO, nik=row.head_nik, reason=reason) == watch
    with connection.cursor() as cursor:
        cursor.execute("SELECT keys, reason FROM privacy_watchedperson")
        stored = b"".join(bytes(each) for each in cursor.fetchone())
    trail = repr(list(LedgerEvent.objects.filter(action__startswith="privacy.watch").values()))
    for told_key in (row.head_id, row.family_id):
        assert str(told_key).encode() not in stored
        assert str(told_key) not in trail, "the trail does not tell who is on the list"
    nosy, usual = officer("penasaran"), officer("lainnya")
    read(nosy, row.family_id)
    read(usual, other.family_id)
    assert found("watched") == {nosy.account: {"number": 1}}
    watched.end(by=DPO, watch=watch)
    assert WatchedPerson.objects.get().keys == []
    assert watched.standing_keys() == []


@pytest.mark.parametrize("reason", ["pendek", "", "NIK 3201029001010001 ini"])
def test_a_watch_needs_a_reason_without_a_number(database: str, reason: str) -> None:
    with pytest.raises(DecisionIncomplete):
        watched.add(by=DPO, nik="3201029001010001", reason=reason)
    with pytest.raises(NobodyToWatch):
        watched.add(by=DPO, nik="3201029001010001", reason="Alasan yang cukup panjang")
    with pytest.raises(NotAllowed):
        watched.add(by=officer("x"), nik="3201029001010001", reason="Alasan yang cukup panjang")


def test_a_day_is_looked_through_once_and_again_without_harm(database: str) -> None:
    told(officer("malam"), *opened(10), at=datetime(2026, 11, 23, 1, 0, tzinfo=WIB))
    assert unusual.evaluate(DAY) == 1
    before = list(UnusualReading.objects.values())
    assert unusual.evaluate(DAY) == 0
    assert list(UnusualReading.objects.values()) == before
    assert ReadingDay.objects.get().found == 1
    assert LedgerEvent.objects.filter(action="privacy.reading.evaluate").count() == 2


def test_the_days_that_wait(database: str) -> None:
    now = datetime(2026, 11, 24, 0, 5, tzinfo=WIB)
    assert unusual.waiting_days(now=now) == [date(2026, 11, 23)], "the first time: yesterday"
    ReadingDay.objects.create(day=date(2026, 11, 20), evaluated_at=now, found=0)
    assert unusual.waiting_days(now=now) == [date(2026, 11, 21), date(2026, 11, 22), date(2026, 11, 23)]
    ReadingDay.objects.create(day=date(2026, 11, 23), evaluated_at=now, found=0)
    assert unusual.waiting_days(now=now) == []
    assert len(unusual.waiting_days(now=now + timedelta(days=90))) == unusual.MOST_DAYS_BACK


def test_a_look_that_breaks_leaves_its_day_to_the_next(database: str) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    ReadingDay.objects.create(day=yesterday - timedelta(days=2), evaluated_at=timezone.now(), found=0)
    real = unusual._row

    def broken(rule: Any, day: date, each: Any) -> Any:
        if day == yesterday:
            raise RuntimeError("stopped")
        return real(rule, day, each)

    noon = datetime.combine(yesterday, datetime.min.time(), WIB) + timedelta(hours=2)
    told(officer("malam"), *opened(10), at=noon)
    with patch.object(unusual, "_row", broken), pytest.raises(RuntimeError), without_scope():
        jobs.look_through.func()
    assert unusual.waiting_days() == [yesterday], "the day before is done and stays so"
    assert not UnusualReading.objects.exists()
    with without_scope():
        assert jobs.look_through.func() == "1"
    assert unusual.waiting_days() == []


def test_the_look_is_ordered_once_and_every_night(database: str) -> None:
    jobs.keep_looking()
    jobs.keep_looking()
    (first,) = DBTaskResult.objects.all()
    assert DBTaskResult.objects.ready().get().pk == first.pk, "a day waits: at once"
    first.delete()
    with without_scope():
        jobs.look_through.func()
        jobs.look_through.func()
    (next_night,) = DBTaskResult.objects.all()
    local = timezone.localtime(next_night.run_after)
    assert (local.time(), local > timezone.localtime()) == (jobs.AT, True)
    jobs.keep_looking()
    assert DBTaskResult.objects.count() == 1


def a_reading(by: Actor | None = None) -> uuid.UUID:
    told(by or officer("malam"), *opened(12), at=datetime(2026, 11, 23, 1, 0, tzinfo=WIB))
    unusual.evaluate(DAY)
    key: uuid.UUID = UnusualReading.objects.get(rule="night").pk
    return key


def test_usual_with_a_reason_once(database: str) -> None:
    key = a_reading()
    with pytest.raises(DecisionIncomplete):
        readings.usual(by=DPO, reading=key, reason="ya")
    readings.usual(by=DPO, reading=key, reason="Posko banjir buka semalaman")
    for decide in (readings.usual, readings.incident):
        with pytest.raises(ReadingDecided):
            decide(by=DPO, reading=key, reason="Berubah pikiran lagi")
    line, events = readings.get(by=DPO, reading=key)
    assert (line.decision, line.reason, len(events)) == ("usual", "Posko banjir buka semalaman", 12)
    assert readings.waiting() == 0
    assert not breaches.listed(by=DPO)
    actions = LedgerEvent.objects.filter(subject=str(key)).order_by("id").values_list("action", flat=True)
    assert list(actions) == ["privacy.reading.decide", "privacy.reading.read"]


def test_an_incident_opens_a_breach_with_what_is_known(database: str) -> None:
    key = a_reading()
    breach = readings.incident(by=DPO, reading=key, reason="Tidak ada tugas malam itu")
    line = breaches.get(by=DPO, breach=breach)
    facts = line.latest.facts
    assert "Dibaca malam hari" in facts.what and "Tidak ada tugas malam itu" in facts.what
    assert (facts.people, facts.areas, line.area) == (12, (VILLAGE,), VILLAGE)
    assert facts.happened_from == datetime(2026, 11, 23, 1, 0, tzinfo=WIB)
    assert "Ibu malam" not in facts.what + facts.how
    assert UnusualReading.objects.get(pk=key).breach == breach


def test_nobody_decides_on_the_own_reading_and_nobody_outside_the_area(database: str) -> None:
    me = officer("pejabat", "ppdp", "32.01")
    key = a_reading(me)
    with limited_to("32.01"), pytest.raises(OwnReading):
        readings.usual(by=me, reading=key, reason="Saya sendiri yang tahu")
    with limited_to(ELSEWHERE), pytest.raises(ReadingNotFound):
        readings.get(by=DPO, reading=key)
    with limited_to(ELSEWHERE):
        assert readings.listed(by=DPO) == ([], False)
    with pytest.raises(NotAllowed):
        readings.listed(by=officer("lain"))


def test_the_pages_from_the_tile_to_the_decision(database: str, client: Client) -> None:
    key = a_reading()
    officers.sign_in(client, role="ppdp", area="32.01", username="ppdp")

    def page(address: str, **more: Any) -> str:
        with without_scope():
            answer = client.get(address, follow=True, **more)
        assert answer.status_code == 200
        return answer.content.decode()

    assert "1 pembacaan menunggu keputusan Anda." in page("/petugas/privasi/")
    listed = page("/petugas/privasi/pembacaan/")
    assert "Dibaca malam hari" in listed and "Ibu malam" in listed
    assert "Tidak ada yang menunggu" in page("/petugas/privasi/pembacaan/?aturan=volume")
    assert "Tidak ada yang menunggu" in page("/petugas/privasi/pembacaan/?keadaan=usual&halaman=abc")
    with CaptureQueriesContext(connection) as log:
        assert "Membuka data keluarga" in page(f"/petugas/privasi/pembacaan/{key}/")
    assert len(log) <= 16
    with without_scope():
        empty = client.post(f"/petugas/privasi/pembacaan/{key}/", {"keputusan": "incident", "alasan": "x"})
        assert empty.status_code == 422
        done = client.post(
            f"/petugas/privasi/pembacaan/{key}/",
            {"keputusan": "incident", "alasan": "Tidak ada tugas malam itu"},
        )
    assert done["Location"].endswith("/koreksi/")
    assert "Tidak ada tugas malam itu" in page(done["Location"])


def test_a_list_of_fifty_takes_as_many_queries_as_one_of_one(database: str, client: Client) -> None:
    a_reading()
    officers.sign_in(client, role="ppdp", area="32.01", username="ppdp")

    def queries() -> int:
        with CaptureQueriesContext(connection) as log, without_scope():
            client.get("/petugas/privasi/pembacaan/")
        return len(log)

    queries()
    few = queries()
    row = UnusualReading.objects.get(rule="night")
    for number in range(40):
        row.pk, row.account = uuid.uuid4(), officer(f"lain{number}").account
        row.save(force_insert=True)
    assert queries() <= few + 1


def test_watching_by_the_page_keeps_no_number(database: str, client: Client) -> None:
    row = neighbourhood()[0]
    officers.sign_in(client, role="ppdp", area="32.01", username="ppdp")
    with without_scope():
        wrong = client.post(
            "/petugas/privasi/dijaga/", {"nik": "3201029001010001", "alasan": "Alasan panjang"}
        )
        assert wrong.status_code == 422 and b"3201029001010001" not in wrong.content
        client.post("/petugas/privasi/dijaga/", {"nik": row.head_nik, "alasan": "Korban kekerasan"})
        shown = client.get("/petugas/privasi/dijaga/").content.decode()
    assert "Korban kekerasan" in shown
    assert row.head_nik not in shown and str(row.head_id) not in shown


def test_every_rule_is_shipped_with_its_law_and_words() -> None:
    rules = unusual_rules.rules()
    assert {each.kind for each in rules.values()} == set(unusual_rules.THRESHOLDS)
    assert all(each.reference and each.evidence in files.EVIDENCE for each in rules.values())


@pytest.mark.parametrize(
    ("change", "said"),
    [("least: 5", "least: banyak"), ("kind: outside", "kind: lain"), ("least: 5", "terlalu: 5")],
)
def test_a_rule_that_cannot_be_is_refused(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, change: str, said: str
) -> None:
    text = (files.folder() / unusual_rules.FILE).read_text(encoding="utf-8")
    assert change in text
    (tmp_path / unusual_rules.FILE).write_text(text.replace(change, said), encoding="utf-8")
    monkeypatch.setattr(files, "folder", lambda: tmp_path)
    with pytest.raises(PrivacyFileError) as problem:
        unusual_rules.rules.__wrapped__()
    assert isinstance(problem.value, DtksError) and "outside" in str(problem.value)
