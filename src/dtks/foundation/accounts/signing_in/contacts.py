"""The one phone number or e-mail address that opens a citizen's account: bound, compared, released."""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Iterable
from datetime import datetime

from allauth.usersessions.models import UserSession

from dtks.foundation.accounts.models import Account
from dtks.foundation.vault import blind, configured

LONGEST = 254
FEWEST_DIGITS = 9


def kind_of(contact: str) -> str:
    """'email' or 'phone': the account's field."""
    return "email" if "@" in contact else "phone"


def written(contact: str) -> str:
    """The contact as two ways to write it become the same: '+62812…', lower case; '' when nothing is left."""
    return blind.KINDS[kind_of(contact)](contact)


def is_one(contact: str) -> bool:
    """Whether a text can be a phone number or an e-mail address, by its form alone."""
    digits = sum(sign.isdecimal() for sign in contact)
    return "@" in contact[1:-1] or (digits >= FEWEST_DIGITS and set(contact) <= set("0123456789 +-()."))


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
    kind = kind_of(contact)
    found = blind.index_candidates(contact, kind=kind, ring=configured.ring())
    same = Account.objects.filter(kind=Account.Kind.CITIZEN, **{f"{kind}_index__in": found})
    others = same.exclude(pk=but.pk) if but is not None else same
    return bool(found) and not others.exists()


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
