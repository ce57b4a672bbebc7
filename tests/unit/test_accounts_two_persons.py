"""Where two persons are needed: who is one, what they agree to, and that nobody gets around it alone."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone
from tests.fixtures import officer_areas as places
from tests.fixtures import officers as people
from tests.fixtures.officer_areas import HERE, VILLAGE

from dtks.foundation.accounts import actions, errors, resets, second_person
from dtks.foundation.accounts.models import Account, Grant, PreparedSignIn, ResetRequest
from dtks.foundation.accounts.signing_in import delivery, preparing
from dtks.foundation.accounts.signing_in.errors import NothingAsked, SecondPersonNeeded
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.ledger.models import LedgerEvent
from dtks.foundation.scope.current import limited_to, without_scope

register = places.register
AT = {"institution": "dinsos-uji", "reason": "SK 12/2026"}
RIGHT, WRONG = "pegawai-7f3a", "penyerang"


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Path:
    """One institution is configured, and messages go to an outbox. Value: its folder."""
    entry = {
        "id": "dinsos-uji", "name": "Dinas Sosial Uji", "server": "https://sso.example.go.id/realms/asn",
        "client_id": "dtks", "client_secret": "rahasia", "claim": "nip",
    }  # fmt: skip
    path = tmp_path / "oidc.json"
    path.write_text(json.dumps([entry]), "utf-8")
    settings.OIDC_FILE, settings.HOME = str(path), tmp_path
    return tmp_path / "outbox"


def officer(username: str = "siti", role: str = "operator-desa", area: str = VILLAGE) -> Any:
    """Somebody who has signed in, with a factor."""
    account = people.account(username, name=f"Ibu {username.title()}")
    people.grant(account, role, area)
    Account.objects.filter(pk=account.pk).update(last_login=timezone.now())
    Authenticator.objects.create(user=account, type="totp", data={})
    return account


@pytest.fixture
def siti(register: str) -> Any:
    """An officer whose account is in use."""
    return officer()


def manager(username: str) -> Actor:
    return places.actor(username, "admin-daerah", HERE)


def seen(by: Actor, account: Any) -> uuid.UUID:
    """The key of the request that this second person sees."""
    _, asked = preparing.of(by=by, account=account.pk)
    assert asked is not None
    return asked.request.id


def later(hours: int) -> None:
    """As if all that was reset had been so many hours earlier."""
    at = timezone.now() - timedelta(hours=hours)
    with without_scope(), limited_to(""):
        ResetRequest.objects.update(requested_at=at, done_at=at)


def events(account: Any) -> list[str]:
    rows = LedgerEvent.objects.filter(subject=str(account)).exclude(action="accounts.read_sign_in")
    return list(rows.order_by("at", "id").values_list("action", flat=True))


# What was seen is what is agreed to


def test_a_request_that_was_replaced_since_it_was_seen_is_not_agreed_to(siti: Any) -> None:
    first, second = manager("satu"), manager("dua")
    preparing.prepare(by=first, account=siti.pk, subject=RIGHT, **AT)
    key = seen(second, siti)
    preparing.prepare(by=first, account=siti.pk, subject=WRONG, **AT)
    for act in (preparing.agree, preparing.decline):
        with pytest.raises(NothingAsked):
            act(by=second, account=siti.pk, request=key, reason="SK 12 dicek")
    assert not PreparedSignIn.objects.exists()
    assert events(siti.pk) == [
        "accounts.request_sign_in", "accounts.replace_request", "accounts.request_sign_in",
    ]  # fmt: skip
    replaced = LedgerEvent.objects.get(action="accounts.replace_request")
    assert (replaced.account, replaced.detail) == (
        first.account, {"what": "sign_in", "institution": "dinsos-uji"},
    )  # fmt: skip


def test_a_request_for_another_account_is_not_agreed_to_here(siti: Any) -> None:
    first, second, other = manager("satu"), manager("dua"), officer("budi")
    preparing.prepare(by=first, account=siti.pk, subject=RIGHT, **AT)
    preparing.prepare(by=first, account=other.pk, subject=WRONG, **AT)
    with pytest.raises(NothingAsked):
        preparing.agree(by=second, account=other.pk, request=seen(second, siti), reason="SK 12")


@pytest.fixture
def second(client: Client, db: Any) -> Client:
    """The browser of a second account manager."""
    places.load()
    people.sign_in(client, role="admin-daerah", area=HERE, username="dua", name="Admin Dua")
    return client


def test_the_page_sends_the_request_that_it_showed(second: Client) -> None:
    siti, first = officer(), manager("satu")
    preparing.prepare(by=first, account=siti.pk, subject=RIGHT, **AT)
    page = f"/petugas/akun/{siti.pk}/lembaga/"
    key = second.get(page).content.decode().split('name="request" value="')[1].split('"')[0]
    preparing.prepare(by=first, account=siti.pk, subject=WRONG, **AT)
    for sent in (key, "", "bukan-kunci"):
        answer = second.post(f"{page}jawab/", {"decision": "agree", "request": sent, "reason": "dicek"})
        assert answer.status_code == 422
        assert "Tidak ada permintaan yang menunggu" in answer.content.decode()
    assert not PreparedSignIn.objects.exists()


def test_the_page_of_a_reset_shows_who_asked_and_sends_the_request(second: Client) -> None:
    siti, first = officer(), manager("satu")
    actions.reset_password(by=first, account=siti.pk, reason="lupa")
    page = f"/petugas/akun/{siti.pk}/faktor-kedua/"
    assert 'name="request"' not in second.get(page).content.decode()
    assert actions.reset_second_factor(by=first, account=siti.pk, reason="hilang") is False
    unseen = second.post(page, {"reason": "ponsel hilang"})
    assert unseen.status_code == 422
    shown = second.get(page).content.decode()
    assert "Satu" in shown
    key = shown.split('name="request" value="')[1].split('"')[0]
    other = second.post(page, {"reason": "ponsel hilang", "request": str(uuid.uuid4())})
    assert other.status_code == 422
    assert Authenticator.objects.filter(user=siti).exists()
    assert second.post(page, {"reason": "ponsel hilang", "request": key}).status_code == 302
    assert not Authenticator.objects.filter(user=siti).exists()
    asker = Client()
    people.sign_in(asker, role="", username="satu")
    assert actions.reset_password(by=first, account=siti.pk, reason="lagi") is None
    own = asker.get(f"/petugas/akun/{siti.pk}/kata-sandi/").content.decode()
    assert "Anda yang memintanya" in own
    assert 'name="reason"' not in own


# Who is a second person


def test_an_account_of_ones_own_making_is_no_second_person(register: str) -> None:
    by, target = places.actor("adm", "administrator"), officer("korban", "administrator", "")
    assert not preparing.prepare(by=by, account=target.pk, subject=WRONG, **AT)
    made = actions.create_account(by=by, username="boneka", name="Boneka")
    grant = actions.grant(by=by, account=made.account, role="administrator", reason="SK 1")
    puppet = Actor(str(made.account), "administrator", "", grant=str(grant))
    key = seen(puppet, target)

    def refused() -> None:
        with pytest.raises(errors.TooNewForTwo):
            preparing.agree(by=puppet, account=target.pk, request=key, reason="SK 1")
        with pytest.raises(errors.TooNewForTwo):
            actions.reset_password(by=puppet, account=target.pk, reason="lupa")
        assert preparing.awaited(by=puppet) == []

    refused()
    with without_scope(), limited_to(""):
        Grant.objects.filter(pk=grant).update(granted_at=timezone.now() - timedelta(hours=25))
    refused()  # the holder has not changed the password: who made it still knows it
    Account.objects.filter(pk=made.account).update(own_since=timezone.now() - timedelta(hours=23))
    refused()
    Account.objects.filter(pk=made.account).update(own_since=timezone.now() - timedelta(hours=25))
    preparing.agree(by=puppet, account=target.pk, request=key, reason="SK 1")


def test_a_role_given_today_is_no_second_persons(siti: Any) -> None:
    first, second = manager("satu"), manager("dua")
    preparing.prepare(by=first, account=siti.pk, subject=RIGHT, **AT)
    with without_scope(), limited_to(""):
        Grant.objects.filter(pk=second.grant).update(granted_at=timezone.now() - timedelta(hours=23))
    with pytest.raises(errors.TooNewForTwo):
        preparing.agree(by=second, account=siti.pk, request=seen(second, siti), reason="SK 12")
    nobody = Actor(second.account, "admin-daerah", HERE, grant=first.grant)
    with pytest.raises(errors.TooNewForTwo):
        preparing.agree(by=nobody, account=siti.pk, request=seen(second, siti), reason="SK 12")


@pytest.mark.parametrize("reset", [actions.reset_password, actions.reset_second_factor])
def test_whose_password_or_factor_another_reset_is_no_second_person(siti: Any, reset: Any) -> None:
    first, second = manager("satu"), manager("dua")
    system = places.actor("adm", "administrator")
    preparing.prepare(by=first, account=siti.pk, subject=RIGHT, **AT)
    reset(by=system, account=uuid.UUID(second.account), reason="lupa")
    _, asked = preparing.of(by=second, account=siti.pk)
    assert asked is not None
    assert not asked.request.may_agree
    assert not asked.request.is_own
    with pytest.raises(errors.TooNewForTwo):
        preparing.agree(by=second, account=siti.pk, request=asked.request.id, reason="SK 12")


def test_a_new_account_does_not_ask_for_what_its_maker_would_agree_to(siti: Any) -> None:
    new = manager("baru")
    Account.objects.filter(pk=new.account).update(own_since=None)
    with pytest.raises(errors.TooNewForTwo):
        preparing.prepare(by=new, account=siti.pk, subject=WRONG, **AT)


def test_an_account_becomes_its_holders_with_their_own_password(client: Client, db: Any) -> None:
    account = people.sign_in(client, username="siti", password="sandi-sementara-9041")
    Account.objects.filter(pk=account.pk).update(own_since=None, must_change_password=True)
    new = {"old_password": "sandi-sementara-9041"}
    new |= dict.fromkeys(("new_password1", "new_password2"), "kuda laut menari 73 kali")
    assert client.post("/akun/kata-sandi/", new).status_code == 302
    since = Account.objects.get(pk=account.pk).own_since
    assert since is not None
    assert timezone.now() - since < timedelta(minutes=1)
    # Who changes it again later has not become somebody new.
    again = {"old_password": "kuda laut menari 73 kali"}
    again |= dict.fromkeys(("new_password1", "new_password2"), "ikan terbang 48 malam")
    assert client.post("/akun/kata-sandi/", again).status_code == 302
    assert Account.objects.get(pk=account.pk).own_since == since


# One person resets one of the two


def test_nobody_resets_both_alone(siti: Any) -> None:
    first, second = manager("satu"), manager("dua")
    assert actions.reset_password(by=first, account=siti.pk, reason="lupa") is not None
    assert actions.reset_second_factor(by=first, account=siti.pk, reason="lupa") is False
    assert Authenticator.objects.filter(user=siti).exists()
    asked = resets.waiting(by=second, account=siti.pk, what="second_factor")
    assert asked is not None
    with pytest.raises(SecondPersonNeeded):
        actions.reset_second_factor(by=first, account=siti.pk, reason="lupa", request=asked.id)
    assert actions.reset_second_factor(by=second, account=siti.pk, reason="lupa", request=asked.id) is True
    assert events(siti.pk) == [
        "accounts.reset_password", "accounts.request_second_factor", "accounts.reset_second_factor",
    ]  # fmt: skip


def test_nor_the_other_way_round_nor_with_a_second_account_nor_a_new_one(siti: Any) -> None:
    first, same, new, second = (manager(name) for name in ("satu", "sama", "baru", "dua"))
    Account.objects.filter(pk__in=[first.account, same.account]).update(person=uuid.uuid4())
    Account.objects.filter(pk=new.account).update(own_since=None)
    assert actions.reset_second_factor(by=first, account=siti.pk, reason="hilang") is True
    before = Account.objects.get(pk=siti.pk).password
    with pytest.raises(errors.TooNewForTwo):
        actions.reset_password(by=new, account=siti.pk, reason="lupa")
    assert actions.reset_password(by=same, account=siti.pk, reason="lupa") is None
    assert actions.reset_password(by=first, account=siti.pk, reason="lupa") is None
    assert Account.objects.get(pk=siti.pk).password == before
    asked = resets.waiting(by=second, account=siti.pk, what="password")
    assert asked is not None
    assert actions.reset_password(by=second, account=siti.pk, reason="lupa", request=asked.id) is not None


def test_nor_by_closing_and_opening_the_account(siti: Any) -> None:
    first, second = manager("satu"), manager("dua")
    actions.reset_second_factor(by=first, account=siti.pk, reason="hilang")
    actions.close_account(by=first, account=siti.pk, reason="pindah")
    with pytest.raises(errors.BothByOne):
        actions.reopen_account(by=first, account=siti.pk, reason="kembali")
    actions.reopen_account(by=second, account=siti.pk, reason="kembali")
    assert actions.reset_second_factor(by=second, account=siti.pk, reason="hilang") is False


def test_another_person_a_day_later_or_the_server_needs_nobody(siti: Any) -> None:
    first, second = manager("satu"), manager("dua")
    budi = officer("budi")
    actions.reset_password(by=first, account=siti.pk, reason="lupa")
    assert actions.reset_second_factor(by=second, account=siti.pk, reason="hilang") is True
    actions.reset_password(by=first, account=budi.pk, reason="lupa")
    later(hours=25)
    assert actions.reset_second_factor(by=first, account=budi.pk, reason="hilang") is True
    assert actions.reset_password(by=Actor.system("cli"), account=budi.pk, reason="lupa") is not None


def test_an_account_that_nobody_has_used_is_reset_by_one(register: str) -> None:
    first = manager("satu")
    new = people.account("baru")
    people.grant(new, "operator-desa", VILLAGE)
    for _ in range(2):
        assert actions.reset_password(by=first, account=new.pk, reason="kertas hilang") is not None
        assert actions.reset_second_factor(by=first, account=new.pk, reason="keliru") is True


def test_the_owner_is_told_of_every_step(
    siti: Any, home: Path, django_capture_on_commit_callbacks: Any
) -> None:
    first, second = manager("satu"), manager("dua")
    Account.objects.filter(pk=siti.pk).update(phone="+6281234567890", email="siti@contoh.example")

    def told(act: Any, **more: Any) -> list[str]:
        for path in home.glob("*.json"):
            path.unlink()
        with django_capture_on_commit_callbacks(execute=True):
            act(account=siti.pk, reason="lupa", **more)
        sent = delivery.messages(home)
        assert not any("Siti" in each["text"] for each in sent)
        assert sorted({each["to"] for each in sent}) in ([], ["+6281234567890", "siti@contoh.example"])
        return sorted({each["text"].split(".")[0] for each in sent})

    assert told(actions.reset_password, by=first) == ["Kata sandi akun DTKS Anda diganti oleh pengelola akun"]
    asked = ["Penghapusan faktor kedua akun DTKS Anda diminta oleh pengelola akun"]
    assert told(actions.reset_second_factor, by=first) == asked
    assert told(actions.reset_second_factor, by=first) == [], "once is enough"
    waiting = resets.waiting(by=second, account=siti.pk, what="second_factor")
    assert waiting is not None
    done = ["Faktor kedua akun DTKS Anda dihapus oleh pengelola akun"]
    assert told(actions.reset_second_factor, by=second, request=waiting.id) == done


# A closed account has no way in left


def test_closing_takes_away_what_was_prepared_and_what_waits(siti: Any) -> None:
    first, second = manager("satu"), manager("dua")
    new = people.account("baru")
    people.grant(new, "operator-desa", VILLAGE)
    preparing.prepare(by=first, account=new.pk, subject="orang-lama", **AT)
    actions.close_account(by=first, account=new.pk, reason="pindah tugas")
    assert not PreparedSignIn.objects.exists()
    preparing.prepare(by=first, account=siti.pk, subject=RIGHT, **AT)
    actions.reset_password(by=first, account=siti.pk, reason="lupa")
    actions.reset_second_factor(by=first, account=siti.pk, reason="lupa")
    key = seen(second, siti)
    actions.close_account(by=second, account=siti.pk, reason="pindah tugas")
    with without_scope(), limited_to(""):
        assert not ResetRequest.objects.filter(done_at=None).exists()
        assert {each.subject for each in ResetRequest.objects.all()} == {None}
    details = [each.detail for each in LedgerEvent.objects.filter(action="accounts.close").order_by("at")]
    assert details == [
        {"reason": "pindah tugas", "institutions": "dinsos-uji"},
        {"reason": "pindah tugas", "requests": "second_factor, sign_in"},
    ]
    actions.reopen_account(by=manager("tiga"), account=siti.pk, reason="pengganti")
    with pytest.raises(NothingAsked):
        preparing.agree(by=second, account=siti.pk, request=key, reason="SK 12")
    assert second_person.end_void() == 0
