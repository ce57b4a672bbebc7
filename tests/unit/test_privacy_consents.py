"""Consents are taken from people of the register by those who work with them, and go where the people go."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl
import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from tests.fixtures import officers, residents
from tests.fixtures import village_families as sample
from tests.fixtures.database import THE_OTHER_PARAMETER

from dtks.foundation.accounts.errors import NotAllowed
from dtks.foundation.accounts.roles import ROLES, Permission
from dtks.foundation.areas import actions as areas
from dtks.foundation.ledger import queries as ledger
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.privacy import consents, files
from dtks.foundation.privacy.errors import AgeUnknown, ChildCannotConsent, ConsentUnknown, NotResident
from dtks.foundation.privacy.models import Consent
from dtks.foundation.scope.current import limited_to, without_scope
from dtks.foundation.scope.errors import OutsideScope
from dtks.registration.registry import actions, queries
from dtks.registration.registry.models import PersonDemographics

HERE, THERE = sample.VILLAGE, sample.NEIGHBOUR
OPERATOR, NEIGHBOUR = Actor("ibu", "operator-desa", HERE), Actor("bapak", "operator-desa", THERE)
DPO = Actor("dpo", "ppdp", "32.04")


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=[pytest.mark.django_db, THE_OTHER_PARAMETER]),
        pytest.param("postgresql", marks=pytest.mark.postgres),
    ]
)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each test runs on both."""
    if request.param == "postgresql":
        request.getfixturevalue("postgres")
    areas.load(by=Actor.system(), under=sample.DISTRICT)
    yield request.param


@pytest.fixture
def person(database: str) -> uuid.UUID:
    """The head of the only family of the village."""
    return residents.of(HERE, count=1)[0]


def give(person: uuid.UUID, *, by: Actor = OPERATOR, **more: Any) -> consents.Line:
    values = {"area": HERE, "purpose": "messages", "channel": "office", **more}
    return consents.give(by=by, person=person, **values)


def load(families: pl.DataFrame, people: pl.DataFrame) -> None:
    """What a later file says."""
    actions.load_people(
        by=Actor.system(), area=sample.DISTRICT, families=families, people=people, source="uji",
        valid_from=date(2026, 11, 1),
    )  # fmt: skip


def move() -> None:
    """The family is recorded again, in another village."""
    families, people = sample.frames(count=1, village=HERE, seed=1)
    load(families.with_columns(village=pl.lit(THERE), domicile_village=pl.lit(THERE)), people)


def family_of(person: uuid.UUID) -> uuid.UUID:
    found = queries.person(id=person)
    assert found is not None
    return found.family_id


def test_one_permission_lets_take_consents(person: uuid.UUID) -> None:
    for role in ROLES.values():
        actor = Actor("a", role.id, HERE)
        if Permission.CONSENT_TAKE in role.permissions:
            line = give(person, by=actor)
            assert consents.get(by=actor, consent=line.id).number == line.number
            assert [each.id for each in consents.of_person(by=actor, person=person)[1]] == [line.id]
            consents.withdraw(by=actor, consent=line.id, channel="office")
            continue
        line = give(person)
        with pytest.raises(NotAllowed):
            give(person, by=actor, purpose="research_contact")
        with pytest.raises(NotAllowed):
            consents.get(by=actor, consent=line.id)
        with pytest.raises(NotAllowed):
            consents.of_person(by=actor, person=person)
        with pytest.raises(NotAllowed):
            consents.withdraw(by=actor, consent=line.id, channel="office")
        consents.withdraw(by=OPERATOR, consent=line.id, channel="office")


def test_only_who_lives_in_the_village_can_consent_there(person: uuid.UUID) -> None:
    for made_up in (
        lambda: give(uuid.uuid4()),
        lambda: give(person, by=NEIGHBOUR, area=THERE),
        lambda: give(family_of(person)),
    ):
        with pytest.raises(NotResident, match="DTKS-PRIV-014"):
            made_up()
    with limited_to(THERE):
        with pytest.raises(OutsideScope):
            give(person)
        with pytest.raises(NotResident):
            give(person, area=THERE)
        with pytest.raises(NotResident):
            consents.of_person(by=NEIGHBOUR, person=person)
    assert not Consent.objects.exists()
    assert ledger.events(subject=str(person)) == []


