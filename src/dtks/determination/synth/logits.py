"""Turn `parameters/calibration/families.yaml` into draws.

A chance is a multinomial logit: the share of exp(log-weight) among all codes of the question. What a
log-weight may depend on is welfare (in standard deviations above the poverty line), and the other
family columns listed in `TERMS`. Island groups are compiled in: one program for each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

from dtks.determination.synth.draws import FINE, Dim, Draw, from_shares

ZONES = ("sumatra", "java", "kalimantan", "sulawesi", "nusa", "papua")
BANDS = 16
LOWEST, STEP = -2.0, 0.4
"""Welfare band b stands for LOWEST + STEP·(b + ½); the ends take what lies beyond."""

TERMS: dict[str, Dim] = {
    "urban": Dim("urban", 0, 2),
    "members": Dim("members", 1, 6),
    "sanitation": Dim("sanitation", 0, 4),
    "water": Dim("water", 0, 4),
    "remote": Dim("remote", 0, 3),
    "coast": Dim("coast", 0, 2),
    "farm": Dim("farm", 0, 2),
    "children": Dim("children", 0, 2),
    "muslim": Dim("muslim", 0, 2),
}
CODES = {
    "electric": 1, "desa": 1, "farm": 1, "land_use": 2, "tenure": 5, "wall_material": 7, "roof_material": 8,
    "water_source": 11, "lighting": 4, "power_1": 5, "cooking_fuel": 12, "toilet": 6, "has_smartphone": 2,
    "got_pkh": 2, "got_sembako": 2, "preferred_first": 10, "preferred_second": 9,
}  # fmt: skip
"""Highest code of the answers that later answers may hang on."""
_PLACES = 1 << FINE
_NORMAL = np.array([NormalDist().inv_cdf((place + 0.5) / _PLACES) for place in range(_PLACES)])
Spec = Mapping[str, Any]


def welfare_dim(bands: int) -> Dim:
    return Dim("welfare" if bands == BANDS else f"welfare{bands}", 0, bands)


def band_centres(bands: int) -> npt.NDArray[np.float64]:
    """Welfare in the middle of each band."""
    width = STEP * BANDS / bands
    return LOWEST + width * (np.arange(bands) + 0.5)


def answer_dim(name: str) -> Dim:
    """An earlier answer as something to depend on; null is one of its values."""
    return Dim(name, -1, CODES[name] + 2)


def compile_variable(name: str, spec: Spec, zone: str) -> Draw:
    """The draw of one variable of the file, for one island group."""
    dims = _dims_of(spec)
    at = _values(dims)
    if "quantity" in spec or "quantities" in spec:
        return _quantity(name, spec, dims, at, zone)
    codes = list(spec["codes"])
    weights = np.stack([_log_weight(spec["codes"][code], at, zone) for code in codes], axis=1)
    shares = np.exp(weights - weights.max(axis=1, keepdims=True))
    asked = _asked(spec, at)
    shares[~asked] = 0.0
    if "otherwise" in spec:
        shares[~asked, codes.index(spec["otherwise"])] = 1.0
    return from_shares(name, dims, codes, shares, missing=spec.get("missing", 0.0))


def differs_by_zone(spec: Spec) -> bool:
    """Whether a variable names an island group anywhere."""
    return any(zone in body for body in _bodies(spec) for zone in ZONES)


def _bodies(spec: Spec) -> list[Spec]:
    """What stands for each code, or for each quantity."""
    quantities = [spec["quantity"]] if "quantity" in spec else []
    return [*spec.get("codes", {}).values(), *spec.get("quantities", {}).values(), *quantities]


def _dims_of(spec: Spec) -> list[Dim]:
    bodies = _bodies(spec)
    used = {term for body in bodies for term in body}
    answers = {answer for body in bodies for answer in body.get("given", {})}
    answers |= set(spec.get("only_if", {})) | ({spec["by"]} if "by" in spec else set())
    unknown = used - set(TERMS) - set(ZONES) - {"at", "welfare", "given", "median", "spread", "min", "max"}
    if unknown:
        raise ValueError(f"unknown terms {sorted(unknown)}; known: welfare, {', '.join((*TERMS, *ZONES))}")
    dims = [answer_dim(answer) for answer in sorted(answers)]
    if "welfare" in used:
        dims.append(welfare_dim(spec.get("bands", BANDS)))
    return dims + [dim for term, dim in TERMS.items() if term in used and term not in answers]


def _values(dims: Sequence[Dim]) -> dict[str, npt.NDArray[np.float64]]:
    """For each row of the table, the value of each thing that it depends on."""
    axes = [np.arange(dim.low, dim.low + dim.count, dtype=float) for dim in dims]
    meshes = np.meshgrid(*axes, indexing="ij")
    at = {dim.name: mesh.reshape(-1) for dim, mesh in zip(dims, meshes, strict=True)}
    for dim in dims:
        if dim.name.startswith("welfare"):
            at["welfare"] = band_centres(dim.count)[at.pop(dim.name).astype(int)]
        elif dim.name == "members":
            at["members"] = at["members"] - 3
    at["rows"] = np.zeros(int(np.prod([dim.count for dim in dims], initial=1)))
    return at


def _log_weight(body: Spec, at: Mapping[str, npt.NDArray[np.float64]], zone: str) -> npt.NDArray[np.float64]:
    total = at["rows"] + body.get("at", 0.0) + body.get(zone, 0.0)
    for term, slope in body.items():
        if term in TERMS or term == "welfare":
            total = total + slope * at[term]
    for answer, effects in body.get("given", {}).items():
        for code, effect in effects.items():
            total = total + effect * (at[answer] == code)
    return total


def _asked(spec: Spec, at: Mapping[str, npt.NDArray[np.float64]]) -> npt.NDArray[np.bool_]:
    asked = at["rows"] == 0.0
    for answer, codes in spec.get("only_if", {}).items():
        asked = asked & np.isin(at[answer], codes)
    return asked


def _quantity(
    name: str, spec: Spec, dims: Sequence[Dim], at: Mapping[str, npt.NDArray[np.float64]], zone: str
) -> Draw:
    """Log-normal around a median that depends on the terms, rounded and kept within bounds."""
    table = np.full((len(at["rows"]), _PLACES), -1, dtype=np.int16)
    bodies = spec.get("quantities", {None: spec.get("quantity")})
    for code, body in bodies.items():
        rows = np.flatnonzero(at[spec["by"]] == code if code is not None else at["rows"] == 0.0)
        slopes = {term: slope for term, slope in body.items() if term in TERMS or term == "welfare"}
        centre = _log_weight({**slopes, zone: body.get(zone, 0.0)}, at, zone)[rows]
        values = body["median"] * np.exp(np.round(centre[:, None] + body["spread"] * _NORMAL, 9))
        table[rows] = np.clip(np.rint(values), body["min"], body["max"])
    missing = round(spec.get("missing", 0.0) * _PLACES)
    table[:, _spread_out(missing)] = -1
    return Draw(name, tuple(dims), table, FINE)


def _spread_out(count: int) -> npt.NDArray[np.int64]:
    """Places that lie evenly among all, so that dropping them moves no mean."""
    return (np.arange(count) * _PLACES + _PLACES // 2) // max(count, 1)
