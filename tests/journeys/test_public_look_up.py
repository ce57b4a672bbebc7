"""A citizen looks somebody up: on a phone, on a computer, by keyboard, without a script."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from playwright.sync_api import Page, Response, expect

from dtks.delivery.public.actions import publish
from dtks.delivery.public.web import SEARCHES
from dtks.foundation.accounts.signing_in import limits
from dtks.foundation.areas import actions as areas
from dtks.foundation.ledger.domain import Actor

from .conftest import DESKTOP, PHONE

VILLAGE = "32.04.05.2001"
LONG_NAME = "RADEN AJENG WULANDARI KUSUMANINGTYAS PURWODARMINTO SASTROAMIDJOJO HADIKUSUMO"
MOST_BYTES = 100_000
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def published(db: Any) -> None:
    areas.load(by=Actor.system(), under="32.04")
    people = [
        (VILLAGE, "SITI AMINAH", 41, "pkh sembako"),
        (VILLAGE, "SITI AMINAH BINTI H. ABDUL KARIM", 71, ""),
        (VILLAGE, LONG_NAME, None, "pkh sembako pip kis pbi_jkn"),
        *[(VILLAGE, f"BUDI SANTOSO {letter}", 30, "pkh") for letter in "ABCDEFGHIJK"],
    ]
    schema = {"village": pl.String, "name": pl.String, "age": pl.Int16, "programmes": pl.String}
    frame = pl.DataFrame(people, schema=schema, orient="row")
    publish(by=Actor.system(), rows=[frame], area="32.04.05", period="2026-12", synthetic=True)


def choose(page: Page, **choices: str) -> None:
    """Choose in each field in turn and wait for the next one to open."""
    for name, label in choices.items():
        field = page.locator(f"#{name}")
        expect(field).to_be_enabled()
        field.select_option(label=label)


def choose_village(page: Page) -> None:
    choose(
        page,
        provinsi="Jawa Barat",
        kabupaten="Kabupaten Bandung",
        kecamatan="Cileunyi",
        desa="Cileunyi Kulon",
    )
    expect(page.get_by_label("5. Nama")).to_be_visible()


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_looking_somebody_up(
    published: None,
    open_page: Callable[..., Page],
    look: Callable[[Page, str], None],
    viewport: dict[str, int],
) -> None:
    page = open_page(viewport=viewport)
    page.goto("/")
    look(page, "public")
    choose_village(page)
    look(page, "public-village")
    page.get_by_label("5. Nama").fill("Hj. Siti Aminah")
    page.get_by_role("button", name="Cari nama").click()
    expect(page.get_by_role("heading", name="SITI AMINAH", exact=True)).to_be_visible()
    expect(page.get_by_text("41 tahun · Desa Cileunyi Kulon")).to_be_visible()
    expect(page.get_by_role("row", name="Program Keluarga Harapan Ya Desember 2026")).to_be_visible()
    expect(page.get_by_role("heading", name="SITI AMINAH BINTI H. A*** K***")).to_be_visible()
    look(page, "public-result")
    page.get_by_role("link", name="Mengapa, dan apa yang bisa dilakukan?").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mengapa saya tidak menerima bantuan?")
    page.locator("summary").first.click()
    look(page, "public-why-not")


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_too_many_and_too_little(
    published: None,
    open_page: Callable[..., Page],
    look: Callable[[Page, str], None],
    viewport: dict[str, int],
) -> None:
    page = open_page(viewport=viewport)
    page.goto(f"/?desa={VILLAGE}")
    page.get_by_label("5. Nama").fill("budi")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Persempit: ketik nama lebih lengkap.")).to_be_visible()
    expect(page.get_by_label("5. Nama")).to_be_focused()
    expect(page.get_by_label("5. Nama")).to_have_value("budi")
    look(page, "public-too-many")
    page.get_by_label("5. Nama").fill("<b>tidak</b> ada orangnya d'Arc " + "X" * 40)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nama itu tidak ada di daftar desa ini")).to_be_visible()
    look(page, "public-nobody")
    page.get_by_role("link", name="Cari nama lain").click()
    expect(page.locator("#desa")).to_have_value(VILLAGE)


def test_a_very_long_name_stays_on_a_phone(
    published: None,
    open_page: Callable[..., Page],
    fits: Callable[[Page], None],
    seen: Callable[[Page, str], None],
) -> None:
    page = open_page(viewport=PHONE)
    page.goto(f"/?desa={VILLAGE}")
    page.get_by_label("5. Nama").fill(LONG_NAME)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=LONG_NAME)).to_be_visible()
    seen(page, "public-long-name")
    fits(page)


def test_without_a_script(published: None, open_page: Callable[..., Page]) -> None:
    page = open_page(viewport=PHONE, script=False)
    page.goto("/")
    for name, label in {
        "provinsi": "Jawa Barat",
        "kabupaten": "Kabupaten Bandung",
        "kecamatan": "Cileunyi",
        "desa": "Cileunyi Kulon",
    }.items():
        page.locator(f"#{name}").select_option(label=label)
        page.get_by_role("button", name="Lanjut").click()
    page.get_by_label("5. Nama").fill("siti aminah")
    page.get_by_role("button", name="Cari nama").click()
    expect(page.get_by_role("heading", name="SITI AMINAH", exact=True)).to_be_visible()


def test_by_keyboard_alone(published: None, page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Langsung ke isi")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    after = {"provinsi": "kabupaten", "kabupaten": "kecamatan", "kecamatan": "desa", "desa": "nama"}
    letters = {"provinsi": "Jawa B", "kabupaten": "Kabupaten B", "kecamatan": "Cil", "desa": "Cileunyi K"}
    for name, following in after.items():
        expect(page.locator(f"#{name}")).to_be_focused()
        page.keyboard.type(letters[name])
        expect(page.locator(f"#{following}")).to_be_enabled()
        expect(page.locator(f"#{name}")).to_be_focused()
        page.keyboard.press("Tab")
    expect(page.get_by_label("5. Nama")).to_be_focused()


def test_the_back_button_brings_the_choices_back(published: None, page: Page) -> None:
    page.goto("/")
    choose(page, provinsi="Jawa Barat", kabupaten="Kabupaten Bandung")
    expect(page.locator("#kecamatan")).to_be_enabled()
    page.go_back()
    expect(page.locator("#kabupaten")).to_have_value("")
    expect(page.locator("#provinsi")).to_have_value("32")
    expect(page.get_by_role("heading", level=1)).to_have_text("Cek penerima bantuan sosial")


def test_the_back_button_leads_back_to_the_answer(published: None, page: Page) -> None:
    page.goto(f"/?desa={VILLAGE}")
    page.get_by_label("5. Nama").fill("siti aminah")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Mengapa, dan apa yang bisa dilakukan?").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mengapa saya tidak menerima bantuan?")
    page.go_back()
    expect(page.get_by_role("heading", name="SITI AMINAH", exact=True)).to_be_visible()
    assert "siti" not in page.url.lower()
    page.go_back()
    expect(page.locator("#desa")).to_have_value(VILLAGE)


def test_in_english(published: None, page: Page) -> None:
    page.goto(f"/?desa={VILLAGE}")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look up who receives social aid")
    page.get_by_label("5. Name").fill("siti aminah")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("41 years old")).to_be_visible()
    expect(page.get_by_role("row", name="December 2026").first).to_be_visible()


def test_the_first_load_is_light(
    published: None, open_page: Callable[..., Page], record_property: Any
) -> None:
    page = open_page(viewport=PHONE)
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - Playwright marks the handler
    page.goto("/", wait_until="networkidle")
    weights = {answer.url: weight(answer) for answer in answers}
    record_property("first_load_bytes", sum(weights.values()))
    assert len(weights) <= 6
    assert sum(weights.values()) <= MOST_BYTES, weights


def weight(answer: Response) -> int:
    """Bytes as sent by the server of a real installation: text compressed, fonts as they are."""
    body = answer.body()
    return len(body) if answer.url.endswith(".woff2") else len(gzip.compress(body, 6))


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_after_too_many_searches_one_is_told_how_long_to_wait(
    published: None,
    open_page: Callable[..., Page],
    look: Callable[[Page, str], None],
    viewport: dict[str, int],
) -> None:
    for _ in range(SEARCHES.tries):
        limits.take(SEARCHES, "127.0.0.1")
    page = open_page(viewport=viewport)
    page.goto(f"/?desa={VILLAGE}")
    page.get_by_label("5. Nama").fill("siti aminah")
    page.get_by_role("button", name="Cari nama").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tunggu sebentar")
    expect(page.get_by_role("alert")).to_contain_text("Coba lagi setelah 2 menit")
    look(page, "public-too-many-searches")
    limits.forget(SEARCHES, "127.0.0.1")
    page.get_by_role("button", name="Cari lagi").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hasil pencarian")
    expect(page.get_by_text("SITI AMINAH", exact=True)).to_be_visible()
