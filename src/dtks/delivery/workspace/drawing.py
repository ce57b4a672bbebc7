"""The small map of a family's page: outline of the regency, its villages, where the family lives."""

from __future__ import annotations

from dataclasses import dataclass

from dtks.delivery.workspace import maps
from dtks.delivery.workspace.points import Point
from dtks.foundation.areas import queries as areas
from dtks.foundation.areas.domain import AreaInfo, Level


@dataclass(frozen=True)
class MapView:
    """What the template draws; all places in units of a drawing `width` wide and `height` high."""

    width: int
    height: int
    outline: str
    villages: tuple[maps.Place, ...]
    village: maps.Place | None
    family: maps.Place | None
    exact: bool = True
    """Whether `family` is the house; else the middle of the cell in which it lies."""


def draw(*, village: AreaInfo, point: Point | None) -> MapView | None:
    """The map around a village; None when neither an outline nor a point is known. One query."""
    regency = village.code[:5]
    polygons = areas.boundary(code=regency) or []
    rings = [[(lon, lat) for lon, lat in ring] for polygon in polygons for ring in polygon]
    known = {
        area.code: (area.lon, area.lat)
        for area in areas.areas_under(code=regency, level=Level.VILLAGE)
        if area.lat is not None and area.lon is not None
    }
    family = (point.lon, point.lat) if point else None
    points = [point for ring in rings for point in ring] or list(known.values())
    frame = maps.frame(points + ([family] if family else []))
    if frame is None:
        return None
    return MapView(
        width=frame.width,
        height=frame.height,
        outline=frame.path(rings),
        villages=tuple(frame.place(point) for code, point in known.items() if code != village.code),
        village=frame.place(known[village.code]) if village.code in known else None,
        family=frame.place(family) if family else None,
        exact=point is None or point.exact,
    )
