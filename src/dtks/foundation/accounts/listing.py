"""The lists of officers that a page shows: through the grants in scope, never past them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from dtks.foundation.accounts import standing_rows as rows
from dtks.foundation.accounts.domain import Holding
from dtks.foundation.accounts.errors import AccountNotFound
from dtks.foundation.accounts.models import Account, Grant
from dtks.foundation.accounts.roles import ROLES, clash
from dtks.foundation.kernel.area_codes import span_of
from dtks.foundation.ledger.domain import Actor

PAGE_SIZE = 50
UNUSED_AFTER = timedelta(days=90)
STATUSES = ("aktif", "tanpa-peran", "lama-tidak-masuk", "tertutup")


@dataclass(frozen=True, slots=True)
class GrantLine:
    """A grant as a page shows it. ``by`` and ``source``: who gave it, and whose role it comes from."""

    id: uuid.UUID
    account: uuid.UUID
    role: str
    area: str
    programme: str
    valid_from: date
    valid_to: date | None
    origin: str
    reason: str
    granted_at: datetime
    granted_by: str
    ended_at: datetime | None
    end_reason: str
    source: uuid.UUID | None = None

    def stands(self, on: date) -> bool:
        """Whether it is in force on that day."""
        return (
            self.ended_at is None and self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)
        )

    def is_open(self, on: date) -> bool:
        """Whether it is in force on that day or will be."""
        return self.ended_at is None and (self.valid_to is None or on <= self.valid_to)

    @property
    def role_name(self) -> tuple[str, str]:
        """Its Indonesian and its English name."""
        role = ROLES.get(self.role)
        return (role.name_id, role.name_en) if role else (self.role, self.role)


_GRANT = [f"{name}_id" if name in ("account", "source") else name for name in GrantLine.__dataclass_fields__]


@dataclass(frozen=True, slots=True)
class Officer:
    """An account with those of its grants that lie in scope."""

    id: uuid.UUID
    username: str
    name: str
    is_active: bool
    expires_on: date | None
    last_login: datetime | None
    created_at: datetime
    must_change_password: bool
    grants: tuple[GrantLine, ...] = field(default=())

    def status(self, on: date) -> str:
        """One of `STATUSES`."""
        if not self.is_active or (self.expires_on is not None and self.expires_on < on):
            return "tertutup"
        if not any(each.is_open(on) for each in self.grants):
            return "tanpa-peran"
        used = timezone.localdate(self.last_login or self.created_at)
        return "lama-tidak-masuk" if on - used > UNUSED_AFTER else "aktif"


_OFFICER = [name for name in Officer.__dataclass_fields__ if name != "grants"]


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of officers. ``total``: how many there are in all pages."""

    officers: tuple[Officer, ...]
    total: int
    page: int
    pages: int


