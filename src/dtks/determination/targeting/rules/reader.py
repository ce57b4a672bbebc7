"""The text of a rule → its tree. SQLGlot parses; only the nodes of the whitelist get through."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import sqlglot
from sqlglot import exp

from dtks.determination.targeting.rules import ranges
from dtks.determination.targeting.rules.errors import NeverHoldsError, RuleSyntaxError
from dtks.determination.targeting.rules.names import is_string
from dtks.determination.targeting.rules.numbers import Numbers, coded
from dtks.determination.targeting.rules.tree import (
    And,
    AnyMember,
    Compare,
    Constant,
    FilledTruth,
    Flag,
    Has,
    IfAsked,
    Missing,
    Named,
    Not,
    OneOf,
    Operator,
    Or,
    Truth,
)
from dtks.determination.targeting.rules.variables import is_bit

LONGEST = 4_000

_OPERATORS: dict[type[exp.Expr], Operator] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
}  # fmt: skip
_READ: dict[type[exp.Expr], str] = {
    exp.Paren: "_group", exp.Not: "_not", exp.And: "_and", exp.Or: "_or", exp.Between: "_between",
    exp.In: "_one_of", exp.Is: "_missing", exp.Column: "_named", exp.Coalesce: "_filled_truth",
    exp.Anonymous: "_function", **dict.fromkeys(_OPERATORS, "_comparison"),
}  # fmt: skip
_MIRROR: dict[Operator, Operator] = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True)
class Reader(Numbers):
    """Reads whole rules."""

    def read(self, text: str) -> Truth:
        """The tree of a rule. Raises a `RuleError` that says where and why it is refused."""
        if len(text) > LONGEST:
            raise self.too_large(f"lebih dari {LONGEST} huruf", f"more than {LONGEST} characters")
        try:
            statements = sqlglot.parse(text)
            if len(statements) != 1 or statements[0] is None:
                raise RuleSyntaxError(where=self.where, detail="harus tepat satu aturan / exactly one rule")
            return self.truth(statements[0])
        except sqlglot.errors.SqlglotError as error:
            detail = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).splitlines()[0]
            raise RuleSyntaxError(where=self.where, detail=detail) from error
        except RecursionError as error:
            raise self.too_large("bersarang terlalu dalam", "nested too deeply") from error

    def truth(self, node: exp.Expr) -> Truth:
        """The tree of a predicate, refused when it can never hold."""
        found = self._truth(node)
        try:
            ranges.possibilities(found)
        except ranges.ImpossibleError as error:
            raise NeverHoldsError(where=self.where, fragment=str(error.node)) from error
        return found

    def _truth(self, node: exp.Expr) -> Truth:
        self.only_known_parts(node)
        read = getattr(self, _READ.get(type(node), ""), None)
        if read is None:
            raise self.wrong_type(node, "diperlukan pernyataan benar/salah", "a predicate is needed here")
        found: Truth = read(node)
        return found

    def _group(self, node: exp.Paren) -> Truth:
        return self.truth(node.this)

    def _not(self, node: exp.Not) -> Truth:
        return Not(self.truth(node.this))

    def _and(self, node: exp.And) -> Truth:
        return And(tuple(self.truth(part) for part in node.flatten()))

    def _or(self, node: exp.Or) -> Truth:
        return Or(tuple(self.truth(part) for part in node.flatten()))

    def _between(self, node: exp.Between) -> Truth:
        low = self._compared(node, ">=", node.this, node.args["low"])
        return And((low, self._compared(node, "<=", node.this, node.args["high"])))

    def _comparison(self, node: exp.Binary) -> Truth:
        return self._compared(node, _OPERATORS[type(node)], node.this, node.expression)

    def _compared(self, node: exp.Expr, operator: Operator, left: exp.Expr, right: exp.Expr) -> Truth:
        if isinstance(right, exp.Boolean) and operator in ("=", "<>"):
            part = self.truth(left)
            return part if right.this == (operator == "=") else Not(part)
        if is_string(left) or isinstance(left, exp.Literal | exp.Placeholder):
            left, right, operator = right, left, _MIRROR[operator]
        subject = self.number(left)
        list_of_codes = coded(subject)
        if list_of_codes is None:
            other = self.number(right)
            if coded(other) is not None:
                raise self.wrong_type(
                    node, "kode dibandingkan dengan bilangan", "a code is compared with a number"
                )
            self._not_both_constant(node, subject, other)
            return Compare(operator, subject, other)
        if list_of_codes.kind == "bitmask" and operator not in ("=", "<>"):
            name = list_of_codes.name
            raise self.wrong_type(
                node, f"{name} adalah jumlah kode; pakai HAS", f"{name} is a sum of codes; use HAS"
            )
        return Compare(operator, subject, Constant(self.code(right, list_of_codes)))

    def _not_both_constant(self, node: exp.Expr, *numbers: object) -> None:
        if all(isinstance(number, Constant) for number in numbers):
            raise self.wrong_type(node, "kedua sisi tetap", "both sides are constants")

    def _one_of(self, node: exp.In) -> Truth:
        subject = self.number(node.this)
        self._not_both_constant(node, subject)
        list_of_codes = coded(subject)
        values = {
            self.constant(option) if list_of_codes is None else self.code(option, list_of_codes)
            for option in node.expressions
        }
        return OneOf(subject, tuple(sorted(values)))

    def _missing(self, node: exp.Is) -> Truth:
        if isinstance(node.expression, exp.Null):
            inner = node.this.unnest()
            is_number = isinstance(inner, exp.Column) and self._is_number(inner)
            operand = self.value(inner) if is_number else self.truth(inner)
            if not isinstance(operand, Flag | AnyMember) and not is_number:
                raise self.refused(
                    node,
                    "IS NULL hanya untuk variabel dan ANY_MEMBER.",
                    "IS NULL is for variables and ANY_MEMBER only.",
                )
            return Missing(operand)  # type: ignore[arg-type]  # narrowed by the test above
        raise self.refused(node, "Pakai IS NULL atau IS NOT NULL.", "Use IS NULL or IS NOT NULL.")

    def _is_number(self, node: exp.Column) -> bool:
        return self.name(node) not in self.definitions and self.variable(node).kind != "bool"

    def _named(self, node: exp.Column) -> Truth:
        name = self.name(node)
        if name in self.definitions:
            level, truth = self.definitions[name]
            self.same_level(name, level)
            return Named(truth)
        variable = self.variable(node)
        if variable.kind != "bool":
            raise self.wrong_type(
                node,
                f"{name} bukan pernyataan ya/tidak; bandingkan dengan kodenya",
                f"{name} is not a predicate; compare it with a code",
            )
        return Flag(variable)

    def _filled_truth(self, node: exp.Coalesce) -> Truth:
        default = node.expressions[0] if len(node.expressions) == 1 else None
        if not isinstance(default, exp.Boolean):
            raise self.wrong_type(
                node,
                "COALESCE pernyataan perlu satu pengganti TRUE atau FALSE",
                "COALESCE of a predicate needs one default, TRUE or FALSE",
            )
        return FilledTruth(self.truth(node.this), bool(default.this))

    def _function(self, node: exp.Anonymous) -> Truth:
        match str(node.this).upper():
            case "HAS":
                return self._has(node)
            case "IF_ASKED":
                return self._if_asked(node)
            case "ANY_MEMBER":
                return AnyMember(self.member(node))
            case "ALL_MEMBERS":
                return Not(AnyMember(self.member(node, negated=True)))
            case "COUNT_MEMBERS":
                raise self.wrong_type(node, "COUNT_MEMBERS adalah bilangan", "COUNT_MEMBERS is a number")
        raise self.refused(node, "Fungsi tidak dikenal.", "Unknown function.")

    def _if_asked(self, node: exp.Anonymous) -> Truth:
        if len(node.expressions) != 2:
            raise self.refused(
                node,
                "Bentuknya IF_ASKED(pernyataan, kapan ditanyakan).",
                "It is IF_ASKED(predicate, when it is asked).",
            )
        return IfAsked(*map(self.truth, node.expressions))

    def _has(self, node: exp.Anonymous) -> Truth:
        arguments = node.expressions
        if len(arguments) != 2 or not isinstance(arguments[0], exp.Column):
            raise self.refused(node, "Bentuknya HAS(variabel, kode).", "It is HAS(variable, code).")
        variable = self.variable(arguments[0])
        if variable.kind != "bitmask":
            raise self.wrong_type(
                node, f"{variable.name} bukan jumlah kode", f"{variable.name} is not a sum of codes"
            )
        code = self.code(arguments[1], variable)
        if not is_bit(code):
            raise self.unknown_code(arguments[1], variable)
        return Has(variable, code)

    def member(self, node: exp.Anonymous, *, negated: bool = False) -> Truth:
        """The person predicate of a member function, narrowed to the members who count."""
        if self.level == "person":
            raise self.refused(
                node,
                "Fungsi anggota hanya dalam aturan keluarga dan tidak bersarang.",
                "Member functions belong in rules about families and do not nest.",
            )
        if len(node.expressions) != 1:
            raise self.refused(node, "Perlu tepat satu pernyataan.", "Exactly one predicate is needed.")
        predicate = replace(self, level="person", inside_members=True).truth(node.expressions[0])
        if negated:
            predicate = Not(predicate)
        return predicate if self.members is None else And((Named(self.members), predicate))
