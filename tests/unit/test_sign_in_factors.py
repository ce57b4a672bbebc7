"""Second factors: set up, shown, lost, sealed."""

from __future__ import annotations

import base64
import re
import shutil
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.db import connection
from django.test import Client
from django.utils import timezone
from tests.fixtures import officers

from dtks.foundation.accounts import factors
from dtks.foundation.accounts.signing_in import factor_secrets, preset
from dtks.foundation.accounts.signing_in.factor_secrets import FactorSecrets
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.ledger.models import LedgerEvent
from dtks.foundation.vault import configured, ring_file

PASSWORD = "kopi-tubruk-pagi-hari"
pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Any:
    account = officers.account("siti", name="Siti Aminah", password=PASSWORD)
    officers.grant(account, "operator-desa", "33.02.11.2001")
    return account


def code_of(secret: str, *, steps: int = 0) -> str:
    """The six digits that another implementation of RFC 6238 shows now, or some steps from now."""
    app = TOTP(base64.b32decode(secret), 6, SHA1(), 30)  # noqa: S303 - what RFC 6238 and every app use
    return app.generate(int(time.time()) + 30 * steps).decode()


def half_way(client: Client) -> None:
    answer = client.post("/masuk/", {"username": "siti", "password": PASSWORD})
    assert answer.headers["Location"] == "/masuk/faktor/"


def set_up_app(client: Client, to: str = "") -> str:
    """Sign in for the first time and set up a code app; its secret."""
    half_way(client)
    page = client.get("/masuk/faktor/aplikasi/").content.decode()
    secret = re.search(r"data-secret>([A-Z2-7 ]+)<", page)[1].replace(" ", "")
    answer = client.post("/masuk/faktor/aplikasi/", {"code": code_of(secret), "next": to})
    assert answer.headers["Location"].startswith("/akun/faktor/pemulihan/")
    return secret


def recovery_codes(client: Client) -> list[str]:
    return re.findall(r"<li>(\d{8})</li>", client.get("/akun/faktor/pemulihan/").content.decode())


def actions() -> list[str]:
    return list(LedgerEvent.objects.order_by("at", "id").values_list("action", flat=True))


def test_who_has_no_factor_is_led_to_set_one_up_and_then_goes_on(client: Client, officer: Any) -> None:
    half_way(client)
    assert "Pasang faktor kedua" in client.get("/masuk/faktor/").content.decode()
    client.post("/keluar/")
    set_up_app(client, to="/akun/sesi/")
    answer = client.post("/akun/faktor/pemulihan/", {"do": "kept", "next": "/akun/sesi/"})
    assert answer.headers["Location"] == "/akun/sesi/"
    assert client.get("/akun/sesi/").status_code == 200
    assert actions() == ["accounts.sign_out", "accounts.factor_added", "accounts.sign_in"]


def test_a_wrong_first_code_sets_nothing_up_and_keeps_the_secret(client: Client, officer: Any) -> None:
    half_way(client)
    before = client.get("/masuk/faktor/aplikasi/").content.decode()
    answer = client.post("/masuk/faktor/aplikasi/", {"code": "000000"})
    assert answer.status_code == 422
    assert "Kode tidak cocok" in answer.content.decode()
    secret = re.compile(r"data-secret>([A-Z2-7 ]+)<")
    assert secret.search(before)[1] == secret.search(answer.content.decode())[1]
    assert not Authenticator.objects.exists()


def test_signing_in_with_the_app(client: Client, officer: Any) -> None:
    secret = set_up_app(client)
    other = Client()
    half_way(other)
    before = other.session.session_key
    answer = other.post("/masuk/faktor/", {"code": code_of(secret, steps=1), "next": "/akun/"})
    assert answer.headers["Location"] == "/akun/"
    assert other.session.session_key != before, "a key known from before the factor is worth nothing"
    page = other.get("/akun/").content.decode()
    assert "Siti Aminah" in page
    assert "Operator desa/kelurahan" in page


def test_a_code_works_once_in_whatever_process(client: Client, officer: Any) -> None:
    secret = set_up_app(client)
    from django.core.cache import cache

    answers = []
    for _ in range(2):
        other = Client()
        half_way(other)
        answers.append(other.post("/masuk/faktor/", {"code": code_of(secret, steps=1)}).status_code)
        cache.clear()  # as another process would find it
    assert answers == [302, 422]


@pytest.mark.parametrize("written", ["{0} {1}", "{0}-{1}", "{0}{1}.", " {0}{1}"])
def test_a_spent_code_is_spent_however_it_is_written(client: Client, officer: Any, written: str) -> None:
    from django.core.cache import cache

    secret = set_up_app(client)
    code = code_of(secret, steps=1)
    answers = []
    for given in (code, written.format(code[:3], code[3:])):
        other = Client()
        half_way(other)
        answers.append(other.post("/masuk/faktor/", {"code": given}).status_code)
        cache.clear()
    assert answers == [302, 422]


