"""Who is eligible: one outcome per criterion, one status per programme, as expressions.

The expressions read the family table with the member counts joined on (`pipeline.plan`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import and_

import narwhals as nw

from dtks.determination.programmes.domain import Criterion, Outcome, Programme, Status


def criteria(programmes: Sequence[Programme]) -> dict[str, nw.Expr]:
    """`<programme>__<criterion>` → Int8 `Outcome` for every criterion of every programme."""
    return {
        programme.column(criterion.id): outcome(criterion)
        for programme in programmes
        for criterion in programme.criteria
    }


def statuses(programmes: Sequence[Programme]) -> dict[str, nw.Expr]:
    """`<programme>__status` → Int8 `Status`, from the criterion columns; before household and overlap."""
    return {programme.column("status"): status(programme) for programme in programmes}


def outcome(criterion: Criterion) -> nw.Expr:
    """Int8 `Outcome` of one criterion."""
    holds = criterion.expression()
    unless_known = nw.when(~holds).then(_int8(Outcome.NO)).otherwise(_int8(Outcome.UNKNOWN))
    return nw.when(holds).then(_int8(Outcome.YES)).otherwise(unless_known)


def status(programme: Programme) -> nw.Expr:
    """Int8 `Status` from the criterion columns: one "no" decides, else one "unknown" asks a person."""
    columns = [nw.col(programme.column(criterion.id)) for criterion in programme.criteria]
    met = reduce(and_, (column == Outcome.YES for column in columns))
    possible = reduce(and_, (column != Outcome.NO for column in columns))
    unless_met = nw.when(possible).then(_int8(Status.VERIFICATION)).otherwise(_int8(Status.NOT_ELIGIBLE))
    return nw.when(met).then(_int8(Status.ELIGIBLE)).otherwise(unless_met)


def _int8(value: int) -> nw.Expr:
    return nw.lit(int(value), nw.Int8)
