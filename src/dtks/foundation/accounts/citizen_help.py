"""What the village office does for a citizen who stands there with KTP and family card: release the account's
contact, register another, close the account, open it again. Finding it: `citizen_look_up`.

Every act needs a reason and that the papers were seen, stands in the trail, and is told at the old contact;
a first contact is told to those that the register knows. Nobody does it for themselves or their own family,
or with an officer's contact. What is refused stands in the trail as well.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dtks.foundation.accounts import citizen_look_up as look_up
from dtks.foundation.accounts import standing_rows as rows
from dtks.foundation.accounts.allowed import need
from dtks.foundation.accounts.citizens import CitizenMatch
from dtks.foundation.accounts.models import Account
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.accounts.signing_in import (
    citizen_accounts,
    citizen_factors,
    codes,
    contacts,
    errors,
)
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger.domain import Actor, Event

PAPERS = "KTP, KK"
NO_ACCOUNT = ("warga ini belum punya akun", "this citizen has no account yet")
NO_CONTACT = ("tidak ada kontak yang melekat", "no contact is bound")
CLOSED = ("akunnya ditutup; buka lagi dulu", "the account is closed; open it again first")
OPEN = ("akunnya tidak ditutup", "the account is not closed")
ON_RECORD = (
    errors.OwnFamily, errors.CitizenHasDied, errors.CitizensContactTaken, errors.OfficersContact,
)  # fmt: skip
"""Refusals that an auditor wants to see; a slip in the form is none."""


def release_contact(*, by: Actor, person: uuid.UUID, reason: str, papers: bool) -> None:
    """The contact opens the account no more, and whoever is inside is out; a second factor goes with it, as
    it was lost with the phone. The contact comes back by the office alone; one that the register knows and
    that is another one may be used for the next first sign-in.

    Raises:
        NotAllowed, CitizenNotFound, OwnFamily, PapersNotSeen, ReasonMissing, NumberInReason, NothingToDo.
    """
    with _act("contact_release", by, person, reason, papers) as (match, account, why):
        if account is None or not contacts.of(account):
            raise _nothing(NO_ACCOUNT if account is None else NO_CONTACT)
        old = contacts.release(account)
        _store(account, "contact_release", match, why, by=by)
        _forget_factors(account, match, why, by=by)
        _tell_after([old], _("Kontak ini dilepas dari akun DTKS di kantor desa atau kelurahan."))


def register_contact(
    *, by: Actor, person: uuid.UUID, contact: str, reason: str, papers: bool, proven: bool = False
) -> None:
    """The contact that the citizen shows up with opens the account (which is made when there is none),
    instead of the one that did. A second factor stays: a new number is no lost phone. ``proven``: a code that
    was sent there was told back (`confirm_contact`). Where none did, the contacts that the register knows are
    told: without that nobody would learn of a contact that is not the citizen's.

    Raises:
        As `release_contact`; ContactUnusable, CitizensContactTaken, OfficersContact, CitizenHasDied.
    """
    with _act("contact_register", by, person, reason, papers) as (match, account, why):
        _check_contact(match, account, contact)
        how = Account.ContactHow.CODE if proven else Account.ContactHow.SEEN
        bound, old, kept = contacts.of(account) if account is not None else "", "", account
        if kept is None:
            whom = {
                "nik": match.nik, "contact": contact, "person": str(person), "name": match.name,
                "village": match.village,
            }  # fmt: skip
            kept = _made(whom, how=how, proven=proven, by=by)
        else:
            if not contacts.among(contact, filter(None, (bound,))):
                old = contacts.release(kept)
            now = timezone.now()
            contacts.bind(kept, contact, how=how, at=now, proven=proven)
            # Who stands here with KTP and family card is this person, whatever record the account was of.
            citizen_accounts.follow(kept, nik=match.nik, name=match.name, person=person)
            citizen_accounts.live_in(kept, match.village, by=by, at=now)
        _store(kept, "contact_register", match, why, by=by, how=str(how))
        _tell_after([old], _("Kontak ini diganti dengan kontak lain di akun DTKS, di kantor desa/kelurahan."))
        if not bound:
            known = [each for each in match.contacts if contacts.is_one(each)]
            others = {contacts.written(each): each for each in known if not contacts.among(contact, (each,))}
            text = _(
                "Kontak lain didaftarkan di kantor desa/kelurahan untuk akun DTKS seorang anggota keluarga "
                "yang tercatat dengan kontak ini."
            )
            _tell_after(others.values(), text)


def check_contact(*, by: Actor, person: uuid.UUID, contact: str, reason: str, papers: bool) -> None:
    """Raise what `register_contact` and `send_code` would, but for what other people's accounts tell: that
    may be asked only so often, and this is what is judged before a try is counted.

    Raises:
        As `release_contact`; ContactUnusable, CitizenHasDied.
    """
    with _act("contact_register", by, person, reason, papers) as (match, account, _why):
        _check_form(match, account, contact)


def send_code(*, by: Actor, person: uuid.UUID, contact: str, reason: str, papers: bool) -> uuid.UUID:
    """Send a code to the contact, once the event is stored; the key by which `confirm_contact` registers it.
    Nothing is bound yet.

    Raises:
        As `register_contact`.
    """
    with _act("contact_code", by, person, reason, papers) as (match, account, why):
        _check_contact(match, account, contact)
        key = codes.send_at_office(match=match, contact=contact, reason=why, by=by.account)
        ledger.record(
            Event("accounts.contact_code", kind="citizen", subject=str(person), area=match.village), by=by
        )
        return key


def confirm_contact(*, by: Actor, person: uuid.UUID, key: uuid.UUID, code: str) -> None:
    """The citizen told the code back: register the contact that it was sent to.

    Raises:
        As `register_contact`; OfficeCodeWrong.
    """
    need(by, Permission.CITIZEN_HELP)
    with rows.acting(by):
        match = look_up.match_of(person)
    # A wrong code costs a try, so what it writes must stay.
    whom = codes.redeem_at_office(key=key, code=code)
    if whom is None or whom["person"] != str(person) or whom["by"] != by.account:
        with rows.acting(by):
            ledger.record(
                Event("accounts.code_failed", kind="citizen", subject=str(person), area=match.village), by=by
            )
        raise errors.OfficeCodeWrong()
    register_contact(
        by=by, person=person, contact=whom["contact"], reason=whom["reason"], papers=True, proven=True
    )


def close_account(*, by: Actor, person: uuid.UUID, reason: str, papers: bool) -> None:
    """Nobody signs in with it any more; contact and second factor are gone. Also of somebody who has died.

    Raises:
        As `release_contact`.
    """
    with _act("citizen_close", by, person, reason, papers) as (match, account, why):
        if account is None or not account.is_active:
            raise _nothing(NO_ACCOUNT if account is None else CLOSED)
        old = contacts.release(account)
        account.is_active, account.closed_at, account.closed_by = False, timezone.now(), by.account[:64]
        _store(account, "citizen_close", match, why, by=by)
        _forget_factors(account, match, why, by=by)
        _tell_after([old], _("Akun DTKS yang memakai kontak ini ditutup di kantor desa atau kelurahan."))


def reopen_account(*, by: Actor, person: uuid.UUID, reason: str, papers: bool) -> None:
    """Sign-in is possible again, as soon as a contact is registered.

    Raises:
        As `release_contact`; CitizenHasDied.
    """
    with _act("citizen_reopen", by, person, reason, papers) as (match, account, why):
        if account is None or account.is_active:
            raise _nothing(NO_ACCOUNT if account is None else OPEN)
        if not match.living:
            raise errors.CitizenHasDied()
        account.is_active, account.closed_at, account.closed_by = True, None, ""
        _store(account, "citizen_reopen", match, why, by=by)


@contextmanager
def _act(
    what: str, by: Actor, person: uuid.UUID, reason: str, papers: bool
) -> Iterator[tuple[CitizenMatch, Account | None, str]]:
    """One transaction in the actor's area, around what every act (``what``) checks first."""
    need(by, Permission.CITIZEN_HELP)
    area = ""
    try:
        with rows.acting(by):
            match = look_up.match_of(person)
            area = match.village
            if look_up.is_own(by, match):
                raise errors.OwnFamily()
            why = rows.reasoned(reason)
            if not papers:
                raise errors.PapersNotSeen()
            yield match, citizen_accounts.of(match.nik, person=match.person, locked=True), why
    except ON_RECORD as problem:
        # What was done is undone; that it was tried stays.
        detail = {"act": what, "code": problem.code}
        event = Event(
            "accounts.citizen_refused", kind="citizen", subject=str(person), area=area, detail=detail
        )
        with rows.acting(by):
            ledger.record(event, by=by)
        raise


