"""Why one family was (not) chosen: the run's own expressions, once more, on a table of one row."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import polars as pl
from django.conf import settings

from dtks.determination.programmes import answers
from dtks.determination.programmes.answers import ProgrammeAnswer
from dtks.determination.programmes.domain import Language, Status
from dtks.determination.runs import rulebook, work
from dtks.determination.runs.domain import Fault
from dtks.determination.runs.errors import FamilyNotInSnapshot, SnapshotGone
from dtks.determination.runs.judge import scored
from dtks.determination.runs.rulebook import Rulebook, RulebookKey
from dtks.determination.runs.scoring import Contribution
from dtks.determination.targeting.pseudonyms import Pseudonyms
from dtks.determination.targeting.snapshot import Snapshot, open_snapshot
from dtks.foundation.engines.tables import open_engine
from dtks.foundation.kernel.period import Period


@dataclass(frozen=True)
class Explanation:
    """A family's result with its reasons. `missing` names the answers without which it has no score."""

    family: str
    period: str
    taken_on: datetime.date
    village: int
    model: str
    model_status: str
    within_run: bool
    score: int | None
    desil: int | None
    faults: Fault
    missing: tuple[str, ...]
    contributions: tuple[Contribution, ...]
    """What moved the score, strongest first; negative makes a family poorer in the model's eyes."""
    programmes: tuple[ProgrammeAnswer, ...]


@dataclass(frozen=True)
class Basis:
    """What a stored result knows and one family alone does not: rank, repeated numbers, neighbours."""

    family: uuid.UUID
    score: int | None
    desil: int | None
    faults: Fault
    statuses: Mapping[str, Status]


class OfRun(Protocol):
    @property
    def period(self) -> str: ...
    @property
    def within_run(self) -> bool: ...
    @property
    def snapshot_directory(self) -> Path: ...


def of_registry_family(run: OfRun, basis: Basis, *, language: Language) -> Explanation:
    """Explain a stored result. Raises `SnapshotGone`, `FamilyNotInSnapshot`."""
    if not run.snapshot_directory.is_dir():
        raise SnapshotGone(path=str(run.snapshot_directory))
    snapshot = open_snapshot(run.snapshot_directory)
    id_ = Pseudonyms.of_installation(home=Path(settings.HOME)).of_uuid("family", basis.family)
    families, people = _rows_of(snapshot, id_)
    book = _book(snapshot, run.period)
    found = _explained(
        families, people, book, score=basis.score, desil=basis.desil, faults=basis.faults, language=language
    )
    settled = tuple(
        replace(answer, status=basis.statuses.get(answer.programme, answer.status))
        for answer in found.programmes
    )
    return replace(
        found,
        family=str(basis.family),
        period=run.period,
        within_run=run.within_run,
        programmes=settled,
    )


def of_snapshot_family(
    snapshot_directory: Path,
    family_id: int,
    *,
    period: str,
    language: Language = "id",
    model: str | None = None,
) -> Explanation:
    """Explain one family of a snapshot, by national cut-points. Families of its household are not looked
    at. Raises `SnapshotError`, `FamilyNotInSnapshot`, `PeriodError`."""
    snapshot = open_snapshot(snapshot_directory)
    families, people = _rows_of(snapshot, family_id)
    book = _book(snapshot, period, model)
    with closing(open_engine("polars")) as engine:
        tables = work.marked(
            engine.table(families), engine.table(people), engine,
            niks=_repeated(snapshot, "people", "nik_token", people),
            kks=_repeated(snapshot, "families", "kk_token", families),
        )  # fmt: skip
        table = book.scoring.decile(scored(tables.families, tables.people, book))
        row = engine.collect(table.select("score", "desil", "faults")).row(0, named=True)
    found = _explained(
        families, people, book, score=row["score"], desil=row["desil"], faults=Fault(row["faults"]),
        language=language,
    )  # fmt: skip
    return replace(found, family=str(family_id), period=period)


def _explained(
    families: pl.DataFrame,
    people: pl.DataFrame,
    book: Rulebook,
    *,
    score: int | None,
    desil: int | None,
    faults: Fault,
    language: Language,
) -> Explanation:
    family, members = families.row(0, named=True), people.rows(named=True)
    judged: list[ProgrammeAnswer] = []
    if not faults:
        judged = answers.explain(book.programmes, {**family, "desil": desil}, members, language=language)
    return Explanation(
        family="",
        period="",
        taken_on=book.taken_on,
        village=family["village"],
        model=book.scoring.model.id,
        model_status=book.scoring.model.status,
        within_run=False,
        score=score,
        desil=desil,
        faults=faults,
        missing=()
        if faults or score is not None
        else book.scoring.missing(families, people, language=language),
        contributions=()
        if score is None
        else book.scoring.contributions(families, people, language=language),
        programmes=tuple(judged),
    )


def _book(snapshot: Snapshot, period: str, model: str | None = None) -> Rulebook:
    on = Period.parse(period).start
    return rulebook.load(RulebookKey(on=on, taken_on=snapshot.taken_on, model=model))


def _rows_of(snapshot: Snapshot, family_id: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    its_own = pl.col("family_id") == family_id
    for province in snapshot.provinces:
        families = pl.scan_parquet(province.families.path).filter(its_own).collect()
        if families.height:
            return families, pl.scan_parquet(province.people.path).filter(its_own).collect()
    raise FamilyNotInSnapshot(family=family_id, path=str(snapshot.directory))


def _repeated(snapshot: Snapshot, table: str, column: str, own: pl.DataFrame) -> tuple[int, ...]:
    """The numbers of this family that stand more than once in the whole snapshot."""
    numbers = own[column].drop_nulls()
    if numbers.is_empty():
        return ()
    paths: list[Any] = [getattr(province, table).path for province in snapshot.provinces]
    found = pl.scan_parquet(paths).select(column).filter(pl.col(column).is_in(numbers.implode())).collect()
    return tuple(found.filter(pl.col(column).is_duplicated())[column].unique().sort())
