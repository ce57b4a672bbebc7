"""The pipeline: tables of families and of people in, one judged row per family out.

Written once, as Narwhals expressions over lazy tables; it runs unchanged on every engine, on a
chunk of a province or on one family. The order is that of ARCHITECTURE.md: checks, aggregates,
score, decile, criteria, statuses, one grant per household, overlaps, amounts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from operator import add

import narwhals as nw

from dtks.determination.programmes import eligibility, entitlement, households, overlap, pipeline
from dtks.determination.programmes.domain import Programme, Status
from dtks.determination.runs import checks, output
from dtks.determination.runs.domain import OUTCOME_BITS, end_mark
from dtks.determination.runs.rulebook import Rulebook
from dtks.foundation.engines.tables import LazyTable

Decile = Callable[[LazyTable], LazyTable]
"""Adds `desil` to a table with `score` and `family_id`."""

_NARWHALS = {
    "family_id": nw.Int64, "household_id": nw.Int64, "province": nw.Int16, "village": nw.Int64,
    "size": nw.Int16, "faults": nw.Int16, "score": nw.Int64, "desil": nw.Int8,
    "status": nw.Int8, "outcomes": nw.Int64, "people": nw.Int16, "amount": nw.Int64, "open": nw.Int16,
}  # fmt: skip


def summarised(families: LazyTable, people: LazyTable, rulebook: Rulebook) -> LazyTable:
    """The family table with member sums, aggregates and `faults`.

    `families` carries `kk_repeated`, `people` carries `nik_repeated` (`checks.mark_repeated`).
    """
    sums = checks.member_sums(rulebook.allowed_in_people, taken_on=rulebook.taken_on)
    summary = rulebook.summarise(people, sums)
    joined = families.join(summary, on="family_id", how="left")
    return joined.with_columns(checks.faults(rulebook.allowed_in_families).alias("faults"))


def scored(table: LazyTable, rulebook: Rulebook) -> LazyTable:
    """`summarised` with `score`: null for a family with faults or without a required answer."""
    ready = rulebook.scoring.score(table)
    return ready.with_columns(nw.when(nw.col("faults") == 0).then(nw.col("score")).alias("score"))


def examined(table: LazyTable, rulebook: Rulebook) -> LazyTable:
    """`scored` with `desil`, as far as one family decides: the criteria and statuses of every programme,
    and what settling them against each other needs; nothing else."""
    programmes = rulebook.programmes
    table = pipeline.with_aggregates(table, programmes)
    table = table.with_columns(**eligibility.criteria(programmes))
    table = table.with_columns(**_statuses(programmes))
    return table.select(*_kept(rulebook))


def settled(table: LazyTable, rulebook: Rulebook) -> LazyTable:
    """`examined` with final statuses and amounts, every column of the programmes still in it."""
    programmes = rulebook.programmes
    table = households.once(table, programmes)
    table = overlap.resolve(table, programmes)
    return table.with_columns(**entitlement.amounts(programmes))


def result(table: LazyTable, rulebook: Rulebook) -> LazyTable:
    """`settled` as output rows (`output.columns`), cast: an engine may have widened a sum on the way."""
    columns = [nw.col(name).cast(_NARWHALS[name]) for name in output.FAMILY]
    for programme in rulebook.programmes:
        packed = packed_outcomes(programme).alias(programme.column("outcomes"))
        parts = {name: nw.col(programme.column(name)) for name in output.PER_PROGRAMME if name != "outcomes"}
        columns += [
            packed if name == "outcomes" else parts[name].cast(_NARWHALS[name])
            for name in output.PER_PROGRAMME
        ]
    return table.select(*columns)


def packed_outcomes(programme: Programme) -> nw.Expr:
    """All outcomes of a programme in one Int64 (see `domain.pack`); null for a family with faults."""
    columns = [nw.col(programme.column(criterion.id)).cast(nw.Int64) for criterion in programme.criteria]
    shifted = [column * (1 << (OUTCOME_BITS * place)) for place, column in enumerate(columns)]
    total = reduce(add, shifted, nw.lit(end_mark(len(columns)), nw.Int64))
    return nw.when(nw.col("faults") == 0).then(total)


def _statuses(programmes: Sequence[Programme]) -> dict[str, nw.Expr]:
    """As `eligibility.statuses`; a family with faults is not judged: a person looks at it first."""
    waits = nw.lit(int(Status.VERIFICATION), nw.Int8)
    return {
        name: nw.when(nw.col("faults") == 0).then(status).otherwise(waits)
        for name, status in eligibility.statuses(programmes).items()
    }


def _kept(rulebook: Rulebook) -> list[str]:
    kept: dict[str, None] = dict.fromkeys(output.FAMILY)
    for programme in rulebook.programmes:
        kept |= dict.fromkeys(programme.column(criterion.id) for criterion in programme.criteria)
        kept[programme.column("status")] = None
        for component in programme.components:
            if component.when is not None:
                kept |= dict.fromkeys(component.when.variables)
    aggregates = pipeline.aggregate_names(rulebook.programmes)  # explanations show them
    return list(kept | dict.fromkeys(aggregates) | dict.fromkeys(rulebook.plan.counts))
