"""Judge a model on a survey: its R², its errors with intervals by village, and the groups it fails."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from dtks.determination.targeting import accuracy, score, train
from dtks.determination.targeting.accuracy import Judged
from dtks.determination.targeting.domain import MICRO, AreaLevel, WelfareModel
from dtks.determination.targeting.errors import SurveyColumnMissing, TooFewFolds
from dtks.determination.targeting.survey import Survey

Weighting = Literal["household", "person"]
Progress = Callable[[int, int], None]

GROUP_LEVEL = 20
SIZE = "answer_size"
FEWEST_POOR = 30
"""Poor households that a group must have before it is called the worst."""


@dataclass(frozen=True)
class Evaluation:
    """`at` holds the measures at 10, 20, 30, 40 %, `intervals` their 95 % intervals, `groups` those of the
    groups at 20 %, `worst` the group of most exclusion. `how` says what was judged on what."""

    n: int
    unscored: int
    villages: int
    r2: float
    at: dict[str, dict[str, float]]
    intervals: dict[str, dict[str, tuple[float, float]]]
    groups: dict[str, dict[str, dict[str, float]]]
    worst: dict[str, Any] | None
    how: str
    same_file: bool
    villages_seen: int


def scores(model: WelfareModel, survey: Survey) -> pl.Series:
    """The score of each household, Int64 micro-log units, null where it cannot be given."""
    effects = [_effect(area, survey) for area in model.areas]
    table = nw.from_native(survey.table.with_columns(effects))
    return table.select(score.expression(model)).to_native()["score"]


def evaluate(
    model: WelfareModel,
    survey: Survey,
    *,
    weighting: Weighting = "household",
    replicates: int = accuracy.REPLICATES,
    seed: int = accuracy.SEED,
) -> Evaluation:
    """Judge a model as it is. When it was trained on these very households, the result says so: such
    figures flatter, and `cross_validate` gives the honest ones."""
    judged = judge(survey, _predicted(scores(model, survey)), weighting)
    same = model.training.get("file_sha256") == survey.sha256
    seen = _villages_seen(model, survey)
    how = (
        "same file as trained on: figures flatter" if same else "held-out" if not seen else "villages overlap"
    )
    return _evaluation(judged, survey, how, same, seen, replicates, seed)


def cross_validate(
    survey: Survey,
    *,
    folds: int,
    repeats: int = 1,
    for_registry: bool = False,
    weighting: Weighting = "household",
    replicates: int = accuracy.REPLICATES,
    seed: int = accuracy.SEED,
    today: datetime.date,
    progress: Progress = lambda done, total: None,
) -> Evaluation:
    """Judge the method: whole villages are left out in turn, the model is trained without them and predicts
    them. With `repeats` the villages are dealt out again; the figures are means over the repeats, the
    intervals those of the first. Raises `TooFewFolds`, `SurveyTooSmall`."""
    rounds = []
    for repeat in range(repeats):
        predicted = np.full(survey.table.height, np.nan)
        for done, (inside, outside) in enumerate(village_folds(survey, folds, seed + repeat)):
            model = train.train(survey.only(inside), today=today, for_registry=for_registry).model
            predicted[outside] = _predicted(scores(model, survey.only(outside)))
            progress(repeat * folds + done + 1, repeats * folds)
        rounds.append(judge(survey, predicted, weighting))
    first = _evaluation(rounds[0], survey, f"{folds} folds by village", False, 0, replicates, seed)
    if repeats == 1:
        return first
    means = [accuracy.at_levels(one) for one in rounds]
    at = {
        level: {name: float(np.mean([one[level][name] for one in means])) for name in accuracy.MEASURES}
        for level in means[0]
    }
    r2 = float(np.mean([accuracy.r2(one) for one in rounds]))
    return replace(first, at=at, r2=r2, how=f"{folds} folds by village × {repeats}")


def validated(
    model: WelfareModel, survey: Survey, *, folds: int, today: datetime.date, progress: Progress
) -> WelfareModel:
    """The model with the accuracy of its method on villages left out, kept in its training summary."""
    found = cross_validate(
        survey, folds=folds, for_registry=bool(model.training["for_registry"]), replicates=0, today=today,
        progress=progress,
    )  # fmt: skip
    summary = {"folds_by_village": folds, "r2": round(found.r2, 4)}
    summary |= {f"ee_{level}": round(at["ee"], 4) for level, at in found.at.items()}
    return replace(model, training={**model.training, "validation": summary})


def village_folds(survey: Survey, folds: int, seed: int) -> Iterator[tuple[pl.Series, pl.Series]]:
    """Row numbers inside and outside, `folds` times; no village is on both sides. Raises `TooFewFolds`."""
    villages = survey.villages
    if not 2 <= folds <= len(villages):
        raise TooFewFolds(villages=len(villages))
    dealt = np.random.default_rng(seed).permutation(len(villages)) % folds
    fold_of = dict(zip(villages, dealt, strict=True))
    fold = survey.table["village"].replace_strict(fold_of, return_dtype=pl.Int64)
    for one in range(folds):
        yield (fold != one).arg_true(), (fold == one).arg_true()


def judge(survey: Survey, predicted: NDArray[np.float64], weighting: Weighting) -> Judged:
    """Truth and prediction side by side. "person" weighs a household by its members, the
    layout's variable `size` (`SurveyColumnMissing` without one)."""
    weight = survey.table["weight"].to_numpy().astype(np.float64)
    if weighting == "person":
        weight = weight * _members(survey)
    village = survey.table["village"].rank("dense").to_numpy().astype(np.int64) - 1
    return Judged(survey.table["log_target"].to_numpy(), predicted, weight, village)


