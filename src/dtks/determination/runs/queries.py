"""What others may ask of finished determinations over the registry."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from dtks.determination.programmes.domain import Language, Outcome, Status
from dtks.determination.runs import explanation, publication
from dtks.determination.runs.domain import Fault, unpack
from dtks.determination.runs.errors import FamilyNotDetermined, RunNotFound, SnapshotGone
from dtks.determination.runs.explanation import Explanation
from dtks.determination.runs.models import FamilyResult, Run

__all__ = [
    "Explanation",
    "FamilyOutcome",
    "ProgrammeOutcome",
    "ResultPage",
    "RunInfo",
    "desils",
    "explain",
    "family_ids",
    "latest_run",
    "latest_run_and_label",
    "published_rows",
    "result",
    "results",
    "results_of",
    "runs",
    "totals",
]  # fmt: skip


@dataclass(frozen=True)
class RunInfo:
    """One determination over the registry."""

    id: uuid.UUID
    area: str
    period: str
    regime: str
    taken_on: datetime.date
    model: str
    model_status: str
    within_run: bool
    programmes: Mapping[str, str]
    """SHA-256 of each programme's rules, as they were."""
    synthetic: bool
    people: int
    families: int
    families_unscored: int
    families_verification: int
    made_at: datetime.datetime
    made_by: str
    output_sha256: str
    directory: Path
    snapshot_directory: Path


@dataclass(frozen=True)
class ProgrammeOutcome:
    """One programme for one family. `amount` is rupiah a year (once, for a grant given once)."""

    status: Status
    outcomes: tuple[Outcome, ...]
    """In the order of the programme's criteria; empty when the family's data failed a check."""
    people: int
    amount: int
    open: int


@dataclass(frozen=True)
class FamilyOutcome:
    """What the latest determination said of a family. `desil` is None when it was not scored."""

    family: uuid.UUID
    run: uuid.UUID
    village: str
    size: int
    score: int | None
    desil: int | None
    faults: Fault
    eligible: tuple[str, ...]
    programmes: Mapping[str, ProgrammeOutcome]


@dataclass(frozen=True)
class ResultPage:
    """Some of the results that fit, and how many there are in all."""

    total: int
    rows: tuple[FamilyOutcome, ...]


def latest_run(*, area: str = "") -> RunInfo | None:
    """The newest determination that covers an area (dotted code), whether for it alone or a larger one."""
    found = Run.objects.filter(area__in=_covering(area)).order_by("-made_at").first()
    return _info(found) if found else None


def latest_run_and_label(*, area: str) -> tuple[RunInfo | None, bool]:
    """`latest_run`, and whether current results of the area may come from a demonstration model.

    That run may rest on one, or a newer run of something inside the area. One query where a run covers the
    area, else two.
    """
    within = _standing(area).filter(model_status="demonstration")
    later = Exists(within.filter(made_at__gt=OuterRef("made_at")))
    found = Run.objects.filter(area__in=_covering(area)).annotate(later=later).order_by("-made_at").first()
    if found is None:
        return None, within.exists()
    return _info(found), found.model_status == "demonstration" or found.later


def run(*, id: uuid.UUID) -> RunInfo:
    """One determination. Raises `RunNotFound`."""
    return _info(_run(id))


def runs(*, area: str = "", limit: int = 50, standing: bool = False) -> list[RunInfo]:
    """Determinations of an area or of something inside it, newest first; `standing`: without those
    whose whole area a newer run covers."""
    found = _standing(area) if standing else Run.objects.filter(inside("area", area))
    return [_info(run) for run in found.order_by("-made_at")[:limit]]


def _standing(area: str) -> QuerySet[Run]:
    """Runs of the area or inside it whose whole area no newer run covers: they have current results."""
    theirs = ExpressionWrapper(OuterRef("area"), CharField())
    covers = Q(area="") | Q(area=F("theirs")) | Q(theirs__startswith=Concat(F("area"), Value(".")))
    newer = Run.objects.annotate(theirs=theirs).filter(covers, made_at__gt=OuterRef("made_at"))
    return Run.objects.filter(inside("area", area), ~Exists(newer))


def result(*, family_id: uuid.UUID) -> FamilyOutcome | None:
    """What the latest determination said of a family; None when there is none."""
    return results_of(families=[family_id]).get(family_id)


def results_of(*, families: Sequence[uuid.UUID]) -> dict[uuid.UUID, FamilyOutcome]:
    """The latest outcome of each family that has one, in one query."""
    rows = FamilyResult.objects.filter(current=True, family__in=families)
    return {row.family: _outcome(row) for row in rows}


def results(
    *,
    area: str = "",
    desil: Sequence[int] | None = None,
    programme: str | None = None,
    status: Status = Status.ELIGIBLE,
    waiting: bool | None = None,
    offset: int = 0,
    limit: int = 50,
) -> ResultPage:
    """The latest outcomes of families in an area, poorest first, those without a score last.

    `desil` narrows to some deciles, `programme` with `status` to families of whom a programme says so,
    `waiting` to those that were (not) left unscored or sent to verification.
    """
    rows = _matching(area, desil, programme, status, waiting)
    page = rows.order_by(F("score").asc(nulls_last=True), "family")[offset : offset + limit]
    return ResultPage(rows.count(), tuple(_outcome(row) for row in page))


