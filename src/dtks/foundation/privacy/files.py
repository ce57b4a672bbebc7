"""The files of parameters/privacy: purposes, retention, consent texts, the questionnaire, the controller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from dtks.foundation.kernel import yaml_text
from dtks.foundation.ledger.domain import digest
from dtks.foundation.privacy.domain import Basis
from dtks.foundation.privacy.errors import PrivacyFileError

EVIDENCE = ("V", "P", "U")
"""V: read in a source; P: press only; U: not verified, or the project's own proposal."""
CONTROLLER = "controller.yaml"
ACTIONS = ("delete", "anonymise", "keep")


@dataclass(frozen=True, slots=True)
class Text:
    """A text in both languages."""

    id: str
    en: str

    def __getitem__(self, language: str) -> str:
        return self.en if language.startswith("en") else self.id


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why data are processed. ``reference``: ids of parameters/laws.yaml; ``article``: free text, with its
    ``evidence``."""

    id: str
    name: Text
    basis: Basis
    reference: tuple[str, ...]
    article: str
    evidence: str
    recipients: tuple[Text, ...]
    high_risk: bool = False


@dataclass(frozen=True, slots=True)
class Retention:
    """How long a class of rows or files is kept: ``days`` or ``hours``; neither: as ``counted_from`` says,
    without end."""

    id: str
    name: Text
    days: int | None
    counted_from: Text
    action: str
    basis: Text
    evidence: str
    hours: int | None = None
    not_carried_out: Text | None = None  # why no shredder does it

    @property
    def ends(self) -> bool:
        return self.days is not None or self.hours is not None

    def before(self, now: datetime) -> datetime | None:
        """What is older than this is past its time; None: never."""
        return now - timedelta(days=self.days or 0, hours=self.hours or 0) if self.ends else None


@dataclass(frozen=True, slots=True)
class ConsentText:
    """One version of what a person agrees to: the information that Pasal 21 asks for, in both languages."""

    purpose: str
    version: str
    since: date
    sections: Mapping[str, Text]
    on_withdrawal: tuple[Text, ...]
    sha256: str


@dataclass(frozen=True, slots=True)
class Question:
    id: str
    text: Text
    help: Text


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """What an impact assessment asks (Pasal 34)."""

    version: str
    sections: tuple[tuple[Text, tuple[Question, ...]], ...]
    risks: tuple[tuple[str, Text], ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for _, questions in self.sections for question in questions)


@dataclass(frozen=True, slots=True)
class Controller:
    """Who answers for the data, as letters and receipts name them."""

    name: str
    address: str
    officer: str
    contact: str
    authority: Text
    filled_in: bool


def folder() -> Path:
    """parameters/privacy."""
    return Path(settings.PROJECT_ROOT) / "parameters" / "privacy"


def read(name: str, *, elsewhere: Path | None = None) -> dict[str, Any]:
    """The content of one of these files, or of a file of that name elsewhere. Raises PrivacyFileError."""
    path = (elsewhere or folder()) / name
    try:
        content = yaml_text.load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as problem:
        raise PrivacyFileError(path=name, where="-", reason=type(problem).__name__) from problem
    if not isinstance(content, dict):
        raise PrivacyFileError(path=name, where="-", reason="bukan peta kunci · not a mapping")
    return content


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a file: values by key, with errors that say where."""

    path: str
    where: str
    content: Mapping[str, Any] = field(default_factory=dict)

    def fail(self, reason: str) -> PrivacyFileError:
        return PrivacyFileError(path=self.path, where=self.where, reason=reason)

    def only(self, *names: str) -> Place:
        if not isinstance(self.content, Mapping):
            raise self.fail("bukan peta kunci · not a mapping")
        if unknown := sorted(map(str, set(self.content) - set(names))):
            raise self.fail(f"kunci tak dikenal · unknown keys: {', '.join(unknown)}")
        return self

    def get(self, name: str) -> Any:
        if name not in self.content:
            raise self.fail(f"kunci {name} tidak ada · missing")
        return self.content[name]

    def text(self, name: str) -> Text:
        return self.as_text(self.get(name), name)

    def as_text(self, value: Any, name: str) -> Text:
        if not isinstance(value, dict) or set(value) != {"id", "en"} or not all(value.values()):
            raise self.fail(f"{name}: perlu id dan en · needs id and en")
        return Text(str(value["id"]).strip(), str(value["en"]).strip())

    def texts(self, name: str) -> tuple[Text, ...]:
        return tuple(self.as_text(each, name) for each in self.get(name))

    def choice(self, name: str, among: tuple[str, ...]) -> str:
        value = str(self.get(name))
        if value not in among:
            raise self.fail(f"{name}: {value} bukan salah satu dari · not one of {', '.join(among)}")
        return value


@cache
def purposes() -> Mapping[str, Purpose]:
    """Every purpose by id. Raises PrivacyFileError."""
    return {id_: _purpose(id_, entry) for id_, entry in read("purposes.yaml").items()}


def _purpose(id_: str, entry: Any) -> Purpose:
    place = Place("purposes.yaml", id_, entry).only(
        "name", "basis", "reference", "article", "evidence", "recipients", "high_risk"
    )
    return Purpose(
        id=id_,
        name=place.text("name"),
        basis=Basis(place.choice("basis", tuple(Basis))),
        reference=tuple(place.get("reference")),
        article=str(place.get("article")),
        evidence=place.choice("evidence", EVIDENCE),
        recipients=place.texts("recipients"),
        high_risk=bool(place.content.get("high_risk", False)),
    )


