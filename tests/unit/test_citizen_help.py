"""The office helps a citizen who stands there: in its own area alone, never its own family, on record, and
told at the old contact."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db import connection
from django.test import Client
from tests.fixtures import officers
from tests.fixtures.database import THE_OTHER_PARAMETER
from tests.unit.test_sign_in_citizens import (
    DEAD,
    KK,
    NIK,
    OTHER,
    PHONE,
    VILLAGE,
    ask,
    come_in,
    last_code,
    messages,
)

from dtks.foundation.accounts import actions, citizen_help, citizen_look_up
from dtks.foundation.accounts.models import Account, Grant
from dtks.foundation.accounts.signing_in import errors, limits, pages_citizens
from dtks.foundation.kernel.nik import KkNumber, Nik
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.ledger.models import LedgerEvent
from dtks.registration.registry import actions as registry

NEAR = "32.04.05.2002"
THEIRS = Nik.compose(area_prefix="320491", birth_date=date(1985, 5, 5), sex=1, serial=4).value
THEIR_KK = KkNumber.compose(area_prefix="320491", issued_on=date(2016, 6, 20), serial=5).value
SYSTEM = Actor.system()
SAID = {"reason": "ganti nomor", "papers": True}


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=[pytest.mark.django_db, THE_OTHER_PARAMETER]),
        pytest.param("postgresql", marks=pytest.mark.postgres),
    ],
    autouse=True,
)
def register(
    request: pytest.FixtureRequest, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """One's own village with a family of two whose phone is known, and a family in the village next to it."""
    settings.HOME = tmp_path
    monkeypatch.setattr(pages_citizens, "ANSWER_SECONDS", 0.0)
    if request.param == "postgresql":
        request.getfixturevalue("postgres")
    assert connection.vendor == request.param
    families = [
        {"family_key": "f1", "village": VILLAGE, "kk_number": KK, "respondent_phone": PHONE},
        {"family_key": "f2", "village": NEAR, "kk_number": THEIR_KK, "respondent_phone": "081290005555"},
    ]
    people = [
        {"family_key": "f1", "nik": NIK, "name": "SITI AMINAH", "sex": 2, "birth_date": date(1990, 1, 5),
         "relation": 1, "status": 1, "member_no": 1},
        {"family_key": "f1", "nik": DEAD, "name": "DUDUNG", "sex": 1, "birth_date": date(1950, 1, 5),
         "relation": 5, "status": 2, "member_no": 2},
        {"family_key": "f2", "nik": THEIRS, "name": "KARTAWAN", "sex": 1, "birth_date": date(1985, 5, 5),
         "relation": 1, "status": 1, "member_no": 1},
    ]  # fmt: skip
    registry.load_people(
        by=SYSTEM, area="", families=pl.DataFrame(families), people=pl.DataFrame(people), source="uji",
        valid_from=date(2026, 6, 1),
    )  # fmt: skip
    yield


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    return tmp_path / "outbox"


@pytest.fixture
def siti() -> Any:
    """Her key in the register."""
    return citizen_look_up.find(by=SYSTEM, nik=NIK)


@pytest.fixture
def office() -> Client:
    """The operator of her village."""
    client = Client()
    officers.sign_in(client, area=VILLAGE, username="operator")
    return client


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer
    return " ".join(answer.content.decode().split())


def form(**more: str) -> dict[str, str]:
    return {"reason": "ganti nomor", "papers": "1", **more}


def test_the_office_finds_a_citizen_by_nik_and_sees_no_more_than_needed(
    client: Client, outbox: Path, office: Client, siti: Any
) -> None:
    come_in(client, outbox)
    answer = office.post("/petugas/warga/", {"nik": NIK})
    assert answer.headers["Location"] == f"/petugas/warga/{siti}/"
    text = page(office, answer.headers["Location"])
    assert "SITI AMINAH" in text
    assert "0812•••234" in text
    for secret in (NIK, "81290001234", PHONE, KK):
        assert secret not in text
    found = LedgerEvent.objects.filter(action__in=("accounts.citizen_find", "accounts.citizen_read"))
    assert {(each.subject, each.area, each.role) for each in found.exclude(role="sistem")} == {
        (str(siti), VILLAGE, "operator-desa")
    }


def test_the_menu_leads_there(office: Client) -> None:
    assert 'href="/petugas/warga/"' in page(office, "/akun/")
    other = Client()
    officers.sign_in(other, role="auditor", area="32.04", username="auditor")
    assert 'href="/petugas/warga/"' not in page(other, "/akun/")
    assert other.get("/petugas/warga/").status_code == 403


