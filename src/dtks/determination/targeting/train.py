"""Estimate a welfare model from a survey: log consumption per head on what a registry can see.

One linear mixed model: amounts enter by piecewise linear curves, categories are drawn towards zero
together, areas by level (province, regency, district) and villages have random effects. How strongly
each group is drawn is estimated by REML from the same data; nothing is tuned by hand.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from dtks.determination.targeting import design, mixed_model
from dtks.determination.targeting.design import Columns, Estimate
from dtks.determination.targeting.domain import MICRO, AreaEffect, AreaLevel, Variable, WelfareModel
from dtks.determination.targeting.errors import SurveyTooSmall
from dtks.determination.targeting.score import answer_column
from dtks.determination.targeting.survey import Survey

Floats = NDArray[np.float64]

FEWEST_HOUSEHOLDS = 50
FEWEST_VILLAGES = 5
MOST_AREAS = 1500
"""A level of areas finer than this is left out: its effects would be noise, and its matrix large."""


@dataclass(frozen=True)
class Trained:
    """A model and what was left out on the way."""

    model: WelfareModel
    households: int
    incomplete: int
    """Households without an answer that the model requires: not trained on."""


def train(survey: Survey, *, today: datetime.date, model_id: str = "", for_registry: bool = False) -> Trained:
    """Estimate a model.

    `for_registry` keeps to the variables that the layout maps to the registry, so that a determination
    can use the model. Raises `SurveyTooSmall`.
    """
    variables = tuple(one for one in survey.layout.variables if one.for_registry or not for_registry)
    required = [answer_column(one) for one in variables if one.unknown.policy == "require"]
    table = (
        survey.table.filter(pl.all_horizontal(pl.col(required).is_not_null())) if required else survey.table
    )
    villages = table["village"].n_unique()
    if table.height < FEWEST_HOUSEHOLDS or villages < FEWEST_VILLAGES:
        raise SurveyTooSmall(
            path=str(survey.path), households=table.height, villages=villages,
            needed=f"{FEWEST_HOUSEHOLDS} / {FEWEST_VILLAGES}",
        )  # fmt: skip
    variables = design.with_knots(variables, table)
    areas = tuple(
        area for area in survey.layout.areas if table[f"area_{area.level}"].n_unique() <= MOST_AREAS
    )
    solved = _solve(table, variables, areas)
    incomplete = survey.table.height - table.height
    model = WelfareModel(
        id=model_id or f"{survey.layout.id}-{survey.target}",
        label=survey.layout.label,
        status=survey.layout.status,
        note=survey.layout.note,
        target=survey.target,
        unit=survey.layout.unit,
        source=survey.layout.source,
        layout=survey.layout.id,
        valid_from=today,
        valid_to=None,
        intercept=solved.intercept,
        variables=tuple(design.with_mean(variable, table) for variable in solved.variables),
        areas=solved.areas,
        training=_summary(survey, table, solved.fit, incomplete, for_registry),
    )
    return Trained(model, table.height, incomplete)


@dataclass(frozen=True)
class _Solved:
    fit: mixed_model.Fit
    intercept: int
    variables: tuple[Variable, ...]
    areas: tuple[AreaLevel, ...]


def _solve(table: pl.DataFrame, variables: Sequence[Variable], areas: Sequence[AreaLevel]) -> _Solved:
    per_variable = [design.columns(variable, table) for variable in variables]
    flat = [columns for found in per_variable for columns in found]
    y = table["log_target"].to_numpy()
    fixed = np.hstack([np.ones((len(y), 1)), *(one.values for one in flat if one.kind == "free")])
    shrunken = [one.values / one.scale for one in flat if one.kind == "shrunken"]
    keys = [sorted(table[f"area_{area.level}"].unique().to_list()) for area in areas]
    dummies = [_dummies(table[f"area_{area.level}"], own) for area, own in zip(areas, keys, strict=True)]
    village = table["village"].rank("dense").to_numpy().astype(np.int64) - 1
    blocks = [np.hstack(shrunken) if shrunken else np.zeros((len(y), 0)), *dummies]
    fit = mixed_model.fit(y, fixed, blocks, village, table["weight"].to_numpy())
    estimates = iter(_estimates(flat, fit))
    done = tuple(
        design.estimated(variable, [next(estimates) for _ in found], table)
        for variable, found in zip(variables, per_variable, strict=True)
    )
    levels = tuple(
        _effects(area, own, effects, ratio, fit, table)
        for area, own, effects, ratio in zip(areas, keys, fit.blocks[1:], fit.ratios[1:], strict=True)
    )
    return _Solved(fit, round(float(fit.fixed[0]) * MICRO), done, levels)


def _estimates(flat: Sequence[Columns], fit: mixed_model.Fit) -> list[Estimate]:
    found, at_free, at_shrunken = [], 1, 0
    for one in flat:
        width = one.values.shape[1]
        if one.kind == "free":
            part = slice(at_free, at_free + width)
            found.append(Estimate(fit.fixed[part], fit.errors_fixed[part]))
            at_free += width
        else:
            part = slice(at_shrunken, at_shrunken + width)
            found.append(Estimate(fit.blocks[0][part] / one.scale, fit.errors_blocks[0][part] / one.scale))
            at_shrunken += width
    return found


def _dummies(codes: pl.Series, keys: Sequence[str]) -> Floats:
    return (codes.to_numpy()[:, None] == np.array(keys, dtype=object)[None, :]).astype(np.float64)


def _effects(
    area: AreaLevel,
    keys: Sequence[str],
    effects: Floats,
    ratio: float,
    fit: mixed_model.Fit,
    table: pl.DataFrame,
) -> AreaLevel:
    known = {effect.key: effect for effect in area.effects}
    households = dict(table.group_by(f"area_{area.level}").len().iter_rows())
    deviation = float(np.sqrt(ratio * fit.residual_variance))
    found = tuple(
        replace(
            known.get(key, AreaEffect(key)),
            coefficient=round(float(value) * MICRO),
            households=households[key],
        )
        for key, value in zip(keys, effects, strict=True)
    )
    return replace(area, effects=found, standard_deviation=round(deviation, 4))


def _summary(
    survey: Survey, table: pl.DataFrame, fit: mixed_model.Fit, incomplete: int, for_registry: bool
) -> dict[str, Any]:
    variance = fit.residual_variance
    return {
        "file": survey.path.name,
        "file_sha256": survey.sha256,
        "households": table.height,
        "villages": table["village"].n_unique(),
        "without_target": survey.without_target,
        "incomplete": incomplete,
        "for_registry": for_registry,
        "method": "linear mixed model, REML (Schall 1991); log consumption per head",
        "residual_sd": round(float(np.sqrt(variance)), 4),
        "village_sd": round(float(np.sqrt(fit.village_ratio * variance)), 4),
        "shrinkage_sd": round(float(np.sqrt(fit.ratios[0] * variance)), 4),
        "rounds": fit.rounds,
        "village_marks": sorted(map(village_mark, table["village"].unique())),
    }


def village_mark(village: str) -> str:
    """Eight hexadecimal digits of a village's survey code: enough to see later that a model knows it."""
    return hashlib.sha256(village.encode()).hexdigest()[:8]
