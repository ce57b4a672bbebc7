"""Settle families: who lives where, on which skeleton, in whose house, how well off."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from dtks.determination.synth import welfare
from dtks.determination.synth.balance import SLOTS
from dtks.determination.synth.chance import Keys, hash_numbers, keys_of
from dtks.determination.synth.draws import Columns
from dtks.determination.synth.education import SCHOOL_BANDS
from dtks.determination.synth.kit import Kit
from dtks.determination.synth.logits import BANDS, LOWEST, STEP
from dtks.determination.synth.plan import Villages
from dtks.determination.synth.regency_fit import RegencyFit

SHARES_HOUSE = 0.05
"""Of every second family of a village: the chance to live in the house of the family before."""
SPREAD = 40_503
"""Odd and near 65,536 over the golden ratio: steps of this size visit every place, far apart in turn."""
HOMELESS_SHARE = 0.15
"""Homeless families per person without papers."""
MAX_SEQUENCE = 1_000_000
"""A family's id is its village's code times this, and its number in the village."""
Ints = npt.NDArray[np.int64]


def places(villages: Villages, village: Ints, sequence: Ints) -> Columns:
    """What families have from their village; `sequence` counts the families of a village."""
    kind = villages.kind[village]
    return {
        "village": villages.code[village],
        "regency": villages.regency[village],
        "sequence": sequence,
        "family_id": villages.code[village] * MAX_SEQUENCE + sequence + 1,
        "village_kind": kind,
        "desa": (kind != 1).astype(np.int8),
        "urban": villages.urban[village],
        "coast": villages.coast[village],
        "remote": villages.remote[village],
        "remote_access": villages.remote[village] + np.int8(1),
        "disaster_risk": villages.hazard[village],
        "lat": villages.lat[village],
        "lon": villages.lon[village],
        "effect": villages.effect[village],
    }


def settle(kit: Kit, family: Columns, fit_of: Callable[[int], RegencyFit]) -> Ints:
    """Give each family its skeleton (returned), welfare and house; `fit_of` finds a regency by number."""
    numbers = [int(number) for number in np.unique(family["regency_no"])]
    fits = {number: fit_of(number) for number in numbers}
    lots = hash_numbers(keys_of(family["family_id"], kit.stream("family")), 0)
    skeleton = _skeletons(family, fits)
    _be_well_off(kit, family, skeleton, fits, lots)
    _share_houses(family, lots, kit.request.undocumented)
    family["size"] = kit.pool.size[skeleton]
    family["members"] = np.minimum(family["size"], 6)
    family["alone"] = (family["size"] == 1).astype(np.int8)
    return skeleton


def _skeletons(family: Columns, fits: dict[int, RegencyFit]) -> Ints:
    """Deal each regency's places to its families in an order that looks random and misses none."""
    out = np.empty(len(family["regency_no"]), dtype=np.int64)
    for number, fit in fits.items():
        here = np.flatnonzero(family["regency_no"] == number)
        out[here] = fit.slots[(family["regency_sequence"][here] * SPREAD + fit.start) % SLOTS]
    return out


def _be_well_off(kit: Kit, family: Columns, skeleton: Ints, fits: dict[int, RegencyFit], lots: Keys) -> None:
    def of(name: str) -> Ints:
        table = np.zeros(max(fits) + 1, dtype=np.int64)
        for number, fit in fits.items():
            table[number] = getattr(fit, name)
        return table[family["regency_no"]]

    own = kit.own_lots[_bits(lots, 0, welfare.NOISE_BITS)]
    total = kit.made_of[skeleton].astype(np.int64) + family["effect"] + own - of("threshold")
    family["welfare_milli"] = total
    family["welfare"] = _band(total, BANDS)
    family["welfare8"] = family["welfare"] >> 1
    family["school_welfare"] = _band(total + of("school_shift"), SCHOOL_BANDS)
    family["poor"] = (total < 0).astype(np.int8)
    family["sanitation"] = of("sanitation").astype(np.int8)
    family["water"] = of("water").astype(np.int8)


def _share_houses(family: Columns, lots: Keys, undocumented: float) -> None:
    """Some families live in the house of the family before; where people without papers were asked for, a
    few have no home."""
    count = len(lots)
    rows = np.arange(count)
    second = (family["sequence"] % 2 == 1) & (rows > 0)
    guest = second & (_bits(lots, 16, 16) < round(SHARES_HOUSE * 65_536))
    homeless = _bits(lots, 32, 16) < round(undocumented * HOMELESS_SHARE * 65_536)
    guest &= ~homeless
    with_guest = np.append(guest[1:], False) & ~homeless
    family["homeless"] = homeless.astype(np.int8)
    family["guest"] = guest.astype(np.int8)
    family["host"] = rows - guest
    family["lives_with_other_family"] = np.where(guest | with_guest, 1, 2).astype(np.int8)
    unanswered = _bits(lots, 48, 8) < 3
    code = np.where(guest, 2, np.where(with_guest, 1, 0)).astype(np.int8)
    family["kk_code"] = np.where(unanswered | homeless, np.int8(-1), code)


def _bits(lots: Keys, first: int, count: int) -> Ints:
    """Some bits of each lot as a number."""
    return (lots >> np.uint64(first) & np.uint64((1 << count) - 1)).astype(np.int64)


def _band(milli: Ints, bands: int) -> npt.NDArray[np.int8]:
    """The welfare band of a draw that has so many bands."""
    width = round(STEP * BANDS / bands * 1000)
    return np.clip((milli - round(LOWEST * 1000)) // width, 0, bands - 1).astype(np.int8)
