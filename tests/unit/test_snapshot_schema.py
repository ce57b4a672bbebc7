"""The snapshot's columns follow the registry's dictionary: a new variable reaches the determination."""

from __future__ import annotations

import polars as pl
import pytest

from dtks.determination.targeting.schema import FAMILY_COLUMNS, PERSON_COLUMNS
from dtks.registration.registry import dictionary

ADDED_BY_SNAPSHOT = {
    "family_id", "household_id", "person_id", "kk_token", "nik_token", "province", "regency", "district",
    "village", "village_kind", "urban", "size", "age",
}  # fmt: skip


@pytest.mark.parametrize(("level", "columns"), [("family", FAMILY_COLUMNS), ("person", PERSON_COLUMNS)])
def test_every_variable_that_may_be_read_is_a_column(
    level: dictionary.Level, columns: dict[str, object]
) -> None:
    expected = {
        variable.name: getattr(pl, variable.dtype)
        for variable in dictionary.variables()
        if variable.level == level and variable.in_snapshot
    }
    found = {name: dtype for name, dtype in columns.items() if name not in ADDED_BY_SNAPSHOT}
    assert found == expected, (
        "add the variable to dtks.determination.targeting.schema and raise SCHEMA_VERSION"
    )


def test_no_identity_in_a_snapshot() -> None:
    private = {variable.name for variable in dictionary.variables() if variable.identity}
    assert "nik" in private
    assert not private & {*FAMILY_COLUMNS, *PERSON_COLUMNS} - {"village", "birth_date", "lat", "lon"}
    assert "name" not in PERSON_COLUMNS
