"""Least squares with shrunken parts: a linear mixed model by restricted maximum likelihood (REML).

y = X b + Z1 u1 + … + Zk uk + v(village) + e, with uj ~ N(0, sj²), v ~ N(0, sv²), e ~ N(0, s² / weight).

Each block of columns Zj is drawn towards zero as much as the data say: the ratio sj²/s² is estimated
(Schall 1991, "Estimation in generalized linear models with random effects", Biometrika 78(4)), so there
is nothing to tune. Village effects take up what neighbours have in common, so that twelve neighbours
do not count as twelve independent households; a village that was not sampled has effect zero, and
therefore they are not part of the prediction. They are absorbed: no matrix grows with the villages.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MOST_ROUNDS = 60
CLOSE_ENOUGH = 1e-3
HAIR = 1e-10
SMALLEST_RATIO = 1e-8
LARGEST_RATIO = 1e2


@dataclass(frozen=True)
class Fit:
    """`fixed` and `blocks` are coefficients in the order of the columns given; `errors_*` their standard
    errors; `ratios` the variance of each block over that of the residual; `village_ratio` likewise."""

    fixed: Floats
    blocks: tuple[Floats, ...]
    errors_fixed: Floats
    errors_blocks: tuple[Floats, ...]
    ratios: tuple[float, ...]
    village_ratio: float
    residual_variance: float
    rounds: int


def fit(
    y: Floats,
    fixed: Floats,
    blocks: Sequence[Floats],
    villages: Integers,
    weights: Floats | None = None,
) -> Fit:
    """Estimate the model. `villages` are numbers 0 … n-1, one per row. Shapes: rows × columns."""
    moments = _Moments(y, np.hstack([fixed, *blocks]), villages, weights)
    ends = np.cumsum([fixed.shape[1], *(block.shape[1] for block in blocks)])
    parts = [slice(int(a), int(b)) for a, b in itertools.pairwise(ends)]
    ratios = np.full(len(parts), 0.01)
    village_ratio, rounds = 0.1, 0
    while rounds < MOST_ROUNDS:
        rounds += 1
        state = moments.solve(_penalties(ends, parts, ratios), village_ratio)
        new = np.array([_new_ratio(state, part, ratio) for part, ratio in zip(parts, ratios, strict=True)])
        new_village = _within(state.village_ratio_update)
        moved = np.abs(np.log([*(new / ratios), new_village / village_ratio])).max() if len(new) else 0.0
        ratios, village_ratio = new, new_village
        if moved < CLOSE_ENOUGH:
            break
    state = moments.solve(_penalties(ends, parts, ratios), village_ratio)
    errors = np.sqrt(np.diag(state.inverse) * state.residual_variance)
    return Fit(
        fixed=state.beta[: ends[0]],
        blocks=tuple(state.beta[part] for part in parts),
        errors_fixed=errors[: ends[0]],
        errors_blocks=tuple(errors[part] for part in parts),
        ratios=tuple(map(float, ratios)),
        village_ratio=float(village_ratio),
        residual_variance=state.residual_variance,
        rounds=rounds,
    )


@dataclass(frozen=True)
class _State:
    beta: Floats
    inverse: Floats
    residual_variance: float
    village_ratio_update: float


class _Moments:
    """Sums over the rows that every round needs."""

    def __init__(self, y: Floats, x: Floats, villages: Integers, weights: Floats | None) -> None:
        weights = np.ones(len(y)) if weights is None else weights / weights.mean()
        self.rows = len(y)
        self.weight_of = np.bincount(villages, weights)
        weighted = x * weights[:, None]
        order = np.argsort(villages, kind="stable")
        starts = np.searchsorted(villages[order], np.arange(len(self.weight_of)))
        self.sums = np.add.reduceat(weighted[order], starts, axis=0)
        self.y_sums = np.bincount(villages, weights * y)
        self.cross = weighted.T @ x
        self.x_y = x.T @ (weights * y)
        self.y_y = float(y @ (weights * y))

    def solve(self, penalties: Floats, village_ratio: float) -> _State:
        """Henderson's equations with the village effects swept out, and the variances they imply."""
        shrink = village_ratio / (1 + village_ratio * self.weight_of)
        swept = self.sums * shrink[:, None]
        left = self.cross - swept.T @ self.sums + np.diag(penalties)
        right = self.x_y - swept.T @ self.y_sums
        # a hair on the diagonal: two columns of an amount may say the same in a small survey
        inverse = np.linalg.inv(left + np.diag(HAIR * np.diag(left) + HAIR))
        beta = inverse @ right
        village = shrink * (self.y_sums - self.sums @ beta)
        # y'(V^-1)(y - Xb): what is left of the sum of squares, penalties included
        left_over = self.y_y - float(self.y_sums @ (shrink * self.y_sums)) - float(beta @ right)
        free = penalties == 0
        variance = left_over / (self.rows - int(free.sum()))
        trace = float(shrink.sum() + ((swept @ inverse) * swept).sum())
        degrees = len(village) - trace / village_ratio
        update = float(village @ village) / max(degrees, 1e-6) / variance
        return _State(beta, inverse, variance, update)


def _penalties(ends: Integers, parts: Sequence[slice], ratios: Floats) -> Floats:
    found = np.zeros(int(ends[-1]))
    for part, ratio in zip(parts, ratios, strict=True):
        found[part] = 1 / ratio
    return found


def _new_ratio(state: _State, part: slice, ratio: float) -> float:
    effects = state.beta[part]
    if not len(effects):
        return ratio
    trace = float(np.diag(state.inverse)[part].sum())
    degrees = len(effects) - trace / ratio
    return _within(float(effects @ effects) / max(degrees, 1e-6) / state.residual_variance)


def _within(ratio: float) -> float:
    return min(max(ratio, SMALLEST_RATIO), LARGEST_RATIO)
