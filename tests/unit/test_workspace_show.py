"""A number in full: only with a purpose, on the trail, for a moment, and not too often."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from tests.fixtures import village_families as sample
from tests.fixtures.officers import sign_in

from dtks.delivery.workspace import purposes, showing
from dtks.foundation.accounts.models import Account
from dtks.foundation.areas import actions as areas
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.ledger.models import LedgerEvent
from dtks.registration.registry import queries as registry
from dtks.registration.registry.domain import FamilyPage

pytestmark = pytest.mark.django_db
BY_SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def family(db: Any) -> FamilyPage:
    areas.load(by=Actor.system(), under=sample.DISTRICT)
    sample.load(count=3)
    sample.load(count=1, village=sample.NEIGHBOUR, seed=2)
    row = next(row for row in registry.families(area=sample.VILLAGE).rows if row.kk_number)
    return registry.family(id=row.family_id)


@pytest.fixture
def officer(family: FamilyPage, client: Client) -> Client:
    sign_in(client, area=sample.VILLAGE)
    return client


def of_head(family: FamilyPage, **more: str) -> str:
    """Where the NIK of the first member is asked for."""
    assert family.head is not None
    return showing.address(showing.Asked(family.family_id, "nik", family.head.person_id), **more)


def trail(action: str = "registry.show") -> list[LedgerEvent]:
    return list(LedgerEvent.objects.filter(action=action).order_by("at", "id"))


def test_the_page_has_a_button_beside_every_masked_number(family: FamilyPage, officer: Client) -> None:
    html = officer.get(f"/petugas/keluarga/{family.family_id}/").content.decode()
    assert of_head(family).replace("&", "&amp;") in html
    assert f"/petugas/keluarga/{family.family_id}/tampilkan/nomor/?isi=kk_number" in html
    assert len(re.findall("data-show", html)) == 1 + sum(1 for m in family.members if m.facts["nik"])
    reader = Client()
    sign_in(reader, role="kepala-desa", area=sample.VILLAGE, username="kades")
    html = reader.get(f"/petugas/keluarga/{family.family_id}/").content.decode()
    assert "tampilkan/" not in html
    assert reader.get(of_head(family)).status_code == 403
    assert reader.post(of_head(family), {"keperluan": "pelayanan"}).status_code == 403
    assert trail() == []


def test_in_place_it_is_shown_for_a_purpose_and_recorded_without_the_number(
    family: FamilyPage, officer: Client
) -> None:
    assert family.head is not None
    nik = family.head.facts["nik"]
    form = officer.get(of_head(family), headers=BY_SCRIPT).content.decode()
    assert "<html" not in form
    assert nik not in form
    assert trail() == [], "asking shows nothing"
    answer = officer.post(of_head(family), {"keperluan": "pemadanan"}, headers=BY_SCRIPT)
    assert nik in answer.content.decode()
    assert 'data-vanish="60"' in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    (event,) = trail()
    assert (event.kind, event.purpose, event.area) == ("nik", "pemadanan", sample.VILLAGE)
    assert event.subject == str(family.head.person_id)
    assert event.account == str(Account.objects.get(username="operator").pk)
    kept = repr([vars(each) for each in LedgerEvent.objects.all()])
    assert nik not in kept
    assert family.head.facts["name"] not in kept


def test_without_a_script_it_is_shown_once(family: FamilyPage, officer: Client) -> None:
    kk = family.facts["kk_number"]
    asked = showing.Asked(family.family_id, "kk_number")
    back = f"wilayah={sample.VILLAGE}&urut=nama"
    address = showing.address(asked, back=back)
    assert "<html" in officer.get(address).content.decode()
    answer = officer.post(address, {"keperluan": "lainnya", "keterangan": "mencocokkan arsip lama"})
    assert answer.headers["Location"] == f"/petugas/keluarga/{family.family_id}/?{back}"
    assert kk not in answer.headers["Location"]
    stored = repr(dict(officer.session.items()))
    assert kk not in stored
    page = officer.get(answer.headers["Location"]).content.decode()
    assert kk in page
    assert '<noscript><meta http-equiv="refresh" content="60"></noscript>' in page
    assert kk not in officer.get(answer.headers["Location"]).content.decode(), "once"
    assert trail()[0].purpose == "lainnya: mencocokkan arsip lama"
    officer.post(address, {"keperluan": "pelayanan"})
    with time_machine.travel(timezone.now() + timezone.timedelta(seconds=61), tick=False):
        assert kk not in officer.get(answer.headers["Location"]).content.decode(), "it waits a minute at most"


def test_what_was_asked_for_is_not_shown_on_another_page(family: FamilyPage, officer: Client) -> None:
    other = next(
        row for row in registry.families(area=sample.VILLAGE).rows if row.family_id != family.family_id
    )
    officer.post(of_head(family), {"keperluan": "pelayanan"})
    page = officer.get(f"/petugas/keluarga/{other.family_id}/").content.decode()
    assert not re.search(r"(?<!\d)\d{16}(?!\d)", page)


@pytest.mark.parametrize(
    ("code", "text", "told"),
    [
        ("", "", "Pilih untuk keperluan apa"),
        ("iseng", "", "Pilih untuk keperluan apa"),
        ("lainnya", "", "paling sedikit 10 huruf"),
        ("lainnya", "   singkat  ", "paling sedikit 10 huruf"),
        ("lainnya", "untuk 3204910101800001 saja", "Jangan tulis nomor orang"),
        ("lainnya", "telepon 0812-9000-1234 itu", "Jangan tulis nomor orang"),
    ],
)
def test_without_a_purpose_nothing_is_shown(
    family: FamilyPage, officer: Client, code: str, text: str, told: str
) -> None:
    assert family.head is not None
    for headers in ({}, BY_SCRIPT):
        answer = officer.post(of_head(family), {"keperluan": code, "keterangan": text}, headers=headers)
        assert answer.status_code == 422
        assert told in answer.content.decode()
        assert family.head.facts["nik"] not in answer.content.decode()
    assert trail() == []


def test_every_purpose_of_the_list_does(family: FamilyPage) -> None:
    for code in purposes.PURPOSES:
        assert purposes.stated(code, "sepuluh huruf") is not None
        assert len(str(purposes.stated(code, "x" * 500))) <= 200


def test_too_many_in_an_hour_are_refused_and_recorded(family: FamilyPage, officer: Client) -> None:
    assert family.head is not None

    def ask(by: Client) -> Any:
        return by.post(of_head(family), {"keperluan": "pelayanan"}, headers=BY_SCRIPT)

    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(showing.LIMIT.tries):
            assert ask(officer).status_code == 200
        refused = ask(officer)
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) > 0
        assert "60 kali dalam satu jam" in refused.content.decode()
        assert family.head.facts["nik"] not in refused.content.decode()
        assert len(trail()) == showing.LIMIT.tries
        assert [event.kind for event in trail("registry.show_refused")] == ["nik"]
        other = Client()
        sign_in(other, area=sample.VILLAGE, username="lain")
        assert ask(other).status_code == 200
        clock.shift(int(refused.headers["Retry-After"]) + 1)
        later = Client()
        sign_in(later, role="dinsos-verifikator", area=sample.VILLAGE)
        assert ask(later).status_code == 200


def test_only_what_is_masked_of_the_very_family_can_be_asked_for(family: FamilyPage, officer: Client) -> None:
    base = f"/petugas/keluarga/{family.family_id}/tampilkan"
    assert family.head is not None
    person = family.head.person_id
    stranger = registry.family(id=registry.families(area=sample.NEIGHBOUR).rows[0].family_id)
    assert stranger.head is not None
    number, contact = f"{base}/nomor/", f"{base}/kontak/"
    for address in (
        number,
        f"{number}?isi=name&orang={person}",
        f"{number}?isi=chronic_illness&orang={person}",
        f"{number}?isi=nik",
        f"{number}?isi=nik&orang={uuid.uuid4()}",
        f"{number}?isi=nik&orang=x",
        f"{number}?isi=nik&orang={stranger.head.person_id}",
        f"{number}?isi=respondent_phone",
        f"{contact}?isi=kk_number",
        f"{contact}?isi=respondent_phone",
        of_head(stranger),
    ):
        for answer in (officer.get(address), officer.post(address, {"keperluan": "pelayanan"})):
            assert answer.status_code == 404, address
            assert not re.search(r"(?<!\d)\d{16}(?!\d)", answer.content.decode())
    assert trail() == []


def test_a_forged_form_shows_nothing(family: FamilyPage) -> None:
    strict = Client(enforce_csrf_checks=True)
    sign_in(strict, area=sample.VILLAGE)
    assert strict.post(of_head(family), {"keperluan": "pelayanan"}).status_code == 403
    assert Client().post(of_head(family)).headers["Location"].startswith("/masuk/")
