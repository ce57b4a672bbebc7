"""PostgreSQL: what a bulk load cannot afford per row is done per statement, or left out.

References. A foreign key runs one query and takes one row lock per row: in a bulk load that cost more than
everything else together. A trigger on the whole statement looks the subjects of the added rows up in one query; a bulk
load, which has done so itself, says so and is spared even that. Deleting a subject that has facts is refused
likewise. SQLite keeps its foreign keys, which are cheap there.

Surrogate ids of facts. A fact is found through its subject; no row names another fact. The b-tree of the
primary key cost a fifth of the load and answered no question; the sequence hands out ids by the thousand.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations

FUNCTIONS = """
CREATE OR REPLACE FUNCTION registry_require_subject() RETURNS trigger LANGUAGE plpgsql
-- By look-up of each subject: a hash of all subjects would grow with the register.
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
DECLARE
    missing bigint;
BEGIN
    EXECUTE format(
        'SELECT count(*) FROM added a WHERE a.%1$I IS NOT NULL '
        'AND NOT EXISTS (SELECT 1 FROM %2$I p WHERE p.id = a.%1$I)', TG_ARGV[0], TG_ARGV[1]
    ) INTO missing;
    IF missing > 0 THEN
        RAISE foreign_key_violation USING
            MESSAGE = format('%s row(s) of %s name a %s that is not in %s',
                             missing, TG_TABLE_NAME, TG_ARGV[0], TG_ARGV[1]),
            CONSTRAINT = format('%s_%s_known', TG_TABLE_NAME, TG_ARGV[0]), TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION registry_keep_subject() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    used boolean;
BEGIN
    EXECUTE format(
        'SELECT EXISTS (SELECT 1 FROM removed r JOIN %2$I f ON f.%1$I = r.id)', TG_ARGV[0], TG_ARGV[1]
    ) INTO used;
    IF used THEN
        RAISE foreign_key_violation USING
            MESSAGE = format('rows of %s still name the deleted %s', TG_ARGV[1], TG_ARGV[0]),
            CONSTRAINT = format('%s_%s_known', TG_ARGV[1], TG_ARGV[0]), TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;
"""

# A bulk load writes facts only about subjects that it has just written or found in the same transaction.
UNLESS_FOUND_ALREADY = "current_setting('registry.subjects_found', true) IS DISTINCT FROM 'yes'"
REFERENCES = """
SELECT c.conname, c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text
FROM pg_constraint c
JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
WHERE c.contype = 'f' AND c.conrelid::regclass::text LIKE 'registry\\_%%'
"""
FACT_TABLES = """
SELECT c.conname, c.conrelid::regclass::text FROM pg_constraint c
WHERE c.contype = 'p' AND c.conrelid::regclass::text LIKE 'registry\\_%%' AND EXISTS (
    SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.conrelid AND a.attname = 'superseded_at')
"""
KEYLESS = """
SELECT c.oid::regclass::text FROM pg_class c
WHERE c.relkind = 'r' AND c.relname LIKE 'registry\\_%%'
AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p')
"""
TRIGGERS = """
SELECT t.tgname, t.tgrelid::regclass::text, t.tgargs FROM pg_trigger t
WHERE NOT t.tgisinternal AND t.tgrelid::regclass::text LIKE 'registry\\_%%'
"""


def once_a_statement(apps: Any, editor: Any) -> None:
    if editor.connection.vendor != "postgresql":
        return
    with editor.connection.cursor() as cursor:
        cursor.execute(FUNCTIONS)
        cursor.execute(REFERENCES)
        for name, table, column, subject in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
            for event in ("INSERT", "UPDATE"):
                cursor.execute(
                    f"CREATE TRIGGER {table}_{column}_{event.lower()} AFTER {event} ON {table} "
                    f"REFERENCING NEW TABLE AS added FOR EACH STATEMENT WHEN ({UNLESS_FOUND_ALREADY}) "
                    f"EXECUTE FUNCTION registry_require_subject('{column}', '{subject}')"
                )
            cursor.execute(
                f"CREATE TRIGGER {table}_{column}_keep AFTER DELETE ON {subject} "
                f"REFERENCING OLD TABLE AS removed FOR EACH STATEMENT "
                f"EXECUTE FUNCTION registry_keep_subject('{column}', '{table}')"
            )


def without_key_index(apps: Any, editor: Any) -> None:
    if editor.connection.vendor != "postgresql":
        return
    with editor.connection.cursor() as cursor:
        cursor.execute(FACT_TABLES)
        for name, table in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
            cursor.execute(f"ALTER TABLE {table} ALTER COLUMN id SET CACHE 1000")


def with_key_index(apps: Any, editor: Any) -> None:
    if editor.connection.vendor != "postgresql":
        return
    with editor.connection.cursor() as cursor:
        cursor.execute(KEYLESS)
        for (table,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} ADD PRIMARY KEY (id)")


def once_a_row(apps: Any, editor: Any) -> None:
    if editor.connection.vendor != "postgresql":
        return
    with editor.connection.cursor() as cursor:
        cursor.execute(TRIGGERS)
        for name, table, arguments in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {name} ON {table}")
            if name.endswith("_insert"):
                column, subject = bytes(arguments).decode().rstrip("\0").split("\0")
                cursor.execute(
                    f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_fk FOREIGN KEY ({column}) "
                    f"REFERENCES {subject} (id) DEFERRABLE INITIALLY DEFERRED"
                )
        cursor.execute("DROP FUNCTION registry_require_subject(), registry_keep_subject()")


class Migration(migrations.Migration):
    dependencies = (("registry", "0002_people"),)
    operations = (
        migrations.RunPython(once_a_statement, once_a_row),
        migrations.RunPython(without_key_index, with_key_index),
    )
