"""Sessions: locked when nobody is there, over after eight hours, listed, ended; and the role one acts in."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone
from tests.fixtures import officers
from tests.unit.test_sign_in_factors import PASSWORD, code_of, half_way, recovery_codes, set_up_app

from dtks.foundation.accounts import entrance, factors, idle
from dtks.foundation.ledger.models import LedgerEvent

pytestmark = pytest.mark.django_db
VILLAGE = "33.02.11.2001"
PAGE = "/akun/sesi/"


@pytest.fixture
def officer() -> Any:
    account = officers.account("siti", name="Siti Aminah", password=PASSWORD)
    officers.grant(account, "operator-desa", VILLAGE)
    return account


@pytest.fixture
def secret(client: Client, officer: Any) -> str:
    """`client` is signed in, with a code app."""
    return set_up_app(client)


def sign_in_again(secret: str, steps: int = 1, **extra: Any) -> Client:
    other = Client(**extra)
    half_way(other)
    assert other.post("/masuk/faktor/", {"code": code_of(secret, steps=steps)}).status_code == 302
    return other


def actions() -> list[str]:
    return list(LedgerEvent.objects.order_by("at", "id").values_list("action", flat=True))


def test_after_the_minutes_of_the_role_the_session_locks(client: Client, secret: str) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        clock.shift(timedelta(minutes=9, seconds=50))
        assert client.get(PAGE).status_code == 200
        clock.shift(timedelta(minutes=10, seconds=1))
        answer = client.get(PAGE)
        assert answer.headers["Location"] == "/masuk/terkunci/?next=%2Fakun%2Fsesi%2F"
        assert "Siti" not in client.get("/masuk/terkunci/").content.decode()
        assert client.get(PAGE).status_code == 302, "asking again is no way in"
        assert actions().count("accounts.session_locked") == 1
        wrong = client.post("/masuk/terkunci/", {"password": "salah", "code": code_of(secret)})
        assert wrong.status_code == 422
        without = client.post("/masuk/terkunci/", {"password": PASSWORD, "code": "000000"})
        assert without.status_code == 422
        right = {"password": PASSWORD, "code": code_of(secret), "next": PAGE}
        assert client.post("/masuk/terkunci/", right).headers["Location"] == PAGE
        assert client.get(PAGE).status_code == 200
    assert actions()[-1] == "accounts.session_unlocked"


def test_roles_lock_after_their_own_minutes(client: Client, officer: Any) -> None:
    officers.grant(officer, "kepala-desa", "33.02.11.2002")
    set_up_app(client)
    headman = next(g for g in officer.grants.all() if g.role == "kepala-desa")
    assert idle.minutes_idle(_request(client)) == 10
    client.post("/akun/peran/", {"grant": str(headman.pk)})
    assert idle.minutes_idle(_request(client)) == 15


def _request(client: Client) -> Any:
    class Request:
        session = client.session

    return Request()


def test_what_a_page_asks_by_itself_keeps_no_session_open(client: Client, secret: str) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(11):
            answer = client.post("/masuk/hidup/", headers={idle.BACKGROUND: "1"})
            clock.shift(timedelta(minutes=1))
        assert answer.json()["open"] is False
        assert client.get(PAGE).status_code == 302


def test_typing_keeps_it_open(client: Client, secret: str) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(12):
            clock.shift(timedelta(minutes=1))
            answer = client.post("/masuk/hidup/").json()
            assert answer == {"open": True, "left": 600}
        assert client.get(PAGE).status_code == 200


def test_the_script_of_a_page_locks_and_unlocks_in_json(client: Client, secret: str) -> None:
    script = {"Accept": "application/json"}
    assert client.post("/masuk/kunci/", {"why": "idle"}, headers=script).status_code == 204
    assert client.get("/masuk/terkunci/", headers=script).json() == {"error": "", "key": ""}
    wrong = client.post("/masuk/terkunci/", {"password": "x", "code": "1"}, headers=script)
    assert (wrong.status_code, wrong.json()["error"]) == (422, "Kata sandi tidak cocok.")
    right = client.post(
        "/masuk/terkunci/", {"password": PASSWORD, "code": code_of(secret, steps=1)}, headers=script
    )
    assert right.json() == {"ok": True}
    assert Client().get("/masuk/terkunci/", headers=script).status_code == 401


def test_guessing_at_a_locked_screen_is_stopped(client: Client, secret: str) -> None:
    client.post("/masuk/kunci/")
    form = {"password": "salah", "code": "1"}
    assert [client.post("/masuk/terkunci/", form).status_code for _ in range(6)] == [422] * 5 + [429]


def test_a_fragment_that_meets_the_lock_sends_the_whole_page_there(client: Client, secret: str) -> None:
    client.post("/masuk/kunci/")
    answer = client.get(
        PAGE, headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/akun/peran/?x=1"}
    )
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (
        204,
        "/masuk/terkunci/?next=%2Fakun%2Fperan%2F%3Fx%3D1",
    )


def test_the_page_to_come_back_to_is_never_elsewhere(client: Client, secret: str) -> None:
    client.post("/masuk/kunci/")
    answer = client.post(PAGE, headers={"Referer": "https://elsewhere.example/akun/"})
    assert answer.headers["Location"] == "/masuk/terkunci/"
    form = {"password": PASSWORD, "code": code_of(secret, steps=1), "next": "https://elsewhere.example/"}
    assert client.post("/masuk/terkunci/", form).headers["Location"] == "/petugas/"


def test_after_eight_hours_it_is_over_whatever_one_does(client: Client, secret: str) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(8 * 60 // 9):
            clock.shift(timedelta(minutes=9))
            assert client.get(PAGE).status_code == 200
        clock.shift(timedelta(minutes=9))
        answer = client.get(PAGE, follow=True)
        assert "Sesi Anda sudah berakhir" in answer.content.decode()
        assert "_auth_user_id" not in client.session
    assert LedgerEvent.objects.get(action="accounts.sign_out").detail == {"why": "time"}


def test_a_citizen_who_leaves_is_signed_out(client: Client) -> None:
    citizen = officers.account("warga-1", name="Budi")
    type(citizen).objects.filter(pk=citizen.pk).update(kind="citizen", nik_index="0" * 32)
    officers.sign_in(client, role="warga", area=VILLAGE, username="warga-1")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert client.get(PAGE).status_code == 200
        clock.shift(timedelta(minutes=16))
        assert client.get(PAGE).headers["Location"].startswith("/masuk/?next=")


def test_sessions_are_listed_and_ended(client: Client, secret: str) -> None:
    phone = sign_in_again(
        secret, headers={"User-Agent": "Mozilla/5.0 (Linux; Android 14) Chrome/120 Safari/537"}
    )
    page = client.get(PAGE).content.decode()
    assert page.count("yang ini") == 1
    assert "Chrome · Android" in page
    assert "WIB" in page
    assert client.session.session_key not in page
    other = UserSession.objects.get(session_key=phone.session.session_key)
    client.post(PAGE, {"end": str(other.pk)})
    assert phone.get(PAGE).headers["Location"].startswith("/masuk/")
    assert client.get(PAGE).status_code == 200
    assert actions()[-1] == "accounts.session_ended"


def test_all_others_are_ended_at_once(client: Client, secret: str) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        clock.shift(timedelta(minutes=3))
        first = sign_in_again(secret, steps=0)
        clock.shift(timedelta(minutes=3))
        second = sign_in_again(secret, steps=0)
        client.post(PAGE, {"end": "others"})
        assert [each.get(PAGE).status_code for each in (client, first, second)] == [200, 302, 302]


def test_ending_a_session_asks_for_the_factor_again(client: Client, secret: str) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        clock.shift(timedelta(minutes=3))
        other = sign_in_again(secret, steps=0)
        session = client.session
        session[factors.CONFIRMED] -= factors.FRESH_SECONDS
        session.save()
        for wanted in ("others", str(UserSession.objects.get(session_key=other.session.session_key).pk)):
            asked = client.post(PAGE, {"end": wanted})
            assert asked.headers["Location"] == "/masuk/ulang/?next=%2Fakun%2Fsesi%2F"
            assert other.get(PAGE).status_code == 200, "nothing was ended"
        assert "accounts.session_ended" not in actions()
        clock.shift(timedelta(minutes=3))
        client.post("/masuk/ulang/", {"code": code_of(secret), "next": PAGE})
        client.post(PAGE, {"end": "others"})
        assert other.get(PAGE).status_code == 302


@pytest.mark.parametrize("given", ["0", "x", "-1", "9" * 30, ""])
def test_nobody_ends_a_session_of_another(client: Client, secret: str, given: str) -> None:
    stranger = Client()
    officers.sign_in(stranger, username="budi", area=VILLAGE)
    theirs = UserSession.objects.create(
        user=officers.account("budi"), ip="127.0.0.1", session_key=stranger.session.session_key, user_agent=""
    )
    client.post(PAGE, {"end": str(theirs.pk)})
    client.post(PAGE, {"end": given})
    assert stranger.get(PAGE).status_code == 200


def test_times_are_those_of_the_area(client: Client) -> None:
    officers.sign_in(client, area="91.01.01.2001")
    UserSession.objects.create(
        user=officers.account(), ip="127.0.0.1", session_key=client.session.session_key, user_agent=""
    )
    assert " WIT<" in client.get(PAGE).content.decode().replace(" ·", "<")


def test_last_seen_is_noted_but_not_at_every_click(client: Client, secret: str) -> None:
    row = UserSession.objects.get()
    seen = []
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(4):
            clock.shift(timedelta(seconds=8))
            client.get("/akun/peran/")
            row.refresh_from_db()
            seen.append(row.last_seen_at)
    assert len(set(seen)) == 2


def test_switching_roles_changes_who_acts(client: Client, officer: Any) -> None:
    officers.grant(officer, "kepala-desa", "33.02.11.2002")
    set_up_app(client)
    grants = {grant.role: str(grant.pk) for grant in officer.grants.all()}
    page = client.get("/akun/peran/").content.decode()
    assert "Kepala desa/lurah" in page
    answer = client.post("/akun/peran/", {"grant": grants["kepala-desa"], "next": PAGE})
    assert answer.headers["Location"] == PAGE
    answer = client.get(PAGE)
    assert answer.wsgi_request.actor.role == "kepala-desa"
    assert answer.wsgi_request.actor.area == "33.02.11.2002"
    assert "Kepala desa/lurah" in answer.content.decode()
    event = LedgerEvent.objects.get(action="accounts.role_switched")
    assert (event.role, event.detail["role"]) == ("operator-desa", "kepala-desa")


def test_nobody_acts_in_a_role_of_another(client: Client, secret: str) -> None:
    theirs = officers.grant(officers.account("budi"), "administrator", "")
    client.post("/akun/peran/", {"grant": str(theirs.pk)})
    assert client.session[entrance.CHOSEN] != str(theirs.pk)
    assert client.get(PAGE).wsgi_request.actor.role == "operator-desa"


def test_a_role_that_ends_is_not_shown_as_ones_own(client: Client, officer: Any, secret: str) -> None:
    officer.grants.update(ended_at=timezone.now())
    page = client.get(PAGE).content.decode()
    assert "tanpa peran" in page
    assert "Operator desa" not in page


def test_every_page_says_who_acts_as_what_without_a_query(
    client: Client, secret: str, django_assert_num_queries: Any
) -> None:
    client.get("/akun/peran/")
    with django_assert_num_queries(4):  # session, account, roles, names of the roles' places
        page = client.get("/akun/peran/").content.decode()
    assert "Siti Aminah" in page


def test_step_up_shows_a_factor_and_goes_back(client: Client, secret: str) -> None:
    session = client.session
    session[factors.CONFIRMED] = time.time() - 3600
    session.save()
    assert not factors.fresh(_request(client))
    answer = client.post("/masuk/ulang/", {"code": code_of(secret, steps=1), "next": PAGE})
    assert answer.headers["Location"] == PAGE
    assert factors.fresh(_request(client))
    assert actions()[-1] == "accounts.step_up"


@pytest.mark.parametrize(
    "to", ["https://elsewhere.example/", "//elsewhere.example/", "\\\\elsewhere.example"]
)
def test_step_up_never_leads_elsewhere(client: Client, secret: str, to: str) -> None:
    page = client.get("/masuk/ulang/", {"next": to}).content.decode()
    assert "elsewhere.example" not in page.split("<main")[1]
    answer = client.post("/masuk/ulang/", {"code": code_of(secret, steps=1), "next": to})
    assert answer.headers["Location"] == "/petugas/"


def test_signing_out_ends_the_session_and_its_row(client: Client, secret: str) -> None:
    assert client.get("/keluar/").status_code == 405
    assert client.post("/keluar/").headers["Location"] == "/masuk/"
    assert not UserSession.objects.exists()
    assert client.get(PAGE).headers["Location"].startswith("/masuk/")
    assert actions()[-1] == "accounts.sign_out"


def test_a_lost_phone_is_replaced_by_a_recovery_code(client: Client, secret: str) -> None:
    code = recovery_codes(client)[0]
    other = Client()
    half_way(other)
    assert other.post("/masuk/faktor/", {"code": code}).status_code == 302
    assert other.get(PAGE).status_code == 200
    assert len(Authenticator.objects.get(type="recovery_codes").data["hashes"]) == 9


def test_no_page_of_the_account_is_kept_by_a_browser(client: Client, secret: str) -> None:
    for path in (
        "/akun/",
        PAGE,
        "/akun/peran/",
        "/akun/kata-sandi/",
        "/akun/faktor/pemulihan/",
        "/masuk/ulang/",
    ):
        assert "no-store" in client.get(path).headers["Cache-Control"], path


def test_every_page_says_what_it_needs() -> None:
    from dtks.foundation.accounts.web_sign_in import urlpatterns

    assert [each.name for each in urlpatterns if not hasattr(each.callback, "entrance")] == []
