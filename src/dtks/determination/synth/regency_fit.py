"""Fit the pool of families and their welfare to the figures of one regency."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dtks.determination.synth import welfare
from dtks.determination.synth.balance import SLOTS, slots
from dtks.determination.synth.calibration import Regency
from dtks.determination.synth.kit import Kit
from dtks.determination.synth.plan import Villages

# A regency's class of access to sanitation and to water: how many of these shares of households it reaches.
SANITATION_LEVELS = (0.55, 0.72, 0.85)
WATER_LEVELS = (0.70, 0.82, 0.92)


@dataclass(frozen=True)
class RegencyFit:
    """A regency's places for skeletons, poverty threshold, and how it shifts school, toilet and water."""

    slots: npt.NDArray[np.uint16]
    start: int
    threshold: int
    school_shift: int
    sanitation: int
    water: int


def fitted(kit: Kit, regency: Regency, villages: Villages) -> RegencyFit:
    """The fit of a regency whose families live in these villages."""
    national = kit.calibration.national
    weights = kit.tilt.weights(
        mean_size=national.mean_size_of[regency.province], male_share=regency.male / regency.people
    )
    school = kit.calibration.people["education"]["schooling_years"]
    years = regency.schooling_years - school["median"]
    return RegencyFit(
        slots=slots(weights),
        start=kit.stream(f"slots/{regency.code}") % SLOTS,
        threshold=welfare.threshold(
            people=weights * kit.pool.size,
            made_of=kit.made_of,
            village_families=villages.families,
            village_effects=villages.effect,
            rate=regency.poverty_rate,
        ),
        school_shift=round(years * school["welfare_per_year"] * 1000),
        sanitation=sum(regency.sanitation_access >= level for level in SANITATION_LEVELS),
        water=sum(regency.water_access >= level for level in WATER_LEVELS),
    )
