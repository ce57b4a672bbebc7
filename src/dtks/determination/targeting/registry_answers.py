"""A model's answers from the registry: which predicate or number of a snapshot each of them is.

`RegistryAnswers` knows the columns it reads and the sums over members it needs, so that a run can make
them in its own single pass over the people table:

    answers = RegistryAnswers.of(model)
    summary = members.total(people, answers.sums)
    families = answers.attach(members.attach(families, summary))   # answer_…, effect_…
    families = families.with_columns(score.expression(model))
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import narwhals as nw

from dtks.determination.targeting import aggregates, score
from dtks.determination.targeting.domain import Amount, AreaLevel, Category, Ratio, Variable, WelfareModel
from dtks.determination.targeting.errors import ModelNotForRegistry
from dtks.determination.targeting.rules import definitions, language, variables
from dtks.determination.targeting.rules.errors import UnknownNameError
from dtks.determination.targeting.rules.language import Rule
from dtks.determination.targeting.rules.variables import VariableInfo

Frame = Any


@dataclass(frozen=True)
class RegistryAnswers:
    """`rules` holds, for each category, the rule of each of its levels."""

    model: WelfareModel
    rules: Mapping[str, tuple[Rule, ...]]
    names: Mapping[str, VariableInfo]

    @classmethod
    def of(cls, model: WelfareModel) -> RegistryAnswers:
        """Read the registry's side of a model. Raises `ModelNotForRegistry` and any `RuleError`."""
        names = {**variables.known(), **aggregates.infos()}
        defined = definitions.rules(aggregates.shared_definitions())
        rules: dict[str, tuple[Rule, ...]] = {}
        for variable in model.variables:
            if not variable.for_registry:
                raise ModelNotForRegistry(model=model.id, variable=variable.id)
            if isinstance(variable, Category):
                rules[variable.id] = tuple(
                    language.parse(
                        level.registry or "", variables=names, where=level.registry_where, definitions=defined
                    )
                    for level in variable.levels
                )
            else:
                _check(variable, names, model)
        return cls(model, rules, names)

    @cached_property
    def family_variables(self) -> tuple[str, ...]:
        """Every family name that the answers use: columns of a snapshot and aggregates."""
        found = [name for rules in self.rules.values() for rule in rules for name in rule.variables]
        for variable in self.model.variables:
            if isinstance(variable, Amount) and variable.registry:
                found += [
                    variable.registry.value,
                    *([variable.registry.per] if variable.registry.per else []),
                ]
        return tuple(dict.fromkeys(found))

    @cached_property
    def aggregates(self) -> tuple[str, ...]:
        return tuple(name for name in self.family_variables if name in aggregates.infos())

    @cached_property
    def family_columns(self) -> tuple[str, ...]:
        """Columns of the families of a snapshot that the answers read."""
        areas = [area.registry for area in self.model.areas if area.registry]
        own = [name for name in self.family_variables if name not in aggregates.infos()]
        return tuple(dict.fromkeys([*own, *areas]))

    @cached_property
    def person_columns(self) -> tuple[str, ...]:
        """Columns of the people of a snapshot that the answers read."""
        own = [name for rules in self.rules.values() for rule in rules for name in rule.member_variables]
        return tuple(dict.fromkeys([*own, *aggregates.read_columns(self.aggregates)]))

    @cached_property
    def sums(self) -> dict[str, nw.Expr]:
        """Whole-number expressions over people, to be summed per family."""
        found = aggregates.sums(self.aggregates)
        for rules in self.rules.values():
            for rule in rules:
                found |= rule.member_counts
        return found

    def attach(self, families: Frame) -> Frame:
        """Add `answer_<variable>` and `effect_<level>` to families on which `sums` were joined. The columns
        of the aggregates are added too; none is taken away."""
        if self.aggregates:
            families = families.with_columns(**aggregates.columns(self.aggregates))
        return families.with_columns(**self.answers(), **self.effects())

    def answers(self) -> dict[str, nw.Expr]:
        return {score.answer_column(variable): self._answer(variable) for variable in self.model.variables}

    def effects(self) -> dict[str, nw.Expr]:
        return {score.effect_column(area): _effect(area) for area in self.model.areas}

    def _answer(self, variable: Variable) -> nw.Expr:
        if isinstance(variable, Category):
            return _place(self.rules[variable.id])
        assert variable.registry is not None  # noqa: S101 # `of` refuses it; for the type checker
        return _quotient(variable.registry)


def _place(rules: tuple[Rule, ...]) -> nw.Expr:
    """The place of the first rule that holds; 0 where all are false; null where one before is unknown."""
    place = nw.lit(0, nw.Int64)
    for number, rule in reversed(list(enumerate(rules, start=1))):
        holds = rule.expression()
        place = nw.when(holds).then(nw.lit(number, nw.Int64)).otherwise(nw.when(~holds).then(place))
    return place


def _quotient(ratio: Ratio) -> nw.Expr:
    value = nw.col(ratio.value).cast(nw.Int64) * ratio.scale
    if ratio.per is None:
        return value
    per = nw.col(ratio.per).cast(nw.Int64)
    # a family of nobody has no floor per head: unknown
    shared = nw.when(per > 0).then(per)
    return value // shared


def _effect(area: AreaLevel) -> nw.Expr:
    found = nw.lit(0, nw.Int64)
    if area.registry is None:
        return found
    for effect in area.effects:
        if effect.code is not None:
            at = nw.col(area.registry) == effect.code
            found = nw.when(at).then(nw.lit(effect.coefficient, nw.Int64)).otherwise(found)
    return found


def _check(variable: Amount, names: Mapping[str, VariableInfo], model: WelfareModel) -> None:
    assert variable.registry is not None  # noqa: S101 # `of` looked; for the type checker
    for name in (variable.registry.value, variable.registry.per):
        if name is not None and (name not in names or names[name].level != "family"):
            where = f"{model.file} ({variable.id})"
            raise UnknownNameError(where=where, name=name, near="")
