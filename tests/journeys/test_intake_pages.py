"""An operator brings a file in on a phone and on a computer: each page fits, bars nobody, says what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from dtks.foundation.areas import actions as areas
from dtks.foundation.ledger.domain import Actor
from dtks.registration.intake import actions
from tests.fixtures import intake_files as made

from .conftest import DESKTOP, PHONE
from .test_workspace_pages import sign_in

LIST = "/petugas/impor/"
UGLY = "Raden Ajeng Wulandari <b>Ma'ruf</b> Kusumaningtyas Purwodarminto Sastroamidjojo Hadikusumo"
MAPPING = f"""
id: kelurahan_kami
title: {{id: "Buku induk {"panjang " * 9}", en: "Our register"}}
sheets:
  - id: warga
    level: person
    columns:
      Nama{"_yang_sangat_panjang" * 4}: {{to: name, required: true}}
      No. KTP: nik
      JK: {{to: sex, labels: {{1: "L|Laki-laki|LAKI-LAKI|Pria", 2: "P|Perempuan"}}}}
      Catatan: {{ignore: "tidak dipakai"}}
"""
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ready(db: Any, settings: Any, tmp_path: Path) -> None:
    """The areas, and a data folder of its own."""
    settings.HOME = tmp_path / "home"
    areas.load(by=Actor.system("test"), under="32.01.02")


def faulty(path: Path) -> Path:
    rows = [made.opensid_row(person) for person in made.people(15)]
    rows[3]["nik"] = "32019001"
    rows[5]["nama"] = UGLY
    rows[7]["sex"] = "<script>alert(1)</script> " + "X" * 60
    return made.opensid_workbook(path, rows)


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_from_a_file_to_its_report(
    ready: None,
    tmp_path: Path,
    open_page: Callable[..., Page],
    look: Callable[[Page, str], None],
    viewport: dict[str, int],
) -> None:
    page = sign_in(open_page(viewport=viewport), LIST)

    look(page, "import-empty")
    page.get_by_label("Desa atau kelurahan").fill("cicadas")
    expect(page.get_by_role("radio").first).to_be_visible()
    look(page, "import-places")
    path = faulty(tmp_path / f"desa {'yang namanya panjang sekali ' * 2}& kami.xlsx")
    page.get_by_label("Berkas", exact=True).set_input_files(path)
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Kirim dan periksa").click()
    expect(page.get_by_text("perlu diperbaiki. Belum ada yang disimpan.")).to_be_visible()
    page.locator("summary").first.click()
    look(page, "import-preview")
    page.get_by_role("button", name="Impor sekarang").click()
    expect(page.get_by_text("Menunggu pekerja latar")).to_be_visible()
    look(page, "import-progress")
    call_command("db_worker", "--batch", "--no-startup-delay", verbosity=0)
    expect(page.get_by_text("Perbaiki dan kirim lagi")).to_be_visible()
    look(page, "import-report")
    page.get_by_role("link", name="Semua impor").click()
    expect(page.get_by_role("heading", name="Impor yang lalu")).to_be_visible()
    look(page, "import-list")
    page.go_back()
    expect(page.get_by_text("Perbaiki dan kirim lagi")).to_be_visible()


def test_a_refused_file_says_why(
    ready: None,
    tmp_path: Path,
    open_page: Callable[..., Page],
    fits: Callable[[Page], None],
    seen: Callable[[Page, str], None],
) -> None:
    path = tmp_path / "gambar.csv"
    path.write_text("a;b\n1;2\n", encoding="utf-8")
    page = sign_in(open_page(viewport=PHONE, script=False), LIST)
    page.get_by_label("Berkas", exact=True).set_input_files(path)
    page.get_by_role("button", name="Kirim dan periksa").click()
    expect(page.get_by_text("Kolomnya tidak dikenali")).to_be_visible()
    seen(page, "import-refused")
    fits(page)


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_column_mappings(
    ready: None,
    tmp_path: Path,
    open_page: Callable[..., Page],
    look: Callable[[Page, str], None],
    viewport: dict[str, int],
) -> None:
    page = sign_in(open_page(viewport=viewport), LIST)

    page.get_by_role("link", name="Pemetaan kolom sendiri").click()
    expect(page.get_by_text("Belum ada pemetaan yang disimpan")).to_be_visible()
    look(page, "mappings-empty")
    path = tmp_path / "peta.yaml"
    path.write_text(MAPPING, encoding="utf-8")
    page.get_by_label("Berkas pemetaan").set_input_files(path)
    page.get_by_role("button", name="Periksa dan simpan").click()
    expect(page.get_by_text("Pemetaan disimpan.")).to_be_visible()
    look(page, "mapping")
    page.get_by_label("Nama pemetaan").fill('Buku induk & "kami" <b>')
    page.get_by_role("button", name="Ganti nama").click()
    expect(page.get_by_role("heading", level=1)).to_have_text('Buku induk & "kami" <b>')
    page.get_by_role("link", name="Semua pemetaan").click()
    look(page, "mappings")
    page.locator("[data-row]").click()
    page.get_by_role("link", name="Hapus pemetaan").click()
    look(page, "mapping-delete")
    page.get_by_role("button", name="Hapus", exact=True).click()
    expect(page.get_by_text("Belum ada pemetaan yang disimpan")).to_be_visible()
    assert actions.queries.mappings() == []
