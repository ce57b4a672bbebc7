"""The one phone number or e-mail address that opens a citizen's account: bound, compared, released."""

from __future__ import annotations

import hmac
import re
import uuid
from collections.abc import Iterable
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.db.models import Q

from dtks.foundation.accounts.models import Account
from dtks.foundation.vault import blind, configured

LONGEST = 254
PHONE_SIGNS = frozenset("0123456789 +-().")
_PHONE = re.compile(r"\+62(?:8[0-9]{8,11}|[2-79][0-9]{7,10})")
"""Of a written number: mobile, or a line with its area's code. Codes are sent inside the country alone."""
_email = EmailValidator(allowlist=[])
_SECOND_WRITING = frozenset('"[')
"""'"siti"@…' is siti@… once more, and '…@[1.2.3.4]' some domain."""


def kind_of(contact: str) -> str:
    """'email' or 'phone': the account's field."""
    return "email" if "@" in contact else "phone"


def written(contact: str) -> str:
    """The contact as two ways to write it become the same: '+62812…', lower case; '' when nothing is left."""
    return blind.KINDS[kind_of(contact)](contact)


def is_one(contact: str) -> bool:
    """Whether a text can be a phone number or an e-mail address, by its form alone: one that is not could be
    another writing of a contact that opens an account already."""
    if len(contact) > LONGEST or not contact.isascii() or not contact.isprintable():
        return False
    text = written(contact)
    if kind_of(contact) == "phone":
        return PHONE_SIGNS.issuperset(contact) and _PHONE.fullmatch(text) is not None
    try:
        _email(text)
    except ValidationError:
        return False
    return _SECOND_WRITING.isdisjoint(text)


def among(contact: str, known: Iterable[str]) -> bool:
    """Whether it is one of those that the register knows. What was noted for want of a number ('-', '0') is
    none. Takes as long whichever it is."""
    wanted = written(contact).encode()
    return sum(hmac.compare_digest(wanted, written(each).encode()) for each in known if is_one(each)) > 0


def masked(contact: str) -> str:
    """'0812•••890', 's•••@contoh.id': to know one's own again, not more."""
    if "@" in contact:
        name, _at, place = contact.rpartition("@")
        return f"{name[:1]}•••@{place}"
    digits = "".join(sign for sign in contact if sign.isdecimal())
    return f"{digits[:4]}•••{digits[-3:]}"


def of(account: Account) -> str:
    """The contact that is bound to a citizen's account; '' for none."""
    return account.phone or account.email or ""


def is_released(account: Account, contact: str) -> bool:
    """Whether the office has taken it from this account: it comes back by the office alone."""
    return written(contact) in (account.released or [])


def is_free(contact: str, *, but: Account | None = None) -> bool:
    """Whether no (other) citizen's account has it: a contact opens one account."""
    same = Account.objects.filter(_has(contact), kind=Account.Kind.CITIZEN)
    others = same.exclude(pk=but.pk) if but is not None else same
    return bool(written(contact)) and not others.exists()


def is_officers(contact: str, *, but: uuid.UUID, nik: str) -> bool:
    """Whether it stands on an officer's account that is not closed, other than that of this very person (by
    the register's key or by NIK): an officer is a citizen, too."""
    niks = blind.index_candidates(nik, kind="nik", ring=configured.ring())
    found = Account.objects.filter(_has(contact), kind=Account.Kind.OFFICER, is_active=True)
    # Not by exclude(): of an account without key or NIK the condition is neither true nor false.
    whose = found.values_list("person", "nik_index")
    return any(person != but and index not in niks for person, index in whose)


def _has(contact: str) -> Q:
    kind = kind_of(contact)
    found = blind.index_candidates(contact, kind=kind, ring=configured.ring())
    return Q(**{f"{kind}_index__in": found})


def bind(account: Account, contact: str, *, how: str, at: datetime, proven: bool) -> None:
    """Put the contact on the account, which is not stored here. ``proven``: a code that was sent there came
    back; else the next sign-in proves it."""
    _take_off(account)
    kind = kind_of(contact)
    setattr(account, kind, contact)
    setattr(account, f"{kind}_index", index(contact, kind))
    setattr(account, f"{kind}_verified_at", at if proven else None)
    account.contact_since, account.contact_how = at, how
    account.released = [each for each in account.released or [] if each != written(contact)] or None


def release(account: Account) -> str:
    """Take the contact off the account, which is not stored here, and remember it; the contact, '' for none.
    With what stands for a password every session ends, also one that has shown the code but no factor yet.

    Without the memory, whoever holds a lost phone that the register knows as well would come in again."""
    contact = of(account)
    account.set_unusable_password()
    _take_off(account)
    if contact:
        account.released = [*(account.released or []), written(contact)]
    return contact


def _take_off(account: Account) -> None:
    for kind in ("email", "phone"):
        for name in (kind, f"{kind}_index", f"{kind}_verified_at"):
            setattr(account, name, None)
    account.contact_since, account.contact_how = None, ""


def end_sessions(account: Account) -> int:
    """Whoever is inside is outside at the next click; how many sessions."""
    open_ones = list(UserSession.objects.filter(user=account))
    for session in open_ones:
        session.end()
    return len(open_ones)


def index(value: str, kind: str) -> uuid.UUID:
    """The blind index of a NIK or a contact that is to be stored."""
    return uuid.UUID(bytes=blind.blind_index(value, kind=kind, ring=configured.ring()))
