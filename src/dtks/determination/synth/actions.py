"""Make a population up."""

from __future__ import annotations

import datetime
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from django.conf import settings

from dtks.determination.synth import calibration, fit, places, pool
from dtks.determination.synth.calibration import Calibration
from dtks.determination.synth.chunk import CHUNK
from dtks.determination.synth.domain import SynthReport, SynthRequest
from dtks.determination.synth.kit import Kit
from dtks.determination.synth.logits import ZONES
from dtks.determination.synth.plan import ProvincePlan
from dtks.determination.synth.target import ProvinceWriter, Target, layout, tables
from dtks.determination.synth.workers import Crew, Made, Tallies, Task, Workshop
from dtks.foundation.areas import queries as areas

TAKEN_ON = datetime.date(2026, 11, 1)
"""The day on which ages are counted, unless another is given: fixed, so that a seed gives the same bytes
today and tomorrow, and past, so that a register can take the answers as true."""
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
        area=area,
        families=families,
        seed=seed,
        taken_on=taken_on,
        undocumented=undocumented,
        identities=identities,
        truth=truth,
    )
    directory = calibration_directory()
    target = Target(out, request, _hash_of(directory))
    with Crew(families=families, workers=workers or os.cpu_count() or 1) as crew:
        figures = calibration.load(directory)
        plans = places.spread_out(
            area=area, families=families, calibration=figures, reference=areas.reference()
        )
        target.open()
        tallies = Tallies()
        todo = []
        for plan in plans:
            if target.is_done(plan.province):
                tallies.add(target.tallies(plan.province))
            else:
                todo.append(plan)
        # Island group by island group: their draws are compiled once.
        todo.sort(key=lambda plan: (ZONES.index(plan.zone), plan.province))
        kit = Kit(
            request=request,
            calibration=figures,
            pool=pool.national_pool(figures.national),
            layout=layout(),
        )
        made = crew.make_all(Workshop(kit, todo), _tasks(todo))
        for counted in _written(target, todo, made, families, progress):
            tallies.add(counted)
    sha256 = target.complete()
    return _report(out, plans, tallies, figures, sha256=sha256, reused=len(plans) - len(todo))


def calibration_directory() -> Path:
    """Where the figures lie that a made-up population follows."""
    return Path(settings.PROJECT_ROOT) / "parameters" / "calibration"


def _tasks(plans: Sequence[ProvincePlan]) -> list[Task]:
    return [
        Task(number, chunk)
        for number, plan in enumerate(plans)
        for chunk in range(-(-plan.families // CHUNK))
    ]


def _written(
    target: Target, plans: Sequence[ProvincePlan], made: Iterator[Made], families: int, progress: Progress
) -> Iterator[Tallies]:
    """Write province after province; gives the counts of each when it is complete."""
    done = families - sum(plan.families for plan in plans)
    wanted = tables(target.request)
    for plan in plans:
        writer = ProvinceWriter(target.directory, plan.province, wanted)
        counted = Tallies()
        try:
            for _ in range(-(-plan.families // CHUNK)):
                done += _append(writer, next(made), counted)
                progress(done, families)
            writer.close()
        except BaseException:  # also when the user breaks off: half a file must not stay
            writer.abandon()
            raise
        target.finish(writer, counted)
        yield counted


def _append(writer: ProvinceWriter, chunk: Made, counted: Tallies) -> int:
    writer.append(chunk)
    counted.add(chunk.tallies)
    return int(chunk.tallies.sizes.sum())


def _hash_of(directory: Path) -> str:
    """Of all calibration files and of this package: a half-finished population is gone on with only when
    what is left would come out as it did."""
    digest = hashlib.sha256()
    for path in [*sorted(directory.iterdir()), *sorted(Path(__file__).parent.glob("*.py"))]:
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