def _members(survey: Survey) -> NDArray[np.int64]:
    if SIZE not in survey.table.columns:
        names = ", ".join(variable.id for variable in survey.layout.variables)
        raise SurveyColumnMissing(
            column="size", path=str(survey.path), purpose="--person-weighted", columns=names
        )
    return survey.table[SIZE].fill_null(1).to_numpy()


def _evaluation(
    judged: Judged, survey: Survey, how: str, same: bool, seen: int, replicates: int, seed: int
) -> Evaluation:
    columns = {group.id: survey.table[f"group_{group.id}"].to_numpy() for group in survey.layout.groups}
    groups = accuracy.by_group(judged, columns, GROUP_LEVEL)
    return Evaluation(
        n=survey.table.height,
        unscored=int(np.isnan(judged.predicted).sum()),
        villages=len(survey.villages),
        r2=accuracy.r2(judged),
        at=accuracy.at_levels(judged),
        intervals=accuracy.intervals(judged, replicates=replicates, seed=seed) if replicates else {},
        groups=groups,
        worst=_worst(groups),
        how=how,
        same_file=same,
        villages_seen=seen,
    )


def _worst(groups: dict[str, dict[str, dict[str, float]]]) -> dict[str, Any] | None:
    flat: list[dict[str, Any]] = [
        {"group": group, "value": value, **found}
        for group, values in groups.items()
        for value, found in values.items()
        if found["poor"] >= FEWEST_POOR
    ]
    return max(flat, key=lambda one: float(one["ee"]), default=None)


def _villages_seen(model: WelfareModel, survey: Survey) -> int:
    known = set(model.training.get("village_marks", ()))
    return sum(train.village_mark(village) in known for village in survey.villages)


def _effect(area: AreaLevel, survey: Survey) -> pl.Series:
    known = {effect.key: effect.coefficient for effect in area.effects}
    keys = survey.table[f"area_{area.level}"]
    name = score.effect_column(area)
    return keys.replace_strict(known, default=0, return_dtype=pl.Int64).alias(name)


def _predicted(found: pl.Series) -> NDArray[np.float64]:
    return found.cast(pl.Float64).fill_null(float("nan")).to_numpy() / MICRO