def officers(
    *, by: Actor, on: date, text: str = "", role: str = "", area: str = "", status: str = "", page: int = 1,
    size: int = PAGE_SIZE,
) -> Listing:  # fmt: skip
    """Officers by name. ``text``: part of the name or the sign-in name. At most five queries."""
    found = Account.objects.filter(rows.visible_accounts(by))
    for word in text.split():
        found = found.filter(Q(name__icontains=word) | Q(username__icontains=word))
    here = Grant.objects.filter(rows.open_grants(on), account=OuterRef("pk"))
    if role:
        found = found.filter(Exists(here.filter(role=role)))
    if area:
        first, last = span_of(area)
        found = found.filter(Exists(here.filter(area_number__gte=first, area_number__lt=last)))
    found = _with_status(found, status, here, on)
    total = found.count()
    pages = max(1, -(-total // size))
    page = min(max(page, 1), pages)
    wanted = found.order_by("name", "username", "pk")[(page - 1) * size : page * size]
    return Listing(tuple(_with_grants(wanted)), total, page, pages)


def _with_status(found: QuerySet[Account], status: str, here: QuerySet[Grant], on: date) -> QuerySet[Account]:
    closed = Q(is_active=False) | Q(expires_on__lt=on)
    if status == "tertutup":
        return found.filter(closed)
    if status == "tanpa-peran":
        return found.exclude(closed).filter(~Exists(here))
    if status in ("aktif", "lama-tidak-masuk"):
        long_ago = timezone.make_aware(datetime.combine(on - UNUSED_AFTER, time.min))
        unused = Q(last_login__lt=long_ago) | Q(last_login__isnull=True, created_at__lt=long_ago)
        standing = found.exclude(closed).filter(Exists(here))
        return standing.filter(unused) if status == "lama-tidak-masuk" else standing.exclude(unused)
    return found


def stale_accounts(*, by: Actor, on: date, limit: int = PAGE_SIZE) -> Listing:
    """Officers with a role who have not signed in for 90 days: their roles should end, or they be called."""
    return officers(by=by, on=on, status="lama-tidak-masuk", size=limit)


def officer(*, by: Actor, account: uuid.UUID) -> Officer:
    """One officer with every grant in scope, the ended ones too. Raises AccountNotFound."""
    found = _with_grants(Account.objects.filter(rows.visible_accounts(by), pk=account))
    if not found:
        raise AccountNotFound(given=account)
    return found[0]


def named(*, by: Actor, username: str) -> Officer:
    """The officer with that sign-in name. Raises AccountNotFound."""
    wanted = username.strip().lower()
    found = _with_grants(Account.objects.filter(rows.visible_accounts(by), username=wanted))
    if not found:
        raise AccountNotFound(given=wanted)
    return found[0]


def administrators(*, on: date) -> int:
    """How many accounts hold the role administrator on a day."""
    with rows.everywhere():
        held = Grant.objects.filter(rows.open_grants(on), role=rows.ADMINISTRATOR, valid_from__lte=on)
        return held.filter(account__is_active=True).values("account").distinct().count()


def _with_grants(accounts: QuerySet[Account]) -> list[Officer]:
    """Two queries."""
    plain = list(accounts.values_list(*_OFFICER))
    lines: dict[uuid.UUID, list[GrantLine]] = {row[0]: [] for row in plain}
    for line in grant_lines(Grant.objects.filter(account__in=lines)):
        lines[line.account].append(line)
    return [Officer(*row, grants=tuple(lines[row[0]])) for row in plain]


def grant_lines(grants: QuerySet[Grant]) -> list[GrantLine]:
    """Grants as plain lines, the open and newest first. One query."""
    lines = [GrantLine(*row) for row in grants.order_by("-granted_at", "-id").values_list(*_GRANT)]
    return sorted(lines, key=lambda line: line.ended_at is not None)


def own_grants(*, account: uuid.UUID, on: date) -> list[GrantLine]:
    """What an account holds on the day or later, wherever: for its holder."""
    with rows.everywhere():
        return grant_lines(Grant.objects.filter(rows.open_grants(on), account=account))


def passed_on(*, account: uuid.UUID, on: date) -> list[GrantLine]:
    """What an account has delegated and what still is in force or will be."""
    with rows.everywhere():
        wanted = Grant.objects.filter(rows.open_grants(on), source__account=account)
        return grant_lines(wanted.filter(origin=Grant.Origin.DELEGATED))


def keys_named(*, text: str, limit: int = 50) -> list[str]:
    """Keys (as text) of officers with that sign-in name, or with these words in their name. One query.

    For finding what they did in the scope in force; that there is such an officer, nobody is told.
    """
    found = Q(username__iexact=text.strip())
    words = Q()
    for word in text.split():
        words &= Q(name__icontains=word)
    if words:
        found |= words
    officers = Account.objects.filter(found, kind=Account.Kind.OFFICER)
    return [str(key) for key in officers.order_by("pk").values_list("pk", flat=True)[:limit]]


def names(*, accounts: Iterable[str]) -> dict[str, str]:
    """{account key as text: name} of officers; what is no key ('system', 'cli') stays away. One query.

    For who gave or ended a role that is in scope: officers answer for that by name.
    """
    keys = []
    for account in set(accounts):
        try:
            keys.append(uuid.UUID(account))
        except ValueError:
            continue
    found = Account.objects.filter(pk__in=keys, kind=Account.Kind.OFFICER).values_list(
        "pk", "name", "username"
    )
    return {str(key): name or username for key, name, username in found}


def conflicts(*, accounts: Iterable[uuid.UUID], on: date) -> dict[uuid.UUID, list[tuple[str, str]]]:
    """Officers who hold two roles whose duties must not meet, with the pairs of roles: given before the
    table of roles became stricter, or to two accounts before these were known to be one person's.
    Three queries."""
    rows_ = list(Account.objects.filter(pk__in=list(accounts)).values_list("pk", "person", "nik_index"))
    people = Q(pk__in=[key for key, _, _ in rows_])
    people |= Q(person__in=[person for _, person, _ in rows_ if person])
    people |= Q(nik_index__in=[nik for _, _, nik in rows_ if nik])
    others = list(Account.objects.filter(people).values_list("pk", "person", "nik_index"))
    held: dict[uuid.UUID, list[Holding]] = {}
    for holding in rows.held_by([key for key, _, _ in others], on):
        held.setdefault(holding.account, []).append(holding)
    found: dict[uuid.UUID, list[tuple[str, str]]] = {}
    for key, person, nik in rows_:
        same = [
            other
            for other, its_person, its_nik in others
            if other == key or (person and its_person == person) or (nik and its_nik == nik)
        ]
        mine = [holding for other in same for holding in held.get(other, [])]
        pairs = {
            tuple(sorted((one.role, other.role)))
            for one in mine
            for other in mine
            if {one.role, other.role} <= ROLES.keys()
            and one.meets(other)
            and clash(ROLES[one.role], ROLES[other.role])
        }
        if pairs:
            found[key] = sorted(pairs)
    return found
