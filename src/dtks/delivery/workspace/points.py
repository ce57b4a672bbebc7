"""Where a family lives, as exactly as the reader needs it.

Without the permission for points a place is the centre of its H3 cell: everybody in some five square
kilometres lies there, and no officer can walk to one of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import h3

RESOLUTION = 7
"""Cells of about 5 km²."""


@dataclass(frozen=True, slots=True)
class Point:
    """Degrees; ``exact`` is False for the centre of a cell."""

    lat: float
    lon: float
    exact: bool


def seen(lat: float | None, lon: float | None, *, exactly: bool) -> Point | None:
    """The point as somebody may see it who may (not) see points ``exactly``; None when it is unknown."""
    if lat is None or lon is None:
        return None
    if exactly:
        return Point(lat, lon, exact=True)
    middle_lat, middle_lon = h3.cell_to_latlng(h3.latlng_to_cell(lat, lon, RESOLUTION))
    return Point(round(middle_lat, 6), round(middle_lon, 6), exact=False)
