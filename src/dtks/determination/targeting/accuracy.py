"""How often targeting errs: who is poor by consumption, who is selected, and by how much they differ.

At q %, the poor are the q % of households (or, with person weights, the people in them) of lowest
consumption in the evaluated survey, and the selected are as many of lowest score. From DOMAIN.md:

    ee       exclusion error: poor not selected / poor
    ie       inclusion error: selected not poor / selected
    leakage  selected not poor / not poor
    td       targeting differential: coverage of the poor - leakage
    cgh      Coady-Grosh-Hoddinott: share of the benefits that reaches the poorest q % / q %

Since as many are selected as are poor, ee and ie differ only through ties of weights and through
unscored households, which are never selected. Intervals come from drawing villages with replacement:
households of a village resemble each other, and are no independent evidence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

LEVELS = (10, 20, 30, 40)
MEASURES = ("ee", "ie", "leakage", "td", "cgh")
REPLICATES = 500
SEED = 20260101
_INTERVAL = (2.5, 97.5)


@dataclass(frozen=True)
class Judged:
    """The households of a survey with what is true and what was predicted. `log_target` and `predicted`
    in units of the logarithm, `predicted` NaN where there is no score; `villages` are numbers from 0."""

    log_target: Floats
    predicted: Floats
    weight: Floats
    villages: Integers

    def only(self, rows: Flags) -> Judged:
        return Judged(self.log_target[rows], self.predicted[rows], self.weight[rows], self.villages[rows])


@dataclass(frozen=True)
class Split:
    """Who is poor and who is selected at one level, per household, as shares 0 … 1: the household that
    straddles the line counts in part, so that exactly q % are selected."""

    poor: Floats
    selected: Floats
    level: int


class Ranking:
    """Households from the lowest value up; NaN is last and never among the poorest. Sorted once: drawing
    villages again changes only the weights."""

    def __init__(self, values: Floats) -> None:
        self._order = np.argsort(values, kind="stable")
        ranked = values[self._order]
        self._first = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
        self._repeats = np.diff(np.r_[self._first, len(values)])
        self._missing = np.isnan(values)

    def poorest(self, weight: Floats, level: int) -> Floats:
        """The share of each household that is among the poorest `level` %; equal values share the last
        places."""
        per_value = np.add.reduceat(weight[self._order], self._first)
        before = np.cumsum(per_value) - per_value
        room = weight.sum() * level / 100 - before
        share = np.clip(room / np.where(per_value > 0, per_value, 1.0), 0.0, 1.0)
        found = np.empty(len(weight))
        found[self._order] = np.repeat(share, self._repeats)
        found[self._missing] = 0.0
        return found


@dataclass(frozen=True)
class Rankings:
    """The same households by consumption and by score."""

    true: Ranking
    predicted: Ranking

    @classmethod
    def of(cls, judged: Judged) -> Rankings:
        return cls(Ranking(judged.log_target), Ranking(judged.predicted))

    def split(self, weight: Floats, level: int) -> Split:
        return Split(self.true.poorest(weight, level), self.predicted.poorest(weight, level), level)


def measures(found: Split, weight: Floats) -> dict[str, float]:
    """The five measures over households of these weights; NaN where nobody is poor or selected.

    A household of which the shares p is poor and s selected counts min(p, s) as poor and selected.
    """
    poor = float(weight @ found.poor)
    selected = float(weight @ found.selected)
    both = float(weight @ np.minimum(found.poor, found.selected))
    not_poor = float(weight.sum()) - poor
    leakage = _ratio(selected - both, not_poor)
    covered = _ratio(both, poor)
    return {
        "ee": 1 - covered,
        "ie": _ratio(selected - both, selected),
        "leakage": leakage,
        "td": covered - leakage,
        "cgh": _ratio(both, selected) / (found.level / 100),
    }


def r2(judged: Judged, weight: Floats | None = None) -> float:
    """Share of the variance of log consumption that the prediction explains, over scored households:
    1 - squared errors / squared distances from the mean. It falls below zero for a biased model."""
    weight = np.where(np.isnan(judged.predicted), 0.0, judged.weight if weight is None else weight)
    if not weight.any():
        return float("nan")
    truth = judged.log_target
    mean = np.average(truth, weights=weight)
    errors = float(weight @ (truth - np.nan_to_num(judged.predicted)) ** 2)
    return 1 - _ratio(errors, float(weight @ (truth - mean) ** 2))


def at_levels(judged: Judged, levels: Sequence[int] = LEVELS) -> dict[str, dict[str, float]]:
    """The measures at each level, by "10", "20" …"""
    rankings = Rankings.of(judged)
    return {str(level): measures(rankings.split(judged.weight, level), judged.weight) for level in levels}


def intervals(
    judged: Judged, *, levels: Sequence[int] = LEVELS, replicates: int = REPLICATES, seed: int = SEED
) -> dict[str, dict[str, tuple[float, float]]]:
    """95 % intervals of R² (under "r2") and of the measures at each level, villages drawn with replacement.
    The line between poor and not poor is drawn anew in each replicate."""
    drawn: dict[tuple[str, str], list[float]] = {}
    rankings = Rankings.of(judged)
    for weight in _resampled(judged, replicates, seed):
        drawn.setdefault(("r2", "r2"), []).append(r2(judged, weight))
        for level in levels:
            for name, value in measures(rankings.split(weight, level), weight).items():
                drawn.setdefault((str(level), name), []).append(value)
    result: dict[str, dict[str, tuple[float, float]]] = {}
    for (at, name), values in drawn.items():
        low, high = np.nanpercentile(values, _INTERVAL)
        result.setdefault(at, {})[name] = (round(float(low), 4), round(float(high), 4))
    return result


def difference(
    ours: Judged, theirs: Judged, level: int, *, replicates: int = REPLICATES, seed: int = SEED
) -> tuple[float, float]:
    """Exclusion error of `ours` less that of `theirs` on the same households, and its standard error over
    villages drawn with replacement."""
    mine, other = Rankings.of(ours), Rankings.of(theirs)

    def gap(weight: Floats) -> float:
        splits = mine.split(weight, level), other.split(weight, level)
        return measures(splits[0], weight)["ee"] - measures(splits[1], weight)["ee"]

    drawn = [gap(weight) for weight in _resampled(ours, replicates, seed)]
    return gap(ours.weight), float(np.std(drawn, ddof=1))


def by_group(
    judged: Judged, groups: Mapping[str, NDArray[np.object_]], level: int
) -> dict[str, dict[str, dict[str, float]]]:
    """The measures at one level for each value of each group, the line drawn once for all households.
    With them `n`, `poor` (households) and `bias`, the mean of prediction less truth in log units."""
    whole = Rankings.of(judged).split(judged.weight, level)
    result: dict[str, dict[str, dict[str, float]]] = {}
    for name, values in groups.items():
        for value in sorted({one for one in values if one is not None}):
            rows = values == value
            own = Split(whole.poor[rows], whole.selected[rows], level)
            found = measures(own, judged.weight[rows])
            error = judged.predicted[rows] - judged.log_target[rows]
            known = ~np.isnan(error)
            found |= {
                "n": int(rows.sum()),
                "poor": round(float(own.poor.sum()), 1),
                "bias": float(np.average(error[known], weights=judged.weight[rows][known]))
                if known.any()
                else float("nan"),
            }
            del found["cgh"]  # speaks of the poorest of all, not of a group
            result.setdefault(name, {})[str(value)] = found
    return result


def _resampled(judged: Judged, replicates: int, seed: int) -> list[Floats]:
    chance = np.random.default_rng(seed)
    count = int(judged.villages.max()) + 1
    drawn = [np.bincount(chance.integers(0, count, count), minlength=count) for _ in range(replicates)]
    return [judged.weight * times[judged.villages] for times in drawn]


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")
