"""The indexes that an empty register does without while it is being filled."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.apps import apps
from django.db import connection, models

BUILDERS = max(2, min(os.cpu_count() or 2, 8))
"""Connections that build indexes at the same time; the server lies on this machine or on a larger one."""
_LOCK = 0x64746B73  # advisory lock of PostgreSQL; the number says dtks
_NOTE = """
INSERT INTO registry_index_definition (name, definition)
SELECT i.indexname, i.indexdef FROM pg_indexes i
WHERE i.schemaname = 'public' AND i.tablename LIKE 'registry\\_%%'
AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)
ON CONFLICT (name) DO UPDATE SET definition = excluded.definition
"""
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


def note(connection: Any) -> None:
    """On PostgreSQL, after each migration: how the indexes are built again (see migration 0004)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_NOTE)


def drop() -> None:
    """Drop them all. On PostgreSQL a function of the owner's does so, which first looks that nobody is on
    record."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT registry_drop_indexes(%s)", [[declared.name for _, declared in _declared()]]
            )
            return
        for _, declared in _declared():
            cursor.execute(f"DROP INDEX IF EXISTS {connection.ops.quote_name(declared.name)}")


def restore() -> list[str]:
    """Build those that are missing; returns their names. Raises IntegrityError where rows are not unique.

    One at a time does so: whoever comes meanwhile waits and finds nothing left to do.
    """
    if connection.vendor != "postgresql":
        return _restore_sqlite()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            return _restore_postgresql()
        finally:
            # After an error inside a transaction the connection takes no statement; its end frees the lock.
            if not connection.needs_rollback:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _restore_sqlite() -> list[str]:
    editor = connection.schema_editor()
    names = []
    for model, declared in _missing():
        statement = str(declared.create_sql(model, editor))
        # Between looking and building, another process may have built it. An index lies where its table does:
        # unnamed, SQLite would look for the table among the views that stand before them.
        quoted = connection.ops.quote_name(declared.name)
        statement = statement.replace(f"INDEX {quoted}", f"INDEX IF NOT EXISTS main.{quoted}", 1)
        with connection.cursor() as cursor:
            cursor.execute(statement)
        names.append(declared.name)
    return names


def _restore_postgresql() -> list[str]:
    names = missing()
    # Several at a time, where the caller has no transaction that other connections could not see into.
    if len(names) > 1 and not connection.in_atomic_block:
        with ThreadPoolExecutor(BUILDERS) as pool:
            list(pool.map(_build_apart, names))
    else:
        for name in names:
            _build(name)
    return names


def _build(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT registry_build_index(%s)", [name])


def _build_apart(name: str) -> None:
    try:
        # One process for each index: many small builds side by side beat one that is shared out.
        with connection.cursor() as cursor:
            cursor.execute("SET max_parallel_maintenance_workers = 0")
        _build(name)
    finally:
        connection.close()