def test_the_dead_consent_to_nothing_but_what_they_said_can_be_ended(person: uuid.UUID) -> None:
    line = give(person)
    families, people = sample.frames(count=1, village=HERE, seed=1)
    dead = people.with_columns(status=pl.when(pl.col("member_no") == 1).then(2).otherwise("status"))
    load(families, dead)
    with pytest.raises(NotResident):
        give(person, purpose="research_contact")
    resident, lines = consents.of_person(by=OPERATOR, person=person)
    assert not resident.alive and [each.id for each in lines] == [line.id]
    consents.withdraw(by=OPERATOR, consent=line.id, channel="letter")


def born(day: date | None) -> None:
    """A later file says when the head was born; None: its field is empty."""
    families, people = sample.frames(count=1, village=HERE, seed=1)
    head = pl.col("member_no") == 1
    load(families, people.with_columns(birth_date=pl.when(head).then(pl.lit(day)).otherwise("birth_date")))


def forget_birth(person: uuid.UUID) -> None:
    """Nobody knows when the person was born (an empty field of a later file keeps what was known)."""
    assert PersonDemographics.objects.filter(person_id=person).update(birth_date=None)


def test_for_a_child_only_a_parent_or_guardian_agrees(person: uuid.UUID) -> None:
    born(date(2008, 11, 25))
    with time_machine.travel("2026-11-24T16:30:00Z", tick=False):  # 23.30 WIB: 17 for half an hour more
        with pytest.raises(ChildCannotConsent, match="DTKS-PRIV-015"):
            give(person, agreed_by="self", asked_age=True)
        assert not Consent.objects.exists()
        give(person, agreed_by="parent")
        give(person, purpose="partner_sharing", agreed_by="guardian")
    with time_machine.travel("2026-11-24T17:30:00Z", tick=False):  # 00.30 WIB of the birthday
        give(person, purpose="research_contact", agreed_by="self")


def test_whose_age_nobody_knows_is_asked(person: uuid.UUID) -> None:
    forget_birth(person)
    with pytest.raises(AgeUnknown, match="DTKS-PRIV-016"):
        give(person)
    give(person, agreed_by="guardian")
    give(person, purpose="partner_sharing", asked_age=True)


def test_what_stands_for_one_person_is_listed_and_the_reading_recorded(person: uuid.UUID) -> None:
    first = give(person)
    second = give(person, purpose="partner_sharing")
    consents.withdraw(by=OPERATOR, consent=first.id, channel="office")
    resident, lines = consents.of_person(by=OPERATOR, person=person)
    assert [line.id for line in lines] == [second.id]
    known = queries.person(id=person)
    assert known is not None and known.nik is not None
    assert (resident.name, resident.village) == (known.name, HERE)
    assert resident.masked_nik == f"{known.nik[:4]}********{known.nik[-4:]}"
    event = ledger.events(subject=str(person))[0]
    assert (event.action, event.kind, event.area, event.count) == ("privacy.consent.list", "person", HERE, 1)


def test_consents_go_with_the_person_to_the_village_where_they_live_now(person: uuid.UUID) -> None:
    line = give(person)
    move()
    with without_scope(), limited_to(HERE):
        assert not consents.stands(person=person, purpose="messages")
        with pytest.raises(ConsentUnknown):
            consents.get(by=OPERATOR, consent=line.id)
        with pytest.raises(NotResident):
            consents.of_person(by=OPERATOR, person=person)
        with pytest.raises(NotResident):
            give(person, purpose="research_contact")
    with without_scope(), limited_to(THERE):
        resident, (found,) = consents.of_person(by=NEIGHBOUR, person=person)
        assert (resident.village, found.id, found.area) == (THERE, line.id, HERE)
        assert consents.get(by=NEIGHBOUR, consent=line.id).code == line.code
        give(person, by=NEIGHBOUR, area=THERE, purpose="research_contact")
        consents.withdraw(by=NEIGHBOUR, consent=line.id, channel="office")
        assert not consents.stands(person=person, purpose="messages")
        there = [event.area for event in ledger.events(subject=str(person))]
        assert there == [THERE] * 4  # withdrawn, given, read, listed
    consents.stopped(by=DPO, consent=line.id)


