"""A set of areas as ranges of area numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dtks.foundation.kernel.area_codes import span_of

Span = tuple[int, int]
"""First number included, last excluded (`kernel.area_codes`)."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Disjoint spans in rising order. No span at all: nothing may be seen."""

    spans: tuple[Span, ...]

    @classmethod
    def of(cls, codes: Iterable[str]) -> Scope:
        """The areas with these dotted codes and all in them; '' is the whole country. Raises
        AreaCodeError."""
        merged: list[Span] = []
        for first, last in sorted(span_of(code) for code in codes):
            if merged and first <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
            else:
                merged.append((first, last))
        return cls(tuple(merged))

    @property
    def first(self) -> int:
        """The lowest number in it (0 for nothing)."""
        return self.spans[0][0] if self.spans else 0

    @property
    def last(self) -> int:
        """The highest number in it, included (-1 for nothing)."""
        return self.spans[-1][1] - 1 if self.spans else -1

    def holds(self, number: int) -> bool:
        """Whether the area with this number lies in it."""
        return any(first <= number < last for first, last in self.spans)

    def covers(self, code: str) -> bool:
        """Whether the whole area with this dotted code lies in it."""
        first, last = span_of(code)
        return any(begin <= first and last <= end for begin, end in self.spans)

    def touches(self, code: str) -> bool:
        """Whether some of the area with this dotted code lies in it."""
        first, last = span_of(code)
        return any(begin < last and first < end for begin, end in self.spans)

    def within(self, other: Scope) -> Scope:
        """What lies in both."""
        both = (
            (max(first, begin), min(last, end)) for first, last in self.spans for begin, end in other.spans
        )
        return Scope(tuple(sorted((first, last) for first, last in both if first < last)))
