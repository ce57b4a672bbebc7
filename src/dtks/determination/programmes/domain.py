"""What an aid programme is. Frozen values; the files are read by `loader`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import narwhals as nw

    from dtks.determination.targeting.rules.language import Rule
    from dtks.determination.targeting.rules.laws import Evidence, Law
    from dtks.determination.targeting.rules.parameters import DatedValue

Unit = Literal["family", "individual", "household"]
Language = Literal["id", "en"]


class Outcome(IntEnum):
    """What a criterion comes to for one family; the values of the `<programme>__<criterion>` columns."""

    NO = 0
    YES = 1
    UNKNOWN = 2

    @classmethod
    def of(cls, answer: bool | None) -> Outcome:
        """The outcome of a three-valued answer."""
        return cls.UNKNOWN if answer is None else cls(int(answer))


class Status(IntEnum):
    """What a programme comes to for one family; the values of the `<programme>__status` columns."""

    NOT_ELIGIBLE = 0
    ELIGIBLE = 1
    VERIFICATION = 2
    """An answer that decides is unknown: a person has to look."""
    OVERLAP = 3
    """Eligible, but for a programme that goes before this one and excludes it."""
    SHARED_HOUSEHOLD = 4
    """Eligible, but another family of the same household receives it."""


@dataclass(frozen=True)
class Sentences:
    """What a criterion's outcome is called for the family itself; `{desil}` and the like are filled."""

    yes: str
    no: str
    unknown: str

    def of(self, outcome: Outcome) -> str:
        return {Outcome.YES: self.yes, Outcome.NO: self.no, Outcome.UNKNOWN: self.unknown}[outcome]


@dataclass(frozen=True)
class Criterion:
    """One condition of eligibility. `text` is the predicate as written, `rule` as checked."""

    id: str
    label_id: str
    label_en: str
    rule: Rule
    evidence: Evidence
    sentences_id: Sentences
    sentences_en: Sentences
    law: Law | None = None
    note: str = ""

    @property
    def text(self) -> str:
        return self.rule.text

    def label(self, language: Language) -> str:
        return self.label_en if language == "en" else self.label_id

    def expression(self) -> nw.Expr:
        """Narwhals boolean over the family table with the member counts joined on; null: unknown."""
        return self.rule.expression()

    def sentence(self, outcome: Outcome, language: Language, values: Mapping[str, Any]) -> str:
        """The outcome in words; a value that is unknown is written as a dash."""
        sentences = self.sentences_en if language == "en" else self.sentences_id
        shown = {name: "–" if value is None else value for name, value in values.items()}
        return sentences.of(outcome).format_map(shown)


@dataclass(frozen=True)
class Component:
    """A part of the benefit: for each member who fits `members`, or for the family (if `when` holds).

    `amount` is rupiah a year, or once when the programme pays once; 0 for a benefit in kind.
    """

    id: str
    label_id: str
    label_en: str
    amount: int
    evidence: Evidence
    members: Rule | None = None
    when: Rule | None = None
    limit: int | None = None
    value: DatedValue | None = None


@dataclass(frozen=True)
class Payment:
    """`times` a year (1 and `once` for a grant that is given once), to whom and in what form."""

    times: int
    once: bool
    payee: str
    form: str
    evidence: Evidence


@dataclass(frozen=True)
class LegalBasis:
    """A law a programme rests on, and what it settles."""

    law: Law
    about: str
    evidence: Evidence


@dataclass(frozen=True)
class Example:
    """A worked example: a family, its members, and what must come out on day `on`."""

    name: str
    on: date
    family: Mapping[str, Any]
    members: tuple[Mapping[str, Any], ...]
    expect: Status
    fails: frozenset[str]
    unknown: frozenset[str]
    amount: int | None
    components: Mapping[str, int] | None
    where: str


@dataclass(frozen=True)
class Programme:
    """A programme as it stands on day `on`. Amounts, limits and predicates are those of that day."""

    id: str
    name_id: str
    name_en: str
    about_id: str
    about_en: str
    aka: tuple[str, ...]
    unit: Unit
    regime: str
    owner: str
    on: date
    valid_from: date
    valid_to: date | None
    priority: int
    legal: tuple[LegalBasis, ...]
    counted_members: Rule | None
    criteria: tuple[Criterion, ...]
    components: tuple[Component, ...]
    most_members: int | None
    payment: Payment
    excludes: frozenset[str]
    compatible: frozenset[str]
    channels: tuple[str, ...]
    parameters: Mapping[str, DatedValue]
    examples: tuple[Example, ...]
    notes: tuple[str, ...]
    file: str

    def name(self, language: Language) -> str:
        return self.name_en if language == "en" else self.name_id

    def column(self, suffix: str) -> str:
        """Name of one of the programme's columns: `pkh__status`, `pkh__desil`, `pkh__amount`."""
        return f"{self.id}__{suffix}"

    def in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    @property
    def by_member(self) -> tuple[Component, ...]:
        """The components that are given per member, highest amount first: a member counts once,
        under the first that fits."""
        theirs = (component for component in self.components if component.members is not None)
        return tuple(sorted(theirs, key=lambda component: -component.amount))

    @property
    def by_family(self) -> tuple[Component, ...]:
        """The components that are given to the family as such."""
        return tuple(component for component in self.components if component.members is None)


def conflicts(programme: Programme, others: tuple[Programme, ...]) -> tuple[Programme, ...]:
    """The programmes that go before this one and exclude it, first things first.

    Exclusion is mutual: it is enough that one of the two files says so.
    """
    rivals = (
        other
        for other in others
        if (other.id in programme.excludes or programme.id in other.excludes)
        and order(other) < order(programme)
    )
    return tuple(sorted(rivals, key=order))


def order(programme: Programme) -> tuple[int, str]:
    """Who goes first where two programmes exclude each other: the smaller priority, then the id."""
    return programme.priority, programme.id


def instalments(amount: int, times: int) -> list[int]:
    """An amount in equal whole parts; what does not divide goes to the first ones. Sums to `amount`."""
    part, rest = divmod(amount, times)
    return [part + 1] * rest + [part] * (times - rest)
