"""Everything the family's page shows, gathered from the register, the areas and the last determination."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dtks.delivery.public import places
from dtks.delivery.workspace import components, drawing, points, reasons, showing, values
from dtks.delivery.workspace.language import language as reading_language
from dtks.delivery.workspace.points import Point
from dtks.delivery.workspace.showing import Asked, Covered, Reader
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.areas import queries as areas
from dtks.foundation.areas.domain import AreaInfo
from dtks.foundation.areas.errors import AreaNotFound
from dtks.foundation.ui import formatting
from dtks.registration.intake.mapping import formats
from dtks.registration.intake.snapshot_directory import FORMAT as SNAPSHOT
from dtks.registration.registry import dictionary
from dtks.registration.registry import queries as registry
from dtks.registration.registry.domain import FamilyPage, Member, OpenTask

NIK_MISSING = 1
CONTENTS = (
    ("penetapan", _("Hasil penetapan")),
    ("program", _("Program dan alasannya")),
    ("anggota", _("Anggota keluarga")),
    ("komponen", _("Tujuh komponen data")),
    ("lokasi", _("Lokasi")),
    ("riwayat", _("Riwayat")),
)


@dataclass(frozen=True)
class MemberView:
    """One line of the table of members."""

    name: str | None
    nik: Covered | None
    relation: str
    sex: str
    age: int | None
    note: str
    consents: str
    """Address of this member's consents; '' for those who may not take any."""


@dataclass(frozen=True)
class HistoryEntry:
    """Something recorded of this family."""

    on: date
    text: str


@dataclass(frozen=True)
class Fact:
    """One line at the head of the page."""

    label: str
    text: str
    covered: Covered | None = None


def of(*, id: uuid.UUID, on: date, reader: Reader) -> dict[str, Any]:
    """Context of the page, as far as the reader may see; the same number of queries for every family.

    Raises:
        FamilyNotFound: the register has no such family (in the reader's area).
    """
    whole = registry.family(id=id)
    path = _path(whole.facts.get("domicile_village") or whole.facts.get("village"))
    language = reader.language
    point = points.seen(
        whole.facts.get("lat"), whole.facts.get("lon"), exactly=reader.may(Permission.POINT_READ)
    )
    page = _with_point(whole, point)
    result = reasons.of_family(family=id, language=language, health=reader.may(Permission.HEALTH_READ))
    names = {area.code: places.titled(area) for area in path}
    shown = components.components(page, on=on, reader=reader, places=names)
    filled, asked = components.completeness(shown)
    return {
        "head": page.head.facts.get("name") if page.head else None,
        "path": path,
        "place": path[-1] if path else None,
        "zone": _zone(path),
        "facts": list(_facts(page, path, reader)),
        "members": [_member(member, page, on, reader) for member in page.members],
        "components": shown,
        "visit": components.visit(page, reader=reader),
        "completeness": {
            "width": round(1000 * filled / asked) if asked else 0,
            "text": formatting.percent(filled, asked, language=language),
        },
        "tasks": [_task(task, page) for task in page.tasks],
        "result": result,
        "ladder": range(1, 11),
        "point": point,
        "map": drawing.draw(village=path[-1], point=point) if path else None,
        "map_title": gettext("Peta {place} dan letak keluarga").format(
            place=path[1].name if len(path) > 1 else ""
        ),
        "received": page.received,
        "history": list(_history(page, _zone(path))),
        "contents": [entry for entry in CONTENTS if entry[0] != "program" or result.programmes],
        "shown_once": reader.once is not None,
        "shown_seconds": showing.SECONDS,
    }


def _with_point(page: FamilyPage, point: Point | None) -> FamilyPage:
    """The page with the point as the reader may see it in the place of the exact one."""
    if point is None:
        return page
    return replace(page, facts={**page.facts, "lat": point.lat, "lon": point.lon})


