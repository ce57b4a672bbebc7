"""Programmes are chosen by day, and a file that is wrong is refused with its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.fixtures import small_programmes
from tests.fixtures.small_programmes import VARIABLES, programme

from dtks.determination.programmes import errors, loader
from dtks.determination.targeting.rules import errors as rule_errors
from dtks.foundation.kernel.errors import DtksError

TODAY = date(2026, 12, 1)


def load(folder: Path, on: date = TODAY) -> list:
    return loader.load(on=on, directory=folder, variables=VARIABLES)


def test_the_ten_programmes_of_the_brief_are_there() -> None:
    assert loader.ids() == [
        "blt_dd", "bsps", "bst", "kis", "pbi_jkn", "pip", "pkh", "rs_rtlh", "sembako", "uep",
    ]  # fmt: skip


def test_bst_is_closed_in_2026_and_still_readable_for_its_time() -> None:
    assert "bst" not in {found.id for found in loader.load(on=TODAY)}
    bst = loader.load_one("bst", on=date(2020, 6, 30))
    assert bst.components[0].amount == 12 * 600_000
    assert loader.load_one("bst", on=date(2020, 7, 1)).components[0].amount == 12 * 300_000
    with pytest.raises(errors.NotInForceError):
        loader.load_one("bst", on=TODAY)


def test_the_regime_follows_the_day() -> None:
    assert loader.load_one("pkh", on=date(2025, 2, 4)).regime == "DTKS-2021"
    assert loader.load_one("pkh", on=date(2025, 2, 5)).regime == "DTSEN-2025"


@pytest.mark.parametrize("id_", loader.ids())
def test_a_programme_is_readable_on_every_day_it_was_in_force(id_: str) -> None:
    days = loader.turning_days(id_)
    assert days
    for day in days:
        found = loader.load_one(id_, on=day)
        assert found.criteria
        assert found.legal


def test_programmes_come_in_the_order_in_which_they_go_first() -> None:
    found = loader.load(on=TODAY)
    assert [one.id for one in found][:3] == ["pkh", "sembako", "blt_dd"]


def test_values_change_with_the_day(tmp_path: Path) -> None:
    folder = small_programmes.write(tmp_path, contoh=programme("contoh"))
    assert load(folder, date(2024, 12, 31))[0].parameters["batas"].value == 4
    assert load(folder, date(2025, 1, 1))[0].parameters["batas"].value == 3


def test_an_unknown_programme_is_named() -> None:
    with pytest.raises(errors.UnknownProgrammeError, match="gratis"):
        loader.load_one("gratis", on=TODAY)


@pytest.mark.parametrize(("before", "after", "error", "line"), [
    ("unit: family", "unit: desa", rule_errors.DocumentError, 7),
    ("owner: Contoh", "pemilik: Contoh", rule_errors.DocumentError, 2),
    ("priority: 10", "priority: tinggi", rule_errors.DocumentError, 10),
    ("valid_from: 2020-01-01", "valid_from: kemarin", rule_errors.DocumentError, 9),
    ("owner: Contoh", "owner: Contoh\n    owner: Lain", rule_errors.DocumentError, 9),
    ("id: contoh", "id: lain", rule_errors.DocumentError, 2),
    ("reference: uu-1", "reference: uu-99", rule_errors.UnknownReferenceError, 12),
    ("predicate: desil <= :batas", "predicate: desill <= 4", rule_errors.UnknownNameError, 23),
    ("predicate: desil <= :batas", "predicate: desil <= :atas", rule_errors.UnknownParameterError, 23),
    ("predicate: desil <= :batas", "predicate: desil > 10", rule_errors.NeverHoldsError, 23),
    ("predicate: desil <= :batas", "predicate: 'desil <='", rule_errors.RuleSyntaxError, 23),
    ("amount: besaran", "amount: kecil", rule_errors.UnknownParameterError, 17),
    ("amount: besaran", "amount: batas", rule_errors.DocumentError, 17),
    ('yes: "Desil {desil}"', 'yes: "Ada {rooms} kamar"', errors.UnknownPlaceholderError, 25),
    ("id: miskin", "id: amount", rule_errors.DocumentError, 20),
    ("id: miskin", "id: dana", rule_errors.DocumentError, 14),
    ("once: no", "once: mungkin", rule_errors.DocumentError, 27),
    ("expect: eligible, amount", "expect: layak, amount", rule_errors.DocumentError, 29),
    ("family: {desil: 4}", "family: {umur: 4}", rule_errors.DocumentError, 29),
    ("- {name: f,", "# {name: f,", rule_errors.DocumentError, 29),
    ("id: contoh", "id: [contoh", rule_errors.DocumentError, 3),
])  # fmt: skip
def test_a_wrong_file_is_refused_with_its_line(
    tmp_path: Path, before: str, after: str, error: type[DtksError], line: int
) -> None:
    text = programme("contoh")
    assert before in text
    folder = small_programmes.write(tmp_path, contoh=text.replace(before, after, 1))
    with pytest.raises(error) as refusal:
        for day in (date(2024, 1, 1), TODAY):
            load(folder, day)
    assert refusal.value.params["where"] == f"programmes/contoh.yaml:{line}"
    assert "{" not in refusal.value.text("id").replace("{rooms}", "")


def test_criteria_that_cannot_hold_together_are_refused(tmp_path: Path) -> None:
    second = """
      - id: kaya
        label_id: Kaya
        label_en: Rich
        predicate: desil >= 8
        evidence: V
        explain_id: {yes: a, no: b, unknown: c}
        explain_en: {yes: a, no: b, unknown: c}
    payment"""
    text = programme("contoh").replace("\n    payment", second, 1)
    folder = small_programmes.write(tmp_path, contoh=text)
    with pytest.raises(errors.ContradictionError, match="desil"):
        load(folder)


@pytest.mark.parametrize(("excludes", "error"), [
    ("hantu", errors.UnknownProgrammeError),
    ("satu", errors.UnknownProgrammeError),
    ("dua, dua", errors.OverlapError),
])  # fmt: skip
def test_overlaps_name_other_programmes_once(tmp_path: Path, excludes: str, error: type[DtksError]) -> None:
    folder = small_programmes.write(tmp_path, satu=programme("satu", excludes=excludes), dua=programme("dua"))
    with pytest.raises(error):
        load(folder)


@pytest.mark.parametrize(("before", "after", "error"), [
    ("valid_from: 2025-01-01", "valid_from: 2019-01-01", rule_errors.DocumentError),
    ("value: 100_000", "value: 100.5", rule_errors.DocumentError),
    ("unit: decile", "unit: liter", rule_errors.DocumentError),
    ("reference: uu-1", "reference: uu-2", rule_errors.UnknownReferenceError),
    ("evidence: V", "evidence: X", rule_errors.DocumentError),
])  # fmt: skip
def test_a_wrong_parameter_is_refused(
    tmp_path: Path, before: str, after: str, error: type[DtksError]
) -> None:
    parameters = small_programmes.PARAMETERS.replace(before, after, 1)
    folder = small_programmes.write(tmp_path, parameters=parameters, contoh=programme("contoh"))
    with pytest.raises(error, match=r"parameters/contoh.yaml:\d+"):
        load(folder)


def test_a_day_before_every_regime_is_refused() -> None:
    with pytest.raises(rule_errors.NoValueInForceError):
        loader.load(on=date(2015, 1, 1))
