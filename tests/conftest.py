"""What every test stands on. The data folder is set in tests/settings.py."""

import datetime
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest_plugins = ("tests.fixtures.database", "tests.fixtures.officers")
DATABASES = ("sqlite", "postgresql")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The default database of the tests. Those with the fixture `postgres` have PostgreSQL in any case."""
    parser.addoption("--database", choices=DATABASES, default="sqlite", help="default database of the tests")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--database") == "postgresql":
        from tests.fixtures import on_postgresql

        config.pluginmanager.register(on_postgresql)


@pytest.hookimpl(tryfirst=True)  # before `-m` picks by marker
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if _asks_the_default_database(item):
            item.add_marker("default_database")
    if config.getoption("--database") == "sqlite":
        return
    for item in items:
        if mark := item.get_closest_marker("sqlite"):
            (reason,) = mark.args
            item.add_marker(pytest.mark.skip(reason=reason))


def _asks_the_default_database(item: pytest.Item) -> bool:
    """Whether what it shows hangs on `--database`: a test that names its database does not."""
    if item.get_closest_marker("postgres") or item.get_closest_marker("sqlite"):
        return False
    asked = {"db", "transactional_db"}.intersection(getattr(item, "fixturenames", ()))
    return bool(asked) or item.get_closest_marker("django_db") is not None


@pytest.fixture(scope="session", autouse=True)
def whole_country() -> Iterator[None]:
    """Tests look at everything, unless they are about who sees what (`no_scope`)."""
    from dtks.foundation.scope.current import limited_to

    with limited_to(""):
        yield


@pytest.fixture
def no_scope() -> Iterator[None]:
    """Nobody has said in which area this test works."""
    from dtks.foundation.scope.current import without_scope

    with without_scope():
        yield


@pytest.fixture(autouse=True)
def no_sealed_files_left() -> Iterator[None]:
    """What a test leaves sealed in the shared data folder does not open with the next one's keys."""
    yield
    from django.conf import settings

    for name in ("outbox", "pending-officers", "uploads"):
        shutil.rmtree(Path(settings.HOME) / name, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def key_ring() -> None:
    """An installation has its keys from its first migration on; tests without a database need them, too."""
    from dtks.foundation.vault import configured, ring_file

    ring_file.create(configured.place(), now=datetime.datetime.now(datetime.UTC))
