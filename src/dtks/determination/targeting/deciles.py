"""Deciles: 1 is the poorest tenth of the whole population, by dated national cut-points of a model.

A register of one regency, or of the poor alone, is not cut into its own tenths: that would make a tenth
of any register "decile 1". Ranking within a run is another thing (`dtks.determination.runs.ranking`) and
says so.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Literal, cast, get_args

import narwhals as nw
import polars as pl
import yaml
from django.conf import settings

from dtks.determination.targeting.domain import CutPoints, Label, Status
from dtks.determination.targeting.errors import CutPointsMissing, CutPointsOfAnotherModel
from dtks.determination.targeting.rules import documents

TENTHS = 10
SHOWN = 12
"""Digits of a SHA-256 that a message shows."""


def folder() -> Path:
    """Where the cut-points that the product knows are kept."""
    return Path(settings.PROJECT_ROOT) / "parameters" / "welfare" / "cut_points"


def expression(cut_points: CutPoints) -> nw.Expr:
    """`desil`, Int8, of a table with `score`: 1 is the poorest, null where there is no score. A score at a
    cut-point belongs to the poorer decile, so that families of equal score are never parted."""
    above = nw.lit(1, nw.Int8)
    for value in cut_points.values:
        above = above + nw.when(nw.col("score") > value).then(nw.lit(1, nw.Int8)).otherwise(
            nw.lit(0, nw.Int8)
        )
    return nw.when(~nw.col("score").is_null()).then(above).cast(nw.Int8).alias("desil")


def cut(families: pl.DataFrame, *, weighting: Literal["people", "families"] = "people") -> tuple[int, ...]:
    """The nine cut-points of a population: `score` and, weighted by people, `size` of each family.

    The highest score of decile d is that of the first family, from the poorest, with which d tenths of
    the people are reached. Unscored families are left out.
    """
    weight = pl.col("size").cast(pl.Int64) if weighting == "people" else pl.lit(1, pl.Int64)
    scored = families.filter(pl.col("score").is_not_null()).select("score", weight=weight)
    by_score = scored.group_by("score").agg(pl.col("weight").sum()).sort("score")
    reached = by_score.with_columns(pl.col("weight").cum_sum() * TENTHS)
    total = int(by_score["weight"].sum())
    found = []
    for tenth in range(1, TENTHS):
        at = reached.filter(pl.col("weight") >= tenth * total).head(1)
        found.append(int(at["score"][0]))
    return tuple(found)


def load(*, model: str, sha256: str, on: datetime.date, directory: Path | None = None) -> CutPoints:
    """The cut-points in force on a day of a model with that very content: those of the model as it was
    before a change would put families into wrong deciles without a word.

    Raises `CutPointsMissing`, `CutPointsOfAnotherModel`, `DocumentError`.
    """
    candidates = [read(path) for path in sorted((directory or folder()).glob("*.yaml"))]
    fitting = [one for one in candidates if one.model == model and one.in_force(on)]
    if not fitting:
        raise CutPointsMissing(model=model, on=on.isoformat())
    own = [one for one in fitting if one.model_sha256 == sha256]
    if not own:
        found = ", ".join(sorted({one.model_sha256[:SHOWN] for one in fitting}))
        raise CutPointsOfAnotherModel(model=model, on=on.isoformat(), found=found, wanted=sha256[:SHOWN])
    return max(own, key=lambda one: one.valid_from)


def read(path: Path) -> CutPoints:
    """One file of cut-points. Raises `DocumentError`."""
    keys = documents.read(path).mapping(
        required={
            "model",
            "model_sha256",
            "valid_from",
            "status",
            "basis_id",
            "basis_en",
            "weighting",
            "cut_points",
        },
        optional={"valid_to"},
    )
    values = tuple(item.integer() for item in keys["cut_points"].items())
    if len(values) != TENTHS - 1 or list(values) != sorted(values):
        raise keys["cut_points"].refused("sembilan batas yang naik", "nine rising cut-points are needed")
    return CutPoints(
        model=keys["model"].text(),
        model_sha256=keys["model_sha256"].text(),
        values=values,
        valid_from=keys["valid_from"].day(),
        valid_to=keys["valid_to"].optional_day() if "valid_to" in keys else None,
        status=cast(Status, keys["status"].choice(get_args(Status))),
        basis=Label(keys["basis_id"].text(), keys["basis_en"].text()),
        weighting=cast(Literal["people", "families"], keys["weighting"].choice(("people", "families"))),
    )


def write(cut_points: CutPoints, path: Path) -> None:
    """Write a file that `read` reads."""
    plain = {
        "model": cut_points.model,
        "model_sha256": cut_points.model_sha256,
        "valid_from": cut_points.valid_from,
        "valid_to": cut_points.valid_to,
        "status": cut_points.status,
        "basis_id": cut_points.basis.id,
        "basis_en": cut_points.basis.en,
        "weighting": cut_points.weighting,
        "cut_points": list(cut_points.values),
    }
    head = (
        "# The highest score of deciles 1 to 9, micro-log units; decile 1 is the poorest tenth.\n"
        "# Made by `dtks targeting cut-points`.\n\n"
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        head + yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=105), encoding="utf-8"
    )
