"""The connection: functions that tell SQL the scope in force, and the views that ask them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError
from django.db.backends.sqlite3 import base

from dtks.foundation.scope.current import required
from dtks.foundation.scope.sqlite.operations import DatabaseOperations
from dtks.foundation.scope.tables import scoped_tables

INSIDE = (
    "{0} BETWEEN dtks_scope_first() AND dtks_scope_last() AND (dtks_scope_is_one() OR dtks_in_scope({0}))"
)
"""The condition that an area number lies in scope. The functions without argument run once a statement."""


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations
    _unscoped = False

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        for name, arguments, function in (
            ("dtks_scope_first", 0, lambda: required().first),
            ("dtks_scope_last", 0, lambda: required().last),
            ("dtks_scope_is_one", 0, lambda: len(required().spans) == 1),
            ("dtks_in_scope", 1, lambda number: required().holds(number)),
        ):
            # Not volatile inside a statement: SQLite asks once, not once a row.
            connection.create_function(name, arguments, function, deterministic=True)
        if not self._unscoped:
            self._shadow(connection)
        return connection

    def check_constraints(self, table_names: Any = None) -> None:
        """As Django does, but of the tables themselves: a view has no row numbers to name a bad row by."""
        with self.cursor() as cursor:
            cursor.execute("PRAGMA main.foreign_key_check")
            if broken := cursor.fetchone():
                raise IntegrityError(f"a row of {broken[0]} names one of {broken[2]} that is not there")

    @contextmanager
    def patience(self, *, seconds: float) -> Iterator[None]:
        """Within it, a statement waits so long for its turn to write, and not as long as the settings say."""
        usual = self.settings_dict["OPTIONS"]["timeout"]
        self._wait_for(seconds)
        try:
            yield
        finally:
            self._wait_for(usual)

    def _wait_for(self, seconds: float) -> None:
        with self.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")

    def unscope(self) -> None:
        """Take the views away: for migrations, which change the tables themselves."""
        self._unscoped = True
        with self.cursor() as cursor:
            cursor.execute("SELECT name FROM sqlite_temp_master WHERE type = 'view'")
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP VIEW temp."{name}"')

    def scope_again(self) -> None:
        """Put the views before the tables as they are now."""
        self.unscope()
        self._unscoped = False
        self.ensure_connection()
        self._shadow(self.connection)

    @staticmethod
    def _shadow(connection: Any) -> None:
        for table in scoped_tables():
            # The names are those of our own models; no value stands in the text.
            condition = INSIDE.format("area_number")
            connection.execute(
                f'CREATE TEMP VIEW "{table}" AS SELECT * FROM main."{table}" WHERE {condition}'  # noqa: S608 - see above
            )
