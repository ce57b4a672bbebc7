"""Consents: given for a purpose in the words of a text, withdrawn at any time, with a receipt.

A withdrawal starts a clock of 3×24 hours (Pasal 40) within which what the text promises must be done.
"""

from __future__ import annotations

import base64
import secrets
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from hmac import compare_digest

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from dtks.foundation.accounts.allowed import need
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.areas.domain import to_dotted
from dtks.foundation.kernel.area_codes import number_of
from dtks.foundation.ledger.actions import record
from dtks.foundation.ledger.domain import Actor, Event, digest
from dtks.foundation.privacy import files, residents
from dtks.foundation.privacy.domain import Basis, Clock
from dtks.foundation.privacy.errors import (
    AgeUnknown,
    ChildCannotConsent,
    ConsentEnded,
    ConsentStands,
    ConsentUnknown,
    NotResident,
    NotWithdrawn,
)
from dtks.foundation.privacy.files import ConsentText, Purpose
from dtks.foundation.privacy.models import Consent
from dtks.foundation.privacy.residents import Resident
from dtks.foundation.scope import current as scope

CODE_LETTERS = 8
ADULT = 18
"""Years. Younger people are children (UU 35/2014, Pasal 1), for whom a parent or guardian agrees."""


@dataclass(frozen=True, slots=True)
class Line:
    """One consent. ``area``: the village where the person lived when it was given; ``clock``: within which
    what follows from its withdrawal must be done; None: it stands."""

    id: uuid.UUID
    number: str
    person: uuid.UUID
    area: str
    purpose: Purpose
    version: str
    sha256: str
    agreed_by: str
    given_at: datetime
    channel: str
    taken_by: str
    withdrawn_at: datetime | None
    withdrawn_channel: str
    clock: Clock | None
    code: str
    text: ConsentText | None  # None: the version is no longer in the files


def purposes() -> dict[str, Purpose]:
    """The purposes that rest on consent, by id."""
    return {id_: each for id_, each in files.purposes().items() if each.basis is Basis.CONSENT}


