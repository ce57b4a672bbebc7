"""Make a population up."""

from __future__ import annotations

import datetime
import hashlib
import os
from collections.abc import Callable
from itertools import groupby
from pathlib import Path

from django.conf import settings

from dtks.determination.synth import calibration, fit, places, pool
from dtks.determination.synth.calibration import Calibration
from dtks.determination.synth.chunk import CHUNK
from dtks.determination.synth.domain import SynthReport, SynthRequest
from dtks.determination.synth.places import ProvincePlan
from dtks.determination.synth.target import ProvinceWriter, Target
from dtks.determination.synth.workers import Made, Tallies, Task, Workshop, make_all
from dtks.foundation.areas import queries as areas

TAKEN_ON = datetime.date(2026, 12, 1)
"""The day on which ages are counted, unless another is given: fixed, so that the same seed gives the same bytes."""
Progress = Callable[[int, int], None]


def generate(
    *,
    area: str,
    families: int,
    seed: int,
    out: Path,
    taken_on: datetime.date = TAKEN_ON,
    undocumented: float = 0.0,
    identities: bool = True,
    truth: bool = False,
    workers: int | None = None,
    progress: Progress = lambda done, total: None,
) -> SynthReport:
    """Make `families` families that live in `area` ('all' or a dotted code) and write them to `out`.

    The folder is a snapshot: `families/PP.parquet`, `people/PP.parquet`, `manifest.json`. Beside them
    `identities/PP.parquet` holds names and numbers, and with `truth`, `truth/PP.parquet` who is poor: no
    determination reads those. The same arguments give the same bytes, with any number of `workers`.
    A run that was broken off goes on where it stopped. `undocumented` is the share of people without NIK.
    `progress` gets (families done, families in all).

    Raises:
        SynthAreaUnknown, SynthTooManyFamilies, SynthTargetOccupied, SynthRequestInvalid.
    """
    request = SynthRequest(
        area=area, families=families, seed=seed, taken_on=taken_on, undocumented=undocumented,
        identities=identities, truth=truth,
    )  # fmt: skip
    directory = calibration_directory()
    figures = calibration.load(directory)
    plans = places.plan(area=area, families=families, calibration=figures, reference=areas.reference())
    target = Target(out, request, _hash_of(directory))
    target.open()
    todo = [number for number, plan in enumerate(plans) if not target.is_done(plan.province)]
    tallies = Tallies()
    for plan in plans:
        if target.is_done(plan.province):
            tallies.add(target.tallies(plan.province))
    if todo:
        workshop = Workshop(request, plans, pool.national_pool(figures.national), figures)
        _make(request, plans, todo, target, workshop, tallies, workers or os.cpu_count() or 1, progress)
    sha256 = target.complete()
    return _report(out, plans, tallies, figures, sha256, reused=len(plans) - len(todo))


def calibration_directory() -> Path:
    """Where the figures lie that a made-up population follows."""
    return Path(settings.PROJECT_ROOT) / "parameters" / "calibration"


def _make(
    request: SynthRequest,
    plans: list[ProvincePlan],
    todo: list[int],
    target: Target,
    workshop: Workshop,
    tallies: Tallies,
    workers: int,
    progress: Progress,
) -> None:
    tasks = [Task(number, chunk) for number in todo for chunk in range(-(-plans[number].families // CHUNK))]
    tables = [
        "families",
        "people",
        *(["identities"] if request.identities else []),
        *(["truth"] if request.truth else []),
    ]
    total = sum(plan.families for plan in plans)
    done = total - sum(plans[number].families for number in todo)
    made = make_all(workshop, tasks, workers)
    for number, group in groupby(tasks, key=lambda task: task.plan):
        writer = ProvinceWriter(target.directory, plans[number].province, tables)
        try:
            counted = Tallies()
            for _ in group:
                done += _append(writer, next(made), counted)
                progress(done, total)
            writer.close()
        except BaseException:  # also when the user breaks off: half a file must not stay
            writer.abandon()
            made.close()
            raise
        target.finish(writer, counted)
        tallies.add(counted)


def _append(writer: ProvinceWriter, chunk: Made, counted: Tallies) -> int:
    writer.append(chunk)
    counted.add(chunk.tallies)
    return int(chunk.tallies.sizes.sum())


def _hash_of(directory: Path) -> str:
    """Of all calibration files: with other figures, a half-finished population is not gone on with."""
    digest = hashlib.sha256()
    for path in sorted(directory.iterdir()):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _report(
    out: Path, plans: list[ProvincePlan], tallies: Tallies, figures: Calibration, sha256: str, reused: int
) -> SynthReport:
    aimed, got = fit.overall(tallies, figures)
    return SynthReport(
        directory=out,
        families=sum(tally.families for tally in tallies.regencies.values()),
        people=sum(tally.people for tally in tallies.regencies.values()),
        sha256=sha256,
        aimed=aimed,
        got=got,
        provinces=fit.by_province(plans, tallies, figures),
        worst=fit.worst(tallies, figures),
        regencies=tallies.regencies,
        reused=reused,
    )
