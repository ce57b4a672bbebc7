"""Recovery codes: shown once, kept as hashes, each good for one way in, as hard to guess as a password."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import hashers
from django.db import connection
from django.test import Client
from tests.unit.test_sign_in_factors import (
    actions,
    code_of,
    codes_in,
    half_way,
    officer,
    recovery_codes,
    set_up_app,
)

from dtks.config import settings as real
from dtks.foundation.accounts import actions as accounts
from dtks.foundation.accounts.signing_in import recovery
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.ledger.models import LedgerEvent

__all__ = ["officer"]
pytestmark = pytest.mark.django_db
PAGE = "/akun/faktor/pemulihan/"


class Counting(hashers.MD5PasswordHasher):
    """The tests' quick hasher, which counts how often it is asked."""

    algorithm = "counting"
    asked = 0

    def encode(self, password: str, salt: str) -> str:
        Counting.asked += 1
        return super().encode(password, salt)


@pytest.fixture
def counted(settings: Any) -> Iterator[type[Counting]]:
    settings.PASSWORD_HASHERS = [f"{__name__}.Counting"]
    Counting.asked = 0
    yield Counting


def come_in(code: str, field: str = "code") -> int:
    client = Client()
    half_way(client)
    return client.post("/masuk/faktor/", {field: code}).status_code


def test_they_are_shown_once_and_each_works_once(client: Client, officer: Any) -> None:
    set_up_app(client)
    page = client.get(PAGE)
    assert codes_in(page) == []
    assert "Tersisa 10 kode" in page.content.decode()
    codes = recovery_codes(client)
    assert len(set(codes)) == 10
    assert codes_in(client.get(PAGE)) == []
    assert [come_in(codes[3]), come_in(codes[3])] == [302, 422]
    assert "Tersisa 9 kode" in client.get(PAGE).content.decode()
    assert re.search(r"Kode pemulihan \(9\)", client.get("/akun/").content.decode())


def test_new_ones_void_the_old(client: Client, officer: Any) -> None:
    set_up_app(client)
    old, new = recovery_codes(client), recovery_codes(client)
    assert not set(old) & set(new)
    assert [come_in(old[0]), come_in(new[0])] == [422, 302]
    assert actions().count("accounts.recovery_codes_made") == 3


@pytest.mark.parametrize("write", [str.lower, lambda code: code.replace("-", ""), lambda code: f" {code} "])
@pytest.mark.parametrize("field", ["code", "recovery"])
def test_however_it_is_written_and_in_whichever_field(
    client: Client, officer: Any, write: Any, field: str
) -> None:
    set_up_app(client)
    code = recovery_codes(client)[0]
    assert [come_in(write(code), field), come_in(code)] == [302, 422]


def test_hashes_by_the_hasher_of_passwords_are_all_that_is_kept(
    client: Client, officer: Any, settings: Any
) -> None:
    settings.PASSWORD_HASHERS = real.PASSWORD_HASHERS
    made = recovery.new()
    recovery.store(officer, made)
    with connection.cursor() as cursor:
        raw = []
        for table in ("mfa_authenticator", "django_session", "accounts_trycount"):
            cursor.execute(f"SELECT * FROM {table}")
            raw.append(str(cursor.fetchall()))
    kept = " ".join(raw)
    for code in made.codes:
        plain = code.replace("-", "")
        assert plain not in kept
        assert plain[1:] not in kept
    data = Authenticator.objects.get(type="recovery_codes").data
    assert list(data) == ["hashes"]
    assert "".join(data["hashes"]) == recovery.MARKS
    assert all(each.startswith("argon2$argon2id$") for each in data["hashes"].values())
    assert len({each.split("$")[4] for each in data["hashes"].values()}) == 10, "a salt for each"
    assert recovery.spend(officer, made.codes[7]) is not None
    assert recovery.spend(officer, made.codes[7]) is None


def test_a_code_holds_enough_chance_and_no_sign_that_is_mistaken_for_another() -> None:
    codes = [code for _ in range(3) for code in recovery.new().codes]
    assert all(re.fullmatch(r"[A-Z]{4}-[A-Z]{4}-[A-Z]{4}", code) for code in codes)
    assert len({code[1:] for code in codes}) == len(codes)
    used = {sign for code in codes for sign in code} - {"-"}
    assert used <= set(recovery.LETTERS)
    assert not used & set("AEIOUY")
    assert len(recovery.LETTERS) ** (len("XXXX-XXXX-XXXX".replace("-", "")) - 1) > 2**47


def test_every_try_costs_the_check_of_one_hash(officer: Any, counted: type[Counting]) -> None:
    right = "BCDF-GHJK-LMNP"
    for typed in (right, "ZZZZ-ZZZZ-ZZZZ", "x", "é"):
        counted.asked = 0
        assert recovery.spend(officer, typed) is None
        assert counted.asked == 1, f"{typed}: an account without codes"
    made = recovery.new()
    recovery.store(officer, made)
    spent = made.codes[0]
    for typed, fits in ((spent, True), (spent, False), (made.codes[1], True), ("CCCC-CCCC-CCCC", False),
                        ("ZZZZ-ZZZZ-ZZZZ", False), ("x" * 999, False)):  # fmt: skip
        counted.asked = 0
        assert (recovery.spend(officer, typed) is not None) == fits
        assert counted.asked == 1, typed


def test_guessing_them_counts_with_the_codes_of_the_app(client: Client, officer: Any) -> None:
    secret = set_up_app(client)
    code = recovery_codes(client)[0]
    thief = Client()
    half_way(thief)
    wrong = ["000000", "BBBB-BBBB-BBBB", "000000", "CCCC-CCCC-CCCC", "ZZZZ-ZZZZ-ZZZZ"]
    assert [thief.post("/masuk/faktor/", {"recovery": each}).status_code for each in wrong] == [422] * 5
    assert thief.post("/masuk/faktor/", {"recovery": code}).status_code == 429
    assert thief.post("/masuk/faktor/", {"code": code_of(secret, steps=1)}).status_code == 429
    assert recovery.left(officer) == 10, "what was refused spends nothing"
    assert LedgerEvent.objects.filter(action="accounts.factor_failed").count() == 5


def test_the_field_for_them_is_there_while_some_are_left(client: Client, officer: Any) -> None:
    set_up_app(client)
    other = Client()
    half_way(other)
    assert 'name="recovery"' in other.get("/masuk/faktor/").content.decode()
    Authenticator.objects.filter(type="recovery_codes").update(data={"hashes": {}})
    assert 'name="recovery"' not in other.get("/masuk/faktor/").content.decode()


def test_a_reset_takes_them_away(client: Client, officer: Any) -> None:
    set_up_app(client)
    assert accounts.reset_second_factor(by=Actor.system(), account=officer.pk, reason="ponsel hilang")
    assert recovery.left(officer) is None
    half_way(client)
    assert "Pasang faktor kedua" in client.get("/masuk/faktor/").content.decode()