def is_child(born: date, on: date) -> bool:
    """Whether somebody born then is under 18 on that day; who turns 18 on it is not."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day)) < ADULT


def give(
    *,
    by: Actor,
    person: uuid.UUID,
    area: str,
    purpose: str,
    channel: str,
    agreed_by: str = "self",
    asked_age: bool = False,
) -> Line:
    """Note that a person agreed today. ``area``: the village where they live; ``agreed_by``: 'self', or for a
    child the 'parent' or 'guardian'; ``asked_age``: where the register knows no date of birth, the person was
    asked and is 18 or older.

    Raises:
        NotAllowed, OutsideScope, ConsentUnknown: no text for that purpose. ConsentStands: given before.
        NotResident: the register knows no such person in that village. ChildCannotConsent, AgeUnknown:
        'self', where somebody is under 18 or of an age that nobody knows.
    """
    need(by, Permission.CONSENT_TAKE)
    scope.require(area)
    today = timezone.localdate()
    text = files.consent_text(purpose=purpose, on=today)
    if text is None:
        raise ConsentUnknown(given=purpose, known=", ".join(purposes()))
    found = residents.register().find(person)
    if found is None or not found.alive or found.village != area:
        raise NotResident()
    if Consent.AgreedBy(agreed_by) is Consent.AgreedBy.SELF:
        _require_adult(found.birth_date, today, asked=asked_age)
    consent = Consent(
        number=_number(), person=person, area=area, area_number=number_of(area), purpose=purpose,
        version=text.version, sha256=text.sha256, given_at=timezone.now(),
        channel=Consent.Channel(channel), agreed_by=Consent.AgreedBy(agreed_by), taken_by=by.account,
    )  # fmt: skip
    try:
        with transaction.atomic():
            consent.save(force_insert=True)
            record(_event("give", consent, after=digest(_content(consent))), by=by)
    except IntegrityError as problem:
        standing = Consent.objects.filter(person=person, purpose=purpose, withdrawn_at__isnull=True).first()
        raise ConsentStands(number=standing.number if standing else "-") from problem
    return _line(consent)


def withdraw(*, by: Actor, consent: uuid.UUID, channel: str) -> Line:
    """Note that a person withdrew it now: nothing more may rest on it, and the clock begins.

    Raises:
        NotAllowed, ConsentUnknown: not in this area. ConsentEnded: withdrawn before.
    """
    need(by, Permission.CONSENT_TAKE)
    with transaction.atomic():
        found = _locked(consent)
        if found.withdrawn_at is not None:
            raise ConsentEnded(number=found.number, at=found.withdrawn_at.isoformat(timespec="minutes"))
        before = digest(_content(found))
        found.withdrawn_at, found.withdrawn_by = timezone.now(), by.account
        found.withdrawn_channel = Consent.Channel(channel)
        found.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_channel"])
        record(_event("withdraw", found, before=before, after=digest(_content(found))), by=by)
    return _line(found)


def stopped(*, by: Actor, consent: uuid.UUID) -> Line:
    """Note that all that follows from a withdrawal was done. Repeating it changes nothing.

    Raises:
        NotAllowed, ConsentUnknown: not in this area. NotWithdrawn.
    """
    need(by, Permission.PRIVACY)
    with transaction.atomic():
        found = _locked(consent)
        if found.withdrawn_at is None:
            raise NotWithdrawn(number=found.number)
        if found.stopped_at is None:
            before = digest(_content(found))
            found.stopped_at, found.stopped_by = timezone.now(), by.account
            found.save(update_fields=["stopped_at", "stopped_by"])
            record(_event("stop", found, before=before, after=digest(_content(found))), by=by)
    return _line(found)


def stands(*, person: uuid.UUID, purpose: str) -> bool:
    """Whether a person's consent is in force: to be asked by a step before it does what rests on one.

    Nothing asks yet: `messages`, `partner_sharing` and `research_contact` are all that rests on consent, and
    no step sends news, hands data to a welfare institution or names people to researchers. A code for signing
    in is no news (purpose `access`, a legal obligation), and an officer who asks for a phone number does so
    for a case (`registration`, a public task).
    """
    return Consent.objects.filter(person=person, purpose=purpose, withdrawn_at__isnull=True).exists()


def get(*, by: Actor, consent: uuid.UUID) -> Line:
    """One consent, for its receipt; the reading is recorded. Raises NotAllowed, ConsentUnknown."""
    need(by, Permission.CONSENT_TAKE)
    found = Consent.objects.filter(pk=consent).first()
    if found is None:
        raise ConsentUnknown(given="", known=", ".join(purposes()))
    record(_event("read", found), by=by)
    return _line(found)


def of_person(*, by: Actor, person: uuid.UUID) -> tuple[Resident, list[Line]]:
    """Who the person is, and their consents that stand, the newest first; the reading is recorded.

    Raises:
        NotAllowed, NotResident: the scope in force holds no such person.
    """
    need(by, Permission.CONSENT_TAKE)
    resident = residents.register().find(person)
    if resident is None:
        raise NotResident()
    rows = Consent.objects.filter(person=person, withdrawn_at__isnull=True).order_by("-given_at", "-id")
    found = [_line(row) for row in rows]
    subject = Event(
        "privacy.consent.list", kind="person", subject=str(person), area=resident.village, count=len(found)
    )
    record(subject, by=by)
    return resident, found


def listed(*, by: Actor, state: str = "", number: str = "", offset: int = 0, limit: int = 50) -> list[Line]:
    """Consents in scope, the newest first; those to be stopped with the oldest clock first.

    ``state``: '' all, 'standing', 'to_stop', 'stopped'. ``number``: of one receipt. The reading is recorded.
    Raises NotAllowed.
    """
    need(by, Permission.PRIVACY)
    rows = Consent.objects.order_by("-given_at", "-id")
    if state == "standing":
        rows = rows.filter(withdrawn_at__isnull=True)
    elif state == "to_stop":
        rows = rows.filter(withdrawn_at__isnull=False, stopped_at__isnull=True).order_by("withdrawn_at")
    elif state == "stopped":
        rows = rows.filter(stopped_at__isnull=False)
    if number:
        rows = rows.filter(number=number.strip().upper())
    found = [_line(row) for row in rows[offset : offset + limit]]
    if found:
        record(Event("privacy.consent.list", kind="consent", count=len(found)), by=by)
    return found


def to_stop() -> list[tuple[str, Clock]]:
    """(receipt number, clock) of the withdrawals in scope that nobody has carried out, the most urgent
    first."""
    rows = Consent.objects.filter(withdrawn_at__isnull=False, stopped_at__isnull=True)
    return [(n, Clock(at)) for n, at in rows.order_by("withdrawn_at").values_list("number", "withdrawn_at")]


def genuine(line: Line, code: str) -> bool:
    """Whether a code on paper belongs to this consent."""
    typed = code.strip().upper().replace(" ", "")
    # As bytes: of texts it compares ASCII alone.
    return compare_digest(line.code.encode(), typed.encode())


def _require_adult(born: date | None, today: date, *, asked: bool) -> None:
    if born is not None and is_child(born, today):
        raise ChildCannotConsent()
    if born is None and not asked:
        raise AgeUnknown()


def _locked(consent: uuid.UUID) -> Consent:
    found = Consent.objects.select_for_update().filter(pk=consent).first()
    if found is None:
        raise ConsentUnknown(given="", known=", ".join(purposes()))
    return found


def _number() -> str:
    """Random, so that a receipt's number tells nothing and cannot be guessed from another."""
    return f"PS-{timezone.localdate():%y}-" + base64.b32encode(secrets.token_bytes(5)).decode()


