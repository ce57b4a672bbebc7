"""Officers and citizens come in: app, security key, locked screen, roles; on a phone and on a desktop."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.utils import timezone
from playwright.sync_api import Page, expect

from dtks.foundation.areas import actions as areas
from dtks.foundation.ledger.domain import Actor
from tests.fixtures import officers

from .conftest import DESKTOP, PHONE

PASSWORD = "kopi-tubruk-pagi-hari"
VILLAGE = "33.02.11.2001"
Look = Callable[[Page, str], None]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def officer(db: Any) -> Any:
    areas.load(by=Actor.system(), under="33.02")
    account = officers.account("siti", name="Siti Aminah", password=PASSWORD)
    officers.grant(account, "operator-desa", VILLAGE)
    return account


def code_of(secret: str, *, steps: int = 0) -> str:
    app = TOTP(base64.b32decode(secret), 6, SHA1(), 30)  # noqa: S303 - what RFC 6238 and every app use
    return app.generate(int(time.time()) + 30 * steps).decode()


def first_half(page: Page, to: str = "/akun/") -> None:
    page.goto(to)
    page.get_by_label("Nama pengguna").fill("siti")
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk", exact=True).click()


def set_up_app(page: Page, to: str = "/akun/") -> str:
    first_half(page, to)
    page.get_by_role("link", name="Pakai aplikasi kode").click()
    secret = page.locator("[data-secret]").inner_text().replace(" ", "")
    page.get_by_label("Kode enam angka").fill(code_of(secret))
    page.get_by_role("button", name="Pasang").click()
    expect(page.get_by_role("heading", name="Kode pemulihan")).to_be_visible()
    page.get_by_role("link", name="Sudah saya simpan").click()
    page.wait_for_load_state()
    return secret


@pytest.fixture
def with_key() -> Callable[[Page], None]:
    """Plugs a security key into the browser: Chromium's own virtual one."""

    def plug(page: Page) -> None:
        devtools = page.context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        devtools.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2", "transport": "usb", "hasResidentKey": False,
                    "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
                }
            },
        )  # fmt: skip

    return plug


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_first_day_of_an_officer(
    officer: Any, open_page: Callable[..., Page], look: Look, viewport: dict[str, int]
) -> None:
    page = open_page(viewport=viewport)
    page.goto("/akun/")
    look(page, "sign-in-asked")
    page.get_by_label("Nama pengguna").fill("siti")
    page.get_by_label("Kata sandi").fill("salah")
    page.get_by_role("button", name="Masuk", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("tidak cocok")
    look(page, "sign-in-refused")
    first_half(page)
    look(page, "factor-choice")
    page.get_by_role("link", name="Pakai aplikasi kode").click()
    look(page, "factor-app")
    secret = page.locator("[data-secret]").inner_text().replace(" ", "")
    page.get_by_label("Kode enam angka").fill("000000")
    page.get_by_role("button", name="Pasang").click()
    expect(page.get_by_role("alert")).to_contain_text("Kode tidak cocok")
    look(page, "factor-app-refused")
    page.get_by_label("Kode enam angka").fill(code_of(secret))
    page.get_by_role("button", name="Pasang").click()
    look(page, "recovery-codes")
    page.get_by_role("link", name="Sudah saya simpan").click()
    expect(page.get_by_role("heading", name="Akun saya")).to_be_visible()
    expect(page.get_by_role("banner")).to_contain_text("Operator desa/kelurahan")
    look(page, "account")
    page.get_by_role("link", name="Kode pemulihan").click()
    look(page, "recovery-codes-kept")
    page.goto("/akun/sesi/")
    look(page, "sessions")
    page.goto("/akun/kata-sandi/")
    page.get_by_label("Kata sandi sekarang").fill("salah-sama-sekali")
    page.get_by_label("Kata sandi baru").fill("angin-laut-sore-hari")
    page.get_by_label("Sekali lagi").fill("angin-laut-malam-hari")
    page.get_by_role("button", name="Ganti kata sandi").click()
    look(page, "password-refused")
    page.get_by_role("button", name=re.compile("^Kunci")).click()
    expect(page.get_by_role("heading", name="Sesi terkunci")).to_be_visible()
    look(page, "locked")
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_label("Kode", exact=True).fill(code_of(secret, steps=1))
    page.get_by_role("button", name="Buka kunci").click()
    expect(page.get_by_role("heading", name="Ganti kata sandi")).to_be_visible()
    page.goto("/masuk/ulang/?next=/akun/")
    look(page, "step-up")
    page.get_by_role("button", name="Keluar").click()
    first_half(page)
    look(page, "factor-asked")


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_an_officer_with_two_roles_chooses(
    officer: Any, open_page: Callable[..., Page], look: Look, viewport: dict[str, int]
) -> None:
    officers.grant(officer, "kepala-desa", "33.02.11.2002")
    page = open_page(viewport=viewport)
    set_up_app(page)
    expect(page.get_by_role("banner")).to_contain_text("Operator desa/kelurahan")
    page.get_by_role("link", name="Ganti peran").click()
    look(page, "roles")
    page.get_by_role("button", name=re.compile("^Pilih")).click()
    expect(page.get_by_role("heading", name="Akun saya")).to_be_visible()
    expect(page.get_by_role("banner")).to_contain_text("Kepala desa/lurah")


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_security_key_from_registration_to_step_up(
    officer: Any,
    open_page: Callable[..., Page],
    look: Look,
    with_key: Callable[[Page], None],
    viewport: dict[str, int],
) -> None:
    page = open_page(viewport=viewport)
    with_key(page)
    first_half(page)
    page.get_by_role("link", name="Pakai kunci keamanan").click()
    look(page, "factor-key")
    page.get_by_label("Nama kunci").fill("Kunci biru")
    page.get_by_role("button", name="Daftarkan kunci").click()
    page.get_by_role("link", name="Sudah saya simpan").click()
    expect(page.get_by_text("Kunci biru")).to_be_visible()
    page.get_by_role("button", name="Keluar").click()
    first_half(page)
    look(page, "factor-asked-key")
    page.get_by_role("button", name="Pakai kunci keamanan").click()
    expect(page.get_by_role("heading", name="Akun saya")).to_be_visible()
    page.goto("/masuk/ulang/?next=/akun/sesi/")
    page.get_by_role("button", name="Pakai kunci keamanan").click()
    expect(page.get_by_role("heading", name="Sesi", exact=True)).to_be_visible()
    page.get_by_role("button", name=re.compile("^Kunci")).click()
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Pakai kunci keamanan").click()
    expect(page.get_by_role("heading", name="Sesi", exact=True)).to_be_visible()


def test_a_key_that_does_not_answer_is_told(
    officer: Any, open_page: Callable[..., Page], with_key: Callable[[Page], None]
) -> None:
    page = open_page()
    with_key(page)
    first_half(page)
    page.get_by_role("link", name="Pakai kunci keamanan").click()
    page.evaluate("void (navigator.credentials.create = () => Promise.reject(new Error('cancelled')))")
    page.get_by_role("button", name="Daftarkan kunci").click()
    expect(page.get_by_role("alert")).to_contain_text("tidak terbaca")


def test_without_script_the_way_in_is_open(officer: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(script=False)
    set_up_app(page)
    expect(page.get_by_role("heading", name="Akun saya")).to_be_visible()


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_screen_warns_locks_and_opens_with_the_form_as_it_was(
    officer: Any, open_page: Callable[..., Page], look: Look, viewport: dict[str, int]
) -> None:
    page = open_page(viewport=viewport)
    page.clock.install()
    secret = set_up_app(page)
    page.goto("/akun/kata-sandi/")
    typed = page.get_by_label("Kata sandi baru")
    typed.fill("setengah jalan")
    with time_machine.travel(timezone.now() + timedelta(minutes=9, seconds=10)):
        page.clock.fast_forward("09:10")
        expect(page.get_by_role("heading", name="Masih di sana?")).to_be_visible()
        expect(page.get_by_role("button", name="Tetap masuk")).to_be_focused()
        look(page, "idle-warning")
        page.keyboard.press("Escape")
        expect(page.get_by_role("heading", name="Masih di sana?")).to_be_hidden()
    with time_machine.travel(timezone.now() + timedelta(minutes=25)):
        page.clock.fast_forward("15:50")
        expect(page.get_by_role("heading", name="Sesi terkunci")).to_be_visible()
        expect(typed).to_be_hidden()
        expect(page.get_by_role("button", name="Pakai kunci keamanan")).to_be_hidden()  # has none
        look(page, "idle-locked")
        page.keyboard.press("Escape")
        page.get_by_role("dialog").get_by_label("Kata sandi").fill("salah")
        page.get_by_role("dialog").get_by_label("Kode").fill("000000")
        page.get_by_role("button", name="Buka kunci").click()
        expect(page.get_by_role("dialog")).to_contain_text("Kata sandi tidak cocok")
        page.get_by_role("dialog").get_by_label("Kata sandi").fill(PASSWORD)
        page.get_by_role("dialog").get_by_label("Kode").fill(code_of(secret))
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Sesi terkunci")).to_be_hidden()
        expect(typed).to_have_value("setengah jalan")
        page.goto("/akun/sesi/")
        expect(page.get_by_role("heading", name="Sesi", exact=True)).to_be_visible()


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_citizen_is_told_what_to_write_and_where_the_code_went(
    officer: Any, open_page: Callable[..., Page], look: Look, viewport: dict[str, int]
) -> None:
    page = open_page(viewport=viewport)
    page.goto("/masuk/warga/")
    look(page, "citizen")
    page.get_by_label("NIK").fill("123")
    page.get_by_label("8 angka terakhir").fill("12")
    page.get_by_label("Nomor HP atau surel").fill("0812")
    page.get_by_role("button", name="Kirim kode").click()
    expect(page.get_by_text("NIK terdiri dari 16 angka")).to_be_visible()
    look(page, "citizen-refused")
    page.get_by_label("NIK").fill("3204914501900001")
    page.get_by_label("8 angka terakhir").fill("06150003")
    page.get_by_label("Nomor HP atau surel").fill("0812 9000 1234")
    page.get_by_role("button", name="Kirim kode").click()
    expect(page.get_by_text("0812•••234")).to_be_visible()
    look(page, "citizen-code")
    page.get_by_label("Kode").fill("000000")
    page.get_by_role("button", name="Masuk", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Kode tidak cocok")
