"""The dictionary says everything of every variable, and the page in docs/ is the dictionary's."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.apps import apps

from dtks.registration.registry import dictionary
from dtks.registration.registry.models import Component, Fact

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "reference" / "dictionary.md"
# What the questionnaire has and the register does not hold as a variable, and why.
NOT_VARIABLES = {
    "101": "part of the village code (104)",
    "102": "part of the village code (104)",
    "103": "part of the village code (104)",
    "108": "the member whose relation (409) is 1",
    "112": "counted from the memberships",
    "407": "counted from the date of birth (406)",
    "700": "photos stay with the submission",
    "no_kk": "the membership in a family (114)",
}


def questionnaire() -> list[tuple[str, str, list[int]]]:
    lines = (HERE / "registry_questionnaire.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return [(no, name, [int(code) for code in codes.split(",") if code]) for no, name, codes in rows]


@pytest.mark.parametrize(("no", "name", "codes"), questionnaire())
def test_every_question_is_a_variable_with_its_codes(no: str, name: str, codes: list[int]) -> None:
    if no in NOT_VARIABLES:
        return
    found = [v for v in dictionary.variables() if v.questionnaire_name == name]
    assert [(v.questionnaire_no, sorted(v.codes)) for v in found] == [(no, sorted(codes))]


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == dictionary.markdown(), (
        "run: python -m dtks.registration.registry.dictionary > docs/reference/dictionary.md"
    )


def test_names_are_unique_within_a_level() -> None:
    names = [(v.level, v.name) for v in dictionary.variables()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("variable", dictionary.variables(), ids=lambda v: f"{v.level}-{v.name}")
def test_a_variable_is_described_in_both_languages(variable: dictionary.Variable) -> None:
    assert variable.label_id
    assert variable.label_en
    assert variable.codes.keys() == variable.codes_en.keys()
    assert all(variable.codes.values()), "every code has a label"
    assert bool(variable.codes) == (variable.kind in ("code", "flags"))
    if variable.asked_if:
        parent, values = variable.asked_if
        assert set(values) <= dictionary.by_name(level=variable.level)[parent].codes.keys()


def test_the_seven_components_have_variables() -> None:
    found = {v.component for v in dictionary.variables()}
    assert found == {component.value for component in Component}


def test_what_identifies_stays_out_of_snapshots() -> None:
    for name in ("nik", "name", "mother_name", "kk_number", "address", "respondent_phone", "notes"):
        (variable,) = [v for v in dictionary.variables() if v.name == name]
        assert variable.identity
        assert not variable.in_snapshot


def test_every_column_of_a_fact_table_is_documented_or_technical() -> None:
    technical = {
        "id", "person", "family", "household", "province", "valid_from", "valid_to", "recorded_at",
        "superseded_at", "source", "name_key", "nik_index",
        "kk_index", "area_number",
    }  # fmt: skip
    for model in apps.get_app_config("registry").get_models():
        if issubclass(model, Fact):
            undocumented = {f.name for f in model._meta.get_fields() if not hasattr(f, "about")}
            assert undocumented <= technical, model.__name__
