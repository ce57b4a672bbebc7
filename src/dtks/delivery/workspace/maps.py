"""A small map as SVG coordinates: outline, village points, and where one family lives. Pure.

Equirectangular: a regency is small enough that degrees of longitude, shortened by the cosine of the middle
latitude, are as good as any projection.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Point = tuple[float, float]
"""(longitude, latitude) in degrees."""
Place = tuple[int, int]
"""(x, y) in units of the drawing. Whole numbers: a decimal comma would spoil an SVG."""
MARGIN = 0.04


@dataclass(frozen=True)
class Frame:
    """How degrees become units of the drawing: x to the right, y downwards."""

    west: float
    north: float
    scale: float
    squeeze: float
    width: int
    height: int

    def place(self, point: Point) -> Place:
        """Longitude and latitude → (x, y)."""
        lon, lat = point
        x, y = (lon - self.west) * self.squeeze * self.scale, (self.north - lat) * self.scale
        return round(x), round(y)

    def path(self, rings: Iterable[Sequence[Point]]) -> str:
        """The `d` of an SVG path for closed rings."""
        parts = []
        for ring in rings:
            places = [self.place(point) for point in ring]
            if len(places) > 2:
                parts.append("M" + "L".join(f"{x} {y}" for x, y in places) + "Z")
        return "".join(parts)


def frame(points: Sequence[Point], *, width: int = 1200) -> Frame | None:
    """The frame that holds all points with a margin; None without points.

    One point alone gets a window of 0.1 degrees.
    """
    if not points:
        return None
    lons, lats = [lon for lon, _lat in points], [lat for _lon, lat in points]
    west, east, south, north = min(lons), max(lons), min(lats), max(lats)
    squeeze = math.cos(math.radians((north + south) / 2))
    side = max((east - west) * squeeze, north - south, 0.1)
    pad = side * MARGIN
    across, down = max(east - west, 0.1 / squeeze, side / squeeze * 0.5), max(north - south, 0.1, side * 0.5)
    middle_lon, middle_lat = (east + west) / 2, (north + south) / 2
    across, down = across + 2 * pad / squeeze, down + 2 * pad
    scale = width / (across * squeeze)
    return Frame(middle_lon - across / 2, middle_lat + down / 2, scale, squeeze, width, round(down * scale))
