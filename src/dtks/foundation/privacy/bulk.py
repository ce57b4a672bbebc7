"""What deleting leaves behind in the files of a database, and how it is taken away."""

from __future__ import annotations

from typing import Any

from django.db import connection, connections

from dtks.foundation.privacy.errors import NotOwner

_NOT_OWNED = """SELECT relname FROM pg_class WHERE relname = ANY(%s)
AND relnamespace = current_schema()::regnamespace AND NOT pg_has_role(current_user, relowner, 'MEMBER')"""


def overwrite_what_is_deleted() -> None:
    """SQLite: freed bytes are overwritten with zeros on this connection from now on."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")


def empty_the_log() -> None:
    """SQLite: earlier images of the pages must not stay in the write-ahead log.

    While somebody reads, or inside a transaction, SQLite cannot; it does so when it next begins the log anew.
    """
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def rewrite(names: list[str]) -> None:
    """Write these tables anew; on SQLite the whole file.

    Raises:
        NotOwner: PostgreSQL; the connection's role does not own the tables.
    """
    if connection.vendor == "sqlite":
        _rewrite_sqlite()
    else:
        _rewrite_on_postgresql(names)


def _rewrite_sqlite() -> None:
    own: Any = connection
    # VACUUM makes tables and indexes by name: the views of the scope must not stand before them.
    own.unscope()
    try:
        with own.cursor() as cursor:
            cursor.execute("VACUUM")
    finally:
        own.scope_again()
    empty_the_log()


def _rewrite_on_postgresql(names: list[str]) -> None:
    owner: Any = connections["owner" if "owner" in connections.settings else "default"]
    with owner.cursor() as cursor:
        # For a table of another owner the server only warns, and passes it over.
        cursor.execute(_NOT_OWNED, [names])
        if foreign := [name for (name,) in cursor.fetchall()]:
            raise NotOwner(tables=", ".join(foreign))
        for name in names:
            cursor.execute(f"VACUUM (FULL) {owner.ops.quote_name(name)}")
