"""Work (416–419): whether, how long, as what, in which industry, for how much."""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import NormalDist
from typing import Any

import numpy as np

from dtks.determination.synth.ages import SEX, age_class, first_age, from_age
from dtks.determination.synth.draws import NULL, Chances, Dim, Draw, by_rule, grid
from dtks.determination.synth.education import LEVELS_OF_STATUS
from dtks.determination.synth.logits import band_centres

WORKED = Dim("worked_last_week", -1, 4)
STATUS = Dim("employment_status", -1, 10)
INDUSTRY = Dim("industry", -1, 28)
URBAN, COAST, SEVERE = Dim("urban", 0, 2), Dim("coast", 0, 2), Dim("severe", 0, 2)
FARMING = range(1, 7)
KIND_OF_STATUS = {
    1: "own",
    2: "own",
    3: "employer",
    4: "employee",
    5: "state",
    6: "casual",
    7: "casual",
    8: "family",
}


def before_industry(figures: Mapping[str, Any], missing: float) -> list[Draw]:
    """Whether, how long and as what somebody works.

    Needs the age classes, `sex`, `school_level`, `severe`, `urban`.
    """
    return [_worked(figures, missing), _hours(figures, missing), _status(figures)]


def after_industry(figures: Mapping[str, Any], missing: float) -> list[Draw]:
    """Income and tax number; needs `welfare8` and `adult` too."""
    return [_income(figures["income"], missing), _tax_number(figures["tax_number"], missing)]


def _worked(figures: Mapping[str, Any], missing: float) -> Draw:
    def rule(at: dict[str, int]) -> Chances | int | None:
        age = first_age("age_work", at["age_work"])
        if age < 5:
            return None
        if age < 10:
            return {2: 1.0}
        share = from_age(figures["participation"], age)[at["sex"] - 1]
        if at["school_level"] == 5:
            share *= figures["of_pupils"]
        if at["severe"]:
            share *= figures["of_severely_disabled"]
        if at["sex"] == 2 and at["school_level"] == 4:
            share *= figures["of_women_with_degree"]
        return {1: min(share, 0.99), 2: max(1 - share, 0.01)}

    dims = [age_class("age_work"), SEX, LEVELS_OF_STATUS, SEVERE]
    return by_rule("worked_last_week", dims, rule, missing=missing)


def _hours(figures: Mapping[str, Any], missing: float) -> Draw:
    def rule(at: dict[str, int]) -> Chances | None:
        if at["worked_last_week"] != 1:
            return None
        return dict(figures["hours"]["male" if at["sex"] == 1 else "female"])

    return by_rule("work_hours", [WORKED, SEX], rule, missing=missing)


def _status(figures: Mapping[str, Any]) -> Draw:
    def rule(at: dict[str, int]) -> Chances | None:
        if at["worked_last_week"] != 1:
            return None
        place = figures["status"]["urban" if at["urban"] else "rural"]["female" if at["sex"] == 2 else "male"]
        by_level = figures["status_by_level"][at["school_level"]]
        age = first_age("age_work", at["age_work"])
        weights = {
            code: share * of for code, (share, of) in enumerate(zip(place, by_level, strict=True), start=1)
        }
        if age < 25:  # few run something yet
            weights.update(
                {1: weights[1] * 0.35, 2: weights[2] * 0.2, 3: weights[3] * 0.2, 5: weights[5] * 0.3}
            )
            weights[8] *= 1.6
        if age >= 60:  # employment ends, the farm and the stall go on
            weights.update(
                {4: weights[4] * 0.35, 5: weights[5] * 0.05, 1: weights[1] * 1.3, 2: weights[2] * 1.3}
            )
        return weights

    return by_rule("employment_status", [WORKED, age_class("age_work"), SEX, LEVELS_OF_STATUS, URBAN], rule)


def industry(figures: Mapping[str, Any], zone: str, missing: float) -> Draw:
    """417, which differs between island groups; needs `employment_status`, `urban`, `coast`, `sex`."""
    farming = dict(zip(FARMING, figures["farming"][zone], strict=True))

    def rule(at: dict[str, int]) -> Chances | None:
        status = at["employment_status"]
        if status < 1:
            return None
        farm = figures["farm_share"]["urban" if at["urban"] else "rural"][status]
        crops = {**farming, 4: farming[4] * (6 if at["coast"] else 0.3)}
        shares = figures["other_industry"][KIND_OF_STATUS[status]]
        other = {code: share * _leaning(figures, code, at["sex"]) for code, share in shares.items()}
        out = {code: farm * share / sum(crops.values()) for code, share in crops.items()}
        for code, share in other.items():
            out[code] = out.get(code, 0.0) + (1 - farm) * share / sum(other.values())
        return out

    return by_rule("industry", [STATUS, URBAN, COAST, SEX], rule, missing=missing)


def _leaning(figures: Mapping[str, Any], industry: int, sex: int) -> float:
    """How much more one sex is found in an industry than in work at large."""
    return float(figures["lean"].get(industry, (1.0, 1.0))[sex - 1])


def _income(figures: Mapping[str, Any], missing: float) -> Draw:
    """Monthly income in units of 50,000 rupiah; nothing for those of 15 and over who earn none."""
    bits = 6
    places = 1 << bits
    bell = np.array([NormalDist().inv_cdf((place + 0.5) / places) for place in range(places)])
    dims = (STATUS, LEVELS_OF_STATUS, SEX, Dim("adult", 0, 2), Dim("welfare8", 0, 8))
    rows = list(grid(dims))
    earns = np.array([at["employment_status"] in range(1, 8) for at in rows])
    nothing = np.where(np.array([at["adult"] == 1 for at in rows]), 0, NULL)
    centre = np.array(
        [_usual_income(figures, at) if earned else 0.0 for at, earned in zip(rows, earns, strict=True)]
    )
    steps = np.clip(np.rint(np.exp(np.round(centre[:, None] + figures["spread"] * bell, 9))), 1, 2000)
    table = np.where(earns[:, None], steps, nothing[:, None]).astype(np.int16)
    unanswered = round(missing * places)
    table[:, places // 2 : places // 2 + unanswered] = NULL
    return Draw("income_steps", dims, table, bits)


def _usual_income(figures: Mapping[str, Any], at: Mapping[str, int]) -> float:
    """Log of the median income in units of 50,000 rupiah."""
    median = figures[KIND_OF_STATUS[at["employment_status"]]] * figures["level"][at["school_level"]]
    if at["sex"] == 2:
        median *= figures["woman"]
    return math.log(median / 50_000) + float(figures["welfare"] * band_centres(8)[at["welfare8"]])


def _tax_number(figures: Mapping[str, float], missing: float) -> Draw:
    def rule(at: dict[str, int]) -> Chances | None:
        age = first_age("age_work", at["age_work"])
        if age < 5:
            return None
        if age < 20:
            return {3: 1.0}
        share = figures.get(KIND_OF_STATUS.get(at["employment_status"], "other"), figures["other"])
        if at["school_level"] == 4:
            share = min(share * 1.8, 0.97)
        return {1: share * figures["show"], 2: share * (1 - figures["show"]), 3: 1 - share}

    return by_rule("has_npwp", [STATUS, age_class("age_work"), LEVELS_OF_STATUS], rule, missing=missing)