def _code(consent: Consent) -> str:
    """Made from what the receipt says with the installation's secret: a changed receipt has another code."""
    made = salted_hmac("dtks.privacy.receipt", digest(_given(consent)), algorithm="sha256").digest()
    return base64.b32encode(made).decode()[:CODE_LETTERS]


def _given(consent: Consent) -> dict[str, str]:
    return {
        "number": consent.number,
        "person": str(consent.person),
        "purpose": consent.purpose,
        "sha256": consent.sha256,
        "given_at": consent.given_at.astimezone(timezone.get_fixed_timezone(0)).isoformat(),
    }


def _content(consent: Consent) -> dict[str, object]:
    return {**_given(consent), "withdrawn": str(consent.withdrawn_at), "stopped": str(consent.stopped_at)}


def _event(action: str, consent: Consent, *, before: str = "", after: str = "") -> Event:
    # Where the row lies now: the register moves it along with the person, and whoever acts there may not
    # write into the trail of the village that was left.
    return Event(
        f"privacy.consent.{action}", kind="consent", subject=str(consent.person),
        area=to_dotted(consent.area_number),
        purpose=consent.purpose, before=before, after=after, detail={"number": consent.number},
    )  # fmt: skip


def _line(consent: Consent) -> Line:
    clock = Clock(consent.withdrawn_at, consent.stopped_at) if consent.withdrawn_at else None
    return Line(
        id=consent.pk, number=consent.number, person=consent.person, area=consent.area,
        purpose=files.purposes()[consent.purpose], version=consent.version, sha256=consent.sha256,
        agreed_by=consent.agreed_by, given_at=consent.given_at, channel=consent.channel,
        taken_by=consent.taken_by, withdrawn_at=consent.withdrawn_at,
        withdrawn_channel=consent.withdrawn_channel, clock=clock, code=_code(consent),
        text=files.consent_version(purpose=consent.purpose, version=consent.version),
    )  # fmt: skip
