"""What the shipped files must keep: laws of the brief, references, exclusions, evidence, documentation."""

from __future__ import annotations

import re
from datetime import date
from itertools import combinations

import pytest
import yaml

from dtks.determination.programmes import loader, programme_document
from dtks.determination.programmes.domain import Outcome
from dtks.determination.programmes.example_entries import DEFAULT_KEYS, EXAMPLE_KEYS, EXAMPLE_OPTIONAL
from dtks.determination.targeting import aggregates
from dtks.determination.targeting.rules import laws, names, parameters

ROOT = loader.PROJECT_ROOT
PARAMETERS = ROOT / "parameters"
REFERENCE = ROOT / "docs" / "reference"
LAWS = laws.load(PARAMETERS / "laws.yaml")
TODAY = date(2026, 12, 1)
KEYS = (
    programme_document.PROGRAMME_KEYS
    | programme_document.PROGRAMME_OPTIONAL
    | programme_document.CRITERION_KEYS
    | programme_document.CRITERION_OPTIONAL
    | programme_document.COMPONENT_KEYS
    | programme_document.COMPONENT_OPTIONAL
    | programme_document.PAYMENT_KEYS
    | programme_document.LEGAL_KEYS
    | programme_document.SENTENCE_KEYS
    | EXAMPLE_KEYS
    | EXAMPLE_OPTIONAL
    | DEFAULT_KEYS
)


@pytest.mark.parametrize("id_", [
    "uu-13-2011", "uu-23-2014", "uu-14-2008", "pp-82-2012", "permensos-3-2021", "permensos-5-2019",
    "uu-11-2008", "uu-27-2022", "pp-71-2019", "permensos-3-2025", "inpres-4-2025",
])  # fmt: skip
def test_a_law_of_the_brief_or_its_successor_is_there(id_: str) -> None:
    assert LAWS[id_].title_id


def test_a_revoked_law_names_its_successor() -> None:
    assert LAWS["pp-82-2012"].replaced_by == ("pp-71-2019",)
    assert LAWS["permensos-3-2021"].replaced_by == ("permensos-3-2025",)
    without = {law.id for law in LAWS.values() if law.status == "revoked" and not law.replaced_by}
    assert without == {"pmk-40-2020"}  # its successors changed every year


@pytest.mark.parametrize("id_", loader.ids())
def test_every_parameter_of_a_programme_is_dated_and_referenced(id_: str) -> None:
    path = PARAMETERS / f"{id_}.yaml"
    if not path.exists():
        assert id_ == "kis"  # a card, no amount
        return
    for parameter in parameters.load(path, laws_in=LAWS).values():
        for value in parameter.values:
            assert value.law.id in LAWS
            assert value.evidence in laws.EVIDENCE
            assert value.evidence == "U" or value.source or value.law.evidence in "VP"


def test_poverty_lines_are_whole_rupiah_by_province() -> None:
    periods = yaml.safe_load((PARAMETERS / "poverty_lines.yaml").read_text(encoding="utf-8"))
    assert [period["period"] for period in periods] == ["2023-03", "2024-03"]
    for period in periods:
        assert len(period["provinces"]) >= 34
        amounts = [amount for line in period["provinces"].values() for amount in line.values() if amount]
        assert all(isinstance(amount, int) and 300_000 < amount < 1_500_000 for amount in amounts)


def test_the_exclusions_of_the_brief_hold_whichever_file_says_so() -> None:
    on = date(2021, 3, 1)
    found = {id_: loader.load_one(id_, on=on) for id_ in ("bst", "pkh", "sembako", "blt_dd", "rs_rtlh")} | {
        "bsps": loader.load_one("bsps", on=TODAY)
    }
    expected = {
        frozenset(pair)
        for pair in [
            ("bst", "pkh"), ("bst", "sembako"), ("bst", "blt_dd"), ("blt_dd", "pkh"),
            ("blt_dd", "sembako"), ("rs_rtlh", "bsps"),
        ]
    }  # fmt: skip
    told = {
        frozenset((a, b))
        for a, b in combinations(found, 2)
        if b in found[a].excludes or a in found[b].excludes
    }
    assert told == expected


def test_nobody_is_excluded_by_one_file_and_welcome_in_another() -> None:
    every = loader.load(on=TODAY)
    for one, other in combinations(every, 2):
        excluded = other.id in one.excludes or one.id in other.excludes
        welcome = other.id in one.compatible or one.id in other.compatible
        assert not (excluded and welcome), (one.id, other.id)


@pytest.mark.parametrize("id_", loader.ids())
def test_every_outcome_has_a_sentence_in_both_languages(id_: str) -> None:
    found = loader.load_one(id_, on=loader.example_days(id_)[-1])
    values = {name: value.value for name, value in found.parameters.items()}
    for criterion in found.criteria:
        known = dict.fromkeys(criterion.rule.variables, "3")
        for language in ("id", "en"):
            sentences = [criterion.sentence(outcome, language, values | known) for outcome in Outcome]
            assert len(set(sentences)) == 3
            assert all(sentence.endswith(".") and "{" not in sentence for sentence in sentences)


@pytest.mark.parametrize("key", sorted(KEYS))
def test_every_key_of_a_programme_is_documented(key: str) -> None:
    assert f"`{key}`" in (REFERENCE / "programme-file.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("word", [
    "COALESCE", "IF_ASKED", "HAS", "ANY_MEMBER", "ALL_MEMBERS", "COUNT_MEMBERS", "IS NULL", "BETWEEN", "IN",
])  # fmt: skip
def test_every_function_of_the_language_is_documented(word: str) -> None:
    assert re.search(rf"`[^`]*\b{word}\b", (REFERENCE / "rules.md").read_text(encoding="utf-8"))


def test_every_aggregate_is_documented() -> None:
    text = (REFERENCE / "rules.md").read_text(encoding="utf-8")
    assert [name for name in aggregates.infos() if f"`{name}`" not in text] == []


def test_every_unit_of_a_parameter_is_documented() -> None:
    text = (REFERENCE / "rules.md").read_text(encoding="utf-8")
    assert all(f"`{unit}`" in text for unit in parameters.UNITS)
    assert len(names.WHITELIST) == 25  # a new node of the language needs a line in rules.md
