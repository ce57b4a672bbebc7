"""The way in on PostgreSQL, as the role that owns no table; and tries from several connections at once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db import connection
from django.test import Client
from tests.fixtures import officers
from tests.unit.test_sign_in_citizens import KK, NIK, PHONE, VILLAGE, come_in
from tests.unit.test_sign_in_factors import PASSWORD, recovery_codes, set_up_app
from tests.unit.test_sign_in_sessions import sign_in_again

from dtks.foundation.accounts.models import Account, CitizenCode
from dtks.foundation.accounts.signing_in import codes, limits, pages_citizens, preparing, recovery
from dtks.foundation.accounts.signing_in.factor_secrets import FactorSecrets
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.ledger.models import LedgerEvent
from dtks.foundation.vault import configured
from dtks.registration.registry import actions as registry

pytestmark = pytest.mark.postgres


@pytest.fixture
def officer(postgres: str) -> Any:
    account = officers.account("siti", name="Siti Aminah", password=PASSWORD)
    officers.grant(account, "operator-desa", VILLAGE)
    return account


def test_an_officer_comes_in_and_ends_another_session(client: Client, officer: Any) -> None:
    secret = set_up_app(client)
    other = sign_in_again(secret)
    assert len(recovery_codes(client)) == 10
    assert client.get("/akun/").status_code == 200
    client.post("/akun/sesi/", {"end": "others"})
    assert other.get("/akun/").status_code == 302
    client.post("/masuk/kunci/")
    assert client.get("/akun/").headers["Location"].startswith("/masuk/terkunci/")
    assert sum(FactorSecrets().usage().values()) == 1
    assert FactorSecrets().renew(configured.ring()) == 0
    assert LedgerEvent.objects.filter(area=VILLAGE).count() == LedgerEvent.objects.count() > 4


def test_a_citizen_comes_in(
    client: Client, postgres: str, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HOME = tmp_path
    monkeypatch.setattr(pages_citizens, "ANSWER_SECONDS", 0.0)
    family = {
        "family_key": "f1", "village": VILLAGE, "kk_number": KK, "address": "Kp. Babakan", "rt": "001",
        "respondent_phone": PHONE,
    }  # fmt: skip
    person = {"family_key": "f1", "nik": NIK, "name": "SITI AMINAH", "sex": 2, "birth_date": date(1990, 1, 5),
              "relation": 1, "status": 1, "member_no": 1}  # fmt: skip
    registry.load_people(
        by=Actor.system(), area=VILLAGE, families=pl.DataFrame([family]), people=pl.DataFrame([person]),
        source="uji", valid_from=date(2026, 6, 1),
    )  # fmt: skip
    assert come_in(client, tmp_path / "outbox").headers["Location"] == "/warga/"
    assert "S*** A*****" in client.get("/warga/").content.decode()
    assert Account.objects.get().phone == PHONE


def test_a_subject_is_prepared(officer: Any, settings: Any, tmp_path: Path) -> None:
    entry = {
        "id": "uji",
        "name": "Uji",
        "server": "https://uji.example",
        "client_id": "c",
        "client_secret": "s",
    }
    settings.OIDC_FILE = str(tmp_path / "oidc.json")
    Path(settings.OIDC_FILE).write_text(json.dumps([entry]), "utf-8")
    by, at = Actor.system(), {"account": officer.pk, "institution": "uji", "reason": "SK"}
    assert preparing.prepare(by=by, subject="pegawai-1", **at)
    assert preparing.withdraw(by=by, **at)


def _in_threads(count: int, work: Any) -> list[Any]:
    """What `work` gives when it is called so often at once, each time on a connection of its own."""

    def one(_: int) -> Any:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_tries_at_the_same_moment_are_all_counted(postgres: str) -> None:
    rule = limits.Rule("test", tries=5, seconds=60, block=60)
    waits = _in_threads(12, lambda: limits.take(rule, "x").wait)
    assert sum(wait == 0 for wait in waits) == 5


def test_a_code_that_is_sent_twice_at_once_works_once(postgres: str) -> None:
    assert sum(_in_threads(8, lambda: limits.once("totp", "x", seconds=120))) == 1


def test_a_recovery_code_that_is_tried_many_times_at_once_works_once(officer: Any) -> None:
    made = recovery.new()
    recovery.store(officer, made)
    spent = _in_threads(8, lambda: recovery.spend(officer, made.codes[4]))
    assert sum(each is not None for each in spent) == 1
    assert recovery.left(officer) == 9


def test_two_recovery_codes_at_once_are_both_spent(officer: Any) -> None:
    made = recovery.new()
    recovery.store(officer, made)
    waiting = list(made.codes)
    spent = _in_threads(recovery.COUNT, lambda: recovery.spend(officer, waiting.pop()))
    assert None not in spent
    assert recovery.left(officer) == 0, "none came back with what another wrote"


def test_codes_guessed_at_the_same_moment_cost_a_try_each(postgres: str) -> None:
    from django.utils import timezone

    row = CitizenCode.objects.create(code_hash="0" * 64, whom=None, made_at=timezone.now())
    assert _in_threads(9, lambda: codes.redeem(key=row.id, code="123456")) == [None] * 9
    row.refresh_from_db()
    assert row.tries == codes.MOST_TRIES
