"""Sign-in at an institution is prepared by one account manager for a new account, by two for one in use."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone
from tests.fixtures import officer_areas as places
from tests.fixtures import officers as people
from tests.fixtures.officer_areas import FAR_VILLAGE, HERE, THERE, VILLAGE

from dtks.foundation.accounts import errors, second_person
from dtks.foundation.accounts.models import Account, PreparedSignIn, ResetRequest
from dtks.foundation.accounts.signing_in import preparing
from dtks.foundation.accounts.signing_in.errors import (
    NothingAsked,
    SecondPersonNeeded,
    SubjectTaken,
    SubjectWrong,
    UnknownInstitution,
)
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.ledger.models import LedgerEvent
from dtks.foundation.scope.current import limited_to, without_scope

register = places.register
AT = {"institution": "dinsos-uji", "reason": "SK 12/2026"}
SUBJECT, OTHER = "pegawai-7f3a", "pegawai-9c1e"


@pytest.fixture(autouse=True)
def institution(settings: Any, tmp_path: Path) -> Path:
    """One institution is configured. Value: the file."""
    entry = {
        "id": "dinsos-uji", "name": "Dinas Sosial Uji", "server": "https://sso.example.go.id/realms/asn",
        "client_id": "dtks", "client_secret": "rahasia", "claim": "nip",
    }  # fmt: skip
    path = tmp_path / "oidc.json"
    path.write_text(json.dumps([entry]), "utf-8")
    settings.OIDC_FILE = str(path)
    return path


@pytest.fixture
def siti(register: str) -> Account:
    """An officer whose account nobody has used yet."""
    return officer("siti")


def officer(username: str, role: str = "operator-desa", area: str = VILLAGE) -> Any:
    account = people.account(username, name=f"Ibu {username.title()}")
    people.grant(account, role, area)
    return account


def manager(username: str, area: str = HERE) -> Actor:
    return places.actor(username, "admin-daerah", area)


def used(account: Any) -> None:
    """Its holder has signed in."""
    Account.objects.filter(pk=account.pk).update(last_login=timezone.now())


def subject_of(account: Any) -> str | None:
    found = PreparedSignIn.objects.filter(account=account).first()
    return found.subject if found else None


def waiting(account: uuid.UUID) -> uuid.UUID:
    """The key of the request that waits for the account; of none, when there is none."""
    with without_scope(), limited_to(""):
        found = ResetRequest.objects.filter(account=account, done_at=None).first()
    return found.pk if found else uuid.uuid4()


def events(account: Any) -> list[tuple[str, str]]:
    rows = LedgerEvent.objects.filter(subject=str(account.pk)).exclude(action="accounts.read_sign_in")
    return list(rows.order_by("at", "id").values_list("action", "account"))


def test_for_an_account_that_nobody_has_used_one_person_is_enough(siti: Any) -> None:
    by = manager("satu")
    assert preparing.prepare(by=by, account=siti.pk, subject=f" {SUBJECT} ", **AT)
    assert subject_of(siti) == SUBJECT
    assert preparing.prepare(by=by, account=siti.pk, subject=SUBJECT, **AT), "the same again changes nothing"
    assert events(siti) == [("accounts.prepare_sign_in", by.account)]
    assert preparing.withdraw(by=by, account=siti.pk, **AT)
    assert not preparing.withdraw(by=by, account=siti.pk, **AT)
    assert events(siti)[1:] == [("accounts.withdraw_sign_in", by.account)]
    assert LedgerEvent.objects.get(action="accounts.prepare_sign_in").detail == {
        "institution": "dinsos-uji", "reason": "SK 12/2026",
    }  # fmt: skip


def session_of(account: Any) -> str:
    client = Client()
    client.force_login(account)
    UserSession.objects.create(
        user=account, ip="127.0.0.1", session_key=client.session.session_key, user_agent="uji"
    )
    Account.objects.filter(pk=account.pk).update(last_login=None)
    return str(client.session.session_key)


@pytest.mark.parametrize("how", ["signed in", "factor", "session"])
def test_to_an_account_in_use_two_persons_add_somebody(siti: Any, how: str) -> None:
    first, second = manager("satu"), manager("dua")
    if how == "factor":
        Authenticator.objects.create(user=siti, type="totp", data={})
    elif how == "session":
        session_of(siti)
    else:
        used(siti)
    assert not preparing.prepare(by=first, account=siti.pk, subject=SUBJECT, **AT)
    assert subject_of(siti) is None
    with pytest.raises(SecondPersonNeeded):
        preparing.agree(by=first, account=siti.pk, request=waiting(siti.pk), reason="SK 12")
    assert subject_of(siti) is None
    _, asked = preparing.of(by=second, account=siti.pk)
    assert asked is not None
    assert (asked.subject, asked.request.by, asked.request.may_agree) == (SUBJECT, first.account, True)
    agreed = preparing.agree(by=second, account=siti.pk, request=waiting(siti.pk), reason="dicek di BKD")
    assert agreed == "dinsos-uji"
    assert subject_of(siti) == SUBJECT
    assert events(siti) == [
        ("accounts.request_sign_in", first.account), ("accounts.prepare_sign_in", second.account),
    ]  # fmt: skip
    with pytest.raises(NothingAsked):
        preparing.agree(by=second, account=siti.pk, request=waiting(siti.pk), reason="sekali lagi")


def test_a_replaced_subject_needs_two_and_ends_the_sessions(siti: Any) -> None:
    first, second = manager("satu"), manager("dua")
    preparing.prepare(by=first, account=siti.pk, subject=SUBJECT, **AT)
    assert not preparing.prepare(by=first, account=siti.pk, subject=OTHER, **AT)
    assert subject_of(siti) == SUBJECT
    key = session_of(siti)
    preparing.agree(by=second, account=siti.pk, request=waiting(siti.pk), reason="NIP berubah")
    assert subject_of(siti) == OTHER
    assert not Session.objects.filter(pk=key).exists(), "who came in under the old subject is out"


def test_withdrawing_first_is_no_way_around_the_second_person(siti: Any) -> None:
    by = manager("satu")
    preparing.prepare(by=by, account=siti.pk, subject=SUBJECT, **AT)
    used(siti)
    preparing.withdraw(by=by, account=siti.pk, **AT)
    assert not preparing.prepare(by=by, account=siti.pk, subject=OTHER, **AT)
    assert subject_of(siti) is None


def test_an_administrator_is_prepared_by_two_though_never_used(register: str) -> None:
    first, second = (places.actor(name, "administrator") for name in ("satu", "dua"))
    third = uuid.UUID(places.actor("tiga", "administrator").account)
    assert not preparing.prepare(by=first, account=third, subject=SUBJECT, **AT)
    preparing.agree(by=second, account=third, request=waiting(third), reason="SK 3")
    assert PreparedSignIn.objects.get().account_id == third


def test_the_first_administrator_is_prepared_from_the_server(register: str) -> None:
    first = uuid.UUID(places.actor("satu", "administrator").account)
    assert preparing.prepare(by=Actor.system("cli"), account=first, subject=SUBJECT, **AT)


def test_the_server_asks_as_well_and_is_nobodys_second(siti: Any) -> None:
    server, by = Actor.system("cli"), manager("satu")
    used(siti)
    assert not preparing.prepare(by=server, account=siti.pk, subject=SUBJECT, **AT)
    preparing.decline(by=by, account=siti.pk, request=waiting(siti.pk), reason="tidak dikenal")
    assert not preparing.prepare(by=by, account=siti.pk, subject=SUBJECT, **AT)
    with pytest.raises(SecondPersonNeeded):
        preparing.agree(by=server, account=siti.pk, request=waiting(siti.pk), reason="dtks user")
    assert subject_of(siti) is None


def test_a_second_account_of_the_same_person_is_no_second_person(siti: Any) -> None:
    first, second, third = manager("satu"), manager("dua"), manager("tiga")
    Account.objects.filter(pk__in=[first.account, second.account]).update(person=uuid.uuid4())
    used(siti)
    preparing.prepare(by=first, account=siti.pk, subject=SUBJECT, **AT)
    with pytest.raises(SecondPersonNeeded):
        preparing.agree(by=second, account=siti.pk, request=waiting(siti.pk), reason="SK 12")
    preparing.agree(by=third, account=siti.pk, request=waiting(siti.pk), reason="SK 12")


def test_a_request_is_void_after_a_day_and_forgets_whom_it_named(siti: Any) -> None:
    first, second = manager("satu"), manager("dua")
    used(siti)
    preparing.prepare(by=first, account=siti.pk, subject=SUBJECT, **AT)
    with without_scope(), limited_to(""):
        ResetRequest.objects.update(requested_at=timezone.now() - timedelta(hours=25))
    with limited_to(HERE):
        assert preparing.awaited(by=second) == []
    assert second_person.end_void() == 1
    with without_scope(), limited_to(""):
        assert ResetRequest.objects.get().subject is None
    with pytest.raises(NothingAsked):
        preparing.agree(by=second, account=siti.pk, request=waiting(siti.pk), reason="SK 12")
    assert subject_of(siti) is None


def test_what_is_asked_for_anew_replaces_the_old_request(siti: Any) -> None:
    first, second = manager("satu"), manager("dua")
    used(siti)
    preparing.prepare(by=first, account=siti.pk, subject=SUBJECT, **AT)
    preparing.prepare(by=second, account=siti.pk, subject=OTHER, **AT)
    with pytest.raises(SecondPersonNeeded):
        preparing.agree(by=second, account=siti.pk, request=waiting(siti.pk), reason="SK 12")
    preparing.agree(by=first, account=siti.pk, request=waiting(siti.pk), reason="SK 12")
    assert subject_of(siti) == OTHER
    with without_scope(), limited_to(""):
        assert {each.subject for each in ResetRequest.objects.all()} == {None}


def test_a_declined_request_changes_nothing(siti: Any) -> None:
    first, second = manager("satu"), manager("dua")
    used(siti)
    preparing.prepare(by=first, account=siti.pk, subject=SUBJECT, **AT)
    preparing.decline(by=second, account=siti.pk, request=waiting(siti.pk), reason="bukan NIP-nya")
    assert events(siti)[-1] == ("accounts.decline_sign_in", second.account)
    with pytest.raises(NothingAsked):
        preparing.decline(by=second, account=siti.pk, request=waiting(siti.pk), reason="lagi")
    assert subject_of(siti) is None


def test_the_subject_stands_readable_nowhere(siti: Any) -> None:
    used(siti)
    preparing.prepare(by=manager("satu"), account=siti.pk, subject=SUBJECT, **AT)
    with without_scope(), limited_to(""), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_resetrequest")
        stored = cursor.fetchall()
        assert len(stored) == 1
        assert SUBJECT not in repr(
            [[bytes(c) if isinstance(c, memoryview) else c for c in row] for row in stored]
        )
    assert SUBJECT not in str(list(LedgerEvent.objects.values()))


def test_only_who_manages_the_account_does_any_of_it(siti: Any) -> None:
    by, far = manager("satu"), manager("jauh", THERE)
    regent = officer("bupati", "bupati", HERE)
    used(siti)
    preparing.prepare(by=by, account=siti.pk, subject=SUBJECT, **AT)
    chief = places.actor("kades", "kepala-desa", VILLAGE)
    for who, error in ((far, errors.AccountNotFound), (chief, errors.NotAllowed)):
        for act in (
            lambda who=who: preparing.prepare(by=who, account=siti.pk, subject=OTHER, **AT),
            lambda who=who: preparing.agree(by=who, account=siti.pk, request=waiting(siti.pk), reason="SK"),
            lambda who=who: preparing.decline(by=who, account=siti.pk, request=waiting(siti.pk), reason="SK"),
            lambda who=who: preparing.withdraw(by=who, account=siti.pk, **AT),
            lambda who=who: preparing.of(by=who, account=siti.pk),
        ):
            with pytest.raises(error):
                act()
    with pytest.raises(errors.NotManaged):
        preparing.prepare(by=by, account=regent.pk, subject=OTHER, **AT)
    with pytest.raises(errors.OwnAccount):
        preparing.prepare(by=by, account=uuid.UUID(by.account), subject=OTHER, **AT)
    for area, who in ((HERE, by), (THERE, far)):
        with limited_to(area):
            assert preparing.awaited(by=who) == []
    with limited_to(HERE):
        assert preparing.awaited(by=manager("dua")) == [(siti.pk, "Ibu Siti")]


def test_what_is_refused(siti: Any, institution: Path) -> None:
    by, other = manager("satu"), officer("budi")
    prepare = preparing.prepare
    for wrong in ("", "  ", "x" * 256, "dua\nbaris"):
        with pytest.raises(SubjectWrong):
            prepare(by=by, account=siti.pk, subject=wrong, **AT)
    with pytest.raises(UnknownInstitution):
        prepare(by=by, account=siti.pk, institution="lain", subject="x", reason="SK")
    with pytest.raises(errors.ReasonMissing):
        prepare(by=by, account=siti.pk, institution="dinsos-uji", subject="x", reason=" ")
    prepare(by=by, account=other.pk, subject=SUBJECT, **AT)
    with pytest.raises(SubjectTaken):
        prepare(by=by, account=siti.pk, subject=SUBJECT, **AT)
    # Taken between the request and the agreement.
    used(siti)
    prepare(by=by, account=siti.pk, subject=OTHER, **AT)
    third = officer("tini")
    prepare(by=by, account=third.pk, subject=OTHER, **AT)
    with pytest.raises(SubjectTaken):
        preparing.agree(by=manager("dua"), account=siti.pk, request=waiting(siti.pk), reason="SK")
    institution.unlink()
    with pytest.raises(UnknownInstitution):
        prepare(by=by, account=siti.pk, subject="x", **AT)
    Account.objects.filter(pk=third.pk).update(is_active=False)
    assert preparing.withdraw(by=by, account=third.pk, **AT), "what is gone from the file can be withdrawn"


@pytest.fixture
def pages(db: Any, client: Client) -> Client:
    """The browser of a regency's account manager."""
    places.load()
    people.sign_in(client, role="admin-daerah", area=HERE, username="satu", name="Admin Satu")
    return client


