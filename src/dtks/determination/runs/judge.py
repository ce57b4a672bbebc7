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


def scored(families: LazyTable, people: LazyTable, rulebook: Rulebook) -> LazyTable:
    """The family table with member sums, aggregates, `faults` and `score` (null: unscored).

    `families` carries `kk_repeated`, `people` carries `nik_repeated` (`checks.mark_repeated`).
    """
    sums = checks.member_sums(rulebook.allowed_in_people, taken_on=rulebook.taken_on)
    summary = rulebook.summarise(people, sums)
    joined = families.join(summary, on="family_id", how="left")
    checked = joined.with_columns(checks.faults(rulebook.allowed_in_families).alias("faults"))
    ready = rulebook.scoring.score(checked)
    return ready.with_columns(nw.when(nw.col("faults") == 0).then(nw.col("score")).alias("score"))


def judged(table: LazyTable, rulebook: Rulebook, *, hold: Callable[[LazyTable], LazyTable]) -> LazyTable:
    """The output row of every family (`output.columns`), in no order.

    `table` is `scored` with `desil`. `hold` computes a table once where an engine would otherwise
    compute it again for each use.
    """
    programmes = rulebook.programmes
    table = pipeline.with_aggregates(table, programmes)
    table = table.with_columns(**eligibility.criteria(programmes))
    table = table.with_columns(**_statuses(programmes))
    table = hold(table)
    table = households.once(table, programmes)
    table = overlap.resolve(table, programmes)
    table = table.with_columns(**entitlement.amounts(programmes))
    return table.select(*_outputs(programmes))


def _outputs(programmes: Sequence[Programme]) -> list[nw.Expr]:
    """Every column of `output.columns`, cast: an engine may have widened a sum on the way."""
    types = {"family_id": nw.Int64, "household_id": nw.Int64, "province": nw.Int16, "village": nw.Int64,
             "size": nw.Int16, "faults": nw.Int16, "score": nw.Int64, "desil": nw.Int8}  # fmt: skip
    columns = [nw.col(name).cast(types[name]) for name in output.FAMILY]
    for programme in programmes:
        columns += [
            nw.col(programme.column("status")).cast(nw.Int8),
            packed_outcomes(programme).alias(programme.column("outcomes")),
            nw.col(programme.column("people")).cast(nw.Int16),
            nw.col(programme.column("amount")).cast(nw.Int64),
            nw.col(programme.column("open")).cast(nw.Int16),
        ]
    return columns


def _statuses(programmes: Sequence[Programme]) -> dict[str, nw.Expr]:
    """As `eligibility.statuses`; a family with faults is not judged: a person looks at it first."""
    waits = nw.lit(int(Status.VERIFICATION), nw.Int8)
    return {
        name: nw.when(nw.col("faults") == 0).then(status).otherwise(waits)
        for name, status in eligibility.statuses(programmes).items()
    }


def packed_outcomes(programme: Programme) -> nw.Expr:
    """All outcomes of a programme in one Int64 (see `domain.pack`); null for a family with faults."""
    columns = [nw.col(programme.column(criterion.id)).cast(nw.Int64) for criterion in programme.criteria]
    shifted = [column * (1 << (OUTCOME_BITS * place)) for place, column in enumerate(columns)]
    total = reduce(add, shifted, nw.lit(end_mark(len(columns)), nw.Int64))
    return nw.when(nw.col("faults") == 0).then(total)
