"""A citizen's own second factor: offered with its reasons, asked for after the code, gone with a release."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.unit.test_sign_in_citizens import (
    NIK,
    OTHER,
    PHONE,
    STRANGER,
    ask,
    come_in,
    last_code,
    messages,
    outbox,
    register,
)
from tests.unit.test_sign_in_factors import actions, code_of, codes_in

from dtks.foundation.accounts import citizen_help, citizen_look_up, factors
from dtks.foundation.accounts.models import Account, TryCount
from dtks.foundation.accounts.signing_in import entering, recovery
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.ledger.models import LedgerEvent

__all__ = ["outbox", "register"]
pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()
SAID = {"reason": "HP hilang", "papers": True}


def set_up(client: Client, outbox: Path) -> tuple[str, list[str]]:
    """A citizen comes in by a code and sets up a code app; its secret, and the recovery codes."""
    assert come_in(client, outbox).headers["Location"] == "/warga/"
    page = client.get("/akun/faktor/aplikasi/").content.decode()
    secret = re.search(r"data-secret>([A-Z2-7 ]+)<", page)[1].replace(" ", "")
    answer = client.post("/akun/faktor/aplikasi/", {"code": code_of(secret)})
    codes = codes_in(answer)
    assert len(codes) == 10
    assert 'href="/akun/keamanan/">Sudah saya simpan<' in answer.content.decode()
    return secret, codes


def half_way(outbox: Path) -> Client:
    """Another browser in which the code that was sent has been shown, and no factor."""
    other = Client()
    assert come_in(other, outbox, contact=PHONE).headers["Location"] == "/masuk/faktor/"
    return other


def person() -> Any:
    return Account.objects.get(kind="citizen").person


def test_the_page_tells_what_can_go_wrong_and_offers_what_is_stronger(client: Client, outbox: Path) -> None:
    come_in(client, outbox)
    assert 'href="/akun/keamanan/"' in client.get("/warga/").content.decode()
    page = client.get("/akun/keamanan/").content.decode()
    for told in ("kartu SIM", "HP dipakai bersama", "diteruskan", "Petugas tidak pernah meminta kode"):
        assert told in page, told
    for way in ("/akun/faktor/aplikasi/", "/akun/faktor/kunci/"):
        assert f'href="{way}"' in page
        assert client.get(way).status_code == 200


def test_once_set_up_the_code_alone_opens_nothing(client: Client, outbox: Path) -> None:
    secret, _codes = set_up(client, outbox)
    assert "Aplikasi kode" in client.get("/akun/keamanan/").content.decode()
    other = half_way(outbox)
    for path in ("/warga/", "/akun/keamanan/", "/akun/faktor/aplikasi/", "/akun/faktor/pemulihan/"):
        assert other.get(path).headers["Location"].startswith("/masuk/faktor/"), path
    for path in ("/masuk/faktor/aplikasi/", "/masuk/faktor/kunci/"):
        assert other.get(path).headers["Location"] == "/masuk/faktor/", path
    assert "Kode dari HP atau surel benar" in other.get("/masuk/faktor/").content.decode()
    assert other.post("/masuk/faktor/", {"code": "000000"}).status_code == 422
    assert other.post("/masuk/faktor/", {"code": code_of(secret, steps=1)}).headers["Location"] == "/warga/"
    page = other.get("/warga/")
    assert page.status_code == 200
    assert page.wsgi_request.actor.role == "warga"


def test_a_code_that_was_on_its_way_meets_the_factor_as_well(client: Client, outbox: Path) -> None:
    thief = Client()
    ask(thief)
    code = last_code(outbox)
    set_up(client, outbox)
    answer = thief.post("/masuk/warga/kode/", {"code": code})
    assert answer.headers["Location"] == "/masuk/faktor/"
    assert factors.CONFIRMED not in thief.session


def test_a_recovery_code_stands_in_once(client: Client, outbox: Path) -> None:
    _secret, codes = set_up(client, outbox)
    assert half_way(outbox).post("/masuk/faktor/", {"recovery": codes[0]}).headers["Location"] == "/warga/"
    assert half_way(outbox).post("/masuk/faktor/", {"recovery": codes[0]}).status_code == 422


def test_guessing_the_factor_is_stopped(client: Client, outbox: Path) -> None:
    secret, _codes = set_up(client, outbox)
    other = half_way(outbox)
    for _ in range(5):
        assert other.post("/masuk/faktor/", {"code": "000000"}).status_code == 422
    assert other.post("/masuk/faktor/", {"code": code_of(secret, steps=1)}).status_code == 429


def test_before_the_code_nothing_tells_who_has_a_factor(client: Client, outbox: Path) -> None:
    set_up(client, outbox)
    pages = []
    for asked in ({}, {"nik": STRANGER}, {"contact": OTHER}):
        other = Client()
        answer = ask(other, **asked)
        page = other.get("/masuk/warga/kode/").content.decode()
        wrong = other.post("/masuk/warga/kode/", {"code": "000000" if last_code(outbox) != "000000" else "1"})
        said = re.sub(r'value="\w{64}"|0\d{3}•••\d{3}', "", page + wrong.content.decode())
        pages.append((answer.status_code, answer.headers["Location"], wrong.status_code, said))
    assert pages[0] == pages[1] == pages[2]
    assert "faktor" not in pages[0][3]


def test_both_changes_are_told_at_the_contact_and_noted(
    client: Client, outbox: Path, django_capture_on_commit_callbacks: Any
) -> None:
    come_in(Client(), outbox)
    session = UserSession.objects.get().session_key
    with django_capture_on_commit_callbacks(execute=True):
        set_up(client, outbox)
    assert "dipasang pada akun DTKS" in messages(outbox)[-1]["text"]
    assert not UserSession.objects.filter(session_key=session).exists(), "the others come in again with it"
    factor = Authenticator.objects.get(type="totp")
    assert "satu-satunya" in client.get(f"/akun/faktor/{factor.pk}/hapus/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(f"/akun/faktor/{factor.pk}/hapus/")
    assert answer.headers["Location"] == "/akun/keamanan/"
    assert "dihapus dari akun DTKS" in messages(outbox)[-1]["text"]
    assert NIK not in str(messages(outbox))
    assert not Authenticator.objects.exists(), "codes that stand in for nothing go too"
    assert come_in(Client(), outbox).headers["Location"] == "/warga/"
    noted = [each for each in actions() if "factor" in each or "recovery" in each]
    assert noted == ["accounts.factor_added", "accounts.recovery_codes_made", "accounts.factor_removed"]


def test_who_has_been_in_for_long_comes_in_again_first(client: Client, outbox: Path) -> None:
    come_in(client, outbox)
    session = client.session
    session[factors.CONFIRMED] = time.time() - 11 * 60
    session.save()
    to = client.get("/akun/faktor/aplikasi/").headers["Location"]
    assert to.startswith("/masuk/ulang/")
    page = client.get(to).content.decode()
    assert "Masuk lagi dengan kode" in page
    assert re.search(r'<a href="/warga/">Batal', page), "to where nothing is asked, not round in a circle"
    assert 'name="recovery"' not in page
    assert client.post(to, {"do": "sign-in-again"}).headers["Location"] == "/masuk/warga/"
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("act", [citizen_help.release_contact, citizen_help.close_account])
def test_the_office_takes_it_away_with_the_contact(
    client: Client, outbox: Path, act: Callable[..., None]
) -> None:
    _secret, codes = set_up(client, outbox)
    other = half_way(outbox)
    assert citizen_look_up.see(by=SYSTEM, person=person()).factor
    act(by=SYSTEM, person=person(), **SAID)
    assert not Authenticator.objects.exists()
    event = LedgerEvent.objects.get(action="accounts.reset_second_factor")
    assert (event.detail["factors"], event.detail["reason"]) == (1, "HP hilang")
    for gone in (client, other):
        assert gone.get("/akun/").headers["Location"].startswith("/masuk/?next=")
    assert other.get("/masuk/faktor/aplikasi/").headers["Location"] == "/masuk/", "half-way is out, too"
    assert other.post("/masuk/faktor/", {"recovery": codes[1]}).headers["Location"] == "/masuk/"


def test_without_a_factor_the_release_notes_none(client: Client, outbox: Path) -> None:
    come_in(client, outbox)
    citizen_help.release_contact(by=SYSTEM, person=person(), **SAID)
    assert "accounts.reset_second_factor" not in actions()


def test_another_number_keeps_the_factor(client: Client, outbox: Path) -> None:
    secret, _codes = set_up(client, outbox)
    citizen_help.register_contact(by=SYSTEM, person=person(), contact=OTHER, **SAID)
    other = Client()
    assert come_in(other, outbox, contact=OTHER).headers["Location"] == "/masuk/faktor/"
    assert other.post("/masuk/faktor/", {"code": code_of(secret, steps=1)}).status_code == 302


def test_a_half_way_session_whose_factor_went_sets_no_new_one_up(client: Client, outbox: Path) -> None:
    set_up(client, outbox)
    other = half_way(outbox)
    Authenticator.objects.all().delete()
    assert other.get("/masuk/faktor/aplikasi/").headers["Location"] == "/masuk/faktor/"
    assert other.post("/masuk/faktor/aplikasi/", {"code": "1"}).headers["Location"] == "/masuk/faktor/"
    assert other.get("/masuk/faktor/").headers["Location"] == "/masuk/warga/"
    assert "_auth_user_id" not in other.session


def test_a_request_under_way_at_the_release_stores_no_factor(client: Client, outbox: Path) -> None:
    come_in(client, outbox)
    under_way = client.get("/akun/keamanan/").wsgi_request
    assert not entering.is_over(under_way)
    citizen_help.release_contact(by=SYSTEM, person=person(), **SAID)
    assert entering.is_over(under_way)
    citizen_help.register_contact(by=SYSTEM, person=person(), contact=OTHER, **SAID)
    assert entering.is_over(under_way), "whoever was inside stays out"


@pytest.mark.parametrize("asked", [{}, {"nik": STRANGER}], ids=["has a factor", "nobody"])
def test_asking_for_a_code_is_the_same_work(client: Client, outbox: Path, asked: dict[str, str]) -> None:
    set_up(client, outbox)
    TryCount.objects.all().delete()
    with CaptureQueriesContext(connection) as queries:
        ask(Client(), **asked)
    assert not any("mfa_authenticator" in query["sql"] for query in queries)


def test_half_a_sign_in_does_not_last(client: Client, outbox: Path) -> None:
    secret, _codes = set_up(client, outbox)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        other = half_way(outbox)
        clock.shift(timedelta(minutes=16))
        other.post("/masuk/faktor/", {"code": code_of(secret)})
        assert "_auth_user_id" not in other.session


def test_the_app_shows_the_name_and_no_number(client: Client, outbox: Path) -> None:
    from dtks.foundation.accounts.adapter import MfaAdapter

    come_in(client, outbox)
    account = Account.objects.get()
    label = MfaAdapter().build_totp_url(account, "A" * 32)
    assert label.startswith("otpauth://totp/SITI%20AMINAH?")
    assert recovery.left(account) is None


def test_an_officer_has_the_page_of_officers(client: Client) -> None:
    from tests.fixtures import officers

    officers.sign_in(client, area="32.04.05.2001")
    assert client.get("/akun/keamanan/").headers["Location"] == "/akun/"
