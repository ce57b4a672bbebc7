"""Statements that write: the table behind the view, and only rows in scope."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.db.models.constants import OnConflict
from django.db.models.sql import compiler
from django.db.models.sql.compiler import SQLAggregateCompiler, SQLCompiler

from dtks.foundation.scope.current import required
from dtks.foundation.scope.errors import AppendOnly, OutsideScope
from dtks.foundation.scope.tables import is_scoped

__all__ = [
    "SQLAggregateCompiler",
    "SQLCompiler",
    "SQLDeleteCompiler",
    "SQLInsertCompiler",
    "SQLUpdateCompiler",
]


class SQLInsertCompiler(compiler.SQLInsertCompiler):
    def as_sql(self) -> list[tuple[str, Any]]:
        model = self.query.get_meta().concrete_model
        statements = super().as_sql()
        if not is_scoped(model) or self.connection._unscoped:
            return statements
        scope = required()
        # A row of no area at all is refused by the table itself.
        numbers = {row.area_number for row in self.query.objs} - {None}
        if not all(scope.holds(number) for number in numbers):
            raise OutsideScope()
        if self.query.on_conflict is OnConflict.UPDATE:
            # The row that is there already may be another area's.
            raise OutsideScope()
        quoted = self.connection.ops.quote_name(model._meta.db_table)
        return [(sql.replace(f"INTO {quoted}", f"INTO main.{quoted}", 1), args) for sql, args in statements]


def _in_scope(statement: compiler.SQLCompiler) -> bool:
    """Narrow the statement's query to rows in scope; False for a table without scope."""
    model = statement.query.get_meta().concrete_model
    if not is_scoped(model) or statement.connection._unscoped:
        return False
    # From here on the query is this statement's own: another scope may be in force when it is used again.
    statement.query = statement.query.clone()
    condition = Q(pk__in=[])
    for first, last in required().spans:
        condition |= Q(area_number__gte=first, area_number__lt=last)
    statement.query.add_q(condition)
    return True


def _behind(statement: compiler.SQLCompiler, sql: str, before: str) -> str:
    """The statement on the table itself."""
    quoted = statement.connection.ops.quote_name(statement.query.get_meta().db_table)
    return sql.replace(f"{before} {quoted}", f"{before} main.{quoted}", 1)


def _refuse_append_only(statement: compiler.SQLCompiler) -> None:
    """On PostgreSQL the site's role has no right to do so; SQLite knows no roles."""
    model = statement.query.get_meta().concrete_model
    if getattr(model, "append_only", False) and not statement.connection._unscoped:
        raise AppendOnly()


class SQLDeleteCompiler(compiler.SQLDeleteCompiler):
    def as_sql(self) -> tuple[str, Any]:
        _refuse_append_only(self)
        scoped = _in_scope(self)
        sql, parameters = super().as_sql()
        return (_behind(self, sql, "DELETE FROM") if scoped else sql), parameters


class SQLUpdateCompiler(compiler.SQLUpdateCompiler):
    def as_sql(self) -> tuple[str, Any]:
        _refuse_append_only(self)
        scoped = _in_scope(self)
        if scoped:
            self._check_moves()
        sql, parameters = super().as_sql()
        return (_behind(self, sql, "UPDATE") if scoped else sql), parameters

    def _check_moves(self) -> None:
        """A row may be given to another area only by whom that area is in scope, too."""
        for field, _, value in self.query.values:
            if field.name == "area_number" and not (isinstance(value, int) and required().holds(value)):
                raise OutsideScope()
