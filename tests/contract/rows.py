"""One row of any scoped table in any area, made from the model itself: a new table is tested at once."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from django.db import models
from django.utils import timezone

from dtks.foundation.kernel.area_codes import number_of
from dtks.foundation.scope.tables import is_scoped, scoped_models
from dtks.foundation.vault.fields import SealedJSON, SealedText

_number = itertools.count(1)
PLANTED = "Zqwx"
"""Begins every text that these rows hold."""
# What a table's own constraints ask for beyond its columns' types.
WANTED: dict[str, dict[str, Any]] = {
    "registry.HouseholdMembership": {"family": "row"},
    "registry.CivilRegistryTask": {"family": "row", "need": 2},
    "accounts.Account": {"kind": "officer"},
    "intake.ImportJob": {
        "state": "done", "kind": "csv", "format": "opensid", "rows_total": 1, "rows_read": 1,
        "rows_pending": 1,
        "layout": {"sheets": [{"name": "Zqwx", "spec": "people", "head": [[1, ["Zqwx"]]], "width": 1}]},
    },
    "intake.PendingRow": {"sheet": 0, "row": 2, "problems": [], "codes": ",", "cells": ["Zqwx"]},
    "runs.FamilyResult": {"score": 1000, "desil": 1},
    "runs.Run": {"period": "2026-12", "model_status": "demonstration", "programmes": {}},
}  # fmt: skip


def every(area: str, *, but: Collection[str] = ()) -> dict[str, Any]:
    """One row in each scoped table, except those of the apps ``but``: {label of the model: row}."""
    wanted = [model for model in scoped_models() if model._meta.app_label not in but]
    return {model._meta.label: row(model, area) for model in wanted}


def row(model: Any, area: str, **given: Any) -> Any:
    """A stored row of that model in that area; whatever it must refer to is made too."""
    values = {**WANTED.get(model._meta.label, {}), **given}
    for field in model._meta.concrete_fields:
        if values.get(field.name) == "row":
            values[field.name] = row(field.related_model, area)
        elif field.name not in values and _needed(field):
            values[field.name] = _value(field, area)
    made = model(**values)
    if is_scoped(model):
        made.area_number = number_of(area)
    made.save(force_insert=True)
    return made


def _needed(field: models.Field[Any, Any]) -> bool:
    if field.name == "area" or (field.primary_key and isinstance(field, models.AutoField)):
        return field.name == "area"
    return not (field.null or field.has_default() or field.blank)


def _value(field: models.Field[Any, Any], area: str) -> Any:
    if field.is_relation:
        return row(field.related_model, area)
    if field.name == "area" or "village" in field.name:
        return area
    by_name = {"area_number": number_of(area), "province": int(area[:2])}
    if field.primary_key and isinstance(field, models.BigIntegerField):
        by_name[field.name] = 10**9 + next(_number)  # beyond what the program itself has numbered
    if field.name in by_name:
        return by_name[field.name]
    if isinstance(field, SealedJSON):
        return {"text": f"{PLANTED} {next(_number)}"}
    if isinstance(field, SealedText | models.CharField | models.TextField):
        text = f"{PLANTED}{next(_number)}"
        return field.choices[0][0] if field.choices else text[: field.max_length]
    made = (make for kind, make in PLAIN if isinstance(field, kind))
    return next(made, lambda: 1)()


PLAIN: tuple[tuple[type, Callable[[], Any]], ...] = (
    (models.DateTimeField, timezone.now),
    (models.DateField, lambda: date(2026, 1, 1)),
    (models.UUIDField, uuid.uuid4),
    (models.JSONField, dict),
    (models.BinaryField, PLANTED.encode),
)
