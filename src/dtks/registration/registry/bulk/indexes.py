"""The indexes that an empty register does without while it is being filled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models

_NAMES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index'",
    "postgresql": "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()",
}


def _declared() -> Iterator[tuple[type[models.Model], models.Index | models.UniqueConstraint]]:
    """Every index of the register beside the primary keys: those of questions, those of uniqueness."""
    for model in apps.get_app_config("registry").get_models():
        for declared in (*model._meta.indexes, *model._meta.constraints):
            if isinstance(declared, models.Index | models.UniqueConstraint):
                yield model, declared


def missing() -> list[str]:
    """Names of indexes that the register should have and does not. One query."""
    return [declared.name for _, declared in _missing()]


def _missing() -> list[tuple[type[models.Model], Any]]:
    with connection.cursor() as cursor:
        cursor.execute(_NAMES[connection.vendor])
        existing = {name for (name,) in cursor.fetchall()}
    return [(model, declared) for model, declared in _declared() if declared.name not in existing]


def drop() -> None:
    """Drop them all."""
    with connection.cursor() as cursor:
        for _, declared in _declared():
            cursor.execute(f"DROP INDEX IF EXISTS {connection.ops.quote_name(declared.name)}")


def restore() -> list[str]:
    """Build those that are missing; returns their names. Raises IntegrityError where rows are not unique."""
    editor = connection.schema_editor()
    built = []
    for model, declared in _missing():
        with connection.cursor() as cursor:
            cursor.execute(str(declared.create_sql(model, editor)))
        built.append(declared.name)
    return built
