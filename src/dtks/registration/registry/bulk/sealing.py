"""What is never stored readable: sealed on its way into the register."""

# ruff: noqa: S608  names of tables and columns come from the models; every value is a parameter

from __future__ import annotations

from typing import Any

import polars as pl

from dtks.foundation.vault.columns import seal_column, unseal_column
from dtks.foundation.vault.ring import KeyRing
from dtks.registration.registry.bulk.dialect import Dialect
from dtks.registration.registry.bulk.tables import FactTable, Stage, fact_tables


def stage_name(stage: Stage) -> str:
    """Name of the temporary table of one kind of subject."""
    return f"registry_stage_{stage}"


def sealed(frame: pl.DataFrame, *, stage: Stage, ring: KeyRing) -> pl.DataFrame:
    """``frame`` with the columns that are kept sealed as the bytes that are stored.

    The same value of the same subject under the same key gives the same bytes: the database can tell whether
    what is said differs from what is on record without being able to read either.
    """
    columns = [
        seal_column(frame[name], frame[table.subject], column=spec.label, ring=ring, digits=spec.digits)
        for table in _with_sealed(stage)
        for name, spec in table.sealed.items()
        if name in frame.columns
    ]
    return frame.with_columns(columns)


def keep_equal(cursor: Any, dialect: Dialect, known: dict[Stage, pl.DataFrame], ring: KeyRing) -> None:
    """While keys are being exchanged, what is on record may be sealed under an older key: where it says the
    same as what was staged, its bytes are staged instead, so that nothing counts as changed."""
    if len(ring.data_keys) == 1:
        return
    for stage, frame in known.items():
        for table in _with_sealed(stage):
            for name in table.sealed:
                if name in frame.columns:
                    _keep(cursor, dialect, stage, table, name, ring)


def _keep(cursor: Any, dialect: Dialect, stage: Stage, table: FactTable, name: str, ring: KeyRing) -> None:
    cursor.execute(
        f"SELECT {dialect.hexadecimal('s.' + table.subject)}, s.{name}, cur.{name} "
        f"FROM {dialect.with_current(stage_name(stage), table.table, table.subject)} "
        f"WHERE s.{name} IS NOT NULL AND cur.{name} IS NOT NULL AND s.{name} <> cur.{name}"
    )
    found = [(subject, bytes(staged), bytes(stored)) for subject, staged, stored in cursor.fetchall()]
    frame = pl.DataFrame(
        found, schema={"subject": pl.String, "staged": pl.Binary, "stored": pl.Binary}, orient="row"
    )
    spec = table.sealed[name]
    said, kept = (
        unseal_column(frame[each], frame["subject"], column=spec.label, ring=ring, digits=spec.digits)
        for each in ("staged", "stored")
    )
    same = frame.filter(said == kept)
    cursor.executemany(
        f"UPDATE {stage_name(stage)} SET {name} = %s WHERE {table.subject} = %s",
        same.select("stored", "subject").rows(),
    )


def _with_sealed(stage: Stage) -> list[FactTable]:
    return [table for table in fact_tables() if table.stage == stage and table.sealed]
