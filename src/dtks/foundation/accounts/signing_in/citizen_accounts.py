"""A citizen's account: made at the first code that fits or at the office, with the one role that every
citizen has."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from dtks.foundation.accounts.models import Account, Grant
from dtks.foundation.accounts.signing_in import contacts
from dtks.foundation.kernel.area_codes import number_of
from dtks.foundation.kernel.ids import new_id
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger.domain import CITIZEN_ROLE, Actor, Event
from dtks.foundation.scope.current import limited_to, without_scope
from dtks.foundation.vault import blind, configured

BY = Actor.system("citizen-sign-in")
MOVED = "pindah desa"
LONGEST_NAME = 150


def of(nik: str, *, person: uuid.UUID | None, locked: bool = False) -> Account | None:
    """The citizen's account with this NIK; where none has it, the one that was made for the register's
    ``person`` under a NIK that the register has mended since. ``locked``: until the transaction ends."""
    candidates = blind.index_candidates(nik, kind="nik", ring=configured.ring())
    found = Account.objects.filter(kind=Account.Kind.CITIZEN)
    if locked:
        found = found.select_for_update()
    account = found.filter(nik_index__in=candidates).first()
    if account is None and person is not None:
        account = found.filter(person=person).order_by("created_at", "pk").first()
    return account


def follow(account: Account, *, nik: str, name: str, person: uuid.UUID) -> None:
    """NIK, name and key as the register has them now, on the account, which is not stored here."""
    account.nik, account.nik_index = nik, contacts.index(nik, "nik")
    account.name, account.person = name[:LONGEST_NAME], person


@transaction.atomic
def create(whom: dict[str, str], *, how: str, proven: bool = True, by: Actor = BY) -> Account:
    """The account of the person in ``whom`` (nik, contact, person, name, village). It has no password; its
    role reaches no further than the village where the family lives.

    Raises:
        IntegrityError: somebody made one for the NIK, or took the contact, at the same moment.
    """
    now = timezone.now()
    account = Account(
        id=new_id(),
        username=f"warga-{uuid.uuid4().hex}",
        kind=Account.Kind.CITIZEN,
        created_at=now,
        created_by=by.account[:64],
    )
    follow(account, nik=whom["nik"], name=whom["name"], person=uuid.UUID(whom["person"]))
    contacts.bind(account, whom["contact"], how=how, at=now, proven=proven)
    account.set_unusable_password()
    account.save(force_insert=True)
    with without_scope(), limited_to(""):
        created = Event("accounts.create", kind="account", subject=str(account.pk), area=whom["village"])
        ledger.record(created, by=by)
    live_in(account, whom["village"], by=by, at=now)
    return account


@transaction.atomic
def live_in(account: Account, village: str, *, by: Actor, at: datetime) -> None:
    """The citizen's role is for this village, where the family lives now; one for another village ends."""
    with without_scope(), limited_to(""):
        open_ones = Grant.objects.filter(account=account, role=CITIZEN_ROLE, ended_at=None)
        gone = list(open_ones.exclude(area=village))
        for grant in gone:
            grant.ended_at, grant.ended_by, grant.end_reason = at, by.account[:64], MOVED
            grant.save(update_fields=["ended_at", "ended_by", "end_reason"])
        events = [
            Event("accounts.grant.end", kind="grant", subject=str(each.pk), area=each.area) for each in gone
        ]
        if not open_ones.filter(area=village).exists():
            grant = Grant(
                account=account,
                role=CITIZEN_ROLE,
                area=village,
                area_number=number_of(village),
                valid_from=timezone.localdate(),
                granted_at=at,
                granted_by=by.account[:64],
            )
            grant.save(force_insert=True)
            events.append(Event("accounts.grant", kind="grant", subject=str(grant.pk), area=village))
        ledger.record(*events, by=by)