def _path(village: str | None) -> list[AreaInfo]:
    """The areas from the province down; [] when the village is not in the table of areas."""
    if not village:
        return []
    try:
        return areas.path(code=village)
    except AreaNotFound:
        return []


def _zone(path: list[AreaInfo]) -> str:
    return path[-1].timezone if path else "WIB"


def _facts(page: FamilyPage, path: list[AreaInfo], reader: Reader) -> Iterator[Fact]:
    facts, language = page.facts, reader.language
    kk = facts.get("kk_number")
    number = showing.covered(Asked(page.family_id, "kk_number"), kk, reader=reader) if kk else None
    yield Fact(gettext("Nomor KK"), number.masked if number else gettext("belum ada"), number)
    address = facts.get("domicile_address") or facts.get("address")
    yield Fact(gettext("Alamat"), address or formatting.UNKNOWN)
    rt, rw = facts.get("domicile_rt") or facts.get("rt"), facts.get("domicile_rw") or facts.get("rw")
    yield Fact("RT/RW", f"{rt or formatting.UNKNOWN}/{rw or formatting.UNKNOWN}")
    yield Fact(gettext("Desa/kelurahan"), places.titled(path[-1]) if path else formatting.UNKNOWN)
    yield Fact(gettext("Jumlah anggota"), formatting.number(len(page.members), language=language))
    newest = max((origin.recorded_at for origin in page.origins.values()), default=None)
    recorded = formatting.long_date(newest, zone=_zone(path), language=language)
    yield Fact(gettext("Data terakhir dicatat"), recorded)


def _member(member: Member, page: FamilyPage, on: date, reader: Reader) -> MemberView:
    known = dictionary.by_name(level="person")

    def text(name: str) -> str:
        return values.text(known[name], member.facts.get(name), language=reader.language)

    nik, asked = member.facts.get("nik"), Asked(page.family_id, "nik", member.person_id)
    away = member.facts.get("presence") not in (None, 1, 5)
    gone = member.facts.get("status") not in (None, 1)
    return MemberView(
        name=member.facts.get("name"),
        nik=showing.covered(asked, nik, reader=reader) if nik else None,
        relation=text("relation"),
        sex=text("sex"),
        age=components.age_on(member.facts.get("birth_date"), on),
        note=text("status") if gone else text("presence") if away else "",
        consents=_consents(member) if reader.may(Permission.CONSENT_TAKE) else "",
    )


def _consents(member: Member) -> str:
    return reverse("privacy:consents_of", args=[member.person_id])


def _task(task: OpenTask, page: FamilyPage) -> str:
    if task.need != NIK_MISSING:
        return gettext("Keluarga ini belum punya nomor KK.")
    names = {member.person_id: member.facts.get("name") for member in page.members}
    name = names.get(task.person_id) if task.person_id else None
    return gettext("{name} belum punya NIK.").format(name=name or gettext("Tanpa nama"))


def _source(name: str) -> str:
    """Where facts came from in words: the title of the layout; a mapping of the office's own has its name."""
    if name == SNAPSHOT:
        return gettext("Kumpulan data")
    layout = formats().get(name)
    return (layout.title_en if reading_language() == "en" else layout.title_id) if layout else name


def _history(page: FamilyPage, zone: str) -> Iterator[HistoryEntry]:
    """When and from where the current facts came: one entry for a day and source."""
    tables = {variable.table: variable.component for variable in dictionary.variables()}
    origins = [*page.origins.items(), *(item for member in page.members for item in member.origins.items())]
    found: dict[tuple[date, str], set[str]] = {}
    for table, origin in origins:
        title = components.TITLES.get(tables.get(table, ""))
        if title:
            day = formatting.day_of(origin.recorded_at, zone=zone)
            found.setdefault((day, origin.source), set()).add(str(title))
    for (day, source), titles in sorted(found.items(), reverse=True):
        yield HistoryEntry(day, f"{_source(source)}: {', '.join(sorted(titles))}")
