"""How answers read, which questions count as missing, and what stands in the workbook."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest

from dtks.delivery.workspace import components, skips, spreadsheet, values
from dtks.registration.registry import dictionary
from dtks.registration.registry.dictionary import Variable


def variable(name: str) -> Variable:
    return next(known for known in dictionary.variables() if known.name == name)


@pytest.mark.parametrize(
    ("name", "value", "indonesian"),
    [
        ("nik", "3204910101800001", "3204********0001"),
        ("kk_number", "3204910101200001", "3204********0001"),
        ("birth_date", date(1980, 8, 17), "17 Agustus 1980"),
        ("pkh_month", 5, "Mei"),
        ("pkh_year", 2026, "2026"),
        ("monthly_income", 1_500_000, "Rp1.500.000"),
        ("lat", -6.94421, "−6,944210"),
        ("mother_name", "Siti Aminah", "S*** A*****"),
        ("respondent_phone", "081234567834", "0812******34"),
        ("npwp_number", "123456789123000", "***********3000"),
        ("sex", 2, "Perempuan"),
        ("sex", 7, "7"),
        ("name", "Siti Aminah", "Siti Aminah"),
        ("name", None, "–"),
        ("address", "", "–"),
    ],
)
def test_values_in_indonesian(name: str, value: object, indonesian: str) -> None:
    assert values.text(variable(name), value, language="id") == indonesian


def test_a_sum_of_codes_shows_its_parts() -> None:
    documents = variable("id_documents")
    labels = list(documents.codes.values())
    powers = [code for code in documents.codes if code and code & (code - 1) == 0]
    shown = values.text(documents, powers[0] + powers[1], language="id")
    assert shown == f"{documents.codes[powers[0]]}; {documents.codes[powers[1]]}"
    assert values.text(documents, 0, language="en") in ("none", *documents.codes_en.values())
    insurance = variable("health_insurance")
    assert values.text(insurance, 99, language="id") == insurance.codes[99]
    assert labels


def test_every_code_of_the_dictionary_has_a_text() -> None:
    for known in dictionary.variables():
        for code in known.codes:
            for language in ("id", "en"):
                assert values.text(known, code, language=language)


@pytest.mark.parametrize(
    ("name", "facts", "age", "asked"),
    [
        ("school_participation", {}, 4, False),
        ("school_participation", {}, 5, True),
        ("school_participation", {}, None, True),
        ("child_nutrition", {}, 4, True),
        ("child_nutrition", {}, 5, False),
        ("work_hours", {"worked_last_week": 1}, 30, True),
        ("work_hours", {"worked_last_week": 2}, 30, False),
        ("work_hours", {}, 30, False),
        ("pregnant", {"sex": 1}, 30, False),
        ("pregnant", {"sex": 2}, 30, True),
        ("pregnant", {"sex": 2}, 60, False),
        ("caregiver", {}, 30, False),
        ("pkh_month", {"got_pkh": 2}, None, False),
        ("pkh_month", {"got_pkh": 1}, None, True),
        ("religion", {}, 30, False),
    ],
)
def test_what_the_questionnaire_skips_is_not_missing(
    name: str, facts: dict[str, Any], age: int | None, asked: bool
) -> None:
    assert skips.applies(variable(name), facts, age=age) is asked


def test_age_is_counted_in_completed_years() -> None:
    assert components.age_on(date(2000, 2, 29), date(2026, 2, 28)) == 25
    assert components.age_on(date(2000, 2, 29), date(2026, 3, 1)) == 26
    assert components.age_on(None, date(2026, 3, 1)) is None


def test_no_cell_of_the_workbook_becomes_a_formula() -> None:
    hostile = "=HYPERLINK(1)"
    data = spreadsheet.workbook(
        title="Keluarga", header=["Nama", "Anggota"], rows=[(hostile, 3), ("+62", None), ("Siti", 2)]
    )
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert [cell.value for cell in sheet[3]] == ["Nama", "Anggota"]
    assert (sheet["A4"].value, sheet["A4"].data_type) == (hostile, "s")
    assert sheet["A5"].data_type == "s"
    assert sheet["B4"].value == 3
    assert sheet.freeze_panes == "B4"


def test_a_workbook_without_rows_still_opens() -> None:
    data = spreadsheet.workbook(title="Keluarga", header=["Nama"], rows=[])
    assert openpyxl.load_workbook(io.BytesIO(data)).active["A3"].value == "Nama"
