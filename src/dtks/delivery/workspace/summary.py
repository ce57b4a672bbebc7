"""Figures of an area for the officers' home: how many, how poor, eligible for what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from dtks.delivery.public import places
from dtks.delivery.workspace import listing, results
from dtks.delivery.workspace.results import Totals
from dtks.foundation.areas import queries as areas
from dtks.foundation.areas.domain import Level, level_of
from dtks.registration.registry import queries as registry


@dataclass(frozen=True)
class Bar:
    """One bar: `width` is 0 to 1000; the longest bar has 1000."""

    label: str
    count: int
    width: int
    href: str = ""


def of(*, area: str, names: Mapping[str, str], listed: bool) -> dict[str, Any]:
    """Context of the home page: tiles and bars. Three queries, four where there is no run. ``listed``: the
    reader may open lists."""
    by_village = registry.count_by_area(area=area)
    registered = sum(by_village.values())
    run = results.newest(area=area)
    found = results.totals(run=run, area=area) if run else None
    parts = [] if run else _inside(area)
    # The bars of an area lead to its list, where the list can be filtered.
    listed = listed and bool(area) and (level_of(area) >= Level.DISTRICT or registered <= listing.MOST_ROWS)
    return {
        "registered": registered,
        "villages": len(by_village),
        "run": run,
        "runs_inside": parts[: results.MOST_INSIDE],
        "more_inside": len(parts) > results.MOST_INSIDE,
        "tiles": _tiles(registered, len(by_village), found),
        "decile_bars": _decile_bars(found, area if listed else ""),
        "programme_bars": _programme_bars(found, names, area if listed else ""),
        "demonstration": run is not None and run.demonstration,
    }


def _inside(area: str) -> list[dict[str, Any]]:
    """Where in this area there are results, when there are none for the whole of it."""
    found = results.inside(area=area)
    paths = areas.paths(codes={run.area for run in found})
    above = level_of(area) if area else 0
    return [
        {
            "area": run.area,
            "title": places.whole(paths[run.area][above:]),
            "period": run.period,
            "families": run.families,
            "within_run": run.within_run,
        }
        for run in found
        if run.area in paths
    ]


def _tiles(registered: int, villages: int, found: Totals | None) -> list[tuple[str, int, str]]:
    tiles = [
        (gettext("Keluarga terdaftar"), registered, ""),
        (gettext("Desa dan kelurahan yang punya data"), villages, ""),
    ]
    if found:
        tiles += [
            (gettext("Keluarga yang dinilai"), found.scored, ""),
            (gettext("Perlu verifikasi atau dilengkapi"), found.unscored + found.verification, ""),
        ]
    return tiles


def _decile_bars(found: Totals | None, area: str) -> list[Bar]:
    if not found:
        return []
    largest = max(found.deciles, default=0) or 1
    return [
        Bar(
            str(desil),
            count,
            round(1000 * count / largest),
            f"?wilayah={area}&desil={desil}" if area else "",
        )
        for desil, count in enumerate(found.deciles, start=1)
    ]


def _programme_bars(found: Totals | None, names: Mapping[str, str], area: str) -> list[Bar]:
    if not found:
        return []
    counts = {code: found.eligible.get(code, 0) for code in names}
    largest = max(counts.values(), default=0) or 1
    return [
        Bar(
            names[code],
            count,
            round(1000 * count / largest),
            f"?wilayah={area}&program={code}" if area else "",
        )
        for code, count in counts.items()
    ]
