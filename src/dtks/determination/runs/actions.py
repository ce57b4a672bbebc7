"""What others may do: determine, over a snapshot or over the registry."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dtks.determination.runs import loading, output
from dtks.determination.runs import run as runner
from dtks.determination.runs.domain import RunReport
from dtks.determination.runs.errors import AreaOrSnapshot
from dtks.determination.runs.models import FamilyResult, Run
from dtks.determination.runs.queries import inside
from dtks.determination.runs.run import Progress
from dtks.determination.targeting import registry_snapshot
from dtks.determination.targeting.pseudonyms import Pseudonyms
from dtks.determination.targeting.rules import laws, regimes
from dtks.determination.targeting.snapshot import open_snapshot
from dtks.foundation.kernel.ids import new_id
from dtks.foundation.kernel.period import Period
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger.domain import Actor, Event


def determine(
    *,
    by: Actor,
    period: str,
    area: str | None = None,
    snapshot: Path | None = None,
    out: Path | None = None,
    engine: str = "polars",
    within_run: bool = False,
    model: str | None = None,
    progress: Progress = lambda done, total: None,
) -> RunReport:
    """Determine every family of a snapshot, or of an area of the registry, for a period ('2026-12').

    Exactly one of `area` (dotted code; '' for the country) and `snapshot` is given. Results go to `out`
    (default: a folder under `DTKS_HOME/runs`). A run over the registry also adds a `Run` with the result
    of every family, and its report carries `run_id`. `within_run` cuts deciles among the families of the
    run, and says so in everything that comes out; otherwise the model's national cut-points hold.
    `model` names another welfare model than the default. `progress` hears (done, total) in people.

    Raises `AreaOrSnapshot`, `PeriodError`, `SnapshotError`, `EngineUnknown`, and the errors of rule and
    model files. Nothing is published or recorded then.
    """
    month = Period.parse(period)
    if (area is None) == (snapshot is None):
        raise AreaOrSnapshot()
    options: dict[str, Any] = {
        "period": month, "engine": engine, "within_run": within_run, "model": model, "progress": progress,
    }  # fmt: skip
    if snapshot is not None:
        return runner.run(snapshot, out=out or _folder(month, new_id()) / "result", **options)
    return _of_registry(by=by, area=area or "", out=out, options=options)


def _of_registry(*, by: Actor, area: str, out: Path | None, options: dict[str, Any]) -> RunReport:
    run_id = new_id()
    folder = _folder(options["period"], run_id)
    today = timezone.localdate()
    links = folder / "links.parquet"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        snapshot = registry_snapshot.take(
            area=area,
            taken_on=today,
            regime=_regime(options["period"]),
            directory=folder / "snapshot",
            links=links,
            pseudonyms=Pseudonyms.of_installation(home=settings.HOME),
        )
        report = runner.run(snapshot, out=out or folder / "result", **options)
        _record(by=by, area=area, run_id=run_id, report=report, snapshot=snapshot, links=links)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    finally:
        # The link between pseudonyms and records is needed for this moment only.
        links.unlink(missing_ok=True)
    return RunReport(**{**report.__dict__, "run_id": str(run_id)})


@transaction.atomic
def _record(
    *, by: Actor, area: str, run_id: uuid.UUID, report: RunReport, snapshot: Path, links: Path
) -> None:
    opened = open_snapshot(snapshot)
    manifest = output.read_manifest(report.directory)
    Run(
        id=run_id,
        area=area,
        period=report.period,
        regime=opened.regime,
        taken_on=opened.taken_on,
        snapshot_sha256=report.snapshot_sha256,
        output_sha256=report.sha256,
        directory=str(report.directory),
        snapshot_directory=str(snapshot),
        model_name=report.model,
        model_status=report.model_status,
        within_run=report.within_run,
        programmes=manifest["programmes"],
        people=report.people,
        families=report.families,
        families_unscored=report.families_unscored,
        families_verification=report.families_verification,
        synthetic=opened.synthetic,
        made_at=timezone.now(),
        made_by=by.account,
    ).save(force_insert=True)
    names = list(manifest["programmes"])
    linked = pl.read_parquet(links)
    for province in opened.provinces:
        rows = pl.read_parquet(report.directory / "families" / f"{province.code:02d}.parquet")
        loading.insert(run_id, loading.rows_of(rows.join(linked, on="family_id", how="inner"), names))
    _end_current(area, run_id=run_id)
    event = Event(
        "runs.determine", kind="run", subject=str(run_id), area=area, count=report.families,
        before=report.snapshot_sha256, after=report.sha256,
    )  # fmt: skip
    ledger.record(event, by=by)


def _end_current(area: str, *, run_id: uuid.UUID) -> None:
    """Results of the area so far are no longer the latest, nor are those of a family that moved here."""
    current = FamilyResult.objects.filter(current=True).exclude(run_id=run_id)
    current.filter(inside("village", area)).update(current=False)
    here = FamilyResult.objects.filter(run_id=run_id).values("family")
    current.filter(family__in=here).update(current=False)


def _regime(period: Period) -> str:
    folder = settings.PROJECT_ROOT / "parameters"
    known = regimes.load(folder / "regimes.yaml", laws_in=laws.load(folder / "laws.yaml"))
    return regimes.in_force(known, period.start).id


def _folder(period: Period, run_id: uuid.UUID) -> Path:
    return Path(settings.HOME) / "runs" / f"{period}-{run_id}"
