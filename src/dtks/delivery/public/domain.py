"""What a citizen may ask, and how much of a name the answer shows. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from dtks.foundation.kernel.names import normalise, search_key

# Fewer letters than this would list half a village.
LEAST_LETTERS = 3
# More people than this is a list, not an answer.
MOST_RESULTS = 10
LONGEST_NAME = 120
_WILDCARDS = re.compile(r"[*%_?]")
_NUMBER = re.compile(r"\d{6}")


class Refusal(Enum):
    """Why a search shows nobody."""

    EMPTY = "empty"
    TOO_SHORT = "too_short"
    WILDCARD = "wildcard"
    NUMBER = "number"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"


@dataclass(frozen=True)
class Published:
    """One person of the published list, as stored."""

    name: str
    age: int | None
    programmes: tuple[str, ...]
    period: str


@dataclass(frozen=True)
class Shown:
    """One person as the page shows it: words of the name that were not typed are masked."""

    name: str
    age: int | None
    programmes: tuple[str, ...]
    period: str


def words(name: str) -> tuple[str, ...]:
    """The search keys of a name's words: 'H. Moch. Soleh' → ('MUHAMMAD', 'SOLE')."""
    return tuple(search_key(name).split())


def refusal(typed: str) -> Refusal | None:
    """Why this text cannot be searched for, or None when it can."""
    text = typed.strip()
    found = (
        (Refusal.EMPTY, not text),
        (Refusal.TOO_LONG, len(text) > LONGEST_NAME),
        (Refusal.WILDCARD, bool(_WILDCARDS.search(text))),
        (Refusal.NUMBER, bool(_NUMBER.search(re.sub(r"[\s.\-]", "", text)))),
        (Refusal.TOO_SHORT, not any(_tells_enough(word) for word in normalise(text).split())),
    )
    return next((reason for reason, applies in found if applies), None)


def _tells_enough(word: str) -> bool:
    """Letters as typed, not as folded: 'Iis' and 'Aan' are names though their keys have two letters."""
    return len(word) >= LEAST_LETTERS and bool(search_key(word))


def patterns(typed: str) -> tuple[str, ...]:
    """What a stored key (' SITI AMINA ') must contain: ' AMI' finds a word's beginning, ' IS ' a whole word.

    A short key is looked for as a whole, else it would begin half of all names.
    """
    return tuple(f" {word}" if len(word) >= LEAST_LETTERS else f" {word} " for word in words(typed))


def shown(person: Published, *, typed: Iterable[str]) -> Shown:
    """The person with every word masked that was not typed in full.

    Who types 'siti' learns that there is a 'SITI A***', not who: the full name has to be known already.
    `typed` are search keys, as `words` gives them.
    """
    known = set(typed)
    parts = [word if set(words(word)) <= known else _masked(word) for word in person.name.split()]
    return Shown(" ".join(parts), person.age, person.programmes, person.period)


def _masked(word: str) -> str:
    """The first letter and three stars whatever the length, which would tell too much; initials stay."""
    return word if len(word.strip(".")) <= 1 else f"{word[0]}***"
