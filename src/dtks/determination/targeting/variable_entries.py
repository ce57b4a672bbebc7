"""Variables, areas and groups as they stand in YAML, read from a layout or a model."""

from __future__ import annotations

from typing import cast, get_args

import yaml

from dtks.determination.targeting.domain import (
    AREA_NAMES,
    Amount,
    Answer,
    AreaEffect,
    AreaLevel,
    AreaName,
    Basis,
    Category,
    Column,
    Curve,
    Group,
    Label,
    Level,
    Piece,
    Policy,
    Ratio,
    Unknown,
    Variable,
)
from dtks.determination.targeting.rules.documents import Entry

YES, NO = Label("ya", "yes"), Label("tidak", "no")
KINDS = ("category", "yes_no", "amount")
_OF_VARIABLE = frozenset({"label_id", "label_en", "unknown", "mean", "block"})


def canonical(value: object) -> str:
    """A survey answer as text that compares: " 1.0 " and 1 are "1", "Ya" is "ya"."""
    text = str(value).strip().casefold()
    try:
        number = float(text)
    except ValueError:
        return text
    return str(int(number)) if number.is_integer() else text


def label(keys: dict[str, Entry], name: str, *, default: str = "") -> Label:
    """`name_id` and `name_en`; without English the Indonesian stands for both."""
    indonesian = keys[f"{name}_id"].text() if f"{name}_id" in keys else default
    return Label(indonesian, keys[f"{name}_en"].text() if f"{name}_en" in keys else indonesian)


def variable(entry: Entry) -> Variable:
    """One item of `variables:`. Raises `DocumentError`."""
    kind = entry.entries()["kind"].choice(KINDS) if "kind" in entry.entries() else "category"
    if kind == "amount":
        return _amount(entry)
    return _yes_no(entry) if kind == "yes_no" else _category(entry)


def _category(entry: Entry) -> Category:
    keys = entry.mapping(
        required={"id", "kind", "reference_id", "levels"}, optional=_OF_VARIABLE | {"reference_en"}
    )
    return Category(
        id=keys["id"].text(),
        label=label(keys, "label", default=keys["id"].text()),
        reference=label(keys, "reference"),
        levels=tuple(_level(item) for item in keys["levels"].items()),
        unknown=_unknown(keys),
        mean=_integer(keys, "mean"),
        block=keys["block"].text() if "block" in keys else "",
    )


def _level(entry: Entry) -> Level:
    keys = entry.mapping(required={"id"}, optional={"label_id", "label_en", *_OF_LEVEL})
    return _level_of(keys, keys["id"].text(), label(keys, "label", default=keys["id"].text()))


_OF_LEVEL = frozenset({"survey", "registry", "coefficient", "standard_error", "share"})


def _yes_no(entry: Entry) -> Category:
    keys = entry.mapping(required={"id", "kind"}, optional=_OF_VARIABLE | _OF_LEVEL)
    return Category(
        id=keys["id"].text(),
        label=label(keys, "label", default=keys["id"].text()),
        reference=NO,
        levels=(_level_of(keys, "yes", YES),),
        unknown=_unknown(keys),
        mean=_integer(keys, "mean"),
        block=keys["block"].text() if "block" in keys else "",
    )


def _level_of(keys: dict[str, Entry], id_: str, name: Label) -> Level:
    return Level(
        id=id_,
        label=name,
        survey=_answers(keys["survey"]) if "survey" in keys else None,
        registry=keys["registry"].text() if "registry" in keys else None,
        coefficient=_integer(keys, "coefficient"),
        standard_error=_integer(keys, "standard_error"),
        share=float(keys["share"].plain()) if "share" in keys else 0.0,
        registry_where=keys["registry"].where if "registry" in keys else "",
    )


def _answers(entry: Entry) -> tuple[Answer, ...]:
    if isinstance(entry.node, yaml.SequenceNode):
        return tuple(_answer(item) for item in entry.items())
    return (_answer(entry),)


def _answer(entry: Entry) -> Answer:
    keys = entry.mapping(required={"column", "is"})
    return Answer(keys["column"].text(), tuple(canonical(item.plain()) for item in keys["is"].items()))


