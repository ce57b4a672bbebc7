"""A citizen makes the account safer: what can go wrong with codes, a code app, in with both, and back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import Page, expect

from dtks.foundation.accounts import citizen_help, citizen_look_up
from dtks.foundation.ledger.domain import Actor

from .conftest import DESKTOP, PHONE
from .test_citizen_help import CONTACT, NIK, ask, code_in, outbox
from .test_sign_in import code_of, with_key

__all__ = ["outbox", "with_key"]
Look = Callable[[Page, str], None]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def with_contact(outbox: Path) -> Path:
    """The office has registered the citizen's phone."""
    person = citizen_look_up.find(by=Actor.system(), nik=NIK)
    citizen_help.register_contact(
        by=Actor.system(), person=person, contact=CONTACT, reason="uji", papers=True
    )
    return outbox


def first_half(page: Page, outbox: Path) -> None:
    ask(page)
    page.get_by_label("Kode").fill(code_in(outbox))
    page.get_by_role("button", name="Masuk", exact=True).click()


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_from_a_code_by_phone_to_a_code_app_and_back(
    with_contact: Path, open_page: Callable[..., Page], look: Look, viewport: dict[str, int]
) -> None:
    page = open_page(viewport=viewport)
    first_half(page, with_contact)
    expect(page.get_by_role("heading", name="Akun saya")).to_be_visible()
    look(page, "citizen-account")
    page.get_by_role("link", name="Perangkat yang masuk").click()
    expect(page.get_by_role("heading", name="Perangkat yang masuk")).to_be_visible()
    look(page, "citizen-sessions")
    page.get_by_role("link", name="Kembali ke akun saya").click()
    page.get_by_role("link", name="Keamanan akun").click()
    expect(page.get_by_text("Nomor Anda diambil alih")).to_be_visible()
    look(page, "citizen-security")
    page.get_by_role("link", name="Tambah aplikasi kode").click()
    look(page, "citizen-app")
    secret = page.locator("[data-secret]").inner_text().replace(" ", "")
    page.get_by_label("Kode enam angka").fill(code_of(secret))
    page.get_by_role("button", name="Pasang").click()
    spare = page.get_by_role("list", name="Kode pemulihan").get_by_role("listitem").all_inner_texts()
    assert len(spare) == 10
    look(page, "citizen-recovery-codes")
    page.get_by_role("link", name="Sudah saya simpan").click()
    expect(page.get_by_role("link", name="Kode pemulihan (10)")).to_be_visible()
    look(page, "citizen-security-on")
    page.get_by_role("button", name="Keluar").click()

    first_half(page, with_contact)
    expect(page.get_by_text("Tunjukkan juga faktor kedua")).to_be_visible()
    look(page, "citizen-factor-asked")
    page.get_by_text("Pakai kode pemulihan").first.click()
    page.get_by_label("Satu kode pemulihan").fill(spare[2].lower())
    look(page, "citizen-factor-recovery")
    page.get_by_role("button", name="Pakai kode pemulihan").click()
    expect(page.get_by_role("heading", name="Akun saya")).to_be_visible()

    page.goto("/akun/keamanan/")
    expect(page.get_by_role("link", name="Kode pemulihan (9)")).to_be_visible()
    page.get_by_role("link", name="Hapus").click()
    expect(page.get_by_text("satu-satunya")).to_be_visible()
    look(page, "citizen-factor-remove")
    page.get_by_role("button", name="Hapus").click()
    expect(page.get_by_text("Belum ada faktor kedua")).to_be_visible()


def test_a_security_key_serves_as_well(
    with_contact: Path, open_page: Callable[..., Page], with_key: Callable[[Page], None]
) -> None:
    page = open_page(viewport=PHONE)
    with_key(page)
    first_half(page, with_contact)
    page.goto("/akun/keamanan/")
    page.get_by_role("link", name="Tambah kunci keamanan").click()
    page.get_by_role("button", name="Daftarkan kunci").click()
    page.get_by_role("link", name="Sudah saya simpan").click()
    page.get_by_role("button", name="Keluar").click()
    first_half(page, with_contact)
    page.get_by_role("button", name="Pakai kunci keamanan").click()
    expect(page.get_by_role("heading", name="Akun saya")).to_be_visible()


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_who_has_been_in_for_a_while_comes_in_again_first(
    with_contact: Path, open_page: Callable[..., Page], look: Look, viewport: dict[str, int]
) -> None:
    page = open_page(viewport=viewport)
    first_half(page, with_contact)
    expect(page.get_by_role("heading", name="Akun saya")).to_be_visible()
    with time_machine.travel(timezone.now() + timedelta(minutes=9, seconds=30)):
        page.goto("/akun/")  # somebody is there
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        page.goto("/akun/faktor/aplikasi/")
        expect(page.get_by_text("Anda masuk lebih dari sepuluh menit lalu")).to_be_visible()
        look(page, "citizen-step-up")
        page.get_by_role("button", name="Masuk lagi dengan kode").click()
        expect(page.get_by_label("NIK")).to_be_visible()
