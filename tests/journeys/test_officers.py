"""Whoever manages officers makes one, ends a role, makes many, reviews; a village head delegates."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from dtks.foundation.accounts import officers_file
from dtks.foundation.accounts.models import Account, Grant
from dtks.foundation.accounts.review import Period
from tests.fixtures import officer_areas as places
from tests.fixtures import officers as people
from tests.fixtures.officer_areas import HERE, VILLAGE

from .conftest import DESKTOP, PHONE

LIST = "/petugas/akun/"
LONG = "Raden Ajeng Wulandari Kusumaningtyas Purwodarminto Sastroamidjojo"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def officers(db: Any) -> None:
    """A regency with a few officers, given their roles before this year's review opened."""
    places.load()
    for username, name, role, area in (
        ("siti", "Siti Aminah", "operator-desa", VILLAGE),
        ("wulan", LONG, "kepala-desa", VILLAGE),
        ("budi", "Budi Santoso", "dinsos-verifikator", HERE),
    ):
        people.grant(people.account(username, name=name), role, area)
    Account.objects.filter(username="siti").update(last_login=timezone.now())


def enter(
    make: Callable[..., Page], base: str, viewport: dict[str, int], *, role: str, area: str, username: str
) -> Page:
    """A page of somebody who has signed in."""
    page = make(viewport=viewport)
    key = people.session_cookie(role=role, area=area, username=username, name="Admin Banyumas")
    page.context.add_cookies([{"name": "sessionid", "value": key, "url": base}])
    return page


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_an_officer_is_found_made_and_ended(
    officers: None, open_page: Callable[..., Page], look: Callable[[Page, str], None],
    viewport: dict[str, int], live_server: Any,
) -> None:  # fmt: skip
    page = enter(open_page, live_server.url, viewport, role="admin-daerah", area=HERE, username="admin")
    page.goto(LIST)
    look(page, "officers-list")
    page.get_by_label("Nama atau nama masuk").fill("wulandari")
    page.get_by_role("button", name="Cari").click()
    expect(page.get_by_role("link", name=LONG)).to_be_visible()
    expect(page.get_by_role("link", name="Siti Aminah")).to_have_count(0)
    assert "wulandari" not in page.url
    page.get_by_role("link", name=LONG).click()
    look(page, "officers-one")
    page.go_back()
    expect(page.get_by_label("Nama atau nama masuk")).to_have_value("wulandari")
    page.goto(f"{LIST}baru/")
    look(page, "officers-new")
    page.get_by_label("Nama lengkap").fill("Rini Astuti")
    page.get_by_label("Nama masuk").fill("Rini Astuti")
    page.get_by_label("Peran", exact=True).select_option("rt-rw")
    page.get_by_label("Wilayah").fill(VILLAGE)
    page.get_by_role("button", name="Buat akun").click()
    expect(page.get_by_text("3–50 huruf kecil")).to_be_visible()
    look(page, "officers-new-wrong")
    page.get_by_label("Nama masuk").fill("rini")
    page.get_by_role("button", name="Buat akun").click()
    expect(page.get_by_text("Tampil satu kali ini saja")).to_be_visible()
    look(page, "officers-slip")
    with page.expect_download() as download:
        page.get_by_role("link", name="Unduh Excel").click()
    sheet = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))["Petugas"]
    assert sheet["B4"].value == "rini"
    page.get_by_role("link", name="Selesai").click()
    page.get_by_role("link", name="Rini Astuti").click()
    page.get_by_role("link", name=re.compile("^Akhiri")).click()
    look(page, "officers-end")
    page.get_by_label("Alasan").fill("keliru orang")
    page.get_by_role("button", name="Akhiri peran").click()
    expect(page.get_by_text("Tidak ada peran yang berlaku")).to_be_visible()
    look(page, "officers-ended")


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_many_at_once(
    officers: None, open_page: Callable[..., Page], look: Callable[[Page, str], None],
    viewport: dict[str, int], live_server: Any, tmp_path: Path,
) -> None:  # fmt: skip
    page = enter(open_page, live_server.url, viewport, role="admin-daerah", area=HERE, username="admin")
    book = openpyxl.load_workbook(io.BytesIO(officers_file.template()))
    book["Petugas"].append(("wati", "Wati Lestari", "rt-rw", VILLAGE))
    book["Petugas"].append(("siti", "Siti Lain", "bupati", "33.03"))
    path = tmp_path / "petugas.xlsx"
    book.save(path)
    page.goto(f"{LIST}massal/")
    look(page, "officers-bulk")
    page.get_by_label("Berkas .xlsx atau .csv").set_input_files(path)
    page.get_by_role("button", name="Periksa berkas").click()
    expect(page.get_by_text("belum ada yang disimpan").first).to_be_visible()
    look(page, "officers-bulk-wrong")
    book["Petugas"].delete_rows(3)
    book["Petugas"].append(("rini", "Rini Astuti", "Operator desa/kelurahan", VILLAGE))
    book.save(path)
    page.get_by_label("Berkas .xlsx atau .csv").set_input_files(path)
    page.get_by_role("button", name="Periksa berkas").click()
    look(page, "officers-bulk-right")
    page.get_by_role("button", name="Buat 2 akun").click()
    expect(page.get_by_text("Tampil satu kali ini saja")).to_be_visible()
    look(page, "officers-bulk-slips")
    assert Account.objects.filter(username__in=("wati", "rini")).count() == 2


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_handing_over_delegating_and_reviewing(
    officers: None, open_page: Callable[..., Page], look: Callable[[Page, str], None],
    viewport: dict[str, int], live_server: Any,
) -> None:  # fmt: skip
    today = timezone.localdate()
    opened = Period.of(today).opens
    Grant.objects.update(granted_at=timezone.now() - timedelta(days=400))
    page = enter(open_page, live_server.url, viewport, role="admin-daerah", area=HERE, username="admin")
    siti = Account.objects.get(username="siti").pk
    page.goto(f"{LIST}{siti}/serah-terima/")
    look(page, "officers-hand-over")
    page.goto(f"{LIST}{siti}/tutup/")
    look(page, "officers-close")
    page.goto(f"{LIST}{siti}/peran/")
    look(page, "officers-role")
    page.goto(f"{LIST}tinjauan/")
    look(page, "officers-review")
    if today >= opened:
        card = page.locator("li", has=page.get_by_role("heading", name="Siti Aminah"))
        card.get_by_label("Alasan").fill("masih bertugas")
        card.get_by_role("button", name=re.compile("^Lanjutkan")).click()
        expect(page.get_by_text("Peran dilanjutkan.")).to_be_visible()
        assert "1 dari" in page.get_by_role("status").last.inner_text()
    chief = enter(open_page, live_server.url, viewport, role="", area="", username="wulan")
    chief.goto("/petugas/pelimpahan/")
    look(chief, "delegations-empty")
    chief.get_by_label("Nama masuk penerima").fill("siti")
    chief.get_by_label(re.compile("^Sampai")).fill((today + timedelta(days=10)).isoformat())
    chief.get_by_label("Alasan").fill("cuti")
    chief.get_by_role("button", name="Limpahkan").click()
    look(chief, "delegations")
    chief.get_by_role("link", name="Akhiri Siti Aminah").click()
    look(chief, "delegations-take-back")
    chief.get_by_label("Alasan").fill("sudah kembali")
    chief.get_by_role("button", name="Akhiri pelimpahan").click()
    expect(chief.get_by_text("Pelimpahan diakhiri.")).to_be_visible()


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_two_persons_prepare_a_sign_in_at_an_institution(
    officers: None, open_page: Callable[..., Page], look: Callable[[Page, str], None],
    viewport: dict[str, int], live_server: Any, settings: Any, tmp_path: Path,
) -> None:  # fmt: skip
    settings.OIDC_FILE = str(tmp_path / "oidc.json")
    siti = Account.objects.get(username="siti").pk
    first = enter(open_page, live_server.url, viewport, role="admin-daerah", area=HERE, username="admin")
    first.goto(f"{LIST}{siti}/")
    first.get_by_role("link", name="Masuk lewat lembaga").click()
    expect(first.get_by_text("Belum ada lembaga di situs ini")).to_be_visible()
    look(first, "institutions-none")
    entry = {
        "id": "dinsos-jateng", "name": "Dinas Sosial Provinsi Jawa Tengah", "server": "https://sso.example",
        "client_id": "dtks", "client_secret": "rahasia", "claim": "nip",
    }  # fmt: skip
    Path(settings.OIDC_FILE).write_text(json.dumps([entry]), "utf-8")
    first.reload()
    look(first, "institutions-form")
    first.get_by_label("Lembaga", exact=True).select_option("dinsos-jateng")
    first.get_by_label("Nilai klaim orangnya").fill("pegawai-7f3a")
    first.get_by_label("Alasan").fill("NIK 3302900101900001")
    first.get_by_role("button", name="Siapkan").click()
    expect(first.get_by_text("Jangan tulis nomor orang")).to_be_visible()
    look(first, "institutions-wrong")
    first.get_by_label("Alasan").fill("surat BKD 12/2026")
    first.get_by_role("button", name="Siapkan").click()
    expect(first.get_by_role("button", name="Batalkan permintaan")).to_be_visible()
    look(first, "institutions-asked")
    second = enter(open_page, live_server.url, viewport, role="admin-daerah", area=HERE, username="admin2")
    second.goto(LIST)
    look(second, "institutions-awaited")
    second.get_by_role("link", name="Masuk lewat lembaga: Siti Aminah").click()
    expect(second.get_by_text("pegawai-7f3a")).to_be_visible()
    look(second, "institutions-agree")
    second.get_by_label("Alasan").fill("sudah dicek di BKD")
    second.get_by_role("button", name="Setujui").click()
    expect(second.get_by_text("Petugas dapat masuk lewat lembaga itu.")).to_be_visible()
    look(second, "institutions-prepared")
    second.get_by_role("link", name=re.compile("^Cabut")).click()
    look(second, "institutions-withdraw")
    second.get_by_label("Alasan").fill("pindah instansi")
    second.get_by_role("button", name="Cabut").click()
    expect(second.get_by_text("Dicabut; semua sesinya berakhir.")).to_be_visible()


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_two_persons_reset_both_password_and_factor(
    officers: None, open_page: Callable[..., Page], look: Callable[[Page, str], None],
    viewport: dict[str, int], live_server: Any,
) -> None:  # fmt: skip
    siti = Account.objects.get(username="siti")
    Account.objects.filter(pk=siti.pk).update(last_login=timezone.now())
    password, factor = (f"{LIST}{siti.pk}/{what}/" for what in ("kata-sandi", "faktor-kedua"))
    first = enter(open_page, live_server.url, viewport, role="admin-daerah", area=HERE, username="admin")
    first.goto(password)
    first.get_by_label("Alasan").fill("lupa")
    first.get_by_role("button", name="Buat kata sandi baru").click()
    first.goto(factor)
    look(first, "reset-second")
    first.get_by_label("Alasan").fill("ponsel hilang")
    first.get_by_role("button", name="Hapus faktor kedua").click()
    expect(first.get_by_text("Pengelola akun lain menyetujuinya")).to_be_visible()
    first.goto(factor)
    expect(first.get_by_text("Anda yang memintanya")).to_be_visible()
    look(first, "reset-asked")
    second = enter(open_page, live_server.url, viewport, role="admin-daerah", area=HERE, username="admin2")
    second.goto(factor)
    look(second, "reset-agree")
    second.get_by_label("Alasan").fill("bertatap muka")
    second.get_by_role("button", name="Hapus faktor kedua").click()
    expect(second.get_by_text("Faktor kedua dihapus.").first).to_be_visible()
