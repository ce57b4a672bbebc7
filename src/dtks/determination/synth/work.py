"""Work and business (416–426), the occupation of the population register, and the tax number."""

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
OWNER = Dim("owns_business", -1, 4)
URBAN, COAST, SEVERE = Dim("urban", 0, 2), Dim("coast", 0, 2), Dim("severe", 0, 2)
FARMING = range(1, 7)
IDLE = (1, 2, 3, 4, 19, 88)
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
# OpenSID pekerjaan_id by industry: for those who run it, and for those employed in it.
RUN_BY = {1: 9, 2: 9, 3: 9, 4: 11, 5: 10, 6: 9, 7: 88, 8: 12, 10: 88, 11: 13, 12: 84, 13: 14, 14: 84, 15: 88, 17: 88,
          18: 71, 19: 88, 24: 88}  # fmt: skip
WORKS_IN = {1: 20, 2: 20, 3: 20, 4: 21, 5: 22, 6: 20, 8: 15, 11: 26, 12: 15, 13: 81, 14: 15, 16: 15, 21: 18, 22: 74,
            25: 23, 20: 18}  # fmt: skip


def draws(figures: Mapping[str, Any], zone: str, missing: float) -> list[Draw]:
    """Needs the age classes, sex, `school_level`, `severe`, `urban`, `coast`, `welfare8`, `relation`."""
    return [
        _worked(figures, missing),
        _hours(missing),
        _status(figures),
        _industry(figures, zone, missing),
        _idle_occupation(),
        _occupation(),
        _income(figures["income"], missing),
        _tax_number(figures["tax_number"], missing),
        *_business(missing),
    ]


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


def _hours(missing: float) -> Draw:
    usual = {1: {8: 0.04, 14: 0.06, 21: 0.08, 28: 0.08, 35: 0.13, 40: 0.22, 42: 0.1, 48: 0.15, 56: 0.09, 63: 0.05},
             2: {7: 0.06, 12: 0.09, 18: 0.1, 24: 0.12, 30: 0.13, 35: 0.13, 40: 0.18, 48: 0.11, 56: 0.08}}  # fmt: skip
    return by_rule("work_hours", [WORKED, SEX], lambda at: usual[at["sex"]] if at["worked_last_week"] == 1 else None,
                   missing=missing)  # fmt: skip


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


def _industry(figures: Mapping[str, Any], zone: str, missing: float) -> Draw:
    farming = dict(zip(FARMING, figures["farming"][zone], strict=True))

    def rule(at: dict[str, int]) -> Chances | None:
        status = at["employment_status"]
        if status < 1:
            return None
        farm = figures["farm_share"]["urban" if at["urban"] else "rural"][status]
        crops = {**farming, 4: farming[4] * (6 if at["coast"] else 0.3)}
        other = figures["other_industry"][KIND_OF_STATUS[status]]
        out = {code: farm * share / sum(crops.values()) for code, share in crops.items()}
        for code, share in other.items():
            sexed = share * _lean(code, at["sex"])
            out[code] = out.get(code, 0.0) + (1 - farm) * sexed / sum(
                s * _lean(c, at["sex"]) for c, s in other.items()
            )
        return out

    return by_rule("industry", [STATUS, URBAN, COAST, SEX], rule, missing=missing)


def _lean(industry: int, sex: int) -> float:
    """How much more one sex is found in an industry than the other."""
    men, women = {11: (1.6, 0.06), 13: (1.5, 0.12), 7: (1.5, 0.2), 25: (0.3, 2.2), 14: (0.75, 1.4), 21: (0.75, 1.5),
                  22: (0.6, 1.9), 12: (0.9, 1.2)}.get(industry, (1.0, 1.0))  # fmt: skip
    return men if sex == 1 else women


def _idle_occupation() -> Draw:
    """pekerjaan_id of those who do not work, as a place in `IDLE`: pupil, housewife, pensioner …"""

    def rule(at: dict[str, int]) -> Chances:
        age = first_age("age_work", at["age_work"])
        if at["school_level"] == 5:
            codes = {3: 1.0}
        elif age < 20:
            codes = {1: 0.9, 3: 0.1} if age >= 5 else {1: 1.0}
        elif at["sex"] == 2:
            codes = {2: 0.92, 1: 0.08}
        else:
            codes = {1: 0.55, 88: 0.1, 19: 0.2, 4: 0.15} if age >= 60 else {1: 0.85, 19: 0.15}
        return {IDLE.index(code): weight for code, weight in codes.items()}

    return by_rule("idle_occupation", [age_class("age_work"), SEX, LEVELS_OF_STATUS], rule, bits=6)