@pytest.mark.parametrize(
    ("role", "area"),
    [("operator-desa", NEAR), ("dinsos-supervisor", "33.02"), ("operator-desa", "32.04.06.2003")],
)
def test_another_office_finds_nothing_and_changes_nothing(
    client: Client, outbox: Path, siti: Any, role: str, area: str
) -> None:
    come_in(client, outbox)
    before = Account.objects.values().get(nik_index__isnull=False)
    other = Client()
    officers.sign_in(other, role=role, area=area, username="lain")
    answer = other.post("/petugas/warga/", {"nik": NIK})
    assert answer.status_code == 422
    assert "Tidak ada warga dengan NIK itu di wilayah Anda" in answer.content.decode()
    assert NIK not in answer.content.decode()
    for path in ("", "kontak/", "kontak/kode/", "lepas/", "tutup/", "buka-lagi/"):
        assert other.get(f"/petugas/warga/{siti}/{path}").status_code == 404
        sent = form(contact=OTHER, way="seen", code="000000")
        assert other.post(f"/petugas/warga/{siti}/{path}", sent).status_code in (404, 405)
    assert Account.objects.values().get(nik_index__isnull=False) == before
    by = Actor("x", role, area)
    for run in (citizen_help.release_contact, citizen_help.close_account, citizen_help.reopen_account):
        with pytest.raises(errors.CitizenNotFound):
            run(by=by, person=siti, **SAID)


def test_the_supervisor_of_the_regency_finds_both_villages(siti: Any) -> None:
    client = Client()
    officers.sign_in(client, role="dinsos-supervisor", area="32.04", username="supervisor")
    for nik in (NIK, THEIRS):
        assert client.post("/petugas/warga/", {"nik": nik}).status_code == 302


def test_a_released_contact_is_out_at_once_and_told(
    client: Client, outbox: Path, office: Client, siti: Any, django_capture_on_commit_callbacks: Any
) -> None:
    come_in(client, outbox)
    assert client.get("/warga/").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        answer = office.post(f"/petugas/warga/{siti}/lepas/", form(reason="HP hilang"))
    assert answer.status_code == 302
    assert client.get("/akun/").status_code == 302, "the open session is over"
    told = messages(outbox)[-1]
    assert told["to"] == "+6281290001234"
    assert "dilepas" in told["text"]
    assert "SITI" not in told["text"]
    event = LedgerEvent.objects.get(action="accounts.contact_release")
    assert (event.area, event.role, event.detail["reason"]) == (VILLAGE, "operator-desa", "HP hilang")
    assert event.detail["sessions"] == 1
    # The register knows that phone, too: whoever found it does not come in again.
    sent = len(messages(outbox))
    ask(Client())
    assert len(messages(outbox)) == sent
    assert "Tanpa kontak" in page(office, f"/petugas/warga/{siti}/")


def test_after_a_release_another_contact_of_the_register_binds_anew(
    client: Client, outbox: Path, siti: Any
) -> None:
    come_in(client, outbox)
    citizen_help.release_contact(by=SYSTEM, person=siti, **SAID)
    family = {"family_key": "f1", "village": VILLAGE, "kk_number": KK, "respondent_phone": OTHER}
    person = {"family_key": "f1", "nik": NIK, "name": "SITI AMINAH", "relation": 1}
    registry.load_people(
        by=SYSTEM, area=VILLAGE, families=pl.DataFrame([family]), people=pl.DataFrame([person]), source="uji",
        valid_from=date(2026, 7, 1),
    )  # fmt: skip
    assert come_in(Client(), outbox, contact=OTHER).status_code == 302
    account = Account.objects.get(kind="citizen")
    assert (account.phone, account.contact_how) == (OTHER, "register")


def test_a_new_phone_is_registered_by_a_code_that_the_citizen_reads_out(
    client: Client, outbox: Path, office: Client, siti: Any, django_capture_on_commit_callbacks: Any
) -> None:
    come_in(client, outbox)
    with django_capture_on_commit_callbacks(execute=True):
        answer = office.post(f"/petugas/warga/{siti}/kontak/", form(contact=OTHER, way="code"))
    assert answer.headers["Location"] == f"/petugas/warga/{siti}/kontak/kode/"
    assert messages(outbox)[-1]["to"] == "+6281399990000"
    assert "0813•••000" in page(office, answer.headers["Location"])
    assert Account.objects.get(kind="citizen").phone == PHONE, "nothing is bound yet"
    code = last_code(outbox)
    wrong = office.post(answer.headers["Location"], {"code": f"{(int(code) + 1) % 10**6:06}"})
    assert wrong.status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        assert office.post(answer.headers["Location"], {"code": code}).status_code == 302
    account = Account.objects.get(kind="citizen")
    assert (account.phone, account.contact_how) == (OTHER, "code")
    assert account.phone_verified_at is not None
    assert messages(outbox)[-1]["to"] == "+6281290001234", "the old phone is told"
    assert client.get("/akun/").status_code == 302
    assert come_in(Client(), outbox, contact=OTHER).headers["Location"] == "/warga/"


