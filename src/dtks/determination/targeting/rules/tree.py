"""A rule once read: a small typed tree. Numbers are whole; truths have three values.

`str(node)` writes a node back as text of the language, with codes and parameters as numbers, the
same for equal meaning of its parts: it names what an error is about and keys the member counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import Any, Literal, TypeVar

from dtks.determination.targeting.rules.variables import VariableInfo

Operator = Literal["=", "<>", "<", "<=", ">", ">="]


class Node:
    """Anything in a tree. `inner` are the nodes directly inside it."""

    @property
    def inner(self) -> tuple[Node, ...]:
        return ()


NodeType = TypeVar("NodeType", bound=Node)


class Number(Node):
    """A whole number, or unknown."""


class Truth(Node):
    """True, false, or unknown."""


@dataclass(frozen=True)
class Constant(Number):
    """A number written in the rule or given by a parameter."""

    value: int

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True)
class Value(Number):
    """A whole-number or coded variable; its "don't know" codes are null."""

    variable: VariableInfo

    def __str__(self) -> str:
        return self.variable.name


@dataclass(frozen=True)
class Count(Number):
    """COUNT_MEMBERS: how many members make `member` true; between two bounds where some are unknown."""

    member: Truth

    def __str__(self) -> str:
        return f"COUNT_MEMBERS({self.member})"


@dataclass(frozen=True)
class Sum(Number):
    left: Number
    right: Number

    @property
    def inner(self) -> tuple[Node, ...]:
        return self.left, self.right

    def __str__(self) -> str:
        return f"({self.left} + {self.right})"


@dataclass(frozen=True)
class Scaled(Number):
    """A number times a constant; also how a difference is written (factor -1)."""

    factor: int
    number: Number

    @property
    def inner(self) -> tuple[Node, ...]:
        return (self.number,)

    def __str__(self) -> str:
        return f"-{self.number}" if self.factor == -1 else f"{self.factor} * {self.number}"


@dataclass(frozen=True)
class Filled(Number):
    """COALESCE(variable, constant)."""

    value: Value
    default: int

    @property
    def inner(self) -> tuple[Node, ...]:
        return (self.value,)

    def __str__(self) -> str:
        return f"COALESCE({self.value}, {self.default})"


@dataclass(frozen=True)
class Compare(Truth):
    operator: Operator
    left: Number
    right: Number

    @property
    def inner(self) -> tuple[Node, ...]:
        return self.left, self.right

    def __str__(self) -> str:
        return f"{self.left} {self.operator} {self.right}"


@dataclass(frozen=True)
class OneOf(Truth):
    """IN over constants, sorted, without repetition."""

    number: Number
    values: tuple[int, ...]

    @property
    def inner(self) -> tuple[Node, ...]:
        return (self.number,)

    def __str__(self) -> str:
        return f"{self.number} IN ({', '.join(map(str, self.values))})"


@dataclass(frozen=True)
class Flag(Truth):
    """A boolean variable."""

    variable: VariableInfo

    def __str__(self) -> str:
        return self.variable.name


@dataclass(frozen=True)
class Has(Truth):
    """HAS(variable, code): is this code part of a sum of codes?"""

    variable: VariableInfo
    code: int

    def __str__(self) -> str:
        return f"HAS({self.variable.name}, {self.code})"


@dataclass(frozen=True)
class AnyMember(Truth):
    member: Truth

    def __str__(self) -> str:
        return f"ANY_MEMBER({self.member})"


@dataclass(frozen=True)
class Missing(Truth):
    """IS NULL, of a variable or of ANY_MEMBER."""

    operand: Value | Flag | AnyMember

    @property
    def inner(self) -> tuple[Node, ...]:
        return (self.operand,)

    def __str__(self) -> str:
        return f"{self.operand} IS NULL"


@dataclass(frozen=True)
class And(Truth):
    parts: tuple[Truth, ...]

    @property
    def inner(self) -> tuple[Node, ...]:
        return self.parts

    def __str__(self) -> str:
        return "(" + " AND ".join(map(str, self.parts)) + ")"


@dataclass(frozen=True)
class Or(Truth):
    parts: tuple[Truth, ...]

    @property
    def inner(self) -> tuple[Node, ...]:
        return self.parts

    def __str__(self) -> str:
        return "(" + " OR ".join(map(str, self.parts)) + ")"


@dataclass(frozen=True)
class Not(Truth):
    part: Truth

    @property
    def inner(self) -> tuple[Node, ...]:
        return (self.part,)

    def __str__(self) -> str:
        return f"NOT {self.part}"


@dataclass(frozen=True)
class FilledTruth(Truth):
    """COALESCE(predicate, TRUE or FALSE)."""

    part: Truth
    default: bool

    @property
    def inner(self) -> tuple[Node, ...]:
        return (self.part,)

    def __str__(self) -> str:
        return f"COALESCE({self.part}, {'TRUE' if self.default else 'FALSE'})"


@dataclass(frozen=True)
class IfAsked(Truth):
    """IF_ASKED(predicate, condition): a predicate without an answer is false where the condition says
    that the question was not asked; elsewhere it stays unknown."""

    part: Truth
    condition: Truth

    @property
    def inner(self) -> tuple[Node, ...]:
        return self.part, self.condition

    def __str__(self) -> str:
        return f"IF_ASKED({self.part}, {self.condition})"


@dataclass(frozen=True)
class Named(Truth):
    """A definition where it is used: the same predicate, of which one knows that it is used elsewhere."""

    part: Truth

    @property
    def inner(self) -> tuple[Node, ...]:
        return (self.part,)

    def __str__(self) -> str:
        return str(self.part)


def walk(node: Node) -> Iterator[Node]:
    """The node and everything inside it, but not inside its member functions."""
    yield node
    for inside in node.inner:
        yield from walk(inside)


def replaced(node: NodeType, by: Callable[[Named], Truth]) -> NodeType:
    """The tree with each outermost definition in it replaced; the node itself is not."""

    def new(content: Any) -> Any:
        if isinstance(content, Named):
            return by(content)
        if isinstance(content, tuple):
            return tuple(new(item) for item in content)
        return replaced(content, by) if isinstance(content, Node) else content

    if not any(isinstance(part, Named) for inside in node.inner for part in walk(inside)):
        return node
    changes = {field.name: new(getattr(node, field.name)) for field in fields(node)}  # type: ignore[arg-type]  # every node is a dataclass
    return type(node)(**changes)


def member_predicates(node: Node) -> list[Truth]:
    """The person predicates of the member functions in a tree, each once."""
    found = (part.member for part in walk(node) if isinstance(part, AnyMember | Count))
    return list(dict.fromkeys(found))


def variables(node: Node) -> list[VariableInfo]:
    """The variables that a tree reads from its own table, each once, in order of appearance."""
    found = (part.variable for part in walk(node) if isinstance(part, Value | Flag | Has))
    return list(dict.fromkeys(found))