def _occupation() -> Draw:
    """pekerjaan_id of OpenSID, in keeping with the work."""

    def rule(at: dict[str, int]) -> Chances:
        if at["employment_status"] < 1:
            return {IDLE[at["idle_occupation"]]: 1.0}
        return _jobs(at["employment_status"], at["industry"], at["sex"])

    dims = [STATUS, INDUSTRY, SEX, Dim("idle_occupation", 0, len(IDLE))]
    return by_rule("occupation", dims, rule, bits=6)


def _jobs(status: int, industry: int, sex: int) -> Chances:
    if status == 5:
        return {21: {5: 0.55, 65: 0.4, 64: 0.05}, 22: {5: 0.6, 74: 0.2, 73: 0.12 if sex == 2 else 0.0, 72: 0.08},
                16: {16: 1.0}, 13: {16: 1.0}, 9: {16: 0.8, 17: 0.2}}.get(
                    industry, {5: 0.7, 7: 0.08, 6: 0.1, 85: 0.12} if sex == 1 else {5: 0.93, 85: 0.07})  # fmt: skip
    if status in (1, 2, 3):
        return {RUN_BY.get(industry, 88): 0.8, 88: 0.2}
    if status == 8:
        return {RUN_BY.get(industry, 88): 0.5, 2: 0.5} if sex == 2 else {RUN_BY.get(industry, 88): 1.0}
    if status == 7:
        return {11: {26: 0.45, 27: 0.15, 19: 0.4}, 13: {81: 0.7, 19: 0.3}, 25: {23: 1.0}}.get(
            industry, {19: 1.0}
        )
    if status == 6:
        return {WORKS_IN.get(industry, 20): 1.0}
    return (
        {WORKS_IN.get(industry, 15): 0.75, 15: 0.2, 30: 0.05}
        if industry == 8
        else {WORKS_IN.get(industry, 15): 1.0}
    )


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


def _business(missing: float) -> list[Draw]:
    """420a–426 for those who run something; what is asked only of owners is null for all others."""
    centres = band_centres(8)

    def owns(at: dict[str, int]) -> Chances | None:
        if first_age("age_work", at["age_work"]) < 5:
            return None
        return {1: 0.96, 2: 0.04} if at["employment_status"] in (1, 2, 3) else {1: 0.012, 2: 0.988}

    def of_owner(chances: Chances) -> Any:
        return lambda at: chances if at["owns_business"] == 1 else None

    def trade(at: dict[str, int]) -> Chances | None:
        if at["owns_business"] != 1:
            return None
        return {at["industry"]: 0.93, 12: 0.07} if at["industry"] > 0 else {12: 0.6, 14: 0.25, 8: 0.15}

    def paid(at: dict[str, int]) -> Chances | None:
        if at["owns_business"] != 1:
            return None
        return (
            {1: 0.35, 2: 0.3, 3: 0.15, 4: 0.08, 6: 0.06, 10: 0.04, 20: 0.02}
            if at["employment_status"] == 3
            else {0: 1}
        )

    def unpaid(at: dict[str, int]) -> Chances | None:
        if at["owns_business"] != 1:
            return None
        return {1: 0.7, 2: 0.24, 3: 0.06} if at["employment_status"] == 2 else {0: 0.85, 1: 0.15}

    def turnover(at: dict[str, int]) -> Chances | None:
        if at["owns_business"] != 1:
            return None
        rich = float(centres[at["welfare8"]]) + (1.5 if at["employment_status"] == 3 else 0.0)
        return {1: 2.5, 2: 2.718 ** (0.5 * rich - 0.6), 3: 2.718 ** (0.7 * rich - 2.2), 4: 2.718 ** (0.9 * rich - 3.4),
                5: 2.718 ** (1.1 * rich - 7), 6: 2.718 ** (1.2 * rich - 10)}  # fmt: skip

    licence = {11: 0.72, 4: 0.2, 1: 0.02, 2: 0.03, 10: 0.02, 5: 0.01}
    internet = {0: 0.62, 1: 0.1, 3: 0.06, 7: 0.06, 15: 0.06, 13: 0.05, 31: 0.03, 12: 0.02}
    return [
        by_rule("owns_business", [STATUS, age_class("age_work")], owns, missing=missing),
        by_rule("businesses", [OWNER], of_owner({1: 0.93, 2: 0.06, 3: 0.01}), missing=missing),
        by_rule("business_industry", [OWNER, INDUSTRY], trade, missing=missing),
        by_rule("paid_workers", [OWNER, STATUS], paid, missing=missing),
        by_rule("unpaid_workers", [OWNER, STATUS], unpaid, missing=missing),
        by_rule("business_licence", [OWNER], of_owner(licence), missing=missing),
        by_rule("business_turnover", [OWNER, STATUS, Dim("welfare8", 0, 8)], turnover, missing=missing),
        by_rule("business_internet", [OWNER], of_owner(internet), missing=missing),
    ]
