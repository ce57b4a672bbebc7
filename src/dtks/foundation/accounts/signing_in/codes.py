"""One-time codes for citizens: who gets one, and who is let in by one."""

from __future__ import annotations

import hmac
import logging
import secrets
import uuid
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from dtks.foundation.accounts import citizens
from dtks.foundation.accounts.models import Account
from dtks.foundation.accounts.signing_in import citizen_accounts, contacts
from dtks.foundation.accounts.signing_in.delivery import delivery
from dtks.foundation.accounts.signing_in.models import CitizenCode
from dtks.foundation.kernel.nik import KkNumber, Nik
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger.domain import Actor, Event
from dtks.foundation.scope.current import limited_to, without_scope

LIVES = timedelta(minutes=10)
MOST_TRIES = 5
KEPT = timedelta(days=1)
DIGITS = 6
KK_DIGITS = 8
"""So many last digits of the family card are asked: what the NIK itself tells (a birth date) is no check, and
the last four alone are nearly always among the first few numbers of a day."""
OFFICE = "office"
"""Key in `CitizenCode.whom` of a code that was sent from the office."""
_log = logging.getLogger(__name__)
ASKING = Actor.system("citizen-sign-in")


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """What a citizen typed: NIK, last digits of the family card, and a phone number or an e-mail address."""

    nik: str
    kk_digits: str
    contact: str


def send(asked: Asked) -> uuid.UUID:
    """Make a code; send it when register and account agree with what was typed. The key of the code either
    way.

    The work is the same for a NIK that nobody bears: a code is made, hashed and stored, and opens nothing.
    """
    with without_scope(), limited_to(""):
        match = _agreeing(asked)
        whom = {} if match is None else _whom(match, asked.nik, asked.contact)
        row, code = _made(whom or None)
        with transaction.atomic():
            CitizenCode.objects.filter(made_at__lt=timezone.now() - KEPT).delete()
            row.save(force_insert=True)
            person = str(match.person) if match is not None else ""
            ledger.record(
                Event(
                    "accounts.citizen_code",
                    kind="sign-in",
                    subject=person,
                    area=match.village if match else "",
                ),
                by=ASKING,
            )
    if match is not None:
        text = _(
            "Kode DTKS: %(code)s. Berlaku 10 menit. Jangan berikan kepada siapa pun, juga bukan ke petugas."
        )
        tell(asked.contact, text % {"code": code})
    return row.id


def send_at_office(*, match: citizens.CitizenMatch, contact: str, **more: str) -> uuid.UUID:
    """Make a code for a contact that a citizen shows up with, and send it there once it is stored. It signs
    nobody in: told back on the spot it proves the contact. ``more``: what `redeem_at_office` is to give back
    besides."""
    row, code = _made({**_whom(match, match.nik, contact), **more, OFFICE: "1"})
    row.save(force_insert=True)
    text = _(
        "Kode DTKS untuk mendaftarkan kontak ini di kantor: %(code)s. Tunjukkan hanya kepada petugas di "
        "depan Anda. Bila Anda tidak sedang di kantor, abaikan."
    )
    transaction.on_commit(lambda: tell(contact, text % {"code": code}))
    return row.id


def tell(contact: str, text: str) -> None:
    """Hand a message over. A delivery that fails is noted and changes nothing: on the way in, an answer of
    its own would tell that the person is on record; at the office, what was done is done."""
    try:
        delivery().send(to=contact.strip() if "@" in contact else contacts.written(contact), text=text)
    except OSError:
        _log.exception("a citizen's message could not be handed over")


def redeem(*, key: uuid.UUID, code: str) -> Account | None:
    """The account of whoever was sent this code; made when it is their first time. None: the code does not
    fit, is used, too old, or was tried too often. Each call costs a try, at whatever moment."""
    row = _fitting(key, code)
    if row is None or row.whom is None or OFFICE in row.whom:
        return None
    try:
        with transaction.atomic():
            return _account(row.whom) if _spent(key) else None
    except IntegrityError:  # two of a family with the same phone, or one twice, at the same moment
        return None


