"""What the operations answer, asked of the steps below and of the pages' own helpers."""

from __future__ import annotations

import uuid
from dataclasses import asdict

from django.http import HttpRequest
from django.utils import timezone

from dtks.delivery.api import schemas
from dtks.delivery.api.errors import AreaMissing
from dtks.delivery.public.programme_texts import programme_names
from dtks.delivery.workspace import components, family_page, filters, listing, reading, reasons, summary
from dtks.delivery.workspace.language import language
from dtks.delivery.workspace.showing import Reader
from dtks.foundation.accounts import searches
from dtks.foundation.accounts.domain import role_of
from dtks.foundation.areas import queries as areas
from dtks.foundation.kernel.masking import mask_number
from dtks.foundation.ledger import queries as trail
from dtks.foundation.ledger.actions import record
from dtks.foundation.ledger.domain import Actor, Event
from dtks.foundation.scope import current as scope
from dtks.registration.intake import queries as intake

EVENTS = 50
"""Events on a page of the trail."""


def me(request: HttpRequest) -> schemas.Me:
    """The caller's account and role."""
    actor = request.actor
    role = role_of(actor) if actor else None
    return schemas.Me(
        account=request.user.pk,
        name=request.user.name,
        role=role.id if role else "",
        role_name=(role.name_en if language() == "en" else role.name_id) if role else "",
        area=actor.area if actor else "",
        permissions=sorted(role.permissions) if role else [],
    )


def area_summary(code: str) -> schemas.AreaSummary:
    """Raises OutsideScope, AreaNotFound."""
    # A run's totals are a file, which no scope bounds.
    scope.require(code)
    found = summary.of(area=code, names=programme_names(), listed=False)
    run = found["run"]
    return schemas.AreaSummary(
        area=code,
        name=areas.get(code=code).name,
        registered=found["registered"],
        villages=found["villages"],
        period=run.period if run else None,
        demonstration=found["demonstration"],
        deciles=_bars(found["decile_bars"]),
        programmes=_bars(found["programme_bars"]),
    )


def _bars(bars: list[summary.Bar]) -> list[schemas.Bar]:
    return [schemas.Bar(label=str(bar.label), count=bar.count) for bar in bars]


def families(asked: schemas.FamilyFilters, *, text: str, by: Actor) -> schemas.FamilyPage:
    """One page; the reading is recorded, the text is not. Raises OutsideScope, AreaMissing, AreaNotFound."""
    code = asked.area or by.area
    if not code:
        raise AreaMissing()
    scope.require(code)
    place = areas.get(code=code)
    view = filters.Filters(
        area=place.code, text=searches.typed(text), desil=asked.desil, programme=asked.programme or "",
        status=asked.status or "", rt=filters.unit(asked.rt), rw=filters.unit(asked.rw), sort=asked.sort,
        descending=asked.descending, page=asked.page,
    )  # fmt: skip
    found = listing.families(view, programmes=programme_names())
    reading.listed(by=by, view=view, found=found)
    return schemas.FamilyPage(
        area=code,
        total=found.total,
        more=found.more,
        page=found.page,
        pages=found.pages,
        families=[_line(row) for row in found.rows],
    )


def _line(row: listing.Row) -> schemas.FamilyLine:
    return schemas.FamilyLine(
        id=row.id,
        head=row.head,
        kk_number=mask_number(row.kk) if row.kk else None,
        village=row.village,
        rt=row.rt,
        rw=row.rw,
        members=row.members,
        desil=row.desil,
        status=row.status,
        programmes=list(row.programmes),
    )


def family(id: uuid.UUID, *, by: Actor) -> schemas.FamilyDetail:
    """One family as its page shows it to this role; the reading is recorded. Raises FamilyNotFound."""
    reader = Reader(by=by, language=language())
    page = family_page.of(id=id, on=timezone.localdate(), reader=reader)
    place = page["place"]
    reading.family_opened(by=by, family=id, area=place.code if place else "")
    result: reasons.FamilyReasons = page["result"]
    return schemas.FamilyDetail(
        id=id,
        head=page["head"],
        village=place.code if place else None,
        facts=[_fact(fact) for fact in page["facts"]],
        members=[_member(member) for member in page["members"]],
        components=[_component(view) for view in page["components"]],
        desil=result.desil,
        status=result.status,
        programmes=[_programme(each) for each in result.programmes],
    )


def _fact(fact: family_page.Fact | components.Item) -> schemas.Fact:
    return schemas.Fact(label=str(fact.label), value=str(fact.text))


def _member(member: family_page.MemberView) -> schemas.MemberLine:
    return schemas.MemberLine(
        name=member.name,
        nik=member.nik.masked if member.nik else None,
        relation=member.relation,
        sex=member.sex,
        age=member.age,
        note=member.note,
    )


def _component(view: components.ComponentView) -> schemas.Component:
    subjects = [
        schemas.Subject(
            name=subject.name,
            known=[_fact(item) for item in subject.known],
            unknown=list(subject.unknown),
        )
        for subject in view.subjects
    ]
    return schemas.Component(key=view.key, title=str(view.title), subjects=subjects, hidden=list(view.hidden))


def _programme(found: reasons.ProgrammeView) -> schemas.ProgrammeLine:
    return schemas.ProgrammeLine(
        id=found.id,
        name=found.name,
        status=str(found.status),
        amount=None if found.amount_hidden else found.amount,
        criteria=[
            schemas.Criterion(label=each.label, outcome=each.outcome, sentence=each.sentence)
            for each in found.criteria
        ],
    )


def imports() -> schemas.ImportPage:
    """The latest imports that the scope shows."""
    return schemas.ImportPage(
        imports=[
            schemas.ImportLine(
                id=job.id, created_at=job.created_at, format=job.format, area=job.area, state=job.state.value,
                rows_read=job.rows_read, rows_accepted=job.rows_accepted, rows_pending=job.rows_pending,
                open_pending=job.open_pending,
            )
            for job in intake.jobs()
        ]
    )  # fmt: skip


def ledger(*, subject: str, action: str, page: int, by: Actor) -> schemas.LedgerPage:
    """A page of events that the scope shows; reading them is one, too."""
    found = trail.events(subject=subject, action=action, offset=(page - 1) * EVENTS, limit=EVENTS)
    record(Event("ledger.read", kind="ledger", subject=subject, count=len(found)), by=by)
    return schemas.LedgerPage(page=page, events=[schemas.LedgerLine(**asdict(line)) for line in found])
