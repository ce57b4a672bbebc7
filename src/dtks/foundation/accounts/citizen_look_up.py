"""The office finds a citizen and the citizen's account, by NIK, within its area. Every look is recorded."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime

from dtks.foundation.accounts import citizens
from dtks.foundation.accounts import standing_rows as rows
from dtks.foundation.accounts.allowed import need
from dtks.foundation.accounts.citizens import CitizenMatch
from dtks.foundation.accounts.models import Account
from dtks.foundation.accounts.queries import identities
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.accounts.signing_in import citizen_accounts, contacts, errors, showing
from dtks.foundation.kernel.nik import Nik
from dtks.foundation.kernel.nik import clean as only_digits
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger.domain import Actor, Event


@dataclass(frozen=True, slots=True, repr=False)
class Citizen:
    """A citizen as the office sees them. ``contact`` and ``known`` (what the register knows) are masked, ''
    for none; ``how``: of `Account.ContactHow`; ``factor``: whether a second one is asked for after the code;
    ``own``: the officer's own person or family."""

    person: uuid.UUID
    name: str
    nik: str
    village: str
    living: bool
    own: bool
    known: str
    account: uuid.UUID | None = None
    active: bool = False
    closed_at: datetime | None = None
    contact: str = ""
    since: datetime | None = None
    how: str = ""
    proven: bool = False
    factor: bool = False
    last_login: datetime | None = None


def find(*, by: Actor, nik: str) -> uuid.UUID:
    """The register's key of the one person in the actor's area who bears the NIK. Recorded, found or not.

    Raises:
        NotAllowed, CitizenNotFound.
    """
    need(by, Permission.CITIZEN_HELP)
    digits = only_digits(nik)
    with rows.acting(by):
        match = citizens.register().known(nik=digits) if Nik.defect(digits) is None else None
        subject, area = (str(match.person), match.village) if match is not None else ("", "")
        ledger.record(Event("accounts.citizen_find", kind="citizen", subject=subject, area=area), by=by)
    if match is None:
        raise errors.CitizenNotFound()
    return match.person


def see(*, by: Actor, person: uuid.UUID) -> Citizen:
    """The citizen and the account. Recorded.

    Raises:
        NotAllowed, CitizenNotFound.
    """
    need(by, Permission.CITIZEN_HELP)
    with rows.acting(by):
        match = match_of(person)
        account = citizen_accounts.of(match.nik, person=match.person)
        ledger.record(
            Event("accounts.citizen_read", kind="citizen", subject=str(person), area=match.village), by=by
        )
        return _as_seen(by, match, account)


def match_of(person: uuid.UUID) -> CitizenMatch:
    """The person in scope. Raises CitizenNotFound, also for a NIK that two people bear."""
    match = citizens.register().known(person=person)
    if match is None or not match.village:
        raise errors.CitizenNotFound()
    with rows.everywhere():
        anywhere = citizens.register().known(nik=match.nik)
    if anywhere is None or anywhere.person != person:
        raise errors.CitizenNotFound()
    return match


def is_own(by: Actor, match: CitizenMatch) -> bool:
    """Whether it is the officer or somebody on the officer's family card, as far as the account tells who
    the officer is: by the register's key, by a citizen's account of the same person, or by NIK.

    Officers load data themselves, so neither a second bearer of their NIK nor a move to another card opens
    their own family: `CitizenRegister.kin`."""
    accounts = list(Account.objects.filter(pk__in=identities(by.account)))
    mine: set[uuid.UUID] = set()
    with rows.everywhere():
        register = citizens.register()
        for key in {each.person for each in accounts if each.person}:
            mine |= {key, *register.kin(person=key)}
        for nik in {each.nik for each in accounts if each.nik}:
            mine |= register.kin(nik=nik)
    return bool(mine & match.family)


def _as_seen(by: Actor, match: CitizenMatch, account: Account | None) -> Citizen:
    usable = [each for each in match.contacts if contacts.is_one(each)]
    seen = Citizen(
        person=match.person,
        name=match.name,
        nik=match.nik,
        village=match.village,
        living=match.living,
        own=is_own(by, match),
        known=contacts.masked(usable[0]) if usable else "",
    )
    if account is None:
        return seen
    bound = contacts.of(account)
    return replace(
        seen,
        account=account.pk,
        active=account.is_active,
        closed_at=account.closed_at,
        contact=contacts.masked(bound) if bound else "",
        since=account.contact_since,
        how=account.contact_how,
        proven=bool(account.phone_verified_at or account.email_verified_at),
        factor=showing.has_factor(account),
        last_login=account.last_login,
    )