# The pages


def signed_in(role: str, area: str, **more: Any) -> Client:
    client = Client()
    officers.sign_in(client, role=role, area=area, username=f"{role}.{area}", **more)
    return client


def family_page(person: uuid.UUID) -> str:
    return reverse("workspace:family", args=[family_of(person)])


def page_of(person: uuid.UUID) -> str:
    return reverse("privacy:consents_of", args=[person])


FORM = {"tujuan": "messages", "oleh": "parent", "jalur": "visit", "setuju": "on"}
RECEIPT = re.compile(r"PS-\d\d-[A-Z2-7]{8}")


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


def visible(text: str) -> str:
    """What a person reads of a page: no tags, so no addresses."""
    return re.sub(r"<[^>]+>", " ", text)


def test_from_the_family_to_the_end_of_a_consent(person: uuid.UUID) -> None:
    family = family_page(person)
    village, privacy = signed_in("operator-desa", HERE), signed_in("ppdp", "32.04")
    assert f'href="{page_of(person)}"' in text_of(village.get(family))
    text = text_of(village.get(page_of(person)))
    for words in files.consent_texts():
        assert words.sections["rights"].id in text.replace("&#x27;", "'")
    assert (
        sample.LONG_NAME.title() in text and "Cileunyi Kulon" in text and f'href="{family}#anggota"' in text
    )
    assert str(person) not in visible(text) and '<nav class="no-print mb-4' not in text
    assert not re.search(r"(?<!\d)\d{16}(?!\d)", text)
    unread = village.post(page_of(person), {key: FORM[key] for key in ("tujuan", "oleh", "jalur")})
    assert unread.status_code == 422 and 'value="messages" required checked' in unread.content.decode()
    assert village.post(page_of(person), {**FORM, "tujuan": "registration"}).status_code == 422
    receipt = village.post(page_of(person), FORM)["Location"]
    assert str(person) not in receipt
    text = text_of(village.get(receipt))
    code, number = re.search(r"tracking-widest\">([A-Z2-7]{8})<", text), RECEIPT.search(text)
    assert code and number and "orang tuanya" in text and sample.LONG_NAME.title() in text
    assert str(person) not in visible(text)
    listed = text_of(village.get(page_of(person)))
    assert number[0] in listed and 'value="messages"' not in listed and f'href="{receipt}cabut/"' in listed
    assert village.post(page_of(person), FORM).status_code == 422  # it stands already

    found = text_of(privacy.post(reverse("privacy:consents"), {"nomor": number[0].lower(), "kode": code[1]}))
    assert "Bukti ini asli" in found
    for odd in ("É", "ＡＢＣＤＥＦＧＨ"):
        typed = privacy.post(reverse("privacy:consents"), {"nomor": number[0], "kode": odd})
        assert "Kode tidak cocok" in text_of(typed), "a letter beyond ASCII is a wrong code, no fault"
    wrong = privacy.post(reverse("privacy:consents"), {"nomor": number[0], "kode": "AAAAAAAA"})
    assert "Kode tidak cocok" in text_of(wrong)

    assert "Berhenti mengirim pesan" in text_of(village.get(f"{receipt}cabut/"))
    assert consents.stands(person=person, purpose="messages")
    assert village.post(f"{receipt}cabut/", {"jalur": "phone"}).status_code == 302
    assert not consents.stands(person=person, purpose="messages")
    ended = text_of(village.get(receipt))
    assert "Catat selesai" not in ended and "Pejabat pelindungan data pribadi mencatatnya" in ended
    assert village.post(f"{receipt}selesai/", {"selesai": "on"}).status_code == 403
    assert number[0] in text_of(privacy.get("/petugas/privasi/"))
    assert "Catat selesai" in text_of(privacy.get(receipt))
    privacy.post(f"{receipt}selesai/", {})
    assert consents.to_stop()
    privacy.post(f"{receipt}selesai/", {"selesai": "on"})
    assert consents.to_stop() == []


