"""What an officer's account is made of, as it was typed: cleaned and judged without a database."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import date

from dtks.foundation.accounts.errors import WrongValue
from dtks.foundation.kernel.masking import holds_number
from dtks.foundation.kernel.nik import Nik, NikError

FIELDS: dict[str, tuple[str, str]] = {
    "username": ("Nama masuk", "Sign-in name"),
    "name": ("Nama lengkap", "Full name"),
    "email": ("Surel", "E-mail"),
    "phone": ("Telepon", "Phone"),
    "nik": ("NIK", "NIK"),
    "expires_on": ("Akun berlaku sampai", "Account valid until"),
    "password": ("Kata sandi", "Password"),
}
USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{1,48})[a-z0-9]")
_EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@(?:[a-z0-9-]{1,63}\.)+[a-z]{2,24}", re.IGNORECASE)
_PHONE = re.compile(r"\+?[0-9]{9,15}")
_SIXTEEN = re.compile(r"(?<![0-9])[0-9]{16}(?![0-9])")  # an employee number (NIP) has 18
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
FORMULA = ("=", "+", "-", "@")
"""What makes a spreadsheet take a text for a formula."""

# 31 signs that nobody mistakes for another on paper: no 0 and o, 1, l and i. Five a sign: 79 bits.
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_GROUPS, _GROUP = 4, 4


@dataclass(frozen=True, slots=True)
class AccountData:
    """The fields of an account. ``nik``: so that its holder is kept out of the own family's case."""

    username: str
    name: str
    email: str = ""
    phone: str = ""
    nik: str = ""
    expires_on: date | None = None

    def clean(self) -> AccountData:
        """The same with single spaces, a small sign-in name, and numbers without what parts their digits."""
        # One number is written in one way; a spreadsheet drops the zero in front.
        phone = re.sub(r"^(?:(?:\+|00)?620?|(?=8[0-9]{8,12}$))", "0", re.sub(r"[\s().-]", "", self.phone))
        return AccountData(
            username=self.username.strip().lower(),
            name=" ".join(self.name.split()),
            email=self.email.strip().lower(),
            phone=phone,
            nik=re.sub(r"[\s.'-]", "", self.nik),
            expires_on=self.expires_on,
        )

    def problems(self, *, on: date) -> dict[str, WrongValue]:
        """What is wrong with cleaned data: field → error, in the order of `FIELDS`; {} for nothing."""
        found = {
            "username": _username_problem(self.username),
            "name": _name_problem(self.name),
            "email": None if not self.email or _EMAIL.fullmatch(self.email) else _BAD_EMAIL,
            "phone": None if not self.phone or _PHONE.fullmatch(self.phone) else _BAD_PHONE,
            "nik": _nik_problem(self.nik),
            "expires_on": _PASSED if self.expires_on and self.expires_on < on else None,
        }
        return {field: wrong(field, *problem) for field, problem in found.items() if problem}


_BAD_USERNAME = (
    "3–50 huruf kecil, angka, titik, garis bawah atau tanda hubung; di awal dan akhir huruf atau angka.",
    "3–50 small letters, digits, dots, underscores or hyphens; begin and end with a letter or digit.",
)
_NUMBER_AS_USERNAME = (
    "jangan pakai NIK atau nomor KK: nama masuk terbaca oleh banyak orang. Pakai nama atau NIP.",
    "use no NIK or family card number: many people see a sign-in name. Use a name or an employee number.",
)
_BAD_NAME = ("isi nama, 2–150 huruf.", "give the name, 2–150 letters.")
_FORMULA_NAME = (
    "tidak boleh diawali =, +, - atau @: lembar kerja akan membacanya sebagai rumus.",
    "must not begin with =, +, - or @: a spreadsheet would take it for a formula.",
)
_BAD_EMAIL = ("tulis seperti nama@instansi.go.id.", "write it like name@office.go.id.")
_BAD_PHONE = ("9–15 angka, boleh diawali +62.", "9–15 digits, +62 in front is allowed.")
_PASSED = ("tanggalnya sudah lewat.", "the date has passed.")


def wrong(field: str, problem_id: str, problem_en: str) -> WrongValue:
    """The error of one field; ``key`` says which."""
    name_id, name_en = FIELDS.get(field, (field, field))
    return WrongValue(
        key=field, field_id=name_id, field_en=name_en, problem_id=problem_id, problem_en=problem_en
    )


def _username_problem(username: str) -> tuple[str, str] | None:
    if not USERNAME.fullmatch(username):
        return _BAD_USERNAME
    return _NUMBER_AS_USERNAME if _SIXTEEN.search(re.sub(r"[._-]", "", username)) else None


def _name_problem(name: str) -> tuple[str, str] | None:
    if name.startswith(FORMULA):
        return _FORMULA_NAME
    if holds_number(name):
        return _BAD_NAME
    return None if 2 <= len(name) <= 150 and not _CONTROL.search(name) else _BAD_NAME


def _nik_problem(nik: str) -> tuple[str, str] | None:
    if not nik:
        return None
    try:
        Nik.parse(nik)
    except NikError as error:
        return error.text("id"), error.text("en")
    return None


def new_password() -> str:
    """A random password of 79 bits that can be read from paper: 'k7mp-2rtx-9wqa-h4dn'."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)
