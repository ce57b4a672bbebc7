"""Survey answers as the columns of a regression, and fitted columns back as whole-number coefficients.

The columns are exactly what `score` adds up: a 0/1 column per level, and for an amount the part of
it that lies in each piece. A curve "log" ties the slopes of the pieces to a parabola in the logarithm,
read off at the knots, so that two numbers are estimated and the model stays piecewise linear.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from dtks.determination.targeting import score
from dtks.determination.targeting.domain import MICRO, Amount, Category, Level, Piece, Unknown, Variable

Floats = NDArray[np.float64]

FEWEST_UNKNOWN = 20
"""Households with an unknown answer from which the effect of not knowing is estimated."""
CAUTIOUS_QUANTILE = 0.95
_KNOT_QUANTILES = (0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99)


@dataclass(frozen=True)
class Columns:
    """Some columns of the regression. "free" ones are estimated as they are, "shrunken" ones are drawn
    towards zero together with those of their `block`, each in its own standard deviations (`scale`)."""

    variable: str
    block: str
    kind: Literal["free", "shrunken"]
    values: Floats
    scale: Floats


@dataclass(frozen=True)
class Estimate:
    """Coefficients of some columns in the units of the columns, and their standard errors."""

    values: Floats
    errors: Floats


def with_knots(variables: tuple[Variable, ...], table: pl.DataFrame) -> tuple[Variable, ...]:
    """The variables, amounts without knots given some at quantiles of the survey."""
    return tuple(
        _with_knots(one, table) if isinstance(one, Amount) and not one.knots else one for one in variables
    )


def columns(variable: Variable, table: pl.DataFrame) -> list[Columns]:
    """The columns of one variable over the households of `table`."""
    answer = table[score.answer_column(variable)]
    found = (
        _of_amount(variable, answer)
        if isinstance(variable, Amount)
        else [_shrunken(variable, _levels(variable, answer))]
    )
    if _estimates_unknown(variable, answer):
        unknown = answer.is_null().to_numpy().astype(np.float64)[:, None]
        found.append(_shrunken(variable, unknown))
    return found


def estimated(variable: Variable, estimates: list[Estimate], table: pl.DataFrame) -> Variable:
    """The variable with whole-number coefficients. `estimates` are in the order of `columns`."""
    answer = table[score.answer_column(variable)]
    known = estimates[: len(estimates) - _estimates_unknown(variable, answer)]
    if isinstance(variable, Amount):
        variable = replace(variable, pieces=_pieces(variable, known[0].values))
    else:
        variable = replace(variable, levels=_estimated_levels(variable, known[0], answer))
    if _estimates_unknown(variable, answer):
        return replace(
            variable,
            unknown=replace(variable.unknown, coefficient=_micro(estimates[-1].values[0]), basis="estimated"),
        )
    return replace(variable, unknown=_cautious(variable, table))


def with_mean(variable: Variable, table: pl.DataFrame) -> Variable:
    """The variable with its average contribution over the survey's households."""
    given = table.select(given=_contributions(variable, table), weight="weight").drop_nulls()
    total = float(given["weight"].sum())
    return replace(
        variable, mean=round(float((given["given"] * given["weight"]).sum()) / total) if total else 0
    )


def _contributions(variable: Variable, table: pl.DataFrame) -> pl.Series:
    import narwhals as nw

    expression = score.contribution(variable).alias("given")
    return nw.from_native(table).select(expression).to_native()["given"]


def _estimates_unknown(variable: Variable, answer: pl.Series) -> bool:
    return variable.unknown.policy == "category" and FEWEST_UNKNOWN <= answer.null_count() < len(answer)


def _shrunken(variable: Variable, values: Floats) -> Columns:
    scale = values.std(axis=0)
    return Columns(variable.id, variable.block, "shrunken", values, np.where(scale > 0, scale, 1.0))


def _levels(variable: Category, answer: pl.Series) -> Floats:
    codes = answer.fill_null(0).to_numpy()
    places = np.arange(1, len(variable.levels) + 1)
    return np.asarray(codes[:, None] == places[None, :], dtype=np.float64)


def _of_amount(variable: Amount, answer: pl.Series) -> list[Columns]:
    values = _in_pieces(variable, answer) @ _curve(variable)
    if values.shape[1] == 1:
        return [_shrunken(variable, values)]
    return [Columns(variable.id, variable.block, "free", values, np.ones(values.shape[1]))]


def _in_pieces(variable: Amount, answer: pl.Series) -> Floats:
    first = variable.knots[0]
    amounts = answer.fill_null(first).to_numpy().astype(np.float64)
    starts, ends = np.array(variable.knots[:-1]), np.array(variable.knots[1:])
    within: Floats = np.clip(amounts[:, None] - starts[None, :], 0, (ends - starts)[None, :])
    return within


def _curve(variable: Amount) -> Floats:
    """Slope of each piece (rows) per unit of each parameter (columns)."""
    knots = np.array(variable.knots, dtype=np.float64)
    if variable.curve == "pieces":
        return np.eye(len(knots) - 1)
    logs = np.log(knots) - np.log(np.sqrt(knots[0] * knots[-1]))
    curves = np.column_stack([logs, logs**2])
    slopes: Floats = np.diff(curves, axis=0) / np.diff(knots)[:, None]
    return slopes


def _pieces(variable: Amount, parameters: Floats) -> tuple[Piece, ...]:
    slopes = _curve(variable) @ parameters
    ends = zip(variable.knots[:-1], variable.knots[1:], slopes, strict=True)
    return tuple(Piece(start, end, _micro(slope)) for start, end, slope in ends)


def _estimated_levels(variable: Category, estimate: Estimate, answer: pl.Series) -> tuple[Level, ...]:
    known = max(len(answer) - answer.null_count(), 1)
    return tuple(
        replace(
            level,
            coefficient=_micro(estimate.values[place]),
            standard_error=_micro(estimate.errors[place]),
            share=round(float((answer == place + 1).sum()) / known, 4),
        )
        for place, level in enumerate(variable.levels)
    )


def _cautious(variable: Variable, table: pl.DataFrame) -> Unknown:
    """Nobody knows what not knowing means: it counts as the best-off answer."""
    if variable.unknown.policy == "require":
        return Unknown("require")
    if isinstance(variable, Category):
        return Unknown("category", max(variable.coefficients), "cautious")
    known = table.filter(pl.col(score.answer_column(variable)).is_not_null())
    given = _contributions(replace(variable, unknown=Unknown("require")), known)
    highest = given.quantile(CAUTIOUS_QUANTILE, "higher")
    return Unknown("category", int(highest) if highest is not None else 0, "cautious")


def _with_knots(variable: Amount, table: pl.DataFrame) -> Amount:
    known = table[score.answer_column(variable)].drop_nulls()
    found = sorted({int(known.quantile(at, "nearest") or 0) for at in _KNOT_QUANTILES}) if len(known) else []
    if len(found) < 2:
        found = [*(found or [0]), (found or [0])[-1] + 1]
    return replace(variable, knots=tuple(found), curve="pieces")


def _micro(value: float) -> int:
    return round(float(value) * MICRO)