def _check_contact(match: CitizenMatch, account: Account | None, contact: str) -> None:
    _check_form(match, account, contact)
    if contacts.is_officers(contact, but=match.person, nik=match.nik):
        raise errors.OfficersContact()
    if not contacts.is_free(contact, but=account):
        raise errors.CitizensContactTaken()


def _check_form(match: CitizenMatch, account: Account | None, contact: str) -> None:
    if not match.living:
        raise errors.CitizenHasDied()
    if not contacts.is_one(contact):
        raise errors.ContactUnusable()
    if account is not None and not account.is_active:
        raise _nothing(CLOSED)


def _made(whom: dict[str, str], *, how: str, proven: bool, by: Actor) -> Account:
    try:
        with transaction.atomic():
            return citizen_accounts.create(whom, how=how, proven=proven, by=by)
    except IntegrityError:  # somebody took the contact, or made the account, at the same moment
        raise errors.CitizensContactTaken() from None


def _store(account: Account, action: str, match: CitizenMatch, why: str, *, by: Actor, **detail: str) -> None:
    """Store the account, end its sessions and write the event."""
    try:
        with transaction.atomic():
            account.save()
    except IntegrityError:
        raise errors.CitizensContactTaken() from None
    ended = contacts.end_sessions(account)
    event = rows.account_event(
        action, account, area=match.village, reason=why, papers=PAPERS, sessions=ended, **detail
    )
    ledger.record(event, by=by)


def _forget_factors(account: Account, match: CitizenMatch, why: str, *, by: Actor) -> None:
    """Take the citizen's own second factor away, with an event when there was one."""
    count = citizen_factors.forget(account)
    if count:
        event = rows.account_event(
            "reset_second_factor", account, area=match.village, reason=why, papers=PAPERS, factors=count
        )
        ledger.record(event, by=by)


def _tell_after(told: Iterable[str], text: str) -> None:
    """Tell contacts ('' is none) once it is done. No name, no number: the phone may be anybody's."""
    ask = _("Bukan Anda yang meminta? Datang ke kantor desa/kelurahan dengan KTP dan kartu keluarga.")
    for contact in filter(None, told):
        transaction.on_commit(partial(codes.tell, contact, f"{text} {ask}"))


def _nothing(why: tuple[str, str]) -> errors.NothingToDo:
    return errors.NothingToDo(reason_id=why[0], reason_en=why[1])
