"""Can a rule hold at all? Sets of whole numbers per variable, narrowed along AND, joined along OR.

Sound, not complete: what is refused can never be true for any row; some contradictions that span
several variables are not seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from dtks.determination.targeting.rules.tree import (
    And,
    AnyMember,
    Compare,
    Constant,
    Count,
    Filled,
    FilledTruth,
    Flag,
    Has,
    IfAsked,
    Missing,
    Named,
    Node,
    Not,
    Number,
    OneOf,
    Operator,
    Or,
    Scaled,
    Sum,
    Truth,
    Value,
)

FAR = 2**63 - 1
MOST_MEMBERS = 10_000
Intervals = tuple[tuple[int, int], ...]
EVERYTHING: Intervals = ((-FAR, FAR),)
INVERSE: dict[Operator, Operator] = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


class ImpossibleError(Exception):
    """Internal: `node` can never be true. The reader turns it into a refusal with file and line."""

    def __init__(self, node: Node) -> None:
        super().__init__(str(node))
        self.node = node


@dataclass(frozen=True)
class Allowed:
    """Values of one variable for which a rule can still be true; `null`: unknown is among them."""

    ranges: Intervals
    null: bool

    @property
    def empty(self) -> bool:
        return not self.ranges and not self.null


def possibilities(node: Truth, *, negated: bool = False) -> dict[str, Allowed]:
    """For each variable (or member count) the values under which `node` (or NOT node) can be true.

    A variable that is not a key is not restricted. Raises `ImpossibleError` when nothing is left.
    """
    match node:
        case Not(part) | Named(part):
            return possibilities(part, negated=negated != isinstance(node, Not))
        case And(parts) | Or(parts):
            found = [possibilities(part, negated=negated) for part in parts]
            every = isinstance(node, And) != negated
            return _narrowed(node, found) if every else _joined(found)
        case FilledTruth() | IfAsked():
            # where a missing answer makes it true, nothing can be said
            filled_true = negated if isinstance(node, IfAsked) else node.default != negated
            return {} if filled_true else possibilities(node.part, negated=negated)
        case Compare() | OneOf():
            return _comparison(node, negated)
        case Missing(operand):
            allowed = Allowed(EVERYTHING, False) if negated else Allowed((), True)
            return {str(operand): allowed}
        case Flag() | Has() | AnyMember():
            point = 0 if negated else 1
            return {str(node): Allowed(((point, point),), False)}
    raise TypeError(type(node))


def bounds(number: Number) -> tuple[int, int]:
    """Smallest and largest value that a number can have."""
    match number:
        case Constant(value):
            return value, value
        case Value(variable):
            return variable.bounds
        case Count():
            return 0, MOST_MEMBERS
        case Sum(left, right):
            (a, b), (c, d) = bounds(left), bounds(right)
            return a + c, b + d
        case Scaled(factor, inner):
            ends = [factor * end for end in bounds(inner)]
            return min(ends), max(ends)
        case Filled(value, default):
            low, high = bounds(value)
            return min(low, default), max(high, default)
    raise TypeError(type(number))


def _comparison(node: Compare | OneOf, negated: bool) -> dict[str, Allowed]:
    subject = node.left if isinstance(node, Compare) else node.number
    if isinstance(node, Compare) and not isinstance(node.right, Constant):
        return _between_numbers(node, negated)
    wanted = _complement(_solutions(node)) if negated else _solutions(node)
    match subject:
        case Value() | Count():
            name, null = str(subject), False
        case Filled(value, default):
            name, null = value.variable.name, bool(_intersection(wanted, ((default, default),)))
        case _:
            if not _intersection(wanted, (bounds(subject),)):
                raise ImpossibleError(node)
            return {}
    allowed = Allowed(_intersection(wanted, _domain(subject)), null)
    if allowed.empty:
        raise ImpossibleError(node)
    return {name: allowed}


def _between_numbers(node: Compare, negated: bool) -> dict[str, Allowed]:
    operator = INVERSE[node.operator] if negated else node.operator
    (a, b), (c, d) = bounds(node.left), bounds(node.right)
    possible = {
        "=": a <= d and c <= b,
        "<>": not a == b == c == d,
        "<": a < d,
        "<=": a <= d,
        ">": b > c,
        ">=": b >= c,
    }[operator]
    if not possible:
        raise ImpossibleError(node)
    return {}


def _solutions(node: Compare | OneOf) -> Intervals:
    if isinstance(node, OneOf):
        return tuple((value, value) for value in node.values)
    assert isinstance(node.right, Constant)  # noqa: S101 - the caller looked
    at = node.right.value
    ranges: dict[Operator, Intervals] = {
        "=": ((at, at),),
        "<>": ((-FAR, at - 1), (at + 1, FAR)),
        "<": ((-FAR, at - 1),),
        "<=": ((-FAR, at),),
        ">": ((at + 1, FAR),),
        ">=": ((at, FAR),),
    }
    return ranges[node.operator]


def _domain(number: Value | Count | Filled) -> Intervals:
    if isinstance(number, Filled):
        return _domain(number.value)
    if isinstance(number, Value) and number.variable.kind in ("code", "bitmask"):
        return tuple((value, value) for value in number.variable.values)
    return (bounds(number),)


def _narrowed(node: Truth, parts: list[dict[str, Allowed]]) -> dict[str, Allowed]:
    found: dict[str, Allowed] = {}
    for part in parts:
        for name, allowed in part.items():
            before = found.get(name)
            both = allowed
            if before is not None:
                ranges = _intersection(before.ranges, allowed.ranges)
                both = Allowed(ranges, before.null and allowed.null)
            if both.empty:
                raise ImpossibleError(node)
            found[name] = both
    return found


def _joined(parts: list[dict[str, Allowed]]) -> dict[str, Allowed]:
    shared = set.intersection(*(set(part) for part in parts))
    return {
        name: Allowed(
            _union([part[name].ranges for part in parts]),
            any(part[name].null for part in parts),
        )
        for name in shared
    }


def _intersection(left: Intervals, right: Intervals) -> Intervals:
    pairs = ((max(a, c), min(b, d)) for a, b in left for c, d in right)
    return tuple(sorted((low, high) for low, high in pairs if low <= high))


def _union(several: list[Intervals]) -> Intervals:
    merged: list[tuple[int, int]] = []
    for low, high in sorted(interval for intervals in several for interval in intervals):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return tuple(merged)


def _complement(intervals: Intervals) -> Intervals:
    edges = [(-FAR - 1, -FAR - 1), *_union([intervals]), (FAR + 1, FAR + 1)]
    gaps = ((before[1] + 1, after[0] - 1) for before, after in pairwise(edges))
    return tuple((low, high) for low, high in gaps if low <= high)