def redeem_at_office(*, key: uuid.UUID, code: str) -> dict[str, str] | None:
    """What `send_at_office` was given, when the code fits; None as by `redeem`."""
    row = _fitting(key, code)
    if row is None or row.whom is None or OFFICE not in row.whom:
        return None
    return dict(row.whom) if _spent(key) else None


def _made(whom: dict[str, str] | None) -> tuple[CitizenCode, str]:
    """A new code, not stored yet, and its digits."""
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    row = CitizenCode(made_at=timezone.now(), whom=whom)
    row.code_hash = _hash(row.id, code)
    return row, code


def _whom(match: citizens.CitizenMatch, nik: str, contact: str) -> dict[str, str]:
    return {
        "nik": nik,
        "contact": contact,
        "person": str(match.person),
        "name": match.name,
        "village": match.village,
    }


def _fitting(key: uuid.UUID, code: str) -> CitizenCode | None:
    """The code's row, when it is alive and the digits are right. Costs a try."""
    now = timezone.now()
    alive = CitizenCode.objects.filter(id=key, used_at=None, tries__lt=MOST_TRIES, made_at__gte=now - LIVES)
    if alive.update(tries=F("tries") + 1) != 1:
        return None
    row = CitizenCode.objects.get(id=key)
    return row if hmac.compare_digest(row.code_hash, _hash(key, code)) else None


def _spent(key: uuid.UUID) -> bool:
    """Use the code up; False when another did at the same moment."""
    return CitizenCode.objects.filter(id=key, used_at=None).update(used_at=timezone.now()) == 1


def _agreeing(asked: Asked) -> citizens.CitizenMatch | None:
    """The person, when the family card fits and the contact is the account's; before one is bound, when it is
    one that the register knows."""
    if Nik.defect(asked.nik) is not None:
        return None
    match = citizens.register().find(asked.nik)
    account = citizen_accounts.of(asked.nik, person=match.person if match is not None else None)
    digits = (
        match.kk_number[-KK_DIGITS:] if match is not None and KkNumber.defect(match.kk_number) is None else ""
    )
    fits = hmac.compare_digest(digits.encode(), asked.kk_digits.encode()) and bool(digits)
    known = contacts.among(asked.contact, match.contacts if match is not None else ())
    # Asked in any case, so that the work is the same.
    free = contacts.is_free(asked.contact, but=account)
    if match is None or not match.village or not fits or not free:
        return None
    if account is None:
        return match if known else None
    if not account.is_active or account.person != match.person:
        return None
    return match if _opens(account, asked.contact, known=known) else None


def _opens(account: Account, contact: str, *, known: bool) -> bool:
    """Whether this contact opens the account. ``known``: the register has it; it counts only where none is
    bound, and never for one that the office has released."""
    bound = contacts.of(account)
    if bound:
        return contacts.among(contact, (bound,))
    return known and not contacts.is_released(account, contact)


def _account(whom: dict[str, str]) -> Account | None:
    """The citizen's account as it is now, made at the first code that fits; None when the office has closed
    it or released the contact since the code was sent."""
    person = uuid.UUID(whom["person"])
    account = citizen_accounts.of(whom["nik"], person=person, locked=True)
    how = Account.ContactHow.REGISTER
    if account is None:
        return citizen_accounts.create(whom, how=how)
    same = account.is_active and account.person == person
    if not same or not _opens(account, whom["contact"], known=True):
        return None
    now = timezone.now()
    if not contacts.of(account):
        contacts.bind(account, whom["contact"], how=how, at=now, proven=True)
    setattr(account, f"{contacts.kind_of(whom['contact'])}_verified_at", now)
    citizen_accounts.follow(account, nik=whom["nik"], name=whom["name"], person=person)
    account.save()
    citizen_accounts.live_in(account, whom["village"], by=ASKING, at=now)
    return account


def _hash(key: uuid.UUID, code: str) -> str:
    # Keyed: a million codes are hashed in a second, so a plain hash in a stolen table would hide nothing.
    digits = "".join(code.split())
    return hmac.new(
        settings.SECRET_KEY.encode(), f"citizen-code\0{key}\0{digits}".encode(), sha256
    ).hexdigest()
