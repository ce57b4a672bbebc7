"""A mother without a number on record comes to the village office and is in the same day; on a phone and on a
desktop, without and with a script."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from playwright.sync_api import Page, expect

from dtks.foundation.accounts import factors
from dtks.foundation.accounts.signing_in import delivery
from dtks.foundation.areas import actions as areas
from dtks.foundation.kernel.nik import KkNumber, Nik
from dtks.foundation.ledger.domain import Actor
from dtks.registration.registry import actions as registry
from tests.fixtures import officers

from .conftest import DESKTOP, PHONE

VILLAGE = "33.02.11.2001"
NIK = Nik.compose(area_prefix="330291", birth_date=date(1990, 1, 5), sex=2, serial=1).value
KK = KkNumber.compose(area_prefix="330291", issued_on=date(2015, 6, 20), serial=3).value
CONTACT = "0812 9000 1234"
Look = Callable[[Page, str], None]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def outbox(settings: Any, tmp_path: Path, db: Any) -> Path:
    """A family whose visit noted no phone; messages go into a folder of this test."""
    settings.HOME = tmp_path
    areas.load(by=Actor.system(), under="33.02")
    person = {"family_key": "f1", "nik": NIK, "name": "SITI AMINAH", "sex": 2, "relation": 1, "status": 1,
              "birth_date": date(1990, 1, 5), "member_no": 1}  # fmt: skip
    registry.load_people(
        by=Actor.system(), area=VILLAGE, people=pl.DataFrame([person]), source="uji",
        families=pl.DataFrame([{"family_key": "f1", "village": VILLAGE, "kk_number": KK}]),
        valid_from=date(2026, 6, 1),
    )  # fmt: skip
    return tmp_path / "outbox"


def last(outbox: Path) -> dict[str, str]:
    return delivery.messages(outbox)[-1]


def code_in(outbox: Path) -> str:
    found = re.search(r"\b\d{6}\b", last(outbox)["text"])
    assert found
    return found[0]


def ask(page: Page) -> None:
    page.goto("/masuk/warga/")
    page.get_by_label("NIK").fill(NIK)
    page.get_by_label("8 angka terakhir").fill(KK[-8:])
    page.get_by_label("Nomor HP atau surel").fill(CONTACT)
    page.get_by_role("button", name="Kirim kode").click()
    expect(page.get_by_role("heading", name="Tulis kode Anda")).to_be_visible()


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_from_why_not_me_to_being_in(
    outbox: Path, open_page: Callable[..., Page], live_server: Any, look: Look, viewport: dict[str, int]
) -> None:
    mother = open_page(viewport=viewport)
    ask(mother)
    assert not outbox.exists(), "no number on record: no code, and nothing said"
    expect(mother.get_by_text("nomor Anda belum tercatat")).to_be_visible()

    page, _key = office(open_page, live_server, viewport=viewport)
    found_by_nik(page, look)
    registered_by_a_code(page, outbox, look)

    ask(mother)
    mother.get_by_label("Kode").fill(code_in(outbox))
    mother.get_by_role("button", name="Masuk", exact=True).click()
    mother.goto("/akun/")
    expect(mother.get_by_text("S*** A*****").first).to_be_visible()

    released_and_closed(page, look)
    assert "ditutup" not in last(outbox)["text"], "no contact was left to be told of the closing"
    assert "dilepas" in last(outbox)["text"]
    mother.goto("/akun/")
    expect(mother).to_have_url(re.compile("/masuk/"))


def office(open_page: Callable[..., Page], live_server: Any, **more: Any) -> tuple[Page, str]:
    """The operator's browser, and the key of its session."""
    page = open_page(**more)
    key = officers.session_cookie(area=VILLAGE, username="operator")
    page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
    page.goto("/petugas/warga/")
    return page, key


def found_by_nik(page: Page, look: Look) -> None:
    look(page, "citizen-find")
    page.get_by_label("NIK").fill("3302")
    page.get_by_role("button", name="Cari").click()
    expect(page.get_by_text("NIK terdiri dari 16 angka")).to_be_visible()
    page.get_by_label("NIK").fill(NIK[:-1] + "9")
    page.get_by_role("button", name="Cari").click()
    expect(page.get_by_role("alert")).to_contain_text("Tidak ada warga dengan NIK itu")
    look(page, "citizen-not-found")
    page.get_by_label("NIK").fill(NIK)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="SITI AMINAH")).to_be_visible()
    assert NIK not in page.url
    assert NIK not in page.content()
    look(page, "citizen-none")


def registered_by_a_code(page: Page, outbox: Path, look: Look) -> None:
    page.get_by_role("link", name="Daftarkan kontak").click()
    look(page, "citizen-contact")
    page.get_by_label("Nomor HP atau surel warga").fill(CONTACT)
    page.get_by_label("Alasan").fill("Nomor baru")
    page.get_by_label("Saya melihat KTP").check()
    page.get_by_role("button", name="Lanjut").click()
    expect(page.get_by_text("0812•••234")).to_be_visible()
    look(page, "citizen-contact-code")
    page.get_by_role("textbox", name="Kode").fill("000000" if code_in(outbox) != "000000" else "111111")
    page.get_by_role("button", name="Daftarkan").click()
    expect(page.get_by_role("alert")).to_contain_text("Kode tidak cocok")
    page.get_by_role("textbox", name="Kode").fill(code_in(outbox))
    page.get_by_role("button", name="Daftarkan").click()
    expect(page.get_by_text("Warga dapat masuk sekarang")).to_be_visible()
    look(page, "citizen-bound")


def released_and_closed(page: Page, look: Look) -> None:
    page.get_by_role("link", name="Lepas kontak").click()
    look(page, "citizen-release")
    page.get_by_role("button", name="Lepas kontak").click()
    expect(
        page.get_by_role("heading", name="Lepas kontak")
    ).to_be_visible()  # the browser asks for the papers
    page.get_by_label("Saya melihat KTP").check()
    page.get_by_label("Alasan").fill("HP hilang")
    page.get_by_role("button", name="Lepas kontak").click()
    expect(page.get_by_text("Tanpa kontak")).to_be_visible()
    look(page, "citizen-released")
    page.get_by_role("link", name="Tutup akun").click()
    look(page, "citizen-close")
    page.get_by_label("Saya melihat KTP").check()
    page.get_by_label("Alasan").fill("Diminta warga")
    page.get_by_role("button", name="Tutup akun").click()
    expect(page.get_by_role("link", name="Buka lagi akun")).to_be_visible()
    look(page, "citizen-closed")


def test_without_a_script_and_only_after_a_fresh_factor(
    outbox: Path, open_page: Callable[..., Page], live_server: Any
) -> None:
    from importlib import import_module

    from django.conf import settings

    page, key = office(open_page, live_server, viewport=PHONE, script=False)
    page.get_by_label("NIK").fill(NIK)
    page.get_by_role("button", name="Cari").click()
    expect(page.get_by_role("heading", name="SITI AMINAH")).to_be_visible()
    session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    session[factors.CONFIRMED] = time.time() - factors.FRESH_SECONDS - 60
    session.save()
    page.get_by_role("link", name="Daftarkan kontak").click()
    expect(page).to_have_url(re.compile("/masuk/ulang/"))
