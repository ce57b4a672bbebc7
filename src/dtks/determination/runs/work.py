"""What one worker does with one task: read its provinces chunk by chunk, judge them, write their files.

Everything a task needs is in the `Job`, plain and picklable; rules and model are read, and the pipeline
is planned, once in each process.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import polars as pl

from dtks.determination.runs import checks, output, plans, ranking, rulebook, totals, verification
from dtks.determination.runs.chunks import PEOPLE_PER_CHUNK, Chunk, Task, chunks
from dtks.determination.runs.plans import Plan
from dtks.determination.runs.rulebook import Rulebook, RulebookKey
from dtks.determination.targeting.snapshot import SnapshotDamaged, verify_content
from dtks.foundation.engines.tables import Engine, LazyTable, open_engine

Boundaries = tuple[ranking.Boundary, ...]


@dataclass(frozen=True)
class Planned:
    """What a plan depends on. `boundaries` are where deciles begin within the run; None: national
    cut-points."""

    rules: RulebookKey
    engine: str
    boundaries: Boundaries | None = None
    ranked: bool = True


@dataclass(frozen=True)
class Job:
    """One run, as every worker must know it."""

    planned: Planned
    building: Path
    repeated_niks: tuple[int, ...] = field(repr=False)
    repeated_kks: tuple[int, ...] = field(repr=False)
    per_chunk: int = PEOPLE_PER_CHUNK


@dataclass(frozen=True)
class Done:
    """What a task hands back: village totals, and members that belong to no family."""

    villages: pl.DataFrame
    orphans: int


@lru_cache(maxsize=2)
def plan_for(planned: Planned) -> Plan:
    """The pipeline on an engine of its own, planned once in this process."""
    rules = rulebook.load(planned.rules)
    decile = plans.national(rules) if planned.boundaries is None else plans.within_run(planned.boundaries)
    return Plan(open_engine(planned.engine), rules, decile if planned.ranked else plans.unranked)


def score(job: Job, task: Task) -> pl.DataFrame:
    """`score`, `family_id` and `size` of the task's scored families: the first pass of a ranking."""
    plan = plan_for(job.planned)
    parts = []
    for chunk in _chunks(job, task):
        families, people = read(
            chunk, plan.rulebook, plan.engine, niks=job.repeated_niks, kks=job.repeated_kks
        )
        plan.fill(families=families, people=people)
        parts.append(plan.scores().select("score", "family_id", "size"))
    plan.clear()
    return pl.concat(parts).filter(pl.col("score").is_not_null())


def determine(job: Job, task: Task) -> Done:
    """Judge every family of the task and write its files under `job.building`."""
    plan = plan_for(job.planned)
    names = [programme.id for programme in plan.rulebook.programmes]
    villages, orphans = [], 0
    with output.ProvinceFiles(job.building, names) as files:
        for chunk in _chunks(job, task):
            tables = read(chunk, plan.rulebook, plan.engine, niks=job.repeated_niks, kks=job.repeated_kks)
            plan.fill(families=tables[0], people=tables[1])
            families = plan.results()
            if families["family_id"].n_unique() != families.height:
                raise SnapshotDamaged(path=task.name, detail="family_id berulang · family_id is repeated")
            lost = plan.orphans()
            listed = verification.listed(families.filter(pl.col("faults") > 0), lost, plan=plan)
            files.write(families=families, verification=listed)
            villages.append(totals.of_villages(families, names))
            orphans += lost.height
    plan.clear()
    return Done(pl.concat(villages), orphans)


def _chunks(job: Job, task: Task) -> Iterator[Chunk]:
    """The task's chunks, after hashing its files. A damaged one stops the run, and nothing of it is
    published."""
    for province in task.provinces:
        verify_content(province.families)
        verify_content(province.people)
    yield from chunks(task, per_chunk=job.per_chunk)


def read(
    chunk: Chunk, rules: Rulebook, engine: Engine, *, niks: tuple[int, ...], kks: tuple[int, ...]
) -> tuple[LazyTable, LazyTable]:
    """Families and people of a chunk: the columns that the run reads, and whether a number is repeated."""
    families = engine.scan(chunk.families, rules.family_reads)
    people = engine.scan(chunk.people, rules.person_reads)
    return marked(families, people, engine, niks=niks, kks=kks)


def marked(
    families: LazyTable, people: LazyTable, engine: Engine, *, niks: tuple[int, ...], kks: tuple[int, ...]
) -> tuple[LazyTable, LazyTable]:
    """The two tables with `kk_repeated` and `nik_repeated`."""
    repeated_kks, repeated_niks = _keys(engine, kks, "kk_token"), _keys(engine, niks, "nik_token")
    return (
        checks.mark_repeated(families, repeated_kks, column="kk_token", name=plans.FAMILY_MARK),
        checks.mark_repeated(people, repeated_niks, column="nik_token", name=plans.PERSON_MARK),
    )


def _keys(engine: Engine, values: tuple[int, ...], name: str) -> LazyTable | None:
    return engine.table(pl.DataFrame({name: values}, schema={name: pl.Int64})) if values else None
