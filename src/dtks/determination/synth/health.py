"""Health (410, 427–430): difficulties drawn as one picture of a person, so that they make sense together."""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import NormalDist
from typing import Any

import numpy as np

from dtks.determination.synth.ages import SEX, age_class, first_age, from_age
from dtks.determination.synth.draws import FINE, Chances, Dim, Draw, by_rule, lookup
from dtks.determination.synth.logits import band_centres

DIFFICULTIES = (
    "seeing",
    "hearing",
    "walking",
    "hands",
    "learning",
    "emotion",
    "speaking",
    "selfcare",
    "memory",
)
FROM_TWO = DIFFICULTIES[:6]
"""428a–f are asked from the age of two, 428g–j from five."""
NONE, SOME, MUCH, CANNOT = 4, 3, 2, 1
GROWTH = Dim("growth", 0, 21)
"""Quarter of a year of age under five; 20 for everybody else."""
NUTRITION = Dim("child_nutrition", -1, 10)
PREGNANT = Dim("pregnant", -1, 4)

# (weight among the young, among those of 50 and over, answers); what is not named is no difficulty.
SLIGHT: list[tuple[float, float, dict[str, int]]] = [
    (0.45, 0.34, {"seeing": SOME}),
    (0.08, 0.10, {"hearing": SOME}),
    (0.10, 0.20, {"walking": SOME}),
    (0.04, 0.03, {"hands": SOME}),
    (0.10, 0.02, {"learning": SOME}),
    (0.10, 0.02, {"emotion": SOME}),
    (0.05, 0.01, {"speaking": SOME}),
    (0.08, 0.09, {"memory": SOME}),
    (0.00, 0.12, {"seeing": SOME, "walking": SOME}),
    (0.00, 0.07, {"hearing": SOME, "walking": SOME, "memory": SOME}),
]
SEVERE_CASES: list[tuple[float, float, dict[str, int]]] = [
    (0.17, 0.16, {"walking": MUCH}),
    (0.10, 0.06, {"walking": CANNOT, "selfcare": MUCH}),
    (0.06, 0.05, {"walking": CANNOT, "hands": MUCH, "selfcare": CANNOT}),
    (0.10, 0.12, {"seeing": MUCH}),
    (0.05, 0.07, {"seeing": CANNOT, "selfcare": SOME}),
    (0.05, 0.12, {"hearing": MUCH}),
    (0.12, 0.02, {"hearing": CANNOT, "speaking": CANNOT, "learning": SOME}),
    (0.09, 0.01, {"learning": MUCH, "memory": MUCH}),
    (0.08, 0.01, {"learning": CANNOT, "speaking": MUCH, "selfcare": MUCH, "emotion": MUCH}),
    (0.10, 0.03, {"emotion": MUCH, "memory": SOME}),
    (0.08, 0.03, {"hands": MUCH}),
    (0.00, 0.16, {"walking": MUCH, "seeing": SOME, "hearing": SOME, "memory": MUCH}),
    (0.00, 0.16, {"walking": CANNOT, "selfcare": CANNOT, "memory": CANNOT, "seeing": MUCH}),
]


def draws(figures: Mapping[str, Any], missing: float) -> list[Draw]:
    """Needs the age classes, `sex`, `marital_status`, `welfare8`, `growth`, `alone`; gives `severe` too."""
    return [
        *_difficulties(figures),
        _depression(missing),
        _caregiver(missing),
        _chronic(figures, missing),
        *_condition_of_health(figures, missing),
        _pregnant(figures["pregnant"], missing),
        _contraception(figures["contraception"]),
        _nutrition(figures["nutrition"], missing),
        *_measures(figures),
    ]


