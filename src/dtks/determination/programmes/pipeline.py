"""All programmes over a family table and a people table, in their order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals as nw

from dtks.determination.programmes import eligibility, entitlement, households, overlap
from dtks.determination.programmes.domain import Programme
from dtks.determination.targeting.rules import members

Frame = Any


def member_counts(programmes: Sequence[Programme]) -> dict[str, nw.Expr]:
    """Every member count that the programmes need: column name → 0/1 person expression, to be summed
    over the family (`members.summarise`). Equal predicates of several programmes are counted once."""
    counts: dict[str, nw.Expr] = {}
    for programme in programmes:
        family_rules = [criterion.rule for criterion in programme.criteria]
        family_rules += [component.when for component in programme.components if component.when]
        for rule in family_rules:
            counts.update(rule.member_counts)
        counts.update(entitlement.member_counts(programme))
    return counts


def columns(programmes: Sequence[Programme]) -> tuple[list[str], list[str]]:
    """The columns of the family and of the people table that the programmes read, keys aside."""
    family: dict[str, None] = {}
    person: dict[str, None] = {}
    for programme in programmes:
        rules = [criterion.rule for criterion in programme.criteria]
        rules += [component.when for component in programme.components if component.when]
        for rule in rules:
            family.update(dict.fromkeys(rule.variables))
            person.update(dict.fromkeys(rule.member_variables))
        members_ = [component.members for component in programme.components]
        for rule in filter(None, [*members_, programme.counted_members]):
            person.update(dict.fromkeys(rule.variables))
    return list(family), list(person)


def judge(families: Frame, people: Frame, programmes: Sequence[Programme]) -> Frame:
    """The family table with every column of every programme: criteria, status, components, amount.

    `families` has `family_id`, `household_id`, `desil` and the columns of `columns(programmes)`;
    `people` has `family_id` and its own. Both are Narwhals frames of one engine, lazy or not. Rows
    may come back in another order. The counts that were needed on the way are left out.
    """
    counts = member_counts(programmes)
    judged = members.attach(families, members.summarise(people, counts)) if counts else families
    judged = judged.with_columns(**eligibility.criteria(programmes))
    judged = judged.with_columns(**eligibility.statuses(programmes))
    judged = households.once(judged, programmes)
    judged = overlap.resolve(judged, programmes)
    judged = judged.with_columns(**entitlement.amounts(programmes))
    return judged.drop(list(counts))