def page_of(account: Any) -> str:
    return f"/petugas/akun/{account.pk}/lembaga/"


FORM = {"institution": "dinsos-uji", "subject": SUBJECT, "reason": "SK 12"}


def test_two_persons_do_it_on_the_pages(pages: Client) -> None:
    siti = officer("siti")
    used(siti)
    assert "Dinas Sosial Uji (nip)" in pages.get(page_of(siti)).content.decode()
    told = pages.post(page_of(siti), FORM, follow=True).content.decode()
    assert "Pengelola akun lain menyetujuinya" in told
    assert "Batalkan permintaan" in told
    assert "Setujui" not in told
    assert "orang kedua" not in pages.get("/petugas/akun/").content.decode(), "one's own request is no task"
    answer = {"decision": "agree", "request": waiting(siti.pk), "reason": "dicek"}
    refused = pages.post(f"{page_of(siti)}jawab/", answer)
    assert (refused.status_code, subject_of(siti)) == (422, None)
    other = Client()
    people.sign_in(other, role="admin-daerah", area=HERE, username="dua", name="Admin Dua")
    assert page_of(siti) in other.get("/petugas/akun/").content.decode()
    shown = other.get(page_of(siti)).content.decode()
    assert SUBJECT in shown
    assert "Admin Satu" in shown
    assert LedgerEvent.objects.filter(action="accounts.read_sign_in", subject=str(siti.pk)).exists()
    assert f'name="request" value="{waiting(siti.pk)}"' in shown
    done = other.post(f"{page_of(siti)}jawab/", answer, follow=True)
    assert "Disetujui" in done.content.decode()
    assert subject_of(siti) == SUBJECT
    away = f"{page_of(siti)}dinsos-uji/cabut/"
    assert other.post(away, {"reason": ""}).status_code == 422
    assert "Dicabut" in other.post(away, {"reason": "pindah"}, follow=True).content.decode()
    assert subject_of(siti) is None
    history = other.get(f"/petugas/akun/{siti.pk}/").content.decode()
    assert "Masuk lewat lembaga dicabut" in history
    assert "accounts." not in history