def _difficulties(figures: Mapping[str, Any]) -> list[Draw]:
    pictures = [*SLIGHT, *SEVERE_CASES]
    slight = len(SLIGHT)

    def rule(at: dict[str, int]) -> Chances | None:
        age = first_age("age_health", at["age_health"])
        if age < 2:
            return None
        old = age >= 50
        rates = from_age(figures["slight"], age), from_age(figures["severe"], age)
        out = {0: 1.0 - sum(rates)}
        for number, (young_weight, old_weight, _) in enumerate(pictures, start=1):
            group = pictures[:slight] if number <= slight else pictures[slight:]
            total = sum(picture[1 if old else 0] for picture in group)
            out[number] = rates[0 if number <= slight else 1] * (old_weight if old else young_weight) / total
        return out

    number = Dim("difficulty", -1, len(pictures) + 2)
    drawn = by_rule("difficulty", [age_class("age_health")], rule, missing=0.004, bits=12)
    answers = []
    for name in DIFFICULTIES:
        values = {0: NONE, **{n: picture[2].get(name, NONE) for n, picture in enumerate(pictures, start=1)}}
        answers.append(
            by_rule(
                f"difficulty_{name}",
                [number, age_class("age_health")],
                lambda at, values=values, name=name: _asked(at, values, name),
            )
        )
    severe = {n: int(n > slight) for n in range(-1, len(pictures) + 1)}
    kinds = {-1: None, **{n: _kind(picture[2]) for n, picture in enumerate(pictures, start=1)}, 0: 7}
    return [drawn, *answers, lookup("severe", number, dict(severe)), lookup("disability", number, kinds)]


def _kind(difficulties: Mapping[str, int]) -> int:
    """cacat_id of the population register: the kind of the severe difficulties, 7 when there are none."""
    severe = {name for name, answer in difficulties.items() if answer in (MUCH, CANNOT)}
    bodily, mental = severe & {"walking", "hands"}, severe & {"learning", "emotion", "memory"}
    if bodily and mental:
        return 5
    if bodily:
        return 1
    if "seeing" in severe:
        return 2
    if "hearing" in severe:
        return 3
    return 4 if mental else 6 if severe else 7


def _asked(at: dict[str, int], values: Mapping[int, int], name: str) -> int | None:
    age = first_age("age_health", at["age_health"])
    return None if age < (2 if name in FROM_TWO else 5) else values.get(at["difficulty"])


def _depression(missing: float) -> Draw:
    def rule(at: dict[str, int]) -> Chances | None:
        if first_age("age_health", at["age_health"]) < 5:
            return None
        return {4: 0.5, 3: 0.33, 2: 0.12, 1: 0.05} if at["severe"] else {4: 0.80, 3: 0.175, 2: 0.02, 1: 0.005}

    return by_rule("depression", [age_class("age_health"), Dim("severe", 0, 2)], rule, missing=missing)


def _caregiver(missing: float) -> Draw:
    """429: asked from the age of 60, or with a severe difficulty or frequent sadness."""

    def rule(at: dict[str, int]) -> Chances | None:
        old = first_age("age_health", at["age_health"]) >= 60
        if not (old or at["severe"] or at["depression"] in (1, 2)):
            return None
        if at["alone"]:
            return {3: 0.9, 2: 0.1}
        return {1: 0.96, 2: 0.04}

    dims = [age_class("age_health"), Dim("severe", 0, 2), Dim("depression", -1, 6), Dim("alone", 0, 2)]
    return by_rule("caregiver", dims, rule, missing=missing)


def _chronic(figures: Mapping[str, Any], missing: float) -> Draw:
    def rule(at: dict[str, int]) -> Chances:
        age = first_age("age_health", at["age_health"])
        share = from_age(figures["chronic"], age)
        kinds = figures["illnesses"]["old" if age >= 45 else "young"]
        return {1: 1 - share, **{code: share * weight for code, weight in kinds.items()}}

    return by_rule("chronic_illness", [age_class("age_health")], rule, missing=missing, bits=12)


def _condition_of_health(figures: Mapping[str, Any], missing: float) -> list[Draw]:
    ill = Dim("chronic_illness", -1, 20)

    def health(at: dict[str, int]) -> Chances:
        good = figures["healthy"]["chronic" if at["chronic_illness"] > 1 else "well"]
        return {1: good, 2: 1 - good} if at["chronic_illness"] < 2 else {1: good, 2: 0.3, 3: 0.7 - good}

    def used(at: dict[str, int]) -> Chances:
        share = figures["used_facility"]["chronic" if at["chronic_illness"] > 1 else "well"]
        return {1: share, 2: 1 - share}

    return [
        by_rule("general_health", [ill], health, missing=missing),
        by_rule("used_health_facility", [ill], used, missing=missing),
    ]