def test_the_code_that_set_the_app_up_is_spent(client: Client, officer: Any) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        secret = set_up_app(client)
        other = Client()
        half_way(other)
        assert other.post("/masuk/faktor/", {"code": code_of(secret)}).status_code == 422


def test_guessing_codes_is_stopped(client: Client, officer: Any) -> None:
    secret = set_up_app(client)
    other = Client()
    half_way(other)
    for _ in range(5):
        assert other.post("/masuk/faktor/", {"code": "000000"}).status_code == 422
    answer = other.post("/masuk/faktor/", {"code": code_of(secret, steps=1)})
    assert answer.status_code == 429
    assert "Coba lagi setelah 5 menit" in answer.content.decode()
    assert factors.CONFIRMED not in other.session


def test_recovery_codes_are_shown_until_kept_and_each_works_once(client: Client, officer: Any) -> None:
    set_up_app(client)
    codes = recovery_codes(client)
    assert len(set(codes)) == 10
    assert recovery_codes(client) == codes
    client.post("/akun/faktor/pemulihan/", {"do": "kept"})
    assert recovery_codes(client) == []
    results = []
    for _ in range(2):
        other = Client()
        half_way(other)
        results.append(other.post("/masuk/faktor/", {"code": codes[3]}).status_code)
    assert results == [302, 422]
    client.post("/akun/faktor/pemulihan/", {"do": "renew"})
    assert not set(recovery_codes(client)) & set(codes)


def test_somebody_with_only_the_password_can_not_add_a_factor(client: Client, officer: Any) -> None:
    set_up_app(client)
    thief = Client()
    half_way(thief)
    for path in (
        "/masuk/faktor/aplikasi/",
        "/masuk/faktor/kunci/",
        "/akun/faktor/kunci/",
        "/akun/faktor/pemulihan/",
    ):
        assert thief.get(path).headers["Location"].startswith("/masuk/faktor/"), path
        assert thief.post(path, {"code": "1", "do": "renew"}).headers["Location"].startswith("/masuk/faktor/")
    assert (
        "aplikasi"
        not in thief.get("/masuk/faktor/aplikasi/", follow=True).content.decode().split("<h1>")[1][:20]
    )


def test_changing_factors_asks_for_a_factor_shown_lately(client: Client, officer: Any) -> None:
    set_up_app(client)
    session = client.session
    session[factors.CONFIRMED] = time.time() - 11 * 60
    session.save()
    factor = Authenticator.objects.get(type="totp")
    for path in ("/akun/faktor/kunci/", "/akun/faktor/pemulihan/", f"/akun/faktor/{factor.pk}/hapus/"):
        assert client.get(path).headers["Location"].startswith("/masuk/ulang/?next=%2Fakun%2Ffaktor"), path


def test_the_last_factor_stays(client: Client, officer: Any) -> None:
    set_up_app(client)
    factor = Authenticator.objects.get(type="totp")
    answer = client.post(f"/akun/faktor/{factor.pk}/hapus/", follow=True)
    assert "yang terakhir" in answer.content.decode()
    assert Authenticator.objects.filter(type="totp").exists()


def test_a_factor_is_removed_after_a_question(client: Client, officer: Any) -> None:
    set_up_app(client)
    key = Authenticator.objects.create(
        user=officer, type="webauthn", data={"name": "Kunci biru", "credential": {}}
    )
    assert "Kunci biru" in client.get(f"/akun/faktor/{key.pk}/hapus/").content.decode()
    assert Authenticator.objects.filter(pk=key.pk).exists()
    client.post(f"/akun/faktor/{key.pk}/hapus/")
    assert not Authenticator.objects.filter(pk=key.pk).exists()
    assert actions()[-1] == "accounts.factor_removed"


def test_nobody_removes_the_factor_of_another(client: Client, officer: Any) -> None:
    set_up_app(client)
    other = officers.account("budi")
    theirs = Authenticator.objects.create(user=other, type="webauthn", data={"name": "x", "credential": {}})
    assert client.post(f"/akun/faktor/{theirs.pk}/hapus/").status_code == 404
    assert Authenticator.objects.filter(pk=theirs.pk).exists()


@pytest.mark.parametrize("credential", ["[]", "1", "null", "{", '{"id": 1}', '{"response": {}}', "x" * 9000])
def test_what_is_no_answer_of_a_key_is_a_wrong_answer(client: Client, officer: Any, credential: str) -> None:
    half_way(client)
    client.get("/masuk/faktor/kunci/")
    assert client.post("/masuk/faktor/kunci/", {"credential": credential}).status_code == 422
    Authenticator.objects.create(user=officer, type="totp", data={"secret": factor_secrets.seal("A" * 32)})
    assert client.post("/masuk/faktor/", {"credential": credential}).status_code == 422


