"""Where statements that write find the compilers that name the table behind the view."""

from __future__ import annotations

from typing import Any

from django.db.backends.sqlite3 import operations

from dtks.foundation.scope.tables import scoped_tables


class DatabaseOperations(operations.DatabaseOperations):
    compiler_module = "dtks.foundation.scope.sqlite.compiler"

    def sql_flush(self, *args: Any, **kwargs: Any) -> list[str]:
        """Emptying tables is for tests and for maintenance: it names the tables themselves, and what keeps
        their rows from going stands aside meanwhile."""
        scoped = set(scoped_tables())
        statements = super().sql_flush(*args, **kwargs)
        for table in scoped:
            quoted = self.quote_name(table)
            statements = [s.replace(f"FROM {quoted};", f"FROM main.{quoted};") for s in statements]
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM main.sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
        dropped = [f"DROP TRIGGER main.{self.quote_name(name)};" for name, _ in triggers]
        made = [sql.replace("CREATE TRIGGER ", "CREATE TRIGGER main.", 1) + ";" for _, sql in triggers]
        return [*dropped, *statements, *made]
