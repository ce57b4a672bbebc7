"""What is taken for a contact: one writing of one phone number or address, whoever types it."""

from __future__ import annotations

import pytest

from dtks.foundation.accounts.account_data import AccountData
from dtks.foundation.accounts.signing_in import contacts

PHONE = "+6281277778888"


@pytest.mark.parametrize(
    "text",
    [
        "0812 7777 8888", "+62 812-7777-8888", "+62 (0)812-7777-8888", "62081277778888", "(0812) 7777.8888",
        "0062 0812 7777 8888", "81277778888",
    ],
)  # fmt: skip
def test_a_phone_has_one_writing_however_it_is_typed(text: str) -> None:
    assert contacts.is_one(text)
    assert contacts.written(text) == PHONE
    assert contacts.among(text, [PHONE])


@pytest.mark.parametrize("text", ["021 1234 5678", "0341-123456", "0812 3456 789", "0895 1234 56789"])
def test_lines_and_mobiles_of_every_length_are_taken(text: str) -> None:
    assert contacts.is_one(text)


@pytest.mark.parametrize("text", ["siti@contoh.id", "Siti.A+b@Sub.Contoh.ID", "  siti@contoh.id "])
def test_an_address_is_taken_in_small_letters(text: str) -> None:
    assert contacts.is_one(text)
    assert contacts.written(text) == text.strip().lower()


@pytest.mark.parametrize(
    "text",
    [
        "petugas@x.id,", "<petugas@x.id>", "petugas@x.id.", "petugas@x.id;a@x.id", '"petugas"@x.id',
        "petugas@[127.0.0.1]", "petugas@localhost", "petugas@@x.id", "a b@x.id", "petugas@x.id\n",
        "petu\x07gas@x.id", "petugas@x.id\r\nBcc: a@x.id", "petugas@\u212a.id", "petugas@ｘ.id",
        "a@" + "x" * 260 + ".id",
        "0812\n7777 8888", "\u0660812 7777 8888", "+1 415 555 0100", "+620081277778888", "00812 7777 8888",
        "062 812 7777 8888", "0112 7777 8888", "0812 777", "0812 7777 8888 999", "0812 7777 8888 / 0813",
    ],
)  # fmt: skip
def test_another_writing_or_none_is_refused(text: str) -> None:
    assert not contacts.is_one(text)
    assert not contacts.among(text, [text])


def test_an_officers_phone_is_kept_in_the_same_writing() -> None:
    kept = {AccountData("a", "A", phone=text).clean().phone for text in ("+62 (0)812-7777-8888", PHONE)}
    assert kept == {"081277778888"}
