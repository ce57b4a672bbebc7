"""Everything the family's page shows, gathered from the register, the areas and the last determination."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dtks.delivery.public import places
from dtks.delivery.workspace import components, drawing, results, values
from dtks.determination.programmes.domain import Language
from dtks.foundation.areas import queries as areas
from dtks.foundation.areas.domain import AreaInfo
from dtks.foundation.areas.errors import AreaNotFound
from dtks.foundation.kernel.masking import mask_number
from dtks.foundation.ui import formatting
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
    """One line of the table of members. `nik` is whole: the template masks it."""

    name: str | None
    nik: str | None
    relation: str
    sex: str
    age: int | None
    note: str


@dataclass(frozen=True)
class HistoryEntry:
    """Something recorded of this family."""

    on: date
    text: str


def of(*, id: uuid.UUID, on: date, language: Language) -> dict[str, Any]:
    """Context of the page; the same number of queries for every family.

    Raises:
        FamilyNotFound: the register has no such family.
    """
    page = registry.family(id=id)
    path = _path(page.facts.get("domicile_village") or page.facts.get("village"))
    result = results.reasons(family=id, language=language)
    shown = components.components(page, on=on, language=language)
    filled, asked = components.completeness(shown)
    return {
        "head": page.head.facts.get("name") if page.head else None,
        "path": path,
        "place": path[-1] if path else None,
        "zone": path[-1].timezone if path else "WIB",
        "facts": list(_facts(page, path, language)),
        "members": [_member(member, on, language) for member in page.members],
        "components": shown,
        "completeness": {
            "width": round(1000 * filled / asked) if asked else 0,
            "text": formatting.percent(filled, asked, language=language),
        },
        "tasks": [_task(task, page) for task in page.tasks],
        "result": result,
        "ladder": range(1, 11),
        "map": _map(page, path),
        "map_title": gettext("Peta {place} dan letak keluarga").format(
            place=path[1].name if len(path) > 1 else ""
        ),
        "received": page.received,
        "history": list(_history(page)),
        "contents": [entry for entry in CONTENTS if entry[0] != "program" or result.programmes],
    }


def _path(village: str | None) -> list[AreaInfo]:
    """The areas from the province down; [] when the village is not in the table of areas."""
    if not village:
        return []
    try:
        return areas.path(code=village)
    except AreaNotFound:
        return []


def _facts(page: FamilyPage, path: list[AreaInfo], language: str) -> Iterator[tuple[str, str]]:
    facts = page.facts
    kk = facts.get("kk_number")
    yield gettext("Nomor KK"), mask_number(kk) if kk else gettext("belum ada")
    address = facts.get("domicile_address") or facts.get("address")
    yield gettext("Alamat"), address or formatting.UNKNOWN
    rt, rw = facts.get("domicile_rt") or facts.get("rt"), facts.get("domicile_rw") or facts.get("rw")
    yield "RT/RW", f"{rt or formatting.UNKNOWN}/{rw or formatting.UNKNOWN}"
    yield gettext("Desa/kelurahan"), places.titled(path[-1]) if path else formatting.UNKNOWN
    yield gettext("Jumlah anggota"), formatting.number(len(page.members), language=language)
    newest = max((origin.recorded_at.date() for origin in page.origins.values()), default=None)
    yield gettext("Data terakhir dicatat"), formatting.long_date(newest, language=language)


def _member(member: Member, on: date, language: str) -> MemberView:
    known = dictionary.by_name(level="person")

    def text(name: str) -> str:
        return values.text(known[name], member.facts.get(name), language=language)

    away = member.facts.get("presence") not in (None, 1, 5)
    gone = member.facts.get("status") not in (None, 1)
    return MemberView(
        name=member.facts.get("name"),
        nik=member.facts.get("nik"),
        relation=text("relation"),
        sex=text("sex"),
        age=components.age_on(member.facts.get("birth_date"), on),
        note=text("status") if gone else text("presence") if away else "",
    )


def _task(task: OpenTask, page: FamilyPage) -> str:
    if task.need != NIK_MISSING:
        return gettext("Keluarga ini belum punya nomor KK.")
    names = {member.person_id: member.facts.get("name") for member in page.members}
    name = names.get(task.person_id) if task.person_id else None
    return gettext("{name} belum punya NIK.").format(name=name or gettext("Tanpa nama"))


def _map(page: FamilyPage, path: list[AreaInfo]) -> drawing.MapView | None:
    if not path:
        return None
    return drawing.draw(village=path[-1], lat=page.facts.get("lat"), lon=page.facts.get("lon"))


def _history(page: FamilyPage) -> Iterator[HistoryEntry]:
    """When and from where the current facts came: one entry for a day and source."""
    tables = {variable.table: variable.component for variable in dictionary.variables()}
    origins = [*page.origins.items(), *(item for member in page.members for item in member.origins.items())]
    found: dict[tuple[date, str], set[str]] = {}
    for table, origin in origins:
        title = components.TITLES.get(tables.get(table, ""))
        if title:
            found.setdefault((origin.recorded_at.date(), origin.source), set()).add(str(title))
    for (day, source), titles in sorted(found.items(), reverse=True):
        yield HistoryEntry(day, f"{source}: {', '.join(sorted(titles))}")
