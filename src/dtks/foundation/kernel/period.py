"""A period: one calendar month, the finest unit in which aid is determined and paid."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Self

from dtks.foundation.kernel import months
from dtks.foundation.kernel.errors import DtksError

_MONTH = re.compile(r"(?P<year>[0-9]{4})-(?P<month>0[1-9]|1[0-2])")


class PeriodError(DtksError):
    """A text that names no month."""

    code = "DTKS-PERIOD-001"
    message_id = "Bukan periode: {given}. Tulis tahun dan bulan seperti 2026-12."
    message_en = "Not a period: {given}. Write year and month like 2026-12."


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """One month; sorts by time."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (1 <= self.year <= 9999 and 1 <= self.month <= 12):
            raise PeriodError(given=f"{self.year}-{self.month}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads '2026-12'; raises ``PeriodError`` for anything else."""
        found = _MONTH.fullmatch(text.strip())
        if found is None:
            raise PeriodError(given=text)
        return cls(int(found["year"]), int(found["month"]))

    @classmethod
    def of(cls, day: date) -> Self:
        """The month in which ``day`` lies."""
        return cls(day.year, day.month)

    @property
    def start(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def end(self) -> date:
        """Its last day (inclusive)."""
        return date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    @property
    def quarter(self) -> int:
        """1 (January to March) to 4."""
        return (self.month + 2) // 3

    @property
    def quarter_label(self) -> str:
        """'2026-Q4'."""
        return f"{self.year:04d}-Q{self.quarter}"

    def quarter_months(self) -> list["Period"]:
        """The three months of its quarter."""
        first = 3 * self.quarter - 2
        return [Period(self.year, first + i) for i in range(3)]

    def plus(self, months: int) -> "Period":
        """The month that many later (earlier when negative)."""
        index = self.year * 12 + self.month - 1 + months
        return Period(index // 12, index % 12 + 1)

    def until(self, last: "Period") -> Iterator["Period"]:
        """Every month from this one to ``last``, both included; none when ``last`` is earlier."""
        month = self
        while month <= last:
            yield month
            month = month.plus(1)

    def label(self, language: str = "id") -> str:
        """'Desember 2026' or 'December 2026'."""
        return f"{months.names(language)[self.month - 1]} {self.year}"

    def __contains__(self, day: date) -> bool:
        return (day.year, day.month) == (self.year, self.month)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"
