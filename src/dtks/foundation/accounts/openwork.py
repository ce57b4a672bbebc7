"""What is still open in the hands of an officer: a port that the steps with work of their own fill.

    openwork.register("usulan", _("Usulan yang belum diperiksa"), count_proposals)

at the start of their app. A hand-over names it before it is confirmed; the work goes with the grant.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Counter = Callable[[Sequence[uuid.UUID]], Mapping[uuid.UUID, int]]
"""Grants → how many open pieces of work each has; a grant without any may be left out. One query."""


@dataclass(frozen=True, slots=True)
class OpenWork:
    """``count`` pieces of one kind. ``label`` may be lazy text."""

    kind: str
    label: object
    count: int


_counters: dict[str, tuple[object, Counter]] = {}


def register(kind: str, label: object, counter: Counter) -> None:
    """Add a kind of work; the same kind again replaces it."""
    _counters[kind] = (label, counter)


def forget(kind: str) -> None:
    """Take a kind of work away again."""
    _counters.pop(kind, None)


def of(grants: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[OpenWork]]:
    """The open work of each of these grants, in the order of registration; [] for none."""
    found: dict[uuid.UUID, list[OpenWork]] = {grant: [] for grant in grants}
    for kind, (label, counter) in _counters.items():
        for grant, count in counter(grants).items():
            if count:
                found[grant].append(OpenWork(kind, label, count))
    return found
