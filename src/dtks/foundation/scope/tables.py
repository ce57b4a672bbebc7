"""Which tables are scoped. Asked by the connections, so it imports no model."""

from __future__ import annotations

from typing import Any

from django.apps import apps


def is_scoped(model: Any) -> bool:
    """Whether the rows of this model belong to an area (`models.Scoped`)."""
    return bool(getattr(model, "is_scoped", False))


def scoped_models() -> list[Any]:
    """Every model whose table is scoped."""
    return [model for model in apps.get_models() if is_scoped(model)]


def written(table: str, connection: Any) -> str:
    """The table's name in a hand-written statement that changes it. On SQLite the bare name means the view
    that stands before the table, and a view cannot be written to; whoever writes here checks the scope
    first."""
    return f'main."{table}"' if connection.vendor == "sqlite" else f'"{table}"'


def scoped_tables() -> list[str]:
    """The names of their tables."""
    return [model._meta.db_table for model in scoped_models()]
