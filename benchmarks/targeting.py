"""Methods tried for the welfare model, in the same village-grouped folds, each against OLS with area effects.

    DTKS_SURVEY=survey.csv .venv/bin/python benchmarks/targeting.py            # 10 folds, 5 times
    .venv/bin/python benchmarks/targeting.py --survey survey.csv --repeats 10 --only ours,ridge

Needs a survey in the layout that `dtks targeting` recognises (`parameters/welfare/surveys/`), and for the
boosted trees scikit-learn (a development dependency). For each method: R² of log consumption and exclusion
error (as many are selected as are poor, so it is the inclusion error too) at the poorest 20 and 40 %, and the
mean of the exclusion errors at 16 … 24 % and 35 … 45 % (`near_20`, `near_40`: less of an accident than one
cut), all means over the repeats; and the difference from the baseline `ols_regency`, with its standard error
over villages drawn with replacement.
Limit: the product's model (`ours`) has no more exclusion error than the baseline plus one standard error.
"""

from __future__ import annotations

import argparse
import datetime
import itertools
import json
import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
RESULT = Path(__file__).parent / "results" / "targeting.json"
BASELINE = "ols_regency"
LEVELS = (20, 40)
REPLICATES = 400
SEED = 20260101
TODAY = datetime.date(2026, 1, 1)

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Data:
    """The survey as plain columns for the methods that are not the product's: `x` as the file has them,
    `curves` with logarithms of floor area and size and pieces of age instead."""

    survey: Any
    x: Floats
    curves: Floats
    regency: Floats
    district: Floats
    village_means: Floats
    y: Floats
    village: Rows


Method = Callable[[Data, Rows, Rows], Floats]
"""Predictions for the second rows by what is learnt on the first."""


def load(path: Path) -> Data:
    from dtks.determination.targeting import layout_file, survey
    from dtks.determination.targeting.domain import may_not_predict

    layout = layout_file.recognise(path, survey.header(path))
    read = survey.read(path, layout=layout, target="consumption")
    raw = pl.read_csv(path)
    own = {*layout.village, layout.household}
    names = [
        n for n in raw.columns if n not in own and not may_not_predict(n, layout=layout, target="consumption")
    ]
    x = raw.select(pl.col(names).cast(pl.Float64)).to_numpy()
    at = {name: x[:, names.index(name)] for name in ("pcfloor", "hhsize", "hhage")}
    bent = {"pcfloor", "hhsize", "hhsize2", "hhsize_ae", "hhage", "hhage2"}
    rest = x[:, [place for place, name in enumerate(names) if name not in bent]]
    floor, size = np.log(np.maximum(at["pcfloor"], 1)), np.log(at["hhsize"])
    ages = [np.maximum(at["hhage"] - knot, 0) / 10 for knot in (15, 40, 50, 60, 70)]
    curves = np.column_stack([floor, floor**2, size, size**2, *ages, rest])
    village = read.table["village"].rank("dense").to_numpy().astype(np.int64) - 1
    counts = np.bincount(village)[:, None]
    sums = np.zeros((len(counts), curves.shape[1]))
    np.add.at(sums, village, curves)
    return Data(
        survey=read, x=x, curves=curves, regency=dummies(read.table["area_regency"]),
        district=dummies(read.table["area_district"]), village_means=(sums / counts)[village],
        y=read.table["log_target"].to_numpy(), village=village,
    )  # fmt: skip


def dummies(codes: pl.Series) -> Floats:
    return codes.to_dummies().to_numpy().astype(np.float64)


def standardised(values: Floats) -> Floats:
    scale = values.std(axis=0)
    return (values - values.mean(axis=0)) / np.where(scale > 0, scale, 1)


def penalised(
    data: Data, inside: Rows, outside: Rows, blocks: Sequence[tuple[Floats, float]], **weights: Any
) -> Floats:
    """Least squares; each block of columns with its own penalty (0: free). `weight`: one per row."""
    design = np.hstack([np.ones((len(data.y), 1)), *(columns for columns, _ in blocks)])
    penalty = np.concatenate(
        [[1e-9], *(np.full(columns.shape[1], strength + 1e-9) for columns, strength in blocks)]
    )
    weight = weights.get("weight", np.ones(len(data.y)))[inside]
    left = design[inside]
    beta = np.linalg.solve((left.T * weight) @ left + np.diag(penalty), (left.T * weight) @ data.y[inside])
    return design[outside] @ beta


