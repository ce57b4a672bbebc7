"""A stretch of raw rows turned into variables of the register, with every problem of every cell.

In: the raw text columns of one sheet, as `spooling` reads them. Out: `Translated`: a frame with one column
per variable that the sheet says something of, and a frame of problems (row, column, code, value, detail).
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cache

import polars as pl

from dtks.foundation.engines import number_columns
from dtks.foundation.kernel.nik_defects import NikDefect
from dtks.registration.intake import cell_values, problems
from dtks.registration.intake.cell_values import Codes, Reading
from dtks.registration.intake.mapping import Format, SheetSpec, Source, Target
from dtks.registration.registry import dictionary
from dtks.registration.registry.dictionary import Variable

PROBLEM_SCHEMA = {
    "row": pl.UInt32,  # place in the stretch
    "column": pl.Int32,  # place in the sheet, from 0; -1 for the row as a whole
    "code": pl.String,
    "value": pl.String,
    "detail": pl.String,
}
NO_NUMBER = (NikDefect.EMPTY.value, NikDefect.TEMPORARY.value)


@dataclass
class Translated:
    values: pl.DataFrame
    problems: pl.DataFrame


@dataclass(frozen=True)
class Layout:
    """Where the columns of a sheet specification lie in the sheet at hand: key → column number."""

    spec: SheetSpec
    places: dict[str, int]


class Translator:
    """Translates one sheet; keeps the code lists that it has worked out between calls."""

    def __init__(self, layout: Layout, *, format: Format, today: datetime.date, from_1904: bool) -> None:
        self._layout = layout
        self._format = format
        self._today = today
        self._from_1904 = from_1904
        self._own_codes = {c.key: Codes(c.labels) for c in layout.spec.columns if c.labels}
        for column in layout.spec.columns:
            if column.also:
                self._own_codes[column.key] = Codes(_labels_behind(column.key, layout.spec), also=column.also)

    def translate(self, raw: pl.DataFrame, numeric: dict[int, pl.Series]) -> Translated:
        """`raw`: text columns "0", "1", …; `numeric`: for the columns of numbers with 16 digits, whether the
        cell was a number."""
        work = _Work(raw, self._layout, self._format.blank)
        for column in self._layout.spec.columns:
            self._check_column(work, column.key)
        values = {
            target.variable: self._target(work, target, numeric) for target in self._layout.spec.targets
        }
        frame = pl.DataFrame({name: series.alias(name) for name, series in values.items()})
        for target in self._layout.spec.targets:
            if target.variable == "kk_number":
                # Families without a card are told apart by what stands in the cell.
                frame = frame.with_columns(work.cells(target.sources[0].column).alias("_kk_text"))
        return Translated(frame, work.problem_frame())

    def _check_column(self, work: _Work, key: str) -> None:
        column = self._layout.spec.column(key)
        if column is None or key not in self._layout.places or column.ignore:
            return
        cells = work.cells(key)
        if column.required:
            work.note(problems.RequiredEmpty, key, cells.is_null())
        if column.same_as:
            first = work.cells(column.same_as)
            differs = ((cells != first) & cells.is_not_null()).fill_null(False)
            heading = self._layout.spec.column(column.same_as)
            work.note(problems.RepeatedColumnDisagrees, key, differs, heading.heading if heading else "")
        if key in self._own_codes:
            reading = self._own_codes[key].read(cells)
            work.keep_codes(key, reading)

    def _target(self, work: _Work, target: Target, numeric: dict[int, pl.Series]) -> pl.Series:
        variable = dictionary.by_name(level=target.level).get(target.variable)
        parts = [
            self._source(work, target, source, variable, numeric)
            for source in target.sources
            if source.column in self._layout.places
        ]
        if not parts:
            return pl.Series(target.variable, [None] * work.height, dtype=polars_type(target, variable))
        if len(parts) == 1:
            return parts[0]
        frame = pl.DataFrame([part.alias(str(i)) for i, part in enumerate(parts)])
        if target.combine == "any":
            return frame.select(pl.min_horizontal(pl.all())).to_series()
        if target.combine == "sum":
            nothing = pl.all_horizontal(pl.all().is_null())
            total = pl.when(~nothing).then(pl.sum_horizontal(pl.all()))
            return frame.select(total.cast(polars_type(target, variable))).to_series()
        return frame.select(pl.coalesce(pl.all())).to_series()

    def _source(
        self,
        work: _Work,
        target: Target,
        source: Source,
        variable: Variable | None,
        numeric: dict[int, pl.Series],
    ) -> pl.Series:
        dtype = polars_type(target, variable)
        cells = work.cells(source.column)
        if source.filled is not None:
            filled = pl.Series([source.filled], dtype=dtype)
            return filled.new_from_index(0, work.height).set(cells.is_null(), None)
        if target.kind == "digits":
            is_number = numeric.get(self._layout.places[source.column])
            return self._sixteen_digits(work, target, source.column, is_number)
        if target.kind in ("code", "flags"):
            return self._code(work, source, variable, dtype)
        reading = self._plain(cells, target, variable, dtype)
        work.keep(source.column, reading)
        return reading.values

    def _plain(
        self, cells: pl.Series, target: Target, variable: Variable | None, dtype: pl.DataType
    ) -> Reading:
        if target.kind == "date":
            return cell_values.date(cells, today=self._today, from_1904=self._from_1904)
        if target.kind in ("count", "amount"):
            return cell_values.whole_number(cells, variable=variable, dtype=dtype)
        if target.kind == "measure" and variable is not None:
            return cell_values.measure(cells, variable=variable)
        return cell_values.text(cells, longest=variable.maximum if variable else None)

    def _code(self, work: _Work, source: Source, variable: Variable | None, dtype: pl.DataType) -> pl.Series:
        """The register's code: the column's own code translated, else read by the register's list."""
        codes = work.codes.get(source.column)
        if codes is None:
            reading = _register_codes(variable).read(work.cells(source.column))
            work.keep(source.column, reading)
            codes = reading.values
        if source.codes is None:
            return codes.cast(dtype, strict=False)
        return codes.replace_strict(source.codes, default=None, return_dtype=dtype)

    def _sixteen_digits(
        self, work: _Work, target: Target, key: str, is_number: pl.Series | None
    ) -> pl.Series:
        """NIK or KK number as text of sixteen digits; null where there is none or it is not valid."""
        cells = work.cells(key)
        family_card = target.variable == "kk_number"
        defect_of = number_columns.kk_defect if family_card else number_columns.nik_defect
        read = cells.to_frame("cell").select(
            defect=defect_of("cell"), number=number_columns.clean_number("cell")
        )
        defect = read["defect"]
        number = read["number"].set(defect.is_not_null(), None)
        own = target.variable in ("nik", "kk_number")
        missing = defect.is_in(NO_NUMBER).fill_null(False)
        if own:
            work.note(problems.KkMissing if family_card else problems.NikMissing, key, missing)
        lost = pl.Series([False]).new_from_index(0, work.height)
        if is_number is not None and own:
            # Spreadsheets hold 15 digits of a number: one with 16 that ends in 0 has lost its last.
            lost = is_number & read["number"].str.contains("^[0-9]{15}0$").fill_null(False)
            work.note(problems.DigitLost, key, lost)
        wrong = defect.is_not_null() & ~missing & ~lost
        problem = self._wrong_number(target)
        for reason in defect.filter(wrong).unique().to_list():
            work.note(problem, key, (defect == reason).fill_null(False) & wrong, NikDefect(reason).text())
        return number

    def _wrong_number(self, target: Target) -> type[problems.RowProblem]:
        if target.variable == "kk_number":
            return problems.KkInvalid
        lenient = self._format.nik == "lenient" or target.variable != "nik"
        return problems.NikNotKept if lenient else problems.NikInvalid


