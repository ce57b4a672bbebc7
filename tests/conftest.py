"""What every test stands on. The data folder is set in tests/settings.py."""

pytest_plugins = ("tests.fixtures.database",)