def ols(data: Data, inside: Rows, outside: Rows) -> Floats:
    return penalised(data, inside, outside, [(data.x, 0)])


def ols_regency(data: Data, inside: Rows, outside: Rows) -> Floats:
    return penalised(data, inside, outside, [(data.x, 0), (data.regency, 1e-6)])


def ols_curves(data: Data, inside: Rows, outside: Rows) -> Floats:
    return penalised(data, inside, outside, [(data.curves, 0), (data.regency, 1e-6)])


def areas(data: Data) -> list[tuple[Floats, float]]:
    """Shrunken regency and district effects, with the strength that REML finds on this survey."""
    return [(data.regency, 10), (data.district, 25)]


def ridge(data: Data, inside: Rows, outside: Rows) -> Floats:
    return penalised(data, inside, outside, [(standardised(data.curves), 30), *areas(data)])


def shrunken_areas(data: Data, inside: Rows, outside: Rows) -> Floats:
    return penalised(data, inside, outside, [(data.curves, 0), *areas(data)])


def village_context(data: Data, inside: Rows, outside: Rows) -> Floats:
    """With means of all predictors over the village, as a registry would know them."""
    blocks = [(data.curves, 0), (standardised(data.village_means), 300), *areas(data)]
    return penalised(data, inside, outside, blocks)


def province_slopes(data: Data, inside: Rows, outside: Rows) -> Floats:
    """Every effect may differ by province, drawn towards the common one."""
    provinces = dummies(data.survey.table["group_province"])
    z = standardised(data.curves)
    own = np.hstack([z * provinces[:, [place]] for place in range(provinces.shape[1])])
    return penalised(data, inside, outside, [(data.curves, 0), (own, 1000), *areas(data)])


def all_pairs(data: Data, inside: Rows, outside: Rows) -> Floats:
    """Every product of two predictors, drawn strongly towards zero: about a thousand coefficients."""
    z = standardised(data.curves)
    pairs = np.column_stack([z[:, a] * z[:, b] for a, b in itertools.combinations(range(z.shape[1]), 2)])
    blocks = [(data.curves[:, :9], 0), (z[:, 9:], 300), (pairs, 30_000), *areas(data)]
    return penalised(data, inside, outside, blocks)


def poverty_weighted(data: Data, inside: Rows, outside: Rows) -> Floats:
    """Households above the median count half: the line lies below it."""
    weight = np.where(data.y < np.median(data.y[inside]), 1.0, 0.5)
    return penalised(data, inside, outside, [(standardised(data.curves), 30), *areas(data)], weight=weight)


def huber(data: Data, inside: Rows, outside: Rows) -> Floats:
    """Residuals beyond 1.5 robust standard deviations count less."""
    blocks = [(standardised(data.curves), 30), *areas(data)]
    weight = np.ones(len(data.y))
    everybody = np.arange(len(data.y))
    for _ in range(5):
        residual = np.abs(data.y - penalised(data, inside, everybody, blocks, weight=weight))
        scale = 1.4826 * np.median(residual[inside])
        weight = np.minimum(1, 1.5 * scale / np.maximum(residual, 1e-9))
    return penalised(data, inside, outside, blocks, weight=weight)


def logit(level: int) -> Method:
    """The chance of being among the poorest `level` % instead of consumption, brought back to log units."""

    def method(data: Data, inside: Rows, outside: Rows) -> Floats:
        parts = [
            (standardised(data.curves), 6.0),
            *((columns, 0.2 * penalty) for columns, penalty in areas(data)),
        ]
        design = np.hstack([np.ones((len(data.y), 1)), *(columns for columns, _ in parts)])
        penalty = np.diag(np.concatenate([[1e-6], *(np.full(c.shape[1], s) for c, s in parts)]))
        better = (data.y >= np.quantile(data.y[inside], level / 100)).astype(float)
        left, beta = design[inside], np.zeros(design.shape[1])
        for _ in range(10):
            chance = 1 / (1 + np.exp(-np.clip(left @ beta, -15, 15)))
            step = left.T @ (better[inside] - chance) - penalty @ beta
            beta += np.linalg.solve((left.T * (chance * (1 - chance) + 1e-6)) @ left + penalty, step)
        slope, level_ = np.polyfit(left @ beta, data.y[inside], 1)
        return slope * (design[outside] @ beta) + level_

    return method


