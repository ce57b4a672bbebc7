"""Cells of one column turned into values of one variable: each function says which cells it could not read.

In: a text series of cleaned cells (null = empty). Out: `Reading`, the typed values and, for each kind of
problem, which rows have it. Whole columns at a time; what differs from row to row only in a few values
(codes, odd dates) is worked out once for each distinct value.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field

import polars as pl

from dtks.registration.intake.problems import (
    CodeUnknown,
    DateImpossible,
    DateUnreadable,
    FormulaText,
    NumberUnreadable,
    OutOfRange,
    PlaceOutsideIndonesia,
    RowProblem,
    TextTooLong,
)
from dtks.registration.registry.dictionary import Variable

FORMULA_LEAD = r"^(=|@|[+-]\s*[^0-9\s,.])"
EXCEL_DAY_ZERO = datetime.date(1899, 12, 30)
DAYS_TO_1904 = 1462
EARLIEST = datetime.date(1890, 1, 1)
EMPTY_MARKS = frozenset({"-", "--", "–", "—", "NULL", "NONE", "N/A", "#N/A", "NAN"})
NO_DATE = frozenset({"0000-00-00", "00-00-0000", "00/00/0000", "1900-01-00", "0"})
LISTED = 12
MONTHS = {
    name: number
    for number, names in enumerate(
        ("JAN JANUARI", "FEB FEBRUARI PEB PEBRUARI", "MAR MARET", "APR APRIL", "MEI MAY", "JUN JUNI",
         "JUL JULI", "AGU AGS AGT AGUSTUS AUG", "SEP SEPT SEPTEMBER", "OKT OKTOBER OCT",
         "NOV NOP NOVEMBER NOPEMBER", "DES DESEMBER DEC"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip


@dataclass
class Reading:
    """`values`: the typed column. `bad`: problem, the rows that have it (boolean series), and its detail."""

    values: pl.Series
    bad: list[tuple[type[RowProblem], pl.Series, str]] = field(default_factory=list)

    def add(self, problem: type[RowProblem], rows: pl.Series, detail: str = "") -> None:
        if rows.any():
            self.bad.append((problem, rows, detail))


def clean(column: pl.Series, *, blank: tuple[str, ...] = ()) -> pl.Series:
    """Without outer and double blanks and control signs; what stands for 'nothing' becomes null."""
    text = column.str.replace_all(r"[\s\x00-\x1f\u00a0]+", " ").str.strip_chars()
    marks = [*EMPTY_MARKS, *(mark.lower() for mark in EMPTY_MARKS), "", *blank]
    return text.set(text.is_in(marks), None)


def text(column: pl.Series, *, longest: float | None) -> Reading:
    """Text as written."""
    reading = Reading(column)
    reading.add(FormulaText, column.str.contains(FORMULA_LEAD).fill_null(False))
    if longest is not None:
        reading.add(TextTooLong, (column.str.len_chars() > longest).fill_null(False), str(int(longest)))
    return reading


def whole_number(column: pl.Series, *, variable: Variable | None, dtype: pl.DataType) -> Reading:
    """Whole numbers within the variable's limits; '12.0' and '1.200' (thousands) are understood."""
    bare = column.str.replace(r"\.0+$", "").str.replace_all(r"^(\d{1,3})\.(\d{3})$", "${1}${2}")
    values = bare.cast(pl.Int64, strict=False)
    reading = Reading(values)
    reading.add(NumberUnreadable, values.is_null() & column.is_not_null())
    if variable is not None and variable.minimum is not None and variable.maximum is not None:
        low, high = variable.minimum, variable.maximum
        outside = (~values.is_between(low, high)).fill_null(False)
        reading.add(OutOfRange, outside, f"{low:g}–{high:g}")
        values = values.set(outside, None)
    reading.values = values.cast(dtype)
    return reading


def measure(column: pl.Series, *, variable: Variable) -> Reading:
    """Numbers with decimals, comma or point. Coordinates outside Indonesia are left out with a warning."""
    values = column.str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
    reading = Reading(values)
    reading.add(NumberUnreadable, values.is_null() & column.is_not_null())
    if variable.minimum is not None and variable.maximum is not None:
        outside = (~values.is_between(variable.minimum, variable.maximum)).fill_null(False)
        problem = PlaceOutsideIndonesia if variable.name in ("lat", "lon") else OutOfRange
        reading.add(problem, outside, f"{variable.minimum:g}–{variable.maximum:g}")
        reading.values = values.set(outside, None)
    return reading