def test_an_office_code_signs_nobody_in_and_a_sign_in_code_registers_nothing(
    client: Client, outbox: Path, siti: Any, django_capture_on_commit_callbacks: Any
) -> None:
    from dtks.foundation.accounts.signing_in import codes

    by = Actor("operator-a", "operator-desa", VILLAGE)
    with django_capture_on_commit_callbacks(execute=True):
        key = citizen_help.send_code(by=by, person=siti, contact=OTHER, **SAID)
    assert codes.redeem(key=key, code=last_code(outbox)) is None
    ask(client)
    own = client.session[pages_citizens.CODE]["key"]
    with pytest.raises(errors.OfficeCodeWrong):
        citizen_help.confirm_contact(by=by, person=siti, key=own, code=last_code(outbox))
    assert not Account.objects.filter(kind="citizen").exists()


def test_a_colleague_cannot_finish_with_the_code_of_another(
    outbox: Path, siti: Any, django_capture_on_commit_callbacks: Any
) -> None:
    by = Actor("a", "operator-desa", VILLAGE)
    with django_capture_on_commit_callbacks(execute=True):
        key = citizen_help.send_code(by=by, person=siti, contact=OTHER, **SAID)
    with pytest.raises(errors.OfficeCodeWrong):
        citizen_help.confirm_contact(
            by=Actor("b", "operator-desa", VILLAGE), person=siti, key=key, code=last_code(outbox)
        )


def test_a_mother_without_a_number_on_record_comes_in_the_same_day(outbox: Path, office: Client) -> None:
    """Her family's visit noted no phone: the office sees hers, and the first code proves it."""
    from dtks.foundation.scope.current import limited_to, without_scope
    from dtks.registration.registry.models import EnumerationVisit

    with without_scope(), limited_to(""):
        EnumerationVisit.objects.all().delete()
    ask(Client())
    assert not outbox.exists()
    path = office.post("/petugas/warga/", {"nik": NIK}).headers["Location"]
    assert "Warga belum dapat masuk" in page(office, path)
    assert office.post(f"{path}kontak/", form(contact=PHONE, way="seen")).status_code == 302
    account = Account.objects.get(kind="citizen")
    assert (account.contact_how, account.phone_verified_at) == ("seen", None)
    assert "belum dipakai masuk" in page(office, path)
    event = LedgerEvent.objects.get(action="accounts.contact_register")
    assert (event.area, event.detail["how"], event.detail["papers"]) == (VILLAGE, "seen", "KTP, KK")
    mother = Client()
    assert come_in(mother, outbox).headers["Location"] == "/warga/"
    assert mother.get("/warga/").wsgi_request.actor.area == VILLAGE
    assert Account.objects.get(kind="citizen").phone_verified_at is not None


def test_a_closed_account_opens_for_nobody_until_the_office_opens_it(
    client: Client, outbox: Path, office: Client, siti: Any
) -> None:
    come_in(client, outbox)
    assert office.post(f"/petugas/warga/{siti}/tutup/", form()).status_code == 302
    assert client.get("/akun/").status_code == 302
    sent = len(messages(outbox))
    ask(Client())
    assert len(messages(outbox)) == sent
    assert office.post(f"/petugas/warga/{siti}/kontak/", form(contact=OTHER, way="seen")).status_code == 422
    assert office.post(f"/petugas/warga/{siti}/buka-lagi/", form()).status_code == 302
    ask(Client())
    assert len(messages(outbox)) == sent, "its old contact was released with it"
    assert office.post(f"/petugas/warga/{siti}/kontak/", form(contact=PHONE, way="seen")).status_code == 302
    assert come_in(Client(), outbox).headers["Location"] == "/warga/"
    done = {each.action for each in LedgerEvent.objects.all() if each.detail.get("papers")}
    assert done == {"accounts.citizen_close", "accounts.citizen_reopen", "accounts.contact_register"}


def test_of_the_dead_an_account_can_only_be_closed(office: Client) -> None:
    path = office.post("/petugas/warga/", {"nik": DEAD}).headers["Location"]
    assert "sudah meninggal" in page(office, path)
    assert office.post(f"{path}kontak/", form(contact=OTHER, way="seen")).status_code == 422
    assert not Account.objects.filter(kind="citizen").exists()
    Account.objects.create(
        username="warga-x", kind="citizen", nik=DEAD, nik_index=contacts_index(DEAD), created_by="test",
        created_at="2026-01-01T00:00:00Z", person=path.split("/")[3],
    )  # fmt: skip
    assert office.post(f"{path}tutup/", form()).status_code == 302
    assert office.post(f"{path}buka-lagi/", form()).status_code == 422


def contacts_index(nik: str) -> Any:
    from dtks.foundation.accounts.signing_in import contacts

    return contacts.index(nik, "nik")


