"""Citizens sign in with NIK, family card and a code; nobody learns whether a NIK is in the register."""

from __future__ import annotations

import os
import re
import stat
import time
import uuid
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dtks.foundation.accounts import citizen_help, citizen_look_up
from dtks.foundation.accounts.models import Account, CitizenCode, Grant, TryCount
from dtks.foundation.accounts.signing_in import codes, delivery, pages_citizens
from dtks.foundation.kernel.nik import KkNumber, Nik
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.ledger.models import LedgerEvent
from dtks.registration.registry import actions as registry
from dtks.registration.registry.models import EnumerationVisit

pytestmark = pytest.mark.django_db
VILLAGE = "32.04.05.2001"
NIK = Nik.compose(area_prefix="320491", birth_date=date(1990, 1, 5), sex=2, serial=1).value
DEAD = Nik.compose(area_prefix="320491", birth_date=date(1950, 1, 5), sex=1, serial=2).value
STRANGER = Nik.compose(area_prefix="320491", birth_date=date(1980, 3, 9), sex=1, serial=7).value
KK = KkNumber.compose(area_prefix="320491", issued_on=date(2015, 6, 20), serial=3).value
PHONE = "0812 9000 1234"
OTHER = "0813 9999 0000"


@pytest.fixture(autouse=True)
def register(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, db: Any) -> None:
    """A family of two in the register; messages go into a folder of this test."""
    settings.HOME = tmp_path
    monkeypatch.setattr(pages_citizens, "ANSWER_SECONDS", 0.0)
    family = {
        "family_key": "f1", "village": VILLAGE, "kk_number": KK, "address": "Kp. Babakan", "rt": "001",
        "respondent_phone": "081290001234",
    }  # fmt: skip
    people = [
        {"family_key": "f1", "nik": NIK, "name": "SITI AMINAH", "sex": 2, "birth_date": date(1990, 1, 5),
         "relation": 1, "status": 1, "member_no": 1},
        {"family_key": "f1", "nik": DEAD, "name": "DUDUNG", "sex": 1, "birth_date": date(1950, 1, 5),
         "relation": 5, "status": 2, "member_no": 2},
    ]  # fmt: skip
    registry.load_people(
        by=Actor.system(), area=VILLAGE, families=pl.DataFrame([family]), people=pl.DataFrame(people),
        source="uji", valid_from=date(2026, 6, 1),
    )  # fmt: skip


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    return tmp_path / "outbox"


def ask(client: Client, nik: str = NIK, kk: str = KK[-8:], contact: str = PHONE, **extra: Any) -> Any:
    return client.post("/masuk/warga/", {"nik": nik, "kk": kk, "contact": contact}, **extra)


def messages(outbox: Path) -> list[dict[str, str]]:
    return delivery.messages(outbox)


def last_code(outbox: Path) -> str:
    return re.search(r"\b\d{6}\b", messages(outbox)[-1]["text"])[0]


def come_in(client: Client, outbox: Path, **asked: str) -> Any:
    ask(client, **asked)
    return client.post("/masuk/warga/kode/", {"code": last_code(outbox)})


def test_the_first_code_that_fits_makes_the_account(client: Client, outbox: Path) -> None:
    answer = come_in(client, outbox)
    assert answer.headers["Location"] == "/warga/"
    page = client.get("/warga/")
    assert page.status_code == 200
    assert "S*** A*****" in page.content.decode()
    assert "/petugas/" not in page.content.decode(), "no menu of officers"
    account = Account.objects.get()
    assert (account.kind, account.nik, account.phone) == ("citizen", NIK, PHONE)
    assert not account.has_usable_password()
    grant = Grant.objects.get()
    assert (grant.role, grant.area) == ("warga", VILLAGE)
    assert page.wsgi_request.actor.area == VILLAGE


def test_citizens_find_their_own_words_and_no_dead_end(client: Client, outbox: Path) -> None:
    come_in(client, outbox)
    for address in ("/petugas/", "/akun/"):
        assert client.get(address).headers["Location"] == "/warga/"
    for address in ("/warga/", "/akun/sesi/", "/akun/keamanan/"):
        text = client.get(address).content.decode()
        assert "Akun warga" in text and "Keluar" in text
        for foreign in ("Ruang petugas", "untuk tugas", "kata sandi", "pengelola akun", "AMINAH", NIK, PHONE):
            assert foreign not in text, (address, foreign)
    first = client.get("/warga/").content.decode()
    for way in ("/akun/keamanan/", "/akun/sesi/", 'href="/"'):
        assert way in first
    assert f"{NIK[:4]}********{NIK[-4:]}" in first


def test_a_citizen_without_a_role_is_told_what_to_do(client: Client, outbox: Path) -> None:
    come_in(client, outbox)
    Grant.objects.update(ended_at=timezone.now())
    page = client.get("/warga/")
    assert page.status_code == 403 and "kantor desa atau kelurahan" in page.content.decode()
    assert "pengelola akun" not in page.content.decode()
    assert client.get("/akun/").status_code == 200


