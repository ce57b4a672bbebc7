"""The register of breaches (Pasal 46): what is known by version, the clock of 3×24 hours, what was sent."""

from __future__ import annotations

import base64
import secrets
import uuid
from dataclasses import asdict, dataclass, field
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from dtks.foundation.accounts.allowed import need
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.kernel.area_codes import check_code, number_of
from dtks.foundation.ledger.actions import record
from dtks.foundation.ledger.domain import Actor, Event, digest
from dtks.foundation.privacy.domain import Clock, DataClass, common_area
from dtks.foundation.privacy.errors import (
    BreachIncomplete,
    BreachNotFound,
    ImpossibleTime,
    VersionTaken,
    WrongDeclaration,
)
from dtks.foundation.privacy.models import Breach, BreachNotice, BreachVersion
from dtks.foundation.scope import current as scope

MUST_BE_TOLD = {
    "data_classes": ("data pribadi yang terungkap", "the data that were disclosed"),
    "when": ("kapan terungkap", "when they were disclosed"),
    "how": ("bagaimana terungkap", "how they were disclosed"),
    "measures": ("upaya penanganan", "what was done about it"),
    "recovery": ("upaya pemulihan", "how it is mended"),
}
"""What a notice must tell (Pasal 46 ayat (2))."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a breach. Empty: not known yet. Times are aware; ``areas`` are dotted codes, empty:
    the whole country. ``people``: how many, ``people_exact``: counted, not estimated."""

    noticed_at: datetime
    what: str
    happened_from: datetime | None = None
    happened_to: datetime | None = None
    how: str = ""
    cause: str = ""
    measures: str = ""
    recovery: str = ""
    data_classes: tuple[str, ...] = ()
    people: int | None = None
    people_exact: bool = False
    areas: tuple[str, ...] = ()
    public_affected: bool = False
    ended_on: date | None = None

    def missing(self) -> list[tuple[str, str]]:
        """(Indonesian, English) of what a notice must tell and is not known."""
        known = {
            "data_classes": self.data_classes,
            "when": self.happened_from,
            "how": self.how,
            "measures": self.measures,
            "recovery": self.recovery,
        }
        return [text for name, text in MUST_BE_TOLD.items() if not known[name]]


@dataclass(frozen=True, slots=True)
class Version:
    number: int
    facts: Facts
    change: str
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class Notice:
    to: str
    version: int
    sent_at: datetime
    channel: str
    reached: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """One breach as a list shows it: its latest version and its clocks."""

    id: uuid.UUID
    number: str
    area: str
    latest: Version
    clocks: dict[str, Clock]
    notices: tuple[Notice, ...] = ()
    versions: tuple[Version, ...] = field(default=())

    @property
    def open(self) -> bool:
        """Whether a notice that must be sent was not."""
        return any(not clock.met for clock in self.clocks.values())

    def overdue(self, now: datetime) -> bool:
        return any(clock.overdue(now) for clock in self.clocks.values())


def report(*, by: Actor, facts: Facts) -> uuid.UUID:
    """Enter a breach. Its place in the register is the smallest area that holds all its areas.

    Raises:
        NotAllowed, OutsideScope, AreaCodeError, ImpossibleTime, BreachIncomplete: without `what`.
    """
    need(by, Permission.PRIVACY)
    _check(facts)
    area = common_area([check_code(code) for code in facts.areas])
    scope.require(area)
    now = timezone.now()
    breach = Breach(
        number=f"IN-{timezone.localdate():%y}-" + base64.b32encode(secrets.token_bytes(5)).decode(),
        area=area, area_number=number_of(area), opened_at=now, opened_by=by.account,
    )  # fmt: skip
    with transaction.atomic():
        breach.save()
        _add(breach, 1, facts, change="", by=by)
        record(_event("report", breach, after=_digest(facts)), by=by)
    return breach.pk


def correct(*, by: Actor, breach: uuid.UUID, facts: Facts, change: str, after_version: int) -> int:
    """Add a version; returns its number. The area of the breach stays: who saw it goes on seeing it.

    Raises:
        NotAllowed, BreachNotFound, ImpossibleTime, BreachIncomplete: without `what` or `change`.
        VersionTaken: somebody else added one after ``after_version``.
    """
    need(by, Permission.PRIVACY)
    _check(facts)
    for code in facts.areas:
        check_code(code)
    if not change.strip():
        raise BreachIncomplete(missing="apa yang berubah · what changed")
    found = _found(breach)
    latest = _latest(found)
    if latest.number != after_version:
        raise VersionTaken(version=latest.number)
    try:
        with transaction.atomic():
            _add(found, latest.number + 1, facts, change=change.strip()[:200], by=by)
            record(_event("correct", found, before=_digest(latest.facts), after=_digest(facts)), by=by)
    except IntegrityError as problem:
        raise VersionTaken(version=latest.number + 1) from problem
    return latest.number + 1


