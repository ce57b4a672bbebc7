"""`dtks targeting`: train a welfare model on a survey, judge one, cut deciles."""

from __future__ import annotations

import datetime
import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dtks.cli.report import measured, progress_bar

if TYPE_CHECKING:
    from dtks.determination.targeting.domain import Layout
    from dtks.determination.targeting.evaluate import Evaluation, Progress, Weighting

app = typer.Typer(
    help="Latih dan nilai model kesejahteraan, potong desil · Train and judge a welfare model, cut deciles.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)

SurveyFile = Annotated[Path, typer.Option(help="Berkas survei CSV · Survey file, CSV")]
Target = Annotated[str, typer.Option(help="Kolom konsumsi per orang · Column of consumption per head")]
Mapping = Annotated[
    Path | None,
    typer.Option(help="Susunan kolom survei (YAML); tanpa ini dikenali sendiri · Layout of the survey"),
]
Json = Annotated[bool, typer.Option("--json", help="Satu objek JSON di baris terakhir · One JSON object")]
ForRegistry = Annotated[
    bool,
    typer.Option("--for-registry", help="Hanya peubah yang ada di registri · Only variables of the registry"),
]


@app.command("train")
def train_(
    survey: SurveyFile,
    out: Annotated[Path, typer.Option(help="Berkas model YAML · Model file")],
    target: Target = "consumption",
    mapping: Mapping = None,
    name: Annotated[str, typer.Option(help="Nama model · Name of the model")] = "",
    for_registry: ForRegistry = False,
    folds: Annotated[
        int, typer.Option(help="Validasi menurut desa dicatat di model; 0 = tidak · Validation by village")
    ] = 5,
    json: Json = False,
) -> None:
    """Latih model kesejahteraan pada survei · Train a welfare model on a survey."""
    from dtks.determination.targeting import evaluate, model_file, train
    from dtks.determination.targeting import survey as surveys

    today = datetime.date.today()
    with measured(json=json) as report, progress_bar("lipatan", quiet=json) as progress:
        layout = _layout(survey, mapping)
        read = surveys.read(survey, layout=layout, target=target)
        trained = train.train(read, today=today, model_id=name or out.stem, for_registry=for_registry)
        model = trained.model
        if folds:
            model = evaluate.validated(model, read, folds=folds, today=today, progress=progress)
        model = model_file.write(model, layout, out)
        report.update(
            model=model.id, status=model.status, note=model.note.text(), out=str(out), sha256=model.sha256,
            households=trained.households, incomplete=trained.incomplete,
            without_target=read.without_target, variables=len(model.variables),
            validation=model.training.get("validation"),
        )  # fmt: skip


@app.command("evaluate")
def evaluate_(
    survey: SurveyFile,
    target: Target = "consumption",
    model: Annotated[str, typer.Option(help="Berkas atau nama model · Model file or name")] = "",
    mapping: Mapping = None,
    folds: Annotated[
        int, typer.Option(help="Validasi silang menurut desa · Cross-validation by village; 0 = tidak")
    ] = 0,
    repeats: Annotated[int, typer.Option(help="Ulangan validasi silang · Repeats")] = 1,
    person_weighted: Annotated[
        bool, typer.Option("--person-weighted", help="Bobot per orang · Weigh by people")
    ] = False,
    for_registry: ForRegistry = False,
    json: Json = False,
) -> None:
    """Nilai model pada survei: R², EE, IE, kebocoran, TD, CGH, selang menurut desa, dan kelompok terburuk.

    Judge a model on a survey, or with --folds the method itself, whole villages left out in turn.
    """
    weighting: Weighting = "person" if person_weighted else "household"
    with measured(json=json) as report, progress_bar("lipatan", quiet=json) as progress:
        report.update(model=None, status=None, note=None)
        if folds:
            found = _cross_validated(
                survey, target, mapping, folds, repeats, for_registry, weighting, progress
            )
        else:
            found = _judged(survey, target, mapping, model, weighting, report)
        report.update(_without_nan(asdict(found)) if json else _readable(found))


def _layout(survey: Path, mapping: Path | None) -> Layout:
    """The layout named, else the known one whose columns the file has."""
    from dtks.determination.targeting import layout_file
    from dtks.determination.targeting import survey as surveys

    return layout_file.read(mapping) if mapping else layout_file.recognise(survey, surveys.header(survey))


def _cross_validated(
    survey: Path, target: str, mapping: Path | None, folds: int, repeats: int, for_registry: bool,
    weighting: Weighting, progress: Progress,
) -> Evaluation:  # fmt: skip
    from dtks.determination.targeting import evaluate
    from dtks.determination.targeting import survey as surveys

    read = surveys.read(survey, layout=_layout(survey, mapping), target=target)
    return evaluate.cross_validate(
        read, folds=folds, repeats=repeats, for_registry=for_registry, weighting=weighting,
        today=datetime.date.today(), progress=progress,
    )  # fmt: skip


def _judged(
    survey: Path, target: str, mapping: Path | None, model: str, weighting: Weighting, report: dict[str, Any]
) -> Evaluation:
    from dtks.determination.targeting import evaluate, layout_file, model_file
    from dtks.determination.targeting import survey as surveys

    loaded, layout = model_file.load_with_layout(model or model_file.DEFAULT)
    if mapping:
        layout = layout_file.for_model(loaded, layout_file.read(mapping))
    read = surveys.read(survey, layout=layout, target=target)
    report.update(model=loaded.id, status=loaded.status, note=loaded.note.text())
    return evaluate.evaluate(loaded, read, weighting=weighting)


def _without_nan(value: Any) -> Any:
    """JSON has no NaN: a measure that does not exist (nobody of a group is poor) is null."""
    if isinstance(value, dict):
        return {key: _without_nan(one) for key, one in value.items()}
    return None if isinstance(value, float) and math.isnan(value) else value


def _readable(found: Evaluation) -> dict[str, str]:
    """One line per level and group for a reader; fractions as per cent."""
    lines = {
        "cara": found.how + (" !" if found.same_file else ""),
        "rumah tangga": f"{found.n} ({found.villages} desa, {found.unscored} tanpa skor)",
        "R²": f"{found.r2:.3f}" + _interval(found, "r2", "r2", 1),
    }
    for level, at in found.at.items():
        shown = [
            f"{name.upper()} {at[name]:.1%}{_interval(found, level, name, 100)}" for name in ("ee", "ie")
        ]
        rest = f"kebocoran {at['leakage']:.1%}  TD {at['td']:.1%}  CGH {at['cgh']:.2f}"
        lines[f"termiskin {level} %"] = "  ".join([*shown, rest])
    for group, values in found.groups.items():
        for value, at in values.items():
            lines[f"{group}: {value}"] = f"n {at['n']:.0f}  EE {at['ee']:.1%}  IE {at['ie']:.1%}"
    if found.worst:
        lines["terburuk"] = f"{found.worst['group']}: {found.worst['value']} (EE {found.worst['ee']:.1%})"
    return lines


def _interval(found: Evaluation, level: str, name: str, factor: int) -> str:
    low, high = found.intervals[level][name]
    return f" ({low * factor:.3g}–{high * factor:.3g})"


@app.command("cut-points")
def cut_points(
    results: Annotated[
        Path, typer.Option(help="Hasil determine --within-run atas seluruh negeri · Results for the nation")
    ],
    out: Annotated[Path, typer.Option(help="Berkas batas desil YAML · File of cut-points")],
    basis_id: Annotated[str, typer.Option(help="Desil siapa (Indonesia) · Whose deciles, Indonesian")],
    basis_en: Annotated[str, typer.Option(help="Desil siapa (Inggris) · Whose deciles, English")],
    model: Annotated[str, typer.Option(help="Berkas atau nama model · Model")] = "",
    valid_from: Annotated[str, typer.Option(help="Mulai berlaku · In force from")] = "2026-01-01",
    json: Json = False,
) -> None:
    """Potong desil nasional satu model dari skor seluruh penduduk · Cut a model's national deciles."""
    import polars as pl

    from dtks.determination.targeting import deciles, model_file
    from dtks.determination.targeting.domain import CutPoints, Label

    with measured(json=json) as report:
        loaded = model_file.load(model or model_file.DEFAULT)
        families = pl.read_parquet(results / "families" / "*.parquet", columns=["score", "size"])
        found = CutPoints(
            model=loaded.id, model_sha256=loaded.sha256, values=deciles.cut(families),
            valid_from=datetime.date.fromisoformat(valid_from), valid_to=None, status=loaded.status,
            basis=Label(basis_id, basis_en),
        )  # fmt: skip
        deciles.write(found, out)
        report.update(
            families=families.height, unscored=families["score"].null_count(),
            cut_points=list(found.values), out=str(out),
        )  # fmt: skip
