"""The yearly access review: whoever reviews an area keeps or ends each role in it, with a reason.

It runs from 1 October to 31 December and asks about every role that was given before it opened and is
still open. Delegations are not asked about: they end within 90 days. What nobody decided on ends
(`end_unreviewed`).
"""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

import xlsxwriter
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from dtks.foundation.accounts import listing
from dtks.foundation.accounts import standing_rows as rows
from dtks.foundation.accounts.allowed import need
from dtks.foundation.accounts.errors import GrantNotFound, LastAdministrator, NotInReview, OwnAccount
from dtks.foundation.accounts.granting import check_may_end, close
from dtks.foundation.accounts.listing import GrantLine
from dtks.foundation.accounts.models import AccessReview, Account, Grant
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.kernel.ids import new_id
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger.domain import Actor, Event, digest

KEEP, END = AccessReview.Decision.KEEP, AccessReview.Decision.END
NOT_REVIEWED = "tidak ditinjau sampai batas waktu"
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Period:
    """The review of a year."""

    year: int

    @property
    def opens(self) -> date:
        """The first day."""
        return date(self.year, 10, 1)

    @property
    def deadline(self) -> date:
        """The last day."""
        return date(self.year, 12, 31)

    def runs(self, on: date) -> bool:
        """Whether decisions are taken on that day."""
        return self.opens <= on <= self.deadline

    @classmethod
    def of(cls, on: date) -> Period:
        """The one of that day's year: running, or to come."""
        return cls(on.year)

    @classmethod
    def last_closed(cls, on: date) -> Period:
        """The newest whose deadline has passed."""
        return cls(on.year - 1)


@dataclass(frozen=True, slots=True)
class Line:
    """One role under review, its holder, and what was decided ('' nothing yet)."""

    grant: GrantLine
    holder: str
    username: str
    last_login: datetime | None
    decision: str = ""
    reason: str = ""
    decided_by: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the review of an area is."""

    total: int
    decided: int

    @property
    def left(self) -> int:
        """How many wait for a decision."""
        return self.total - self.decided


def _subject(period: Period) -> QuerySet[Grant]:
    """The grants in scope that the review asks about: still open, or ended by it."""
    opened = timezone.make_aware(datetime.combine(period.opens, time.min))
    reviewed = AccessReview.objects.filter(grant=OuterRef("pk"), year=period.year)
    still = Q(ended_at__isnull=True) & (Q(valid_to__isnull=True) | Q(valid_to__gte=period.opens))
    return (
        Grant.objects.filter(still | Exists(reviewed), granted_at__lt=opened)
        .exclude(origin=Grant.Origin.DELEGATED)
        .exclude(account__kind=Account.Kind.CITIZEN)
        .annotate(decided=Exists(reviewed))
    )


def progress(*, period: Period) -> Progress:
    """Of the scope in force. Two queries."""
    found = _subject(period)
    return Progress(found.count(), found.filter(decided=True).count())


def lines(
    *, period: Period, undecided: bool = False, page: int = 1, size: int | None = PAGE_SIZE
) -> list[Line]:
    """Roles under review by area and holder; ``size`` None: all. Three queries, whatever the number."""
    found = _subject(period)
    if undecided:
        found = found.filter(decided=False)
    ordered = found.order_by("area_number", "role", "account__name", "pk")
    chosen = ordered if size is None else ordered[(page - 1) * size : page * size]
    return _as_lines(chosen, period)


def line(*, grant: uuid.UUID, period: Period) -> Line | None:
    """One role under review in the scope in force, with what was decided; None: the review does not ask
    about it. Three queries."""
    return next(iter(_as_lines(_subject(period).filter(pk=grant), period)), None)


def _as_lines(chosen: QuerySet[Grant], period: Period) -> list[Line]:
    keys = list(chosen.values_list("pk", "account__name", "account__username", "account__last_login"))
    by_key = {
        line.id: line for line in listing.grant_lines(Grant.objects.filter(pk__in=[row[0] for row in keys]))
    }
    decisions = {
        grant: (decision, reason, decided_by)
        for grant, decision, reason, decided_by in AccessReview.objects.filter(
            grant__in=by_key, year=period.year
        ).values_list("grant_id", "decision", "reason", "decided_by")
    }
    return [
        Line(by_key[key], name or username, username, seen, *decisions.get(key, ()))
        for key, name, username, seen in keys
    ]


def decide(*, by: Actor, grant: uuid.UUID, decision: str, reason: str) -> None:
    """Keep a role for another year, or end it now. A second decision replaces nothing: it is refused.

    A role is ended by those alone who may give it, as everywhere.

    Raises:
        NotAllowed, GrantNotFound, OwnAccount, NotInReview, ReasonMissing, MayNotEnd, LastAdministrator.
    """
    need(by, Permission.ACCOUNT_REVIEW)
    why = rows.reasoned(reason)
    today = timezone.localdate()
    period = Period.of(today)
    with rows.acting(by):
        found = Grant.objects.select_for_update().filter(pk=grant, ended_at=None).first()
        if found is None:
            raise GrantNotFound()
        if by.account == str(found.account_id):
            raise OwnAccount()
        asked = _subject(period).filter(pk=grant, decided=False).exists()
        if not period.runs(today) or not asked:
            raise NotInReview(year=period.year, first=period.opens, last=period.deadline)
        if decision == END:
            check_may_end(by, found.role)
        _store([found], decision, why, period, by)
        if decision == END:
            close([found], by=by, reason=why)


def _store(grants: Iterable[Grant], decision: str, reason: str, period: Period, by: Actor) -> None:
    """The decisions with their events, in the caller's transaction."""
    now = timezone.now()
    made = [
        AccessReview(
            id=new_id(), area_number=grant.area_number, grant=grant, year=period.year, decision=decision,
            reason=reason, decided_at=now, decided_by=by.account[:64],
        )
        for grant in grants
    ]  # fmt: skip
    AccessReview.objects.bulk_create(made, batch_size=500)
    ledger.record(
        *(
            rows.grant_event(f"review.{decision}", each.grant, reason=reason, year=period.year)
            for each in made
        ),
        by=by,
    )


