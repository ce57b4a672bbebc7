"""PostgreSQL: what the application's role may ask of the owner of the tables, and nothing more.

The site's role neither owns the tables nor sees past its scope. A few things it needs all the same; each is a
function that runs as the owner and does just that. Its own scope inside is the whole country.
"""

# ruff: noqa: S608  no value comes from outside

from __future__ import annotations

from typing import Any

from django.db import migrations

EVERYWHERE = "SECURITY DEFINER SET search_path = public, pg_temp"
FUNCTIONS = f"""
CREATE FUNCTION registry_is_empty() RETURNS boolean LANGUAGE plpgsql {EVERYWHERE} AS $$
DECLARE
    given text := coalesce(current_setting('dtks.scope', true), '');
    answer boolean;
BEGIN
    PERFORM set_config('dtks.scope', '{{[0,10000000000)}}', true);
    answer := NOT EXISTS (SELECT 1 FROM registry_person) AND NOT EXISTS (SELECT 1 FROM registry_family);
    PERFORM set_config('dtks.scope', given, true);
    RETURN answer;
END $$;

-- Whether a number that somebody holds in their hand is on record, in whatever area: nothing else about it.
CREATE FUNCTION registry_taken(kind text, wanted uuid[]) RETURNS SETOF uuid LANGUAGE plpgsql
{EVERYWHERE} AS $$
DECLARE
    given text := coalesce(current_setting('dtks.scope', true), '');
BEGIN
    PERFORM set_config('dtks.scope', '{{[0,10000000000)}}', true);
    IF kind = 'nik' THEN
        RETURN QUERY SELECT nik_index FROM registry_persondemographics
        WHERE nik_index = ANY (wanted) AND superseded_at IS NULL AND valid_to IS NULL;
    ELSE
        RETURN QUERY SELECT kk_index FROM registry_familycard
        WHERE kk_index = ANY (wanted) AND superseded_at IS NULL AND valid_to IS NULL;
    END IF;
    PERFORM set_config('dtks.scope', given, true);
END $$;

CREATE FUNCTION registry_analyse(name text) RETURNS void LANGUAGE plpgsql {EVERYWHERE} AS $$
BEGIN
    IF name NOT LIKE 'registry\\_%' THEN
        RAISE insufficient_privilege USING MESSAGE = 'not a table of the register';
    END IF;
    EXECUTE format('ANALYZE %I', name);
END $$;

-- How each index of the register is built again, after an empty register was filled without it.
CREATE TABLE registry_index_definition (name text PRIMARY KEY, definition text NOT NULL);

CREATE FUNCTION registry_drop_indexes(names text[]) RETURNS void LANGUAGE plpgsql {EVERYWHERE} AS $$
DECLARE
    found record;
BEGIN
    IF NOT registry_is_empty() THEN
        RAISE insufficient_privilege USING MESSAGE = 'the register is not empty';
    END IF;
    FOR found IN SELECT i.indexname FROM pg_indexes i
        WHERE i.schemaname = 'public' AND i.tablename LIKE 'registry\\_%' AND i.indexname = ANY (names)
    LOOP
        EXECUTE format('DROP INDEX %I', found.indexname);
    END LOOP;
END $$;

CREATE FUNCTION registry_build_index(wanted text) RETURNS void LANGUAGE plpgsql {EVERYWHERE} AS $$
DECLARE
    found text;
BEGIN
    SELECT definition INTO STRICT found FROM registry_index_definition WHERE name = wanted;
    IF to_regclass(format('%I', wanted)) IS NULL THEN
        EXECUTE found;
    END IF;
END $$;
"""
NAMES = (
    "registry_build_index(text)",
    "registry_drop_indexes(text[])",
    "registry_analyse(text)",
    "registry_taken(text, uuid[])",
    "registry_is_empty()",
)


def make(apps: Any, editor: Any) -> None:
    if editor.connection.vendor != "postgresql":
        return
    with editor.connection.cursor() as cursor:
        cursor.execute(FUNCTIONS)


def drop(apps: Any, editor: Any) -> None:
    if editor.connection.vendor != "postgresql":
        return
    with editor.connection.cursor() as cursor:
        for name in NAMES:
            cursor.execute(f"DROP FUNCTION {name}")
        cursor.execute("DROP TABLE registry_index_definition")


class Migration(migrations.Migration):
    dependencies = (("registry", "0003_bulk_on_postgresql"),)
    operations = (migrations.RunPython(make, drop),)
