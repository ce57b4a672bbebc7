"""The lowest part of reading a rule: the whitelist, names, codes, constants, and how one refuses."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from dtks.determination.targeting.rules.errors import (
    NotInLanguageError,
    TooLargeError,
    UnknownCodeError,
    UnknownNameError,
    UnknownParameterError,
    WrongLevelError,
    WrongTypeError,
)
from dtks.determination.targeting.rules.tree import Truth
from dtks.determination.targeting.rules.variables import Level, VariableInfo

LARGEST = 10**15

_ONE = {"this"}
_TWO = {"this", "expression"}
_LIST = {"this", "expressions"}
WHITELIST: dict[type[exp.Expr], set[str]] = {
    exp.Paren: _ONE, exp.Not: _ONE, exp.Neg: _ONE,
    exp.And: _TWO, exp.Or: _TWO, exp.Is: _TWO,
    exp.EQ: _TWO, exp.NEQ: _TWO, exp.LT: _TWO, exp.LTE: _TWO, exp.GT: _TWO, exp.GTE: _TWO,
    exp.Add: _TWO, exp.Sub: _TWO, exp.Mul: _TWO,
    exp.In: _LIST, exp.Between: {"this", "low", "high"}, exp.Coalesce: _LIST, exp.Anonymous: _LIST,
    exp.Column: _ONE, exp.Identifier: {"this", "quoted"}, exp.Placeholder: _ONE,
    exp.Literal: {"this", "is_string"}, exp.Boolean: _ONE, exp.Null: set(),
}  # fmt: skip
"""The nodes of the language, and the parts of each that may be filled."""


@dataclass(frozen=True)
class Names:
    """What a text is read against. `members` narrows who counts in the member functions;
    `definitions` are named predicates with their level; `parameters` the values of `:name`."""

    variables: Mapping[str, VariableInfo]
    where: str
    level: Level = "family"
    parameters: Mapping[str, int] = field(default_factory=dict)
    definitions: Mapping[str, tuple[Level, Truth]] = field(default_factory=dict)
    members: Truth | None = None
    inside_members: bool = False

    def name(self, node: exp.Column) -> str:
        """The bare name of a column."""
        self.only_known_parts(node)
        identifier = node.this
        if not isinstance(identifier, exp.Identifier) or identifier.args.get("quoted"):
            raise self.refused(node, "Tulis kode dalam tanda petik tunggal.", "Write codes in single quotes.")
        return str(identifier.this)

    def variable(self, node: exp.Column) -> VariableInfo:
        """The variable that a column names, known and of the level in which the rule stands."""
        name = self.name(node)
        if name not in self.variables:
            known = [*self.variables, *self.definitions]
            near = ", ".join(difflib.get_close_matches(name, known, n=3)) or "-"
            raise UnknownNameError(where=self.where, name=name, near=near)
        variable = self.variables[name]
        self.same_level(name, variable.level)
        return variable

    def same_level(self, name: str, level: Level) -> None:
        """Refuse a person's variable in a sentence about the family, and the other way round."""
        if level == self.level:
            return
        if self.inside_members:
            hint_id = "Dalam fungsi anggota hanya variabel orang."
            hint_en = "Member functions take person variables only."
        elif self.level == "family":
            hint_id = "Pakai ANY_MEMBER(…), ALL_MEMBERS(…) atau COUNT_MEMBERS(…)."
            hint_en = "Use ANY_MEMBER(…), ALL_MEMBERS(…) or COUNT_MEMBERS(…)."
        else:
            hint_id, hint_en = "Aturan ini menilai satu orang.", "This rule judges one person."
        raise WrongLevelError(where=self.where, name=name, level=level, hint_id=hint_id, hint_en=hint_en)

    def constant(self, node: exp.Expr) -> int:
        """A whole number written out or given by a parameter."""
        self.only_known_parts(node)
        match node:
            case exp.Paren():
                return self.constant(node.this)
            case exp.Neg():
                return -self.constant(node.this)
            case exp.Placeholder():
                return self._parameter(node)
            case exp.Literal() if not node.is_string:
                written = str(node.this)
                if re.fullmatch(r"\d{1,16}", written) and int(written) <= LARGEST:
                    return int(written)
            case exp.Column():
                self.name(node)  # a code in double quotes is refused as such
        raise self.wrong_type(node, "diperlukan bilangan bulat tetap", "a constant whole number is needed")

    def _parameter(self, node: exp.Placeholder) -> int:
        name = str(node.this)
        if name not in self.parameters:
            near = ", ".join(f":{known}" for known in sorted(self.parameters)) or "-"
            raise UnknownParameterError(where=self.where, name=name, near=near)
        return self.parameters[name]

    def code(self, node: exp.Expr, variable: VariableInfo) -> int:
        """A code of a variable's list, written as number, label or symbolic name."""
        node = node.unnest()
        code = variable.code(str(node.this)) if is_string(node) else self.constant(node)
        if code is None or code not in variable.values:
            raise self.unknown_code(node, variable)
        return code

    def unknown_code(self, node: exp.Expr, variable: VariableInfo) -> UnknownCodeError:
        listed = "; ".join(
            f"{code}={label}" for code, label in variable.codes.items() if code not in variable.unknown_codes
        )
        written = str(node.this) if is_string(node) else node.sql()
        return UnknownCodeError(where=self.where, value=written, name=variable.name, codes=listed)

    def only_known_parts(self, node: exp.Expr) -> None:
        """Refuse a node outside the whitelist, or one with more to it than the language has."""
        known = WHITELIST.get(type(node))
        if known is None or any(content for part, content in node.args.items() if part not in known):
            raise self.refused(node, "", "")

    def refused(self, node: exp.Expr, hint_id: str, hint_en: str) -> NotInLanguageError:
        return NotInLanguageError(where=self.where, fragment=node.sql(), hint_id=hint_id, hint_en=hint_en)

    def wrong_type(self, node: exp.Expr, detail_id: str, detail_en: str) -> WrongTypeError:
        return WrongTypeError(where=self.where, fragment=node.sql(), detail_id=detail_id, detail_en=detail_en)

    def too_large(self, detail_id: str, detail_en: str) -> TooLargeError:
        return TooLargeError(where=self.where, detail_id=detail_id, detail_en=detail_en)


def is_string(node: exp.Expr) -> bool:
    """A text in single quotes: the label or the symbolic name of a code."""
    return isinstance(node, exp.Literal) and bool(node.is_string)