@pytest.mark.parametrize("path", ["lepas/", "tutup/", "kontak/"])
@pytest.mark.parametrize(
    ("missing", "told"),
    [({"papers": ""}, "KTP dan kartu keluarga yang asli"), ({"reason": ""}, "Tulis alasannya"),
     ({"reason": f"NIK {NIK}"}, "Jangan tulis nomor orang")],
)  # fmt: skip
def test_without_papers_or_reason_nothing_is_done(
    client: Client, outbox: Path, office: Client, siti: Any, path: str, missing: dict[str, str], told: str
) -> None:
    come_in(client, outbox)
    before = Account.objects.values().get(kind="citizen")
    sent = form(contact=OTHER, way="seen") | missing
    answer = office.post(f"/petugas/warga/{siti}/{path}", sent)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert Account.objects.values().get(kind="citizen") == before


@pytest.mark.parametrize("known_by", ["nik", "citizen's account", "person"])
@pytest.mark.parametrize("whom", [NIK, DEAD], ids=["oneself", "one's own family"])
def test_nobody_does_it_for_oneself_or_ones_own_family(
    client: Client, outbox: Path, known_by: str, whom: str, siti: Any
) -> None:
    """However the officer's account tells who the officer is."""
    made = actions.create_account(
        by=SYSTEM, username="siti", name="Siti", nik=NIK if known_by != "person" else "",
        person=siti if known_by == "person" else None,
    )  # fmt: skip
    if known_by == "citizen's account":
        come_in(client, outbox)
    by = Actor(str(made.account), "operator-desa", VILLAGE)
    person = citizen_look_up.find(by=by, nik=whom)
    assert citizen_look_up.see(by=by, person=person).own
    for run in (citizen_help.release_contact, citizen_help.close_account, citizen_help.reopen_account):
        with pytest.raises(errors.OwnFamily):
            run(by=by, person=person, **SAID)
    for register in (citizen_help.register_contact, citizen_help.send_code):
        with pytest.raises(errors.OwnFamily):
            register(by=by, person=person, contact=OTHER, **SAID)
    neighbour = Actor(str(made.account), "dinsos-supervisor", "32.04")
    other = citizen_look_up.find(by=neighbour, nik=THEIRS)
    citizen_help.register_contact(by=neighbour, person=other, contact=OTHER, **SAID)


def test_a_contact_opens_one_account(office: Client, siti: Any) -> None:
    other = citizen_look_up.find(by=SYSTEM, nik=THEIRS)
    citizen_help.register_contact(by=SYSTEM, person=other, contact=OTHER, **SAID)
    answer = office.post(f"/petugas/warga/{siti}/kontak/", form(contact="+62 813-9999-0000", way="seen"))
    assert answer.status_code == 422
    assert "sudah membuka akun warga lain" in answer.content.decode()
    assert "KARTAWAN" not in answer.content.decode()
    assert Account.objects.filter(kind="citizen").count() == 1


@pytest.mark.parametrize("contact", ["", "x", "0812", "@", "\0@\0"])
def test_what_is_no_contact_is_told_beside_its_field(office: Client, siti: Any, contact: str) -> None:
    for way in ("code", "seen"):
        answer = office.post(f"/petugas/warga/{siti}/kontak/", form(contact=contact, way=way))
        assert answer.status_code == 422
        assert re.search(r'id="contact-galat"', answer.content.decode())


def test_a_phone_is_not_flooded_with_codes(
    outbox: Path, office: Client, siti: Any, django_capture_on_commit_callbacks: Any
) -> None:
    sent = form(contact=OTHER, way="code")
    with django_capture_on_commit_callbacks(execute=True):
        results = [office.post(f"/petugas/warga/{siti}/kontak/", sent).status_code for _ in range(5)]
    assert results == [302] * limits.OFFICE_CONTACT.tries + [429]
    assert len(messages(outbox)) == limits.OFFICE_CONTACT.tries


def test_the_ledger_and_the_tables_hold_nothing_readable(
    client: Client, outbox: Path, office: Client, siti: Any
) -> None:
    come_in(client, outbox)
    office.post(f"/petugas/warga/{siti}/kontak/", form(contact=OTHER, way="code"))
    citizen_help.register_contact(by=SYSTEM, person=siti, contact="siti@contoh.id", **SAID)
    kept = str(list(LedgerEvent.objects.values()))
    with connection.cursor() as cursor:
        for table in ("accounts_account", "accounts_citizencode", "django_session", "accounts_trycount"):
            cursor.execute(f"SELECT * FROM {table}")
            kept += str([[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor])
    for secret in (NIK, PHONE, "81290001234", "81399990000", "siti@contoh.id", KK, "SITI@"):
        assert secret not in kept, secret
    assert Grant.objects.filter(role="warga", ended_at=None).count() == 1
