"""What a chunk says, into the register: new subjects straight into the tables, known ones by comparison."""

# ruff: noqa: S608  names of tables and columns come from the models; every value is a parameter

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl

from dtks.foundation.vault.ring import KeyRing
from dtks.registration.registry.bulk.compare import Comparison
from dtks.registration.registry.bulk.dialect import Dialect
from dtks.registration.registry.bulk.moves import move
from dtks.registration.registry.bulk.subjects import ORDER, Subjects
from dtks.registration.registry.bulk.tables import FactTable, Stage, fact_tables

_RECORDS: dict[Stage, tuple[str, str, str]] = {
    "households": ("registry_household", "household_id", ""),
    "families": ("registry_family", "family_id", "source_key"),
    "people": ("registry_person", "person_id", "temporary_number"),
}
_TASKS = "registry_civilregistrytask"
_NEW = "registry_new"
_NEEDS: dict[Stage, tuple[int, str]] = {"people": (1, "nik"), "families": (2, "kk_number")}


@dataclass(slots=True)
class Writer:
    """Writes one chunk inside the caller's transaction and counts what it did."""

    cursor: Any
    dialect: Dialect
    recorded_at: datetime
    source: str
    subjects: dict[Stage, Subjects]
    ring: KeyRing
    facts_written: int = 0
    outdated: int = 0
    changed: dict[Stage, int] = field(default_factory=dict)

    def write(self) -> None:
        """Records first, since facts refer to them; then facts about new and known subjects; open work."""
        for stage in ORDER:
            self._new(stage)
        move(self.cursor, self.dialect, {stage: self.subjects[stage].known for stage in ORDER})
        if any(self.subjects[stage].known.height for stage in ORDER):
            self._compare()
        for stage in _NEEDS:
            self._tasks(stage)

    def _new(self, stage: Stage) -> None:
        """New subjects of one kind: sent once, as wide rows; the database spreads them over its tables."""
        new = self.subjects[stage].new
        if new.height == 0:
            return
        record, key, further = _RECORDS[stage]
        answers = [(table, self._answered(table, new)) for table in fact_tables() if table.stage == stage]
        sent = {name for _, columns in answers for name in columns}
        sent |= {key, "province", "area_number", "valid_from", *([further] if further in new.columns else [])}
        self.dialect.stage(self.cursor, _NEW, new.select(name for name in new.columns if name in sent))
        self._spread(record, {"id": key, **({further: further} if further in sent else {})})
        for table, columns in answers:
            if columns:
                same = [table.subject, "valid_from", *columns]
                self.facts_written += self._spread(table.table, dict(zip(same, same, strict=True)), columns)
        self.cursor.execute(f"DROP TABLE {_NEW}")

    def _answered(self, table: FactTable, new: pl.DataFrame) -> list[str]:
        """The table's columns that somebody of the chunk has answered: the others need not be sent."""
        return [name for name in table.columns if name in new.columns and new[name].null_count() < new.height]

    def _spread(self, table: str, columns: dict[str, str], answers: Sequence[str] = ()) -> int:
        """Add a row to ``table`` for each staged subject that has one of ``answers``; how many."""
        given = {**columns, "province": "province", "area_number": "area_number"}
        answered = " OR ".join(f"{name} IS NOT NULL" for name in answers) or "1 = 1"
        self.cursor.execute(
            f"INSERT INTO {self.dialect.written(table)} ({', '.join(given)}, recorded_at, source) "
            f"SELECT {', '.join(given.values())}, %s, %s FROM {_NEW} WHERE {answered}",
            [self.dialect.moment(self.recorded_at), self.source],
        )
        return max(int(self.cursor.rowcount), 0)

    def _compare(self) -> None:
        self.dialect.before_comparing(self.cursor, [table.table for table in fact_tables()])
        known = {stage: self.subjects[stage].known for stage in ORDER}
        comparison = Comparison(self.cursor, self.dialect, self.recorded_at, self.source, known, self.ring)
        comparison.write()
        self.facts_written += comparison.facts_written
        self.outdated += comparison.outdated
        self.changed = comparison.changed

    def _tasks(self, stage: Stage) -> None:
        """Open a task for each new subject without its number; close it where the number has come."""
        need, number = _NEEDS[stage]
        _, key, _ = _RECORDS[stage]
        new, known = self.subjects[stage].new, self.subjects[stage].known
        if "task_id" in new.columns:
            tasks = new.filter(pl.col("task_id").is_not_null()).select(
                pl.col("task_id").alias("id"),
                "province",
                "area_number",
                key,
                need=pl.lit(need, dtype=pl.Int16),
                opened_at=pl.lit(self.dialect.moment(self.recorded_at)),
                source=pl.lit(self.source),
            )
            self.dialect.append(self.cursor, _TASKS, tasks)
        if number in known.columns and (has_it := known.filter(pl.col(number).is_not_null())).height:
            condition, keys = self.dialect.among(key, has_it[key].to_list(), kind="uuid")
            self.cursor.execute(
                f"UPDATE {self.dialect.written(_TASKS)} SET closed_at = %s "
                f"WHERE need = {need} AND closed_at IS NULL AND {condition}",
                [self.dialect.moment(self.recorded_at), keys],
            )
