"""Random families with unanswered questions: Polars, DuckDB and plain Python reckon the same score.

The oracle of the aggregates is written from their documentation, not from the rules: a member counts who
lives with the family, an answer that is needed and missing makes the aggregate unknown. The oracle of the
score adds up the numbers of the model file.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fixtures import small_snapshots as small

from dtks.determination.targeting import aggregates, model_file, score
from dtks.determination.targeting.domain import Amount, WelfareModel
from dtks.determination.targeting.registry_answers import RegistryAnswers
from dtks.determination.targeting.rules import members
from dtks.foundation.engines.tables import open_engine

AGGREGATES = tuple(aggregates.infos())
Row = dict[str, Any]


def maybe(values: Sequence[int]) -> st.SearchStrategy[int | None]:
    return st.sampled_from([*values, *values, None])


person = st.fixed_dictionaries({
    "age": maybe([0, 3, 4, 5, 6, 10, 14, 15, 17, 40, 59, 60, 64, 65, 80]),
    "relation": st.sampled_from([1, 1, 2, 3, 8, None]), "presence": maybe([1, 2, 5]), "status": maybe([1, 2]),
    "sex": maybe([1, 2]), "marital_status": maybe([1, 2, 4]), "diploma": maybe([3, 8, 13, 23]),
    "school_participation": maybe([1, 2, 3]), "education_level": maybe([3, 8, 13]),
    "worked_last_week": maybe([1, 2]), "industry": maybe([1, 8, 12]),
    "employment_status": maybe([1, 4, 5, 6]),
    "difficulty_seeing": maybe([1, 2, 4]), "difficulty_memory": maybe([2, 4]), "pregnant": maybe([1, 2]),
})  # fmt: skip
family = st.fixed_dictionaries({
    "village": st.sampled_from([3201012001, 3303012001, 3374012001]), "size": st.integers(1, 9),
    "floor_area": maybe([9, 36, 120, 700]), "floor_material": maybe([2, 7, 8]),
    "wall_material": maybe([1, 4]), "toilet": maybe([1, 6]), "cooking_fuel": maybe([4, 10]),
    "has_car": maybe([1, 2]), "cattle": maybe([0, 2]), "buffaloes": maybe([0, 1]),
    "poultry": maybe([0, 9]), "has_refrigerator": maybe([1, 2]),
})  # fmt: skip
household = st.tuples(family, st.lists(person, max_size=5))


def tables(households: Sequence[tuple[Row, list[Row]]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    families = small.families_from(
        {**one, "family": place} for place, (one, _) in enumerate(households, start=1)
    )
    people = [
        {**one, "family": place, "person": place * 100 + number}
        for place, (_, own) in enumerate(households, start=1)
        for number, one in enumerate(own)
    ]
    if not people:
        return families, small.heads_of(families).clear()
    return families, small.people_from(people, families)


def reckoned(families: pl.DataFrame, people: pl.DataFrame, model: WelfareModel, engine: str) -> list[Row]:
    """Aggregates, answers, effects and score of every family by one engine."""
    answers = RegistryAnswers.of(model)
    with closing(open_engine(engine)) as opened:
        summary = members.total(opened.table(people), {**answers.sums, **aggregates.sums(AGGREGATES)})
        joined = members.attach(opened.table(families), summary)
        attached = answers.attach(joined).with_columns(**aggregates.columns(AGGREGATES))
        wanted = [score.answer_column(one) for one in model.variables]
        wanted += [score.effect_column(one) for one in model.areas]
        found = attached.with_columns(score.expression(model)).select(
            "family_id", "score", *wanted, *AGGREGATES
        )
        return opened.collect(found).sort("family_id").rows(named=True)


@settings(max_examples=10, deadline=None)
@given(st.lists(household, min_size=1, max_size=16))
def test_engines_and_oracle_agree(households: list[tuple[Row, list[Row]]]) -> None:
    model = model_file.load()
    families, people = tables(households)
    by_polars, by_duckdb = (reckoned(families, people, model, engine) for engine in ("polars", "duckdb"))
    assert by_polars == by_duckdb
    for (_, own), row in zip(households, by_polars, strict=True):
        assert {name: row[name] for name in AGGREGATES} == of_members(own)
        assert row["score"] == added_up(model, row)


# --- the oracle -----------------------------------------------------------------------------------


def added_up(model: WelfareModel, row: Row) -> int | None:
    total = model.intercept + sum(row[score.effect_column(area)] for area in model.areas)
    for variable in model.variables:
        answer = row[score.answer_column(variable)]
        if answer is None and variable.unknown.policy == "require":
            return None
        if answer is None:
            total += variable.unknown.coefficient
        elif isinstance(variable, Amount):
            total += variable.effect(answer)
        else:
            total += variable.coefficients[answer]
    return total


def of_members(people: list[Row]) -> Row:
    counted = [one for one in people if one["presence"] in (1, 5, None) and one["status"] in (1, None)]
    heads = [one for one in counted if one["relation"] == 1]  # a member of unknown relation is not the head
    found: Row = {name: count(counted, test) for name, test in COUNTS.items()}
    found |= {name: of_head(heads, column) for name, column in HEADS.items()}
    if not people:
        return dict.fromkeys(AGGREGATES)
    working = found["working_age"]
    found["dependency_percent"] = (
        None if working is None else (found["members"] - working) * 100 // max(working, 1)
    )
    return found


def count(counted: list[Row], test: Any) -> int | None:
    answers = [test(one) for one in counted]
    return None if None in answers else sum(answers)


def of_head(heads: list[Row], column: str) -> int | None:
    return heads[0][column] if len(heads) == 1 else None


def between(low: int, high: int) -> Any:
    return lambda one: None if one["age"] is None else low <= one["age"] <= high


def at_school(one: Row) -> bool | None:
    if one["school_participation"] is not None:
        return one["school_participation"] == 2
    return False if one["age"] is not None and one["age"] < 5 else None


def pupil(level: int) -> Any:
    def test(one: Row) -> bool | None:
        here = at_school(one)
        there = None if one["education_level"] is None else one["education_level"] == level
        if here is False or there is False:
            return False
        return None if here is None or there is None else True

    return test


def works(one: Row) -> bool | None:
    if one["worked_last_week"] is not None:
        return one["worked_last_week"] == 1
    return False if one["age"] is not None and one["age"] < 5 else None


def public_servant(one: Row) -> bool | None:
    if one["employment_status"] is not None:
        return one["employment_status"] == 5
    if one["age"] is not None and one["age"] < 15:
        return False
    if one["worked_last_week"] == 2:
        return False
    return None  # asked, or nobody knows whether


def difficulty(worst: int) -> Any:
    def one_question(answer: int | None, age: int | None, from_age: int) -> bool | None:
        if answer is not None:
            return answer <= worst
        return False if age is not None and age < from_age else None

    def test(one: Row) -> bool | None:
        parts = [one_question(one["difficulty_seeing"], one["age"], 2)]
        parts.append(one_question(one["difficulty_memory"], one["age"], 5))
        if True in parts:
            return True
        return None if None in parts else False

    return test


def expecting(one: Row) -> bool | None:
    asked = None if one["age"] is None else 10 <= one["age"] <= 54
    married = None if one["marital_status"] is None else one["marital_status"] != 1
    condition = False if False in (asked, married) else None if None in (asked, married) else True
    answer = one["pregnant"] == 1 if one["pregnant"] is not None else False if condition is False else None
    woman = None if one["sex"] is None else one["sex"] == 2
    if woman is False or answer is False:
        return False
    return None if woman is None or answer is None else True


COUNTS = {
    "members": lambda one: True,
    "children_0_4": between(0, 4), "children_0_6": between(0, 6), "children_0_14": between(0, 14),
    "children_school_age": between(7, 18), "working_age": between(15, 64), "elderly_60": between(60, 999),
    "elderly_65": between(65, 999), "pupils_primary": pupil(3), "pupils_junior": pupil(8),
    "pupils_senior": pupil(13), "workers": works, "pns_members": public_servant,
    "disabled_members": difficulty(2), "severely_disabled": difficulty(1), "pregnant_members": expecting,
}  # fmt: skip
HEADS = {
    "head_age": "age", "head_sex": "sex", "head_marital_status": "marital_status", "head_diploma": "diploma",
    "head_worked": "worked_last_week", "head_industry": "industry", "head_employment": "employment_status",
}  # fmt: skip
