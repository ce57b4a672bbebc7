"""Random families: unknown never selects, the poorest is decile 1, exclusive programmes never both pay."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fixtures import small_rules
from tests.fixtures import small_snapshots as small

from dtks.determination.programmes import loader
from dtks.determination.programmes.domain import Outcome, Status, conflicts
from dtks.determination.runs import output, run
from dtks.determination.runs.domain import unpack
from dtks.determination.targeting.rules import variables
from dtks.determination.targeting.schema import FAMILY_COLUMNS, PERSON_COLUMNS
from dtks.foundation.kernel.period import Period

PERIOD = Period(2026, 12)
FIXED = {
    *("family_id", "household_id", "person_id", "province", "regency", "district", "village", "size"),
    *("kk_token", "kk_code", "nik_token", "relation", "age", "birth_date", "presence", "status"),
}
SEEDS = st.integers(0, 2**32 - 1)
FAMILIES = 60
UNANSWERED = 0.08


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_rules.root(tmp_path_factory.mktemp("rules"))


def _tables(seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Families whose every answer is drawn from all that it may be, one in twelve left open."""
    chance = random.Random(seed)
    families, people = [], []
    for number in range(1, FAMILIES + 1):
        size = chance.randint(1, 5)
        families.append({"family": number, "size": size, **_answers("family", FAMILY_COLUMNS, chance)})
        for place in range(size):
            age = None if chance.random() < UNANSWERED else chance.randint(0, 99)
            keys = {"person": number * 10 + place, "family": number, "relation": 1 if place == 0 else 3}
            people.append({**keys, "age": age, **_answers("person", PERSON_COLUMNS, chance)})
    table = small.families_from(families)
    return table, small.people_from(people, table)


def _answers(level: str, columns: dict[str, Any], chance: random.Random) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    for name, info in variables.known().items():
        if info.level != level or name not in columns or name in FIXED or info.kind in ("bool", "other"):
            continue
        low, high = info.bounds
        values = sorted(info.codes) if info.kind == "code" else range(low, min(high, low + 200) + 1)
        found[name] = None if chance.random() < UNANSWERED else chance.choice(values)
    return found


def _determine(folder: Path, tables: tuple[pl.DataFrame, pl.DataFrame], **options: Any) -> pl.DataFrame:
    snapshot = small.write(folder / "snap", *tables)
    run.run(snapshot, period=PERIOD, out=folder / "out", **options)
    return pl.read_parquet(folder / "out/families/32.parquet")


@settings(max_examples=8, deadline=None)
@given(seed=SEEDS)
def test_what_always_holds(seed: int, rules: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    results = _determine(tmp_path_factory.mktemp("run"), _tables(seed), rules=rules)
    assert results.height == FAMILIES
    programmes = tuple(loader.load(on=PERIOD.start))
    for row in results.iter_rows(named=True):
        assert (row["desil"] is None) == (row["score"] is None)
        for programme in programmes:
            status, packed = row[f"{programme.id}__status"], row[f"{programme.id}__outcomes"]
            if status in (Status.ELIGIBLE, Status.OVERLAP, Status.SHARED_HOUSEHOLD):
                assert set(unpack(packed)) == {Outcome.YES}, "unknown never selects"
            if status == Status.NOT_ELIGIBLE:
                assert Outcome.NO in unpack(packed)
            if status != Status.ELIGIBLE:
                assert row[f"{programme.id}__amount"] == row[f"{programme.id}__people"] == 0
            rivals = [other.id for other in conflicts(programme, programmes)]
            paid = [name for name in (programme.id, *rivals) if row[f"{name}__status"] == Status.ELIGIBLE]
            assert programme.id not in paid or paid == [programme.id], "exclusive programmes never both"
    scored = results.filter(pl.col("score").is_not_null()).sort("score")
    assert scored["desil"].is_sorted(), "the lower the score, the lower the decile"


@settings(max_examples=3, deadline=None)
@given(seed=SEEDS)
def test_engines_agree(seed: int, rules: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    tables = _tables(seed)
    folder = tmp_path_factory.mktemp("engines")
    for within_run in (False, True):
        found = [
            _determine(
                folder / f"{engine}-{within_run}", tables, rules=rules, engine=engine, within_run=within_run
            )
            for engine in ("polars", "duckdb")
        ]
        assert found[0].equals(found[1])


@settings(max_examples=6, deadline=None)
@given(seed=SEEDS, forgotten=st.sampled_from(sorted(set(FAMILY_COLUMNS) - FIXED)))
def test_forgetting_an_answer_never_selects(
    seed: int, forgotten: str, rules: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    families, people = _tables(seed)
    poorer = families.with_columns(pl.lit(None, FAMILY_COLUMNS[forgotten]).alias(forgotten))
    folder = tmp_path_factory.mktemp("forget")
    known = _determine(folder / "known", (families, people), rules=rules)
    unknown = _determine(folder / "unknown", (poorer, people), rules=rules)
    for name in output.read_manifest(folder / "known/out")["programmes"]:
        column = f"{name}__outcomes"
        for before, after in zip(known[column], unknown[column], strict=True):
            if before is not None and after is not None:
                new_yes = [a for b, a in zip(unpack(before), unpack(after), strict=True) if b != a]
                assert Outcome.YES not in new_yes or forgotten in _filled(name), (name, forgotten)


def _filled(programme: str) -> set[str]:
    """Variables that a rule of the programme replaces on purpose when they are missing."""
    texts = [part.text for part in loader.load_one(programme, on=PERIOD.start).criteria]
    return {
        name
        for name in FAMILY_COLUMNS
        if any(name in text and ("COALESCE" in text or "IS NULL" in text) for text in texts)
    }
