"""Names and general criteria of the programmes in plain words, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.utils import timezone
from django.utils.translation import get_language

from dtks.determination.programmes import loader
from dtks.determination.programmes.domain import Language, conflicts


@dataclass(frozen=True)
class ProgrammeText:
    """One programme as a citizen reads it."""

    id: str
    name: str
    about: str
    criteria: tuple[str, ...]
    after: tuple[str, ...] = ()
    """Ids of the programmes that go before this one and exclude it."""


def programme_names() -> dict[str, str]:
    """Programme id → name, of the programmes in force today."""
    return {text.id: text.name for text in programme_texts()}


def programme_rivals() -> dict[str, tuple[str, ...]]:
    """Programme id → the programmes that go before it and exclude it."""
    return {text.id: text.after for text in programme_texts()}


def programme_texts() -> tuple[ProgrammeText, ...]:
    """Every programme in force today, in the order of their priority."""
    language: Language = "en" if (get_language() or "id").startswith("en") else "id"
    return _texts(timezone.localdate(), language)


@lru_cache(maxsize=4)
def _texts(on: date, language: Language) -> tuple[ProgrammeText, ...]:
    """Read once a day and language: the files don't change under a running server."""
    programmes = tuple(loader.load(on=on))
    return tuple(
        ProgrammeText(
            id=programme.id,
            name=programme.name(language),
            about=programme.about_en if language == "en" else programme.about_id,
            criteria=tuple(criterion.label(language) for criterion in programme.criteria),
            after=tuple(rival.id for rival in conflicts(programme, programmes)),
        )
        for programme in sorted(programmes, key=lambda programme: (programme.priority, programme.id))
    )
