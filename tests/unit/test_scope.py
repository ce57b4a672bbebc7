"""Area scope below the ORM: the same on both databases, whatever writes or reads."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from tests.fixtures.officers import account
from tests.fixtures.small_registers import register

from dtks.foundation.accounts.models import Grant
from dtks.foundation.kernel.area_codes import AreaCodeError, number_of, span_of
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger.domain import Actor, Event
from dtks.foundation.ledger.models import LedgerEvent
from dtks.foundation.scope import installing
from dtks.foundation.scope.current import carried, current, limited_to, require, required, without_scope
from dtks.foundation.scope.domain import Scope
from dtks.foundation.scope.errors import AppendOnly, OutsideScope, ScopeMissing, UnsafeDatabaseRole
from dtks.foundation.scope.tables import scoped_tables, written

__all__ = ["register"]

HERE, THERE, DISTRICT = "33.02.11.2001", "33.02.12.2001", "33.02.11"
both = pytest.mark.usefixtures("register")


def test_numbers_of_areas() -> None:
    assert number_of("33.02.11.2001") == 3302112001
    assert span_of("33.02") == (3302000000, 3303000000)
    assert span_of("") == (0, 10**10)


def test_neighbouring_areas_become_one_span() -> None:
    assert Scope.of(["33.02.11", "33.02.12", "33.02.12.2001"]).spans == ((3302110000, 3302130000),)
    assert Scope.of(["33.02.11", "33.03"]).spans == ((3302110000, 3302120000), (3303000000, 3304000000))
    with pytest.raises(AreaCodeError):
        Scope.of(["33.2"])


def test_a_scope_covers_what_lies_wholly_in_it() -> None:
    scope = Scope.of(["33.02", "34"])
    assert scope.covers("33.02.11") and scope.covers("34") and not scope.covers("33") and not scope.covers("")
    assert scope.touches("33") and not scope.touches("35")
    assert scope.holds(3302112001) and not scope.holds(3303000000)


def test_inside_a_scope_only_what_lies_in_both(no_scope: None) -> None:
    with limited_to("33.02"), limited_to("33.02.11", "34") as scope:
        assert scope.spans == ((3302110000, 3302120000),)
        with limited_to("34") as nothing:
            assert nothing.spans == () and nothing.first > nothing.last
    assert current() is None


def test_without_scope_nobody_is_asked_in_vain(no_scope: None) -> None:
    with pytest.raises(ScopeMissing):
        required()
    with limited_to("33.02"), without_scope(), pytest.raises(ScopeMissing):
        require("33.02")
    with limited_to("33.02"), pytest.raises(OutsideScope):
        require("33.03")


def test_a_thread_works_in_the_scope_of_the_one_who_began_it() -> None:
    seen: list[Any] = []
    with limited_to(DISTRICT):
        look = carried(lambda: seen.append(current()))
    for work in (look, lambda: seen.append(current())):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert seen == [Scope.of([DISTRICT]), None]


def holder(area: str, name: str) -> Grant:
    return Grant.objects.create(
        account=account(name), role="operator-desa", area=area, area_number=number_of(area),
        valid_from=date(2026, 1, 1), granted_at=timezone.now(), granted_by="test",
    )  # fmt: skip


@both
def test_rows_of_another_area_are_not_there() -> None:
    here, there = holder(HERE, "sini"), holder(THERE, "sana")
    with limited_to(DISTRICT):
        assert list(Grant.objects.values_list("pk", flat=True)) == [here.pk]
        assert Grant.objects.count() == 1
        assert not Grant.objects.filter(pk=there.pk).exists()
        assert list(account("sana").grants.all()) == []
    with limited_to(HERE, THERE):
        assert Grant.objects.count() == 2
    with limited_to("34"):
        assert Grant.objects.count() == 0


@both
def test_no_statement_changes_rows_of_another_area() -> None:
    there = holder(THERE, "sana")
    with limited_to(DISTRICT):
        assert Grant.objects.filter(pk=there.pk).update(reason="x") == 0
        assert Grant.objects.update(reason="x") == 0
        assert Grant.objects.all().delete()[0] == 0
        there.reason = "x"
        with pytest.raises(DatabaseError), transaction.atomic():
            there.save(update_fields=["reason"])
    there.refresh_from_db()
    assert there.reason == ""


@both
def test_rows_of_one_own_area_are_changed_and_deleted() -> None:
    here = holder(HERE, "sini")
    with limited_to(DISTRICT):
        assert Grant.objects.filter(reason="").update(reason="a") == 1
        assert Grant.objects.exclude(reason="b").filter(pk=here.pk).update(reason="c") == 1
        assert Grant.objects.filter(reason="c").delete()[0] == 1


@both
def test_nothing_is_written_into_another_area() -> None:
    here = holder(HERE, "sini")
    with limited_to(DISTRICT):
        with pytest.raises((OutsideScope, DatabaseError)), transaction.atomic():
            holder(THERE, "sana")
        with pytest.raises((OutsideScope, DatabaseError)), transaction.atomic():
            Grant.objects.filter(pk=here.pk).update(area_number=number_of(THERE))
        with pytest.raises((OutsideScope, DatabaseError)), transaction.atomic():
            elsewhere = Grant(account=account("sana"), area_number=0, valid_from=date(2026, 1, 1))
            elsewhere.granted_at = timezone.now()
            Grant.objects.bulk_create([elsewhere])
    assert Grant.objects.get().area_number == number_of(HERE)


@both
def test_an_upsert_changes_no_row_of_another_area() -> None:
    there = holder(THERE, "sana")
    taken = Grant(
        pk=there.pk, account=there.account, role="administrator", area=HERE, area_number=number_of(HERE),
        valid_from=date(2026, 1, 1), granted_at=timezone.now(), granted_by="test",
    )  # fmt: skip
    with limited_to(DISTRICT), pytest.raises((OutsideScope, DatabaseError)), transaction.atomic():
        Grant.objects.bulk_create(
            [taken], update_conflicts=True, unique_fields=["id"], update_fields=["role", "area_number"]
        )
    there.refresh_from_db()
    assert (there.role, there.area_number) == ("operator-desa", number_of(THERE))


@both
def test_a_wider_areas_row_is_for_those_who_hold_all_of_it() -> None:
    holder(DISTRICT, "camat")
    with limited_to(HERE):
        assert Grant.objects.count() == 0
    with limited_to("33.02"):
        assert Grant.objects.count() == 1


@both
def test_without_scope_nothing_is_read_or_written(no_scope: None) -> None:
    with limited_to(""):
        holder(HERE, "sini")
        ledger.record(Event("test"), by=Actor.system())
    for table in scoped_tables():
        assert shown(table) in ("refused", 0)
    assert shown("accounts_grant") == shown("ledger_ledgerevent") == "refused"
    with pytest.raises((ScopeMissing, DatabaseError)), transaction.atomic():
        ledger.record(Event("test"), by=Actor.system())


def shown(table: str) -> int | str:
    """The rows that a statement sees. Of an empty table the database need not ask whose they are."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            return int(cursor.fetchone()[0])
    except DatabaseError:
        return "refused"


