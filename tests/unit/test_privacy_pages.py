"""The pages of the data protection officer: only theirs, each form from beginning to end, nothing personal in
an address."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests.fixtures import officers, residents

from dtks.foundation.accounts.roles import ROLES, Permission
from dtks.foundation.areas import actions as areas
from dtks.foundation.kernel.area_codes import number_of
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.privacy import assessments, breaches, consents, watched, web
from dtks.foundation.privacy.breaches import Facts
from dtks.foundation.privacy.models import UnusualReading
from dtks.registration.registry import queries as registry

VILLAGE = "32.01.02.2005"
DPO = Actor("dpo", "ppdp")
pytestmark = pytest.mark.django_db


@pytest.fixture
def places(db: None) -> None:
    areas.load(by=Actor.system("test"), under="32.01.02")


@pytest.fixture
def person(places: None) -> uuid.UUID:
    """Somebody who lives in the village."""
    return residents.of(VILLAGE, count=1)[0]


@pytest.fixture
def officer(client: Client, places: None) -> Client:
    officers.sign_in(client, role="ppdp", area="32.01", username="ppdp")
    return client


def breach(**more: Any) -> uuid.UUID:
    now = timezone.now()
    known = {
        "noticed_at": now - timedelta(hours=2),
        "what": "Laptop desa hilang",
        "areas": (VILLAGE,),
        **more,
    }
    return breaches.report(by=DPO, facts=Facts(**known))


def consent(person: uuid.UUID) -> consents.Line:
    return consents.give(by=DPO, person=person, area=VILLAGE, purpose="messages", channel="office")


def addresses(person: uuid.UUID) -> dict[str, str]:
    """Every page of this package by name, with things that are there."""
    key, line = breach(), consent(person)
    series = assessments.write(by=DPO, content=assessments.shipped("id"), area="32.01")
    found = registry.person(id=person)
    assert found is not None and found.nik
    watch = watched.add(by=DPO, nik=found.nik, reason="Sering diberitakan")
    reading = UnusualReading.objects.create(
        account=str(officers.account("dilihat").pk), role="operator-desa", rule="night", day="2026-11-01",
        area=VILLAGE, area_number=number_of(VILLAGE), found_at=timezone.now(),
    )  # fmt: skip
    made = {"breach": key, "consent": line.id, "series": series, "to": "authority", "person": person}
    made |= {"reading": reading.pk, "watch": watch}
    pages = {}
    for pattern in web.urlpatterns:
        names = re.findall(r"<\w+:(\w+)>", str(pattern.pattern))
        pages[pattern.name] = reverse(f"privacy:{pattern.name}", kwargs={name: made[name] for name in names})
    return pages


TAKING = ("consents_of", "consent", "consent_withdraw")
"""Pages of those who work with people."""


def needed(name: str) -> Permission:
    return Permission.CONSENT_TAKE if name in TAKING else Permission.PRIVACY


def test_every_page_says_what_it_needs() -> None:
    for pattern in web.urlpatterns:
        assert pattern.callback.entrance.permission is needed(pattern.name), pattern.name


def test_every_role_but_the_officers_is_shut_out(person: uuid.UUID) -> None:
    pages = addresses(person)
    for number, role in enumerate(ROLES.values()):
        client = Client(raise_request_exception=True)
        officers.sign_in(client, role=role.id, area="32.01", username=f"u{number}")
        for name, address in pages.items():
            status = client.get(address).status_code
            if needed(name) in role.permissions:
                assert status in (200, 405), (role.id, address)
            else:
                assert status in (403, 405), (role.id, address)


def test_who_is_not_signed_in_is_led_to_the_door(client: Client, person: uuid.UUID) -> None:
    for address in addresses(person).values():
        answer = client.get(address)
        assert answer.status_code == 405 or (answer.status_code == 302 and "/masuk" in answer["Location"]), (
            address
        )


def test_another_regency_finds_nothing(client: Client, person: uuid.UUID) -> None:
    pages = addresses(person).values()
    officers.sign_in(client, role="ppdp", area="33.02", username="lain")
    for address in pages:
        status = client.get(address).status_code
        has_key = re.search(r"/[0-9a-f]{8}-", address)
        assert status in ((404, 405) if has_key else (200,)), address
    for page in ("insiden/", "persetujuan/", "dpia/", ""):
        answer = client.get(f"/petugas/privasi/{page}").content.decode()
        found = {f"{kind}-{rest}" for kind, rest in re.findall(r"(IN|PS)-(\d\d-[A-Z2-7]{8})", answer)}
        assert found <= {"PS-26-ABCDEFGH"}, page  # the example beside the field


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_page_opens_in_both_languages(officer: Client, person: uuid.UUID, language: str) -> None:
    pages = addresses(person).values()
    officer.cookies["django_language"] = language
    for address in pages:
        answer = officer.get(address)
        assert answer.status_code in (200, 405), address
        if answer.status_code == 200:
            assert f'lang="{language}"' in answer.content.decode()


def field(moment: Any) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def test_a_breach_from_its_report_to_the_letter_that_went_out(officer: Client) -> None:
    now = timezone.now()
    report = {"diketahui": field(now - timedelta(hours=1)), "apa": "Berkas tercecer <b>", "wilayah": VILLAGE}
    answer = officer.post("/petugas/privasi/insiden/baru/", report)
    assert answer.status_code == 302
    page = answer["Location"]
    text = officer.get(page).content.decode()
    assert "sisa 70 jam" in text and "Surat belum lengkap" in text and "Berkas tercecer &lt;b&gt;" in text
    more = {
        **report, "versi": "1", "perubahan": "dilengkapi", "mulai": field(now - timedelta(hours=3)),
        "bagaimana": "Diska lepas hilang", "penanganan": "Sandi diganti", "pemulihan": "Pelatihan",
        "data": ["identity_number", "health", "made_up"], "orang": "1.250", "pasti": "on",
    }  # fmt: skip
    assert officer.post(f"{page}koreksi/", more).status_code == 302
    text = officer.get(page).content.decode()
    assert "Surat belum lengkap" not in text and "1.250" in text and "Versi sebelumnya" in text
    letter = officer.get(f"{page}surat/subjects/").content.decode()
    for told in (
        "Diska lepas hilang",
        "Sandi diganti",
        "Pelatihan",
        "Kesehatan dan disabilitas",
        "Nomor identitas",
    ):
        assert told in letter
    assert "made_up" not in letter
    assert officer.get(f"{page}surat/friends/").status_code == 404
    sent = {"kepada": "subjects", "dikirim": field(now), "lewat": "pos tercatat", "jumlah": "1250"}
    assert officer.post(f"{page}terkirim/", sent).status_code == 302
    text = officer.get(page).content.decode()
    assert "pos tercatat" in text and text.count("sisa 70 jam") == 1


def test_the_letter_bears_the_day_of_the_place(officer: Client) -> None:
    """At 01.00 WIB the database's day is still yesterday."""
    with time_machine.travel(datetime(2026, 11, 24, 18, 0, tzinfo=UTC), tick=False):
        line = breach()
        officers.sign_in(officer, role="ppdp", area="32.01", username="ppdp-malam")
        text = officer.get(f"/petugas/privasi/insiden/{line}/surat/subjects/").content.decode()
    assert re.search(r"Tanggal:\s*25 November 2026", text)


