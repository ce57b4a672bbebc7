"""Entitlement, overlap and households on random families, against a plain-Python reckoning."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from itertools import product

import duckdb
import narwhals as nw
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from dtks.determination.programmes import households, loader, overlap, pipeline
from dtks.determination.programmes.domain import Programme, Status, instalments
from dtks.determination.targeting import schema

TODAY = date(2026, 12, 1)
TYPES = {**schema.FAMILY_COLUMNS, **schema.PERSON_COLUMNS, "desil": pl.Int8}
HEALTHY = dict.fromkeys(
    ["seeing", "hearing", "walking", "hands", "learning", "emotion", "speaking", "selfcare", "memory"], 4
)


@cache
def pkh() -> Programme:
    return loader.load_one("pkh", on=TODAY)


def person(kind: str) -> dict:
    answers = {f"difficulty_{name}": value for name, value in HEALTHY.items()}
    answers |= {"sex": 2, "age": 35, "marital_status": 2, "pregnant": 2, "occupation": 9, "nik_token": 5,
                "school_participation": 3}  # fmt: skip
    changes: dict[str, dict] = {
        "adult": {},
        "pregnant": {"pregnant": 1},
        "pregnant_unknown": {"pregnant": None},
        "infant": {"age": 2, "school_participation": None, "pregnant": None},
        "sd": {
            "age": 9,
            "school_participation": 2,
            "education_level": 3,
            "pregnant": None,
            "marital_status": 1,
        },
        "sma": {"age": 17, "school_participation": 2, "education_level": 13, "marital_status": 1},
        "elderly": {"age": 75},
        "disabled": {"difficulty_seeing": 1},
        "disabled_elderly": {"age": 66, "difficulty_memory": 1},
        "age_unknown": {"age": None, "sex": 1, "pregnant": None},
        "dead": {"age": 80, "status": 2},
    }
    return answers | changes[kind]


FITS = {
    "pregnant": ["hamil"], "infant": ["anak_usia_dini"], "sd": ["sd"], "sma": ["sma"],
    "elderly": ["lansia"], "disabled": ["disabilitas"], "disabled_elderly": ["lansia", "disabilitas"],
}  # fmt: skip
AMOUNTS = {"hamil": 3_000_000, "anak_usia_dini": 3_000_000, "lansia": 2_400_000, "disabilitas": 2_400_000,
           "sma": 2_000_000, "smp": 1_500_000, "sd": 900_000}  # fmt: skip
LIMITS = {"hamil": 2, "anak_usia_dini": 2}


def reckoned(kinds: list[str]) -> int:
    """The best four members, each once, two pregnancies and two infants at most."""
    found = [max(FITS[kind], key=lambda name: AMOUNTS[name]) for kind in kinds if kind in FITS]
    allowed: list[str] = []
    for name in found:
        if allowed.count(name) < LIMITS.get(name, 99):
            allowed.append(name)
    return sum(sorted((AMOUNTS[name] for name in allowed), reverse=True)[:4])


kinds = st.lists(
    st.sampled_from([*FITS, "adult", "pregnant_unknown", "age_unknown", "dead"]), min_size=1, max_size=9
)


@settings(max_examples=12, deadline=None)
@given(families=st.lists(kinds, min_size=1, max_size=40), engine=st.sampled_from(["polars", "duckdb"]))
def test_pkh_pays_the_best_four_members(families: list[list[str]], engine: str) -> None:
    rows = judged(pkh(), [({"desil": 1}, [person("adult"), *map(person, one)]) for one in families], engine)
    for one, row in zip(families, rows, strict=True):
        status = row["pkh__status"]
        if set(one) & set(FITS):
            assert status == Status.ELIGIBLE
            assert row["pkh__amount"] == reckoned(one)
            assert row["pkh__people"] <= 4
            # nobody is told that more may come unless an answer is missing
            assert bool(row["pkh__open"]) == bool({"pregnant_unknown", "age_unknown"} & set(one))
        else:
            unknown = {"pregnant_unknown", "age_unknown"} & set(one)
            assert status == (Status.VERIFICATION if unknown else Status.NOT_ELIGIBLE)
            assert row["pkh__amount"] == row["pkh__people"] == row["pkh__open"] == 0


def judged(programme: Programme, families: list[tuple[dict, list[dict]]], engine: str) -> list[dict]:
    family_columns, person_columns = pipeline.columns([programme])
    tables = [
        table([{"family_id": at, "household_id": at, **family} for at, (family, _) in enumerate(families)],
              ["household_id", *family_columns]),
        table([{"family_id": at, **member} for at, (_, people) in enumerate(families) for member in people],
              person_columns),
    ]  # fmt: skip
    if engine == "polars":
        result = pipeline.judge(*(nw.from_native(one.lazy()) for one in tables), [programme]).collect()
    else:
        with duckdb.connect() as con:
            relations = [nw.from_native(con.from_arrow(one.to_arrow())) for one in tables]
            result = pipeline.judge(*relations, [programme]).collect("polars")
    return result.sort("family_id").rows(named=True)


def table(rows: list[dict], columns: list[str]) -> pl.DataFrame:
    chosen = [{name: row.get(name) for name in ("family_id", *columns)} for row in rows]
    return pl.DataFrame(chosen, schema={"family_id": pl.Int64, **{name: TYPES[name] for name in columns}})


# --- overlap --------------------------------------------------------------------------------------


def three(*, excludes: dict[str, set[str]]) -> list[Programme]:
    return [
        replace(pkh(), id=id_, priority=at, excludes=frozenset(excludes.get(id_, set())))
        for at, id_ in enumerate(["a", "b", "c"])
    ]


def test_overlap_of_every_combination_of_statuses() -> None:
    programmes = three(excludes={"c": {"a", "b"}})
    every = list(product([0, 1, 2, 4], repeat=3))
    frame = pl.DataFrame(
        every, schema={"a__status": pl.Int8, "b__status": pl.Int8, "c__status": pl.Int8}, orient="row"
    )
    settled = overlap.resolve(nw.from_native(frame), programmes).to_native()
    for (a, b, c), row in zip(every, settled.rows(), strict=True):
        expected = c
        if c == Status.ELIGIBLE and Status.ELIGIBLE in (a, b):
            expected = Status.OVERLAP
        elif c == Status.ELIGIBLE and Status.VERIFICATION in (a, b):
            expected = Status.VERIFICATION
        assert row == (a, b, expected)


def test_who_is_excluded_excludes_nobody() -> None:
    programmes = three(excludes={"a": {"b"}, "b": {"c"}})
    frame = pl.DataFrame({"a__status": [1, 0], "b__status": [1, 1], "c__status": [1, 1]})
    frame = frame.cast(pl.Int8)
    settled = overlap.resolve(nw.from_native(frame), programmes).to_native()
    assert settled.rows() == [(1, 3, 1), (0, 1, 3)]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from([0, 1, 2])), min_size=1, max_size=12),
       st.sampled_from(["polars", "duckdb"]))  # fmt: skip
def test_one_grant_in_a_household(rows: list[tuple[int, int]], engine: str) -> None:
    house = replace(pkh(), id="h", unit="household")
    data = [(at, household, status) for at, (household, status) in enumerate(rows)]
    schema_ = {"family_id": pl.Int64, "household_id": pl.Int64, "h__status": pl.Int8}
    frame = pl.DataFrame(data, schema=schema_, orient="row")
    if engine == "polars":
        result = households.once(nw.from_native(frame.lazy()), [house]).collect()
    else:
        with duckdb.connect() as con:
            result = households.once(nw.from_native(con.from_arrow(frame.to_arrow())), [house])
            result = result.collect("polars")
    seen: set[int] = set()
    expected = []
    for _, household, status in data:
        later = status == Status.ELIGIBLE and household in seen
        expected.append(int(Status.SHARED_HOUSEHOLD) if later else status)
        if status == Status.ELIGIBLE:
            seen.add(household)
    assert result.sort("family_id")["h__status"].to_list() == expected


@given(st.integers(0, 10**9), st.integers(1, 12))
def test_instalments_lose_no_rupiah(amount: int, times: int) -> None:
    parts = instalments(amount, times)
    assert sum(parts) == amount
    assert len(parts) == times
    assert max(parts) - min(parts) <= 1
