"""Where the families live: the villages of an area, what kind of places they are, how many families each has.

Codes, names and points are those of `areas`. Town or village, coast, remoteness and hazard are not
published for all villages; where `areas` does not know them they are lots with fixed chances by island
group (marked as made up in the documentation), always the same for the same village.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import polars as pl

from dtks.determination.synth.calibration import Calibration, National, Regency
from dtks.determination.synth.chance import keys_of, stream_key
from dtks.determination.synth.domain import ZONE_OF_PROVINCE, level_of
from dtks.determination.synth.draws import apportion
from dtks.determination.synth.errors import SynthAreaUnknown, SynthTooManyFamilies
from dtks.determination.synth.plan import UNKNOWN_POINT, ProvincePlan, Villages
from dtks.determination.synth.settling import MAX_SEQUENCE

LARGEST_REGENCY = 3_000_000
"""Families of one regency for which there are enough made-up numbers (see `numbers`)."""
LARGEST_VILLAGE = MAX_SEQUENCE - 1
# By island group: chances of a village by the sea, somewhat hard to reach, remote.
_NATURE = {
    "sumatra": (0.15, 0.15, 0.03),
    "java": (0.06, 0.05, 0.002),
    "kalimantan": (0.12, 0.22, 0.06),
    "sulawesi": (0.33, 0.20, 0.05),
    "nusa": (0.33, 0.25, 0.08),
    "papua": (0.22, 0.33, 0.36),
}
_HAZARD = (0.55, 0.30)  # low, medium; the rest high
_RELATIVE_SIZE = (0.0, 2.1, 1.0, 0.6)  # by kind: kelurahan, desa, desa adat
_LOTS = np.array([NormalDist().inv_cdf((place + 0.5) / 1024) for place in range(1024)])


def spread_out(
    *, area: str, families: int, calibration: Calibration, reference: pl.DataFrame
) -> list[ProvincePlan]:
    """Spread `families` over the villages of `area` ('all' or a dotted code), by the people who live there.

    Raises:
        SynthAreaUnknown: no such area, or no village in it.
        SynthTooManyFamilies: more in a regency than there are made-up numbers for.
    """
    inside = _inside(area, reference)
    national = calibration.national
    provinces = [
        _described(province, frame, calibration)
        for (province,), frame in sorted(inside.group_by("province"), key=lambda item: str(item[0]))
    ]
    expected = [_expected(found, calibration.regencies, national) for found in provinces]
    regency = np.concatenate([found.villages.regency for found in provinces])
    counts = _counts(np.concatenate(expected), regency, families)
    plans, at = [], 0
    for found in provinces:
        here = counts[at : at + len(found.villages.code)]
        at += len(here)
        kept = replace(found.villages, families=here)
        plans.append(replace(found, villages=kept.only(here > 0)))
    _require_numbers(plans)
    return [one for one in plans if one.families]


def _inside(area: str, reference: pl.DataFrame) -> pl.DataFrame:
    if area != "all":
        level, code = level_of(area)
        reference = reference.filter(pl.col(level) == code)
    if reference.is_empty():
        raise SynthAreaUnknown(area=area)
    return reference.sort("village")


def _described(province: int, frame: pl.DataFrame, calibration: Calibration) -> ProvincePlan:
    zone = ZONE_OF_PROVINCE[int(province)]
    code = frame["village"].to_numpy().astype(np.int64)
    lots = keys_of(code, stream_key(0, "village"))
    kind = frame["village_kind"].to_numpy().astype(np.int8)
    urban = _urban(code, kind, lots, calibration)
    coast, hard, remote = _NATURE[zone]
    far = _share(lots, 1) / _farness(frame["distance_to_centre_km"])
    hazard = _share(lots, 2)
    figures = calibration.national.welfare
    effect = figures["urban"] * urban + figures["between_villages"] * _LOTS[_bits(lots, 3)]
    villages = Villages(
        code=code,
        kind=kind,
        urban=urban,
        coast=(_share(lots, 0) < coast * np.where(urban == 1, 0.6, 1.0)).astype(np.int8),
        remote=np.where(urban == 1, 0, (far < hard + remote).astype(int) + (far < remote)).astype(np.int8),
        hazard=(1 + (hazard >= _HAZARD[0]).astype(int) + (hazard >= sum(_HAZARD))).astype(np.int8),
        effect=np.rint(effect * 1000).astype(np.int16),
        lat=_hundredths(frame["lat"]),
        lon=_hundredths(frame["lon"]),
        weight=_relative_size(kind, urban, lots),
        families=np.zeros(len(code), dtype=np.int64),
    )
    return ProvincePlan(int(province), zone, villages)


def _farness(distance: pl.Series) -> npt.NDArray[np.float64]:
    """How much likelier a village is remote than one at the usual distance from the regency's centre."""
    usual = 20.0
    return np.clip(distance.fill_null(usual).to_numpy() / usual, 0.3, 3.0)


