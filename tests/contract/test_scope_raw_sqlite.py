"""SQLite, hand-written SQL and the ORM: under its own name a scoped table shows one's own rows, takes no
foreign ones, and is an error without a scope. A suite that runs on PostgreSQL asks the ORM there as well;
hand-written SQL has test_scope_raw_postgresql.py."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, ProgrammingError, connection, models, transaction
from django.db.models import Count, F
from tests.contract import entrances, rows, world
from tests.contract.world import NEAR, OWN

from dtks.foundation.kernel.area_codes import number_of
from dtks.foundation.kernel.errors import DtksError
from dtks.foundation.scope.current import limited_to, without_scope
from dtks.foundation.scope.errors import AppendOnly, OutsideScope, ScopeMissing

pytestmark = pytest.mark.django_db
MODELS = entrances.tables()
HERE, THERE = number_of(OWN), number_of(NEAR)
REFUSALS = (AppendOnly, DatabaseError, ScopeMissing, OutsideScope)


@pytest.fixture
def both(db: Any, no_scope: None) -> Iterator[dict[str, Any]]:
    """One row of each scoped table in one's own village and in its neighbour; the scope is one's own.

    Value: the neighbour's rows, which are unharmed at the end."""
    with limited_to(""):
        world.load_areas()
        rows.every(OWN)
        made = rows.every(NEAR)
        before = world.digest(NEAR)
    with limited_to(OWN):
        yield made
    with limited_to(""):
        assert world.digest(NEAR) == before


def ask(statement: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def refused(statement: str, *values: Any) -> None:
    with pytest.raises(REFUSALS), transaction.atomic():
        ask(statement, *values)


def raises(*refusals: type[Exception]) -> Any:
    """Refused by us before the database is asked (SQLite), or by the rights and policies of PostgreSQL."""
    if connection.vendor == "postgresql":
        own = tuple(each for each in refusals if not issubclass(each, DtksError))
        said = r"permission denied|row-level security|protected"
        return pytest.raises((ProgrammingError, *own), match=said)
    return pytest.raises(refusals)


@pytest.mark.sqlite("changes by hand: the views refuse all of them, policies let one's own rows be changed")
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.db_table)
def test_hand_written_sql(model: Any, both: dict[str, Any]) -> None:
    table = model._meta.db_table
    assert {number for (number,) in ask(f'SELECT area_number FROM "{table}"')} == {HERE}
    for statement in (
        f'SELECT * FROM "{table}" WHERE area_number = {THERE}',
        f"SELECT * FROM {table} WHERE area_number <> {HERE} OR 0",
        f"WITH t AS MATERIALIZED (SELECT * FROM {table}) SELECT * FROM t WHERE area_number = {THERE}",
        f"SELECT a.* FROM {table} a JOIN {table} b ON b.area_number = {THERE}",
        f"SELECT 1 FROM {table} WHERE EXISTS (SELECT 1 FROM {table} WHERE area_number = {THERE})",
    ):
        assert ask(statement) == [], statement
    for statement in (
        f"UPDATE {table} SET area_number = area_number",
        f"DELETE FROM {table}",
        f"INSERT INTO {table} SELECT * FROM {table}",
        f"DROP TABLE {table}",
        f"ALTER TABLE {table} ADD COLUMN x",
    ):
        refused(statement)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.db_table)
def test_the_orm(model: Any, both: dict[str, Any]) -> None:
    foreign = both[model._meta.label]
    found = models.QuerySet(model)  # not the manager: some refuse changes for reasons of their own
    assert not found.filter(pk=foreign.pk).exists()
    assert found.in_bulk([foreign.pk]) == {}
    assert found.filter(area_number=THERE).count() == 0
    assert found.aggregate(n=Count("pk", filter=models.Q(area_number=THERE)))["n"] == 0
    assert list(found.raw(f"SELECT * FROM {model._meta.db_table} WHERE area_number = {THERE}")) == []
    assert found.filter(area_number=THERE).union(found.filter(pk=foreign.pk)).count() == 0
    with pytest.raises(model.DoesNotExist):
        foreign.refresh_from_db()
    if getattr(model, "append_only", False):
        for change in (lambda: found.update(area_number=THERE), found.all().delete):
            with raises(AppendOnly, models.ProtectedError), transaction.atomic():
                change()
        return
    assert found.filter(pk=foreign.pk).update(area_number=HERE) == 0
    assert found.filter(pk=foreign.pk).delete()[0] == 0
    with raises(OutsideScope), transaction.atomic():
        found.update(area_number=THERE)
    with pytest.raises(REFUSALS), transaction.atomic():
        found.update(area_number=F("area_number") + 1)
    with raises(OutsideScope), transaction.atomic():
        found.bulk_create([foreign])
    with pytest.raises(REFUSALS), transaction.atomic():
        models.Model.save(foreign, force_insert=True)
    with pytest.raises(Exception, match=r"DTKS-SCOPE|did not affect"), transaction.atomic():
        models.Model.save(foreign, force_update=True)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.db_table)
def test_without_a_scope_everything_is_an_error(model: Any, both: dict[str, Any]) -> None:
    table, foreign = model._meta.db_table, both[model._meta.label]
    found = models.QuerySet(model)
    with without_scope():
        refused(f"SELECT * FROM {table}")
        refused(f"SELECT count(*) FROM {table}")
        for act in (
            lambda: list(found.all()),
            found.count,
            lambda: found.update(area_number=HERE),
            lambda: found.all().delete(),
            lambda: models.Model.save(foreign, force_insert=True),
        ):
            with pytest.raises(REFUSALS), transaction.atomic():
                act()
