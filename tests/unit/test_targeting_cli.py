"""Train and evaluate through the command, on the real survey when it is there, else on a made-up one."""

from __future__ import annotations

import csv
import datetime
import json
import random
from pathlib import Path

import pytest
from tests.fixtures import made_up_survey
from tests.fixtures.made_up_survey import ASSETS, SIZE_EFFECT
from typer.testing import CliRunner

from dtks.cli.targeting import app
from dtks.determination.targeting import deciles, model_file
from dtks.determination.targeting.domain import NEVER
from dtks.determination.targeting.errors import (
    ForbiddenPredictor,
    SurveyColumnMissing,
    SurveyLayoutUnknown,
    TooFewFolds,
)
from dtks.determination.targeting.layout_file import survey_columns


def run(*arguments: object) -> dict[str, object]:
    result = CliRunner().invoke(app, [*map(str, arguments), "--json"])
    assert result.exit_code == 0, result.output + repr(result.exception)
    return json.loads(result.output.strip().splitlines()[-1], parse_constant=pytest.fail)


def refused(*arguments: object) -> BaseException | None:
    return CliRunner().invoke(app, [*map(str, arguments)]).exception


@pytest.fixture
def survey(tmp_path: Path, survey_path: Path | None) -> Path:
    return survey_path or made_up_survey.known_layout(tmp_path / "survey.csv")


@pytest.fixture
def model(survey: Path, tmp_path: Path) -> Path:
    path = tmp_path / "model.yaml"
    run("train", "--survey", survey, "--target", "consumption", "--out", path, "--folds", 0)
    return path


def test_train_and_evaluate(survey: Path, tmp_path: Path) -> None:
    model = tmp_path / "model.yaml"
    trained = run("train", "--survey", survey, "--target", "consumption", "--out", model)
    assert trained["status"] == "demonstration"
    assert trained["note"]
    assert trained["validation"]["folds_by_village"] == 5
    judged = run("evaluate", "--survey", survey, "--target", "consumption", "--model", model)
    assert {"seconds", "peak_rss_mb", "r2", "n", "at", "how", "worst", "note"} <= set(judged)
    assert judged["n"] == trained["households"]
    assert judged["same_file"] is True, "figures on the file that it was trained on are marked"
    assert judged["villages_seen"] == judged["villages"]
    for level in ("10", "20", "30", "40"):
        at = judged["at"][level]
        assert set(at) == {"ee", "ie", "leakage", "td", "cgh"}
        assert 0 < at["ee"] < 1
        low, high = judged["intervals"][level]["ee"]
        assert low <= at["ee"] <= high
    assert judged["at"]["40"]["ee"] < judged["at"]["10"]["ee"]
    assert judged["r2"] > trained["validation"]["r2"], "figures on known villages flatter"


def test_the_command_prints_a_table_for_a_reader(survey: Path, model: Path) -> None:
    shown = CliRunner().invoke(app, ["evaluate", "--survey", str(survey), "--model", str(model)]).output
    for text in ("termiskin 20 %", "EE", "IE", "kebocoran", "R²", "terburuk", "demonstration", "flatter"):
        assert text in shown


def test_no_aggregate_or_rank_becomes_a_predictor(model: Path) -> None:
    loaded, layout = model_file.load_with_layout(model)
    used = {column for variable in loaded.variables for column in survey_columns(variable)}
    assert used
    assert not used & NEVER
    assert not used & layout.never


def test_what_may_not_predict_moves_no_figure(survey: Path, model: Path, tmp_path: Path) -> None:
    """The forbidden columns of the file shuffled and blanked: the same accuracy, to the last digit."""
    with survey.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    draw = random.Random(1)
    spoilt = [
        {
            **row,
            **{
                name: draw.choice(["", "7", "0.5"]) for name in NEVER if name in row and name != "consumption"
            },
        }
        for row in rows
    ]
    for number, row in enumerate(spoilt):
        row["hhid"] = str(number)
    other = made_up_survey.write(tmp_path / "spoilt.csv", list(rows[0]), spoilt)
    before, after = (run("evaluate", "--survey", one, "--model", model) for one in (survey, other))
    assert (before["r2"], before["at"]) == (after["r2"], after["at"])
    assert after["same_file"] is False
    assert after["villages_seen"] == after["villages"], "known villages are told from the model, not the file"


def test_known_coefficients_are_found_again(tmp_path: Path) -> None:
    survey = made_up_survey.known_layout(tmp_path / "survey.csv", villages=200)
    model = tmp_path / "model.yaml"
    run("train", "--survey", survey, "--out", model, "--folds", 0)
    loaded = model_file.load(model)
    found = {variable.id: variable for variable in loaded.variables}
    columns = {
        level.survey[0].column: level
        for variable in found.values()
        for level in getattr(variable, "levels", ())
        if level.survey and len(level.survey) == 1
    }
    for name, effect in ASSETS.items():
        level = columns[name]
        assert level.coefficient / 1e6 == pytest.approx(effect, abs=4 * level.standard_error / 1e6), name
        assert 0 < level.standard_error < 20_000
    size = found["size"]
    assert (size.effect(7) - size.effect(3)) / 1e6 == pytest.approx(4 * SIZE_EFFECT, abs=0.08)
    regency = next(area for area in loaded.areas if area.level == "regency")
    effects = {effect.key: effect.coefficient / 1e6 for effect in regency.effects}
    assert effects["33/21"] - effects["33/3"] == pytest.approx(0.2, abs=0.06)
    assert {effect.code for effect in regency.effects} >= {3303, 3312, 3321}


