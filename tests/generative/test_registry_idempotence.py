"""Whatever is loaded: again it changes nothing, and the register then says what was loaded."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fixtures.small_registers import CHILD, FATHER, KK, MOTHER, OTHER_KK, VILLAGE, register

from dtks.foundation.ledger.domain import Actor
from dtks.registration.registry import dictionary, queries
from dtks.registration.registry.actions import load_people
from dtks.registration.registry.domain import LoadCounts

__all__ = ["register"]
SKIPPED = {"deceased_on", "supervised_on", "lat", "lon", "kk_number", "nik", "village", "domicile_village"}


def answers(variable: dictionary.Variable) -> st.SearchStrategy[Any]:
    if variable.codes:
        return st.sampled_from(sorted(variable.codes))
    if variable.kind == "text":
        length = int(variable.maximum or 30)
        return st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=min(length, 12))
    if variable.kind == "date":
        return st.dates(min_value=date(1930, 1, 1), max_value=date(2026, 1, 1))
    if variable.kind == "measure":
        return st.floats(variable.minimum, variable.maximum, allow_nan=False)
    return st.integers(int(variable.minimum or 0), min(int(variable.maximum or 0), 2**31))


def row(level: dictionary.Level, **fixed: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    free = {
        name: answers(variable)
        for name, variable in dictionary.by_name(level=level).items()
        if name not in SKIPPED and name not in fixed and variable.kind != "digits"
    }
    return st.fixed_dictionaries(fixed, optional=free)


def a_family(key: str, kk: str | None) -> st.SearchStrategy[dict[str, Any]]:
    return row("family", family_key=st.just(key), village=st.just(VILLAGE), kk_number=st.just(kk))


def a_person(key: str, nik: str | None, name: str) -> st.SearchStrategy[dict[str, Any]]:
    return row("person", family_key=st.just(key), nik=st.just(nik), name=st.just(name))


FAMILIES = st.tuples(a_family("A", KK), a_family("B", OTHER_KK), a_family("C", None)).map(list)
PEOPLE = st.tuples(
    a_person("A", FATHER, "Ahmad"), a_person("A", MOTHER, "Siti"), a_person("A", None, "Nur"),
    a_person("B", None, "Nur"), a_person("C", CHILD, "Dewi"),
).map(list)  # fmt: skip


def table(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, infer_schema_length=None)


class _UndoThis(Exception):
    """Ends one example: nothing of it stays."""


@settings(
    max_examples=25, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(families=FAMILIES, people=PEOPLE)
def test_loaded_is_what_is_known_and_again_is_nothing(
    register: str, families: list[dict[str, Any]], people: list[dict[str, Any]]
) -> None:
    given_tables = {"families": table(families), "people": table(people)}
    try:
        with transaction.atomic():
            first = load_people(by=Actor.system("tester"), area="32", source="test", **given_tables)
            again = load_people(by=Actor.system("tester"), area="32", source="test", **given_tables)
            assert (first.families_new, first.people_new) == (3, 5)
            assert again == LoadCounts(people_unchanged=5, families_unchanged=3)
            _is_known(families, people)
            raise _UndoThis
    except _UndoThis:
        return


def _is_known(families: list[dict[str, Any]], people: list[dict[str, Any]]) -> None:
    pages = [queries.family(id=listed.family_id) for listed in queries.families(area=VILLAGE).rows]
    members = [member.facts for page in pages for member in page.members]
    for known, given_rows, skipped in (
        ([page.facts for page in pages], families, "family_key"),
        (members, people, "family_key"),
    ):
        for loaded in given_rows:
            wanted = {name: value for name, value in loaded.items() if name != skipped}
            assert any(wanted.items() <= facts.items() for facts in known), wanted
