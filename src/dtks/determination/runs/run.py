"""A whole run over one snapshot: verify, find repeated numbers, judge every province, publish."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl

from dtks.determination.runs import checks, output, ranking, rulebook, totals, work, workers
from dtks.determination.runs.chunks import PEOPLE_PER_CHUNK, Task, tasks
from dtks.determination.runs.domain import RunReport
from dtks.determination.runs.rulebook import Rulebook, RulebookKey
from dtks.determination.targeting.snapshot import Snapshot, open_snapshot
from dtks.foundation.engines.parquet import publish_directory
from dtks.foundation.engines.tables import TableSlice, open_engine
from dtks.foundation.kernel.period import Period

Progress = Callable[[int, int], None]


def run(
    snapshot_directory: Path,
    *,
    period: Period,
    out: Path,
    engine: str = "polars",
    within_run: bool = False,
    rules: Path | None = None,
    model: str | None = None,
    worker_count: int | None = None,
    per_chunk: int = PEOPLE_PER_CHUNK,
    progress: Progress = lambda done, total: None,
) -> RunReport:
    """Determine every family of a snapshot for a period and write the result to `out`.

    `rules` is a folder with `programmes/` and `parameters/` (default: the project's); `model` a name
    or file of a welfare model (default: the project's). `out` appears when everything is in it.

    Raises `SnapshotError`, `EngineUnknown`, `OutOccupied`, and the errors of rule and model files;
    `out` is then as it was before.
    """
    with closing(open_engine(engine)):
        """An unknown name is refused before any work."""
    output.require_replaceable(out)
    snapshot = open_snapshot(snapshot_directory)
    key = RulebookKey(on=period.start, taken_on=snapshot.taken_on, root=rules, model=model)
    book = rulebook.load(key)
    head = _head(snapshot, period, book, within_run=within_run)
    count = worker_count or workers.workers_for(snapshot.people)
    out.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    planned = work.Planned(key, engine)
    job = work.Job(planned, building, *repeated_numbers(snapshot, engine), per_chunk=per_chunk)
    try:
        with workers.Workers(count) as pool:
            todo = tasks(snapshot, per_chunk=per_chunk, at_least=count)
            steps = _Steps(pool, todo, passes=2 if within_run else 1, progress=progress)
            if within_run:
                unranked = replace(job, planned=replace(planned, ranked=False))
                scores = pl.concat(steps.all(partial(work.score, unranked)))
                boundaries = ranking.boundaries(scores)
                head["boundaries"] = [[at.score, at.family_id] for at in boundaries]
                job = replace(job, planned=replace(planned, boundaries=boundaries))
            done = steps.all(partial(work.determine, job))
        areas = totals.of_all_levels(pl.concat(part.villages for part in done))
        areas.write_parquet(building / "totals.parquet", compression="zstd")
        orphans = sum(part.orphans for part in done)
        head["counts"] = _counts(areas, book) | {"people": snapshot.people, "orphans": orphans}
        sha256 = output.write_manifest(building, head)
        publish_directory(building=building, target=out)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise
    return report_of(out, sha256=sha256, head=head)


class _Steps:
    """Runs a function over all tasks, and says how far everything is (in people, over all passes)."""

    def __init__(self, pool: workers.Workers, todo: list[Task], *, passes: int, progress: Progress) -> None:
        self._pool, self._todo, self._progress = pool, todo, progress
        self._done, self._total = 0, passes * sum(task.people for task in todo)

    def all(self, function: Callable[[Task], Any]) -> list[Any]:
        return self._pool.map(function, self._todo, done=self._advance)

    def _advance(self, task: Task) -> None:
        self._done += task.people
        self._progress(self._done, self._total)


def repeated_numbers(snapshot: Snapshot, engine_name: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """NIK tokens of more than one living person and KK tokens of more than one family, anywhere in the
    snapshot. A family that split off and is still on its old card does not count."""
    with closing(open_engine(engine_name)) as engine:
        people = engine.scan(
            [TableSlice(province.people.path) for province in snapshot.provinces],
            ["nik_token", "presence", "status"],
        )
        families = engine.scan(
            [TableSlice(province.families.path) for province in snapshot.provinces], ["kk_token", "kk_code"]
        )
        niks = engine.repeated(people.filter(checks.living()).select("nik_token"), "nik_token")
        kks = engine.repeated(families.filter(~checks.split_card()).select(nw.col("kk_token")), "kk_token")
    return tuple(niks), tuple(kks)


def _head(snapshot: Snapshot, period: Period, book: Rulebook, *, within_run: bool) -> dict[str, Any]:
    """What went in. No engine, no worker count, no chunk size: they change nothing in what comes out."""
    model = book.scoring.model
    return {
        "period": str(period),
        "regime": snapshot.regime,
        "taken_on": snapshot.taken_on.isoformat(),
        "source": snapshot.source,
        "synthetic": snapshot.synthetic,
        "snapshot_sha256": snapshot.sha256,
        "within_run": within_run,
        "model": model.id,
        "model_sha256": model.sha256,
        "model_status": model.status,
        "cut_points": None if within_run else list(book.scoring.cut_points.values),
        "programmes": book.programme_hashes,
        "criteria": {
            programme.id: [criterion.id for criterion in programme.criteria] for programme in book.programmes
        },
    }


def _counts(areas: pl.DataFrame, book: Rulebook) -> dict[str, Any]:
    country = areas.filter(pl.col("level") == totals.LEVELS["province"]).select(
        pl.exclude("level", "area").sum()
    )
    total: dict[str, int] = country.row(0, named=True)
    waiting = total["families_unscored"] + total["families_verification"]
    units = {
        programme.id: "people" if programme.unit == "individual" else "eligible"
        for programme in book.programmes
    }
    return {
        "families": total["families"],
        "families_scored": total["families"] - waiting,
        "families_unscored": total["families_unscored"],
        "families_verification": total["families_verification"],
        "deciles": {str(decile): total[f"desil_{decile}"] for decile in totals.DECILES},
        "eligible": {name: total[f"{name}__{unit}"] for name, unit in units.items()},
        "amounts": {name: total[f"{name}__amount"] for name in units},
    }


def report_of(directory: Path, *, sha256: str, head: dict[str, Any]) -> RunReport:
    """The report of a run whose manifest says `head`."""
    return RunReport(
        directory=directory,
        sha256=sha256,
        snapshot_sha256=head["snapshot_sha256"],
        period=head["period"],
        model=head["model"],
        model_status=head["model_status"],
        within_run=head["within_run"],
        **head["counts"],
    )
