"""Databases that an installation can name, and the real servers behind them."""

from pathlib import Path

import pytest
from django.db import connection

from dtks.cli import test as command
from dtks.config import environment
from dtks.foundation.scope import installing


def test_sqlite_url_with_an_absolute_path() -> None:
    entry = environment.database("sqlite:////data/desa%20maju/dtks.sqlite3")
    assert entry["NAME"] == "/data/desa maju/dtks.sqlite3"


def test_postgresql_url_through_a_socket() -> None:
    entry = environment.database("postgresql://petugas:r%40hasia@/dtks?host=/run/pg")
    assert (entry["USER"], entry["PASSWORD"], entry["HOST"], entry["NAME"]) == (
        "petugas",
        "r@hasia",
        "/run/pg",
        "dtks",
    )


def test_unknown_scheme_is_refused() -> None:
    with pytest.raises(ValueError, match="mysql"):
        environment.database("mysql://x/y")


def test_an_undeclared_setting_cannot_be_read() -> None:
    with pytest.raises(KeyError, match="SETTINGS"):
        environment.value("DTKS_NOT_THERE")


def test_the_secret_is_made_once_and_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DTKS_SECRET_KEY", raising=False)
    first = environment.secret_key(tmp_path)
    assert environment.secret_key(tmp_path) == first
    assert len(first) >= 50
    assert (tmp_path / "keys" / "secret.key").stat().st_mode & 0o077 == 0


@pytest.mark.django_db
@pytest.mark.sqlite("asks SQLite for its own setting")
def test_sqlite_checks_foreign_keys() -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys")
        assert cursor.fetchone() == (1,)


@pytest.mark.postgres
def test_postgresql_is_15_or_newer(postgres: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        assert int(cursor.fetchone()[0]) >= 150000


@pytest.mark.django_db
def test_the_suite_stands_on_the_database_it_was_asked_for(request: pytest.FixtureRequest) -> None:
    assert connection.vendor == request.config.getoption("--database")
    installing.check_role()  # on PostgreSQL: raises for a role that the policies do not bind


@pytest.mark.parametrize(
    ("all_", "database", "expected"),
    [(False, "sqlite", 1), (True, "sqlite", 2), (False, "postgresql", 1), (True, "postgresql", 1)],
)
def test_all_tests_the_default_database_on_both(all_: bool, database: str, expected: int) -> None:
    steps = command.suite(all_=all_, database=command.Database(database))
    asked = [step.command[step.command.index("--database") + 1] for step in steps]
    assert asked == [database, "postgresql"][:expected]


def test_the_tests_have_a_data_folder_of_their_own(settings) -> None:
    assert settings.HOME != environment.PROJECT_ROOT / "var"
    assert "dtks-test-" in str(settings.HOME)
