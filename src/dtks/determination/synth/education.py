"""School (412–415): one draw of a whole school career, so that its four answers always agree."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from dtks.determination.synth.ages import SEX, age_class, first_age, from_age
from dtks.determination.synth.draws import Dim, Draw, by_rule, lookup
from dtks.determination.synth.logits import band_centres

NEVER, ATTENDING, LEFT = 1, 2, 3
NO_DIPLOMA, COMPLETED = 23, 8
MEDIAN_WELFARE = 1.3
SCHOOL_BANDS = 8
RANKS = (0.0, 1.0, 2.0, 3.0, 4.0, 4.6, 5.4)
"""How far the levels none, SD, SMP, SMA, diploma, S1, S2 lie apart."""
LEVELS_OF_STATUS = Dim("school_level", 0, 6)
"""None, SD, SMP, SMA, diploma and over, at school: what work depends on."""

Career = tuple[int, int | None, int | None, int | None]
"""Participation, level, grade, diploma."""


class Careers:
    """Every school career that occurs, numbered."""

    def __init__(self) -> None:
        self.numbers: dict[Career, int] = {}

    def number(self, career: Career) -> int:
        return self.numbers.setdefault(career, len(self.numbers))


def draws(figures: Mapping[str, Any], missing: float) -> list[Draw]:
    """Needs `age_school`, `school_welfare`, `urban`, `sex`; gives the four answers and `school_level`."""
    careers = Careers()
    centres = band_centres(SCHOOL_BANDS)

    def rule(at: dict[str, int]) -> dict[int, float] | None:
        age = first_age("age_school", at["age_school"])
        if age < 5:
            return None
        welfare = float(centres[at["school_welfare"]]) - MEDIAN_WELFARE
        return {
            careers.number(career): weight
            for career, weight in _careers(figures, age, at["sex"], welfare, at["urban"]).items()
            if weight > 0
        }

    dims = [age_class("age_school"), Dim("school_welfare", 0, SCHOOL_BANDS), Dim("urban", 0, 2), SEX]
    career = by_rule("career", dims, rule, missing=missing)
    number = Dim("career", -1, len(careers.numbers) + 1)
    answers = ("school_participation", "education_level", "education_grade", "diploma")
    parts = [
        lookup(answer, number, {n: parts[place] for parts, n in careers.numbers.items()})
        for place, answer in enumerate(answers)
    ]
    levels = {n: _status_level(parts) for parts, n in careers.numbers.items()}
    return [career, *parts, lookup("school_level", number, {-1: 1, **levels})]


def _status_level(career: Career) -> int:
    participation, _, _, diploma = career
    if participation == ATTENDING:
        return 5
    if diploma is None or diploma == NO_DIPLOMA:
        return 0
    return 1 if diploma <= 5 else 2 if diploma <= 10 else 3 if diploma <= 17 else 4


def _careers(
    figures: Mapping[str, Any], age: int, sex: int, welfare: float, urban: int
) -> dict[Career, float]:
    attending = from_age(figures["attending"], age) if age < 25 else 0.0
    slope = from_age(figures["attending_welfare"], age)
    odds = attending / (1 - attending) * math.exp(slope * (welfare + 0.3 * urban))
    share = odds / (1 + odds)
    out: dict[Career, float] = {}
    for career, weight in _pupils(figures, age).items():
        out[career] = out.get(career, 0.0) + share * weight
    for career, weight in _left(figures, age, sex, welfare, urban).items():
        out[career] = out.get(career, 0.0) + (1 - share) * weight
    return out


def _pupils(figures: Mapping[str, Any], age: int) -> dict[Career, float]:
    """Where pupils of an age are: most in the grade of their age, some a year behind."""
    kinds = figures["kinds"]
    if age < 6:  # those who started early
        return _in_grade(kinds["sd"], 1, {NO_DIPLOMA: 1.0})
    out: dict[Career, float] = {}
    for behind, weight in ((0, 0.78), (1, 0.22)):
        grade = max(age - 6 - behind, 1) if age >= 7 else 1
        for career, share in _of_grade(kinds, min(grade, 16)).items():
            out[career] = out.get(career, 0.0) + weight * share
    return out


def _of_grade(kinds: Mapping[str, Any], grade: int) -> dict[Career, float]:
    """Pupils in the n-th year of school; from the thirteenth they study."""
    if grade <= 6:
        return _in_grade(kinds["sd"], grade, {NO_DIPLOMA: 1.0})
    if grade <= 9:
        return _in_grade(kinds["smp"], grade - 6, kinds["sd"])
    if grade <= 12:
        return _in_grade(kinds["sma"], grade - 9, kinds["smp"])
    year = grade - 12
    return {
        **_in_grade({19: 0.85}, year, kinds["sma"]),
        **_in_grade({18: 0.15}, min(year, 3), kinds["sma"]),
    }


def _in_grade(levels: Mapping[int, float], grade: int, diplomas: Mapping[int, float]) -> dict[Career, float]:
    return {
        (ATTENDING, level, grade, diploma): share * of
        for level, share in levels.items()
        for diploma, of in diplomas.items()
    }


def _left(figures: Mapping[str, Any], age: int, sex: int, welfare: float, urban: int) -> dict[Career, float]:
    if age < 7:
        return {(NEVER, None, None, None): 1.0}
    shares = _attained(figures, age, sex, welfare, urban)
    kinds = figures["kinds"]
    never = from_age(figures["never_of_none"], max(age, 13))
    out: dict[Career, float] = {(NEVER, None, None, None): shares[0] * (1.0 if age < 9 else never)}
    for level, share in kinds["sd"].items():
        for grade in range(1, 6):
            if age >= 9 and grade <= age - 7:
                out[(LEFT, level, grade, NO_DIPLOMA)] = shares[0] * (1 - never) * share * grade / 15
    ladder = [kinds["sd"], kinds["smp"], kinds["sma"], {18: 1.0}, {19: 1.0}, {21: 0.95, 22: 0.05}]
    for rank, finished in enumerate(ladder):
        tried = ladder[rank + 1] if rank < 2 else {19: 1.0} if rank == 2 else {}
        drop = figures["drop_out"] if tried and age >= 14 + 3 * rank else 0.0
        for diploma, share in finished.items():
            weight = shares[rank + 1] * share
            out[(LEFT, diploma, COMPLETED, diploma)] = weight * (1 - drop)
            for level, of in tried.items():
                career = (LEFT, level, 1, diploma)
                out[career] = out.get(career, 0.0) + weight * drop * of
    return out


def _attained(figures: Mapping[str, Any], age: int, sex: int, welfare: float, urban: int) -> list[float]:
    base = from_age(figures["attained"], age) or [1.0, 0, 0, 0, 0, 0, 0]
    slope = figures["rank_welfare"] * welfare + figures["rank_urban"] * (urban - 0.55)
    if sex == 2 and age >= 55:
        slope += figures["rank_old_woman"]
    weights = [share * math.exp(slope * rank) for share, rank in zip(base, RANKS, strict=True)]
    return [weight / sum(weights) for weight in weights]
