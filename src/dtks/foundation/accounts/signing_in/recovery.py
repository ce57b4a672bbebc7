"""Recovery codes: each stands in for a second factor once. Nothing but their hashes is kept, so they are
shown at their making and never again.

A code begins with a letter of its own, its mark, which says which hash it is held against: a try costs the
check of one hash, whatever was typed and whether or not the account has codes.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from dtks.foundation.accounts.models import Account

COUNT = 10
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""No vowels, so no words; nothing that is taken for a digit."""
MARKS = LETTERS[:COUNT]
GROUPS, IN_A_GROUP = 3, 4
LONGEST_TYPED = 40
_KIND = Authenticator.Type.RECOVERY_CODES
_HASHES = "hashes"  # in `Authenticator.data`: mark → hash, of the codes that are left


@dataclass(frozen=True, slots=True, repr=False)
class NewCodes:
    """Codes as they are shown ('BXKT-WQRN-HJDF'), and their hashes by mark."""

    codes: tuple[str, ...]
    hashes: dict[str, str]


def new() -> NewCodes:
    """Ten codes of eleven random letters each (47 bits) behind the mark. Hashing them takes a second, several
    on a busy machine: it is done outside a transaction, so that nobody else waits."""
    length = GROUPS * IN_A_GROUP - 1
    plain = [mark + "".join(secrets.choice(LETTERS) for _ in range(length)) for mark in MARKS]
    return NewCodes(
        codes=tuple(map(_written, plain)), hashes={code[0]: make_password(code) for code in plain}
    )


@transaction.atomic
def store(account: Account, made: NewCodes) -> None:
    """These are the account's codes from now on; those of before are worth nothing."""
    Account.objects.select_for_update().get(pk=account.pk)  # two clicks at once leave one set, the later
    Authenticator.objects.filter(user_id=account.pk, type=_KIND).delete()
    Authenticator.objects.create(user_id=account.pk, type=_KIND, data={_HASHES: made.hashes})


def left(account: Account) -> int | None:
    """How many codes are unused; None when none were ever made."""
    row = _row(account)
    return len(row.data[_HASHES]) if row is not None else None


def is_like_one(typed: str) -> bool:
    """Whether it can be a recovery code and no code of an app: there is a letter in it."""
    return any(sign.isalpha() for sign in typed)


def spend(account: Account, typed: str) -> Authenticator | None:
    """Use the code up, however its groups are written; None when it does not fit or is used. Of several tries
    with one code at the same moment one succeeds."""
    code = "".join(sign for sign in typed[:LONGEST_TYPED].upper() if sign.isalnum())
    row = _row(account)
    held = row.data[_HASHES].get(code[:1]) if row is not None else None
    if held is None:
        make_password(code)  # as much work as where there is a hash to check
        return None
    return _taken(row.pk, code[0], held) if check_password(code, held) else None


@transaction.atomic
def _taken(pk: int, mark: str, held: str) -> Authenticator | None:
    # The hash was checked without a lock: it must still be there.
    row = Authenticator.objects.select_for_update().filter(pk=pk).first()
    if row is None or row.data[_HASHES].get(mark) != held:
        return None
    del row.data[_HASHES][mark]
    row.save(update_fields=["data"])
    return row


def _row(account: Account) -> Authenticator | None:
    return Authenticator.objects.filter(user_id=account.pk, type=_KIND).first()


def _written(plain: str) -> str:
    return "-".join(plain[at : at + IN_A_GROUP] for at in range(0, len(plain), IN_A_GROUP))
