"""Triggers that refuse to change or delete what the trail and the log hold; PostgreSQL: the transaction of each
event, so that the sequencer misses none.

On PostgreSQL the site's role has no right to do so anyway: the trigger stops the owner, who must first take
it away. On SQLite whoever has the file can do that; a witness then finds out.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations

TABLES = (
    "ledger_ledgerevent",
    "ledger_ledgerrows",
    "ledger_ledgerleaf",
    "ledger_ledgernode",
    "ledger_ledgerhead",
    "ledger_ledgercosignature",
)
REFUSED = "DTKS-LED-003: the audit trail is only added to"


def refuse(apps: Any, editor: Any) -> None:
    with editor.connection.cursor() as cursor:
        if editor.connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
                f"BEGIN RAISE insufficient_privilege USING MESSAGE = '{REFUSED}'; END $$"
            )
        for table in TABLES:
            for event in ("UPDATE", "DELETE"):
                if editor.connection.vendor == "postgresql":
                    cursor.execute(
                        f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
                        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()"
                    )
                else:
                    cursor.execute(
                        f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
                        f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
                    )


def allow(apps: Any, editor: Any) -> None:
    with editor.connection.cursor() as cursor:
        for table in TABLES:
            for event in ("update", "delete"):
                on = f" ON {table}" if editor.connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER {table}_no_{event}{on}")
        if editor.connection.vendor == "postgresql":
            cursor.execute("DROP FUNCTION ledger_refuse()")


def number_transactions(apps: Any, editor: Any) -> None:
    if editor.connection.vendor != "postgresql":
        return
    with editor.connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE ledger_ledgerevent ADD COLUMN xid bigint NOT NULL "
            "DEFAULT (pg_current_xact_id()::text::bigint)"
        )
        cursor.execute("CREATE INDEX ledger_by_transaction ON ledger_ledgerevent (xid)")


def forget_transactions(apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        with editor.connection.cursor() as cursor:
            cursor.execute("ALTER TABLE ledger_ledgerevent DROP COLUMN xid")


class Migration(migrations.Migration):
    dependencies = (("ledger", "0001_initial"),)
    operations = (
        migrations.RunPython(number_transactions, forget_transactions),
        migrations.RunPython(refuse, allow),
    )
