"""The data protection officer at work, on a phone and a computer: pages fit, bar nobody, say what to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Page, expect

from dtks.foundation.areas import actions as areas
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.privacy import breaches, consents
from dtks.foundation.privacy.breaches import Facts
from dtks.registration.registry import queries as registry
from tests.fixtures import officers, residents
from tests.fixtures.village_families import LONG_NAME

from .conftest import DESKTOP, PHONE

VILLAGE = "32.01.02.2005"
DPO = Actor("dpo", "ppdp")
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
VIEWPORTS = pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])


@pytest.fixture
def opened(db: Any, open_page: Callable[..., Page], live_server: Any) -> Callable[..., Page]:
    """A page for an officer who is signed in: by default the data protection officer of Bogor, with
    addresses below their own pages."""
    areas.load(by=Actor.system("test"), under="32.01.02")

    def make(viewport: dict[str, int], to: str, *, role: str = "ppdp", area: str = "32.01") -> Page:
        page = open_page(viewport=viewport)
        key = officers.session_cookie(role=role, area=area, username="pejabat", name="Pejabat Uji")
        page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        page.goto(to if to.startswith("/") else f"/petugas/privasi/{to}")
        return page

    return make


def moment(value: Any) -> str:
    return timezone.localtime(value).strftime("%Y-%m-%dT%H:%M")


@VIEWPORTS
def test_a_breach_from_the_alarm_to_the_letter(
    opened: Callable[..., Page], look: Callable[[Page, str], None], viewport: dict[str, int]
) -> None:
    page = opened(viewport, "insiden/")
    look(page, "privacy-breaches-empty")
    page.get_by_role("link", name="Catat insiden").first.click()
    page.get_by_label("Diketahui (wajib)").fill(moment(timezone.now() - timedelta(hours=5)))
    page.get_by_label("Apa yang terjadi (wajib)").fill(
        "Laptop desa yang " + "sangat" * 30 + " penting hilang"
    )
    page.get_by_label("Kode wilayah yang terdampak").fill("99.99")
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_role("alert")).to_contain_text("Wilayah tidak dikenal")
    look(page, "privacy-breach-form")
    page.get_by_label("Kode wilayah yang terdampak").fill(VILLAGE)
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_text("sisa 66 jam").first).to_be_visible()
    look(page, "privacy-breach")
    page.get_by_role("link", name="Lengkapi atau perbaiki").click()
    page.get_by_label("Apa yang berubah").fill("Caranya diketahui")
    page.get_by_label("Bagaimana data terungkap").fill("Diska tidak disandi")
    page.get_by_label("Kesehatan dan disabilitas").check()
    page.get_by_role("button", name="Simpan versi baru").click()
    expect(page.get_by_role("heading", name="Versi sebelumnya")).to_be_visible()
    page.locator("summary").first.click()
    look(page, "privacy-breach-versions")
    page.get_by_role("link", name="Surat: Orang yang terdampak").click()
    expect(page.get_by_text("Diska tidak disandi")).to_be_visible()
    look(page, "privacy-letter")
    page.go_back()
    page.get_by_label("Dikirim (WIB)").fill(moment(timezone.now() - timedelta(minutes=1)))
    page.get_by_label("Lewat").fill("pos tercatat")
    page.get_by_role("button", name="Catat pengiriman").click()
    expect(page.get_by_text("Pengiriman dicatat.")).to_be_visible()
    page.goto("/petugas/privasi/insiden/")
    look(page, "privacy-breaches")


@VIEWPORTS
def test_a_consent_from_the_family_to_its_end(
    opened: Callable[..., Page], look: Callable[[Page, str], None], viewport: dict[str, int]
) -> None:
    (person,) = residents.of(VILLAGE, count=1)
    family = registry.families(area=VILLAGE).rows[0].family_id
    page = opened(viewport, f"/petugas/keluarga/{family}/", role="operator-desa", area=VILLAGE)
    look(page, "privacy-family")
    page.get_by_role("link", name=f"Persetujuan {LONG_NAME.title()}").click()
    look(page, "privacy-consents-of-nobody-yet")
    page.locator("summary").first.click()
    page.get_by_role("radio").first.check()
    page.get_by_role("checkbox").check()
    look(page, "privacy-consent-new")
    page.get_by_role("button", name="Catat").click()
    expect(page.get_by_role("heading", name="Bukti persetujuan")).to_be_visible()
    look(page, "privacy-receipt")
    page.get_by_role("link", name="Persetujuan lainnya").click()
    expect(page.get_by_text("Sejak")).to_be_visible()
    look(page, "privacy-consents-of")
    page.get_by_role("link", name="Cabut Pemberitahuan").click()
    look(page, "privacy-consent-withdraw")
    page.get_by_role("button", name="Cabut").click()
    expect(page.get_by_text("Persetujuan ini sudah dicabut")).to_be_visible()
    look(page, "privacy-receipt-withdrawn")
    page.get_by_role("link", name="Kembali ke keluarga").click()
    expect(page.get_by_role("heading", name="Anggota keluarga")).to_be_visible()
    assert not consents.stands(person=person, purpose="messages")


@VIEWPORTS
def test_a_withdrawal_is_carried_out(
    opened: Callable[..., Page], look: Callable[[Page, str], None], viewport: dict[str, int]
) -> None:
    page = opened(viewport, "persetujuan/")
    look(page, "privacy-consents-empty")
    (person,) = residents.of(VILLAGE, count=1)
    line = consents.give(by=DPO, person=person, area=VILLAGE, purpose="messages", channel="office")
    consents.withdraw(by=DPO, consent=line.id, channel="letter")
    page.reload()
    look(page, "privacy-consents")
    page.get_by_role("link", name=line.number).click()
    look(page, "privacy-receipt-to-stop")
    page.get_by_label("Semuanya sudah dikerjakan").check()
    page.get_by_role("button", name="Catat selesai").click()
    expect(page.get_by_role("button", name="Catat selesai")).to_be_hidden()
    assert consents.to_stop() == []


@VIEWPORTS
def test_an_assessment_is_read_written_and_kept(
    opened: Callable[..., Page], look: Callable[[Page, str], None], viewport: dict[str, int]
) -> None:
    page = opened(viewport, "dpia/")
    look(page, "privacy-assessments-empty")
    page.get_by_role("link", name="Baca penilaian bawaan").click()
    look(page, "privacy-assessment-shipped")
    page.get_by_role("link", name="Pakai sebagai awal").click()
    look(page, "privacy-assessment-form")
    page.get_by_role("button", name="Simpan draf").click()
    expect(page.get_by_text("Draf disimpan.")).to_be_visible()
    look(page, "privacy-assessment")
    page.goto("/petugas/privasi/dpia/")
    look(page, "privacy-assessments")


@VIEWPORTS
def test_what_waits_what_is_due_and_what_is_processed(
    opened: Callable[..., Page], look: Callable[[Page, str], None], viewport: dict[str, int]
) -> None:
    page = opened(viewport, "")
    look(page, "privacy-home-empty")
    late = timezone.now() - timedelta(hours=79, minutes=30)
    breaches.report(by=DPO, facts=Facts(noticed_at=late, what="Uji", areas=(VILLAGE,)))
    (person,) = residents.of(VILLAGE, count=1)
    line = consents.give(by=DPO, person=person, area=VILLAGE, purpose="partner_sharing", channel="letter")
    consents.withdraw(by=DPO, consent=line.id, channel="letter")
    Session.objects.create(session_key="x" * 32, session_data="", expire_date=late - timedelta(days=3))
    page.reload()
    expect(page.get_by_text("terlambat 8 jam").first).to_be_visible()
    look(page, "privacy-home")
    page.get_by_role("link", name="Masa simpan").click()
    look(page, "privacy-retention-uncounted")
    page.get_by_role("button", name="Hitung yang sudah lewat").click()
    expect(page.get_by_text("Ada yang harus dimusnahkan")).to_be_visible()
    look(page, "privacy-retention")
    page.get_by_role("link", name="Catatan pemrosesan").click()
    look(page, "privacy-record")