class Codes:
    """A code list that reads '1', '01', '1. Milik sendiri' and 'Milik sendiri' alike."""

    def __init__(
        self, labels: dict[str, str], *, also: dict[str, str] | None = None, summed: bool = False
    ) -> None:
        self._summed = summed
        self._codes = {code: label.split("|") for code, label in labels.items()}
        self._also = also or {}
        keys: dict[str, str | None] = {}
        for code, spellings in self._codes.items():
            for key in {label_key(spelling) for spelling in spellings}:
                # A label that two codes share says nothing.
                keys[key] = None if key in keys else code
        self._by_label = {key: code for key, code in keys.items() if key and code is not None}
        self._known: dict[str, str | None] = {}

    def describe(self) -> str:
        """The codes with their labels, cut when there are many."""
        listed = [f"{code} = {labels[0]}" for code, labels in list(self._codes.items())[:LISTED]]
        return "; ".join(listed) + ("; …" if len(self._codes) > LISTED else "")

    def read(self, column: pl.Series) -> Reading:
        """The code of each cell as text."""
        distinct = column.drop_nulls().unique().to_list()
        for cell in distinct:
            if cell not in self._known:
                self._known[cell] = self._find(cell)
        found = {cell: self._known[cell] for cell in distinct}
        values = column.replace_strict(found, return_dtype=pl.String) if found else column
        reading = Reading(values)
        reading.add(CodeUnknown, values.is_null() & column.is_not_null(), self.describe())
        return reading

    def _find(self, cell: str) -> str | None:
        bare = re.sub(r"^(\d+)\.0+$", r"\1", cell)
        number = bare.lstrip("0") or "0" if bare.isdigit() else ""
        if number and (number in self._codes or self._is_sum(int(number))):
            return number
        if number in self._also:
            return self._also[number]
        if self._summed and re.fullmatch(r"\d+([,;+ ]+\d+)+", bare):
            return self._sum(re.findall(r"\d+", bare))
        if (code := self._by_label.get(label_key(cell))) is not None:
            return code
        leading = re.match(r"(\d+)\s*[.)=-]", bare)
        return (
            leading.group(1).lstrip("0") or "0" if leading and self._agrees(leading.group(1), bare) else None
        )

    def _agrees(self, number: str, cell: str) -> bool:
        """'3. Bebas sewa': the label behind the number is that code's own."""
        code = number.lstrip("0") or "0"
        spellings = {label_key(spelling) for spelling in self._codes.get(code, ())}
        return label_key(cell[len(number) :].lstrip(" .)=-")) in spellings

    def _is_sum(self, number: int) -> bool:
        parts = [int(code) for code in self._codes if code != "99"]
        return self._summed and 0 <= number <= sum(parts)

    def _sum(self, parts: list[str]) -> str | None:
        codes = {part.lstrip("0") or "0" for part in parts}
        if not codes <= set(self._codes) or "99" in codes:
            return None
        return str(sum(int(code) for code in codes))


def label_key(label: str) -> str:
    """What makes two spellings of a label the same: 'BELUM/TIDAK BEKERJA' and 'Belum / Tidak Bekerja'."""
    return re.sub(r"[^A-Z0-9+<>]+|(?<![A-Z0])-", "", re.sub(r"(?<=[ABO])-$", "MINUS", label.upper().strip()))


def date(column: pl.Series, *, today: datetime.date, from_1904: bool = False) -> Reading:
    """Dates as Indonesians and spreadsheets write them: 1987-03-25, 25-03-1987, 25/3/87 no, 31861 yes.

    A number counts days as Excel does. Day comes before month. Two-digit years are refused: they guess.
    """
    column = column.set(column.is_in(list(NO_DATE)), None)
    values = column.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    for pattern in ("%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y/%m/%d"):
        if values.null_count() == column.null_count():
            break
        values = values.zip_with(values.is_not_null(), column.str.to_date(pattern, strict=False))
    values = values.set((values.dt.year() < 1000).fill_null(False), None)  # the year 87 is no year
    missing = values.is_null() & column.is_not_null()
    if missing.any():
        odd = column.filter(missing).unique().to_list()
        found = {cell: _odd_date(cell, from_1904) for cell in odd}
        others = column.replace_strict(found, default=None, return_dtype=pl.Date)
        values = values.zip_with(~missing, others)
    reading = Reading(values)
    reading.add(DateUnreadable, values.is_null() & column.is_not_null())
    outside = (~values.is_between(EARLIEST, today)).fill_null(False)
    reading.add(DateImpossible, outside, f"{EARLIEST} – {today}")
    reading.values = values.set(outside, None)
    return reading


def _odd_date(cell: str, from_1904: bool) -> datetime.date | None:
    if re.fullmatch(r"\d{1,5}(\.\d+)?", cell):
        days = int(float(cell)) + (DAYS_TO_1904 if from_1904 else 0)
        return EXCEL_DAY_ZERO + datetime.timedelta(days=days) if days > 60 else None
    match = re.fullmatch(r"(\d{1,2})[\s./-]+([A-Za-z]+|\d{1,2})[\s./-]+(\d{4})(?: 00:00(?::00)?)?", cell)
    if not match:
        return None
    day, month, year = match.groups()
    number = int(month) if month.isdigit() else MONTHS.get(month.upper(), 0)
    try:
        return datetime.date(int(year), number, int(day))
    except ValueError:
        return None