@both
def test_raw_statements_see_and_change_the_scope_alone() -> None:
    holder(HERE, "sini"), holder(THERE, "sana")
    with limited_to(DISTRICT), connection.cursor() as cursor:
        cursor.execute("SELECT area FROM accounts_grant")
        assert cursor.fetchall() == [(HERE,)]
        cursor.execute("SELECT count(*) FROM accounts_account a JOIN accounts_grant g ON g.account_id = a.id")
        assert cursor.fetchone() == (1,)
        cursor.execute("WITH g AS (SELECT * FROM accounts_grant) SELECT max(area) FROM g")
        assert cursor.fetchone() == (HERE,)
    for statement in ("UPDATE accounts_grant SET reason = 'x'", "DELETE FROM accounts_grant"):
        with limited_to("34"):
            raw(statement)
    assert Grant.objects.filter(reason="").count() == 2


def raw(statement: str) -> None:
    """Run it; on SQLite a statement that would write to what stands before a table is refused."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError:
        assert connection.vendor == "sqlite"


@both
def test_a_rolled_back_transaction_leaves_the_scope_as_it_is() -> None:
    holder(HERE, "sini")
    with limited_to(DISTRICT):
        with pytest.raises(ZeroDivisionError), transaction.atomic(), limited_to(HERE):
            assert Grant.objects.count() == 1
            raise ZeroDivisionError
        assert Grant.objects.count() == 1
    with pytest.raises(ZeroDivisionError), transaction.atomic(), limited_to("34"):
        assert Grant.objects.count() == 0
        raise ZeroDivisionError
    assert Grant.objects.count() == 1


@both
def test_the_trail_takes_events_and_gives_none_back() -> None:
    with limited_to(DISTRICT):
        ledger.record(Event("a"), Event("b", area=HERE), by=Actor("x", "kecamatan", DISTRICT))
        assert LedgerEvent.objects.count() == 2
    with limited_to(HERE):
        assert [event.action for event in LedgerEvent.objects.all()] == ["b"]
    for change in (lambda: LedgerEvent.objects.update(action="c"), LedgerEvent.objects.all().delete):
        with pytest.raises((AppendOnly, DatabaseError)), transaction.atomic():
            change()
    assert set(LedgerEvent.objects.values_list("action", flat=True)) == {"a", "b"}


@pytest.mark.postgres
def test_the_sites_role_can_neither_own_nor_bypass(postgres: str) -> None:
    installing.check_role()
    hostile = [
        "ALTER TABLE accounts_grant DISABLE ROW LEVEL SECURITY",
        "DROP POLICY dtks_area_scope ON accounts_grant",
        "ALTER ROLE dtks_application BYPASSRLS",
        "SET ROLE dtks",
        "TRUNCATE accounts_grant",
        "COPY accounts_grant FROM STDIN",
        "DROP TABLE accounts_grant",
        "CREATE TABLE mine (a int)",
        "UPDATE django_migrations SET name = ''",
    ]
    for statement in hostile:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with installing.as_owner(), pytest.raises(UnsafeDatabaseRole):
        installing.check_role()


@pytest.mark.postgres
def test_every_scoped_table_has_its_policy(postgres: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity AND EXISTS "
            "(SELECT 1 FROM pg_policy WHERE polrelid = pg_class.oid AND polname = %s)",
            [installing.POLICY],
        )
        assert {name for (name,) in cursor.fetchall()} == set(scoped_tables())


@pytest.mark.slow
def test_a_connection_older_than_its_tables_shows_nothing_without_scope(tmp_path: Path) -> None:
    script = """
import django
django.setup()
from django.db import connection
connection.ensure_connection()
import subprocess, sys
subprocess.run([sys.executable, "-m", "dtks.cli", "migrate"], check=True, capture_output=True)
subprocess.run([sys.executable, "-m", "dtks.cli", "areas", "load", "--under", "33.02.11"], check=True)
with connection.cursor() as cursor:
    try:
        cursor.execute("SELECT count(*) FROM ledger_ledgerevent")
        print("shown", cursor.fetchone())
    except django.db.DatabaseError:
        print("refused")
"""
    env = {**os.environ, "DTKS_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "dtks.config.settings"}
    ran = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "refused"


@pytest.mark.django_db
@pytest.mark.sqlite("PostgreSQL has no views before its tables: statements name the tables themselves")
def test_names_of_tables_in_handwritten_statements() -> None:
    assert written("accounts_grant", connection) == 'main."accounts_grant"'
    holder(HERE, "sini")
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="view"):
        cursor.execute("UPDATE accounts_grant SET reason = 'x'")
