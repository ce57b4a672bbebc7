"""The pipeline planned once and run on chunk after chunk.

Turning the rules into a query costs a second or two, more than judging a village. So a `Plan` is
built on slots, tables without rows, and kept; each chunk only fills them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import narwhals as nw
import polars as pl

from dtks.determination.runs import judge, output, ranking
from dtks.determination.runs.judge import Decile
from dtks.determination.runs.rulebook import Rulebook
from dtks.determination.targeting.schema import FAMILY_COLUMNS, PERSON_COLUMNS, PolarsType
from dtks.foundation.engines.tables import Engine, LazyTable, Slot, require_schema

FAMILY_MARK, PERSON_MARK = "kk_repeated", "nik_repeated"


def national(rulebook: Rulebook) -> Decile:
    """Deciles by the model's cut-points."""
    return rulebook.scoring.decile


def unranked(table: LazyTable) -> LazyTable:
    """No decile yet: the first pass of a ranking within the run."""
    return table.with_columns(nw.lit(None, nw.Int8).alias("desil"))


def within_run(boundaries: tuple[ranking.Boundary, ...]) -> Decile:
    """Deciles cut among the families of the run."""
    return lambda table: table.with_columns(ranking.desil(boundaries))


@dataclass(frozen=True)
class Plan:
    """The queries of one run on one engine. Not for two threads at once: fill, then ask."""

    engine: Engine
    rulebook: Rulebook
    decile: Decile

    @cached_property
    def families(self) -> Slot:
        """The families that are judged: the columns that the run reads, and `kk_repeated`."""
        return self._slot(self.rulebook.family_reads, FAMILY_COLUMNS, FAMILY_MARK)

    @cached_property
    def people(self) -> Slot:
        """Their members, with `nik_repeated`."""
        return self._slot(self.rulebook.person_reads, PERSON_COLUMNS, PERSON_MARK)

    def fill(self, *, families: LazyTable, people: LazyTable) -> None:
        """Read the two tables of a chunk."""
        self.families.fill(families)
        self.people.fill(people)

    def clear(self) -> None:
        """Let the chunk go."""
        for slot in (self.families, self.people, self._examined):
            slot.clear()

    def scores(self) -> pl.DataFrame:
        """`score`, `family_id`, `size`, `faults` and `desil` of every family."""
        return self.engine.collect(self._scores)

    def results(self) -> pl.DataFrame:
        """The output row of every family, sorted (`output.columns`)."""
        self._examined.fill(self._first_half)
        rows = self.engine.collect(self._results).sort(output.SORT)
        names = [programme.id for programme in self.rulebook.programmes]
        return require_schema(rows, output.columns(names), engine=self.engine.name)

    def details(self) -> pl.DataFrame:
        """As `results`, but with every criterion and every component in a column of its own."""
        self._examined.fill(self._first_half)
        return self.engine.collect(self._details)

    def answers(self) -> pl.DataFrame:
        """What the model read of every family, and what each answer contributed (`Scoring.answered`)."""
        return self.engine.collect(self._answers)

    def orphans(self) -> pl.DataFrame:
        """`person_id`, `family_id` and `province` of members whose family is not there."""
        return self.engine.collect(self._orphans)

    @cached_property
    def _scored(self) -> LazyTable:
        summary = judge.summarised(self.families.table, self.people.table, self.rulebook)
        return self.decile(judge.scored(summary, self.rulebook))

    @cached_property
    def _scores(self) -> LazyTable:
        return self._scored.select("score", "family_id", "size", "faults", "desil")

    @cached_property
    def _answers(self) -> LazyTable:
        return self.rulebook.scoring.answered(self._scored)

    @cached_property
    def _first_half(self) -> LazyTable:
        return judge.examined(self._scored, self.rulebook)

    @cached_property
    def _examined(self) -> Slot:
        """Here the query is cut: what follows uses the table several times."""
        return self.engine.slot(self._first_half)

    @cached_property
    def _details(self) -> LazyTable:
        return judge.settled(self._examined.table, self.rulebook)

    @cached_property
    def _results(self) -> LazyTable:
        return judge.result(self._details, self.rulebook)

    @cached_property
    def _orphans(self) -> LazyTable:
        known = self.families.table.select("family_id")
        people = self.people.table.select("person_id", "family_id", "province")
        return people.join(known, on="family_id", how="anti")

    def _slot(self, reads: tuple[str, ...], columns: dict[str, PolarsType], mark: str) -> Slot:
        empty = pl.DataFrame(schema={**{name: columns[name] for name in reads}, mark: pl.Boolean})
        return self.engine.slot(self.engine.table(empty))
