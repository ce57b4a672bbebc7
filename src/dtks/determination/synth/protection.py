"""Documents, insurance, programmes, special groups, skills: what is left of a person's questionnaire."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from dtks.determination.synth.ages import SEX, age_class, first_age, from_age
from dtks.determination.synth.business import OWNER
from dtks.determination.synth.draws import Chances, Dim, Draw, by_rule
from dtks.determination.synth.education import LEVELS_OF_STATUS
from dtks.determination.synth.logits import band_centres
from dtks.determination.synth.work import INDUSTRY, KIND_OF_STATUS, SEVERE, STATUS

LIFE = age_class("age_life")
WELFARE8 = Dim("welfare8", 0, 8)
HOMELESS = Dim("homeless", 0, 2)
FAMILY_INSURANCE = Dim("family_insurance", 0, 9)
SKILLS = {1: 1, 2: 1, 3: 1, 4: 3, 5: 2, 6: 1, 8: 5, 11: 4, 12: 8, 13: 7, 14: 6, 15: 9, 24: 10, 22: 10}
"""Skill that an industry teaches."""


def first_draws(people: Mapping[str, Any]) -> list[Draw]:
    """Presence and vital status: they come first, since the rest is asked of those who are there."""
    presence = by_rule("presence", [Dim("headship", 0, 2)],
                       lambda at: {1: 1.0} if at["headship"] else people["presence"], bits=12)  # fmt: skip
    status = by_rule("status", [Dim("presence", 1, 6)], lambda at: {2: 2, 6: 4}.get(at["presence"], 1))
    return [presence, status]


def draws(people: Mapping[str, Any], missing: float) -> list[Draw]:
    """Needs the age classes, work and school answers, `welfare8`, `poor`, `family_insurance`, `hazard`."""
    figures, special = people["protection"], people["special"]
    return [
        _documents(people["documents"], missing),
        by_rule(
            "blood_type", [SEX], lambda at: {13: 0.66, 4: 0.14, 1: 0.08, 2: 0.09, 3: 0.03}, missing=missing
        ),
        by_rule("citizenship", [SEX], lambda at: {1: 0.9995, 2: 0.0005}, bits=12),
        _insurance(figures, missing),
        _programme("in_pip", figures, missing),
        *(_programme(name, figures, missing) for name in ("in_prakerja", "in_kur", "in_umi")),
        _work_insurance(figures["work_insurance"], missing),
        _group(special),
        _condition(special),
        *_potential(people["potential"], missing),
    ]


def _documents(figures: Mapping[str, Any], missing: float) -> Draw:
    def rule(at: dict[str, int]) -> Chances:
        age = first_age("age_life", at["age_life"])
        born = from_age(figures["birth_certificate"], age)
        if age < 17 and at["marital_status"] == 1:
            return _sum_of({1: born, 2: figures["child_card"] * born})
        return _sum_of({1: born, 4: figures["ktp"]})

    return by_rule("id_documents", [LIFE, Dim("marital_status", 1, 4)], rule, missing=missing)


def _sum_of(chances: Mapping[int, float]) -> Chances:
    """Sums of codes that are held independently of each other."""
    out = {0: 1.0}
    for code, chance in chances.items():
        out = {
            total + code * held: weight * (chance if held else 1 - chance)
            for total, weight in out.items()
            for held in (0, 1)
        }
    return out


def _insurance(figures: Mapping[str, Any], missing: float) -> Draw:
    same = figures["same_as_family"]

    def rule(at: dict[str, int]) -> Chances:
        other = {0: 0.6, 1: 0.25, 2: 0.08, 4: 0.07}
        out = {code: (1 - same) * weight for code, weight in other.items()}
        out[at["family_insurance"]] = out.get(at["family_insurance"], 0.0) + same
        return out

    return by_rule("health_insurance", [FAMILY_INSURANCE], rule, missing=missing)


def _programme(name: str, figures: Mapping[str, Any], missing: float) -> Draw:
    centres = band_centres(8)
    key = name.removeprefix("in_")

    def rule(at: dict[str, int]) -> Chances | None:
        age = first_age("age_life", at["age_life"])
        if age < 5 or (key == "pip" and age >= 31):
            return None
        if key == "pip":
            odds = math.exp(figures["pip"]["at"] + figures["pip"]["welfare"] * float(centres[at["welfare8"]]))
            yes = odds / (1 + odds) if at["school_level"] == 5 and age < 18 else 0.004
        elif key == "prakerja":
            yes = (
                0.0 if age < 18 or at["school_level"] == 5 else figures[key]["young" if age < 31 else "other"]
            )
        else:
            yes = figures[key]["owner" if at["owns_business"] == 1 else "other"] if age >= 18 else 0.0
        return {1: yes, 2: 1 - yes - 0.004, 8: 0.004}

    dims = {"pip": [LIFE, LEVELS_OF_STATUS, WELFARE8], "prakerja": [LIFE, LEVELS_OF_STATUS]}.get(
        key, [LIFE, OWNER]
    )
    return by_rule(name, dims, rule, missing=missing)


def _work_insurance(figures: Mapping[str, Any], missing: float) -> Draw:
    def rule(at: dict[str, int]) -> Chances | None:
        if first_age("age_life", at["age_life"]) < 15:
            return None
        return dict(figures.get(KIND_OF_STATUS.get(at["employment_status"], "other"), figures["other"]))

    return by_rule("work_insurance", [LIFE, STATUS], rule, missing=missing)


def _group(figures: Mapping[str, Any]) -> Draw:
    """PPKS group; most people belong to none (null)."""

    def rule(at: dict[str, int]) -> Chances | None:
        age = first_age("age_life", at["age_life"])
        if at["homeless"]:
            return {11: 0.8, 12: 0.1, 13: 0.1}
        child = age < 18
        groups = {} if child else dict(figures["other_groups"])
        if at["severe"]:
            groups[5 if child else 9] = figures["disabled_listed"]
        if at["poor"] and age >= 60:
            groups[8] = figures["neglected_elderly"]
        if at["poor"] and child:
            groups[1 if age < 5 else 2] = figures["neglected_child"]
        if at["poor"] and at["headship"] and at["sex"] == 2:
            groups[23] = figures["vulnerable_woman"]
        return {**groups, -1: 1 - sum(groups.values())}  # −1 is null

    dims = [LIFE, SEVERE, Dim("poor", 0, 2), Dim("headship", 0, 2), SEX, HOMELESS]
    return by_rule("ppks_group", dims, rule, bits=12)


def _condition(figures: Mapping[str, Any]) -> Draw:
    def rule(at: dict[str, int]) -> Chances:
        out = dict(figures["conditions"])
        out[1] *= figures["hazard"] ** (at["disaster_risk"] - 2)
        if first_age("age_life", at["age_life"]) < 18:
            out = {code: out[code] for code in (1, 2, 4)}
        return {**out, -1: 1 - sum(out.values())}

    return by_rule("special_condition", [LIFE, Dim("disaster_risk", 1, 3)], rule, bits=12)


def _potential(figures: Mapping[str, Any], missing: float) -> list[Draw]:
    def skill(at: dict[str, int]) -> Chances:
        if first_age("age_life", at["age_life"]) < 15:
            return {0: 1.0}
        idle = {0: 0.62, 6: 0.12, 5: 0.05, 1: 0.08, 8: 0.05, 7: 0.03, 9: 0.03, 11: 0.02}
        learnt = SKILLS.get(at["industry"])
        return (
            {learnt: 0.7, **{code: 0.3 * share for code, share in idle.items() if code != learnt}}
            if learnt
            else idle
        )

    def business(at: dict[str, int]) -> Chances:
        if first_age("age_life", at["age_life"]) < 15:
            return {0: 1.0}
        return {2: 0.3, 3: 0.42, 4: 0.08, 0: 0.2} if at["owns_business"] == 1 else {0: 0.85, 1: 0.15}

    def member(at: dict[str, int]) -> Chances:
        share = figures["organisation"][
            "adult" if first_age("age_life", at["age_life"]) >= 15 else "under_15"
        ]
        return {1: share, 2: 1 - share}

    def role(at: dict[str, int]) -> Chances | None:
        if first_age("age_life", at["age_life"]) < 18:
            return None
        return {**figures["roles"], -1: 1 - sum(figures["roles"].values())}

    return [
        by_rule("psks_role", [LIFE], role, bits=12),
        by_rule("skill", [LIFE, INDUSTRY], skill, missing=missing),
        by_rule("business_potential", [LIFE, OWNER], business, missing=missing),
        by_rule("organisation_member", [LIFE], member, missing=missing),
    ]
