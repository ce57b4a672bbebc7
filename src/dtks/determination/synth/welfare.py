"""How well off a family is: a hidden number, from which dwelling, assets, school, work and aid follow.

Welfare is log expenditure a head, in standard deviations above the poverty line of the regency. It is the
sum of what the family is made of (members, children, age and sex of the head), its village (town or not,
and a lot of its own) and a lot of the family. The threshold of a regency is set so that the expected share
of *people* below zero is the published poverty rate. All in thousandths, as whole numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from dtks.determination.synth import skeletons
from dtks.determination.synth.balance import Pool

Floats = npt.NDArray[np.float64]
NOISE_BITS = 12
OWN_LOT = 0.89
"""Standard deviation of the family's own lot; composition and village make up the rest of one."""
_GRID = np.linspace(-6, 6, 2401)
_CDF = np.array([NormalDist().cdf(point) for point in _GRID])
_DENSITY = np.array([NormalDist().pdf(point) for point in _GRID])


def own_lots() -> npt.NDArray[np.int16]:
    """The family's own lot by place, 4,096 equally likely ones."""
    places = 1 << NOISE_BITS
    bell = [NormalDist().inv_cdf((place + 0.5) / places) for place in range(places)]
    return np.rint(np.array(bell) * OWN_LOT * 1000).astype(np.int16)


def composition(pool: Pool, figures: Mapping[str, float], mean_size: float) -> npt.NDArray[np.int16]:
    """What each skeleton's make-up adds to its welfare."""
    head = pool.start
    children = pool.count(pool.age < 15)
    total = (
        figures["per_member"] * (pool.size - mean_size)
        + figures["per_child"] * children
        + figures["elderly_head"] * (pool.age[head] >= 65)
        + figures["female_head"] * (pool.sex[head] == skeletons.FEMALE)
    )
    return np.rint(total * 1000).astype(np.int16)


def threshold(
    *,
    people: Floats,
    made_of: npt.NDArray[np.int16],
    village_families: npt.NDArray[np.integer],
    village_effects: npt.NDArray[np.int16],
    rate: float,
) -> int:
    """Below which sum of the three parts a family of this regency is poor, in thousandths.

    `people` weighs the skeletons by their members; `rate` is the share of people that is to lie below.
    """
    persons, composed = _histogram(people, made_of, 80)
    families, placed = _histogram(village_families.astype(float), village_effects, 80)
    sums = (composed[:, None] + placed[None, :]).reshape(-1)
    mass = (persons[:, None] * families[None, :]).reshape(-1)
    scale = OWN_LOT * 1000
    at = float(mass @ sums) + 1000 * NormalDist().inv_cdf(rate)
    for _ in range(12):  # Newton's method on a smooth, rising curve
        position = (at - sums) / scale
        missed = mass @ np.interp(position, _GRID, _CDF) - rate
        slope = mass @ np.interp(position, _GRID, _DENSITY) / scale
        at -= float(np.clip(missed / slope, -800, 800))
        if abs(missed) < 1e-6:
            break
    return round(at)


def _histogram(mass: Floats, values: npt.NDArray[np.int16], width: int) -> tuple[Floats, Floats]:
    """Shares of the classes of `width` that occur, and the mean value within each."""
    low = int(values.min())
    classes = (values.astype(np.int64) - low) // width
    totals = np.bincount(classes, weights=mass)
    means = np.bincount(classes, weights=mass * values) / np.where(totals > 0, totals, 1.0)
    occurs = totals > 0
    return totals[occurs] / totals.sum(), means[occurs]
