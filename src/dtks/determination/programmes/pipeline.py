"""All programmes over a family table and a people table, in their order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dtks.determination.programmes import eligibility, entitlement, households, overlap
from dtks.determination.programmes.domain import Programme
from dtks.determination.targeting import aggregates
from dtks.determination.targeting.rules import members
from dtks.determination.targeting.rules.language import Rule

Frame = Any


def plan(programmes: Sequence[Programme]) -> members.Plan:
    """Everything about people that judging and paying the programmes needs (`members.summarise`). What
    several programmes ask is one column, and is counted once."""
    planner = members.Planner()
    for programme in programmes:
        for rule in family_rules(programme):
            planner.add(rule.tree)
        for name, holds in entitlement.member_counts(programme, planner.column).items():
            planner.count(name, holds)
    wanted = aggregate_names(programmes)
    planner.sum(aggregates.sums(wanted), reads=aggregates.read_columns(wanted))
    return planner.plan()


def aggregate_names(programmes: Sequence[Programme]) -> list[str]:
    """The aggregates of `targeting.aggregates` that rules about families name."""
    known = aggregates.infos()
    rules = [rule for programme in programmes for rule in family_rules(programme)]
    return list(dict.fromkeys(name for rule in rules for name in rule.variables if name in known))


def with_aggregates(families: Frame, programmes: Sequence[Programme]) -> Frame:
    """The family table, the counts of `plan` joined on, with the aggregates that rules name."""
    wanted = aggregate_names(programmes)
    return families.with_columns(**aggregates.columns(wanted)) if wanted else families


def family_rules(programme: Programme) -> list[Rule]:
    """The rules about families: criteria, and components given to the family."""
    given = [component.when for component in programme.components if component.when]
    return [*(criterion.rule for criterion in programme.criteria), *given]


def columns(programmes: Sequence[Programme]) -> tuple[list[str], list[str]]:
    """The columns of the family and of the people table that the programmes read, keys aside."""
    rules = [rule for programme in programmes for rule in family_rules(programme)]
    family = dict.fromkeys(name for rule in rules for name in rule.variables)
    computed = set(aggregate_names(programmes))
    return [name for name in family if name not in computed], list(plan(programmes).reads)


def judge(families: Frame, people: Frame, programmes: Sequence[Programme]) -> Frame:
    """The family table with every column of every programme: criteria, status, components, amount.

    `families` has `family_id`, `household_id`, `desil` and the columns of `columns(programmes)`;
    `people` has `family_id` and its own. Both are Narwhals frames of one engine, lazy or not. Rows
    may come back in another order. The counts that were needed on the way are left out.
    """
    needed = plan(programmes)
    judged = members.attach(families, members.summarise(people, needed)) if needed.counts else families
    judged = with_aggregates(judged, programmes)
    judged = judged.with_columns(**eligibility.criteria(programmes))
    judged = judged.with_columns(**eligibility.statuses(programmes))
    judged = households.once(judged, programmes)
    judged = overlap.resolve(judged, programmes)
    judged = judged.with_columns(**entitlement.amounts(programmes))
    return judged.drop([*needed.counts, *aggregate_names(programmes)])