def sent(
    *, by: Actor, breach: uuid.UUID, to: str, sent_at: datetime, channel: str, reached: int | None = None
) -> None:
    """Note that a notice went out: ``to`` 'subjects', 'authority' or 'public'. One may go out several times.

    Raises:
        NotAllowed, BreachNotFound, ImpossibleTime: before the breach was noticed, or in the future.
        BreachIncomplete: without a channel.
    """
    need(by, Permission.PRIVACY)
    found = _found(breach)
    if sent_at > timezone.now():
        raise ImpossibleTime(reason="pengiriman di masa depan · sent in the future")
    versions = _versions(found)
    if sent_at < _noticed(versions):
        raise ImpossibleTime(reason="dikirim sebelum diketahui · sent before it was noticed")
    if not channel.strip():
        raise BreachIncomplete(missing="lewat apa dikirim · how it was sent")
    notice = BreachNotice(
        breach=found, version=versions[-1].number, to=BreachNotice.To(to), sent_at=sent_at,
        channel=channel.strip()[:100], reached=reached, area_number=found.area_number,
        recorded_at=timezone.now(), recorded_by=by.account,
    )  # fmt: skip
    with transaction.atomic():
        notice.save()
        record(_event("notice", found, detail={"to": to, "version": notice.version}), by=by)


def get(*, by: Actor, breach: uuid.UUID) -> Line:
    """One breach with all its versions and notices; the reading is recorded. Raises NotAllowed,
    BreachNotFound."""
    need(by, Permission.PRIVACY)
    found = _found(breach)
    record(_event("read", found), by=by)
    return _line(found)


def listed(*, by: Actor) -> list[Line]:
    """Every breach in scope, the newest first; the reading is recorded. Raises NotAllowed."""
    need(by, Permission.PRIVACY)
    rows = Breach.objects.prefetch_related("versions", "notices").order_by("-opened_at", "-id")
    found = [_line(breach) for breach in rows]
    if found:
        record(Event("privacy.breach.list", kind="breach", count=len(found)), by=by)
    return found


def pending() -> list[tuple[str, str, Clock]]:
    """(number, to whom, clock) of each notice in scope that is still to be sent, the most urgent first: no
    texts."""
    rows = Breach.objects.prefetch_related("versions", "notices")
    found = [
        (line.number, to, clock)
        for line in map(_line, rows)
        for to, clock in line.clocks.items()
        if not clock.met
    ]
    return sorted(found, key=lambda each: each[2].start)


def _check(facts: Facts) -> None:
    if not facts.what.strip():
        raise BreachIncomplete(missing="apa yang terjadi · what happened")
    if facts.noticed_at > timezone.now():
        raise ImpossibleTime(reason="diketahui di masa depan · noticed in the future")
    begin, end = facts.happened_from, facts.happened_to
    if end is not None and (begin is None or end < begin):
        raise ImpossibleTime(reason="berakhir sebelum mulai · ended before it began")
    if begin is not None and begin > facts.noticed_at:
        raise ImpossibleTime(reason="terjadi setelah diketahui · happened after it was noticed")
    if unknown := set(facts.data_classes) - set(DataClass):
        raise WrongDeclaration(where="data_classes", reason=", ".join(sorted(unknown)))


def _found(breach: uuid.UUID) -> Breach:
    found = Breach.objects.filter(pk=breach).first()
    if found is None:
        raise BreachNotFound()
    return found


def _add(breach: Breach, number: int, facts: Facts, *, change: str, by: Actor) -> None:
    values = asdict(facts)
    BreachVersion(
        breach=breach, version=number, area_number=breach.area_number, change=change,
        recorded_at=timezone.now(), recorded_by=by.account,
        **{**values, "data_classes": list(facts.data_classes), "areas": list(facts.areas)},
    ).save()  # fmt: skip


def _versions(breach: Breach) -> list[Version]:
    rows = sorted(breach.versions.all(), key=lambda row: row.version)
    return [_version(row) for row in rows]


def _latest(breach: Breach) -> Version:
    return _versions(breach)[-1]


def _version(row: BreachVersion) -> Version:
    values = {name: getattr(row, name) for name in Facts.__dataclass_fields__}
    values |= {name: values[name] or "" for name in ("how", "cause", "measures", "recovery")}
    values |= {"data_classes": tuple(row.data_classes), "areas": tuple(row.areas)}
    return Version(row.version, Facts(**values), row.change, row.recorded_at, row.recorded_by)


def _noticed(versions: list[Version]) -> datetime:
    """When the clock began: the earliest that any version says. A correction cannot win time."""
    return min(version.facts.noticed_at for version in versions)


def _line(breach: Breach) -> Line:
    versions = _versions(breach)
    notices = tuple(
        Notice(row.to, row.version, row.sent_at, row.channel, row.reached)
        for row in sorted(breach.notices.all(), key=lambda row: row.sent_at)
    )
    latest = versions[-1]
    begun = _noticed(versions)
    wanted = ["subjects", "authority"] + (["public"] if latest.facts.public_affected else [])
    first = {to: next((n.sent_at for n in notices if n.to == to), None) for to in wanted}
    return Line(
        id=breach.pk, number=breach.number, area=breach.area, latest=latest,
        clocks={to: Clock(begun, at) for to, at in first.items()}, notices=notices, versions=tuple(versions),
    )  # fmt: skip


def _digest(facts: Facts) -> str:
    return digest(asdict(facts))


def _event(
    action: str, breach: Breach, *, before: str = "", after: str = "", detail: dict[str, object] | None = None
) -> Event:
    return Event(
        f"privacy.breach.{action}", kind="breach", subject=str(breach.pk), area=breach.area,
        before=before, after=after, detail={"number": breach.number, **(detail or {})},
    )  # fmt: skip
