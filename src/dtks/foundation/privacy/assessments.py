"""Impact assessments (Pasal 34): answers, risks and their level, the officer's advice, sign-off, review."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from dtks.foundation.accounts.allowed import need
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.kernel.area_codes import number_of
from dtks.foundation.kernel.ids import new_id
from dtks.foundation.ledger.actions import record
from dtks.foundation.ledger.domain import Actor, Event, digest
from dtks.foundation.privacy import files
from dtks.foundation.privacy.domain import risk_level
from dtks.foundation.privacy.errors import AssessmentIncomplete, AssessmentNotFound, VersionTaken
from dtks.foundation.privacy.models import Assessment
from dtks.foundation.scope import current as scope


@dataclass(frozen=True, slots=True)
class Risk:
    """One risk before and after the measures; likelihood and impact from 1 to 5, 0: not judged yet."""

    likelihood: int = 0
    impact: int = 0
    measures: str = ""
    residual_likelihood: int = 0
    residual_impact: int = 0

    @property
    def judged(self) -> bool:
        parts = (self.likelihood, self.impact, self.residual_likelihood, self.residual_impact)
        return all(1 <= part <= 5 for part in parts)

    @property
    def level(self) -> tuple[str, str, str] | None:
        """(Indonesian, English, tone) before the measures; None: not judged."""
        return risk_level(self.likelihood, self.impact) if self.judged else None

    @property
    def residual(self) -> tuple[str, str, str] | None:
        """The same after them."""
        return risk_level(self.residual_likelihood, self.residual_impact) if self.judged else None


@dataclass(frozen=True, slots=True)
class Content:
    """What an assessment says. Keys of ``answers`` and ``risks`` are those of the questionnaire."""

    title: str
    answers: Mapping[str, str] = field(default_factory=dict)
    risks: Mapping[str, Risk] = field(default_factory=dict)
    advice: str = ""

    def missing(self) -> list[str]:
        """What is still to be written before it can be signed, in Indonesian."""
        asked = files.questionnaire()
        gaps = [] if self.title.strip() else ["judul"]
        gaps += [q.text.id for q in asked.questions if not self.answers.get(q.id, "").strip()]
        for id_, text in asked.risks:
            risk = self.risks.get(id_, Risk())
            if not risk.judged or not risk.measures.strip():
                gaps.append(text.id)
        return gaps if self.advice.strip() else [*gaps, "saran pejabat pelindungan data pribadi"]


@dataclass(frozen=True, slots=True)
class Line:
    """One version of an assessment. ``signed_as`` '': a draft."""

    id: uuid.UUID
    series: uuid.UUID
    version: int
    area: str
    title: str
    written_at: datetime
    written_by: str
    signed_as: str
    review_on: date | None

    def review_due(self, on: date) -> bool:
        return self.review_on is not None and self.review_on <= on


def shipped(language: str) -> Content:
    """The assessment of the program itself, in 'id' or 'en', to go on from."""
    tree = files.shipped_assessment()

    def told(value: Mapping[str, str]) -> str:
        return str(value["en" if language.startswith("en") else "id"]).strip()

    return Content(
        title=told(tree["title"]),
        answers={name: told(text) for name, text in tree["answers"].items()},
        risks={
            name: Risk(**{**risk, "measures": told(risk["measures"])}) for name, risk in tree["risks"].items()
        },
        advice="",
    )


def write(
    *,
    by: Actor,
    content: Content,
    area: str = "",
    series: uuid.UUID | None = None,
    after_version: int = 0,
    signed_as: str = "",
    review_on: date | None = None,
) -> uuid.UUID:
    """Store a version: the first of a new assessment, or (``series``) the next. Returns its series.

    ``signed_as``: the office that signs; then nothing may be missing and ``review_on`` must be given.

    Raises:
        NotAllowed, OutsideScope, AssessmentNotFound, AssessmentIncomplete.
        VersionTaken: somebody else wrote one after ``after_version``.
    """
    need(by, Permission.PRIVACY)
    if not content.title.strip():
        raise AssessmentIncomplete(missing="judul")
    if signed_as.strip():
        gaps = content.missing() + ([] if review_on else ["tanggal tinjauan"])
        if gaps:
            raise AssessmentIncomplete(missing="; ".join(gaps))
    before = ""
    if series is not None:
        last = _rows(series).order_by("-version").first()
        if last is None:
            raise AssessmentNotFound()
        if last.version != after_version:
            raise VersionTaken(version=last.version)
        area, before = last.area, digest(last.content)
    scope.require(area)
    row = Assessment(
        series=series or new_id(), version=after_version + 1, area=area, area_number=number_of(area),
        title=content.title.strip()[:150], questions=files.questionnaire().version, content=asdict(content),
        written_at=timezone.now(), written_by=by.account, signed_as=signed_as.strip()[:100],
        review_on=review_on,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save()
            event = Event(
                "privacy.assessment.sign" if row.signed_as else "privacy.assessment.write",
                kind="assessment", subject=str(row.series), area=area, before=before,
                after=digest(asdict(content)), detail={"version": row.version},
            )  # fmt: skip
            record(event, by=by)
    except IntegrityError as problem:
        raise VersionTaken(version=row.version) from problem
    return row.series


def listed(*, by: Actor) -> list[Line]:
    """The latest version of each assessment in scope, the newest first. Raises NotAllowed."""
    need(by, Permission.PRIVACY)
    newest: dict[uuid.UUID, Line] = {}
    for row in Assessment.objects.defer("content").order_by("-version"):
        newest.setdefault(row.series, _line(row))
    return sorted(newest.values(), key=lambda line: line.written_at, reverse=True)


def get(*, by: Actor, series: uuid.UUID, version: int | None = None) -> tuple[Line, Content, list[Line]]:
    """One version (default the latest), what it says, and all versions, the newest first.

    Raises NotAllowed, AssessmentNotFound.
    """
    need(by, Permission.PRIVACY)
    rows = list(_rows(series).order_by("-version"))
    found = next((row for row in rows if version in (None, row.version)), None)
    if found is None:
        raise AssessmentNotFound()
    record(Event("privacy.assessment.read", kind="assessment", subject=str(series), area=found.area), by=by)
    return _line(found), _content(found.content), [_line(row) for row in rows]


def _rows(series: uuid.UUID) -> Any:
    return Assessment.objects.filter(series=series)


def _content(tree: Mapping[str, Any]) -> Content:
    return Content(
        title=tree["title"],
        answers=dict(tree["answers"]),
        risks={name: Risk(**risk) for name, risk in tree["risks"].items()},
        advice=tree["advice"],
    )


def _line(row: Assessment) -> Line:
    return Line(
        row.pk, row.series, row.version, row.area, row.title, row.written_at, row.written_by,
        row.signed_as, row.review_on,
    )  # fmt: skip