def test_households_of_one_village_are_never_on_both_sides(tmp_path: Path) -> None:
    from dtks.determination.targeting import evaluate, layout_file
    from dtks.determination.targeting import survey as surveys

    path = made_up_survey.known_layout(tmp_path / "survey.csv")
    read = surveys.read(path, layout=layout_file.recognise(path, surveys.header(path)), target="consumption")
    seen = 0
    for inside, outside in evaluate.village_folds(read, 5, seed=1):
        villages = read.table["village"]
        assert not set(villages[inside]) & set(villages[outside])
        seen += len(outside)
    assert seen == read.table.height
    judged = run("evaluate", "--survey", path, "--folds", "5")
    assert judged["how"].startswith("5 folds by village")
    assert judged["r2"] > 0.5
    assert isinstance(refused("evaluate", "--survey", path, "--folds", 61), TooFewFolds)


def test_a_model_trained_on_some_villages_is_judged_on_the_others(tmp_path: Path) -> None:
    model = tmp_path / "model.yaml"
    first = made_up_survey.known_layout(tmp_path / "a.csv", seed=1)
    run("train", "--survey", first, "--out", model, "--folds", 0)
    rows = list(csv.DictReader(first.open(encoding="utf-8")))
    moved = [{**row, "village": f"9{row['village']}"} for row in rows]
    other = made_up_survey.write(tmp_path / "b.csv", list(rows[0]), moved)
    judged = run("evaluate", "--survey", other, "--model", model)
    assert (judged["how"], judged["villages_seen"], judged["same_file"]) == ("held-out", 0, False)


def test_any_survey_by_its_mapping(tmp_path: Path) -> None:
    survey, mapping = made_up_survey.own_layout(tmp_path)
    model = tmp_path / "model.yaml"
    trained = run("train", "--survey", survey, "--mapping", mapping, "--target", "belanja", "--out", model)
    assert trained["households"] == 720
    judged = run("evaluate", "--survey", survey, "--target", "belanja", "--model", model)
    assert judged["r2"] > 0.7
    assert set(judged["groups"]["wilayah"]) == {"kota", "desa"}
    found = {variable.id: variable for variable in model_file.load(model).variables}
    wall = {level.id: level.coefficient / 1e6 for level in found["wall"].levels}
    assert wall == pytest.approx({"brick": made_up_survey.BRICK, "wood": made_up_survey.WOOD}, abs=0.06)
    silence = found["motorcycle"].unknown
    assert silence.basis == "estimated"
    assert silence.coefficient / 1e6 == pytest.approx(made_up_survey.NOT_TOLD, abs=0.08)
    assert len(found["floor"].knots) > 2, "an amount without knots gets some from the survey"


def test_a_model_meets_a_survey_with_other_columns(tmp_path: Path) -> None:
    survey, mapping = made_up_survey.own_layout(tmp_path)
    model = tmp_path / "model.yaml"
    run(
        "train", "--survey", survey, "--mapping", mapping, "--target", "belanja", "--out", model, "--folds", 0
    )
    renamed = survey.read_text(encoding="utf-8").replace("motor;", "MTR;", 1).replace("dinding;", "x;", 1)
    other = tmp_path / "lain.csv"
    other.write_text(renamed, encoding="utf-8")
    assert isinstance(
        refused("evaluate", "--survey", other, "--target", "belanja", "--model", model), SurveyColumnMissing
    )
    text = mapping.read_text(encoding="utf-8").replace("column: motor", "column: MTR")
    without_wall = text[: text.index("- id: wall")] + text[text.index("- {id: motorcycle") :]
    mapping.write_text(without_wall, encoding="utf-8")
    judged = run("evaluate", "--survey", other, "--target", "belanja", "--model", model, "--mapping", mapping)
    assert judged["unscored"] == 0, "what the other survey does not ask is unknown, not required"
    assert 0.2 < judged["r2"] < 0.8


def test_weighing_by_people(tmp_path: Path) -> None:
    survey, mapping = made_up_survey.own_layout(tmp_path)
    arguments = ("evaluate", "--survey", survey, "--mapping", mapping, "--target", "belanja", "--folds", 4)
    by_people = run(*arguments, "--person-weighted")
    assert by_people["at"] != run(*arguments)["at"]
    text = mapping.read_text(encoding="utf-8").replace("id: size", "id: orang")
    mapping.write_text(text, encoding="utf-8")
    assert isinstance(refused(*arguments, "--person-weighted"), SurveyColumnMissing)


def test_the_target_and_what_is_barred_are_refused_as_predictors(tmp_path: Path) -> None:
    survey, mapping = made_up_survey.own_layout(tmp_path)
    text = mapping.read_text(encoding="utf-8")
    for column in ("belanja", "belanja_makan", "nomor", "food"):
        mapping.write_text(text.replace("column: lantai", f"column: {column}"), encoding="utf-8")
        arguments = ("train", "--survey", survey, "--mapping", mapping, "--target", "belanja")
        assert isinstance(refused(*arguments, "--out", tmp_path / "m.yaml"), ForbiddenPredictor), column


def test_an_unknown_survey_names_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    error = refused("evaluate", "--survey", path, "--folds", 5)
    assert isinstance(error, SurveyLayoutUnknown)
    assert "a, b" in error.text("id")


def test_the_default_model_has_cut_points_and_says_that_it_is_a_demonstration() -> None:
    model = model_file.load()
    assert model.status == "demonstration"
    assert all(variable.for_registry for variable in model.variables)
    cut = deciles.load(model=model.id, sha256=model.sha256, on=datetime.date(2026, 12, 1))
    assert cut.status == "demonstration"
    assert cut.desil(cut.values[0]) == 1
    assert cut.desil(cut.values[0] + 1) == 2
    assert cut.desil(cut.values[-1] + 1) == 10
