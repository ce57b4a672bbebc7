"""Looks through a day's reading and notes what meets a rule: set by set, for the country.

Safe to repeat, to stop and to run twice at once: an account, a rule and a day make one row, and a day is
marked in the same transaction.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from dtks.foundation.accounts import queries as accounts
from dtks.foundation.areas.domain import ZONEINFO, timezone_of
from dtks.foundation.kernel.area_codes import number_of
from dtks.foundation.ledger import tallies
from dtks.foundation.ledger.actions import record
from dtks.foundation.ledger.domain import Actor, Event
from dtks.foundation.ledger.tallies import Tally, Touch
from dtks.foundation.privacy import residents, unusual_rules, watched
from dtks.foundation.privacy.domain import common_area
from dtks.foundation.privacy.models import ReadingDay, UnusualReading
from dtks.foundation.privacy.trail_texts import (
    EXPORTED,
    LISTED,
    OUTSIDE,
    READ,
    REFUSED,
    SEARCH,
    SHOWN,
    TOO_MANY_SHOWN,
)
from dtks.foundation.privacy.unusual_rules import Rule
from dtks.foundation.scope.current import limited_to, without_scope

MOST_DAYS_BACK = 14
"""An installation that stood still looks back no further."""
MOST_EVENTS = 200
"""Events that a row points to."""
NUMBERS = ("nik", "kk_number", "mother_nik", "father_nik")
OPENING = (READ, SHOWN)
READING = (READ, LISTED, EXPORTED, SHOWN, SEARCH)
NATION_ZONE = "WIB"
BY = Actor.system("watch")
Span = tuple[datetime, datetime]


@dataclass
class Finding:
    """What an account did that met a rule. ``spans``, ``actions``, ``subjects``: which of its events."""

    account: str
    role: str
    areas: set[str]
    figures: dict[str, int]
    spans: list[Span]
    actions: Collection[str]
    subjects: set[str] = field(default_factory=set)


def waiting_days(*, now: datetime | None = None) -> list[date]:
    """The days that are over everywhere in the country and were not looked through, the oldest first."""
    yesterday = timezone.localdate(now) - timedelta(days=1)
    last = ReadingDay.objects.order_by("-day").values_list("day", flat=True).first()
    first = (
        yesterday
        if last is None
        else max(last + timedelta(days=1), yesterday - timedelta(MOST_DAYS_BACK - 1))
    )
    return [first + timedelta(days=each) for each in range((yesterday - first).days + 1)]


def evaluate(day: date) -> int:
    """Look through one day of the whole country; returns how many readings were noted now."""
    with without_scope(), limited_to(""), transaction.atomic():
        rows = []
        for rule in unusual_rules.rules().values():
            rows += [_row(rule, day, each) for each in _KINDS[rule.kind](rule, day)]
        known = set(UnusualReading.objects.filter(day=day).values_list("account", "rule"))
        new = [row for row in rows if (row.account, row.rule) not in known]
        UnusualReading.objects.bulk_create(new, ignore_conflicts=True)
        now = timezone.now()
        ReadingDay.objects.get_or_create(day=day, defaults={"evaluated_at": now, "found": len(new)})
        detail = {"day": day.isoformat()}
        record(Event("privacy.reading.evaluate", kind="reading", count=len(new), detail=detail), by=BY)
    return len(new)


def _row(rule: Rule, day: date, found: Finding) -> UnusualReading:
    area = common_area(sorted(found.areas))
    return UnusualReading(
        account=found.account, role=found.role, rule=rule.id, day=day, area=area, area_number=number_of(area),
        figures=found.figures, found_at=timezone.now(),
        events=tallies.events_of(
            account=found.account, actions=found.actions, spans=found.spans, subjects=found.subjects,
            limit=MOST_EVENTS,
        ),
    )  # fmt: skip


def span_of_day(day: date) -> Span:
    """The day by the clocks of the western zone, where it ends last."""
    begin = datetime.combine(day, time(), ZoneInfo(ZONEINFO[NATION_ZONE]))
    return begin, begin + timedelta(days=1)


def nights(day: date, zone: str, rule: Rule) -> list[Span]:
    """The hours of that day, by the clocks of a zone, which the rule calls night."""
    midnight = datetime.combine(day, time(), ZoneInfo(ZONEINFO[zone]))
    dawn, dusk = (timedelta(hours=rule.thresholds[name]) for name in ("to_hour", "from_hour"))
    return [(midnight, midnight + dawn), (midnight + dusk, midnight + timedelta(days=1))]


def _volume(rule: Rule, day: date) -> Iterable[Finding]:
    since, until = span_of_day(day)
    by_role: dict[str, dict[str, list[Tally]]] = defaultdict(lambda: defaultdict(list))
    for each in tallies.counted(actions=[READ], since=since, until=until):
        by_role[each.role][each.account].append(each)
    limits = rule.thresholds
    for of_role in by_role.values():
        opened = {account: sum(each.subjects for each in them) for account, them in of_role.items()}
        usual = int(median(opened.values()))
        many = len(opened) >= limits["peers"]
        limit = max(limits["least"], limits["times_median"] * usual) if many else limits["alone"]
        for account, number in opened.items():
            if number >= limit:
                figures = {"number": number, "limit": limit, **({"median": usual} if many else {})}
                yield _finding(of_role[account], figures, [(since, until)], [READ])


def _night(rule: Rule, day: date) -> Iterable[Finding]:
    for zone in ZONEINFO:
        spans = nights(day, zone, rule)
        found: dict[str, list[Tally]] = defaultdict(list)
        for since, until in spans:
            for each in tallies.counted(actions=READING, since=since, until=until):
                if _zone(each.area) == zone:
                    found[each.account].append(each)
        yield from _at_least(rule, found, spans, READING)


def _zone(area: str) -> str:
    return timezone_of(area) if area else NATION_ZONE


def _outside(rule: Rule, day: date) -> Iterable[Finding]:
    span = span_of_day(day)
    return _at_least(rule, _by_account([REFUSED, OUTSIDE], span), [span], [REFUSED, OUTSIDE])


def _shown(rule: Rule, day: date) -> Iterable[Finding]:
    span, actions = span_of_day(day), [SHOWN, TOO_MANY_SHOWN]
    for them in _by_account(actions, span, kinds=NUMBERS).values():
        shown = sum(each.events for each in them if each.action == SHOWN)
        refused = sum(each.events for each in them if each.action == TOO_MANY_SHOWN)
        if shown >= rule.thresholds["least"] or refused >= rule.thresholds["refused"]:
            figures = {"number": shown, "limit": rule.thresholds["least"], "refused": refused}
            yield _finding(them, figures, [span], actions)


def _search(rule: Rule, day: date) -> Iterable[Finding]:
    span = span_of_day(day)
    for them in _by_account([SEARCH, READ], span).values():
        searched = sum(each.events for each in them if each.action == SEARCH)
        opened = sum(each.subjects for each in them if each.action == READ)
        few = opened * 100 <= searched * rule.thresholds["opened_percent"]
        if searched >= rule.thresholds["least"] and few:
            figures = {"number": searched, "limit": rule.thresholds["least"], "opened": opened}
            yield _finding(them, figures, [span], [SEARCH])


def _watched(rule: Rule, day: date) -> Iterable[Finding]:
    span = span_of_day(day)
    found = _touches(
        tallies.touches(actions=OPENING, since=span[0], until=span[1], subjects=watched.standing_keys())
    )
    for them in found.values():
        subjects = {each.subject for each in them}
        if len(subjects) >= rule.thresholds["least"]:
            yield _about(them, {"number": len(subjects)}, span, subjects)


def _own(rule: Rule, day: date) -> Iterable[Finding]:
    """Own family, same address, same RT: of the officers of whom it is known who they are."""
    since, until = span_of_day(day)
    who = {each.account for each in tallies.counted(actions=OPENING, since=since, until=until)}
    persons = accounts.persons_behind(accounts=who)
    found = _touches(tallies.touches(actions=OPENING, since=since, until=until, accounts=persons))
    register = residents.register()
    # A subject is a person or a family: whoever is no person is one.
    subjects = {uuid.UUID(each.subject) for them in found.values() for each in them}
    family_of = register.families_of(subjects | {key for keys in persons.values() for key in keys})
    homes = register.homes({family_of.get(key, key) for key in subjects} | set(family_of.values()))
    for account, them in found.items():
        own = {family_of[key] for key in persons[account] if key in family_of}
        read = {each.subject: family_of.get(key := uuid.UUID(each.subject), key) for each in them}
        near = _near(rule.thresholds, own=own, read=read, homes=homes)
        if near is not None:
            yield _about(them, near[0], (since, until), near[1])


def _near(
    limits: Mapping[str, int],
    *,
    own: set[uuid.UUID],
    read: Mapping[str, uuid.UUID],
    homes: Mapping[uuid.UUID, residents.Home],
) -> tuple[dict[str, int], set[str]] | None:
    """The figures and the subjects of what was read too near to the officer's own families; None: nothing.

    ``read``: subject -> its family.
    """
    mine = [homes[key] for key in own if key in homes]

    def of(near: Callable[[residents.Home, residents.Home], bool]) -> set[uuid.UUID]:
        others = set(read.values()) - own
        return {each for each in others if each in homes and any(near(homes[each], home) for home in mine)}

    family, address = own & set(read.values()), of(residents.Home.same_address)
    street = of(residents.Home.same_rt) - address
    mostly = len(street) * 100 >= limits["same_rt_percent"] * len(set(read.values()))
    told: set[uuid.UUID] = set()
    told |= family if len(family) >= limits["own_family"] else set()
    told |= address if len(address) >= limits["same_address"] else set()
    told |= street if len(street) >= limits["same_rt"] and mostly else set()
    if not told:
        return None
    figures = {"own_family": len(family), "same_address": len(address), "same_rt": len(street)}
    return figures, {subject for subject, of_family in read.items() if of_family in told}


def _by_account(actions: Collection[str], span: Span, kinds: Collection[str] = ()) -> dict[str, list[Tally]]:
    found: dict[str, list[Tally]] = defaultdict(list)
    for each in tallies.counted(actions=actions, since=span[0], until=span[1], kinds=kinds):
        found[each.account].append(each)
    return found


def _touches(found: Iterable[Touch]) -> dict[str, list[Touch]]:
    by_account: dict[str, list[Touch]] = defaultdict(list)
    for each in found:
        by_account[each.account].append(each)
    return by_account


def _at_least(
    rule: Rule, found: Mapping[str, list[Tally]], spans: list[Span], actions: Collection[str]
) -> Iterable[Finding]:
    least = rule.thresholds["least"]
    for them in found.values():
        number = sum(each.events for each in them)
        if number >= least:
            yield _finding(them, {"number": number, "limit": least}, spans, actions)


def _finding(
    them: list[Tally], figures: dict[str, int], spans: list[Span], actions: Collection[str]
) -> Finding:
    return Finding(them[0].account, them[0].role, {each.area for each in them}, figures, spans, actions)


def _about(them: list[Touch], figures: dict[str, int], span: Span, subjects: set[str]) -> Finding:
    areas = {each.area for each in them}
    return Finding(them[0].account, them[0].role, areas, figures, [span], OPENING, subjects)


_KINDS: dict[str, Callable[[Rule, date], Iterable[Finding]]] = {
    "volume": _volume, "night": _night, "outside": _outside, "own": _own, "watched": _watched,
    "search": _search, "shown": _shown,
}  # fmt: skip