def family_ids(
    *,
    area: str = "",
    desil: Sequence[int] | None = None,
    programme: str | None = None,
    status: Status = Status.ELIGIBLE,
    waiting: bool | None = None,
) -> list[uuid.UUID]:
    """The families that `results` would give, all of them."""
    return list(_matching(area, desil, programme, status, waiting).values_list("family", flat=True))


def desils(*, area: str = "") -> dict[uuid.UUID, int]:
    """The decile of each family in an area that has one."""
    rows = _matching(area, None, None, Status.ELIGIBLE, False).exclude(desil=None)
    return dict(rows.values_list("family", "desil"))


def totals(*, run: uuid.UUID) -> pl.DataFrame:
    """Counts and rupiah per province, regency, district and village of one run (see `totals.of_villages`).

    Raises `RunNotFound`, `SnapshotGone` (the output folder was removed)."""
    path = Path(_run(run).directory) / "totals.parquet"
    if not path.is_file():
        raise SnapshotGone(path=str(path))
    return pl.read_parquet(path)


def published_rows(*, run: uuid.UUID) -> Iterator[pl.DataFrame]:
    """The people of a run for the public list: `village` (dotted), `name`, `age`, `programmes` (codes).

    Here, and only here, names meet results. Members of a family carry the family's programmes; a
    programme for individuals stands with those who receive it. Raises `RunNotFound`, `SnapshotGone`.
    """
    found = _run(run)
    yield from publication.rows(_info(found))


def explain(*, family_id: uuid.UUID, language: Language = "id") -> Explanation:
    """Why the latest determination said what it said of a registry family.

    The rules run once more, on this one family as the snapshot of that determination has it; where they are
    no longer those of that determination, `rules_changed` names them and `rules_note` says so. Raises
    `FamilyNotDetermined`, `SnapshotGone`.
    """
    row = FamilyResult.objects.filter(current=True, family=family_id).select_related("run").first()
    if row is None:
        raise FamilyNotDetermined(family=str(family_id))
    return explanation.of_registry_family(_info(row.run), _outcome_basis(row), language=language)


def _outcome_basis(row: FamilyResult) -> explanation.Basis:
    """What of a stored result cannot be had from one family alone."""
    statuses = {name: Status(values[0]) for name, values in row.programmes.items()}
    return explanation.Basis(
        family=row.family, score=row.score, desil=row.desil, faults=Fault(row.faults), statuses=statuses
    )


def _matching(
    area: str, desil: Sequence[int] | None, programme: str | None, status: Status, waiting: bool | None
) -> QuerySet[FamilyResult]:
    rows = FamilyResult.objects.filter(inside("village", area), current=True)
    if desil is not None:
        rows = rows.filter(desil__in=desil)
    if programme is not None:
        rows = rows.filter(**{f"programmes__{programme}__0": int(status)})
    if waiting is not None:
        rows = rows.filter(desil__isnull=waiting)
    return rows


def _covering(area: str) -> list[str]:
    parts = area.split(".") if area else []
    return ["", *(".".join(parts[: level + 1]) for level in range(len(parts)))]


def inside(field: str, area: str) -> Q:
    """The condition that a dotted code lies in an area ('' is everywhere)."""
    if not area:
        return Q()
    # A range, not LIKE: it uses the index whatever the collation. '/' is the character after '.'.
    return Q(**{field: area}) | Q(**{f"{field}__gte": f"{area}.", f"{field}__lt": f"{area}/"})


def _run(run: uuid.UUID) -> Run:
    found = Run.objects.filter(pk=run).first()
    if found is None:
        raise RunNotFound(run=str(run))
    return found


def _info(run: Run) -> RunInfo:
    return RunInfo(
        id=run.id,
        area=run.area,
        period=run.period,
        regime=run.regime,
        taken_on=run.taken_on,
        model=run.model_name,
        model_status=run.model_status,
        within_run=run.within_run,
        programmes=run.programmes,
        synthetic=run.synthetic,
        people=run.people,
        families=run.families,
        families_unscored=run.families_unscored,
        families_verification=run.families_verification,
        made_at=run.made_at,
        made_by=run.made_by,
        output_sha256=run.output_sha256,
        directory=Path(run.directory),
        snapshot_directory=Path(run.snapshot_directory),
    )


def _outcome(row: FamilyResult) -> FamilyOutcome:
    return FamilyOutcome(
        family=row.family,
        run=row.run_id,
        village=row.village,
        size=row.size,
        score=row.score,
        desil=row.desil,
        faults=Fault(row.faults),
        eligible=tuple(row.eligible.split()),
        programmes={name: _programme(values) for name, values in row.programmes.items()},
    )


def _programme(values: Sequence[int | None]) -> ProgrammeOutcome:
    status, packed, people, amount, open_ = values
    return ProgrammeOutcome(
        status=Status(status or 0),
        outcomes=() if packed is None else unpack(packed),
        people=people or 0,
        amount=amount or 0,
        open=open_ or 0,
    )