class _Work:
    """One stretch while it is translated: cleaned cells, codes found so far, problems met."""

    def __init__(self, raw: pl.DataFrame, layout: Layout, blank: tuple[str, ...]) -> None:
        self._raw = raw
        self._layout = layout
        self._blank = blank
        self._cells: dict[str, pl.Series] = {}
        self._problems: list[pl.DataFrame] = []
        self.codes: dict[str, pl.Series] = {}
        self.height = raw.height

    def cells(self, key: str) -> pl.Series:
        if key not in self._cells:
            place = self._layout.places.get(key)
            found = self._raw.get_column(str(place), default=None) if place is not None else None
            if found is None:
                found = pl.Series([None] * self.height, dtype=pl.String)
            empty = found.null_count() == self.height
            self._cells[key] = found if empty else cell_values.clean(found, blank=self._blank)
        return self._cells[key]

    def keep_codes(self, key: str, reading: Reading) -> None:
        self.codes[key] = reading.values
        self.keep(key, reading)

    def keep(self, key: str, reading: Reading) -> None:
        for problem, rows, detail in reading.bad:
            self.note(problem, key, rows, detail)

    def note(self, problem: type[problems.RowProblem], key: str, rows: pl.Series, detail: str = "") -> None:
        if not rows.any():
            return
        place = self._layout.places[key]
        self._problems.append(
            pl.DataFrame({"row": rows.arg_true(), "value": self.cells(key).filter(rows)}).select(
                pl.col("row").cast(pl.UInt32),
                pl.lit(place, dtype=pl.Int32).alias("column"),
                pl.lit(problem.code).alias("code"),
                "value",
                pl.lit(detail).alias("detail"),
            )
        )

    def problem_frame(self) -> pl.DataFrame:
        # A column that feeds several variables reports a bad cell once.
        if not self._problems:
            return pl.DataFrame(schema=PROBLEM_SCHEMA)
        return pl.concat(self._problems).unique(["row", "column", "code"], maintain_order=True)


@cache
def _codes_of(name: str, level: str) -> Codes:
    variable = dictionary.by_name(level="person" if level == "person" else "family")[name]
    return Codes(
        {str(code): label for code, label in variable.codes.items()}, summed=variable.kind == "flags"
    )


def _labels_behind(key: str, spec: SheetSpec) -> dict[str, str]:
    """The register's labels of the variable that a column feeds."""
    target = next(t for t in spec.targets if any(source.column == key for source in t.sources))
    variable = dictionary.by_name(level=target.level)[target.variable]
    return {str(code): label for code, label in variable.codes.items()}


def _register_codes(variable: Variable | None) -> Codes:
    if variable is None:
        raise ValueError("a code needs a variable of the register")
    return _codes_of(variable.name, variable.level)


def polars_type(target: Target, variable: Variable | None) -> pl.DataType:
    """The column's type: the register's, text for what only groups or places a row."""
    if variable is None:
        return pl.Int64() if target.kind == "count" else pl.String()
    found = getattr(pl, variable.dtype)
    return found() if isinstance(found, type) else found
