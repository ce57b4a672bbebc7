"""What the demonstration model reads from the registry: an answer of the form, and the category it becomes.

Each case is a title, what differs from an ordinary family (a man of 35, married, who is a private employee,
on 48 m² with his wife; see `tests/fixtures/small_snapshots.py`) and the answers of the model that follow.
A number is an amount, a word the category, None an unknown answer.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw
import pytest
from tests.fixtures import small_snapshots as small

from dtks.determination.targeting import model_file, score
from dtks.determination.targeting.domain import Category
from dtks.determination.targeting.registry_answers import RegistryAnswers
from dtks.determination.targeting.rules import members

HEAD = {
    "relation": 1, "age": 35, "sex": 1, "marital_status": 2, "worked_last_week": 1, "industry": 12,
    "employment_status": 4, "diploma": 13,
}  # fmt: skip
WIFE = {"relation": 2, "age": 33, "sex": 2, "marital_status": 2}
CHILD = {"relation": 3, "age": 8, "school_participation": 2, "education_level": 3, "diploma": 23}

CASES: dict[str, tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any]]] = {
    "An ordinary family": (
        {}, [HEAD, WIFE],
        {"floor_per_head": 240, "size": 2, "head_age": 35, "head": "man, married", "dependency": 0,
         "head_sector": "trade and services", "head_education": "senior secondary or more",
         "head_employment": "employee, or employer with permanent workers", "television": "no"},
    ),
    "Floor of earth, walls of bamboo, firewood": (
        {"floor_material": 8, "wall_material": 4, "cooking_fuel": 10}, [HEAD, WIFE],
        {"floor": "no", "wall": "no", "cooking": "no", "gas": "no"},
    ),
    "Gas of 3 kg": ({"cooking_fuel": 4}, [HEAD, WIFE], {"cooking": "yes", "gas": "yes"}),
    "A widow alone": (
        {"size": 1}, [{**HEAD, "sex": 2, "marital_status": 4}],
        {"head": "woman, not married", "floor_per_head": 480},
    ),
    "A head who does not work is asked nothing about work": (
        {}, [{**HEAD, "worked_last_week": 2, "industry": None, "employment_status": None}, WIFE],
        {"head_sector": "does not work", "head_employment": "own account, casual, not working"},
    ),
    "A head who works, nobody knows as what": (
        {}, [{**HEAD, "industry": None, "employment_status": None}, WIFE],
        {"head_sector": None, "head_employment": None},
    ),
    "Children count by age and school": (
        {"size": 4}, [HEAD, WIFE, CHILD, {**CHILD, "age": 3, "school_participation": 1}],
        {"children_0_4": 1, "pupils_primary": 1, "dependency": 100, "floor_per_head": 120},
    ),
    "A member who moved away does not count": (
        {}, [HEAD, WIFE, {**CHILD, "presence": 3}],
        {"dependency": 0, "pupils_primary": 0},
    ),
    "Old people alone: dependants as if one worked": (
        {}, [{**HEAD, "age": 70}, {**WIFE, "age": 68}], {"dependency": 200},
    ),
    "The best schooled member counts, not the head": (
        {}, [{**HEAD, "diploma": 23}, {**WIFE, "diploma": 19}],
        {"head_education": "primary school not finished", "highest_education": "senior secondary or more"},
    ),
    "An age that nobody knows": (
        {}, [HEAD, {**WIFE, "age": None}], {"dependency": None, "children_0_4": None, "head_age": 35},
    ),
    "Two heads are none": ({}, [HEAD, HEAD], {"head_age": None, "head": None}),
    "Unanswered questions about the house and goods": (
        {"floor_area": None, "wall_material": None, "has_car": None, "cattle": None, "buffaloes": 2},
        [HEAD, WIFE],
        {"floor_per_head": None, "wall": None, "car": None, "cattle": "yes"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("title", CASES)
def test_answers(title: str) -> None:
    given, people_given, expected = CASES[title]
    row = answered({"size": 2, **given}, people_given)
    found = {name: shown(name, row) for name in expected}
    assert found == expected


@pytest.mark.parametrize(
    ("given", "scored"),
    [
        ({}, True),
        ({"floor_area": None}, False),
        ({"wall_material": None}, False),
        ({"has_car": None, "has_gold": None, "toilet": None, "cooking_fuel": None}, True),
    ],
)
def test_without_a_required_answer_there_is_no_score(given: dict[str, Any], scored: bool) -> None:
    assert (answered({"size": 2, **given}, [HEAD, WIFE])["score"] is not None) is scored


def test_silence_makes_nobody_look_poorer() -> None:
    """Whatever question is left open, the score is at least that of every answer that could be given."""
    goods = ("has_car", "has_refrigerator", "has_bicycle", "has_gold", "has_computer")
    for column in goods:
        open_ = answered({"size": 2, column: None}, [HEAD, WIFE])["score"]
        told = [answered({"size": 2, column: answer}, [HEAD, WIFE])["score"] for answer in (1, 2)]
        assert open_ == max(told), column


def test_the_area_counts_where_the_survey_was_and_nowhere_else() -> None:
    model = model_file.load()
    effects = {effect.code: effect.coefficient for effect in model.areas[0].effects}
    elsewhere = answered({"size": 2, "village": 6401012001}, [HEAD, WIFE])["score"]
    for code in (3303, 7371):
        there = answered({"size": 2, "village": code * 1_000_000 + 12001}, [HEAD, WIFE])["score"]
        assert there - elsewhere == effects[code] != 0


def answered(family: dict[str, Any], people_given: list[dict[str, Any]]) -> dict[str, Any]:
    model = model_file.load()
    answers = RegistryAnswers.of(model)
    families = small.families_from([{"family": 1, **family}])
    people = small.people_from(
        [{"person": n, "family": 1, **one} for n, one in enumerate(people_given)], families
    )
    summary = members.total(nw.from_native(people), answers.sums)
    table = answers.attach(members.attach(nw.from_native(families), summary))
    return table.with_columns(score.expression(model)).to_native().row(0, named=True)


def shown(name: str, row: dict[str, Any]) -> Any:
    variable = next(one for one in model_file.load().variables if one.id == name)
    answer = row[score.answer_column(variable)]
    if isinstance(variable, Category) and answer is not None:
        return variable.labels()[answer].en
    return answer
