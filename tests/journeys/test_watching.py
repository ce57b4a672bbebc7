"""A citizen reads who saw the data and where to complain; the data protection officer judges unusual reading;
on a phone and on a desktop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from dtks.foundation.accounts.models import Account
from dtks.foundation.areas import actions as areas
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger.domain import Actor, Event
from dtks.foundation.privacy import unusual
from dtks.registration.registry import queries as registry
from tests.fixtures import officers, residents

from .conftest import DESKTOP, PHONE

VILLAGE = "32.01.02.2005"
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
VIEWPORTS = pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
Look = Callable[[Page, str], None]


@pytest.fixture
def place(db: Any) -> None:
    areas.load(by=Actor.system("test"), under="32.01.02")


def signed_in(page: Page, live_server: Any, key: str) -> Page:
    page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
    return page


def officer(name: str, role: str = "operator-desa", area: str = VILLAGE) -> Actor:
    return Actor(str(officers.account(name, name=f"Ibu {name.title()}").pk), role, area)


@VIEWPORTS
def test_a_citizen_reads_who_saw_the_data(
    place: None, open_page: Callable[..., Page], live_server: Any, look: Look, viewport: dict[str, int]
) -> None:
    residents.of(VILLAGE, count=2)
    row = registry.families(area=VILLAGE).rows[0]
    key = officers.session_cookie(role="warga", area=VILLAGE, username="warga-1", name="Warga Uji")
    Account.objects.filter(username="warga-1").update(
        person=row.head_id, kind="citizen", nik="x", nik_index=row.head_id
    )
    page = signed_in(open_page(viewport=viewport), live_server, key)
    page.goto("/warga/")
    page.get_by_role("link", name="Siapa yang melihat data saya").click()
    expect(page.get_by_text("Tidak ada yang melihat data Anda")).to_be_visible()
    look(page, "citizen-seen-empty")
    ledger.record(
        Event("registry.read_family", kind="family", subject=str(row.family_id), area=VILLAGE),
        Event("registry.show", kind="nik", subject=str(row.head_id), area=VILLAGE, purpose="pemadanan"),
        by=officer("operator"),
    )
    shown = Event("registry.list_families", kind="family", area="32.01", rows=(row.family_id,))
    ledger.record(shown, by=officer("verifikator", "dinsos-verifikator", "32.01"))
    page.reload()
    expect(page.get_by_text("Verifikator Dinas Sosial")).to_be_visible()
    expect(page.get_by_text("Mencocokkan dengan KTP atau KK")).to_be_visible()
    expect(page.get_by_text("Ibu Operator")).to_have_count(0)
    expect(page.get_by_role("button", name="Cetak")).to_be_visible()
    look(page, "citizen-seen")
    page.emulate_media(media="print")
    expect(page.get_by_role("link", name="Ada yang tidak wajar? Laporkan")).to_be_hidden()
    page.emulate_media(media="screen")
    page.get_by_role("link", name="Tiga bulan sebelumnya").click()
    expect(page.get_by_text("Tidak ada yang melihat data Anda")).to_be_visible()
    page.get_by_role("link", name="Tiga bulan sesudahnya").click()
    page.get_by_role("link", name="Ada yang tidak wajar? Laporkan").click()
    expect(page.get_by_role("heading", name="Ke mana sekarang")).to_be_visible()
    look(page, "citizen-complain")


@VIEWPORTS
def test_the_officer_judges_unusual_reading(
    place: None, open_page: Callable[..., Page], live_server: Any, look: Look, viewport: dict[str, int]
) -> None:
    residents.of(VILLAGE, count=2)
    row = registry.families(area=VILLAGE).rows[0]
    key = officers.session_cookie(role="ppdp", area="32.01", username="pejabat", name="Pejabat Uji")
    page = signed_in(open_page(viewport=viewport), live_server, key)
    page.goto("/petugas/privasi/pembacaan/")
    expect(page.get_by_text("Tidak ada yang menunggu Anda di sini")).to_be_visible()
    look(page, "privacy-readings-empty")
    page.get_by_role("link", name="Data yang dijaga khusus").click()
    look(page, "privacy-watching-empty")
    page.get_by_label("NIK").fill("3201029001010001")
    page.get_by_label("Alasan").fill("Pejabat yang sering diberitakan")
    page.get_by_role("button", name="Jaga data orang ini").click()
    expect(page.get_by_text("Tidak ada orang dengan NIK itu")).to_be_visible()
    look(page, "privacy-watching-refused")
    page.get_by_label("NIK").fill(str(row.head_nik))
    page.get_by_role("button", name="Jaga data orang ini").click()
    expect(page.get_by_text("Data orang itu sekarang dijaga.")).to_be_visible()
    look(page, "privacy-watching")

    yesterday = timezone.localdate() - timedelta(days=1)
    night = datetime.combine(yesterday, datetime.min.time(), timezone.get_current_timezone()) + timedelta(
        hours=1
    )
    subjects = [row.family_id, *(other.family_id for other in registry.families(area=VILLAGE).rows)]
    with patch("django.utils.timezone.now", return_value=night):
        events = [
            Event("registry.read_family", kind="family", subject=str(key), area=VILLAGE)
            for key in subjects * 5
        ]
        ledger.record(*events, by=officer("penasaran"))
    unusual.evaluate(yesterday)
    page.goto("/petugas/privasi/")
    expect(page.get_by_text("2 pembacaan menunggu keputusan Anda.")).to_be_visible()
    look(page, "privacy-home-readings")
    page.get_by_role("link", name="Periksa pembacaan").click()
    look(page, "privacy-readings")
    page.get_by_role("link", name="Dibaca malam hari").click()
    expect(page.get_by_text("Membuka data keluarga").first).to_be_visible()
    look(page, "privacy-reading")
    page.get_by_label("Wajar: sesuai tugasnya").check()
    page.get_by_label("Alasan").fill("ya")
    page.get_by_role("button", name="Simpan keputusan").click()
    expect(page.get_by_text("Tulis alasannya")).to_be_visible()
    look(page, "privacy-reading-refused")
    page.get_by_label("Alasan").fill("Posko banjir buka semalaman")
    page.get_by_role("button", name="Simpan keputusan").click()
    expect(page.get_by_text("Diputuskan: wajar.")).to_be_visible()
    page.locator("a[data-row]").first.click()
    page.get_by_label("Insiden: dicatat").check()
    page.get_by_label("Alasan").fill("Tidak ada tugas yang memerlukannya")
    page.get_by_role("button", name="Simpan keputusan").click()
    expect(page.get_by_text("Insiden dicatat dan jamnya berjalan")).to_be_visible()
    expect(page.get_by_label("Apa yang terjadi (wajib)")).to_have_value(
        f"Pembacaan data yang tidak wajar (Data yang dijaga khusus) pada {yesterday:%d-%m-%Y}. "
        "Tidak ada tugas yang memerlukannya"
    )
    page.goto("/petugas/privasi/pembacaan/?keadaan=all")
    look(page, "privacy-readings-decided")
