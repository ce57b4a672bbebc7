"""The connection: before a statement it tells the server the scope, when that is another than it was told."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base

from dtks.foundation.scope.current import current
from dtks.foundation.scope.domain import Scope

NONE = ""
"""No scope: the policies raise."""


def as_setting(scope: Scope | None) -> str:
    """The scope as the setting `dtks.scope`: an int8multirange."""
    if scope is None:
        return NONE
    return "{" + ",".join(f"[{first},{last})" for first, last in scope.spans) + "}"


class DatabaseWrapper(base.DatabaseWrapper):
    _told: str | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        # A connection that comes from a pool may hold the scope of whoever had it before.
        self._told = None
        return super().get_new_connection(conn_params)

    def create_cursor(self, name: str | None = None) -> Any:
        self._tell()
        return super().create_cursor(name)

    def _tell(self) -> None:
        wanted = as_setting(current())
        # In a transaction that has failed the server takes no statement; nor will it take the caller's.
        if wanted == self._told or self.needs_rollback:
            return
        with super().create_cursor() as cursor:
            cursor.execute("SELECT set_config('dtks.scope', %s, false)", [wanted])
        self._told = wanted

    # A setting made in a transaction goes with it when that is rolled back.
    def _rollback(self) -> None:
        self._told = None
        super()._rollback()

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)
        self._told = None
