"""PostgreSQL, hand-written SQL under the role that serves the site: rows of another village can be neither
seen nor changed in any scoped table, by any kind of statement, and without a scope each is an error."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, connections, transaction
from tests.contract import entrances, rows, world
from tests.contract.world import NEAR, OWN

from dtks.foundation.kernel.area_codes import number_of
from dtks.foundation.scope import installing
from dtks.foundation.scope.current import limited_to, without_scope

pytestmark = pytest.mark.postgres
TABLES = [model._meta.db_table for model in entrances.tables()]
THERE = number_of(NEAR)
AS_OWNER = {
    "registry_is_empty", "registry_taken", "registry_analyse", "registry_drop_indexes",
    "registry_build_index",
}  # fmt: skip
"""Functions that run as the owner of the tables: each has its limits in the next tests."""
NO = ("denied", "must be owner", "must be superuser", "must have admin option", "Only roles with")


@pytest.fixture
def both(postgres: str, no_scope: None) -> Iterator[None]:
    """One row of each scoped table in one's own village and in its neighbour, and the scope is one's own."""
    with limited_to(""):
        world.load_areas()
        rows.every(OWN)
        rows.every(NEAR)
    with limited_to(OWN):
        yield


def ask(statement: str, *values: Any) -> list[Any]:
    """The rows of a statement of the application's role."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else [(cursor.rowcount,)]


def refused(statement: str, *values: Any) -> str:
    """The database's words of refusal."""
    with pytest.raises(DatabaseError) as problem, transaction.atomic():
        ask(statement, *values)
    return str(problem.value)


def there(table: str) -> list[Any]:
    """The neighbour's rows, read by the owner in the whole country."""
    with without_scope(), limited_to(""), connections["owner"].cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}" WHERE area_number = {THERE} ORDER BY 1')
        return cursor.fetchall()


@pytest.fixture
def unharmed(both: None) -> Iterator[None]:
    """After the test the neighbour's rows are what they were."""
    before = {table: there(table) for table in TABLES}
    assert all(before.values()), "every table has a row there"
    yield
    assert {table: there(table) for table in TABLES} == before


def columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        return [column.name for column in connection.introspection.get_table_description(cursor, table)]


def appended(table: str) -> bool:
    return any(
        getattr(model, "append_only", False) for model in entrances.tables() if model._meta.db_table == table
    )


def test_the_role_is_bound(unharmed: None) -> None:
    installing.check_role()
    ((who, session),) = ask("SELECT current_user, session_user")
    assert who == session == "dtks_application"
    ((owner,),) = ask("SELECT DISTINCT tableowner FROM pg_tables WHERE tablename = ANY(%s)", TABLES)
    for statement in (
        f'SET ROLE "{owner}"',
        f'SET SESSION AUTHORIZATION "{owner}"',
        f'GRANT "{owner}" TO dtks_application',
        "CREATE ROLE other SUPERUSER",
        "ALTER ROLE dtks_application BYPASSRLS",
    ):
        words = refused(statement)
        assert any(word in words for word in NO), words


def test_every_scoped_table_is_forced_to_its_policy(unharmed: None) -> None:
    state = """SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, count(p.polname),
        bool_and(p.polpermissive), bool_and(p.polcmd = '*')
        FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid
        WHERE c.relname = ANY(%s) GROUP BY 1, 2, 3"""
    assert sorted(ask(state, TABLES)) == [(table, True, True, 1, True, True) for table in sorted(TABLES)]


def test_no_view_and_no_function_looks_with_other_eyes(unharmed: None) -> None:
    assert ask("SELECT viewname FROM pg_views WHERE schemaname = 'public'") == []
    assert ask("SELECT matviewname FROM pg_matviews WHERE schemaname = 'public'") == []
    definers = "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
    assert {name for (name,) in ask(definers)} == AS_OWNER


def test_what_runs_as_the_owner_tells_no_more_than_it_is_asked(unharmed: None) -> None:
    assert ask("SELECT registry_is_empty()") == [(False,)]
    unknown = uuid.uuid4()
    assert ask("SELECT * FROM registry_taken('nik', ARRAY[%s]::uuid[])", unknown) == []
    for statement in (
        "SELECT registry_drop_indexes(ARRAY['ledger_by_time', 'registry_person_pkey'])",
        "SELECT registry_analyse('accounts_account')",
        "SELECT registry_build_index('SELECT 1')",
    ):
        refused(statement)
    for name in AS_OWNER:
        refused(f"DROP FUNCTION {name}")


