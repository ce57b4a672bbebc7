"""The occupation of the population register (OpenSID pekerjaan_id), in keeping with school and work."""

from __future__ import annotations

from dtks.determination.synth.ages import SEX, age_class, first_age
from dtks.determination.synth.draws import Chances, Dim, Draw, by_rule
from dtks.determination.synth.education import LEVELS_OF_STATUS
from dtks.determination.synth.work import INDUSTRY, STATUS

IDLE = (1, 2, 3, 4, 19, 88)
"""Occupations of those who do not work: none, household, pupil, pensioner, day labourer, trader."""
# pekerjaan_id by industry (417): of those who run it, and of those employed in it.
RUN_BY = {
    1: 9, 2: 9, 3: 9, 4: 11, 5: 10, 6: 9, 7: 88, 8: 12, 10: 88, 11: 13, 12: 84, 13: 14, 14: 84, 15: 88,
    17: 88, 18: 71, 19: 88, 24: 88,
}  # fmt: skip
WORKS_IN = {
    1: 20, 2: 20, 3: 20, 4: 21, 5: 22, 6: 20, 8: 15, 11: 26, 12: 15, 13: 81, 14: 15, 16: 15, 20: 18,
    21: 18, 22: 74, 25: 23,
}  # fmt: skip
# Of civil servants and staff of state firms, by industry; the rest are PNS, police, army or village staff.
IN_STATE: dict[int, dict[int, float]] = {
    9: {16: 0.8, 17: 0.2},
    13: {16: 1.0},
    16: {16: 1.0},
    21: {5: 0.55, 65: 0.4, 64: 0.05},
    22: {5: 0.6, 74: 0.3, 72: 0.1},
}
CASUAL: dict[int, dict[int, float]] = {
    11: {26: 0.45, 27: 0.15, 19: 0.4},
    13: {81: 0.7, 19: 0.3},
    25: {23: 1.0},
}


def draws() -> list[Draw]:
    """Needs `employment_status`, `industry`, `age_work`, `sex`, `school_level`."""
    return [_idle(), _of_all()]


def _idle() -> Draw:
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


def _of_all() -> Draw:
    """pekerjaan_id of OpenSID, in keeping with the work."""

    def rule(at: dict[str, int]) -> Chances:
        if at["employment_status"] < 1:
            return {IDLE[at["idle_occupation"]]: 1.0}
        return _jobs(at["employment_status"], at["industry"], at["sex"])

    dims = [STATUS, INDUSTRY, SEX, Dim("idle_occupation", 0, len(IDLE))]
    return by_rule("occupation", dims, rule, bits=6)


def _jobs(status: int, industry: int, sex: int) -> Chances:
    run_by = RUN_BY.get(industry, 88)
    works_in = WORKS_IN.get(industry, 15)
    if status == 5:
        soldiers = {5: 0.7, 7: 0.08, 6: 0.1, 85: 0.12} if sex == 1 else {5: 0.93, 85: 0.07}
        return IN_STATE.get(industry, soldiers)
    if status in (1, 2, 3):
        return {run_by: 0.8, 88: 0.2} if run_by != 88 else {88: 1.0}
    if status == 8:
        return {run_by: 0.5, 2: 0.5} if sex == 2 else {run_by: 1.0}
    if status == 7:
        return CASUAL.get(industry, {19: 1.0})
    if status == 6:
        return {WORKS_IN.get(industry, 20): 1.0}
    return {works_in: 0.95, 30: 0.05} if industry == 8 else {works_in: 1.0}