def _urban(
    code: npt.NDArray[np.int64],
    kind: npt.NDArray[np.int8],
    lots: npt.NDArray[np.uint64],
    calibration: Calibration,
) -> npt.NDArray[np.int8]:
    figures = calibration.national.urban
    density = _by_regency(code // 1_000_000, lambda regency: calibration.regencies[regency].density)
    city = code // 1_000_000 % 100 >= 71
    chance = 1 / (1 + np.exp(-figures["steepness"] * (np.log(density) - np.log(figures["midpoint_density"]))))
    chance = np.where(kind == 1, np.maximum(chance, figures["kelurahan"]), chance)
    chance = np.where(city & (kind != 1), np.maximum(chance, figures["village_of_a_kota"]), chance)
    return (_share(lots, 4) < np.round(chance, 9)).astype(np.int8)


def _relative_size(
    kind: npt.NDArray[np.int8], urban: npt.NDArray[np.int8], lots: npt.NDArray[np.uint64]
) -> npt.NDArray[np.float64]:
    """Families of a village relative to others of its regency: towns are larger, and sizes spread."""
    base = np.array(_RELATIVE_SIZE)[kind] * np.where(urban == 1, 1.6, 1.0)
    return np.round(base * np.exp(0.5 * _LOTS[_bits(lots, 5)]), 6)


def _expected(
    found: ProvincePlan, regencies: dict[int, Regency], national: National
) -> npt.NDArray[np.float64]:
    """Families expected in each village if the whole nation were made."""
    villages = found.villages
    _, where = np.unique(villages.regency, return_inverse=True)
    share = villages.weight / np.bincount(where, weights=villages.weight)[where]
    people = _by_regency(villages.regency, lambda regency: float(regencies[regency].people))
    return people / national.mean_size_of[found.province] * share


def _by_regency(codes: npt.NDArray[np.int64], figure: Callable[[int], float]) -> npt.NDArray[np.float64]:
    """A figure of each village's regency."""
    distinct, where = np.unique(codes, return_inverse=True)
    return np.array([figure(int(code)) for code in distinct])[where]


def _counts(
    expected: npt.NDArray[np.float64], regency: npt.NDArray[np.int64], families: int
) -> npt.NDArray[np.int64]:
    """Whole families for each village: the regencies by largest remainder, then the villages of each by
    rounding on the way up, so that small villages get their turn too."""
    codes, where = np.unique(regency, return_inverse=True)
    wanted = np.bincount(where, weights=expected)
    totals = apportion((wanted / wanted.sum())[None, :], families)[0]
    start = (keys_of(codes, stream_key(0, "rounding")) % np.uint64(1000)).astype(float) / 1000
    share = expected / wanted[where] * totals[where]
    climbed = np.cumsum(share) - (np.cumsum(totals) - totals)[where] + start[where]
    steps = np.floor(np.round(climbed, 6)).astype(np.int64)
    first = np.concatenate([[True], where[1:] != where[:-1]])
    before = np.where(first, 0, np.concatenate([[0], steps[:-1]]))
    return steps - before


def _require_numbers(plans: list[ProvincePlan]) -> None:
    for found in plans:
        codes, where = np.unique(found.villages.regency, return_inverse=True)
        counts = np.bincount(where, weights=found.villages.families)
        _require(codes, counts, LARGEST_REGENCY)
        _require(found.villages.code, found.villages.families, LARGEST_VILLAGE)


def _require(codes: npt.NDArray[np.int64], families: npt.NDArray[np.number], most: int) -> None:
    if len(families) and families.max() > most:
        raise SynthTooManyFamilies(
            area=int(codes[families.argmax()]), families=int(families.max()), most=most
        )


def _bits(lots: npt.NDArray[np.uint64], number: int) -> npt.NDArray[np.int64]:
    return (lots >> np.uint64(10 * number) & np.uint64(1023)).astype(np.int64)


def _share(lots: npt.NDArray[np.uint64], number: int) -> npt.NDArray[np.float64]:
    return (_bits(lots, number) + 0.5) / 1024


def _hundredths(degrees: pl.Series) -> npt.NDArray[np.int16]:
    return (degrees * 100).round().fill_null(UNKNOWN_POINT).cast(pl.Int16).to_numpy().copy()