def test_coming_back_is_the_same_account(client: Client, outbox: Path) -> None:
    come_in(client, outbox)
    other = Client()
    assert come_in(other, outbox, contact="+62 812-9000-1234").headers["Location"] == "/warga/"
    assert Account.objects.count() == 1
    assert Grant.objects.count() == 1


def test_mail_works_as_well(client: Client, outbox: Path) -> None:
    person = citizen_look_up.find(by=Actor.system(), nik=NIK)
    citizen_help.register_contact(
        by=Actor.system(), person=person, contact="siti@contoh.id", reason="surat", papers=True
    )
    assert come_in(client, outbox, contact="Siti@Contoh.id").status_code == 302
    assert messages(outbox)[0]["to"] == "Siti@Contoh.id"
    assert come_in(Client(), outbox, contact="siti@contoh.id").status_code == 302


@pytest.mark.parametrize(
    "wrong",
    [{"nik": STRANGER}, {"kk": "00000000"}, {"nik": DEAD}, {"contact": OTHER}, {"contact": "siti@contoh.id"}],
    ids=["nobody has the NIK", "another family card", "dead", "another phone", "an unknown address"],
)
def test_who_does_not_match_is_answered_the_same_and_gets_no_code(
    client: Client, outbox: Path, wrong: dict[str, str]
) -> None:
    right, other = ask(Client()), ask(client, **wrong)
    assert (right.status_code, right.headers["Location"]) == (other.status_code, other.headers["Location"])
    page = client.get("/masuk/warga/kode/").content.decode()
    assert "sudah dikirim" in page
    assert NIK not in page
    assert len(messages(outbox)) == 1
    assert client.post("/masuk/warga/kode/", {"code": last_code(outbox)}).status_code == 422
    assert CitizenCode.objects.count() == 2


def test_the_same_is_written_for_a_stranger(client: Client) -> None:
    written = []
    for asked in ({}, {"nik": STRANGER}, {"contact": OTHER}):
        TryCount.objects.all().delete()  # the first of an address or NIK is written down anew
        with CaptureQueriesContext(connection) as queries:
            ask(Client(), **asked)
        words = [query["sql"].split() for query in queries]
        written.append([word[:3] for word in words if word[0] in ("INSERT", "UPDATE", "DELETE")])
    assert written[0] == written[1] == written[2]


def test_the_answer_takes_its_time(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages_citizens, "ANSWER_SECONDS", 0.4)
    for asked in ({}, {"nik": STRANGER}, {"contact": OTHER}):
        started = time.monotonic()
        ask(client, **asked)
        assert time.monotonic() - started >= 0.4


def test_another_phone_opens_nothing_once_one_is_known(client: Client, outbox: Path) -> None:
    come_in(client, outbox)
    sent = len(messages(outbox))
    assert ask(Client(), contact=OTHER).status_code == 302
    assert len(messages(outbox)) == sent


def test_a_phone_of_somebody_else_is_not_taken(client: Client, outbox: Path) -> None:
    come_in(client, outbox)
    Account.objects.update(nik_index="0" * 32, person=uuid.uuid4())  # another person has the phone now
    sent = len(messages(outbox))
    ask(Client())
    assert len(messages(outbox)) == sent


@pytest.mark.parametrize("noted", [None, "-", "0", "0812"])
def test_without_a_usable_number_on_record_nothing_opens(
    client: Client, outbox: Path, noted: str | None
) -> None:
    EnumerationVisit.objects.all().delete()
    if noted is not None:
        family = {"family_key": "f1", "village": VILLAGE, "kk_number": KK, "respondent_phone": noted}
        registry.load_people(
            by=Actor.system(), area=VILLAGE, families=pl.DataFrame([family]), source="uji",
            people=pl.DataFrame([{"family_key": "f1", "nik": NIK, "relation": 1}]),
            valid_from=date(2026, 7, 1),
        )  # fmt: skip
    for contact in (PHONE, "081200000000", "siti@contoh.id"):
        assert ask(Client(), contact=contact).status_code == 302
    assert not outbox.exists()
    assert not Account.objects.exists()


def test_what_the_office_does_in_between_counts(client: Client, outbox: Path) -> None:
    come_in(Client(), outbox)
    ask(client)
    person = Account.objects.get().person
    citizen_help.release_contact(by=Actor.system(), person=person, reason="HP hilang", papers=True)
    code = last_code(outbox)
    assert client.post("/masuk/warga/kode/", {"code": code}).status_code == 422
    assert not Account.objects.get().phone


def test_a_family_that_moved_is_at_home_in_the_new_village(client: Client, outbox: Path) -> None:
    come_in(client, outbox)
    Grant.objects.update(area="32.04.05.2002", area_number=3204052002)
    other = Client()
    come_in(other, outbox)
    assert other.get("/akun/").wsgi_request.actor.area == VILLAGE
    assert [each.area for each in Grant.objects.filter(ended_at=None)] == [VILLAGE]


def test_five_wrong_codes_and_it_is_spent(client: Client, outbox: Path) -> None:
    ask(client)
    code = last_code(outbox)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    assert [client.post("/masuk/warga/kode/", {"code": wrong}).status_code for _ in range(5)] == [422] * 5
    assert client.post("/masuk/warga/kode/", {"code": code}).status_code == 422
    assert not Account.objects.exists()


