"""Estimate a welfare model from a survey: log consumption per head on what a registry can see.

One linear mixed model: amounts enter by piecewise linear curves, categories are drawn towards zero
together, areas by level (province, regency, district) and villages have random effects. How strongly
each group is drawn is estimated by REML from the same data; nothing is tuned by hand.
"""

from __future__ import annotations

import datetime
import hashlib
import itertools
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
from dtks.determination.targeting.layout_file import refuse_forbidden
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
    can use the model. Raises `SurveyTooSmall`; `ForbiddenPredictor` if one of them reads the target.
    """
    for variable in survey.layout.variables:
        refuse_forbidden(variable, layout=survey.layout, target=survey.target, where=survey.layout.id)
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
        training=_summary(survey, table, solved, incomplete, for_registry),
    )
    return Trained(model, table.height, incomplete)


@dataclass(frozen=True)
class _Solved:
    fit: mixed_model.Fit
    blocks: tuple[str, ...]
    intercept: int
    variables: tuple[Variable, ...]
    areas: tuple[AreaLevel, ...]


def _solve(table: pl.DataFrame, variables: Sequence[Variable], areas: Sequence[AreaLevel]) -> _Solved:
    per_variable = [design.columns(variable, table) for variable in variables]
    flat = [columns for found in per_variable for columns in found]
    names = tuple(dict.fromkeys(one.block for one in flat if one.kind == "shrunken"))
    y = table["log_target"].to_numpy()
    fixed = np.hstack([np.ones((len(y), 1)), *(one.values for one in flat if one.kind == "free")])
    drawn = [np.hstack([one.values / one.scale for one in _of_block(flat, name)]) for name in names]
    keys = [sorted(table[f"area_{area.level}"].unique().to_list()) for area in areas]
    dummies = [_dummies(table[f"area_{area.level}"], own) for area, own in zip(areas, keys, strict=True)]
    village = table["village"].rank("dense").to_numpy().astype(np.int64) - 1
    fit = mixed_model.fit(y, fixed, [*drawn, *dummies], village, table["weight"].to_numpy())
    estimates = _estimates(flat, names, fit)
    done = tuple(
        design.estimated(variable, [estimates.pop(0) for _ in found], table)
        for variable, found in zip(variables, per_variable, strict=True)
    )
    of_areas = zip(areas, keys, fit.blocks[len(names) :], fit.ratios[len(names) :], strict=True)
    levels = tuple(_effects(area, own, effects, ratio, fit, table) for area, own, effects, ratio in of_areas)
    return _Solved(fit, names, round(float(fit.fixed[0]) * MICRO), done, levels)


def _of_block(flat: Sequence[Columns], name: str) -> list[Columns]:
    return [one for one in flat if one.kind == "shrunken" and one.block == name]


def _estimates(flat: Sequence[Columns], names: Sequence[str], fit: mixed_model.Fit) -> list[Estimate]:
    """What was estimated for each of the columns, in their order."""
    free = _parts(fit.fixed[1:], fit.errors_fixed[1:], [one for one in flat if one.kind == "free"])
    drawn = {
        name: _parts(fit.blocks[place], fit.errors_blocks[place], _of_block(flat, name))
        for place, name in enumerate(names)
    }
    return [free.pop(0) if one.kind == "free" else drawn[one.block].pop(0) for one in flat]


def _parts(values: Floats, errors: Floats, columns: Sequence[Columns]) -> list[Estimate]:
    ends = np.cumsum([0, *(one.values.shape[1] for one in columns)])
    parts = [slice(int(a), int(b)) for a, b in itertools.pairwise(ends)]
    return [
        Estimate(values[part] / one.scale, errors[part] / one.scale)
        for part, one in zip(parts, columns, strict=True)
    ]


def _dummies(codes: pl.Series, keys: Sequence[str]) -> Floats:
    return np.asarray(codes.to_numpy()[:, None] == np.array(keys, dtype=object)[None, :], dtype=np.float64)


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
    survey: Survey, table: pl.DataFrame, solved: _Solved, incomplete: int, for_registry: bool
) -> dict[str, Any]:
    fit = solved.fit
    variance = fit.residual_variance
    drawn = zip(solved.blocks, fit.ratios, strict=False)  # the ratios of the areas stand with the areas
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
        "shrinkage_sd": {name or "all": round(float(np.sqrt(ratio * variance)), 4) for name, ratio in drawn},
        "rounds": fit.rounds,
        "village_marks": sorted(map(village_mark, table["village"].unique())),
    }


def village_mark(village: str) -> str:
    """Eight hexadecimal digits of a village's survey code: enough to see later that a model knows it."""
    return hashlib.sha256(village.encode()).hexdigest()[:8]
