"""What one worker does with one task: read its provinces chunk by chunk, judge them, write their files.

Everything a task needs is in the `Job`, plain and picklable; rules and model are read again in each
process, once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from dtks.determination.runs import checks, output, ranking, rulebook, totals, verification
from dtks.determination.runs.chunks import PEOPLE_PER_CHUNK, Chunk, Task, chunks
from dtks.determination.runs.judge import judged, scored
from dtks.determination.runs.rulebook import Rulebook, RulebookKey
from dtks.determination.targeting.snapshot import SnapshotDamaged, verify_content
from dtks.foundation.engines.tables import Engine, LazyTable, open_engine, require_schema


@dataclass(frozen=True)
class Job:
    """One run, as every worker must know it."""

    rules: RulebookKey
    engine: str
    building: Path
    repeated_niks: tuple[int, ...]
    repeated_kks: tuple[int, ...]
    boundaries: tuple[ranking.Boundary, ...] | None = None
    """Where deciles begin within the run; None: national cut-points."""
    per_chunk: int = PEOPLE_PER_CHUNK


@dataclass(frozen=True)
class Done:
    """What a task hands back: village totals, and members that belong to no family."""

    villages: pl.DataFrame
    orphans: int


@dataclass(frozen=True)
class Tables:
    """The two lazy tables of a chunk, ready to be judged."""

    families: LazyTable
    people: LazyTable


def score(job: Job, task: Task) -> pl.DataFrame:
    """`score`, `family_id` and `size` of the task's scored families: the first pass of a ranking."""
    rules = rulebook.load(job.rules)
    parts = [
        engine.collect(scored(tables.families, tables.people, rules).select("score", "family_id", "size"))
        for engine, tables in _tables(job, task, rules)
    ]
    return pl.concat(parts).filter(pl.col("score").is_not_null())


def determine(job: Job, task: Task) -> Done:
    """Judge every family of the task and write its files under `job.building`."""
    rules = rulebook.load(job.rules)
    names = [programme.id for programme in rules.programmes]
    villages, orphans = [], 0
    with output.ProvinceFiles(job.building, names) as files:
        for engine, tables in _tables(job, task, rules):
            families = _families(tables, job, rules, engine)
            lost = _orphans(tables, engine)
            listed = verification.listed(
                families.filter(pl.col("faults") > 0), lost,
                families=tables.families, people=tables.people, rulebook=rules, engine=engine,
            )  # fmt: skip
            files.write(families=families, verification=listed)
            villages.append(totals.of_villages(families, names))
            orphans += lost.height
    return Done(pl.concat(villages), orphans)


def _tables(job: Job, task: Task, rules: Rulebook) -> Iterator[tuple[Engine, Tables]]:
    _verify(task)
    for chunk in chunks(task, per_chunk=job.per_chunk):
        # A new engine for each chunk: what it held for the last one is let go.
        with closing(open_engine(job.engine)) as engine:
            yield engine, tables_of(chunk, rules, engine, niks=job.repeated_niks, kks=job.repeated_kks)


def _verify(task: Task) -> None:
    """Hash the task's files. A damaged one stops the run, and nothing of it is published."""
    for province in task.provinces:
        verify_content(province.families)
        verify_content(province.people)


def tables_of(
    chunk: Chunk, rules: Rulebook, engine: Engine, *, niks: tuple[int, ...], kks: tuple[int, ...]
) -> Tables:
    """The columns that the run reads, with the marks of repeated numbers."""
    families = engine.scan(chunk.families, rules.family_reads)
    people = engine.scan(chunk.people, rules.person_reads)
    return marked(families, people, engine, niks=niks, kks=kks)


def marked(
    families: LazyTable, people: LazyTable, engine: Engine, *, niks: tuple[int, ...], kks: tuple[int, ...]
) -> Tables:
    """The two tables with `kk_repeated` and `nik_repeated`."""
    repeated_kks, repeated_niks = _keys(engine, kks, "kk_token"), _keys(engine, niks, "nik_token")
    return Tables(
        checks.mark_repeated(families, repeated_kks, column="kk_token", name="kk_repeated"),
        checks.mark_repeated(people, repeated_niks, column="nik_token", name="nik_repeated"),
    )


def _keys(engine: Engine, values: tuple[int, ...], name: str) -> LazyTable | None:
    return engine.table(pl.DataFrame({name: values}, schema={name: pl.Int64})) if values else None


def _families(tables: Tables, job: Job, rules: Rulebook, engine: Engine) -> pl.DataFrame:
    table = scored(tables.families, tables.people, rules)
    if job.boundaries is None:
        table = rules.scoring.decile(table)
    else:
        table = table.with_columns(ranking.desil(job.boundaries))
    rows = engine.collect(judged(table, rules, hold=engine.hold)).sort(output.SORT)
    names = [programme.id for programme in rules.programmes]
    require_schema(rows, output.columns(names), engine=engine.name)
    if rows["family_id"].n_unique() != rows.height:
        raise SnapshotDamaged(path="families", detail="family_id berulang · family_id is repeated")
    return rows


def _orphans(tables: Tables, engine: Engine) -> pl.DataFrame:
    people = tables.people.select("person_id", "family_id", "province")
    return engine.collect(people.join(tables.families.select("family_id"), on="family_id", how="anti"))
