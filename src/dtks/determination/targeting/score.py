"""The welfare score of households or families: whole micro-log units, the same on every engine.

A table with `answer_<variable>` (Int64, as `survey` and `registry_answers` make them) and, for every
area level of the model, `effect_<level>` (Int64) gets a column `score`. It is null where an answer that
the model requires is unknown: such a family is not ranked, it is asked.
"""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import Any

import narwhals as nw

from dtks.determination.targeting.domain import Amount, AreaLevel, Category, Piece, Variable, WelfareModel

Frame = Any
"""A Narwhals DataFrame or LazyFrame; a function returns the kind that it was given."""


def answer_column(variable: Variable) -> str:
    return f"answer_{variable.id}"


def effect_column(area: AreaLevel) -> str:
    return f"effect_{area.level}"


def expression(model: WelfareModel) -> nw.Expr:
    """The score, null where it cannot be given."""
    effects = [nw.col(effect_column(area)) for area in model.areas]
    parts = [contribution(variable) for variable in model.variables]
    return reduce(add, [*parts, *effects], nw.lit(model.intercept, nw.Int64)).alias("score")


def contribution(variable: Variable) -> nw.Expr:
    """What a variable adds, Int64; null where its answer is unknown and the model requires it."""
    found = _of_amount(variable) if isinstance(variable, Amount) else _of_category(variable)
    if variable.unknown.policy == "require":
        return found
    return nw.coalesce(found, nw.lit(variable.unknown.coefficient, nw.Int64))


def _of_category(variable: Category) -> nw.Expr:
    answer = nw.col(answer_column(variable))
    found: nw.Expr = nw.when(answer == 0).then(nw.lit(0, nw.Int64))
    for code, coefficient in enumerate(variable.coefficients[1:], start=1):
        found = nw.when(answer == code).then(nw.lit(coefficient, nw.Int64)).otherwise(found)
    return found


def _of_amount(variable: Amount) -> nw.Expr:
    value = nw.col(answer_column(variable))
    nothing = nw.when(~value.is_null()).then(nw.lit(0, nw.Int64))
    return reduce(add, [_of_piece(value, piece) for piece in variable.pieces], nothing)


def _of_piece(value: nw.Expr, piece: Piece) -> nw.Expr:
    return (value.clip(piece.start, piece.end) - piece.start) * piece.slope
