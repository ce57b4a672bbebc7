"""The office cannot let itself into a citizen's account unseen: who is told, what is refused, what stays on
record."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db import transaction
from django.test import Client
from tests.fixtures import officers
from tests.unit import test_citizen_help as at_office
from tests.unit.test_citizen_help import NEAR, SAID, SYSTEM, THEIRS, form, page
from tests.unit.test_sign_in_citizens import NIK, OTHER, PHONE, VILLAGE, ask, come_in, last_code, messages

from dtks.foundation.accounts import actions, citizen_help, citizen_look_up
from dtks.foundation.accounts.models import Account, CitizenCode, TryCount
from dtks.foundation.accounts.signing_in import contacts, errors, limits
from dtks.foundation.kernel.nik import KkNumber, Nik
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.ledger.models import LedgerEvent
from dtks.registration.registry import actions as registry
from dtks.registration.registry.errors import Refused

# The same register, office and outbox as there.
register, outbox, siti, office = at_office.register, at_office.outbox, at_office.siti, at_office.office
OLD = Nik.compose(area_prefix="320491", birth_date=date(1990, 1, 6), sex=2, serial=8).value
OPERATOR = Actor("operator-a", "operator-desa", VILLAGE)


def of_office(action: str) -> list[tuple[Any, ...]]:
    found = LedgerEvent.objects.filter(action=f"accounts.{action}", kind="citizen").order_by("at", "id")
    return [(each.subject, each.area, each.role, each.detail or {}) for each in found]


def test_a_first_contact_is_told_to_those_that_the_register_knows(
    outbox: Path, office: Client, siti: Any, django_capture_on_commit_callbacks: Any
) -> None:
    assert "0812•••234" in page(office, f"/petugas/warga/{siti}/kontak/"), "the officer reads it beforehand"
    with django_capture_on_commit_callbacks(execute=True):
        answer = office.post(f"/petugas/warga/{siti}/kontak/", form(contact=OTHER, way="seen"))
    assert answer.status_code == 302
    (told,) = messages(outbox)
    assert told["to"] == "+6281290001234"
    assert "Kontak lain didaftarkan" in told["text"]
    assert "SITI" not in told["text"]
    assert OTHER not in told["text"]


def test_after_a_release_the_register_s_contact_is_told_of_the_next(
    client: Client, outbox: Path, siti: Any, django_capture_on_commit_callbacks: Any
) -> None:
    come_in(client, outbox)
    with django_capture_on_commit_callbacks(execute=True):
        citizen_help.release_contact(by=SYSTEM, person=siti, **SAID)
        citizen_help.register_contact(by=SYSTEM, person=siti, contact=OTHER, **SAID)
    assert [each["text"].split(".")[0] for each in messages(outbox)[1:]] == [
        "Kontak ini dilepas dari akun DTKS di kantor desa atau kelurahan",
        "Kontak lain didaftarkan di kantor desa/kelurahan untuk akun DTKS seorang anggota keluarga yang "
        "tercatat dengan kontak ini",
    ]


def test_the_register_s_own_contact_is_not_told_of_itself(
    outbox: Path, siti: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        citizen_help.register_contact(by=SYSTEM, person=siti, contact="+62 (0)812-9000-1234", **SAID)
        citizen_help.register_contact(by=SYSTEM, person=siti, contact=PHONE, **SAID)
    assert not outbox.exists()


@pytest.mark.parametrize("way", ["seen", "code"])
@pytest.mark.parametrize("whose", ["operator", "a colleague"])
@pytest.mark.parametrize("contact", ["+62 (0)857-1111-2222", "Petugas@Desa.id"])
def test_an_officers_contact_opens_no_citizens_account(
    office: Client, siti: Any, way: str, whose: str, contact: str, django_capture_on_commit_callbacks: Any,
    outbox: Path,
) -> None:  # fmt: skip
    officer = Account.objects.get(username="operator")
    if whose == "a colleague":
        officer = officers.account("rekan")
    kind = contacts.kind_of(contact)
    setattr(officer, kind, contact.lower())
    setattr(officer, f"{kind}_index", contacts.index(contact, kind))
    officer.save()
    with django_capture_on_commit_callbacks(execute=True):
        answer = office.post(f"/petugas/warga/{siti}/kontak/", form(contact=contact, way=way))
    assert answer.status_code == 422
    assert "akun petugas" in answer.content.decode()
    assert not Account.objects.filter(kind="citizen").exists()
    assert not CitizenCode.objects.exists()
    assert not outbox.exists()
    act = {"seen": "contact_register", "code": "contact_code"}[way]
    assert of_office("citizen_refused") == [
        (str(siti), VILLAGE, "operator-desa", {"act": act, "code": "DTKS-ACC-119"})
    ]


@pytest.mark.parametrize("known_by", ["nik", "person"])
def test_an_officer_is_a_citizen_too(siti: Any, known_by: str) -> None:
    actions.create_account(
        by=SYSTEM, username="siti", name="Siti", phone=OTHER, nik=NIK if known_by == "nik" else "",
        person=siti if known_by == "person" else None,
    )  # fmt: skip
    citizen_help.register_contact(by=OPERATOR, person=siti, contact=OTHER, **SAID)
    assert Account.objects.get(kind="citizen").phone == OTHER


def test_who_is_an_officer_no_more_is_a_citizen_like_others(siti: Any) -> None:
    made = actions.create_account(by=SYSTEM, username="dulu", name="Dulu", phone=OTHER)
    actions.close_account(by=SYSTEM, account=made.account, reason="pensiun")
    citizen_help.register_contact(by=OPERATOR, person=siti, contact=OTHER, **SAID)
    assert Account.objects.get(kind="citizen").phone == OTHER


MINE = Nik.compose(area_prefix="320491", birth_date=date(1991, 1, 5), sex=1, serial=9).value
WIFE = Nik.compose(area_prefix="320491", birth_date=date(1990, 1, 5), sex=2, serial=9).value


def load(day: int, *families: tuple[str, str, dict[str, str]]) -> None:
    """Families as they are from that day of June: (key, village, {NIK: name})."""
    born = {MINE: date(1991, 1, 5), WIFE: date(1990, 1, 5)}
    cards = []
    for key, village, _people in families:
        card = KkNumber.compose(area_prefix="320491", issued_on=date(2018, 6, 20), serial=int(key[1:]))
        cards.append({"family_key": key, "village": village, "kk_number": card.value})
    people = [
        {
            "family_key": key, "nik": nik, "name": name, "sex": 1 + (nik == WIFE), "birth_date": born[nik],
            "relation": 1 + 2 * (nik == WIFE), "status": 1, "member_no": 1 + (nik == WIFE),
        }
        for key, _village, members in families
        for nik, name in members.items()
    ]  # fmt: skip
    registry.load_people(
        by=SYSTEM, area="", source=f"uji-{day}", valid_from=date(2026, 6, day), people=pl.DataFrame(people),
        families=pl.DataFrame(cards),
    )  # fmt: skip


def is_barred(by: Actor, person: Any) -> bool:
    with pytest.raises(errors.OwnFamily):
        citizen_help.register_contact(by=by, person=person, contact=OTHER, **SAID)
    event = of_office("citizen_refused")[-1]
    assert event[0] == str(person)
    assert event[3] == {"act": "contact_register", "code": "DTKS-ACC-112"}
    return citizen_look_up.see(by=by, person=person).own


def test_the_register_takes_no_second_bearer_of_a_nik() -> None:
    """So one NIK tells one person; of a table that has two all the same, `kin` unites the families."""
    with pytest.raises(Refused):
        load(2, ("f8", VILLAGE, {MINE: "PETUGAS", WIFE: "ISTRI"}), ("f7", NEAR, {MINE: "KEMBAR"}))


@pytest.mark.parametrize("known_by", ["nik", "person"])
def test_a_move_to_another_card_does_not_open_the_own_family(siti: Any, known_by: str) -> None:
    load(2, ("f8", VILLAGE, {MINE: "PETUGAS", WIFE: "ISTRI"}))
    me = citizen_look_up.find(by=SYSTEM, nik=MINE)
    known = {"nik": MINE} if known_by == "nik" else {"person": me}
    made = actions.create_account(by=SYSTEM, username="petugas", name="Petugas", **known)
    by = Actor(str(made.account), "operator-desa", VILLAGE)
    wife = citizen_look_up.find(by=by, nik=WIFE)
    assert is_barred(by, wife)
    load(3, ("f7", NEAR, {MINE: "PETUGAS"}))
    assert citizen_look_up.find(by=SYSTEM, nik=MINE) == me
    assert is_barred(by, wife)
    assert not citizen_look_up.see(by=by, person=siti).own


def left_under_an_old_nik(client: Client, outbox: Path) -> Account:
    """Her account as it was made before the register mended her NIK."""
    come_in(client, outbox)
    account = Account.objects.get(kind="citizen")
    account.nik, account.nik_index, account.name = OLD, contacts.index(OLD, "nik"), "SITI"
    account.save()
    return account


def as_now(account: Account) -> None:
    kept = Account.objects.get(kind="citizen")
    assert kept.pk == account.pk
    assert (kept.nik, kept.nik_index, kept.name) == (NIK, contacts.index(NIK, "nik"), "SITI AMINAH")


def test_an_account_under_an_old_nik_is_seen_and_closed(
    client: Client, outbox: Path, office: Client, siti: Any
) -> None:
    account = left_under_an_old_nik(client, outbox)
    assert citizen_look_up.see(by=OPERATOR, person=siti).account == account.pk
    assert office.post(f"/petugas/warga/{siti}/tutup/", form()).status_code == 302
    assert not Account.objects.get(pk=account.pk).is_active
    assert client.get("/akun/").status_code == 302, "whoever was inside is out"


def test_a_contact_registered_for_it_brings_nik_and_name_of_now(
    client: Client, outbox: Path, siti: Any
) -> None:
    account = left_under_an_old_nik(client, outbox)
    citizen_help.register_contact(by=OPERATOR, person=siti, contact=OTHER, **SAID)
    as_now(account)
    assert Account.objects.get(pk=account.pk).phone == OTHER
    other = Client()
    come_in(other, outbox, contact=OTHER)
    assert other.session["_auth_user_id"] == str(account.pk)


def test_its_citizen_signs_in_with_the_nik_of_now(client: Client, outbox: Path) -> None:
    account = left_under_an_old_nik(client, outbox)
    other = Client()
    come_in(other, outbox)
    assert other.session["_auth_user_id"] == str(account.pk)
    as_now(account)
    sent = len(messages(outbox))
    ask(Client(), contact=OTHER)
    assert len(messages(outbox)) == sent, "another contact opens it no more than before"


def test_no_code_leaves_before_its_row_and_event_are_stored(
    outbox: Path, siti: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with (
        django_capture_on_commit_callbacks(execute=True),
        pytest.raises(RuntimeError),
        transaction.atomic(),
    ):
        citizen_help.send_code(by=OPERATOR, person=siti, contact=OTHER, **SAID)
        assert not outbox.exists()
        raise RuntimeError
    assert not outbox.exists()
    assert not CitizenCode.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        citizen_help.send_code(by=OPERATOR, person=siti, contact=OTHER, **SAID)
    assert [each["to"] for each in messages(outbox)] == ["+6281399990000"]


def test_a_contact_in_another_writing_opens_no_second_account(siti: Any) -> None:
    other = citizen_look_up.find(by=SYSTEM, nik=THEIRS)
    citizen_help.register_contact(by=SYSTEM, person=siti, contact="0812 7777 8888", **SAID)
    with pytest.raises(errors.CitizensContactTaken):
        citizen_help.register_contact(by=SYSTEM, person=other, contact="+62 (0)812-7777-8888", **SAID)
    with pytest.raises(errors.ContactUnusable):
        citizen_help.register_contact(by=SYSTEM, person=other, contact="siti@contoh.id,", **SAID)


@pytest.mark.parametrize(
    "slip", [{"papers": ""}, {"reason": ""}, {"contact": "0812"}], ids=["papers", "reason", "contact"]
)
def test_a_slip_in_the_form_costs_no_try(office: Client, siti: Any, slip: dict[str, str]) -> None:
    path = f"/petugas/warga/{siti}/kontak/"
    right = form(contact=OTHER, way="code")
    for way in ("code", "seen"):
        for _ in range(limits.OFFICE_CONTACT.tries + 1):
            assert office.post(path, right | {"way": way} | slip).status_code == 422
    assert not TryCount.objects.exists()
    assert office.post(path, right).status_code == 302


def test_whose_contact_it_is_can_be_asked_only_so_often(office: Client, siti: Any) -> None:
    """By either way: a refusal tells that the contact opens somebody's account."""
    other = citizen_look_up.find(by=SYSTEM, nik=THEIRS)
    citizen_help.register_contact(by=SYSTEM, person=other, contact=OTHER, **SAID)
    sent = form(contact=OTHER, way="seen")
    tries = limits.OFFICE_CODE.tries
    results = [office.post(f"/petugas/warga/{siti}/kontak/", sent).status_code for _ in range(tries + 1)]
    assert results == [422] * tries + [429]
    taken = (str(siti), VILLAGE, "operator-desa", {"act": "contact_register", "code": "DTKS-ACC-115"})
    assert of_office("citizen_refused") == [taken] * tries
    assert LedgerEvent.objects.get(action="accounts.locked_out").detail == {"by": "office"}
    kept = str(list(LedgerEvent.objects.values()))
    assert "81399990000" not in kept


def test_a_wrong_code_at_the_office_stays_on_record(
    outbox: Path, siti: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        key = citizen_help.send_code(by=OPERATOR, person=siti, contact=OTHER, **SAID)
    code = last_code(outbox)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for _ in range(5):
        with pytest.raises(errors.OfficeCodeWrong):
            citizen_help.confirm_contact(by=OPERATOR, person=siti, key=key, code=wrong)
    assert of_office("code_failed") == [(str(siti), VILLAGE, "operator-desa", {})] * 5
    with pytest.raises(errors.OfficeCodeWrong):
        citizen_help.confirm_contact(by=OPERATOR, person=siti, key=key, code=code)