def test_what_is_wrong_stands_beside_its_field(pages: Client) -> None:
    siti = officer("siti")
    answer = pages.post(page_of(siti), FORM | {"subject": " ", "institution": "dinsos-uji"})
    assert answer.status_code == 422
    assert 'id="subject-galat"' in answer.content.decode()
    unknown = pages.post(page_of(siti), FORM | {"institution": "lain"}).content.decode()
    assert 'id="institution-galat"' in unknown


@pytest.mark.parametrize("text", [None, "{"])
def test_without_an_institution_the_page_says_how(pages: Client, institution: Path, text: str | None) -> None:
    siti = officer("siti")
    if text is None:
        institution.unlink()
    else:
        institution.write_text(text, "utf-8")
    page = pages.get(page_of(siti)).content.decode()
    assert "docs/how-to/masuk-dan-faktor-kedua.md" in page
    assert 'name="subject"' not in page


def test_ones_own_account_and_others_are_closed(pages: Client) -> None:
    own = Account.objects.get(username="satu")
    page = pages.get(page_of(own)).content.decode()
    assert "Ini akun Anda sendiri" in page
    assert 'name="subject"' not in page
    far = officer("jauh", area=FAR_VILLAGE)
    for path in ("", "jawab/", "dinsos-uji/cabut/"):
        assert pages.post(page_of(far) + path, FORM | {"decision": "agree"}).status_code == 404
