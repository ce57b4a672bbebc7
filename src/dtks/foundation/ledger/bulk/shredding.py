"""Taking rows out of the trail, within one transaction: the triggers that refuse it stand aside and are back
in it. Nobody else runs these statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection

from dtks.foundation.scope.tables import written

TABLES = {"ledger_ledgerrows": "event", "ledger_ledgerevent": "id"}
"""Table with what an event says -> its column with the event's number."""
PATIENCE = "5s"
_OWNED = """SELECT bool_and(pg_has_role(current_user, relowner, 'MEMBER')) FROM pg_class
WHERE oid = ANY(%s::regclass[])"""
_ENABLED = "SELECT tgenabled = 'O' FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = %s"


def owns() -> bool:
    """Whether this connection's role may take the triggers away at all."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute(_OWNED, [list(TABLES)])
        return bool(cursor.fetchone()[0])


def unprotected() -> list[str]:
    """Tables whose trigger against deleting is not there, or does not work."""
    with connection.cursor() as cursor:
        return [table for table in TABLES if not _protected(cursor, table)]


@contextmanager
def unlocked() -> Iterator[None]:
    """Inside the block rows can be deleted. Needs a transaction; when it fails, the triggers are as before.

    PostgreSQL: nobody else records meanwhile, and who waits for longer than `PATIENCE` is refused
    (OperationalError).
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {_trigger(table)}")
            yield
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {_trigger(table)}")
            return
        texts = [_text(cursor, table) for table in TABLES]
        for table in TABLES:
            cursor.execute(f"DROP TRIGGER {written(_trigger(table), connection)}")
        yield
        for text in texts:
            # Named with its schema: the bare name of the table means the view that stands before it.
            cursor.execute(text.replace("CREATE TRIGGER ", "CREATE TRIGGER main.", 1))


def delete(events: Sequence[int]) -> None:
    """Delete what these events say and their lists. Inside `unlocked`."""
    marks = ", ".join(["%s"] * len(events))
    with connection.cursor() as cursor:
        for table, column in TABLES.items():
            cursor.execute(
                f"DELETE FROM {written(table, connection)} WHERE {column} IN ({marks})",  # noqa: S608 - names of this module
                list(events),
            )


def waited_in_vain(problem: Exception) -> bool:
    """Whether a statement failed because somebody else kept the tables for too long."""
    cause = problem.__cause__
    code = getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None)
    return code in {"55P03", "SQLITE_BUSY"}


def empty_the_log() -> None:
    """SQLite: earlier images of the pages must not stay in the write-ahead log. (Freed pages are overwritten:
    `secure_delete`.)"""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _trigger(table: str) -> str:
    return f"{table}_no_delete"


def _protected(cursor: Any, table: str) -> bool:
    if connection.vendor == "sqlite":
        return bool(_text(cursor, table))
    cursor.execute(_ENABLED, [table, _trigger(table)])
    found = cursor.fetchone()
    return bool(found and found[0])


def _text(cursor: Any, table: str) -> str:
    """The statement that makes the trigger; '' when it is not there."""
    cursor.execute(
        "SELECT sql FROM main.sqlite_master WHERE type = 'trigger' AND name = %s", [_trigger(table)]
    )
    found = cursor.fetchone()
    return str(found[0]) if found else ""
