"""A welfare model as a readable YAML file: variable, coefficient, reference, source, validity, training."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any, cast, get_args

import yaml
from django.conf import settings

from dtks.determination.targeting import variable_entries, variable_writing
from dtks.determination.targeting.domain import Label, Layout, Status, WelfareModel
from dtks.determination.targeting.errors import ModelNotFound
from dtks.determination.targeting.rules import documents
from dtks.determination.targeting.rules.documents import Entry
from dtks.determination.targeting.variable_entries import label

DEFAULT = "demonstration-2008"
"""The model that a determination uses when none is named."""

_HEAD = """\
# A welfare model: the natural logarithm of consumption per head as a sum of whole numbers.
# intercept, coefficient, slope, mean: micro-log units (1,000,000 = 1 of the logarithm; 10,000 is about 1 %).
# category: the coefficient of the level that holds; the reference adds 0. amount: between two knots each
# unit adds `slope`. An area that is not listed adds 0. `mean` is the average contribution in the survey.
# `unknown` says what a missing answer does: `require` leaves the family without a score, `category` adds the
# coefficient given. Made by `dtks targeting train`; the keys are described in docs/explanation/targeting.md.

"""
_REQUIRED = {
    "id", "label_id", "status", "target", "valid_from", "intercept", "variables", "areas",
    "training", "survey",
}  # fmt: skip
_OPTIONAL = {"source", "label_en", "note_id", "note_en", "unit_id", "unit_en", "valid_to"}
_OF_SURVEY = {"layout", "household", "village"}


def folder() -> Path:
    """Where the models that the product knows are kept."""
    return Path(settings.PROJECT_ROOT) / "parameters" / "welfare"


def load(name_or_path: str | Path = DEFAULT) -> WelfareModel:
    """A model by the name of a file in `parameters/welfare`, or by path.

    Raises `ModelNotFound`; `DocumentError` with file and line.
    """
    return _read(_path(name_or_path))[0]


def load_with_layout(name_or_path: str | Path) -> tuple[WelfareModel, Layout]:
    """A model, and the layout of the survey that it was trained on."""
    return _read(_path(name_or_path))


def _path(name_or_path: str | Path) -> Path:
    path = Path(name_or_path)
    if path.is_file():
        return path
    known = {candidate.stem: candidate for candidate in folder().glob("*.yaml")}
    if str(name_or_path) not in known:
        raise ModelNotFound(name=str(name_or_path), known=", ".join(sorted(known)) or "–")
    return known[str(name_or_path)]


def _read(path: Path) -> tuple[WelfareModel, Layout]:
    entry = documents.read(path)
    keys = entry.mapping(required=_REQUIRED, optional=_OPTIONAL)
    model = WelfareModel(
        id=keys["id"].text(),
        label=label(keys, "label"),
        status=cast(Status, keys["status"].choice(get_args(Status))),
        note=label(keys, "note"),
        target=keys["target"].text(),
        unit=label(keys, "unit"),
        source=keys["source"].text() if "source" in keys else "",
        layout=keys["survey"].entries()["layout"].text(),
        valid_from=keys["valid_from"].day(),
        valid_to=keys["valid_to"].optional_day() if "valid_to" in keys else None,
        intercept=keys["intercept"].integer(),
        variables=tuple(variable_entries.variable(item) for item in keys["variables"].items()),
        areas=tuple(variable_entries.area(item) for item in keys["areas"].items()),
        training=keys["training"].plain(),
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        file=f"{path.parent.name}/{path.name}",
    )
    return model, _layout(keys["survey"], model)


def _layout(entry: Entry, model: WelfareModel) -> Layout:
    keys = entry.mapping(required=_OF_SURVEY, optional={"weight", "never", "groups"})
    return Layout(
        id=model.layout,
        label=model.label,
        source=model.source,
        status=model.status,
        note=model.note,
        unit=model.unit,
        household=keys["household"].text(),
        village=keys["village"].texts(),
        weight=keys["weight"].text() if "weight" in keys else None,
        areas=model.areas,
        groups=tuple(variable_entries.group(item) for item in keys["groups"].items())
        if "groups" in keys
        else (),
        never=frozenset(keys["never"].texts()) if "never" in keys else frozenset(),
        variables=model.variables,
    )


def write(model: WelfareModel, layout: Layout, path: Path) -> WelfareModel:
    """Write a model, and the survey's layout that it was trained by; the model as it is now on disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.dump(_plain(model, layout), Dumper=_Writer, sort_keys=False, allow_unicode=True, width=115)
    path.write_text(_HEAD + text, encoding="utf-8")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return replace(model, sha256=digest, file=f"{path.parent.name}/{path.name}")


def _plain(model: WelfareModel, layout: Layout) -> dict[str, Any]:
    survey = {
        "layout": layout.id,
        "household": layout.household,
        "village": list(layout.village),
        **({"weight": layout.weight} if layout.weight else {}),
        **({"never": sorted(layout.never)} if layout.never else {}),
        "groups": [variable_writing.group_plain(group) for group in layout.groups],
    }
    return {
        "id": model.id,
        **_texts("label", model.label),
        "status": model.status,
        **_texts("note", model.note),
        "target": model.target,
        **_texts("unit", model.unit),
        **({"source": model.source} if model.source else {}),
        "valid_from": model.valid_from,
        "valid_to": model.valid_to,
        "training": dict(model.training),
        "survey": survey,
        "intercept": model.intercept,
        "variables": [variable_writing.variable_plain(variable) for variable in model.variables],
        "areas": [variable_writing.area_plain(area) for area in model.areas],
    }


def _texts(name: str, one: Label) -> dict[str, str]:
    return {f"{name}_id": one.id, f"{name}_en": one.en} if one.id else {}


class _Writer(yaml.SafeDumper):
    """Block style outside, one line for what has no list or mapping inside."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> yaml.MappingNode:
        return super().represent_mapping(tag, mapping, flow_style=_short(mapping))

    def represent_sequence(
        self, tag: str, sequence: Any, flow_style: bool | None = None
    ) -> yaml.SequenceNode:
        return super().represent_sequence(tag, sequence, flow_style=_plain_items(sequence))


def _short(mapping: dict[str, Any]) -> bool:
    return len(mapping) <= 6 and len(str(mapping)) <= 110


def _plain_items(sequence: list[Any]) -> bool:
    return all(not isinstance(item, dict | list) for item in sequence)
