"""An officer finds a family, reads why it is (not) chosen, prints, downloads, goes back."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from dtks.determination.runs import actions as runs
from dtks.foundation.areas import actions as areas
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.ledger.models import LedgerEvent
from dtks.registration.registry import queries as registry
from tests.fixtures import village_families as sample
from tests.fixtures.officers import session_cookie

from .conftest import DESKTOP, PHONE

LIST = f"/petugas/keluarga/?wilayah={sample.VILLAGE}"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def register(db: Any) -> None:
    """A village of 60 families."""
    areas.load(by=Actor.system(), under="32.04")
    sample.load(count=60)


@pytest.fixture
def determined(register: None) -> None:
    """The village after a determination."""
    runs.determine(by=Actor.system(), area=sample.VILLAGE, period="2026-12")


def sign_in(page: Page, to: str = "/petugas/", **officer: Any) -> Page:
    """`page` with an officer's session (by default a village operator's over the whole country), at `to`."""
    page.goto("/")
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session_cookie(**officer), "url": page.url}]
    )
    page.goto(to)
    expect(page.get_by_role("button", name="Keluar")).to_be_visible()
    page.wait_for_load_state()
    return page


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_from_the_summary_to_the_reasons(
    determined: None,
    open_page: Callable[..., Page],
    look: Callable[[Page, str], None],
    viewport: dict[str, int],
) -> None:
    page = open_page(viewport=viewport)
    sign_in(page)
    look(page, "home")
    page.get_by_label("Cari desa").fill("cileunyi kulon")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Desa Cileunyi Kulon Kecamatan Cileunyi").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Desa Cileunyi Kulon")
    expect(page.get_by_text("Model peragaan")).to_be_visible()
    expect(page.get_by_role("heading", name="Keluarga menurut desil")).to_be_visible()
    look(page, "home-village")
    page.get_by_role("link", name="Buka daftar keluarga").click()
    expect(page.get_by_text("60 keluarga")).to_be_visible()
    look(page, "list")
    page.locator("[data-row]").first.click()
    expect(page.get_by_role("heading", name="Program dan alasannya")).to_be_visible()
    page.locator("#program summary").first.click()
    expect(page.locator("#program details[open] li").first).to_be_visible()
    for component in page.locator("#komponen summary").all():
        component.click()
    page.evaluate("document.querySelectorAll('#program details').forEach(details => details.open = true)")
    look(page, "family")
    page.get_by_role("link", name="Kembali ke daftar").click()
    expect(page.get_by_text("60 keluarga")).to_be_visible()
    page.get_by_label("Nama, NIK atau nomor KK").fill("<b>tidak ada</b> d'Arc " + "X" * 70)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Tidak ada keluarga yang cocok")).to_be_visible()
    look(page, "list-nobody")
    page.goto("/petugas/keluarga/?wilayah=32.04")
    expect(page.get_by_text("60 keluarga")).to_be_visible()
    look(page, "list-regency")


def test_filters_stay_in_the_address_and_the_back_button_works(determined: None, page: Page) -> None:
    requested: list[str] = []
    page.on("request", lambda request: requested.extend((request.url, request.headers.get("referer", ""))))
    sign_in(page, LIST)
    page.get_by_label("Status").select_option(label="Belum ditetapkan")
    expect(page.get_by_text("Tidak ada keluarga yang cocok")).to_be_visible()
    page.get_by_label("Status").select_option(label="Semua")
    page.get_by_label("Nama, NIK atau nomor KK").fill("wulandari")
    page.keyboard.press("Enter")
    expect(page.locator("[data-row]")).to_have_count(1)
    page.locator("[data-row]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(sample.LONG_NAME.title())
    page.go_back()
    expect(page.get_by_label("Nama, NIK atau nomor KK")).to_have_value("wulandari")
    expect(page.locator("[data-row]")).to_have_count(1)
    page.reload()
    expect(page.locator("[data-row]")).to_have_count(1)
    page.locator("[data-row]").click()
    page.get_by_role("link", name="Kembali ke daftar").click()
    expect(page.get_by_label("Nama, NIK atau nomor KK")).to_have_value("wulandari")
    page.get_by_role("link", name="English").click()
    expect(page.locator("[data-row]")).to_have_count(1)
    assert requested
    assert not any("wulandari" in text.lower() for text in requested)
    page.get_by_role("link", name="Bahasa Indonesia").click()
    page.get_by_label("Nama, NIK atau nomor KK").fill("tidak ada orangnya")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Tidak ada keluarga yang cocok")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("Nama, NIK atau nomor KK")).to_have_value("wulandari")


def test_a_search_that_has_ended_says_so(
    register: None, page: Page, no_barriers: Callable[[Page], None], seen: Callable[[Page, str], None]
) -> None:
    sign_in(page, f"{LIST}&cari=0123456789abcdef01234567")
    expect(page.get_by_text("Pencarian ini sudah berakhir")).to_be_visible()
    expect(page.get_by_label("Nama, NIK atau nomor KK")).to_be_focused()
    seen(page, "list-search-ended")
    no_barriers(page)
    page.keyboard.type("wulandari")
    page.keyboard.press("Enter")
    expect(page.locator("[data-row]")).to_have_count(1)


def test_by_keyboard(register: None, page: Page) -> None:
    sign_in(page, LIST)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("[data-row]").nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator("[data-row]").first).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_label("Nama, NIK atau nomor KK")).to_be_focused()
    page.keyboard.type("jk/")
    expect(page.get_by_label("Nama, NIK atau nomor KK")).to_have_value("jk/")
    page.locator("[data-row]").first.focus()
    name = page.locator("[data-row]").first.text_content()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(name or "")


def test_the_list_on_paper_and_as_a_workbook(
    register: None, page: Page, seen: Callable[[Page, str], None]
) -> None:
    sign_in(page, LIST)
    with page.expect_download() as download:
        page.get_by_role("link", name="Unduh Excel").click()
    assert download.value.suggested_filename.startswith("keluarga-cileunyi-kulon-")
    page.get_by_role("link", name="Tampilan cetak").click()
    expect(page.locator("[data-row]")).to_have_count(60)
    expect(page.get_by_role("button", name="Cetak")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator("header[data-site]")).to_be_hidden()
    expect(page.get_by_role("button", name="Cetak")).to_be_hidden()
    seen(page, "list-print")
    page.emulate_media(media="screen")
    page.locator("[data-row]").first.click()
    expect(page.get_by_role("heading", name="Hasil penetapan")).to_be_visible()
    page.emulate_media(media="print")
    beside = page.evaluate("document.querySelector('.page-grid').clientWidth - isi.clientWidth")
    assert beside == 0, "the family's sheet has the whole width, no column of nothing beside it"
    seen(page, "family-print")


def test_without_a_script_everything_can_be_reached(register: None, open_page: Callable[..., Page]) -> None:
    page = sign_in(open_page(script=False), LIST)
    page.get_by_label("Nama, NIK atau nomor KK").fill("wulandari")
    page.get_by_role("button", name="Cari", exact=True).click()
    expect(page.locator("[data-row]")).to_have_count(1)
    page.locator("[data-row]").click()
    expect(page.get_by_role("heading", name="Hasil penetapan")).to_be_visible()


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_number_is_shown_for_a_purpose_and_covered_again(
    register: None,
    open_page: Callable[..., Page],
    look: Callable[[Page, str], None],
    viewport: dict[str, int],
) -> None:
    row = next(row for row in registry.families(area=sample.VILLAGE, search="wulandari").rows)
    assert row.kk_number is not None
    page = open_page(viewport=viewport)
    page.clock.install()
    sign_in(page, f"/petugas/keluarga/{row.family_id}/", area=sample.VILLAGE)
    masked = f"{row.kk_number[:4]}********{row.kk_number[-4:]}"
    place = page.locator("[data-covered]").first
    expect(place).to_contain_text(masked)
    place.get_by_role("link", name="Tampilkan Nomor KK").click()
    expect(place.get_by_label("Untuk keperluan apa?")).to_be_focused()
    look(page, "show-form")
    place.get_by_role("button", name="Batal").click()
    expect(place.get_by_role("link", name="Tampilkan Nomor KK")).to_be_focused()
    place.get_by_role("link").click()
    place.get_by_label("Untuk keperluan apa?").select_option("lainnya")
    place.get_by_label("Bila lainnya: apa?").fill("sebentar")
    place.get_by_role("button", name="Tampilkan").click()
    expect(place.get_by_role("alert")).to_contain_text("paling sedikit 10 huruf")
    look(page, "show-form-wrong")
    place.get_by_label("Bila lainnya: apa?").fill("mencocokkan dengan arsip")
    place.get_by_role("button", name="Tampilkan").click()
    expect(place.get_by_text(row.kk_number)).to_be_focused()
    look(page, "show-number")
    page.clock.fast_forward(30_000)
    expect(place.get_by_text(row.kk_number)).to_be_visible()
    page.clock.fast_forward(31_000)
    expect(place).to_contain_text(masked)
    assert row.kk_number not in page.content()
    (event,) = LedgerEvent.objects.filter(action="registry.show")
    assert event.purpose == "lainnya: mencocokkan dengan arsip"
    place.get_by_role("link").click()
    place.get_by_label("Untuk keperluan apa?").select_option("pelayanan")
    place.get_by_role("button", name="Tampilkan").click()
    expect(place.get_by_text(row.kk_number)).to_be_visible()
    place.get_by_role("button", name="Tutup").click()
    assert row.kk_number not in page.content()
    page.get_by_role("link", name="Tampilkan NIK").first.click()
    expect(page.get_by_label("Untuk keperluan apa?")).to_be_focused()
    look(page, "show-form-nik")


def test_a_number_is_shown_without_a_script(
    register: None,
    open_page: Callable[..., Page],
    seen: Callable[[Page, str], None],
    fits: Callable[[Page], None],
) -> None:
    row = next(row for row in registry.families(area=sample.VILLAGE, search="wulandari").rows)
    assert row.kk_number is not None
    page = open_page(viewport=PHONE, script=False)
    address = f"/petugas/keluarga/{row.family_id}/?wilayah={sample.VILLAGE}&urut=nama"
    sign_in(page, address, area=sample.VILLAGE)
    page.get_by_role("link", name="Tampilkan Nomor KK").click()
    seen(page, "show-page")
    fits(page)
    page.get_by_label("Untuk keperluan apa?").select_option("pemadanan")
    page.get_by_role("button", name="Tampilkan").click()
    expect(page.get_by_text(row.kk_number)).to_be_visible()
    seen(page, "show-once")
    fits(page)
    assert page.url.endswith(address)
    page.goto(page.url)
    assert row.kk_number not in page.content()


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_each_role_comes_in_at_its_own_page(
    determined: None,
    open_page: Callable[..., Page],
    look: Callable[[Page, str], None],
    viewport: dict[str, int],
) -> None:
    for role, area in (("pendata", sample.VILLAGE), ("rt-rw", sample.VILLAGE), ("menteri", "")):
        look(sign_in(open_page(viewport=viewport), role=role, area=area, username=role), f"start-{role}")
    page = sign_in(open_page(viewport=viewport), role="kepala-desa", area=sample.VILLAGE, username="kades")
    expect(page.get_by_role("heading", level=1)).to_have_text("Desa Cileunyi Kulon")
    look(page, "home-own-village")


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_regency_finds_its_parts_that_have_a_determination(
    determined: None,
    open_page: Callable[..., Page],
    look: Callable[[Page, str], None],
    viewport: dict[str, int],
) -> None:
    page = sign_in(open_page(viewport=viewport), role="dinsos-kepala", area="32.04", username="kadis")
    expect(page.get_by_text("Belum ada penetapan untuk seluruh wilayah ini")).to_be_visible()
    look(page, "home-regency")
    page.get_by_role("link", name="Desa Cileunyi Kulon, Kecamatan Cileunyi").click()
    expect(page.get_by_text("Penetapan terakhir: Desember 2026")).to_be_visible()


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_an_area_outside_ones_own_is_refused_with_the_reason(
    register: None, browser: Browser, live_server: Any, look: Callable[[Page, str], None], viewport: Any
) -> None:
    # Not `open_page`: the browser tells of a page that is not found, which here is as it should be.
    context = browser.new_context(base_url=live_server.url, viewport=viewport)
    try:
        page = sign_in(context.new_page(), role="kepala-desa", area=sample.VILLAGE)
        page.goto(f"/petugas/keluarga/?wilayah={sample.NEIGHBOUR}")
        expect(page.get_by_role("heading", level=1)).to_have_text("Wilayah ini di luar tugas Anda")
        look(page, "outside")
        page.get_by_role("link", name="Ke wilayah saya").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Desa Cileunyi Kulon")
    finally:
        context.close()


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_what_a_role_may_not_know_is_said_and_not_shown(
    determined: None,
    open_page: Callable[..., Page],
    look: Callable[[Page, str], None],
    viewport: dict[str, int],
) -> None:
    row = next(row for row in registry.families(area=sample.VILLAGE, search="wulandari").rows)
    for role in ("kepala-desa", "dinsos-verifikator"):
        page = open_page(viewport=viewport)
        sign_in(page, f"/petugas/keluarga/{row.family_id}/", role=role, username=role)
        page.evaluate("document.querySelectorAll('main details').forEach(details => details.open = true)")
        look(page, f"family-as-{role}")


def test_an_empty_village_says_what_to_do(
    register: None,
    open_page: Callable[..., Page],
    no_barriers: Callable[[Page], None],
    seen: Callable[[Page, str], None],
) -> None:
    page = sign_in(open_page(viewport=PHONE), f"/petugas/keluarga/?wilayah={sample.EMPTY_VILLAGE}")
    expect(page.get_by_text("Belum ada keluarga di wilayah ini")).to_be_visible()
    seen(page, "list-empty-village")
    no_barriers(page)
    page.get_by_role("link", name="Impor berkas").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Impor berkas")


def test_a_missing_page_and_signing_out(
    register: None, page: Page, no_barriers: Callable[[Page], None]
) -> None:
    sign_in(page)
    page.get_by_role("button", name="Keluar").click()
    expect(page.get_by_role("button", name="Keluar")).to_have_count(0)
    page.goto("/petugas/")
    expect(page).to_have_url(re.compile("/masuk/"))
