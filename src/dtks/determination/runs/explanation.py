"""Why one family was (not) chosen: the run's own expressions, once more, on a table of one row."""

from __future__ import annotations

import datetime
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import polars as pl
from django.conf import settings

from dtks.determination.programmes import answers
from dtks.determination.programmes.answers import ProgrammeAnswer
from dtks.determination.programmes.domain import Language, Status
from dtks.determination.runs import output, rule_changes, work
from dtks.determination.runs.domain import Fault
from dtks.determination.runs.errors import FamilyNotInSnapshot, SnapshotGone
from dtks.determination.runs.ranking import Boundary
from dtks.determination.runs.rulebook import Rulebook, RulebookKey
from dtks.determination.runs.scoring import Contribution
from dtks.determination.targeting import model_file
from dtks.determination.targeting.pseudonyms import Pseudonyms
from dtks.determination.targeting.snapshot import Snapshot, open_snapshot
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
    rules_changed: tuple[str, ...] | None = None
    """`model`, `cut_points`, ids of programmes that are no longer as in the run; None: of no run."""
    rules_note: str = ""
    """The same in words, for the reader; empty when there is nothing to say."""


@dataclass(frozen=True)
class Basis:
    """What a stored result says: it stays, whatever the rules say now. And what one family alone does not
    know: repeated numbers, its household."""

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
    def model(self) -> str: ...
    @property
    def programmes(self) -> Mapping[str, str]: ...
    @property
    def directory(self) -> Path: ...
    @property
    def snapshot_directory(self) -> Path: ...


def of_registry_family(run: OfRun, basis: Basis, *, language: Language) -> Explanation:
    """Explain a stored result: its reasons by the rules as they are now, and which of them have changed.

    Raises `SnapshotGone`, `FamilyNotInSnapshot`.
    """
    if not run.snapshot_directory.is_dir():
        raise SnapshotGone(path=str(run.snapshot_directory))
    snapshot = open_snapshot(run.snapshot_directory)
    id_ = Pseudonyms.of_installation(home=Path(settings.HOME)).of_uuid("family", basis.family)
    families, people = _rows_of(snapshot, id_)
    manifest = _manifest(run)
    planned = _planned(
        snapshot, run.period, model=_model_of(run), boundaries=_boundaries(run, manifest=manifest)
    )
    # A stored result without faults had no repeated number; one with faults is not judged again.
    found = _explained(
        families, people, planned, niks=(), kks=(), known_faults=basis.faults, language=language
    )
    settled = tuple(
        replace(answer, status=basis.statuses.get(answer.programme, answer.status))
        for answer in found.programmes
    )
    book = work.plan_for(planned).rulebook
    changed = rule_changes.since(book, model=run.model, programmes=run.programmes, manifest=manifest)
    return replace(
        found,
        family=str(basis.family),
        period=run.period,
        within_run=run.within_run,
        score=basis.score,
        desil=basis.desil,
        programmes=settled,
        rules_changed=changed,
        rules_note=rule_changes.in_words(book, changed, compared=manifest is not None, language=language),
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
    found = _explained(
        families, people, _planned(snapshot, period, model=model),
        niks=_repeated(snapshot, "people", "nik_token", people),
        kks=_repeated(snapshot, "families", "kk_token", families),
        known_faults=Fault(0), language=language,
    )  # fmt: skip
    return replace(found, family=str(family_id), period=period)


def _manifest(run: OfRun) -> dict[str, Any] | None:
    """What the run's output folder says of it; None when the folder was removed."""
    return output.read_manifest(run.directory) if (run.directory / output.MANIFEST).is_file() else None


def _model_of(run: OfRun) -> str | None:
    """The run's model where it is one of the product's; else the default, which then counts as changed."""
    return run.model if (model_file.folder() / f"{run.model}.yaml").is_file() else None


def _boundaries(run: OfRun, *, manifest: dict[str, Any] | None) -> tuple[Boundary, ...] | None:
    if not run.within_run:
        return None
    if manifest is None:
        raise SnapshotGone(path=str(run.directory))
    return tuple(Boundary(*pair) for pair in manifest["boundaries"])


def _planned(
    snapshot: Snapshot,
    period: str,
    *,
    model: str | None = None,
    boundaries: tuple[Boundary, ...] | None = None,
) -> work.Planned:
    on = Period.parse(period).start
    key = RulebookKey(on=on, taken_on=snapshot.taken_on, model=model)
    return work.Planned(key, "polars", boundaries)


_one_at_a_time = threading.Lock()


def _explained(
    families: pl.DataFrame,
    people: pl.DataFrame,
    planned: work.Planned,
    *,
    niks: tuple[int, ...],
    kks: tuple[int, ...],
    known_faults: Fault,
    language: Language,
) -> Explanation:
    # The plan is kept and its slots are filled anew each time: two requests must not mix.
    with _one_at_a_time:
        plan = work.plan_for(planned)
        reads = plan.rulebook.family_reads, plan.rulebook.person_reads
        engine = plan.engine
        tables = work.marked(
            engine.table(families.select(*reads[0])), engine.table(people.select(*reads[1])), engine,
            niks=niks, kks=kks,
        )  # fmt: skip
        plan.fill(families=tables[0], people=tables[1])
        judged, answered = plan.details().row(0, named=True), plan.answers().row(0, named=True)
        plan.clear()
    book, faults = plan.rulebook, known_faults | Fault(judged["faults"])
    return Explanation(
        family="",
        period="",
        taken_on=book.taken_on,
        village=judged["village"],
        model=book.scoring.model.id,
        model_status=book.scoring.model.status,
        within_run=False,
        score=None if faults else judged["score"],
        desil=None if faults else judged["desil"],
        faults=faults,
        missing=() if faults else book.scoring.missing(answered, language=language),
        contributions=()
        if faults or judged["score"] is None
        else book.scoring.contributions(answered, language=language),
        programmes=() if faults else _answers(book, families, judged, language),
    )


def _answers(
    book: Rulebook, families: pl.DataFrame, judged: dict[str, Any], language: Language
) -> tuple[ProgrammeAnswer, ...]:
    family = {**families.row(0, named=True), **judged}
    return tuple(answers.of_judged(book.programmes, family, judged, language=language))


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
