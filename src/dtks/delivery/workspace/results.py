"""What determinations said of areas and lists of families, in the shape that the pages need."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from dtks.delivery.workspace.filters import Filters
from dtks.determination.programmes.domain import Status
from dtks.determination.runs import queries as runs
from dtks.determination.runs.errors import SnapshotGone
from dtks.determination.runs.queries import FamilyOutcome, RunInfo
from dtks.foundation.areas.domain import level_of, to_int

DECILES = range(1, 11)
MOST_INSIDE = 40
# What the list's filter of status means when a programme is chosen too.
_PROGRAMME_STATUSES: dict[str, tuple[Status, ...]] = {
    "": (Status.ELIGIBLE,),
    "penerima": (Status.ELIGIBLE,),
    "bukan-penerima": (Status.NOT_ELIGIBLE, Status.OVERLAP, Status.SHARED_HOUSEHOLD),
    "menunggu": (Status.VERIFICATION,),
}


@dataclass(frozen=True)
class RunView:
    """The newest run that covers an area."""

    id: uuid.UUID
    period: str
    made_at: datetime
    demonstration: bool
    within_run: bool


@dataclass(frozen=True)
class Totals:
    """Counts of a run for one area. `eligible`: families per programme."""

    families: int
    people: int
    scored: int
    unscored: int
    verification: int
    deciles: tuple[int, ...]
    eligible: dict[str, int]


def newest(*, area: str) -> RunView | None:
    """The newest run that covers the area as a whole."""
    found = runs.latest_run(area=area)
    return run_view(found) if found else None


def newest_with_label(*, area: str) -> tuple[RunView | None, bool]:
    """`newest`, and whether what is shown of the area may come from a demonstration model."""
    found, demonstration = runs.latest_run_and_label(area=area)
    return (run_view(found) if found else None), demonstration


def inside(*, area: str) -> list[RunInfo]:
    """Runs of smaller areas within this one whose results count, newest first: `MOST_INSIDE`, and one more
    when there are more."""
    found = runs.runs(area=area, limit=MOST_INSIDE + 2, standing=True)
    return [run for run in found if run.area != area][: MOST_INSIDE + 1]


def run_view(found: RunInfo) -> RunView:
    """A run as the pages show it."""
    return RunView(
        id=found.id,
        period=found.period,
        made_at=found.made_at,
        demonstration=found.model_status == "demonstration",
        within_run=found.within_run,
    )


def of_families(*, families: Sequence[uuid.UUID]) -> dict[uuid.UUID, FamilyOutcome]:
    """The latest outcome of each of these families. One query."""
    return runs.results_of(families=families) if families else {}


def status_of(outcome: FamilyOutcome | None) -> str:
    """How the list names a family's outcome."""
    if outcome is None:
        return "belum-ditetapkan"
    if outcome.faults:
        return "verifikasi"
    if outcome.desil is None:
        return "belum-dinilai"
    return "penerima" if outcome.eligible else "bukan-penerima"


def desils(*, area: str) -> dict[uuid.UUID, int]:
    """The decile of every family of the area that has one. One query."""
    return runs.desils(area=area)


def determined(*, area: str) -> set[uuid.UUID]:
    """Every family of the area that a determination has seen."""
    return set(runs.family_ids(area=area))


def wanted(view: Filters, programmes: Iterable[str]) -> set[uuid.UUID] | None:
    """The families that the view's decile, programme and status leave; None when it leaves all."""
    desil = [view.desil] if view.desil else None
    if view.programme:
        statuses = _PROGRAMME_STATUSES.get(view.status, ())
        return _any_of(view.area, desil, [view.programme], statuses)
    if view.status == "menunggu":
        return set(runs.family_ids(area=view.area, desil=desil, waiting=True))
    if view.status in ("penerima", "bukan-penerima"):
        chosen = _any_of(view.area, desil, programmes, (Status.ELIGIBLE,))
        if view.status == "penerima":
            return chosen
        return set(runs.family_ids(area=view.area, desil=desil, waiting=False)) - chosen
    return set(runs.family_ids(area=view.area, desil=desil)) if desil else None


def _any_of(
    area: str, desil: list[int] | None, programmes: Iterable[str], statuses: Iterable[Status]
) -> set[uuid.UUID]:
    return {
        family
        for programme in programmes
        for status in statuses
        for family in runs.family_ids(area=area, desil=desil, programme=programme, status=status)
    }


def totals(*, run: RunView, area: str) -> Totals | None:
    """Counts of the run for the area; None when its output folder is gone or holds nothing of the area."""
    try:
        table = runs.totals(run=run.id)
    except SnapshotGone:
        return None
    level = level_of(area) if area else 1
    rows = table.filter(pl.col("level") == level)
    if area:
        rows = rows.filter(pl.col("area") == to_int(area))
    if rows.is_empty():
        return None
    sums = rows.select(pl.exclude("level", "area").sum()).row(0, named=True)
    deciles = tuple(sums[f"desil_{desil}"] for desil in DECILES)
    return Totals(
        families=sums["families"],
        people=sums["people"],
        scored=sum(deciles),
        unscored=sums["families_unscored"],
        verification=sums["families_verification"],
        deciles=deciles,
        eligible={
            name.removesuffix("__eligible"): count
            for name, count in sums.items()
            if name.endswith("__eligible")
        },
    )


def covered(outcome: FamilyOutcome | None, rivals: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Programmes that the family would receive if another did not go before: {programme: the others}."""
    if outcome is None:
        return {}
    return {
        name: tuple(rival for rival in rivals.get(name, ()) if rival in outcome.eligible)
        for name, found in outcome.programmes.items()
        if found.status == Status.OVERLAP
    }
