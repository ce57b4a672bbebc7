"""What a family's members add up to: counts per family, summed in one pass over the people table.

Many rules share predicates ("who counts as a member", "is at school"). A `Plan` makes each of them
one column of the people table, definitions before what uses them, and counts over those columns.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import narwhals as nw

from dtks.determination.targeting.rules import compiler, tree
from dtks.determination.targeting.rules.variables import VariableInfo

FAMILY_ID = "family_id"

Frame = Any
"""A Narwhals DataFrame or LazyFrame; a function returns the kind that it was given."""


@dataclass(frozen=True)
class Plan:
    """`reads`: columns of the people table. `stages`: columns to add to it, one stage after the other.
    `counts`: whole-number expressions over those columns, to be summed over each family."""

    reads: tuple[str, ...]
    stages: tuple[Mapping[str, nw.Expr], ...]
    counts: Mapping[str, nw.Expr]

    def mark(self, people: Frame) -> Frame:
        """The people table with the columns of every stage."""
        for stage in self.stages:
            people = people.with_columns(**stage)
        return people


class Planner:
    """Collects predicates about people; `plan` orders them."""

    def __init__(self) -> None:
        self._levels: dict[str, int] = {}
        self._expressions: dict[str, nw.Expr] = {}
        self._reads: dict[str, None] = {}
        self._counts: dict[str, nw.Expr] = {}

    def column(self, predicate: tree.Truth) -> nw.Expr:
        """The column that holds a predicate about one person."""
        return nw.col(self._flag(predicate).variable.name)

    def count(self, name: str, holds: nw.Expr) -> None:
        """Ask for the number of members for whom `holds`, an expression over `column`s."""
        self._counts[name] = compiler.as_one(holds)

    def sum(self, sums: Mapping[str, nw.Expr], *, reads: Iterable[str]) -> None:
        """Ask for sums of whole numbers over the bare people table; `reads` are its columns in them."""
        self._counts.update(sums)
        self._reads.update(dict.fromkeys(reads))

    def add(self, rule: tree.Truth) -> None:
        """Ask for what the member functions of a family's rule need."""
        for member in tree.member_predicates(rule):
            holds = self.column(member)
            yes, unknown = compiler.member_columns(member)
            self.count(yes, holds)
            self.count(unknown, holds.is_null())

    def plan(self) -> Plan:
        """Everything asked for, definitions before what uses them."""
        stages: dict[int, dict[str, nw.Expr]] = {}
        for name, level in self._levels.items():
            stages.setdefault(level, {})[name] = self._expressions[name]
        ordered = tuple(stages[level] for level in sorted(stages))
        return Plan(tuple(self._reads), ordered, dict(self._counts))

    def _flag(self, predicate: tree.Truth) -> tree.Flag:
        if isinstance(predicate, tree.Named):
            return self._flag(predicate.part)
        name = "is_" + hashlib.sha256(str(predicate).encode()).hexdigest()[:12]
        if name not in self._levels:
            own = tree.replaced(predicate, self._flag)
            read = [variable.name for variable in tree.variables(own)]
            self._levels[name] = 1 + max((self._levels.get(column, 0) for column in read), default=0)
            self._expressions[name] = compiler.truth(own)
            self._reads.update(dict.fromkeys(column for column in read if column not in self._levels))
        return tree.Flag(VariableInfo(name, "person", "bool"))


def plan(rules: Iterable[tree.Truth]) -> Plan:
    """The plan of the member functions in rules about families."""
    planner = Planner()
    for rule in rules:
        planner.add(rule)
    return planner.plan()


def summarise(people: Frame, plan: Plan) -> Frame:
    """One row per family: `family_id` and, for each count of the plan, its sum over the members."""
    return total(plan.mark(people), plan.counts)


def total(people: Frame, counts: Mapping[str, nw.Expr]) -> Frame:
    """One row per family: `family_id` and, for each count, the sum of its whole-number expression."""
    flagged = people.select(nw.col(FAMILY_ID), **counts)
    sums = flagged.group_by(FAMILY_ID).agg(nw.col(*counts).sum())
    # DuckDB adds small integers up to 128 bits
    return sums.with_columns(nw.col(*counts).cast(nw.Int64))


def attach(families: Frame, summary: Frame) -> Frame:
    """The family table with its counts. A family without people keeps nulls: its members are unknown."""
    return families.join(summary, on=FAMILY_ID, how="left")
