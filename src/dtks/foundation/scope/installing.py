"""PostgreSQL: row-level security on every scoped table, and the rights of the application's role.

Run by the owner of the tables after each migration; safe to repeat.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import sql

from dtks.foundation.scope.errors import UnsafeDatabaseRole
from dtks.foundation.scope.tables import scoped_tables

OWNER = "owner"
"""Name in settings.DATABASES of the connection of the tables' owner."""
POLICY = "dtks_area_scope"
FUNCTIONS = """
-- Unset is an error, not 'nothing': a page that forgot its scope must fail where it is seen.
CREATE OR REPLACE FUNCTION dtks_scope() RETURNS int8multirange LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    given text := current_setting('dtks.scope', true);
BEGIN
    IF given IS NULL OR given = '' THEN
        RAISE insufficient_privilege USING MESSAGE = 'DTKS-SCOPE-001: no scope is set';
    END IF;
    RETURN given::int8multirange;
END $$;
"""
# Each sub-select is worked out once a statement; a scope of one span costs two comparisons a row.
CONDITION = """
    area_number >= (SELECT coalesce(lower(dtks_scope()), 1))
    AND area_number < (SELECT coalesce(upper(dtks_scope()), 0))
    AND ((SELECT (SELECT count(*) FROM unnest(dtks_scope())) = 1) OR area_number <@ (SELECT dtks_scope()))
"""
RIGHTS = {
    # Append-only tables: see `AppendOnly`.
    True: "SELECT, INSERT",
    False: "SELECT, INSERT, UPDATE, DELETE",
}
_OWNERS_FUNCTIONS = """SELECT oid::regprocedure::text FROM pg_proc WHERE prosecdef
AND pronamespace = current_schema()::regnamespace AND pg_has_role(current_user, proowner, 'MEMBER')"""
_ROLE = "SELECT rolsuper OR rolbypassrls OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
_OWNED = """SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p')
AND relnamespace = current_schema()::regnamespace AND pg_has_role(current_user, relowner, 'MEMBER')"""


@contextmanager
def as_owner() -> Iterator[None]:
    """Inside the block the default connection is that of the tables' owner, where one is named: for
    migrations.

    As default, not by its own name: migrations of other packages work with the default connection.
    """
    if OWNER not in connections.settings:
        yield
        return
    site, owner = connections[DEFAULT_DB_ALIAS], connections.create_connection(OWNER)
    owner.alias = DEFAULT_DB_ALIAS
    connections[DEFAULT_DB_ALIAS] = owner
    try:
        yield
    finally:
        owner.close()
        connections[DEFAULT_DB_ALIAS] = site


def install(connection: Any) -> None:
    """Policies on the scoped tables; rights for the role of the default connection, made when it is
    missing."""
    with connection.cursor() as cursor:
        cursor.execute(FUNCTIONS)
        existing = set(connection.introspection.table_names(cursor))
        for table in scoped_tables():
            if table in existing:
                _secure(cursor, table)
        if role := _application_role(connection):
            _grant(cursor, role, existing)


def make_role(connection: Any) -> None:
    """Make the application's role, when the owner migrates for another role and it is missing."""
    role = _application_role(connection)
    if not role:
        return
    password = settings.DATABASES["default"].get("PASSWORD") or ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            secret = sql.SQL("")
            if password:
                # Hashed here: a statement may end in the server's log.
                hashed = connection.connection.pgconn.encrypt_password(
                    password.encode(), role.encode(), b"scram-sha-256"
                )
                secret = sql.SQL(" PASSWORD {}").format(sql.Literal(hashed.decode()))
            bounds = sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS{}")
            cursor.execute(bounds.format(sql.Identifier(role), secret))


def _application_role(connection: Any) -> str:
    """The role of the default connection; '' when that is the one which migrates."""
    role = settings.DATABASES["default"].get("USER") or ""
    return "" if role == connection.settings_dict.get("USER") else str(role)


def _secure(cursor: Any, table: str) -> None:
    name = sql.Identifier(table)
    cursor.execute(sql.SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY").format(name))
    # The owner of the tables is bound as well; only a superuser is not.
    cursor.execute(sql.SQL("ALTER TABLE {} FORCE ROW LEVEL SECURITY").format(name))
    cursor.execute(sql.SQL("DROP POLICY IF EXISTS {} ON {}").format(sql.Identifier(POLICY), name))
    condition = sql.SQL(CONDITION)
    cursor.execute(
        sql.SQL("CREATE POLICY {} ON {} USING ({}) WITH CHECK ({})").format(
            sql.Identifier(POLICY), name, condition, condition
        )
    )


def _grant(cursor: Any, role: str, tables: set[str]) -> None:
    name = sql.Identifier(role)
    cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(name))
    cursor.execute(sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(name))
    known = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    append_only = {
        model._meta.db_table for model in apps.get_models() if getattr(model, "append_only", False)
    }
    for table in sorted(tables):
        target = sql.Identifier(table)
        cursor.execute(sql.SQL("REVOKE ALL ON {} FROM {}").format(target, name))
        # What no model describes is the owner's: the record of migrations, statements that functions run.
        rights = RIGHTS[table in append_only] if table in known else "SELECT"
        cursor.execute(sql.SQL("GRANT {} ON {} TO {}").format(sql.SQL(rights), target, name))
    _close_functions(cursor, name)


def _close_functions(cursor: Any, name: sql.Identifier) -> None:
    """What runs as the owner may be called by the site's role alone."""
    cursor.execute(_OWNERS_FUNCTIONS)
    for (signature,) in cursor.fetchall():
        function = sql.SQL(signature)
        cursor.execute(sql.SQL("REVOKE ALL ON FUNCTION {} FROM PUBLIC").format(function))
        cursor.execute(sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {}").format(function, name))


def check_role(using: str = "default") -> None:
    """Raises UnsafeDatabaseRole when the connection's role could see past the policies."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(_ROLE)
        unbound = cursor.fetchone()[0]
        cursor.execute(_OWNED)
        owned = cursor.fetchone()[0]
    if unbound or owned:
        raise UnsafeDatabaseRole(role=connection.settings_dict.get("USER") or "?")


def owns_schema() -> bool:
    """Whether migrations can run: the owner is named, or the default connection may make tables itself."""
    if OWNER in connections.settings or connections[DEFAULT_DB_ALIAS].vendor != "postgresql":
        return True
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT has_schema_privilege(current_user, current_schema(), 'CREATE')")
        return bool(cursor.fetchone()[0])
