"""Passwords made of words that everybody here thinks of first."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from tests.fixtures import officers

from dtks.cli import demo
from dtks.config import environment
from dtks.foundation.accounts.models import Account
from dtks.foundation.accounts.signing_in.passwords import WORDS, guessable
from dtks.foundation.areas import actions as areas
from dtks.foundation.ledger.domain import Actor

DISTRICT = "32.04.05"


def codes(password: str, account: Any = None) -> list[str]:
    """The codes of what the site's rules have against a password."""
    try:
        validate_password(password, account)
    except ValidationError as problem:
        return [each.code for each in problem.error_list]
    return []


@pytest.mark.parametrize(
    "password",
    [
        "dtks-dtsen-2026",
        "BansosKemensos!",
        "operator-kelurahan-1",
        "b4ns0s.k3m3ns0s",
        "b-a-n-s-o-s-2026-dinsos",
        "kecamatan12345678",
        "dinassosial1111111",
        "desa desa desa desa",
        "PKH_BPNT_Sembako_99",
        "ＤＴＫＳ-operator-desa",
    ],
)
def test_a_password_made_of_words_of_the_context_is_refused(password: str) -> None:
    assert codes(password) == ["context_words"]


@pytest.mark.parametrize(
    "password",
    [
        "kopi-tubruk-pagi-hari",
        "desa kabut merpati tua",
        "pkh7#qLm29!vWz",
        "7#k!92-x_q%4",
        "unik-genting-payung",
    ],
)
def test_a_word_of_the_context_among_others_is_no_harm(password: str) -> None:
    assert codes(password) == []


def test_the_refusal_names_the_word_and_what_to_do() -> None:
    assert guessable("kelurahan-kota-9", WORDS) == "kelurahan"
    with pytest.raises(ValidationError, match=r"“kelurahan”.*beberapa kata"):
        validate_password("kelurahan-kota-9")


def test_the_sites_own_name_is_such_a_word(settings: Any) -> None:
    assert codes("kabutpagi.contoh-77") == []
    settings.ALLOWED_HOSTS = ["kabutpagi.contoh.go.id"]
    assert codes("kabutpagi.contoh-77") == ["context_words"]


@pytest.mark.django_db
def test_the_accounts_own_names_and_areas_are_such_words() -> None:
    areas.load(by=Actor.system(), under=DISTRICT)
    holder = officers.account("rtnw.lestari", name="Ratna Widyaningrum")
    for password in ("widyaningrum-99", "lestari_ratna_5", "cileunyi12345678", "bandung-cileunyi"):
        expected = [] if "bandung" in password or "cileunyi" in password else ["context_words"]
        assert [code for code in codes(password, holder) if code == "context_words"] == expected, password
    officers.grant(holder, "operator-desa", f"{DISTRICT}.2001")
    assert codes("cileunyi12345678", holder) == ["context_words"]
    assert codes("bandung-cileunyi", holder) == ["context_words"]


@pytest.mark.django_db
def test_the_page_refuses_it_and_keeps_the_old_one(client: Client) -> None:
    holder = officers.sign_in(client, password="kopi-tubruk-pagi-hari")
    given = {"old_password": "kopi-tubruk-pagi-hari"}
    given |= dict.fromkeys(("new_password1", "new_password2"), "bansos-dinsos-2026")
    answer = client.post("/akun/kata-sandi/", given)
    assert answer.status_code == 422
    assert "“bansos”" in answer.content.decode()
    assert Account.objects.get(pk=holder.pk).check_password("kopi-tubruk-pagi-hari")


def test_the_published_password_of_the_demonstration_still_opens_it() -> None:
    for each in demo.ACCOUNTS:
        assert codes(demo.PASSWORD, Account(username=each.username, name=each.name)) == [], each.username


def test_the_words_are_documented() -> None:
    text = (environment.PROJECT_ROOT / "docs" / "explanation" / "security.md").read_text(encoding="utf-8")
    listed = text.split("### Words that passwords must not be made of")[1].split("\n#")[0]
    assert [word for word in WORDS if f"`{word}`" not in listed] == []
