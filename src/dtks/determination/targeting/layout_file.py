"""A survey's layout: which column is what. One YAML file each; known ones are recognised by the header."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import cast, get_args

from django.conf import settings

from dtks.determination.targeting import variable_entries
from dtks.determination.targeting.domain import (
    Amount,
    AreaLevel,
    Category,
    Column,
    Layout,
    Status,
    Variable,
    WelfareModel,
    may_not_predict,
)
from dtks.determination.targeting.errors import ForbiddenPredictor, SurveyLayoutUnknown
from dtks.determination.targeting.rules import documents
from dtks.determination.targeting.rules.documents import Entry
from dtks.determination.targeting.variable_entries import label

_REQUIRED = {"id", "label_id", "household", "village", "variables"}
_OPTIONAL = {
    "label_en", "source", "status", "note_id", "note_en", "unit_id", "unit_en", "weight", "areas", "groups",
    "never", "recognised_by",
}  # fmt: skip


def known_layouts() -> Path:
    """The folder of the layouts that the product knows."""
    return Path(settings.PROJECT_ROOT) / "parameters" / "welfare" / "surveys"


def read(path: Path) -> Layout:
    """A mapping file. Raises `DocumentError` with file and line, `ForbiddenPredictor`, OSError."""
    return layout(documents.read(path))


def layout(entry: Entry) -> Layout:
    """A layout from its YAML entry."""
    keys = entry.mapping(required=_REQUIRED, optional=_OPTIONAL)
    areas = tuple(variable_entries.area(item) for item in keys["areas"].items()) if "areas" in keys else ()
    found = Layout(
        id=keys["id"].text(),
        label=label(keys, "label"),
        source=keys["source"].text() if "source" in keys else "",
        status=cast(Status, keys["status"].choice(get_args(Status))) if "status" in keys else "demonstration",
        note=label(keys, "note"),
        unit=label(keys, "unit"),
        household=keys["household"].text(),
        village=keys["village"].texts(),
        weight=keys["weight"].text() if "weight" in keys else None,
        areas=areas,
        groups=tuple(variable_entries.group(item) for item in keys["groups"].items())
        if "groups" in keys
        else (),
        never=frozenset(keys["never"].texts()) if "never" in keys else frozenset(),
        variables=tuple(variable_entries.variable(item) for item in keys["variables"].items()),
        recognised_by=frozenset(keys["recognised_by"].texts()) if "recognised_by" in keys else frozenset(),
    )
    for variable, item in zip(found.variables, keys["variables"].items(), strict=True):
        refuse_forbidden(variable, layout=found, target="", where=item.where)
    return found


def recognise(path: Path, columns: Collection[str]) -> Layout:
    """The known layout whose columns are all in a file's header. Raises `SurveyLayoutUnknown`."""
    for candidate in sorted(known_layouts().glob("*.yaml")):
        found = read(candidate)
        if found.recognised_by and found.recognised_by <= set(columns):
            return found
    raise SurveyLayoutUnknown(path=str(path), columns=", ".join(columns))


def for_model(model: WelfareModel, mapping: Layout) -> Layout:
    """A mapping file as the layout of a model's own variables: `mapping` says in which columns of its survey
    their answers stand (variables and levels of equal `id`). A variable that it lacks is unknown there."""
    sources = {variable.id: variable for variable in mapping.variables}
    columns = {area.level: area.survey for area in mapping.areas}
    return replace(
        mapping,
        variables=tuple(_from(variable, sources.get(variable.id)) for variable in model.variables),
        areas=tuple(
            replace(area, survey=columns[area.level]) for area in model.areas if area.level in columns
        ),
    )


def _from(variable: Variable, source: Variable | None) -> Variable:
    if isinstance(variable, Amount):
        return replace(variable, survey=source.survey if isinstance(source, Amount) else None)
    found = {level.id: level.survey for level in source.levels} if isinstance(source, Category) else {}
    levels = tuple(replace(level, survey=found.get(level.id)) for level in variable.levels)
    return replace(variable, levels=levels)


def survey_columns(variable: Variable) -> tuple[str, ...]:
    """The survey columns that a variable reads."""
    source = getattr(variable, "survey", None)
    if isinstance(source, Column):
        return (source.column,)
    levels = getattr(variable, "levels", ())
    answers = [answer for level in levels for answer in level.survey or ()]
    return tuple(dict.fromkeys(answer.column for answer in answers))


def area_columns(areas: Collection[AreaLevel]) -> tuple[str, ...]:
    """The survey columns that make the codes of the areas."""
    return tuple(dict.fromkeys(column for area in areas for column in area.survey))


def refuse_forbidden(variable: Variable, *, layout: Layout, target: str, where: str) -> None:
    """Raise `ForbiddenPredictor` if a variable reads a column that may not predict."""
    for column in survey_columns(variable):
        if may_not_predict(column, layout=layout, target=target):
            raise ForbiddenPredictor(where=where, column=column)