def boosted_trees(data: Data, inside: Rows, outside: Rows) -> Floats:
    from sklearn.ensemble import GradientBoostingRegressor

    columns = np.hstack([data.x, data.regency])
    model = GradientBoostingRegressor(
        n_estimators=400, learning_rate=0.03, max_depth=3, subsample=0.5, min_samples_leaf=20,
        max_features=0.2, random_state=0,
    )  # fmt: skip
    return model.fit(columns[inside], data.y[inside]).predict(columns[outside])


def stacked(data: Data, inside: Rows, outside: Rows) -> Floats:
    """Half ridge, half boosted trees."""
    return (ridge(data, inside, outside) + boosted_trees(data, inside, outside)) / 2


def ours(*, for_registry: bool = False, one_block: bool = False) -> Method:
    """The product's own code, trained and scored as `dtks targeting` does it."""

    def method(data: Data, inside: Rows, outside: Rows) -> Floats:
        from dtks.determination.targeting import evaluate, train
        from dtks.determination.targeting.domain import MICRO

        survey = data.survey
        if one_block:
            variables = tuple(replace(variable, block="") for variable in survey.layout.variables)
            survey = replace(survey, layout=replace(survey.layout, variables=variables))
        model = train.train(survey.only(pl.Series(inside)), today=TODAY, for_registry=for_registry).model
        return evaluate.scores(model, survey.only(pl.Series(outside))).to_numpy() / MICRO

    return method


METHODS: dict[str, Method] = {
    "ols": ols,
    BASELINE: ols_regency,
    "ols_curves": ols_curves,
    "shrunken_areas": shrunken_areas,
    "ridge": ridge,
    "village_context": village_context,
    "province_slopes": province_slopes,
    "all_pairs": all_pairs,
    "poverty_weighted": poverty_weighted,
    "huber": huber,
    "logit_20": logit(20),
    "logit_40": logit(40),
    "boosted_trees": boosted_trees,
    "stacked": stacked,
    "ours_one_block": ours(one_block=True),
    "ours": ours(),
    "ours_for_registry": ours(for_registry=True),
}


def cross_validated(data: Data, method: Method, *, folds: int, repeats: int) -> list[Floats]:
    """Predictions for every household by a model that has not seen its village, once per repeat."""
    from dtks.determination.targeting.evaluate import village_folds

    found = []
    for repeat in range(repeats):
        predicted = np.empty(len(data.y))
        for inside, outside in village_folds(data.survey, folds, SEED + repeat):
            predicted[outside.to_numpy()] = method(data, inside.to_numpy(), outside.to_numpy())
        found.append(predicted)
    return found


def unseen_regencies(data: Data, method: Method) -> Floats:
    """Predictions for every regency by a model that has seen none of its villages: what a new area gets."""
    code = data.survey.table["area_regency"]
    predicted = np.empty(len(data.y))
    for one in code.unique():
        outside = (code == one).arg_true().to_numpy()
        inside = (code != one).arg_true().to_numpy()
        predicted[outside] = method(data, inside, outside)
    return predicted


