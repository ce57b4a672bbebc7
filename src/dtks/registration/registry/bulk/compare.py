"""Known subjects: what is said of them against what is on record, table by table, in the database."""

# ruff: noqa: S608  names of tables and columns come from the models; every value is a parameter

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl

from dtks.foundation.vault.ring import KeyRing
from dtks.registration.registry.bulk import sealing
from dtks.registration.registry.bulk.dialect import Dialect
from dtks.registration.registry.bulk.tables import FactTable, Stage, fact_tables

_CHANGES = "registry_changes"
_TOUCHED = "registry_touched"
_TIMES = "province, area_number, valid_from, recorded_at, source"
_KEYS: dict[Stage, tuple[str, ...]] = {
    "households": ("household_id",),
    "families": ("family_id", "household_id"),
    "people": ("person_id", "family_id"),
}


@dataclass(slots=True)
class Comparison:
    """Compares the known subjects of one chunk with the register, inside the caller's transaction."""

    cursor: Any
    dialect: Dialect
    recorded_at: datetime
    source: str
    known: dict[Stage, pl.DataFrame]
    ring: KeyRing
    facts_written: int = 0
    outdated: int = 0
    changed: dict[Stage, int] = field(default_factory=dict)

    def write(self) -> None:
        """Stage, compare each table, count who changed, clean up."""
        for stage, frame in self.known.items():
            self.dialect.stage(self.cursor, sealing.stage_name(stage), frame.select(self._staged(stage)))
        sealing.keep_equal(self.cursor, self.dialect, self.known, self.ring)
        self._run(f"CREATE TEMP TABLE {_TOUCHED} (stage TEXT, subject {self.dialect.key_type})")
        for table in fact_tables():
            if self.known[table.stage].height and self._columns(table):
                self._changes(table)
                self._first_facts(table)
        self.changed = {"families": self._families_changed(), "people": self._people_changed()}
        for name in (*(sealing.stage_name(stage) for stage in self.known), _CHANGES, _TOUCHED):
            self._run(f"DROP TABLE IF EXISTS {name}")

    def _staged(self, stage: Stage) -> list[str]:
        wanted = {name for table in fact_tables() if table.stage == stage for name in table.columns}
        wanted |= {*_KEYS[stage], "province", "area_number", "valid_from"}
        return [name for name in self.known[stage].columns if name in wanted]

    def _columns(self, table: FactTable) -> list[str]:
        return [name for name in table.columns if name in self.known[table.stage].columns]

    def _run(self, sql: str, *parameters: Any) -> int:
        self.cursor.execute(sql, parameters)
        return max(int(self.cursor.rowcount), 0)

    def _into(self, table: FactTable) -> str:
        return self.dialect.written(table.table)

    @property
    def _now(self) -> Any:
        return self.dialect.moment(self.recorded_at)

    def _people_changed(self) -> int:
        self._run(f"SELECT count(DISTINCT subject) FROM {_TOUCHED} WHERE stage = 'people'")
        return int(self.cursor.fetchone()[0])

    def _families_changed(self) -> int:
        """A change of the household is a change of its families."""
        self._run(
            f"SELECT count(*) FROM {sealing.stage_name('families')} s WHERE "
            f"s.family_id IN (SELECT subject FROM {_TOUCHED} WHERE stage = 'families') OR "
            f"s.household_id IN (SELECT subject FROM {_TOUCHED} WHERE stage = 'households')"
        )
        return int(self.cursor.fetchone()[0])

    def _first_facts(self, table: FactTable) -> None:
        """A known subject of which this table says nothing yet."""
        columns = self._columns(table)
        answered = " OR ".join(f"s.{name} IS NOT NULL" for name in columns)
        # OFFSET keeps this a look-up per row, whatever the planner believes about the table.
        where = (
            f"FROM {sealing.stage_name(table.stage)} s WHERE ({answered}) AND NOT EXISTS ("
            f"SELECT 1 FROM {table.table} cur WHERE cur.{table.subject} = s.{table.subject} "
            "AND cur.superseded_at IS NULL AND cur.valid_to IS NULL LIMIT 1 OFFSET 0)"
        )
        if not self._run(f"INSERT INTO {_TOUCHED} SELECT '{table.stage}', s.{table.subject} {where}"):
            return
        self.facts_written += self._run(
            f"INSERT INTO {self._into(table)} ({table.subject}, {_TIMES}, {', '.join(columns)}) "
            f"SELECT s.{table.subject}, s.province, s.area_number, s.valid_from, %s, %s, "
            f"{', '.join('s.' + name for name in columns)} {where}",
            self._now,
            self.source,
        )

    def _changes(self, table: FactTable) -> None:
        """Known facts that differ: the past is kept as closed, the old row superseded, the new one added."""
        self._run(f"DROP TABLE IF EXISTS {_CHANGES}")
        self._run(self._difference(table))
        self.outdated += self._run(f"DELETE FROM {_CHANGES} WHERE new_from < old_from")
        if not self._run(f"INSERT INTO {_TOUCHED} SELECT '{table.stage}', {table.subject} FROM {_CHANGES}"):
            return
        names = ", ".join(table.columns)
        old = ", ".join(f"cur.{name}" for name in table.columns)
        self._run(
            f"INSERT INTO {self._into(table)} "
            f"({table.subject}, province, area_number, valid_from, valid_to, recorded_at, source, {names}) "
            f"SELECT cur.{table.subject}, cur.province, cur.area_number, cur.valid_from, s.new_from, %s, "
            f"cur.source, {old} "
            f"FROM {self.dialect.with_current(_CHANGES, table.table, table.subject)} "
            "WHERE s.new_from > s.old_from",
            self._now,
        )
        self._run(
            f"UPDATE {self._into(table)} SET superseded_at = %s "
            f"WHERE superseded_at IS NULL AND valid_to IS NULL "
            f"AND {table.subject} IN (SELECT {table.subject} FROM {_CHANGES})",
            self._now,
        )
        self.facts_written += self._run(
            f"INSERT INTO {self._into(table)} ({table.subject}, {_TIMES}, {names}) "
            f"SELECT {table.subject}, province, area_number, new_from, %s, %s, {names} FROM {_CHANGES}",
            self._now,
            self.source,
        )

    def _difference(self, table: FactTable) -> str:
        merged = {name: self._merged(table, name) for name in table.columns}
        differs = " OR ".join(
            f"{value} {self.dialect.distinct} cur.{name}"
            for name, value in merged.items()
            if value != f"cur.{name}"
        )
        return (
            f"CREATE TEMP TABLE {_CHANGES} AS SELECT cur.valid_from AS old_from, s.valid_from AS new_from, "
            f"s.{table.subject} AS {table.subject}, s.province AS province, s.area_number AS area_number, "
            f"{', '.join(f'{value} AS {name}' for name, value in merged.items())} "
            f"FROM {self.dialect.with_current(sealing.stage_name(table.stage), table.table, table.subject)} "
            f"WHERE {differs}"
        )

    def _merged(self, table: FactTable, name: str) -> str:
        """The value after the load: the new answer, else the old one. An answer to a question that is no
        longer asked (another answer rules it out) goes."""
        staged = self.known[table.stage].columns
        value = f"COALESCE(s.{name}, cur.{name})" if name in staged else f"cur.{name}"
        parent, asked = table.asked_if.get(name, ("", ()))
        if parent not in staged:
            return value
        new = f"s.{name}" if name in staged else "NULL"
        codes = ", ".join(str(code) for code in asked)
        return f"CASE WHEN s.{parent} IS NULL OR s.{parent} IN ({codes}) THEN {value} ELSE {new} END"
