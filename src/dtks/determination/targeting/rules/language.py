"""`parse` a rule, then ask it for its expression, its variables, or its value on one row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import narwhals as nw
import polars as pl

from dtks.determination.targeting.rules import compiler, members, tree
from dtks.determination.targeting.rules.reader import Reader
from dtks.determination.targeting.rules.variables import Level, VariableInfo, by_name

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Rule:
    """A predicate that was accepted. `level` says of whom: a "family" (a row of the family table
    with its member counts joined on) or a "person" (a row of the people table)."""

    text: str
    where: str
    level: Level
    tree: tree.Truth = field(repr=False)

    @property
    def variables(self) -> tuple[str, ...]:
        """Columns of its own level that it reads, in order of appearance."""
        return tuple(variable.name for variable in tree.variables(self.tree))

    @property
    def member_variables(self) -> tuple[str, ...]:
        """Columns of the people table that its member functions read."""
        return tuple(variable.name for variable in _of_members(self))

    @property
    def member_counts(self) -> dict[str, nw.Expr]:
        """Columns that `expression` expects beside the family's own: each is the sum over the family's
        members of the given 0/1 person expression. `members.plan` builds the same, shared and faster."""
        return compiler.member_counts(self.tree)

    def expression(self) -> nw.Expr:
        """A Narwhals boolean: true, false, or null for unknown."""
        return compiler.truth(self.tree)

    def evaluate(self, row: Row, members_of: Sequence[Row] = ()) -> bool | None:
        """The rule on one family (and its members) or one person: the same expression on one row.

        Absent keys are unknown answers. A family without any member makes member functions unknown.
        """
        return evaluate([self], row, members_of)[0]

    def __str__(self) -> str:
        return str(self.tree)


def parse(
    text: str,
    *,
    variables: Iterable[VariableInfo] | Mapping[str, VariableInfo],
    where: str,
    level: Level = "family",
    parameters: Mapping[str, int] | None = None,
    definitions: Mapping[str, Rule] | None = None,
    counted_members: Rule | None = None,
) -> Rule:
    """Read and check a rule. `where` is "file:line" and begins every refusal (`errors.RuleError`).

    `parameters` give the values of `:name` on the date in question; `definitions` are named rules
    that may be used like a boolean variable; `counted_members`, a rule of level "person", says which
    people of a family the member functions look at (default: all).
    """
    reader = Reader(
        variables=variables if isinstance(variables, Mapping) else by_name(variables),
        where=where,
        level=level,
        parameters=parameters or {},
        definitions={name: (rule.level, rule.tree) for name, rule in (definitions or {}).items()},
        members=counted_members.tree if counted_members else None,
    )
    return Rule(text=text, where=where, level=level, tree=reader.read(text))


def evaluate(rules: Sequence[Rule], row: Row, members_of: Sequence[Row] = ()) -> list[bool | None]:
    """Several rules on one row at once; see `Rule.evaluate`."""
    own = {variable for rule in rules for variable in tree.variables(rule.tree)}
    table = nw.from_native(_frame(own, [row]))
    plan = members.plan(rule.tree for rule in rules)
    if plan.counts:
        theirs = {variable for rule in rules for variable in _of_members(rule)}
        people = nw.from_native(_frame(theirs, members_of))
        table = members.attach(table, members.summarise(people, plan))
    columns = {f"rule_{at}": rule.expression() for at, rule in enumerate(rules)}
    return list(table.select(**columns).row(0))


def _frame(variables: Iterable[VariableInfo], rows: Sequence[Row]) -> pl.DataFrame:
    columns: dict[str, pl.Series] = {members.FAMILY_ID: pl.Series([0] * len(rows), dtype=pl.Int64)}
    for variable in variables:
        dtype = pl.Boolean if variable.kind == "bool" else pl.Int64
        columns[variable.name] = pl.Series([row.get(variable.name) for row in rows], dtype=dtype)
    return pl.DataFrame(columns)


def _of_members(rule: Rule) -> list[VariableInfo]:
    predicates = tree.member_predicates(rule.tree)
    found = (variable for predicate in predicates for variable in tree.variables(predicate))
    return list(dict.fromkeys(found))