def test_a_form_that_cannot_be_keeps_what_was_typed(officer: Client) -> None:
    given = {"diketahui": "kemarin", "apa": "Ada yang tercecer", "wilayah": "99.99", "orang": "banyak"}
    answer = officer.post("/petugas/privasi/insiden/baru/", given)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Ada yang tercecer" in text and "99.99" in text
    for name in ("diketahui", "wilayah", "orang"):
        assert f'href="#{name}"' in text
    future = {"diketahui": field(timezone.now() + timedelta(days=1)), "apa": "x", "wilayah": VILLAGE}
    answer = officer.post("/petugas/privasi/insiden/baru/", future)
    assert answer.status_code == 422 and "DTKS" not in answer["Location"] if "Location" in answer else True
    elsewhere = {"diketahui": field(timezone.now()), "apa": "x", "wilayah": ""}
    assert officer.post("/petugas/privasi/insiden/baru/", elsewhere).status_code == 422
    assert breaches.listed(by=DPO) == []


def test_two_who_correct_at_once_do_not_overwrite_each_other(officer: Client) -> None:
    key = breach()
    page = f"/petugas/privasi/insiden/{key}/koreksi/"
    given = {
        "diketahui": field(timezone.now() - timedelta(hours=2)),
        "apa": "x",
        "wilayah": VILLAGE,
        "versi": "1",
    }
    assert officer.post(page, {**given, "perubahan": "satu"}).status_code == 302
    answer = officer.post(page, {**given, "perubahan": "dua"})
    assert answer.status_code == 422 and "versi 2" in answer.content.decode()