def _contraception(figures: Mapping[int, float]) -> Draw:
    def rule(at: dict[str, int]) -> Chances | None:
        age = first_age("age_fertile", at["age_fertile"])
        married = at["sex"] == 2 and 15 <= age < 50 and at["marital_status"] == 2 and at["pregnant"] != 1
        return {**figures, -1: 1 - sum(figures.values())} if married else None

    return by_rule(
        "contraception", [age_class("age_fertile"), SEX, Dim("marital_status", 1, 4), PREGNANT], rule
    )


def _pregnant(figures: Mapping[int, float], missing: float) -> Draw:
    """410: asked of women of 10 to 54 who are or were married."""

    def rule(at: dict[str, int]) -> Chances | None:
        age = first_age("age_fertile", at["age_fertile"])
        if at["sex"] != 2 or not 10 <= age < 55 or at["marital_status"] < 2:
            return None
        share = from_age(figures, age) * (1.0 if at["marital_status"] == 2 else 0.08)
        return {1: share, 2: 1 - share}

    return by_rule(
        "pregnant", [age_class("age_fertile"), SEX, Dim("marital_status", 1, 4)], rule, missing=missing
    )


def _nutrition(figures: Mapping[str, float], missing: float) -> Draw:
    """427: asked of children under five."""
    centres = band_centres(8)

    def rule(at: dict[str, int]) -> Chances | None:
        if at["growth"] == 20:
            return None
        more = math.exp(figures["welfare"] * (float(centres[at["welfare8"]]) - 1.3))
        wasting, stunting = figures["wasting"] * more, figures["stunting"] * more
        if at["growth"] < 2:
            stunting *= 0.4
        return {1: wasting, 2: stunting, 8: figures["unknown"], 3: max(1 - wasting - stunting, 0.1)}

    return by_rule("child_nutrition", [GROWTH, Dim("welfare8", 0, 8)], rule, missing=missing)


def _measures(figures: Mapping[str, Any]) -> list[Draw]:
    """Tenths of a kilogram and of a centimetre, and days since: of children under five and pregnant women."""
    share = figures["measured"]

    def is_measured(at: dict[str, int]) -> Chances:
        return {1: share, 0: 1 - share} if at["growth"] < 20 or at["pregnant"] == 1 else {0: 1.0}

    measured = by_rule("measured", [GROWTH, PREGNANT], is_measured)
    dims = [Dim("measured", 0, 2), GROWTH, SEX, NUTRITION]
    tables = []
    for name, spread in (("weight", 0.10), ("height", 0.037)):
        tables.append(_measure(figures, name, spread, dims))
    days = by_rule(
        "measured_ago", dims[:1], lambda at: dict.fromkeys(range(90), 1.0) if at["measured"] else None
    )
    return [measured, *tables, days]


def _measure(figures: Mapping[str, Any], name: str, spread: float, dims: list[Dim]) -> Draw:
    places = 1 << FINE
    bell = np.array([NormalDist().inv_cdf((place + 0.5) / places) for place in range(places)])
    rows = []
    for growth in range(GROWTH.count):
        for sex in (1, 2):
            for nutrition in range(NUTRITION.low, NUTRITION.low + NUTRITION.count):
                median = _median(figures, name, growth, sex, nutrition)
                rows.append(np.rint(10 * median * np.exp(np.round(spread * bell, 9))).astype(np.int16))
    not_measured = np.full((len(rows), places), -1, dtype=np.int16)
    return Draw(f"{name}_tenths", tuple(dims), np.vstack([not_measured, np.stack(rows)]), FINE)


def _median(figures: Mapping[str, Any], name: str, growth: int, sex: int, nutrition: int) -> float:
    if growth == 20:  # a pregnant woman
        return 57.0 if name == "weight" else 153.0
    value = float(figures[f"{name}_boys"][growth]) + (figures["girls"][name] if sex == 2 else 0.0)
    state = {1: figures["wasted"], 2: figures["stunted"]}.get(nutrition, {"weight": 1.0, "height": 0.0})
    if name == "weight":
        return value * float(figures["indonesia"]["weight"]) * float(state["weight"])
    grown = min(1.0, (growth + 2) / 8)  # a newborn cannot be seven centimetres short
    return value + float(figures["indonesia"]["height"]) * grown + float(state["height"]) * grown
