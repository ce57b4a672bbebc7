"""Weigh the pool of skeleton families so that its totals are the published ones.

Weights are those nearest to equal (least relative entropy) that meet all targets at once: entropy
balancing (Hainmueller 2012), the dual of iterative proportional fitting for any set of margins
(Deming and Stephan 1940). They have the form exp(Σ λ·count), so no family gets a negative weight.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dtks.determination.synth import skeletons
from dtks.determination.synth.calibration import National

Floats = npt.NDArray[np.float64]
POOL_SIZE, POOL_SEED = 8_192, 20_200
SLOTS = 1 << 16
"""Equally likely places among which a regency's families are dealt out."""
OLD_GROUP = 75
MEMBER_FIELDS = (
    "relation", "sex", "age", "marital", "mother", "father", "birth_order", "own_line", "kin", "orphan",
)  # fmt: skip


@dataclass(frozen=True)
class Pool:
    """Skeleton families as arrays: one entry a family, and for members one entry each, family by family."""

    size: npt.NDArray[np.int8]
    start: npt.NDArray[np.int32]
    relation: npt.NDArray[np.int8]
    sex: npt.NDArray[np.int8]
    age: npt.NDArray[np.int8]
    marital: npt.NDArray[np.int8]
    mother: npt.NDArray[np.int8]
    father: npt.NDArray[np.int8]
    birth_order: npt.NDArray[np.int8]
    own_line: npt.NDArray[np.int8]
    kin: npt.NDArray[np.int8]
    orphan: npt.NDArray[np.int8]
    weight: Floats
    """Share of each skeleton in the nation; sums to one."""

    @property
    def males(self) -> npt.NDArray[np.int64]:
        return self.count(self.sex == skeletons.MALE)

    def count(self, which: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        """For each family, how many members are marked."""
        return np.add.reduceat(which.astype(np.int64), self.start)


def national_pool(national: National) -> Pool:
    """The pool, weighed to the nation's ages by sex, family sizes, never married and female heads."""
    families = skeletons.pool(POOL_SIZE, POOL_SEED)
    members = [member for family in families for member in family]
    sizes = np.array([len(family) for family in families], dtype=np.int8)
    starts = np.concatenate([[0], np.cumsum(sizes[:-1], dtype=np.int32)]).astype(np.int32)
    fields = {
        name: np.array([getattr(member, name) for member in members], dtype=np.int8) for name in MEMBER_FIELDS
    }
    even = Pool(sizes, starts, **fields, weight=np.full(len(families), 1 / len(families)))
    counts, targets = _margins(even, national)
    return Pool(sizes, starts, **fields, weight=balanced(even.weight, counts, targets))


def _margins(pool: Pool, national: National) -> tuple[Floats, Floats]:
    """Counts per family (families × margins) and what their weighted means must be."""
    group = np.minimum(pool.age // 5 * 5, OLD_GROUP)
    columns: list[npt.NDArray[np.int64]] = []
    targets: list[float] = []
    for sex in (skeletons.MALE, skeletons.FEMALE):
        for lower, share in national.age_shares[sex].items():
            columns.append(pool.count((pool.sex == sex) & (group == lower)))
            targets.append(share * national.mean_size)
    for size, share in national.size_shares.items():
        columns.append((np.minimum(pool.size, max(national.size_shares)) == size).astype(np.int64))
        targets.append(share)
    for sex in (skeletons.MALE, skeletons.FEMALE):
        for lower, share in national.never_married[sex].items():
            here = (pool.sex == sex) & (group == lower)
            columns.append(pool.count(here & (pool.marital == skeletons.SINGLE)))
            targets.append(share * national.age_shares[sex][lower] * national.mean_size)
    head = pool.sex[pool.start]
    columns.append((head == skeletons.FEMALE).astype(np.int64))
    targets.append(national.female_headed)
    return np.stack(columns, axis=1).astype(float), np.array(targets)


def balanced(prior: Floats, counts: Floats, targets: Floats, *, steps: int = 60) -> Floats:
    """Weights nearest to `prior` with weighted means `targets` of the columns of `counts`.

    Newton's method on the dual with step halving. Targets that contradict each other a little (sizes
    whose mean is not the stated mean) are met in the sense of least squares, by a small ridge.
    """
    ridge = 1e-7
    multipliers = np.zeros(counts.shape[1])
    weights = _tilted(prior, counts, multipliers)
    value = _dual(prior, counts, targets, multipliers, ridge)
    for _ in range(steps):
        means = weights @ counts
        slope = means - targets + ridge * multipliers
        if np.abs(slope).max() < 1e-9:
            break
        spread = (counts * weights[:, None]).T @ counts - np.outer(means, means)
        step = np.linalg.solve(spread + ridge * np.eye(len(targets)), slope)
        scale = 1.0
        while scale > 1e-4:
            trial = multipliers - scale * step
            trial_value = _dual(prior, counts, targets, trial, ridge)
            if trial_value <= value:
                break
            scale /= 2
        multipliers, value = trial, trial_value
        weights = _tilted(prior, counts, multipliers)
    # Rounded, so that the last bits of a linear algebra library decide nothing.
    return _tilted(prior, counts, np.round(multipliers, 6))


def _tilted(prior: Floats, counts: Floats, multipliers: Floats) -> Floats:
    exponent = np.zeros(len(prior))
    for column, multiplier in enumerate(multipliers):  # in a fixed order: a sum of products may not be
        exponent += counts[:, column] * multiplier
    weights = prior * np.exp(exponent - exponent.max())
    return weights / weights.sum()


def _dual(prior: Floats, counts: Floats, targets: Floats, multipliers: Floats, ridge: float) -> float:
    exponent = counts @ multipliers
    top = exponent.max()
    normaliser = top + np.log((prior * np.exp(exponent - top)).sum())
    return float(normaliser - targets @ multipliers + ridge / 2 * multipliers @ multipliers)


class RegencyTilt:
    """Tilts the national weights to a regency's mean family size and share of men."""

    def __init__(self, pool: Pool) -> None:
        self._weight = pool.weight
        cells, self._where = np.unique(pool.size.astype(np.int64) * 16 + pool.males, return_inverse=True)
        self._mass = np.bincount(self._where, weights=pool.weight)
        self._size, self._males = (cells // 16).astype(float), (cells % 16).astype(float)

    def weights(self, *, mean_size: float, male_share: float) -> Floats:
        """Shares of the skeletons in the regency; they sum to one. Entropy balancing on two margins."""
        size, surplus = self._size - mean_size, self._males - male_share * self._size
        first = second = 0.0
        for _ in range(30):
            tilt = np.exp(first * size + second * surplus)
            cells = self._mass * tilt / (self._mass @ tilt)
            missed = cells @ size, cells @ surplus
            if max(map(abs, missed)) < 1e-10:
                break
            spread = cells @ (size * size), cells @ (size * surplus), cells @ (surplus * surplus)
            determinant = spread[0] * spread[2] - spread[1] ** 2
            first -= (spread[2] * missed[0] - spread[1] * missed[1]) / determinant
            second -= (spread[0] * missed[1] - spread[1] * missed[0]) / determinant
        # Rounded, so that the last bits of a sum decide nothing.
        tilt = np.exp(round(first, 6) * size + round(second, 6) * surplus)
        weights = self._weight * tilt[self._where]
        whole: Floats = weights / weights.sum()
        return whole


def slots(weights: Floats) -> npt.NDArray[np.uint16]:
    """65,536 places filled with skeleton numbers in proportion to their weights (rounded on the way up,
    so that each has its share to within one place)."""
    ends = np.rint(np.round(np.cumsum(weights) * SLOTS, 6)).astype(np.int64)
    return np.repeat(np.arange(len(weights), dtype=np.uint16), np.diff(ends, prepend=0))