def test_secrets_of_factors_lie_sealed_in_the_table(client: Client, officer: Any) -> None:
    secret = set_up_app(client)
    codes = recovery_codes(client)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        raw = " ".join(str(row[0]) for row in cursor.fetchall())
    assert secret not in raw
    assert not any(code in raw for code in codes)
    assert not re.search(r'"seed": "[0-9a-f]{80}"', raw)
    assert not EmailAddress.objects.exists()


def test_factor_secrets_follow_a_new_key(client: Client, officer: Any, settings: Any, tmp_path: Path) -> None:
    settings.KEY_RING = shutil.copy(configured.place().path, tmp_path / "ring.json")
    set_up_app(client)
    codes = recovery_codes(client)
    secrets, before = FactorSecrets(), configured.ring().active
    assert secrets.usage() == {before: 2}
    assert secrets.renew(configured.ring()) == 0
    ring_file.add_key(configured.place(), part="data", now=timezone.now())
    assert secrets.renew(configured.ring()) == 2
    assert secrets.renew(configured.ring()) == 0
    assert secrets.usage() == {configured.ring().active: 2}
    assert recovery_codes(client) == codes


def test_a_temporary_password_must_be_changed_before_anything_else(client: Client, officer: Any) -> None:
    officer.must_change_password = True
    officer.save()
    set_up_app(client)
    assert client.get("/akun/").headers["Location"].startswith("/akun/kata-sandi/")
    assert "Kata sandi sementara" in client.get("/akun/kata-sandi/").content.decode()
    new = {"old_password": PASSWORD, "new_password1": PASSWORD, "new_password2": PASSWORD}
    assert client.post("/akun/kata-sandi/", new).status_code == 422, "the old one again is no change"
    new.update(new_password1="angin-laut-sore-hari", new_password2="angin-laut-sore-hari")
    assert client.post("/akun/kata-sandi/", {**new, "next": "/akun/"}).headers["Location"] == "/akun/"
    assert client.get("/akun/").status_code == 200
    assert actions()[-1] == "accounts.password_changed"


@pytest.mark.parametrize("known_to_another", [False, True])
def test_the_next_factor_makes_an_account_its_holders_again(
    client: Client, officer: Any, known_to_another: bool
) -> None:
    officer.must_change_password, officer.own_since = known_to_another, None
    officer.save()
    set_up_app(client)
    officer.refresh_from_db()
    assert (officer.own_since is None) == known_to_another, "a temporary password must go first"


def test_a_new_password_ends_all_other_sessions(client: Client, officer: Any) -> None:
    secret = set_up_app(client)
    other = Client()
    half_way(other)
    other.post("/masuk/faktor/", {"code": code_of(secret, steps=1)})
    assert other.get("/akun/").status_code == 200
    new = {
        "old_password": PASSWORD,
        "new_password1": "angin-laut-sore-hari",
        "new_password2": "angin-laut-sore-hari",
    }
    client.post("/akun/kata-sandi/", new)
    assert client.get("/akun/").status_code == 200
    assert other.get("/akun/").headers["Location"].startswith("/masuk/?next=")


def test_guessing_the_old_password_in_an_open_session_is_stopped(client: Client, officer: Any) -> None:
    set_up_app(client)
    new = {
        "old_password": "salah",
        "new_password1": "angin-laut-sore-hari",
        "new_password2": "angin-laut-sore-hari",
    }
    codes = [client.post("/akun/kata-sandi/", new).status_code for _ in range(6)]
    assert codes == [422] * 5 + [429]


def test_half_a_sign_in_does_not_last(client: Client, officer: Any) -> None:
    secret = set_up_app(client)
    other = Client()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        half_way(other)
        clock.shift(timedelta(minutes=16))
        answer = other.post("/masuk/faktor/", {"code": code_of(secret)})
        assert answer.headers["Location"].startswith("/masuk/")
        assert "_auth_user_id" not in other.session


def test_an_app_that_was_set_up_beforehand_is_an_ordinary_factor(client: Client, officer: Any) -> None:
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    for _ in range(2):
        preset.set_up_app(by=Actor.system(), account=officer.pk, secret=secret)
    assert preset.code_now(secret)[0] == code_of(secret)
    half_way(client)
    assert client.post("/masuk/faktor/", {"code": preset.code_now(secret)[0]}).status_code == 302
    assert client.get("/akun/").status_code == 200
    assert secret not in str(list(Authenticator.objects.values()))


def test_who_has_no_password_here_is_not_sent_to_change_it(client: Client) -> None:
    account = officers.sign_in(client, area="33.02.11.2001")
    type(account).objects.filter(pk=account.pk).update(must_change_password=True)
    assert client.get("/akun/").status_code == 200
