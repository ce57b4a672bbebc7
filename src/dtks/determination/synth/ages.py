"""Ages as classes that draws depend on, and figures given 'from this age on'."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dtks.determination.synth.draws import Dim, Draw, lookup

AGE = Dim("age", 0, 111)
SEX = Dim("sex", 1, 2)
CLASSES: dict[str, Sequence[int]] = {
    # name: the first ages of its classes; the class of an age is how many of them it has reached, less one
    "age_school": [0, *range(5, 26), 35, 45, 55, 65],
    "age_work": [0, 5, 10, 15, 20, 25, 35, 45, 55, 60, 65, 75],
    "age_health": [0, 2, 5, 15, 30, 40, 45, 50, 60, 70, 75, 80],
    "age_life": [0, 5, 10, 15, 17, 18, 30, 31, 45, 60, 65],
    "age_fertile": [0, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55],
}


def age_class(name: str) -> Dim:
    return Dim(name, 0, len(CLASSES[name]))


def class_draws() -> list[Draw]:
    """The class columns, from the age."""
    return [
        lookup(name, AGE, {age: sum(age >= first for first in firsts) - 1 for age in range(AGE.count)})
        for name, firsts in CLASSES.items()
    ]


def first_age(name: str, number: int) -> int:
    """The youngest age of a class."""
    return CLASSES[name][number]


def from_age(table: Mapping[int, Any], age: int) -> Any:
    """The entry of the greatest key that does not exceed `age`, None below the first."""
    reached = [first for first in table if first <= age]
    return table[max(reached)] if reached else None
