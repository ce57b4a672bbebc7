"""For how much: whole rupiah per family and programme, set-based, as expressions.

A component given per member counts the members who fit; a member counts once, under the component
with the highest amount that surely fits. Each component may have its own limit, the programme a
limit over all, filled from the highest amount down. A member of whom it is unknown whether a
better component fits leaves the amount open: `<programme>__open` counts them; the amount holds
what is sure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from operator import add, or_

import narwhals as nw

from dtks.determination.programmes.domain import Component, Programme, Status
from dtks.determination.targeting.rules import compiler
from dtks.determination.targeting.rules.language import Rule
from dtks.determination.targeting.rules.tree import And, Named, Truth


def member_counts(programme: Programme, fits: Callable[[Truth], nw.Expr]) -> dict[str, nw.Expr]:
    """`<programme>__n_<component>` and `<programme>__n_open` → person boolean, to be counted per family.

    `fits` turns a predicate about a person into an expression (`Planner.column`).
    """
    counts: dict[str, nw.Expr] = {}
    taken: list[nw.Expr] = []
    open_: list[nw.Expr] = []
    for component in programme.by_member:
        known = fits(_predicate(component, programme))
        surely = nw.coalesce(known, nw.lit(False))
        free = ~reduce(or_, taken) if taken else nw.lit(True)
        counts[_count(programme, component)] = surely & free
        open_.append(known.is_null() & free)
        taken.append(surely)
    if open_:
        counts[programme.column("n_open")] = reduce(or_, open_)
    return counts


def recipients(programme: Programme) -> nw.Expr:
    """Person-level boolean: does this member fit a component? For programmes of unit "individual" these
    are the people who receive, once the family is eligible; limits are not applied."""
    predicates = (_predicate(component, programme) for component in programme.by_member)
    return reduce(or_, map(compiler.truth, predicates))


def amounts(programmes: Sequence[Programme]) -> dict[str, nw.Expr]:
    """Columns of entitlement, from the status and count columns, each 0 unless the family is eligible:

    `<programme>__<component>`: Int64, members (or 1 for the family) for whom the component is given;
    `<programme>__people`: Int64, members who receive; `<programme>__amount`: Int64, rupiah a year (or
    once, for a grant that is given once); `<programme>__open`: Int64, members who may add to it.
    """
    return {name: column for programme in programmes for name, column in _of(programme).items()}


def _of(programme: Programme) -> dict[str, nw.Expr]:
    granted = nw.col(programme.column("status")) == int(Status.ELIGIBLE)
    given = _given(programme)
    people = [given[component.id] for component in programme.by_member]
    rupiah = [given[component.id] * component.amount for component in programme.components]
    columns = {programme.column(component): number for component, number in given.items()}
    columns[programme.column("people")] = _sum(people)
    columns[programme.column("amount")] = _sum(rupiah)
    has_open = bool(programme.by_member)
    columns[programme.column("open")] = _number(programme.column("n_open")) if has_open else _int64(0)
    return {
        name: nw.when(granted).then(column).otherwise(_int64(0)).cast(nw.Int64)
        for name, column in columns.items()
    }


def _given(programme: Programme) -> dict[str, nw.Expr]:
    """For how many members each component is given, after the limits; 0 or 1 where it is the family's."""
    given = {component.id: _for_family(component.when) for component in programme.by_family}
    before: list[nw.Expr] = []
    for component in programme.by_member:
        wanted = _number(_count(programme, component))
        limited = wanted if component.limit is None else _at_most(wanted, component.limit)
        most = programme.most_members
        if most is None:
            given[component.id] = limited
        else:
            upto = _sum([*before, limited])
            given[component.id] = _at_most(upto, most) - _at_most(_sum(before), most)
        before.append(limited)
    return given


def _predicate(component: Component, programme: Programme) -> Truth:
    """Whom a component is given: a member who counts and fits."""
    assert component.members is not None  # noqa: S101 - by_member has only these
    fits = Named(component.members.tree)
    counted = programme.counted_members
    return fits if counted is None else And((Named(counted.tree), fits))


def _for_family(when: Rule | None) -> nw.Expr:
    return _int64(1) if when is None else nw.when(when.expression()).then(_int64(1)).otherwise(_int64(0))


def _count(programme: Programme, component: Component) -> str:
    return programme.column(f"n_{component.id}")


def _number(name: str) -> nw.Expr:
    """A count; 0 for a family without people."""
    return nw.coalesce(nw.col(name), _int64(0))


def _at_most(number: nw.Expr, most: int) -> nw.Expr:
    return nw.when(number > most).then(_int64(most)).otherwise(number)


def _sum(numbers: Sequence[nw.Expr]) -> nw.Expr:
    return reduce(add, numbers) if numbers else _int64(0)


def _int64(value: int) -> nw.Expr:
    return nw.lit(value, nw.Int64)