def end_unreviewed(*, by: Actor, on: date) -> int:
    """After the deadline: end what nobody decided on in the last review, in scope. For a daily job; a second
    call finds nothing. The last administrator stays, and the trail says so. Returns how many ended.

    Raises:
        NotAllowed.
    """
    need(by, Permission.ACCOUNT_REVIEW)
    period = Period.last_closed(on)
    with rows.acting(by):
        late = list(_subject(period).filter(decided=False, ended_at=None).order_by("granted_at", "pk"))
        others = [each for each in late if each.role != rows.ADMINISTRATOR]
        ended = close(others, by=by, reason=NOT_REVIEWED, action="review.lapse")
        for each in late:
            if each.role == rows.ADMINISTRATOR:
                try:
                    ended += close([each], by=by, reason=NOT_REVIEWED, action="review.lapse")
                except LastAdministrator:
                    ledger.record(rows.grant_event("review.last_administrator_stays", each), by=by)
        return ended


def workbook(*, by: Actor, period: Period) -> bytes:
    """The review of the scope in force as .xlsx, with a record in the trail."""
    need(by, Permission.ACCOUNT_REVIEW)
    found = lines(period=period, size=None)
    with rows.acting(by):
        content = [(str(line.grant.id), line.decision) for line in found]
        event = Event("accounts.review.export", kind="account", count=len(found), after=digest(content))
        ledger.record(event, by=by)
    deciders = listing.names(accounts={line.decided_by for line in found})
    return sheet(
        "Tinjauan",
        f"Tinjauan akses {period.year}",
        ("Nama", "Nama masuk", "Peran", "Wilayah", "Program", "Mulai", "Sampai", "Asal", "Terakhir masuk",
         "Keputusan", "Alasan", "Oleh"),
        (
            (
                line.holder, line.username, line.grant.role_name[0], line.grant.area or "nasional",
                line.grant.programme, str(line.grant.valid_from), str(line.grant.valid_to or ""),
                line.grant.origin, str(timezone.localdate(line.last_login)) if line.last_login else "",
                {KEEP: "dilanjutkan", END: "diakhiri"}.get(line.decision, "belum ditinjau"), line.reason,
                deciders.get(line.decided_by, line.decided_by),
            )
            for line in found
        ),
    )  # fmt: skip


def sheet(name: str, title: str, header: Iterable[str], lines: Iterable[Iterable[str]]) -> bytes:
    """An .xlsx of one sheet: a title, a header, rows of text. Text never becomes a formula or a link."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        page = book.add_worksheet(name)
        bold = book.add_format({"bold": True})
        page.write_string(0, 0, title, bold)
        for column, text in enumerate(header):
            page.write_string(2, column, text, bold)
            page.set_column(column, column, max(14, len(text) + 2))
        for at, line in enumerate(lines, start=3):
            for column, text in enumerate(line):
                page.write_string(at, column, text)
        page.freeze_panes(3, 1)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
    return buffer.getvalue()
