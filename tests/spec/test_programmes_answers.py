"""Why was this family (not) chosen? The answer of the run, in words."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.fixtures import small_programmes

from dtks.determination.programmes import answers, loader
from dtks.determination.programmes.domain import Outcome, Status

TODAY = date(2026, 12, 1)
PROGRAMMES = loader.load(on=TODAY)
FAMILY = {"desil": 2, "village_kind": 2, "got_pkh": 2, "got_sembako": 2, "toilet": 6, "tenure": 1}
MEMBERS = [
    {"age": 31, "sex": 2, "pregnant": 1, "nik_token": 7, "occupation": 2, "marital_status": 2},
    {"age": 35, "sex": 1, "nik_token": 8, "occupation": 20, "marital_status": 2},
]


def told(language: str = "id", **changes: object) -> dict[str, answers.ProgrammeAnswer]:
    family = FAMILY | changes
    return {a.programme: a for a in answers.explain(PROGRAMMES, family, MEMBERS, language=language)}


def test_a_mother_reads_why_she_receives() -> None:
    pkh = told()["pkh"]
    assert pkh.status == Status.ELIGIBLE
    assert pkh.amount == 3_000_000
    assert pkh.components["hamil"] == 1
    desil = pkh.criteria[0]
    assert desil.outcome == Outcome.YES
    assert desil.sentence == "Keluarga Ibu/Bapak berada di desil 2. PKH untuk desil 1 sampai 4."
    assert "Instruksi Presiden Nomor 4 Tahun 2025" in desil.reference


def test_a_mother_reads_why_not() -> None:
    pkh = told(desil=7)["pkh"]
    assert pkh.status == Status.NOT_ELIGIBLE
    assert [c.id for c in pkh.criteria if c.outcome == Outcome.NO] == ["desil"]
    assert (
        pkh.criteria[0].sentence == "Keluarga Ibu/Bapak berada di desil 7. PKH hanya untuk desil 1 sampai 4."
    )
    assert pkh.amount == 0


def test_in_english() -> None:
    pkh = told("en")["pkh"]
    assert pkh.name == "Family Hope Programme"
    assert pkh.criteria[0].sentence == "Your family is in decile 2. PKH is for deciles 1 to 4."


def test_what_is_unknown_is_said_and_leads_to_verification() -> None:
    pkh = told(desil=None)["pkh"]
    assert pkh.status == Status.VERIFICATION
    assert pkh.criteria[0].outcome == Outcome.UNKNOWN
    assert "belum dapat dihitung" in pkh.criteria[0].sentence


def test_values_are_shown_by_their_label() -> None:
    house = {c.id: c for c in told()["rs_rtlh"].criteria}
    assert house["tidak_layak"].outcome == Outcome.YES
    assert house["tidak_layak"].values["toilet"] == "Tidak ada fasilitas"
    assert house["tidak_layak"].values["roof_material"] is None
    assert house["milik_sendiri"].outcome == Outcome.UNKNOWN


def test_village_cash_yields_to_pkh() -> None:
    pair = [one for one in PROGRAMMES if one.id in ("pkh", "blt_dd")]
    family = FAMILY | {"desil": 1}
    members = [{**member, "in_prakerja": 2} for member in MEMBERS]
    found = {answer.programme: answer for answer in answers.explain(pair, family, members)}
    assert found["pkh"].status == Status.ELIGIBLE
    assert found["blt_dd"].status == Status.OVERLAP
    assert found["blt_dd"].excluded_by == ("Program Keluarga Harapan",)
    assert found["blt_dd"].amount == 0
    assert all(criterion.outcome == Outcome.YES for criterion in found["blt_dd"].criteria)


def test_a_rule_may_name_an_aggregate_of_the_members(tmp_path: Path) -> None:
    text = small_programmes.programme("contoh").replace(
        "desil <= :batas", "elderly_60 >= 1 AND desil <= :batas"
    )
    folder = small_programmes.write(tmp_path, contoh=text)
    elderly, unknown = {"age": 70, "sex": 1}, {"sex": 1}
    programmes = loader.load(on=TODAY, directory=folder)
    for members, expected in [
        ([elderly], Status.ELIGIBLE),
        ([{"age": 20}], Status.NOT_ELIGIBLE),
        ([elderly, unknown], Status.VERIFICATION),
        ([{**elderly, "status": 2}], Status.NOT_ELIGIBLE),
    ]:
        (answer,) = answers.explain(programmes, {"desil": 1}, members)
        assert answer.status == expected
