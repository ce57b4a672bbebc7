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
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from dtks.foundation.accounts import citizens
from dtks.foundation.accounts.models import Account
from dtks.foundation.accounts.signing_in.delivery import delivery
from dtks.foundation.accounts.signing_in.models import CitizenCode
from dtks.foundation.kernel.nik import KkNumber, Nik
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger.domain import Actor, Event
from dtks.foundation.scope.current import limited_to, without_scope
from dtks.foundation.vault import blind, configured

LIVES = timedelta(minutes=10)
MOST_TRIES = 5
KEPT = timedelta(days=1)
DIGITS = 6
KK_DIGITS = 8
"""So many last digits of the family card are asked: what the NIK itself tells (a birth date) is no check, and
the last four alone are nearly always among the first few numbers of a day."""
_log = logging.getLogger(__name__)
ASKING = Actor.system("citizen-sign-in")


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """What a citizen typed: NIK, last digits of the family card, and a phone number or an e-mail address."""

    nik: str
    kk_digits: str
    contact: str

    @property
    def by_email(self) -> bool:
        return "@" in self.contact

    @property
    def kind(self) -> str:
        return "email" if self.by_email else "phone"


def send(asked: Asked) -> uuid.UUID:
    """Make a code; send it when register and account agree with what was typed. The key of the code either
    way.

    The work is the same for a NIK that nobody bears: a code is made, hashed and stored, and opens nothing.
    """
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    with without_scope(), limited_to(""):
        match = _agreeing(asked)
        row = CitizenCode(made_at=timezone.now(), whom=None)
        row.code_hash = _hash(row.id, code)
        if match is not None:
            row.whom = {
                "nik": asked.nik,
                "contact": asked.contact,
                "person": str(match.person),
                "name": match.name,
                "village": match.village,
            }
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
        try:
            delivery().send(to=_written(asked), text=text % {"code": code})
        except OSError:
            # Answered like any other: the failure must not tell that the person is on record.
            _log.exception("a citizen's code could not be handed over")
    return row.id


def redeem(*, key: uuid.UUID, code: str) -> Account | None:
    """The account of whoever was sent this code; made when it is their first time. None: the code does not
    fit, is used, too old, or was tried too often. Each call costs a try, at whatever moment."""
    now = timezone.now()
    alive = CitizenCode.objects.filter(id=key, used_at=None, tries__lt=MOST_TRIES, made_at__gte=now - LIVES)
    if alive.update(tries=F("tries") + 1) != 1:
        return None
    row = CitizenCode.objects.get(id=key)
    if not hmac.compare_digest(row.code_hash, _hash(key, code)) or row.whom is None:
        return None
    with transaction.atomic():
        if CitizenCode.objects.filter(id=key, used_at=None).update(used_at=now) != 1:
            return None
        return _account(row.whom)


def _agreeing(asked: Asked) -> citizens.CitizenMatch | None:
    """The person, when the family card fits and the contact is the one that the account has."""
    if Nik.defect(asked.nik) is not None:
        return None
    match = citizens.register().find(asked.nik)
    account = _account_of(asked.nik)
    digits = (
        match.kk_number[-KK_DIGITS:] if match is not None and KkNumber.defect(match.kk_number) is None else ""
    )
    fits = hmac.compare_digest(digits.encode(), asked.kk_digits.encode()) and bool(digits)
    index = set(blind.index_candidates(asked.contact, kind=asked.kind, ring=configured.ring()))
    if match is None or not match.village or not fits:
        return None
    if account is None:
        # A contact that another citizen's account has is nobody else's.
        same = {f"{asked.kind}_index__in": index, "kind": Account.Kind.CITIZEN}
        free = bool(index) and not Account.objects.filter(**same).exists()
        return match if free else None
    known = getattr(account, f"{asked.kind}_index") in index
    return match if known and account.is_active and account.person == match.person else None


def _account_of(nik: str) -> Account | None:
    candidates = blind.index_candidates(nik, kind="nik", ring=configured.ring())
    return Account.objects.filter(nik_index__in=candidates, kind=Account.Kind.CITIZEN).first()


def _account(whom: dict[str, str]) -> Account | None:
    """The citizen's account; made, with its one role, at the first code that fits."""
    from dtks.foundation.accounts.signing_in import citizen_accounts

    account = _account_of(whom["nik"])
    return account if account is not None else citizen_accounts.create(whom)


def _written(asked: Asked) -> str:
    return asked.contact if asked.by_email else blind.KINDS["phone"](asked.contact)


def _hash(key: uuid.UUID, code: str) -> str:
    # Keyed: a million codes are hashed in a second, so a plain hash in a stolen table would hide nothing.
    digits = "".join(code.split())
    return hmac.new(
        settings.SECRET_KEY.encode(), f"citizen-code\0{key}\0{digits}".encode(), sha256
    ).hexdigest()
