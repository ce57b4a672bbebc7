"""A rule's tree as a Narwhals expression: the only implementation of a rule, on every engine.

A count of members has two bounds: how many are surely counted, and how many could be if every
unknown were a yes. A comparison of such a number is true or false only when it is so at every
value between the bounds, and null otherwise.
"""

from __future__ import annotations

import hashlib
import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce, singledispatch
from itertools import groupby

import narwhals as nw

from dtks.determination.targeting.rules import tree
from dtks.determination.targeting.rules.variables import VariableInfo

_EXACT: dict[tree.Operator, Callable[[nw.Expr, nw.Expr], nw.Expr]] = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt,
    "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


@dataclass(frozen=True)
class Between:
    """A number on a table: `low` and `high` are the same expression where it is exactly known."""

    low: nw.Expr
    high: nw.Expr
    exact: bool


@singledispatch
def truth(node: tree.Truth) -> nw.Expr:
    """The boolean expression of a predicate; null where it is unknown."""
    raise TypeError(type(node))


@singledispatch
def number(node: tree.Number) -> Between:
    """The expression of a number, 64 bits wide where it is reckoned with; null where it is unknown."""
    raise TypeError(type(node))


def column(variable: VariableInfo) -> nw.Expr:
    """A variable's column, in which a "don't know" code is null like a missing answer."""
    stored = nw.col(variable.name)
    if not variable.unknown_codes:
        return stored
    return nw.when(~stored.is_in(sorted(variable.unknown_codes))).then(stored)


def member_columns(member: tree.Truth) -> tuple[str, str]:
    """Names of the two family columns of a member predicate: members for whom it holds, and for whom
    it is unknown. Equal predicates share their columns, in one programme or across several."""
    key = hashlib.sha256(str(member).encode()).hexdigest()[:12]
    return f"members_{key}_yes", f"members_{key}_open"


def member_counts(node: tree.Truth) -> dict[str, nw.Expr]:
    """The member columns that a predicate needs: name → 0/1 expression over people, to be summed."""
    found: dict[str, nw.Expr] = {}
    for member in tree.member_predicates(node):
        yes, unknown = member_columns(member)
        holds = truth(member)
        found[yes] = as_one(holds)
        found[unknown] = as_one(holds.is_null())
    return found


def as_one(holds: nw.Expr) -> nw.Expr:
    """1 where a predicate is true, else 0 (also where it is unknown)."""
    return nw.when(holds).then(nw.lit(1, nw.Int8)).otherwise(nw.lit(0, nw.Int8))


# --- numbers --------------------------------------------------------------------------------------


def _exactly(expression: nw.Expr) -> Between:
    return Between(expression, expression, exact=True)


def _wide(ends: Between) -> Between:
    low = ends.low.cast(nw.Int64)
    return _exactly(low) if ends.exact else Between(low, ends.high.cast(nw.Int64), exact=False)


@number.register
def _(node: tree.Constant) -> Between:
    return _exactly(nw.lit(node.value, nw.Int64))


@number.register
def _(node: tree.Value) -> Between:
    return _exactly(column(node.variable))


@number.register
def _(node: tree.Filled) -> Between:
    stored = column(node.value.variable).cast(nw.Int64)
    return _exactly(nw.coalesce(stored, nw.lit(node.default, nw.Int64)))


@number.register
def _(node: tree.Count) -> Between:
    yes, unknown = (nw.col(name) for name in member_columns(node.member))
    return Between(yes, yes + unknown, exact=False)


@number.register
def _(node: tree.Scaled) -> Between:
    ends = _wide(number(node.number))
    low, high = (ends.low, ends.high) if node.factor >= 0 else (ends.high, ends.low)
    return Between(low * node.factor, high * node.factor, ends.exact)


@number.register
def _(node: tree.Sum) -> Between:
    left, right = _wide(number(node.left)), _wide(number(node.right))
    return Between(left.low + right.low, left.high + right.high, left.exact and right.exact)


# --- truths ---------------------------------------------------------------------------------------


@truth.register
def _(node: tree.Compare) -> nw.Expr:
    return _compare(node.operator, number(node.left), number(node.right))


@truth.register
def _(node: tree.OneOf) -> nw.Expr:
    subject = number(node.number)
    if subject.exact:
        return subject.low.is_in(list(node.values))
    runs = _runs(node.values)
    inside = reduce(operator.or_, ((subject.low >= a) & (subject.high <= b) for a, b in runs))
    outside = reduce(operator.and_, ((subject.high < a) | (subject.low > b) for a, b in runs))
    return _settled(inside, outside)


@truth.register
def _(node: tree.Missing) -> nw.Expr:
    operand = node.operand
    held = column(operand.variable) if isinstance(operand, tree.Value) else truth(operand)
    return held.is_null()


@truth.register
def _(node: tree.Flag) -> nw.Expr:
    return nw.col(node.variable.name)


@truth.register
def _(node: tree.Has) -> nw.Expr:
    sums = [value for value in node.variable.values if value & node.code]
    return column(node.variable).is_in(sums)


@truth.register
def _(node: tree.AnyMember) -> nw.Expr:
    yes, unknown = (nw.col(name) for name in member_columns(node.member))
    return _settled(yes > 0, unknown == 0)


@truth.register
def _(node: tree.And) -> nw.Expr:
    return reduce(operator.and_, map(truth, node.parts))


@truth.register
def _(node: tree.Or) -> nw.Expr:
    return reduce(operator.or_, map(truth, node.parts))


@truth.register
def _(node: tree.Not) -> nw.Expr:
    return ~truth(node.part)


@truth.register
def _(node: tree.FilledTruth) -> nw.Expr:
    return nw.coalesce(truth(node.part), nw.lit(node.default))


@truth.register
def _(node: tree.IfAsked) -> nw.Expr:
    answer = truth(node.part)
    # where the answer is null, "condition AND answer" is false if the condition is, else null
    return nw.coalesce(answer, truth(node.condition) & answer)


@truth.register
def _(node: tree.Named) -> nw.Expr:
    return truth(node.part)


def _settled(surely: nw.Expr, surely_not: nw.Expr) -> nw.Expr:
    """True where `surely`, false where `surely_not`, null where neither."""
    return nw.when(surely).then(nw.lit(True)).otherwise(nw.when(surely_not).then(nw.lit(False)))


def _compare(sign: tree.Operator, left: Between, right: Between) -> nw.Expr:
    if left.exact and right.exact:
        return _EXACT[sign](left.low, right.low)
    apart = (left.high < right.low) | (left.low > right.high)
    one_point = (left.low == right.high) & (left.high == right.low)
    surely: dict[tree.Operator, tuple[nw.Expr, nw.Expr]] = {
        "=": (one_point, apart),
        "<>": (apart, one_point),
        "<": (left.high < right.low, left.low >= right.high),
        "<=": (left.high <= right.low, left.low > right.high),
        ">": (left.low > right.high, left.high <= right.low),
        ">=": (left.low >= right.high, left.high < right.low),
    }
    return _settled(*surely[sign])


def _runs(values: tuple[int, ...]) -> list[tuple[int, int]]:
    """(1, 2, 5) → [(1, 2), (5, 5)]."""
    grouped = groupby(enumerate(values), key=lambda pair: pair[1] - pair[0])
    runs = [[value for _, value in group] for _, group in grouped]
    return [(run[0], run[-1]) for run in runs]
