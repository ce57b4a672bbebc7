"""Why the last determination said what it said of a family, as far as the reader may know it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dtks.delivery.workspace import rule_reads
from dtks.delivery.workspace.results import RunView, run_view, status_of
from dtks.delivery.workspace.rule_reads import Telling
from dtks.determination.programmes.answers import ProgrammeAnswer
from dtks.determination.programmes.domain import Language, Outcome, Status
from dtks.determination.runs import queries as runs
from dtks.foundation.kernel.errors import DtksError
from dtks.foundation.kernel.period import Period

STRONGEST = 5
AREA = "area_"  # how a contribution is called that comes from where the family lives
TONES = {
    Status.ELIGIBLE: "yes",
    Status.NOT_ELIGIBLE: "no",
    Status.VERIFICATION: "ask",
    Status.OVERLAP: "info",
    Status.SHARED_HOUSEHOLD: "info",
}
LABELS = {
    Status.ELIGIBLE: _("Memenuhi syarat"),
    Status.NOT_ELIGIBLE: _("Tidak memenuhi syarat"),
    Status.VERIFICATION: _("Perlu verifikasi"),
    Status.OVERLAP: _("Sudah tercakup program lain"),
    Status.SHARED_HOUSEHOLD: _("Sudah diterima keluarga lain serumah"),
}
OUTCOMES = {Outcome.YES: "yes", Outcome.NO: "no", Outcome.UNKNOWN: "unknown"}
HIDDEN = "hidden"


@dataclass(frozen=True)
class CriterionView:
    """One criterion of a programme for one family: 'yes', 'no' or 'unknown', and why, in words; 'hidden' with
    no words where the outcome would tell of somebody's health and the reader may not know that."""

    label: str
    outcome: str
    sentence: str


@dataclass(frozen=True)
class ProgrammeView:
    """One programme for one family."""

    id: str
    name: str
    status: str | Promise
    tone: str
    amount: int
    """Rupiah; 0 when there are none, or when they would tell of somebody's health (`amount_hidden`)."""
    criteria: tuple[CriterionView, ...]
    covered: bool = False
    covered_by: tuple[str, ...] = ()
    """Names of the programmes that go before it and exclude it, where they do (`covered`)."""
    shared: bool = False
    amount_hidden: bool = False


@dataclass(frozen=True)
class FamilyReasons:
    """Why the newest run said what it said of one family; `gone` says why it cannot be told any more."""

    run: RunView | None = None
    desil: int | None = None
    status: str = "belum-ditetapkan"
    faults: str = ""
    missing: tuple[str, ...] = ()
    programmes: tuple[ProgrammeView, ...] = ()
    strongest: tuple[Influence, ...] = ()
    gone: str = ""
    rules_note: str = ""
    """Which rules have changed since that run, in words."""

    @property
    def demonstration(self) -> bool:
        return self.run is not None and self.run.demonstration


@dataclass(frozen=True)
class Influence:
    """An answer that moved the score, and which way."""

    label: str
    text: str
    lowers: bool


def of_family(*, family: uuid.UUID, language: Language, health: bool) -> FamilyReasons:
    """The newest result of a family with its reasons, in the reader's language.

    Without ``health`` nothing that tells of a member's health is among them.
    """
    outcome = runs.result(family_id=family)
    if outcome is None:
        return FamilyReasons()
    run = run_view(runs.run(id=outcome.run))
    try:
        found = runs.explain(family_id=family, language=language)
    except DtksError as problem:
        # The snapshot or the model of that run is gone: the result stands, its reasons cannot be told again.
        return FamilyReasons(run, outcome.desil, status_of(outcome), gone=problem.text(language))
    faults = found.faults.label_en if language == "en" else found.faults.label_id
    telling = None if health else rule_reads.of_programmes(Period.parse(run.period).start)
    shown = found.contributions
    if not health:
        harmless = rule_reads.harmless_answers(found.model)
        shown = tuple(one for one in shown if one.variable in harmless or one.variable.startswith(AREA))
    return FamilyReasons(
        run=run,
        desil=found.desil,
        status=status_of(outcome),
        faults=faults if found.faults else "",
        missing=found.missing,
        rules_note=found.rules_note,
        programmes=tuple(_programme(answer, telling) for answer in found.programmes),
        strongest=tuple(
            Influence(moved.label, moved.value, lowers=moved.micro_units < 0)
            for moved in shown[:STRONGEST]
            if moved.micro_units
        ),
    )


def _programme(answer: ProgrammeAnswer, telling: Telling | None) -> ProgrammeView:
    """``telling``: what the reader may not know; None for one who may know everything."""
    amount_hidden = telling is not None and answer.amount > 0 and telling.amount(answer.programme)
    return ProgrammeView(
        id=answer.programme,
        name=answer.name,
        status=LABELS[answer.status],
        tone=TONES[answer.status],
        amount=answer.amount if answer.status == Status.ELIGIBLE and not amount_hidden else 0,
        criteria=tuple(
            CriterionView(criterion.label, HIDDEN, "")
            if telling is not None and telling.criterion(answer.programme, criterion.id)
            else CriterionView(criterion.label, OUTCOMES[criterion.outcome], criterion.sentence)
            for criterion in answer.criteria
        ),
        covered=answer.status == Status.OVERLAP,
        covered_by=answer.excluded_by,
        shared=answer.status == Status.SHARED_HOUSEHOLD,
        amount_hidden=amount_hidden and answer.status == Status.ELIGIBLE,
    )
