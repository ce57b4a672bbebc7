"""The first half of signing in: name and password, and what happens to those who guess."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from tests.fixtures import officers

from dtks.foundation.accounts.models import TryCount
from dtks.foundation.ledger.models import LedgerEvent

PASSWORD = "kopi-tubruk-pagi-hari"
WRONG = "salah"
pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Any:
    account = officers.account("siti", name="Siti Aminah", password=PASSWORD)
    officers.grant(account, "operator-desa", "33.02.11.2001")
    return account


def try_in(client: Client, username: str = "siti", password: str = WRONG, **extra: Any) -> Any:
    return client.post("/masuk/", {"username": username, "password": password}, **extra)


def actions() -> list[str]:
    return list(LedgerEvent.objects.order_by("at", "id").values_list("action", flat=True))


def test_the_password_alone_opens_nothing(client: Client, officer: Any) -> None:
    answer = client.post("/masuk/", {"username": "siti", "password": PASSWORD, "next": "/petugas/?x=1"})
    assert answer.headers["Location"] == "/masuk/faktor/?next=%2Fpetugas%2F%3Fx%3D1"
    for path in (
        "/akun/",
        "/akun/kata-sandi/",
        "/akun/sesi/",
        "/akun/peran/",
        "/akun/faktor/kunci/",
        "/masuk/ulang/",
    ):
        assert client.get(path).headers["Location"].startswith("/masuk/faktor/"), path


@pytest.mark.parametrize("username", ["siti", "tidak-ada"])
def test_a_wrong_password_and_an_unknown_name_are_told_the_same(
    client: Client, officer: Any, username: str
) -> None:
    answer = try_in(client, username)
    assert answer.status_code == 422
    assert "Nama pengguna atau kata sandi tidak cocok" in answer.content.decode()


def test_after_five_wrong_passwords_one_waits_and_is_told_how_long(client: Client, officer: Any) -> None:
    for _ in range(5):
        assert try_in(client).status_code == 422
    with time_machine.travel(timezone.now(), tick=False) as clock:
        answer = try_in(client, password=PASSWORD)
        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "300"
        assert "Coba lagi setelah 5 menit" in answer.content.decode()
        assert "_auth_user_id" not in client.session
        clock.shift(timedelta(seconds=240))
        assert "Coba lagi setelah 1 menit" in try_in(client, password=PASSWORD).content.decode()
        clock.shift(timedelta(seconds=61))
        assert try_in(client, password=PASSWORD).status_code == 302
    assert actions() == ["accounts.sign_in_failed"] * 5 + ["accounts.locked_out"]


def test_each_further_lock_out_is_longer(client: Client, officer: Any) -> None:
    waits = []
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(3):
            for _ in range(5):
                try_in(client)
            waits.append(int(try_in(client).headers["Retry-After"]))
            clock.shift(timedelta(seconds=waits[-1] + 1))
    assert waits == [300, 600, 1200]


def test_who_guesses_elsewhere_does_not_lock_the_owner_out_at_once(client: Client, officer: Any) -> None:
    for _ in range(25):
        try_in(Client(), REMOTE_ADDR="203.0.113.9")
    assert try_in(client, password=PASSWORD).status_code == 302


def test_one_address_cannot_try_one_password_on_every_account(client: Client, officer: Any) -> None:
    codes = [try_in(client, username=f"petugas{n}").status_code for n in range(52)]
    assert codes == [422] * 50 + [429] * 2


def test_addresses_of_one_ipv6_customer_count_as_one(officer: Any) -> None:
    for n in range(5):
        try_in(Client(), REMOTE_ADDR=f"2001:db8:1:2::{n:x}")
    assert try_in(Client(), REMOTE_ADDR="2001:db8:1:2:ffff::1").status_code == 429
    assert try_in(Client(), REMOTE_ADDR="2001:db8:1:3::1").status_code == 422


def test_what_was_typed_is_kept_nowhere(client: Client, officer: Any) -> None:
    for _ in range(6):
        try_in(client, username="3201900101800001", password="rahasia-sekali")
    kept = str(list(LedgerEvent.objects.values())) + str(list(TryCount.objects.values()))
    assert "3201900101800001" not in kept
    assert "rahasia" not in kept
    assert set(LedgerEvent.objects.values_list("account", flat=True)) == {"anonymous"}


def test_failures_at_a_known_account_are_found_by_its_key(client: Client, officer: Any) -> None:
    try_in(client)
    event = LedgerEvent.objects.get()
    assert (event.subject, event.role, event.area) == (str(officer.pk), "operator-desa", "33.02.11.2001")


@pytest.mark.parametrize("change", [{"is_active": False}, {"expires_on": "2020-01-01"}])
def test_a_closed_or_expired_account_does_not_open(
    client: Client, officer: Any, change: dict[str, Any]
) -> None:
    type(officer).objects.filter(pk=officer.pk).update(**change)
    assert try_in(client, password=PASSWORD).status_code == 422


def test_an_account_that_expires_meanwhile_is_out_at_its_next_request(client: Client) -> None:
    officer = officers.sign_in(client, area="33.02.11.2001")
    assert client.get("/akun/").status_code == 200
    type(officer).objects.filter(pk=officer.pk).update(expires_on=timezone.localdate() - timedelta(days=1))
    assert client.get("/akun/").headers["Location"].startswith("/masuk/")


@pytest.mark.parametrize("to", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_signing_in_never_leads_elsewhere(client: Client, officer: Any, to: str) -> None:
    answer = client.post("/masuk/", {"username": "siti", "password": PASSWORD, "next": to})
    assert answer.headers["Location"] == "/masuk/faktor/"


@pytest.mark.parametrize("typed", ["\0", "x" * 5000, "nama\0pengguna", "名前"])
def test_odd_input_is_a_wrong_password(client: Client, officer: Any, typed: str) -> None:
    assert try_in(client, username=typed, password=typed).status_code == 422


def test_tries_at_the_same_moment_are_all_counted() -> None:
    from dtks.foundation.accounts.signing_in import limits

    rule = limits.Rule("test", tries=3, seconds=60, block=60)
    taken = [limits.take(rule, "x").wait for _ in range(5)]
    assert [bool(wait) for wait in taken] == [False, False, False, True, True]
    limits.forget(rule, "x")
    assert limits.take(rule, "x").wait == 0


def test_a_thing_that_works_once_works_again_when_its_time_is_over() -> None:
    from dtks.foundation.accounts.signing_in import limits

    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert [limits.once("totp", "a", seconds=120) for _ in range(3)] == [True, False, False]
        clock.shift(timedelta(seconds=121))
        assert [limits.once("totp", "a", seconds=120) for _ in range(2)] == [True, False]


def test_old_counts_are_cleared_and_running_ones_are_not() -> None:
    from dtks.foundation.accounts.signing_in import limits

    with time_machine.travel(timezone.now() - timedelta(days=3)):
        limits.take(limits.FACTOR, "old")
    limits.take(limits.FACTOR, "new")
    assert limits.clear_old() == 1
    assert TryCount.objects.count() == 1


@pytest.mark.parametrize("password", ["pendek-saja", "password1234", "123456789012", "sitiaminah99"])
def test_weak_passwords_are_refused(officer: Any, password: str) -> None:
    officer.username = "sitiaminah99"
    with pytest.raises(ValidationError):
        validate_password(password, officer)


def test_passwords_are_hashed_with_argon2id_outside_the_tests() -> None:
    from django.contrib.auth.hashers import Argon2PasswordHasher

    from dtks.config import settings as real

    assert real.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")
    assert Argon2PasswordHasher().encode("kopi-tubruk", "garam-acak-123").startswith("argon2$argon2id$")


def test_sessions_end_with_the_browser_and_are_sealed(client: Client, officer: Any) -> None:
    answer = try_in(client, password=PASSWORD)
    assert settings.SESSION_EXPIRE_AT_BROWSER_CLOSE
    assert answer.cookies["sessionid"]["max-age"] == ""
    from django.contrib.sessions.models import Session

    row = Session.objects.get(session_key=client.session.session_key)
    assert str(officer.pk) not in row.session_data
    import base64

    assert str(officer.pk).encode() not in base64.urlsafe_b64decode(row.session_data.split(":")[0] + "===")
