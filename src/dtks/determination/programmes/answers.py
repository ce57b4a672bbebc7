"""Why was this family chosen, or not? The same expressions on a table of one family, put into words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import narwhals as nw
import polars as pl

from dtks.determination.programmes import pipeline
from dtks.determination.programmes.domain import Language, Outcome, Programme, Status, conflicts
from dtks.determination.targeting.rules import tree
from dtks.determination.targeting.rules.variables import VariableInfo

Row = Mapping[str, Any]


@dataclass(frozen=True)
class CriterionAnswer:
    """One criterion for one family. `values` are the family's answers that it reads, by variable."""

    id: str
    label: str
    outcome: Outcome
    sentence: str
    values: Mapping[str, Any]
    text: str
    reference: str
    evidence: str


@dataclass(frozen=True)
class ProgrammeAnswer:
    """One programme for one family: rupiah a year (or once), and for how many members each component.

    `excluded_by` names the programmes that go before this one and exclude it, where they do.
    """

    programme: str
    name: str
    status: Status
    criteria: tuple[CriterionAnswer, ...]
    components: Mapping[str, int]
    amount: int
    open_members: int
    excluded_by: tuple[str, ...] = ()


def explain(
    programmes: Sequence[Programme], family: Row, members_of: Sequence[Row], *, language: Language = "id"
) -> list[ProgrammeAnswer]:
    """What each programme comes to for one family, and why, in the reader's language.

    `family` and `members_of` hold answers by variable name; what is absent is unknown. Statuses are
    after household and overlap among the programmes given, for this family alone.
    """
    return of_judged(programmes, family, _judge(programmes, family, members_of), language=language)


def of_judged(
    programmes: Sequence[Programme], family: Row, judged: Row, *, language: Language = "id"
) -> list[ProgrammeAnswer]:
    """As `explain`, for a family that has been judged: `judged` is its row of `pipeline.judge`."""
    answers = [_answer(programme, judged, family, language) for programme in programmes]
    return [
        replace(answer, excluded_by=_excluders(programme, programmes, judged, language))
        for answer, programme in zip(answers, programmes, strict=True)
    ]


def _excluders(
    programme: Programme, programmes: Sequence[Programme], judged: Row, language: Language
) -> tuple[str, ...]:
    if judged[programme.column("status")] != Status.OVERLAP:
        return ()
    rivals = conflicts(programme, tuple(programmes))
    return tuple(
        rival.name(language) for rival in rivals if judged[rival.column("status")] == Status.ELIGIBLE
    )


def _judge(programmes: Sequence[Programme], family: Row, members_of: Sequence[Row]) -> Row:
    family_columns, person_columns = pipeline.columns(programmes)
    booleans = {variable.name for variable in _variables(programmes) if variable.kind == "bool"}
    families = _table(["household_id", *family_columns], [family], booleans)
    people = _table(person_columns, members_of, booleans)
    judged = pipeline.judge(nw.from_native(families), nw.from_native(people), programmes)
    row: Row = nw.to_native(judged).row(0, named=True)
    return row


def _table(names: Sequence[str], rows: Sequence[Row], booleans: set[str]) -> pl.DataFrame:
    columns = {"family_id": pl.Series([0] * len(rows), dtype=pl.Int64)}
    for name in names:
        dtype = pl.Boolean if name in booleans else pl.Int64
        columns[name] = pl.Series([row.get(name) for row in rows], dtype=dtype)
    return pl.DataFrame(columns)


def _variables(programmes: Sequence[Programme]) -> list[VariableInfo]:
    rules = [criterion.rule for programme in programmes for criterion in programme.criteria]
    return [variable for rule in rules for variable in tree.variables(rule.tree)]


def _answer(programme: Programme, judged: Row, family: Row, language: Language) -> ProgrammeAnswer:
    return ProgrammeAnswer(
        programme=programme.id,
        name=programme.name(language),
        status=Status(judged[programme.column("status")]),
        criteria=tuple(_criteria(programme, judged, family, language)),
        components={
            component.id: judged[programme.column(component.id)] for component in programme.components
        },
        amount=judged[programme.column("amount")],
        open_members=judged[programme.column("open")],
    )


def _criteria(programme: Programme, judged: Row, family: Row, language: Language) -> list[CriterionAnswer]:
    parameters = {name: value.value for name, value in programme.parameters.items()}
    found = []
    for criterion in programme.criteria:
        outcome = Outcome(judged[programme.column(criterion.id)])
        read = tree.variables(criterion.rule.tree)
        shown = {variable.name: _shown(variable, family.get(variable.name)) for variable in read}
        found.append(
            CriterionAnswer(
                id=criterion.id,
                label=criterion.label(language),
                outcome=outcome,
                sentence=criterion.sentence(outcome, language, {**parameters, **shown}),
                values=shown,
                text=criterion.text,
                reference=criterion.law.title_id if criterion.law else "",
                evidence=criterion.evidence,
            )
        )
    return found


def _shown(variable: VariableInfo, answer: Any) -> Any:
    """A code as its label, anything else as it is."""
    return variable.codes.get(answer, answer)
