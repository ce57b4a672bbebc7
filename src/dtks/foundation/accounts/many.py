"""Many officers at once: every line judged first, then all of them stored or none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from django.db import IntegrityError
from django.utils import timezone

from dtks.foundation.accounts import granting
from dtks.foundation.accounts import standing_rows as rows
from dtks.foundation.accounts.account_data import new_password
from dtks.foundation.accounts.actions import (
    CONTACTS,
    hash_temporary,
    new_account,
    taken_contacts,
    taken_names,
)
from dtks.foundation.accounts.allowed import need
from dtks.foundation.accounts.domain import NewAccount
from dtks.foundation.accounts.errors import (
    MayNotGrant,
    NotByProgramme,
    OfficersFileWrong,
    UnknownRole,
    WrongPeriod,
)
from dtks.foundation.accounts.models import Account, Grant
from dtks.foundation.accounts.officers_file import COLUMNS, OfficerRow, Problem
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.kernel.area_codes import number_of
from dtks.foundation.kernel.errors import DtksError
from dtks.foundation.kernel.ids import new_id
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger.domain import Actor

_TWICE = ("ada lebih dari sekali di berkas ini.", "is in this file more than once.")
_TAKEN = ("sudah dipakai akun petugas lain.", "is used by another officer's account.")
_OF_ROLE = (UnknownRole, MayNotGrant)


def judge(*, by: Actor, lines: Sequence[OfficerRow]) -> list[Problem]:
    """What is wrong with these rows, by line: [] when all of them can be stored. Changes nothing.

    Raises:
        NotAllowed.
    """
    need(by, Permission.ACCOUNT_MANAGE)
    today = timezone.localdate()
    with rows.acting(by):
        taken = {"username": taken_names([row.data.username for row in lines])}
        for kind in CONTACTS:
            taken[kind] = taken_contacts(kind, [getattr(row.data, kind) for row in lines])
        twice = {key: _repeated(lines, key) for key in taken}
        known: dict[tuple[str, str, str], Problem | None] = {}
        found = []
        for row in lines:
            found += _of_data(row, taken, twice, today)
            found += _of_role(row, by, known)
            found += _of_period(row, today)
    return sorted(found, key=lambda problem: problem.line)


def _repeated(lines: Sequence[OfficerRow], key: str) -> set[str]:
    counts = Counter(getattr(row.data, key) for row in lines)
    return {value for value, count in counts.items() if value and count > 1}


def _of_data(
    row: OfficerRow, taken: dict[str, set[str]], twice: dict[str, set[str]], today: date
) -> list[Problem]:
    wrong = row.data.problems(on=today)
    found = [
        Problem(row.line, COLUMNS[key], error.params["problem_id"], error.params["problem_en"])
        for key, error in wrong.items()
    ]
    for key, values in taken.items():
        value = getattr(row.data, key)
        if key not in wrong and (value in values or value in twice[key]):
            found.append(Problem(row.line, COLUMNS[key], *(_TAKEN if value in values else _TWICE)))
    return found


def _of_role(row: OfficerRow, by: Actor, known: dict[tuple[str, str, str], Problem | None]) -> list[Problem]:
    key = (row.role, row.area, row.programme)
    if key not in known:
        try:
            granting.role_for(by=by, role=row.role, area=row.area, programme=row.programme)
            known[key] = None
        except DtksError as error:
            column = "role" if isinstance(error, _OF_ROLE) else "area"
            column = "programme" if isinstance(error, NotByProgramme) else column
            known[key] = Problem(0, COLUMNS[column], error.text("id"), error.text("en"))
    problem = known[key]
    return [Problem(row.line, problem.column, problem.text_id, problem.text_en)] if problem else []


def _of_period(row: OfficerRow, today: date) -> list[Problem]:
    first = row.valid_from or today
    if row.valid_to is None or row.valid_to >= max(first, today):
        return []
    error = WrongPeriod(first=first, last=row.valid_to)
    return [Problem(row.line, COLUMNS["valid_to"], error.text("id"), error.text("en"))]


def create_all(*, by: Actor, lines: Sequence[OfficerRow]) -> list[NewAccount]:
    """Store every row: an account with its role. The passwords are in the answer and nowhere else.

    Raises:
        NotAllowed; OfficersFileWrong: something is wrong with a row by now, nothing is stored.
    """
    if problems := judge(by=by, lines=lines):
        raise OfficersFileWrong(count=len(problems))
    passwords = [new_password() for _ in lines]
    hashed = [hash_temporary(password) for password in passwords]
    try:
        with rows.acting(by):
            return _store(by, lines, passwords, hashed)
    except IntegrityError:
        # Somebody else took a name or a number in between.
        raise OfficersFileWrong(count=max(1, len(judge(by=by, lines=lines)))) from None


def _store(
    by: Actor, lines: Sequence[OfficerRow], passwords: list[str], hashed: list[str]
) -> list[NewAccount]:
    now, today = timezone.now(), timezone.localdate()
    accounts = [new_account(row.data, secret, by=by) for row, secret in zip(lines, hashed, strict=True)]
    grants = [
        Grant(
            id=new_id(),
            account=account,
            role=row.role,
            area=row.area,
            area_number=number_of(row.area),
            programme=row.programme,
            valid_from=row.valid_from or today,
            valid_to=row.valid_to,
            granted_at=now,
            granted_by=by.account[:64],
        )
        for row, account in zip(lines, accounts, strict=True)
    ]
    # A new account has no other role, and no other officer's account has its NIK: nothing can clash.
    Account.objects.bulk_create(accounts, batch_size=500)
    Grant.objects.bulk_create(grants, batch_size=500)
    ledger.record(
        *(rows.account_event("create", each.account, area=each.area) for each in grants),
        *(rows.grant_event("grant", each) for each in grants),
        by=by,
    )
    return [
        NewAccount(account.pk, account.username, account.name, password)
        for account, password in zip(accounts, passwords, strict=True)
    ]
