"""A citizen's account: made at the first code that fits, with the one role that every citizen has."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils import timezone

from dtks.foundation.accounts.models import Account, Grant
from dtks.foundation.kernel.area_codes import number_of
from dtks.foundation.kernel.ids import new_id
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger.domain import CITIZEN_ROLE, Actor, Event
from dtks.foundation.scope.current import limited_to, without_scope
from dtks.foundation.vault import blind, configured

BY = Actor.system("citizen-sign-in")


@transaction.atomic
def create(whom: dict[str, str]) -> Account:
    """The account of the person in ``whom`` (nik, contact, person, name, village). It has no password; its
    role reaches no further than the village where the family lives."""
    now = timezone.now()
    kind = "email" if "@" in whom["contact"] else "phone"
    account = Account(
        id=new_id(),
        username=f"warga-{uuid.uuid4().hex}",
        kind=Account.Kind.CITIZEN,
        name=whom["name"][:150],
        nik=whom["nik"],
        nik_index=_index(whom["nik"], "nik"),
        person=uuid.UUID(whom["person"]),
        created_at=now,
        created_by=BY.account,
    )
    setattr(account, kind, whom["contact"])
    setattr(account, f"{kind}_index", _index(whom["contact"], kind))
    setattr(account, f"{kind}_verified_at", now)
    account.set_unusable_password()
    account.save(force_insert=True)
    grant = Grant(
        account=account,
        role=CITIZEN_ROLE,
        area=whom["village"],
        area_number=number_of(whom["village"]),
        valid_from=timezone.localdate(),
        granted_at=now,
        granted_by=BY.account,
    )
    with without_scope(), limited_to(""):
        grant.save(force_insert=True)
        ledger.record(
            Event("accounts.create", kind="account", subject=str(account.pk), area=whom["village"]),
            Event("accounts.grant", kind="grant", subject=str(grant.pk), area=whom["village"]),
            by=BY,
        )
    return account


def _index(value: str, kind: str) -> uuid.UUID:
    return uuid.UUID(bytes=blind.blind_index(value, kind=kind, ring=configured.ring()))
