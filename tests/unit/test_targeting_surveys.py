"""How a survey file is read: what counts as an answer, and what is refused with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fixtures import made_up_survey

from dtks.determination.targeting import layout_file, survey, variable_entries
from dtks.determination.targeting.domain import Layout
from dtks.determination.targeting.errors import (
    SurveyColumnMissing,
    SurveyTooSmall,
    SurveyUnreadable,
    SurveyValueUnreadable,
)
from dtks.determination.targeting.rules.errors import DocumentError


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    path = tmp_path / "susunan.yaml"
    path.write_text(made_up_survey.OWN_MAPPING, encoding="utf-8")
    return layout_file.read(path)


HEADER = "nomor;desa;kab;kota;bobot;belanja;belanja_makan;dinding;motor;anggota;lantai"


def read(tmp_path: Path, layout: Layout, *rows: str, header: str = HEADER) -> survey.Survey:
    path = tmp_path / "survei.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return survey.read(path, layout=layout, target="belanja")


def test_answers_become_whole_numbers_and_silence_stays_silence(tmp_path: Path, layout: Layout) -> None:
    found = read(
        tmp_path, layout,
        "1;D1;K1;kota;1;100,5;;Tembok;Ya;4;24,79",
        "2;D1;K1;kota;1;200;;kayu;tidak;1.0;0,3",
        "3;D2;K2;desa;1;300;;Bambu;;2;",
        "4;D2;K2;desa;1;300;;NA;-;.;7",
    )  # fmt: skip
    table = found.table
    assert table["answer_wall"].to_list() == [1, 2, 0, None]
    assert table["answer_motorcycle"].to_list() == [1, 0, None, None]
    assert table["answer_size"].to_list() == [4, 1, 2, None]
    assert table["answer_floor"].to_list() == [247, 3, None, 70], "cut, not rounded"
    assert table["area_regency"].to_list() == ["k1", "k1", "k2", "k2"]
    assert table["log_target"][0] == pytest.approx(4.6102, abs=1e-4)


def test_households_without_consumption_or_weight_are_left_out_and_counted(
    tmp_path: Path, layout: Layout
) -> None:
    found = read(
        tmp_path, layout,
        "1;D1;K1;kota;1;;;Kayu;ya;4;10", "2;D1;K1;kota;1;0;;Kayu;ya;4;10",
        "3;D1;K1;kota;1;-5;;Kayu;ya;4;10", "4;D1;K1;kota;0;50;;Kayu;ya;4;10",
        "5;D1;K1;kota;2;50;;Kayu;ya;4;10",
    )  # fmt: skip
    assert (found.rows, found.without_target, found.table["household"].to_list()) == (5, 4, ["5"])


def test_a_bad_number_is_refused_with_row_column_and_value(tmp_path: Path, layout: Layout) -> None:
    with pytest.raises(SurveyValueUnreadable) as error:
        read(tmp_path, layout, "1;D1;K1;k;1;5;;Kayu;ya;4;10", "2;D1;K1;k;1;5;;Kayu;ya;empat;10")
    assert error.value.params | {"path": ""} == {"path": "", "row": 3, "column": "anggota", "value": "empat"}


def test_a_missing_column_is_named_with_its_purpose(tmp_path: Path, layout: Layout) -> None:
    with pytest.raises(SurveyColumnMissing) as error:
        read(tmp_path, layout, "1;D1", header="nomor;desa")
    assert "bobot" in error.value.text("id")


def test_what_is_no_table_is_refused(tmp_path: Path, layout: Layout) -> None:
    for content in (b"\xff\xfe\x00", b"a,b\n1,2,3\n", b""):
        path = tmp_path / "x.csv"
        path.write_bytes(content)
        with pytest.raises(SurveyUnreadable):
            survey.read(path, layout=layout, target="belanja")


def test_too_few_villages_train_nothing(tmp_path: Path, layout: Layout) -> None:
    import datetime

    from dtks.determination.targeting import train

    found = read(tmp_path, layout, *[f"{n};D{n % 2};K1;k;1;5;;Kayu;ya;4;10" for n in range(80)])
    with pytest.raises(SurveyTooSmall):
        train.train(found, today=datetime.date(2026, 1, 1))


def test_a_file_with_more_columns_than_needed_is_recognised(tmp_path: Path) -> None:
    path = made_up_survey.known_layout(tmp_path / "known.csv", villages=2)
    assert layout_file.recognise(path, survey.header(path)).id == "alatas-2012"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("kind: yes_no", "kind: maybe", "yes_no"),
        ("knots: [1, 4, 8]", "knots: [4, 1]", "naik"),
        ("household: nomor", "househld: nomor", "household"),
        ("unknown: require", "unknown: whatever", "require"),
        ("level: regency", "level: planet", "regency"),
    ],
)
def test_a_mistake_in_a_mapping_is_shown_with_its_line(tmp_path: Path, old: str, new: str, says: str) -> None:
    path = tmp_path / "susunan.yaml"
    assert old in made_up_survey.OWN_MAPPING
    path.write_text(made_up_survey.OWN_MAPPING.replace(old, new), encoding="utf-8")
    with pytest.raises(DocumentError) as error:
        layout_file.read(path)
    assert "susunan.yaml:" in str(error.value)
    assert says in str(error.value)


def test_answers_compare_as_text_whatever_their_spelling() -> None:
    assert [variable_entries.canonical(one) for one in (1, "1.0", " 1 ", "Ya", 0.5)] == [
        "1", "1", "1", "ya", "0.5",
    ]  # fmt: skip
