"""In which area a page works: the officer's own until a smaller one is chosen, never one outside it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from dtks.delivery.public import places
from dtks.foundation.accounts.domain import role_of
from dtks.foundation.areas import queries as areas
from dtks.foundation.areas.domain import AreaInfo, Level
from dtks.foundation.areas.errors import AreaCodeError, AreaNotFound
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger.domain import Event
from dtks.foundation.scope.current import required

MOST_FOUND = 10
CHILDREN_TITLES = {
    0: _("Provinsi"),
    1: _("Kabupaten dan kota"),
    2: _("Kecamatan"),
    3: _("Desa dan kelurahan"),
}


def path_to(code: str) -> list[AreaInfo]:
    """The area with all above it; [] for no code.

    Raises:
        Http404: there is no such area.
    """
    try:
        return areas.path(code=code) if code else []
    except (AreaNotFound, AreaCodeError) as problem:
        raise Http404(str(problem)) from problem


def refused(request: HttpRequest, code: str) -> HttpResponse | None:
    """The answer to somebody who asks for an area outside their own; None when it lies within."""
    if required().covers(code):
        return None
    return outside(request, area=True)


def outside(request: HttpRequest, *, area: bool = False) -> HttpResponse:
    """Not found, with the reason: it lies outside the officer's area, or is nowhere at all.

    That somebody asked is recorded, not for what: the trail of one area tells nothing of another.
    """
    ledger.record(Event("accounts.outside", kind="area" if area else "family"), by=request.actor)
    role = role_of(request.actor)
    english = (get_language() or "id").startswith("en")
    context = {
        "of_area": area,
        "role": (role.name_en if english else role.name_id) if role else "",
        "own": places.whole(own_path(request)),
        "own_code": request.actor.area,
    }
    return render(request, "workspace/outside.html", context, status=404)


def own_path(request: HttpRequest) -> list[AreaInfo]:
    """The officer's own area with all above it; [] for the whole country."""
    return path_to(request.actor.area)


def within(path: list[AreaInfo]) -> list[AreaInfo]:
    """Of these areas those that the officer may go to."""
    scope = required()
    return [area for area in path if scope.covers(area.code)]


def choice(request: HttpRequest, path: list[AreaInfo]) -> dict[str, Any]:
    """What `choose_area.html` and the breadcrumbs show: nothing outside the officer's area."""
    place = path[-1] if path else None
    own = request.actor.area
    text = request.GET.get("tempat", "").strip()[:60]
    found = areas.search(text=text, under=own, limit=MOST_FOUND) if text else []
    level = place.level if place else 0
    return {
        "place": place,
        "place_title": places.titled(place) if place else "",
        "zone": place.timezone if place else "WIB",
        "path": within(path),
        "whole_country": not own,
        "only_place": own.count(".") == Level.VILLAGE - 1,
        "place_text": text,
        "found": [_found(area) for area in found],
        "children": areas.children(code=place.code if place else "") if level < Level.VILLAGE else [],
        "children_title": CHILDREN_TITLES.get(level),
    }


def _found(area: AreaInfo) -> dict[str, str]:
    """A village's name is shared by dozens: where it lies tells them apart."""
    above = areas.path(code=area.parent) if area.parent else []
    return {"code": area.code, "name": places.titled(area), "where": places.whole(above)}