def test_an_assessment_from_the_programs_own_to_its_signature(officer: Client) -> None:
    start = "/petugas/privasi/dpia/baru/?dari=dtks"
    text = officer.get(start).content.decode()
    values: dict[str, str] = dict(re.findall(r'<textarea[^>]*name="([\w-]+)"[^>]*>([^<]*)</textarea>', text))
    for name, body in re.findall(r'<select[^>]*name="([\w-]+)"[^>]*>(.*?)</select>', text, re.DOTALL):
        chosen = re.search(r"<option selected>(\d)</option>", body)
        assert chosen, name
        values[name] = chosen[1]
    values |= {"judul": "Dinas Sosial Uji", "versi": "0"}
    refused = officer.post(
        start, {**values, "tanda_tangan": "1", "jabatan": "Kepala", "tinjau": "2027-11-01"}
    )
    assert refused.status_code == 422 and "saran pejabat" in refused.content.decode()
    draft = officer.post(start, {**values, "draf": "1"})
    assert draft.status_code == 302
    page = draft["Location"]
    assert "draf" in officer.get(page).content.decode()
    signed = officer.post(
        f"{page}lanjut/",
        {
            **values,
            "versi": "1",
            "saran": "Cadangkan",
            "tanda_tangan": "1",
            "jabatan": "Kepala",
            "tinjau": "2027-11-01",
        },
    )
    assert signed.status_code == 302
    text = officer.get(page).content.decode()
    assert "ditandatangani" in text and "1 November 2027" in text
    assert "Ini versi lama" in officer.get(f"{page}?versi=1").content.decode()


def test_the_page_of_retention_shows_what_is_due(officer: Client) -> None:
    from django.contrib.sessions.models import Session

    plain = officer.get("/petugas/privasi/retensi/").content.decode()
    assert "Hitung yang sudah lewat" in plain and "Berkas unggahan" in plain
    assert "1 jam sejak diunggah" in plain and "beberapa menit" in plain
    before = officer.post("/petugas/privasi/retensi/").content.decode()
    assert "Tidak ada yang lewat masa simpannya" in before
    Session.objects.create(
        session_key="x" * 32, session_data="", expire_date=timezone.now() - timedelta(days=3)
    )
    assert "./dtks privacy retention --run" in officer.post("/petugas/privasi/retensi/").content.decode()


def test_no_link_makes_the_page_of_retention_count(officer: Client) -> None:
    with CaptureQueriesContext(connection) as asked:
        page = officer.get("/petugas/privasi/retensi/?hitung=1").content.decode()
    assert "Hitung yang sudah lewat" in page and "csrfmiddlewaretoken" in page
    assert not [each["sql"] for each in asked if "COUNT(" in each["sql"] and "expire_date" in each["sql"]]
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = officer.cookies
    assert strict.post("/petugas/privasi/retensi/").status_code == 403
