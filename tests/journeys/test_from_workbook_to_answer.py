"""The main job from end to end: a village's workbook with three mistakes becomes a citizen's answer.

Import → mend what is marked red → import again → determine → find the family in Cek Bansos → read why it is
(not) chosen, as its officer sees it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from dtks.cli.determine import determine_area
from dtks.foundation.areas import actions as areas
from dtks.foundation.ledger.domain import Actor
from tests.fixtures import intake_files as made

from .test_workspace_pages import sign_in

FAMILIES = 15
# Row of the first sheet that is broken, the column, what is wrong with it, and what the report calls it.
MISTAKES = (
    (3, "nik", "32019001", "NIK tidak sah"),
    (7, "sex", "X", "Kode atau label ini tidak ada"),
    (11, "tanggallahir", "31/02/1980", "Bukan tanggal yang ada"),
)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path / "home"


@pytest.fixture
def officer(page: Page) -> Page:
    areas.load(by=Actor.system(), under=made.VILLAGE[:5])
    return sign_in(page, "/petugas/impor/", role="dinsos-supervisor")


def workbook(path: Path, people: list[made.Made]) -> Path:
    rows = [made.opensid_row(person) for person in people]
    for row, column, wrong, _told in MISTAKES:
        rows[row][column] = wrong
    return made.opensid_workbook(path, rows)


def mended(path: Path, people: list[made.Made]) -> Path:
    """What the officer does with the downloaded report: put the right value into each red cell."""
    book = openpyxl.load_workbook(path)
    sheet = book["Data Penduduk"]
    headings = {str(cell.value): cell.column for cell in sheet[1]}
    names = {sheet.cell(number, headings["nama"]).value: number for number in range(2, sheet.max_row + 1)}
    assert len(names) == len(MISTAKES)
    for row, column, _wrong, _told in MISTAKES:
        right = made.opensid_row(people[row])[column]
        sheet.cell(names[people[row].name], headings[column]).value = right
    target = path.with_name("perbaikan.xlsx")
    book.save(target)
    return target


def bring_in(page: Page, path: Path) -> None:
    """Upload, look, confirm, and let the background worker do its work."""
    page.goto("/petugas/impor/")
    page.get_by_label("Berkas", exact=True).set_input_files(path)
    page.get_by_label("Desa atau kelurahan").fill(made.VILLAGE)
    page.get_by_role("button", name="Kirim dan periksa").click()
    page.get_by_role("button", name="Impor sekarang").click()
    expect(page.get_by_text("Menunggu pekerja latar")).to_be_visible()
    call_command("db_worker", "--batch", "--no-startup-delay", verbosity=0)
    expect(page.get_by_text("Selesai", exact=True)).to_be_visible(timeout=15_000)


def look_up(page: Page, name: str) -> None:
    page.goto(f"/?desa={made.VILLAGE}")
    page.get_by_label("5. Nama").fill(name)
    page.get_by_role("button", name="Cari nama").click()


def test_from_workbook_to_answer(
    officer: Page, tmp_path: Path, no_barriers: Callable[[Page], None], fits: Callable[[Page], None]
) -> None:
    page, people = officer, made.people(FAMILIES)
    broken = people[MISTAKES[0][0]]

    bring_in(page, workbook(tmp_path / "penduduk desa.xlsx", people))
    for _row, _column, wrong, told in MISTAKES:
        expect(page.get_by_role("row").filter(has_text=wrong).filter(has_text=told).first).to_be_visible()
    no_barriers(page)
    fits(page)
    look_up(page, broken.name)
    expect(page.get_by_text("belum diumumkan")).to_be_visible()

    page.goto("/petugas/impor/")
    page.get_by_role("link", name="penduduk desa.xlsx").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Unduh untuk diperbaiki").click()
    report = tmp_path / "laporan.xlsx"
    download.value.save_as(report)
    bring_in(page, mended(report, people))
    expect(page.get_by_text("Tidak ada masalah")).to_be_visible()

    determine_area(area=made.VILLAGE, period="2026-12")
    look_up(page, broken.name)
    expect(page.get_by_role("heading", name=broken.name)).to_be_visible()
    age = 2026 - broken.born.year - ((broken.born.month, broken.born.day) > (11, 24))
    expect(page.get_by_text(f"{age} tahun · Desa Cicadas")).to_be_visible()
    content = page.content()
    assert broken.nik not in content
    assert broken.kk not in content
    no_barriers(page)

    page.goto(f"/petugas/keluarga/?wilayah={made.VILLAGE}")
    page.get_by_label("Nama, NIK atau nomor KK").fill(broken.name)
    page.keyboard.press("Enter")
    page.locator("[data-row]").first.click()
    page.locator("#program summary").first.click()
    reasons = page.locator("#program details[open] li")
    expect(reasons.first).to_be_visible()
    assert {text.split(":")[0].strip() for text in reasons.all_inner_texts()} <= {
        "Terpenuhi", "Tidak terpenuhi", "Belum diketahui",
    }  # fmt: skip
    no_barriers(page)
    fits(page)
