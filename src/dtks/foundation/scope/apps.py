"""The policies follow the tables: whenever these were brought up to date, so are those."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class ScopeConfig(AppConfig):
    name = "dtks.foundation.scope"
    label = "scope"

    def ready(self) -> None:
        pre_migrate.connect(_open_tables, sender=self)
        post_migrate.connect(_close_tables, sender=self)


def _open_tables(using: str, **_: Any) -> None:
    """Migrations work on the tables themselves; rights can only be given to a role that is there."""
    from django.db import connections

    from dtks.foundation.scope import installing

    connection = connections[using]
    if connection.vendor == "sqlite":
        connection.unscope()
    else:
        installing.make_role(connection)


def _close_tables(using: str, **_: Any) -> None:
    from django.db import connections

    from dtks.foundation.scope import installing

    connection = connections[using]
    if connection.vendor == "sqlite":
        connection.scope_again()
    else:
        installing.install(connection)