def _amount(entry: Entry) -> Amount:
    optional = _OF_VARIABLE | {"unit_id", "unit_en", "survey", "registry", "curve", "knots", "pieces"}
    keys = entry.mapping(required={"id", "kind"}, optional=optional)
    knots = tuple(item.integer() for item in keys["knots"].items()) if "knots" in keys else ()
    if list(knots) != sorted(set(knots)) or len(knots) == 1:
        raise keys["knots"].refused("knots harus naik, paling sedikit dua", "knots must rise, two at least")
    return Amount(
        id=keys["id"].text(),
        label=label(keys, "label", default=keys["id"].text()),
        unit=label(keys, "unit"),
        survey=_column(keys["survey"]) if "survey" in keys else None,
        registry=_ratio(keys["registry"]) if "registry" in keys else None,
        curve=cast(Curve, keys["curve"].choice(get_args(Curve))) if "curve" in keys else "pieces",
        knots=knots,
        unknown=_unknown(keys),
        pieces=tuple(_piece(item) for item in keys["pieces"].items()) if "pieces" in keys else (),
        mean=_integer(keys, "mean"),
        block=keys["block"].text() if "block" in keys else "",
    )


def _column(entry: Entry) -> Column:
    keys = entry.mapping(required={"column"}, optional={"scale"})
    return Column(keys["column"].text(), _integer(keys, "scale", 1))


def _ratio(entry: Entry) -> Ratio:
    keys = entry.mapping(required={"value"}, optional={"scale", "per"})
    per = keys["per"].text() if "per" in keys else None
    return Ratio(keys["value"].text(), _integer(keys, "scale", 1), per)


def _piece(entry: Entry) -> Piece:
    keys = entry.mapping(required={"from", "to", "slope"})
    return Piece(keys["from"].integer(), keys["to"].integer(), keys["slope"].integer())


def _unknown(keys: dict[str, Entry]) -> Unknown:
    if "unknown" not in keys:
        return Unknown("category")
    if not isinstance(keys["unknown"].node, yaml.MappingNode):
        return Unknown(cast(Policy, keys["unknown"].choice(get_args(Policy))))
    found = keys["unknown"].mapping(required={"policy", "coefficient", "basis"})
    return Unknown(
        policy=cast(Policy, found["policy"].choice(get_args(Policy))),
        coefficient=_integer(found, "coefficient"),
        basis=cast(Basis, found["basis"].choice(get_args(Basis))),
    )


def _integer(keys: dict[str, Entry], name: str, default: int = 0) -> int:
    return keys[name].integer() if name in keys else default


def area(entry: Entry) -> AreaLevel:
    """One item of `areas:`."""
    keys = entry.mapping(required={"level", "survey"}, optional={"registry", "standard_deviation", "effects"})
    return AreaLevel(
        level=cast(AreaName, keys["level"].choice(AREA_NAMES)),
        survey=keys["survey"].texts(),
        registry=keys["registry"].text() if "registry" in keys else None,
        standard_deviation=float(keys["standard_deviation"].plain()) if "standard_deviation" in keys else 0.0,
        effects=tuple(_effect(item) for item in keys["effects"].items()) if "effects" in keys else (),
    )


def _effect(entry: Entry) -> AreaEffect:
    keys = entry.mapping(required={"key"}, optional={"coefficient", "households", "code", "name"})
    return AreaEffect(
        key=keys["key"].text(),
        coefficient=_integer(keys, "coefficient"),
        households=_integer(keys, "households"),
        code=keys["code"].integer() if "code" in keys else None,
        name=keys["name"].text() if "name" in keys else "",
    )


def group(entry: Entry) -> Group:
    """One item of `groups:`."""
    keys = entry.mapping(required={"id", "column"}, optional={"label_id", "label_en", "values", "bands"})
    values = []
    for item in keys["values"].items() if "values" in keys else ():
        one = item.mapping(required={"is", "label_id"}, optional={"label_en"})
        values.append((canonical(one["is"].plain()), label(one, "label")))
    return Group(
        id=keys["id"].text(),
        label=label(keys, "label", default=keys["id"].text()),
        column=keys["column"].text(),
        values=tuple(values),
        bands=tuple(item.integer() for item in keys["bands"].items()) if "bands" in keys else (),
    )