@pytest.mark.parametrize("act", ["INSERT", "UPDATE"])
def test_what_runs_as_the_owner_takes_no_sql_from_the_site(act: str, unharmed: None) -> None:
    """`registry_build_index` carries out text of a table: whoever may write there is the owner."""
    harm = "ALTER TABLE registry_person DISABLE ROW LEVEL SECURITY"
    words = refused(
        f"INSERT INTO registry_index_definition VALUES ('harm', '{harm}')"
        if act == "INSERT"
        else f"UPDATE registry_index_definition SET definition = '{harm}'"
    )
    assert "denied" in words
    refused("SELECT registry_build_index('harm')")


@pytest.mark.parametrize("table", TABLES)
def test_reading(table: str, unharmed: None) -> None:
    mine = ask(f'SELECT area_number FROM "{table}"')
    assert mine and {number for (number,) in mine} == {number_of(OWN)}
    looks = (
        f'SELECT * FROM "{table}" WHERE area_number = {THERE}',
        "" if appended(table) else f'SELECT * FROM "{table}" WHERE area_number = {THERE} FOR UPDATE',
        f'WITH t AS MATERIALIZED (SELECT * FROM "{table}") SELECT * FROM t WHERE area_number = {THERE}',
        f'SELECT a.* FROM "{table}" a RIGHT JOIN "{table}" b ON true WHERE b.area_number = {THERE}',
        f'SELECT * FROM ONLY "{table}" TABLESAMPLE SYSTEM (100) WHERE area_number <> {number_of(OWN)}',
        f'SELECT 1 FROM "{table}" WHERE area_number = {THERE} UNION ALL '
        f'SELECT 1 FROM "{table}" WHERE area_number > {THERE}',
    )
    for statement in filter(None, looks):
        assert ask(statement) == [], statement
    assert ask(f'SELECT count(*), max(area_number) FROM "{table}"') == [(len(mine), number_of(OWN))]


@pytest.mark.parametrize("table", TABLES)
def test_changing(table: str, unharmed: None) -> None:
    names = ", ".join(f'"{name}"' for name in columns(table))
    moved = names.replace('"area_number"', str(THERE))
    for statement in (
        f'INSERT INTO "{table}" ({names}) SELECT {moved} FROM "{table}"',
        f'INSERT INTO "{table}" ({names}) SELECT {moved} FROM "{table}" ON CONFLICT DO NOTHING',
    ):
        assert "row-level security" in refused(statement), statement
    moves = f'UPDATE "{table}" SET area_number = {THERE}'
    ends = f'DELETE FROM "{table}" WHERE area_number = {THERE}'
    touches = f'UPDATE "{table}" SET area_number = area_number WHERE area_number = {THERE}'
    if appended(table):
        assert all("denied" in refused(statement) for statement in (moves, ends, touches))
        return
    assert "row-level security" in refused(moves)
    with transaction.atomic():
        assert ask(ends) == ask(touches) == [(0,)]
        merge = f"""MERGE INTO "{table}" t USING (SELECT {THERE} AS n) s ON t.area_number = s.n
            WHEN MATCHED THEN DELETE"""
        assert ask(merge) == [(0,)]


@pytest.mark.parametrize("table", TABLES)
def test_taking_the_policy_away(table: str, unharmed: None) -> None:
    for statement in (
        f'TRUNCATE "{table}"',
        f'TRUNCATE "{table}" CASCADE',
        f'DROP TABLE "{table}"',
        f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" OWNER TO dtks_application',
        f'DROP POLICY {installing.POLICY} ON "{table}"',
        f'ALTER POLICY {installing.POLICY} ON "{table}" USING (true)',
        f'CREATE POLICY open ON "{table}" USING (true)',
        f'CREATE TRIGGER t AFTER UPDATE ON "{table}" EXECUTE FUNCTION registry_keep_subject()',
        f'CREATE RULE r AS ON SELECT TO "{table}" DO INSTEAD NOTHING',
        f'LOCK TABLE "{table}" IN ACCESS EXCLUSIVE MODE' if appended(table) else "DROP SCHEMA public CASCADE",
        "CREATE OR REPLACE FUNCTION dtks_scope() RETURNS int8multirange LANGUAGE sql AS "
        "'SELECT ''{(,)}''::int8multirange'",
    ):
        words = refused(statement)
        assert any(word in words for word in NO), (statement, words)
    with transaction.atomic():
        # Who asks to be spared the policy gets an error, not the rows.
        ask("SET LOCAL row_security = off")
        assert "row-level security" in refused(f'SELECT * FROM "{table}"')