def test_a_code_works_once(client: Client, outbox: Path) -> None:
    come_in(client, outbox)
    key = CitizenCode.objects.get().id
    assert codes.redeem(key=key, code=last_code(outbox)) is None


def test_a_code_lives_ten_minutes(client: Client, outbox: Path) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        ask(client)
        clock.shift(timedelta(minutes=10, seconds=1))
        assert client.post("/masuk/warga/kode/", {"code": last_code(outbox)}).status_code == 422


def test_a_code_belongs_to_the_browser_that_asked(client: Client, outbox: Path) -> None:
    ask(client)
    assert (
        Client().post("/masuk/warga/kode/", {"code": last_code(outbox)}).headers["Location"]
        == "/masuk/warga/"
    )


def test_codes_of_old_requests_are_deleted(client: Client) -> None:
    with time_machine.travel(timezone.now() - timedelta(days=2)):
        ask(client)
    ask(Client(), REMOTE_ADDR="203.0.113.5")
    assert CitizenCode.objects.count() == 1


def test_asking_too_often_is_stopped_and_says_for_how_long(client: Client, outbox: Path) -> None:
    results = [ask(client).status_code for _ in range(5)]
    assert results == [302] * 4 + [429]
    answer = ask(client)
    assert "Coba lagi setelah 30 menit" in answer.content.decode()
    assert len(messages(outbox)) == 4


def test_one_nik_is_asked_for_only_so_often_from_everywhere(outbox: Path) -> None:
    for n in range(14):
        ask(Client(), REMOTE_ADDR=f"203.0.113.{n}")
    assert len(messages(outbox)) == 12


def test_nothing_readable_is_left_behind(client: Client, outbox: Path) -> None:
    come_in(client, outbox)
    code = last_code(outbox)
    raw = []
    with connection.cursor() as cursor:
        for table in ("accounts_account", "accounts_citizencode", "accounts_trycount", "django_session"):
            cursor.execute(f"SELECT * FROM {table}")
            raw.append(str(cursor.fetchall()))
    kept = " ".join(raw) + str(list(LedgerEvent.objects.values()))
    for secret in (NIK, KK, PHONE, "81290001234", code, KK[-8:]):
        assert secret not in kept, secret


def test_messages_are_readable_by_the_site_alone(client: Client, outbox: Path) -> None:
    ask(client)
    assert stat.S_IMODE(outbox.stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in outbox.iterdir()] == [0o600]
    assert messages(outbox)[0]["to"] == "+6281290001234"


def test_messages_that_nobody_sent_on_are_deleted_after_a_day(client: Client, outbox: Path) -> None:
    ask(client)
    left = next(outbox.iterdir())
    os.utime(left, (time.time() - 90_000,) * 2)
    ask(Client())
    assert not left.exists()
    assert len(messages(outbox)) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("nik", "123"), ("nik", "\0"), ("kk", "1234"), ("kk", "abcdefgh"), ("contact", "x"),
     ("contact", "\0@\0"), ("contact", "@@"), ("kk", "٣٣٣٣٣٣٣٣")],
)  # fmt: skip
def test_what_cannot_be_is_told_beside_its_field(client: Client, field: str, value: str) -> None:
    answer = ask(client, **{field: value})
    assert answer.status_code == 422
    assert answer.content.decode().count("-galat") == 1
    assert not CitizenCode.objects.exists()


@pytest.mark.parametrize("code", ["", "\0", "x" * 999, "-1", "٣٣٣٣٣٣"])
def test_odd_codes_are_wrong_codes(client: Client, code: str) -> None:
    ask(client)
    assert client.post("/masuk/warga/kode/", {"code": code}).status_code == 422


def test_a_closed_account_gets_no_code(client: Client, outbox: Path) -> None:
    come_in(client, outbox)
    Account.objects.update(is_active=False)
    sent = len(messages(outbox))
    ask(Client())
    assert len(messages(outbox)) == sent


def test_the_look_up_is_on_record_under_the_persons_key(client: Client) -> None:
    ask(client)
    event = LedgerEvent.objects.get(action="accounts.citizen_code")
    assert event.subject
    assert event.area == VILLAGE
    assert event.role == "sistem"


def test_a_delivery_that_fails_does_not_tell_who_is_on_record(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        def send(self, *, to: str, text: str) -> None:
            raise OSError("no gateway")

    monkeypatch.setattr(codes, "delivery", Broken)
    known, unknown = ask(Client()), ask(Client(), nik="3201920505900009")
    assert (known.status_code, known.headers["Location"]) == (
        unknown.status_code,
        unknown.headers["Location"],
    )


def test_an_officers_own_phone_serves_the_citizen_too(client: Client, outbox: Path) -> None:
    from dtks.foundation.accounts import actions

    actions.create_account(by=Actor.system(), username="siti", name="Siti", phone=PHONE)
    assert come_in(client, outbox).headers["Location"] == "/warga/"
