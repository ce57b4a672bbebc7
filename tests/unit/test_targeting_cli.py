"""Train and evaluate through the command, on the real survey when it is there, else on a made-up one."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dtks.cli.targeting import app
from dtks.determination.targeting import deciles, model_file
from dtks.determination.targeting.domain import NEVER

_COLUMNS = """
    hhid province district subdistrict village ea pmt community hybrid elite poorest10 daymeeting
    treated rank consumption consumption_ae food nonfood nonstaple diversity pcfloor tfloor twall
    toilet water lighting troof fcook house credit hhsize hhsize2 hhsize_ae hhage hhage2 hhmale
    hhmarried hhmalemarr hhsector1 hhsector2 hhsector3 connected formal informal hheduc2 hheduc3
    hheduc4 age04 eschild jschild sschild higheduc2 higheduc3 higheduc4 depratio ac computer radio
    tv dvd satellite gas refrigerator bicycle motorcycle auto hp jewelry chicken cow
"""
HEADER = _COLUMNS.split()
ASSETS = {"motorcycle": 0.30, "refrigerator": 0.35, "tv": 0.15, "tfloor": 0.20}
SIZE_EFFECT = -0.12


def made_up_survey(path: Path, *, villages: int = 60, seed: int = 5) -> Path:
    """Households in the layout of the real survey whose log consumption is a known sum, plus noise."""
    draw = random.Random(seed)
    rows = [",".join(HEADER)]
    for village in range(villages):
        for household in range(10):
            row = dict.fromkeys(HEADER, "0")
            own = {name: draw.random() < 0.5 for name in ASSETS}
            size = draw.randint(1, 8)
            log = 6.0 + sum(ASSETS[name] for name, has in own.items() if has) + SIZE_EFFECT * size
            log += draw.gauss(0, 0.2) + (village % 3) * 0.1
            row |= {name: str(int(has)) for name, has in own.items()}
            row |= {
                "hhid": f"{village:03}{household:03}", "province": "33",
                "district": str(3 + 9 * (village % 3)),
                "subdistrict": str(village % 6), "village": str(village), "ea": "1", "hhsize": str(size),
                "hhage": str(draw.randint(20, 80)), "pcfloor": str(draw.randint(4, 60)), "hhmale": "1",
                "hhmarried": "1", "hhmalemarr": "1", "consumption": f"{2.718281828**log:.4f}", "food": "1",
            }  # fmt: skip
            rows.append(",".join(row[name] for name in HEADER))
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def run(*arguments: str) -> dict[str, object]:
    result = CliRunner().invoke(app, [*arguments, "--json"])
    assert result.exit_code == 0, result.output + repr(result.exception)
    return json.loads(result.output.strip().splitlines()[-1])


@pytest.fixture
def survey(tmp_path: Path, survey_path: Path | None) -> Path:
    return survey_path or made_up_survey(tmp_path / "survey.csv")


def test_train_and_evaluate(survey: Path, tmp_path: Path) -> None:
    model = tmp_path / "model.yaml"
    trained = run("train", "--survey", str(survey), "--target", "consumption", "--out", str(model))
    assert trained["status"] == "demonstration"
    judged = run("evaluate", "--survey", str(survey), "--target", "consumption", "--model", str(model))
    assert {"seconds", "peak_rss_mb", "r2", "n", "at", "how", "worst"} <= set(judged)
    assert judged["n"] == trained["households"]
    assert judged["same_file"] is True, "figures on the file that it was trained on are marked"
    for level in ("10", "20", "30", "40"):
        at = judged["at"][level]
        assert set(at) >= {"ee", "ie", "leakage", "td", "cgh"}
        assert 0 < at["ee"] < 1
    assert judged["at"]["40"]["ee"] < judged["at"]["10"]["ee"]
    assert set(judged["intervals"]) == {"10", "20", "30", "40", "r2"}


def test_no_aggregate_or_rank_becomes_a_predictor(survey: Path, tmp_path: Path) -> None:
    model = tmp_path / "model.yaml"
    run("train", "--survey", str(survey), "--out", str(model))
    loaded, layout = model_file.load_with_layout(model)
    from dtks.determination.targeting.layout_file import survey_columns

    used = {column for variable in loaded.variables for column in survey_columns(variable)}
    assert used
    assert not used & NEVER
    assert not used & layout.never


def test_known_coefficients_are_found_again(tmp_path: Path) -> None:
    survey = made_up_survey(tmp_path / "survey.csv", villages=200)
    model = tmp_path / "model.yaml"
    run("train", "--survey", str(survey), "--out", str(model))
    found = {variable.id: variable for variable in model_file.load(model).variables}
    columns = {
        level.survey[0].column: level.coefficient / 1e6
        for variable in found.values()
        for level in getattr(variable, "levels", ())
        if level.survey and len(level.survey) == 1
    }
    for name, effect in ASSETS.items():
        assert abs(columns[name]) == pytest.approx(effect, abs=0.06), name
    size = found["size"]
    assert (size.effect(7) - size.effect(3)) / 1e6 == pytest.approx(4 * SIZE_EFFECT, abs=0.08)


def test_households_of_one_village_are_never_on_both_sides(tmp_path: Path) -> None:
    from dtks.determination.targeting import evaluate, layout_file
    from dtks.determination.targeting import survey as surveys

    path = made_up_survey(tmp_path / "survey.csv")
    read = surveys.read(path, layout=layout_file.recognise(path, surveys.header(path)), target="consumption")
    seen = 0
    for inside, outside in evaluate.village_folds(read, 5, seed=1):
        villages = read.table["village"]
        assert not set(villages[inside]) & set(villages[outside])
        seen += len(outside)
    assert seen == read.table.height
    judged = run("evaluate", "--survey", str(path), "--folds", "5")
    assert judged["how"].startswith("5 folds by village")
    assert judged["r2"] > 0.5


def test_an_unknown_survey_names_its_columns(tmp_path: Path) -> None:
    from dtks.determination.targeting.errors import SurveyLayoutUnknown

    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["evaluate", "--survey", str(path), "--folds", "5"])
    assert isinstance(result.exception, SurveyLayoutUnknown)


def test_the_default_model_has_cut_points_and_says_that_it_is_a_demonstration() -> None:
    import datetime

    model = model_file.load()
    assert model.status == "demonstration"
    assert all(variable.for_registry for variable in model.variables)
    cut = deciles.load(model=model.id, on=datetime.date(2026, 12, 1))
    assert cut.model_sha256 == model.sha256, "cut-points belong to this very file"
    assert cut.desil(cut.values[0]) == 1
    assert cut.desil(cut.values[0] + 1) == 2
    assert cut.desil(cut.values[-1] + 1) == 10
