"""Programmes that exclude each other: the one with the smaller priority number goes first.

Run it after whatever takes eligibility away (quota, household): who does not receive, excludes nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any

import narwhals as nw

from dtks.determination.programmes.domain import Programme, Status, conflicts, order

Frame = Any


def resolve(families: Frame, programmes: Sequence[Programme]) -> Frame:
    """The family table with the `<programme>__status` columns settled among each other.

    An eligible family becomes `OVERLAP` in a programme when it is eligible in one that goes before
    and excludes it, and `VERIFICATION` when it is unknown whether it is.
    """
    for programme in sorted(programmes, key=order):
        rivals = conflicts(programme, tuple(programmes))
        if rivals:
            families = families.with_columns(_settled(programme, rivals))
    return families


def _settled(programme: Programme, rivals: Sequence[Programme]) -> nw.Expr:
    own = nw.col(programme.column("status"))
    excluded = _any_is(rivals, Status.ELIGIBLE)
    perhaps = _any_is(rivals, Status.VERIFICATION)
    kept = nw.when(perhaps).then(_int8(Status.VERIFICATION)).otherwise(own)
    settled = nw.when(excluded).then(_int8(Status.OVERLAP)).otherwise(kept)
    eligible = own == int(Status.ELIGIBLE)
    return nw.when(eligible).then(settled).otherwise(own).alias(programme.column("status"))


def _any_is(rivals: Sequence[Programme], status: Status) -> nw.Expr:
    return reduce(or_, (nw.col(rival.column("status")) == int(status) for rival in rivals))


def _int8(value: int) -> nw.Expr:
    return nw.lit(int(value), nw.Int8)