def test_the_form_offers_for_a_child_only_parent_and_guardian(person: uuid.UUID) -> None:
    client = signed_in("operator-desa", HERE)
    assert 'value="self"' in text_of(client.get(page_of(person)))
    born(date(2022, 5, 1))
    text = text_of(client.get(page_of(person)))
    assert 'value="self"' not in text and 'value="parent"' in text and 'value="guardian"' in text
    assert "belum 18 tahun" in text
    refused = client.post(page_of(person), {**FORM, "oleh": "self"})
    assert refused.status_code == 422 and "orang tua atau wali yang menyetujui" in refused.content.decode()
    assert not Consent.objects.exists()
    assert client.post(page_of(person), FORM).status_code == 302


def test_the_form_asks_for_an_unknown_age(person: uuid.UUID) -> None:
    client = signed_in("operator-desa", HERE)
    assert 'name="umur"' not in text_of(client.get(page_of(person)))
    forget_birth(person)
    assert 'name="umur"' in text_of(client.get(page_of(person)))
    refused = client.post(page_of(person), {**FORM, "oleh": "self"})
    assert refused.status_code == 422 and 'href="#umur"' in refused.content.decode()
    assert client.post(page_of(person), {**FORM, "oleh": "self", "umur": "on"}).status_code == 302


def test_the_form_says_that_the_controller_is_not_written(person: uuid.UUID) -> None:
    text = text_of(signed_in("operator-desa", HERE).get(page_of(person)))
    assert "Pengendali belum ditulis" in text


@pytest.mark.parametrize("role", ["operator-desa", "pendata", "dinsos-verifikator", "dinsos-supervisor"])
def test_those_who_work_with_people_reach_their_consents(role: str, person: uuid.UUID) -> None:
    client = signed_in(role, HERE)
    family = text_of(client.get(family_page(person)))
    assert family.count("/petugas/privasi/persetujuan/orang/") == len(
        queries.family(id=family_of(person)).members
    )
    assert sample.LONG_NAME.title() in text_of(client.get(page_of(person)))


@pytest.mark.parametrize("role", ["kepala-desa", "auditor", "dinsos-kepala"])
def test_who_only_reads_families_is_offered_no_consents(role: str, person: uuid.UUID) -> None:
    client = signed_in(role, HERE)
    assert "/petugas/privasi/" not in text_of(client.get(family_page(person)))
    assert client.get(page_of(person)).status_code == 403


def test_the_data_protection_officer_is_told_where_and_sees_no_whole_name(person: uuid.UUID) -> None:
    line = give(person)
    client = signed_in("ppdp", "32.04")
    register = text_of(client.get(reverse("privacy:consents")))
    assert "memilih Persetujuan pada anggota itu" in register and "Kunci orang" not in register
    for address in (page_of(person), reverse("privacy:consent", args=[line.id])):
        text = text_of(client.get(address))
        assert "R**** A****" in text and "Wulandari" not in text and str(person) not in visible(text)
        assert "/petugas/keluarga/" not in text


def test_another_village_finds_nobody(person: uuid.UUID) -> None:
    client = signed_in("operator-desa", THERE)
    assert client.get(page_of(person)).status_code == client.get(page_of(uuid.uuid4())).status_code == 404
    assert client.post(page_of(person), FORM).status_code == 404
    assert not Consent.objects.exists()


def test_who_moved_here_is_found_with_what_they_agreed_to(person: uuid.UUID) -> None:
    line = give(person)
    move()
    client = signed_in("operator-desa", THERE)
    family = text_of(client.get(family_page(person)))
    assert page_of(person) in family
    assert line.number in text_of(client.get(page_of(person)))
    receipt = reverse("privacy:consent", args=[line.id])
    assert "Cileunyi Kulon" in text_of(client.get(receipt))  # where they lived then
    assert client.post(f"{receipt}cabut/", {"jalur": "office"}).status_code == 302
    assert Consent.objects.get(pk=line.id).withdrawn_at is not None


def test_when_everything_is_agreed_to_no_form_is_offered(person: uuid.UUID) -> None:
    for purpose in consents.purposes():
        give(person, purpose=purpose)
    text = text_of(signed_in("operator-desa", HERE).get(page_of(person)))
    assert "Semua tujuan sudah disetujui" in text and 'name="setuju"' not in text
