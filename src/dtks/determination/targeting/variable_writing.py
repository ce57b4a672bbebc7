"""Variables, areas and groups of a model as plain values for YAML: what `variable_entries` reads."""

from __future__ import annotations

from typing import Any

from dtks.determination.targeting.domain import (
    Amount,
    Answer,
    AreaLevel,
    Category,
    Group,
    Label,
    Ratio,
    Unknown,
    Variable,
)

Plain = dict[str, Any]


def variable_plain(one: Variable) -> Plain:
    """A variable of a model as `variable` reads it."""
    return _amount_plain(one) if isinstance(one, Amount) else _category_plain(one)


def _category_plain(one: Category) -> Plain:
    levels = [
        {
            "id": level.id,
            **_label_plain("label", level.label),
            "coefficient": level.coefficient,
            "standard_error": level.standard_error,
            "share": round(level.share, 4),
            **({"survey": _answers_plain(level.survey)} if level.survey else {}),
            **({"registry": level.registry} if level.registry else {}),
        }
        for level in one.levels
    ]
    head = {"id": one.id, "kind": "category", **_label_plain("label", one.label)}
    return {
        **head,
        **_label_plain("reference", one.reference),
        **({"block": one.block} if one.block else {}),
        "mean": one.mean,
        "unknown": _unknown_plain(one.unknown),
        "levels": levels,
    }


def _answers_plain(answers: tuple[Answer, ...]) -> Plain | list[Plain]:
    found = [{"column": answer.column, "is": list(answer.values)} for answer in answers]
    return found[0] if len(found) == 1 else found


def _amount_plain(one: Amount) -> Plain:
    return {
        "id": one.id,
        "kind": "amount",
        **_label_plain("label", one.label),
        **(_label_plain("unit", one.unit) if one.unit.id else {}),
        **({"block": one.block} if one.block else {}),
        "mean": one.mean,
        "unknown": _unknown_plain(one.unknown),
        **({"survey": {"column": one.survey.column, "scale": one.survey.scale}} if one.survey else {}),
        **({"registry": _ratio_plain(one.registry)} if one.registry else {}),
        "curve": one.curve,
        "knots": list(one.knots),
        "pieces": [{"from": piece.start, "to": piece.end, "slope": piece.slope} for piece in one.pieces],
    }


def _ratio_plain(ratio: Ratio) -> Plain:
    return {"value": ratio.value, "scale": ratio.scale, **({"per": ratio.per} if ratio.per else {})}


def _unknown_plain(unknown: Unknown) -> Plain:
    return {"policy": unknown.policy, "coefficient": unknown.coefficient, "basis": unknown.basis}


def _label_plain(name: str, one: Label) -> Plain:
    return {f"{name}_id": one.id, **({f"{name}_en": one.en} if one.en != one.id else {})}


def area_plain(one: AreaLevel) -> Plain:
    """An area level as `area` reads it."""
    effects = [
        {
            "key": effect.key,
            **({"code": effect.code, "name": effect.name} if effect.code is not None else {}),
            "coefficient": effect.coefficient,
            "households": effect.households,
        }
        for effect in one.effects
    ]
    return {
        "level": one.level,
        "survey": list(one.survey),
        **({"registry": one.registry} if one.registry else {}),
        "standard_deviation": round(one.standard_deviation, 4),
        "effects": effects,
    }


def group_plain(one: Group) -> Plain:
    """A group as `group` reads it."""
    values = [{"is": value, **_label_plain("label", name)} for value, name in one.values]
    return {
        "id": one.id,
        **_label_plain("label", one.label),
        "column": one.column,
        **({"values": values} if values else {}),
        **({"bands": list(one.bands)} if one.bands else {}),
    }
