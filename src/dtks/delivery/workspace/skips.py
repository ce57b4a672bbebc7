"""Which questions the questionnaire asks of a subject, so that what it skips never counts as missing.

Reads the skip rules of the dictionary ('umur >= 5', 'umur 10..54', 'hanya bila 405 = 2'). Only what a rule
says plainly lets a question fall away; with 'atau' in it the question stays optional and is not missing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from dtks.registration.registry import dictionary
from dtks.registration.registry.dictionary import Variable

_AGE_FROM = re.compile(r"umur >= (\d+)")
_AGE_TO = re.compile(r"umur <= (\d+)")
_AGE_BETWEEN = re.compile(r"umur (\d+)\.\.(\d+)")
_ONLY_IF = re.compile(r"hanya bila (\d{3}[a-z]?\d?) = (\d+)")
_YES = 1
_DATED = ("_month", "_year")


def applies(variable: Variable, facts: Mapping[str, Any], *, age: int | None) -> bool:
    """Whether this is asked, given the subject's other answers and age (None: unknown, or a family)."""
    if not variable.questionnaire_no or " atau " in variable.rule:
        return False
    return _of_age(variable.rule, age) and _other_answers_fit(variable, facts)


def _of_age(rule: str, age: int | None) -> bool:
    if age is None:
        return True
    lowest, highest = _ages(rule)
    return lowest <= age <= highest


@cache
def _ages(rule: str) -> tuple[int, int]:
    if between := _AGE_BETWEEN.search(rule):
        return int(between[1]), int(between[2])
    lowest, highest = _AGE_FROM.search(rule), _AGE_TO.search(rule)
    return int(lowest[1]) if lowest else 0, int(highest[1]) if highest else 999


def _other_answers_fit(variable: Variable, facts: Mapping[str, Any]) -> bool:
    if variable.asked_if is not None:
        other, wanted = variable.asked_if
        return facts.get(other) in wanted
    if condition := _ONLY_IF.search(variable.rule):
        other_name = _by_number().get(condition[1])
        return other_name is None or facts.get(other_name) == int(condition[2])
    for ending in _DATED:
        received = f"got_{variable.name.removesuffix(ending)}"
        if variable.name.endswith(ending) and received in facts:
            return facts[received] == _YES
    return True


@cache
def _by_number() -> dict[str, str]:
    return {v.questionnaire_no: v.name for v in dictionary.variables() if v.questionnaire_no}