class Errors:
    """Exclusion error of several predictions of the same households, over the same draws of villages."""

    def __init__(self, data: Data) -> None:
        from dtks.determination.targeting.accuracy import Ranking

        self.data = data
        self.true = Ranking(data.y)
        chance = np.random.default_rng(SEED)
        count = int(data.village.max()) + 1
        draws = [np.bincount(chance.integers(0, count, count), minlength=count) for _ in range(REPLICATES)]
        self.weights = [np.ones(len(data.y)), *(times[data.village].astype(float) for times in draws)]

    def exclusion(self, predictions: Sequence[Floats], level: int) -> Floats:
        """Mean over the predictions; first as it is, then for each draw."""
        from dtks.determination.targeting.accuracy import Ranking

        rankings = [Ranking(one) for one in predictions]
        found = []
        for weight in self.weights:
            poor = self.true.poorest(weight, level)
            both = [weight @ np.minimum(poor, one.poorest(weight, level)) for one in rankings]
            found.append(1 - np.mean(both) / (weight @ poor))
        return np.array(found)

    def near(self, predictions: Sequence[Floats], level: int) -> float:
        """Mean exclusion error over the levels from a fifth below to a fifth above, at most five points."""
        from dtks.determination.targeting.accuracy import Ranking

        rankings = [Ranking(one) for one in predictions]
        reach = min(5, level // 5)
        weight = self.weights[0]
        found = []
        for one in range(level - reach, level + reach + 1):
            poor = self.true.poorest(weight, one)
            found += [
                1 - weight @ np.minimum(poor, r.poorest(weight, one)) / (weight @ poor) for r in rankings
            ]
        return float(np.mean(found))


def r2(y: Floats, predictions: Sequence[Floats]) -> float:
    spread = float(((y - y.mean()) ** 2).sum())
    return float(np.mean([1 - float(((y - one) ** 2).sum()) / spread for one in predictions]))


def compare(data: Data, *, folds: int, repeats: int, only: Sequence[str]) -> dict[str, Any]:
    names = [name for name in METHODS if name in {BASELINE, *only}]
    errors = Errors(data)
    found: dict[str, Any] = {}
    drawn: dict[str, dict[int, Floats]] = {}
    for name in sorted(names, key=lambda one: one != BASELINE):
        started = time.perf_counter()
        predictions = cross_validated(data, METHODS[name], folds=folds, repeats=repeats)
        drawn[name] = {level: errors.exclusion(predictions, level) for level in LEVELS}
        one: dict[str, Any] = {"r2": round(r2(data.y, predictions), 4)}
        for level in LEVELS:
            gap = drawn[name][level] - drawn[BASELINE][level]
            one[f"ee_{level}"] = round(float(drawn[name][level][0]), 4)
            one[f"difference_{level}"] = round(float(gap[0]), 4)
            one[f"standard_error_{level}"] = round(float(gap[1:].std(ddof=1)), 4)
            one[f"near_{level}"] = round(errors.near(predictions, level), 4)
        one["seconds"] = round(time.perf_counter() - started, 1)
        found[name] = one
        print(name, one, flush=True)
    return found


def in_new_regencies(data: Data) -> dict[str, Any]:
    errors = Errors(data)
    found = {}
    for name in ("ols", "ours"):
        predicted = unseen_regencies(data, METHODS[name])
        exclusion = {
            f"ee_{level}": round(float(errors.exclusion([predicted], level)[0]), 4) for level in LEVELS
        }
        found[name] = {"r2": round(r2(data.y, [predicted]), 4), **exclusion}
    return found


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dtks.config.settings")
    import django

    django.setup()
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--survey", type=Path, default=os.environ.get("DTKS_SURVEY"))
    parser.add_argument("--folds", type=int, default=10)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--only", default=",".join(METHODS), help="methods, with commas")
    options = parser.parse_args()
    if options.survey is None:
        parser.error("name a survey with --survey or DTKS_SURVEY")
    data = load(Path(options.survey))
    methods = compare(data, folds=options.folds, repeats=options.repeats, only=options.only.split(","))
    kept = methods.get("ours", {})
    met = bool(kept) and all(kept[f"difference_{one}"] <= kept[f"standard_error_{one}"] for one in LEVELS)
    result = {
        "machine": {"cpu": platform.processor() or platform.machine(), "cores": os.cpu_count()},
        "households": len(data.y), "villages": int(data.village.max()) + 1,
        "folds": options.folds, "repeats": options.repeats, "replicates": REPLICATES,
        "methods": methods, "new_regencies": in_new_regencies(data), "limit_met": met,
    }  # fmt: skip
    if kept and len(methods) == len(METHODS):
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
