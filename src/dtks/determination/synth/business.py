"""The business of those who run one (420–426); what is asked only of owners is null for all others."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from dtks.determination.synth.ages import age_class, first_age
from dtks.determination.synth.draws import Chances, Dim, Draw, by_rule
from dtks.determination.synth.logits import band_centres
from dtks.determination.synth.work import INDUSTRY, STATUS

OWNER = Dim("owns_business", -1, 4)
EMPLOYER, WITH_UNPAID_HELP = 3, 2
RUNNERS = (1, 2, 3)
TRADE = 12
USUAL_TRADES = {12: 0.6, 14: 0.25, 8: 0.15}
Rule = Callable[[dict[str, int]], Chances | None]


def draws(figures: Mapping[str, Any], missing: float) -> list[Draw]:
    """Needs `employment_status`, `industry`, `age_work`, `welfare8`."""
    return [
        _ownership(figures, missing),
        by_rule("businesses", [OWNER], _of_owner(lambda at: figures["count"]), missing=missing),
        _industry(figures, missing),
        *_workers(figures, missing),
        by_rule("business_licence", [OWNER], _of_owner(lambda at: figures["licence"]), missing=missing),
        _turnover(figures, missing),
        by_rule("business_internet", [OWNER], _of_owner(lambda at: figures["internet"]), missing=missing),
    ]


def _of_owner(rule: Rule) -> Rule:
    """The rule for owners, not asked of others."""
    return lambda at: rule(at) if at["owns_business"] == 1 else None


def _ownership(figures: Mapping[str, Any], missing: float) -> Draw:
    def rule(at: dict[str, int]) -> Chances | None:
        if first_age("age_work", at["age_work"]) < 5:
            return None
        share = figures["of_runners" if at["employment_status"] in RUNNERS else "of_others"]
        return {1: share, 2: 1 - share}

    return by_rule("owns_business", [STATUS, age_class("age_work")], rule, missing=missing)


def _industry(figures: Mapping[str, Any], missing: float) -> Draw:
    def rule(at: dict[str, int]) -> Chances:
        same = figures["same_industry"]
        if at["industry"] < 1:
            return USUAL_TRADES
        return {at["industry"]: same, TRADE: 1 - same} if at["industry"] != TRADE else {TRADE: 1.0}

    return by_rule("business_industry", [OWNER, INDUSTRY], _of_owner(rule), missing=missing)


def _workers(figures: Mapping[str, Any], missing: float) -> list[Draw]:
    def paid(at: dict[str, int]) -> Chances:
        return dict(figures["paid_workers"]) if at["employment_status"] == EMPLOYER else {0: 1.0}

    def unpaid(at: dict[str, int]) -> Chances:
        helped = at["employment_status"] == WITH_UNPAID_HELP
        return dict(figures["unpaid_workers"]) if helped else {0: 0.85, 1: 0.15}

    return [
        by_rule("paid_workers", [OWNER, STATUS], _of_owner(paid), missing=missing),
        by_rule("unpaid_workers", [OWNER, STATUS], _of_owner(unpaid), missing=missing),
    ]


def _turnover(figures: Mapping[str, Any], missing: float) -> Draw:
    centres = band_centres(8)

    def rule(at: dict[str, int]) -> Chances:
        rich = float(centres[at["welfare8"]]) + (1.5 if at["employment_status"] == EMPLOYER else 0.0)
        return {code: math.exp(base + slope * rich) for code, (base, slope) in figures["turnover"].items()}

    dims = [OWNER, STATUS, Dim("welfare8", 0, 8)]
    return by_rule("business_turnover", dims, _of_owner(rule), missing=missing)