@cache
def retentions() -> Mapping[str, Retention]:
    """Every retention class by id. Raises PrivacyFileError."""
    return {id_: _retention(id_, entry) for id_, entry in read("retention.yaml").items()}


def _retention(id_: str, entry: Any) -> Retention:
    names = [each.name for each in fields(Retention) if each.name != "id"]
    place = Place("retention.yaml", id_, entry).only(*names)
    hours = place.content.get("hours")
    days = place.content.get("days") if hours is not None else place.get("days")
    action = place.choice("action", ACTIONS)
    period = hours if days is None else days
    if (period is None) != (action == "keep") or (
        period is not None and (type(period) is not int or period < 0)
    ):
        raise place.fail(
            "days: bilangan hari, kosong hanya untuk keep · a number of days, null for keep only"
        )
    if hours is not None and days is not None:
        raise place.fail("days atau hours, bukan keduanya · days or hours, not both")
    reason = place.content.get("not_carried_out")
    return Retention(
        id=id_,
        name=place.text("name"),
        days=days,
        counted_from=place.text("counted_from"),
        action=action,
        basis=place.text("basis"),
        evidence=place.choice("evidence", EVIDENCE),
        hours=hours,
        not_carried_out=place.as_text(reason, "not_carried_out") if reason else None,
    )


SECTIONS = ("legality", "purpose", "data", "retention", "period", "rights", "withdrawal")
"""What a consent text must tell: Pasal 21 ayat (1) a–g (details of the data in `data`), how to withdraw."""


@cache
def consent_texts() -> tuple[ConsentText, ...]:
    """Every version of every text, the oldest first. Raises PrivacyFileError: also for a text that was
    changed without a new version (its sha256 no longer fits)."""
    found = []
    for purpose, versions in read("consents.yaml").items():
        if purposes().get(purpose) is None or purposes()[purpose].basis is not Basis.CONSENT:
            raise PrivacyFileError(
                path="consents.yaml", where=purpose, reason="bukan tujuan · no such purpose"
            )
        found += [_consent(purpose, entry) for entry in versions]
    return tuple(sorted(found, key=lambda each: each.since))


def _consent(purpose: str, entry: Any) -> ConsentText:
    place = Place("consents.yaml", f"{purpose} {entry.get('version')}", entry).only(
        "version", "since", "on_withdrawal", "sha256", *SECTIONS
    )
    since = place.get("since")
    if not isinstance(since, date):
        raise place.fail("since: perlu tanggal · needs a date")
    sections = {name: place.text(name) for name in SECTIONS}
    made = digest({name: [text.id, text.en] for name, text in sections.items()})
    if place.get("sha256") != made:
        raise place.fail(f"sha256 seharusnya · should be {made}; teks yang sudah dipakai tidak diubah")
    return ConsentText(
        purpose=purpose,
        version=str(place.get("version")),
        since=since,
        sections=sections,
        on_withdrawal=place.texts("on_withdrawal"),
        sha256=made,
    )


def consent_text(*, purpose: str, on: date) -> ConsentText | None:
    """The text in force for a purpose on a day."""
    found = [text for text in consent_texts() if text.purpose == purpose and text.since <= on]
    return found[-1] if found else None


def consent_version(*, purpose: str, version: str) -> ConsentText | None:
    """One version, also one that is no longer used."""
    return next((t for t in consent_texts() if (t.purpose, t.version) == (purpose, version)), None)


@cache
def questionnaire() -> Questionnaire:
    """What an impact assessment asks. Raises PrivacyFileError."""
    place = Place("dpia_questions.yaml", "-", read("dpia_questions.yaml")).only(
        "version", "sections", "risks"
    )
    sections = []
    for entry in place.get("sections"):
        section = Place("dpia_questions.yaml", str(entry.get("title")), entry).only("title", "questions")
        questions = []
        for id_, asked in section.get("questions").items():
            question = Place("dpia_questions.yaml", id_, asked).only("text", "help")
            questions.append(Question(id_, question.text("text"), question.text("help")))
        sections.append((section.text("title"), tuple(questions)))
    risks = tuple((id_, place.as_text(text, id_)) for id_, text in place.get("risks").items())
    return Questionnaire(str(place.get("version")), tuple(sections), risks)


@cache
def shipped_assessment() -> Mapping[str, Any]:
    """The assessment of DTKS itself that comes with the program: the tree of `assessments.Assessment`."""
    return read("dpia_dtks.yaml")


@cache
def controller() -> Controller:
    """Who runs this installation: of the data folder's `controller.yaml`, where there is one, so that a new
    version of the program overwrites nothing. Raises PrivacyFileError."""
    own_file = Path(settings.HOME) / CONTROLLER
    content = read(CONTROLLER, elsewhere=own_file.parent if own_file.exists() else None)
    place = Place(CONTROLLER, "-", content).only("name", "address", "officer", "contact", "authority")
    own = {name: str(place.get(name) or "").strip() for name in ("name", "address", "officer", "contact")}
    return Controller(**own, authority=place.text("authority"), filled_in=all(own.values()))