@pytest.mark.parametrize("table", TABLES)
def test_copying(table: str, unharmed: None) -> None:
    with connection.cursor() as cursor:
        for source in (f'"{table}"', f'(SELECT * FROM "{table}" WHERE area_number = {THERE})'):
            with cursor.copy(f"COPY {source} TO STDOUT") as copy:
                text = b"".join(bytes(each) for each in copy).decode()
            assert str(THERE) not in text
        with (
            pytest.raises((DatabaseError, psycopg.Error), match="not supported with row-level security"),
            transaction.atomic(),
            cursor.copy(f'COPY "{table}" (area_number) FROM STDIN') as copy,
        ):
            copy.write(f"{THERE}\n")
        for statement in (f"COPY \"{table}\" TO '/tmp/x'", f"COPY \"{table}\" TO PROGRAM 'cat'"):
            assert any(word in refused(statement) for word in NO)


@pytest.mark.parametrize("table", TABLES)
def test_plans_cursors_views_and_functions(table: str, unharmed: None) -> None:
    # A plan made in a wide scope, used in a narrow one.
    with without_scope(), limited_to(""):
        ask(f'PREPARE p_{table} AS SELECT area_number FROM "{table}"')
        assert len(ask(f"EXECUTE p_{table}")) > 1
    assert {number for (number,) in ask(f"EXECUTE p_{table}")} == {number_of(OWN)}
    ask(f"DEALLOCATE p_{table}")
    with transaction.atomic():
        ask(f'DECLARE c SCROLL CURSOR FOR SELECT area_number FROM "{table}"')
        assert {number for (number,) in ask("FETCH ALL FROM c")} == {number_of(OWN)}
        ask("CLOSE c")
        ask(f'CREATE TEMP VIEW v AS SELECT * FROM "{table}"')
        assert ask(f"SELECT count(*) FROM v WHERE area_number = {THERE}") == [(0,)]
        # A cheap function that tells what it is shown is shown no row before the policy has spoken.
        ask(
            "CREATE FUNCTION pg_temp.tell(n bigint) RETURNS bool LANGUAGE plpgsql COST 0.0000001 AS "
            f"$$ BEGIN IF n = {THERE} THEN RAISE EXCEPTION 'leaked'; END IF; RETURN true; END $$"
        )
        ask(f'SELECT count(*) FROM "{table}" WHERE pg_temp.tell(area_number)')
        plan = str(
            ask(
                f'EXPLAIN (ANALYZE, VERBOSE, FORMAT JSON) SELECT * FROM "{table}" WHERE area_number = {THERE}'
            )
        )
        assert "dtks_scope" in plan and '"Actual Rows": 1' not in plan
        transaction.set_rollback(True)


@pytest.mark.parametrize("table", TABLES)
def test_without_a_scope_everything_is_an_error(table: str, unharmed: None) -> None:
    names = ", ".join(f'"{name}"' for name in columns(table))
    statements = [f'SELECT * FROM "{table}"', f'SELECT count(*) FROM "{table}"']
    if not appended(table):
        statements += [f'UPDATE "{table}" SET area_number = 0', f'DELETE FROM "{table}"']
    statements.append(f'INSERT INTO "{table}" ({names}) SELECT {names} FROM "{table}"')
    with without_scope():
        for statement in statements:
            assert "DTKS-SCOPE-001" in refused(statement), statement


def test_a_scope_of_two_villages_leaves_out_what_lies_between(both: None) -> None:
    assert number_of(OWN) < THERE < number_of("33.02")
    with without_scope(), limited_to(OWN, "33.02"):
        for table in TABLES:
            numbers = {number for (number,) in ask(f'SELECT area_number FROM "{table}"')}
            assert number_of(OWN) in numbers and THERE not in numbers, table


def test_a_scope_is_told_anew_after_a_rollback(both: None) -> None:
    def numbers() -> set[int]:
        return {number for (number,) in ask("SELECT area_number FROM registry_person")}

    with pytest.raises(ZeroDivisionError), transaction.atomic(), without_scope(), limited_to(NEAR):
        assert numbers() == {THERE}
        raise ZeroDivisionError
    assert numbers() == {number_of(OWN)}
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic(), without_scope(), limited_to(NEAR):
            assert numbers() == {THERE}
            raise ZeroDivisionError
        assert numbers() == {number_of(OWN)}
