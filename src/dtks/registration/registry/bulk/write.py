"""From the staged tables into the register: new facts, changed facts, open work at the civil registry."""

# ruff: noqa: S608  names of tables and columns come from the models; every value is a parameter

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dtks.registration.registry.bulk.dialect import Dialect
from dtks.registration.registry.bulk.tables import FactTable, Stage, fact_tables

_RECORDS: dict[Stage, tuple[str, str, str]] = {
    "households": ("registry_household", "household_id", ""),
    "families": ("registry_family", "family_id", "source_key"),
    "people": ("registry_person", "person_id", "temporary_number"),
}
_CHANGES = "registry_changes"
_TOUCHED = "registry_touched"
_TIMES = "province, valid_from, recorded_at, source"


def stage_name(stage: Stage) -> str:
    """Name of the temporary table of one kind of subject."""
    return f"registry_stage_{stage}"


@dataclass(slots=True)
class Writer:
    """Writes one chunk. ``staged`` names the columns of each staged table, ``all_new`` those where every
    subject is new."""

    cursor: Any
    dialect: Dialect
    recorded_at: datetime
    source: str
    staged: dict[Stage, frozenset[str]]
    all_new: frozenset[Stage]
    facts_written: int = 0
    outdated: int = 0

    def write(self) -> None:
        """Everything that the staged tables say."""
        for stage in _RECORDS:
            self._records(stage)
        self._run(f"CREATE TEMP TABLE {_TOUCHED} (stage TEXT, subject {self.dialect.key_type})")
        for table in fact_tables():
            if not any(name in self.staged[table.stage] for name in table.columns):
                continue
            self._new_subjects(table)
            if table.stage not in self.all_new:
                self._changes(table)
                self._first_facts(table)
        self._civil_registry_tasks("people", need=1, missing="nik", subject="person_id")
        self._civil_registry_tasks("families", need=2, missing="kk_number", subject="family_id")

    def touched(self, stage: Stage) -> int:
        """How many known subjects of ``stage`` changed; a changed household counts for its families."""
        sql = f"SELECT count(DISTINCT subject) FROM {_TOUCHED} WHERE stage = '{stage}'"
        if stage == "families":
            sql = (
                f"SELECT count(*) FROM {stage_name('families')} s WHERE s.fresh = 0 AND ("
                f"s.family_id IN (SELECT subject FROM {_TOUCHED} WHERE stage = 'families') OR "
                f"s.household_id IN (SELECT subject FROM {_TOUCHED} WHERE stage = 'households'))"
            )
        self.cursor.execute(sql)
        return int(self.cursor.fetchone()[0])

    def clean_up(self) -> None:
        """Drop the temporary tables."""
        for table in (*(stage_name(stage) for stage in _RECORDS), _CHANGES, _TOUCHED):
            self.cursor.execute(f"DROP TABLE IF EXISTS {table}")

    def _run(self, sql: str, *parameters: Any) -> int:
        self.cursor.execute(sql, parameters)
        return max(int(self.cursor.rowcount), 0)

    @property
    def _now(self) -> Any:
        return self.dialect.moment(self.recorded_at)

    def _records(self, stage: Stage) -> None:
        table, key, further = _RECORDS[stage]
        names, values = ("", "")
        if further in self.staged[stage]:
            names = values = f", {further}"
        self._run(
            f"INSERT INTO {table} (id, province, recorded_at, source{names}) "
            f"SELECT {key}, province, %s, %s{values} FROM {stage_name(stage)}{self._only_new(stage)}",
            self._now,
            self.source,
        )

    def _only_new(self, stage: Stage, keyword: str = " WHERE ") -> str:
        return "" if stage in self.all_new else f"{keyword}fresh = 1"

    def _new_subjects(self, table: FactTable) -> None:
        columns = [name for name in table.columns if name in self.staged[table.stage]]
        names = ", ".join(columns)
        answered = " OR ".join(f"{name} IS NOT NULL" for name in columns)
        self.facts_written += self._run(
            f"INSERT INTO {table.table} ({table.subject}, {_TIMES}, {names}) "
            f"SELECT {table.subject}, province, valid_from, %s, %s, {names} FROM {stage_name(table.stage)} "
            f"WHERE ({answered}){self._only_new(table.stage, ' AND ')}",
            self._now,
            self.source,
        )

    def _first_facts(self, table: FactTable) -> None:
        """A known subject of which this table says nothing yet."""
        columns = [name for name in table.columns if name in self.staged[table.stage]]
        names = ", ".join(columns)
        answered = " OR ".join(f"s.{name} IS NOT NULL" for name in columns)
        where = (
            f"FROM {stage_name(table.stage)} s WHERE s.fresh = 0 AND ({answered}) AND NOT EXISTS ("
            f"SELECT 1 FROM {table.table} cur WHERE cur.{table.subject} = s.{table.subject} "
            # OFFSET keeps this a look-up per row, whatever the planner believes about the table.
            "AND cur.superseded_at IS NULL AND cur.valid_to IS NULL LIMIT 1 OFFSET 0)"
        )
        if not self._run(f"INSERT INTO {_TOUCHED} SELECT '{table.stage}', s.{table.subject} {where}"):
            return
        self.facts_written += self._run(
            f"INSERT INTO {table.table} ({table.subject}, {_TIMES}, {names}) "
            f"SELECT s.{table.subject}, s.province, s.valid_from, %s, %s, "
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
            f"INSERT INTO {table.table} "
            f"({table.subject}, province, valid_from, valid_to, recorded_at, source, {names}) "
            f"SELECT cur.{table.subject}, cur.province, cur.valid_from, s.new_from, %s, cur.source, {old} "
            f"FROM {self.dialect.with_current(_CHANGES, table.table, table.subject)} "
            "WHERE s.new_from > s.old_from",
            self._now,
        )
        self._run(
            f"UPDATE {table.table} SET superseded_at = %s WHERE superseded_at IS NULL AND valid_to IS NULL "
            f"AND {table.subject} IN (SELECT {table.subject} FROM {_CHANGES})",
            self._now,
        )
        self.facts_written += self._run(
            f"INSERT INTO {table.table} ({table.subject}, {_TIMES}, {names}) "
            f"SELECT {table.subject}, province, new_from, %s, %s, {names} FROM {_CHANGES}",
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
            f"s.{table.subject} AS {table.subject}, s.province AS province, "
            f"{', '.join(f'{value} AS {name}' for name, value in merged.items())} "
            f"FROM {self.dialect.with_current(stage_name(table.stage), table.table, table.subject)} "
            f"WHERE s.fresh = 0 AND ({differs})"
        )

    def _merged(self, table: FactTable, name: str) -> str:
        """The value after the load: the new answer, else the old one. An answer to a question that is no
        longer asked (another answer rules it out) goes."""
        staged = self.staged[table.stage]
        value = f"COALESCE(s.{name}, cur.{name})" if name in staged else f"cur.{name}"
        parent, asked = table.asked_if.get(name, ("", ()))
        if parent not in staged:
            return value
        new = f"s.{name}" if name in staged else "NULL"
        codes = ", ".join(str(code) for code in asked)
        return f"CASE WHEN s.{parent} IS NULL OR s.{parent} IN ({codes}) THEN {value} ELSE {new} END"

    def _civil_registry_tasks(self, stage: Stage, *, need: int, missing: str, subject: str) -> None:
        """Open a task for each new subject without its number; close it where the number has come."""
        staged = stage_name(stage)
        if "task_id" in self.staged[stage]:
            self._run(
                f"INSERT INTO registry_civilregistrytask (id, province, need, {subject}, opened_at, source) "
                f"SELECT task_id, province, {need}, {subject}, %s, %s FROM {staged} "
                "WHERE task_id IS NOT NULL",
                self._now,
                self.source,
            )
        if missing in self.staged[stage] and stage not in self.all_new:
            self._run(
                f"UPDATE registry_civilregistrytask SET closed_at = %s WHERE need = {need} "
                f"AND closed_at IS NULL AND {subject} IN "
                f"(SELECT {subject} FROM {staged} WHERE fresh = 0 AND {missing} IS NOT NULL)",
                self._now,
            )
