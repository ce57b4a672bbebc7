"""The months that a page looks back over. Pure decisions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

MONTHS = 3
FIRST = (2020, 1)
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Window:
    """`MONTHS` months in a row, the last one given as (year, month)."""

    year: int
    month: int

    @classmethod
    def read(cls, text: str, *, today: date) -> Window:
        """The window that ends with the month 'YYYY-MM'; with this month for anything else, a month to come
        and one before `FIRST`."""
        given = _MONTH.fullmatch(text)
        asked = (int(given[1]), int(given[2])) if given else (0, 0)
        fits = FIRST <= asked <= (today.year, today.month)
        return cls(*(asked if fits else (today.year, today.month)))

    def moved(self, months: int) -> Window:
        """The window so many months later."""
        years, month = divmod(self.year * _A_YEAR + self.month - 1 + months, _A_YEAR)
        return Window(years, month + 1)

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """First moment included, last excluded, by the clocks of that zone."""
        first, after = self.moved(1 - MONTHS), self.moved(1)
        return (
            datetime(first.year, first.month, 1, tzinfo=zone),
            datetime(after.year, after.month, 1, tzinfo=zone),
        )

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"
