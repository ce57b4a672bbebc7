"""Every worked example of every programme, on Polars and on DuckDB."""

from __future__ import annotations

from datetime import date
from functools import cache

import duckdb
import narwhals as nw
import polars as pl
import pytest

from dtks.determination.programmes import loader, pipeline
from dtks.determination.programmes.domain import Example, Outcome, Programme
from dtks.determination.targeting import schema

CASES = [(id_, day) for id_ in loader.ids() for day in loader.example_days(id_)]
TYPES = {**schema.FAMILY_COLUMNS, **schema.PERSON_COLUMNS, "desil": pl.Int8}


@cache
def programme_on(id_: str, day: date) -> Programme:
    return loader.load_one(id_, on=day)


def examples() -> list[tuple[str, Example]]:
    return [(id_, example) for id_, day in CASES for example in programme_on(id_, day).examples]


@cache
def judged(engine: str, id_: str, day: date) -> dict[str, dict]:
    """All examples of a programme and day in one table, judged at once; rows by the example's place."""
    programme = programme_on(id_, day)
    family_columns, person_columns = pipeline.columns([programme])
    families, people = [], []
    for at, example in enumerate(programme.examples):
        keys = {"family_id": at, "household_id": at}
        families.append({**keys, **{name: example.family.get(name) for name in family_columns}})
        people += [
            {"family_id": at, **{name: member.get(name) for name in person_columns}}
            for member in example.members
        ]
    tables = [table(families, ["household_id", *family_columns]), table(people, person_columns)]
    if engine == "duckdb":
        with duckdb.connect() as con:
            relations = [nw.from_native(con.from_arrow(frame.to_arrow())) for frame in tables]
            result = pipeline.judge(*relations, [programme]).collect("polars")
    else:
        lazy = [nw.from_native(frame.lazy()) for frame in tables]
        result = pipeline.judge(*lazy, [programme]).collect()
    rows = {row["family_id"]: row for row in result.rows(named=True)}
    return {example.where: rows[at] for at, example in enumerate(programme.examples)}


def table(rows: list[dict], columns: list[str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"family_id": pl.Int64, **{name: TYPES[name] for name in columns}})


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@pytest.mark.parametrize(
    ("id_", "example"), [pytest.param(id_, e, id=f"{id_}: {e.name} ({e.where})") for id_, e in examples()]
)
def test_a_worked_example(engine: str, id_: str, example: Example) -> None:
    programme = programme_on(id_, example.on)
    row = judged(engine, id_, example.on)[example.where]
    outcomes = {criterion.id: row[programme.column(criterion.id)] for criterion in programme.criteria}
    assert {name for name, outcome in outcomes.items() if outcome == Outcome.NO} == example.fails
    assert {name for name, outcome in outcomes.items() if outcome == Outcome.UNKNOWN} == example.unknown
    assert row[programme.column("status")] == example.expect
    if example.amount is not None:
        assert row[programme.column("amount")] == example.amount
    for component, count in (example.components or {}).items():
        assert row[programme.column(component)] == count, component


@pytest.mark.parametrize("id_", loader.ids())
def test_a_programme_has_examples_of_every_kind(id_: str) -> None:
    expected = [example.expect.name for name, example in examples() if name == id_]
    assert len(expected) >= 6
    assert {"ELIGIBLE", "NOT_ELIGIBLE", "VERIFICATION"} <= set(expected)


@pytest.mark.parametrize("id_", loader.ids())
def test_every_criterion_fails_in_an_example(id_: str) -> None:
    told = [example for name, example in examples() if name == id_]
    ids = {criterion.id for day in loader.example_days(id_) for criterion in programme_on(id_, day).criteria}
    shown = {name for example in told for name in example.fails | example.unknown}
    assert shown == ids
