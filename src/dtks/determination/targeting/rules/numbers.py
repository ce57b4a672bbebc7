"""Reading the numbers of a rule: variables, parameters, member counts, and + - * with constants."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

from sqlglot import exp

from dtks.determination.targeting.rules import ranges
from dtks.determination.targeting.rules.names import Names
from dtks.determination.targeting.rules.tree import (
    Constant,
    Count,
    Filled,
    Number,
    Scaled,
    Sum,
    Truth,
    Value,
)
from dtks.determination.targeting.rules.variables import VariableInfo

FURTHEST = 2**62
"""No intermediate result may go past this: 64-bit sums cannot overflow."""


@dataclass(frozen=True)
class Numbers(Names):
    """Reads numbers; what a member predicate is, the class above knows."""

    @abstractmethod
    def member(self, node: exp.Anonymous, *, negated: bool = False) -> Truth:
        """The predicate inside a member function."""

    def number(self, node: exp.Expr) -> Number:
        """The tree of a number."""
        self.only_known_parts(node)
        match node:
            case exp.Paren():
                return self.number(node.this)
            case exp.Literal() | exp.Placeholder():
                return Constant(self.constant(node))
            case exp.Column():
                return self.value(node)
            case exp.Coalesce():
                return self._filled(node)
            case exp.Neg() | exp.Add() | exp.Sub() | exp.Mul():
                return self._reckoned(node)
            case exp.Anonymous() if str(node.this).upper() == "COUNT_MEMBERS":
                return Count(self.member(node))
        raise self.wrong_type(node, "diperlukan bilangan bulat", "a whole number is needed here")

    def value(self, node: exp.Column) -> Value:
        """A variable that is a whole number or a code."""
        variable = self.variable(node)
        if variable.kind in ("bool", "other"):
            raise self.wrong_type(
                node,
                f"{variable.name} bukan bilangan bulat atau kode",
                f"{variable.name} is neither a whole number nor a code",
            )
        return Value(variable)

    def _reckoned(self, node: exp.Expr) -> Number:
        match node:
            case exp.Neg():
                result = _scaled(-1, self._operand(node.this))
            case exp.Add():
                result = _sum(self._operand(node.this), self._operand(node.expression))
            case exp.Sub():
                result = _sum(self._operand(node.this), _scaled(-1, self._operand(node.expression)))
            case _:
                result = self._product(node)
        if max(map(abs, ranges.bounds(result))) > FURTHEST:
            raise self.too_large("bilangan terlalu besar", "the numbers become too large")
        return result

    def _operand(self, node: exp.Expr) -> Number:
        number = self.number(node)
        if coded(number) is not None:
            raise self.wrong_type(node, "kode bukan bilangan hitung", "one does not reckon with codes")
        return number

    def _product(self, node: exp.Expr) -> Number:
        left, right = self._operand(node.this), self._operand(node.expression)
        if isinstance(right, Constant):
            return _scaled(right.value, left)
        if isinstance(left, Constant):
            return _scaled(left.value, right)
        raise self.wrong_type(node, "salah satu faktor harus tetap", "one factor must be a constant")

    def _filled(self, node: exp.Coalesce) -> Number:
        if len(node.expressions) != 1 or not isinstance(node.this, exp.Column):
            raise self.refused(
                node, "Bentuknya COALESCE(variabel, tetapan).", "It is COALESCE(variable, constant)."
            )
        value = self.value(node.this)
        if value.variable.kind == "int":
            return Filled(value, self.constant(node.expressions[0]))
        return Filled(value, self.code(node.expressions[0], value.variable))


def coded(number: Number) -> VariableInfo | None:
    """The variable whose codes a number is, if it is one."""
    value = number.value if isinstance(number, Filled) else number
    if isinstance(value, Value) and value.variable.kind in ("code", "bitmask"):
        return value.variable
    return None


def _scaled(factor: int, number: Number) -> Number:
    match number:
        case Constant(value):
            return Constant(factor * value)
        case Scaled(inner_factor, inner):
            return Scaled(factor * inner_factor, inner)
    return Scaled(factor, number)


def _sum(left: Number, right: Number) -> Number:
    if isinstance(left, Constant) and isinstance(right, Constant):
        return Constant(left.value + right.value)
    return Sum(left, right)
