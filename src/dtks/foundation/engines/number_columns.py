"""NIK and KK numbers by the column: the verdicts of ``kernel.nik`` as Polars expressions.

In: an expression over text (as people wrote the numbers) or a column's name. Out: expressions that
give, row by row, exactly what ``Nik`` and ``KkNumber`` say (a generated test holds them to it), at
some million rows a second.
"""

from datetime import date
from functools import partial

import polars as pl

from dtks.foundation.kernel import nik
from dtks.foundation.kernel.nik_defects import NikDefect

_PROVINCES = sorted(nik.PROVINCE_PREFIXES)
_MADE_UP = [*nik.MADE_UP_DISTRICTS]


def _expr(column: pl.Expr | str) -> pl.Expr:
    return pl.col(column) if isinstance(column, str) else column


def clean_number(column: pl.Expr | str) -> pl.Expr:
    """The text without separators, quotes and a spreadsheet's decimal tail; null stays null."""
    tailless = _expr(column).str.replace(nik.DECIMAL_TAIL, "${1}")
    return tailless.str.replace_all(nik.NOISE, "")


def number_value(column: pl.Expr | str) -> pl.Expr:
    """The sixteen digits as Int64; null where there are not sixteen digits. Checks nothing else."""
    cleaned = clean_number(column)
    return pl.when(cleaned.str.contains("^[0-9]{16}$")).then(cleaned).cast(pl.Int64, strict=False)


def nik_defect(column: pl.Expr | str) -> pl.Expr:
    """Int8: the ``NikDefect`` of each text, null where it is a well-formed NIK (a null is EMPTY)."""
    return _defect(column, day_offset=nik.FEMALE_DAY_OFFSET)


def kk_defect(column: pl.Expr | str) -> pl.Expr:
    """Int8: the ``NikDefect`` of each text, null where it is a well-formed KK number (a null is EMPTY)."""
    return _defect(column, day_offset=0)


def nik_sex(number: pl.Expr | str) -> pl.Expr:
    """Int8, 1 man, 2 woman, of NIKs as Int64 (see ``number_value``)."""
    woman = _digits(number, 6, 2) > nik.FEMALE_DAY_OFFSET
    return pl.when(woman).then(2).when(~woman).then(1).cast(pl.Int8)


def nik_birth_date(number: pl.Expr | str, *, context: date | pl.Expr) -> pl.Expr:
    """Date, in the latest century that is not after ``context``, of NIKs as Int64; null if none exists."""
    return _latest_date(number, context=context, offset=nik.FEMALE_DAY_OFFSET)


def kk_issued_on(number: pl.Expr | str, *, context: date | pl.Expr) -> pl.Expr:
    """Date of issue, in the latest century that is not after ``context``, of KK numbers as Int64."""
    return _latest_date(number, context=context, offset=0)


def is_made_up(number: pl.Expr | str) -> pl.Expr:
    """Boolean: the number comes from the range for tests and demonstrations; null for null."""
    return _digits(number, 4, 2).is_in(_MADE_UP)


def _digits(number: pl.Expr | str, start: int, count: int) -> pl.Expr:
    """``count`` digits of a sixteen-digit Int64, from position ``start`` (0 is the first)."""
    divisor: int = 10 ** (16 - start - count)
    modulus: int = 10**count
    return _expr(number) // divisor % modulus


def _day_month_year(number: pl.Expr | str, offset: int) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    day = _digits(number, 6, 2)
    if offset:
        day = pl.when(day > offset).then(day - offset).otherwise(day)
    return day, _digits(number, 8, 2), _digits(number, 10, 2)


def _defect(column: pl.Expr | str, *, day_offset: int) -> pl.Expr:
    # A batch at a time and step by step: as one expression the cleaned text would be made anew in
    # each of its twenty uses.
    return _expr(column).map_batches(
        partial(_defects, day_offset=day_offset), return_dtype=pl.Int8, is_elementwise=True
    )


def _defects(texts: pl.Series, day_offset: int) -> pl.Series:
    text, number = pl.col("text"), pl.col("number")
    return (
        texts.alias("text")
        .to_frame()
        .select(clean_number(text.cast(pl.String)).fill_null(""))
        .with_columns(
            digits=text.str.contains(nik.ALL_DIGITS),
            number=pl.when(text.str.len_bytes() == 16).then(text).cast(pl.Int64, strict=False),
        )
        .select(
            pl.when(text.str.contains(nik.NOT_GIVEN))
            .then(NikDefect.EMPTY.value)
            .when(~pl.col("digits"))
            .then(
                pl.when(text.str.contains(nik.SCIENTIFIC))
                .then(NikDefect.ROUNDED.value)
                .otherwise(NikDefect.NOT_DIGITS.value)
            )
            .when(number.is_null())
            .then(NikDefect.LENGTH.value)
            .otherwise(_defect_of_value(number, day_offset))
            .cast(pl.Int8)
            .alias(texts.name)
        )
        .to_series()
    )


def _defect_of_value(number: pl.Expr, day_offset: int) -> pl.Expr:
    """The defects that need sixteen digits; on anything else the answer is not used."""
    province = _digits(number, 0, 2)
    return (
        pl.when(number % 1_111_111_111_111_111 == 0)
        .then(NikDefect.PLACEHOLDER.value)
        .when(province < 10)
        .then(NikDefect.TEMPORARY.value)
        .when(~province.is_in(_PROVINCES))
        .then(NikDefect.PROVINCE.value)
        .when((_digits(number, 2, 2) == 0) | (_digits(number, 4, 2) == 0))
        .then(NikDefect.AREA.value)
        .when(~_date_exists(*_day_month_year(number, day_offset)))
        .then(NikDefect.DATE.value)
        .when(number % 10_000 == 0)
        .then(NikDefect.SERIAL.value)
    )


def _date_exists(day: pl.Expr, month: pl.Expr, year: pl.Expr) -> pl.Expr:
    last = (
        pl.when(month == 2)
        .then(pl.when(year % 4 == 0).then(29).otherwise(28))
        .when(month.is_in([4, 6, 9, 11]))
        .then(30)
        .otherwise(31)
    )
    return month.is_between(1, 12) & (day >= 1) & (day <= last)


def _latest_date(number: pl.Expr | str, *, context: date | pl.Expr, offset: int) -> pl.Expr:
    day, month, year = _day_month_year(number, offset)
    limit = pl.lit(context) if isinstance(context, date) else context
    century = limit.dt.year().cast(pl.Int64) // 100 * 100
    after = _as_number(century + year, month, day) > _as_number(
        limit.dt.year().cast(pl.Int64), limit.dt.month().cast(pl.Int64), limit.dt.day().cast(pl.Int64)
    )
    # 29 February of a century that was not a leap year belongs to the century before, if to any.
    no_such_day = (month == 2) & (day == 29) & (year == 0) & (century % 400 != 0)
    full_year = century + year - pl.when(after | no_such_day).then(100).otherwise(0)
    leap = (full_year % 4 == 0) & ((full_year % 100 != 0) | (full_year % 400 == 0))
    real = _date_exists(day, month, year) & ((month != 2) | (day != 29) | leap)
    # The year is nulled where there is no such day: a date must not be made of impossible parts.
    return pl.date(*(pl.when(real).then(part) for part in (full_year, month, day)))


def _as_number(year: pl.Expr, month: pl.Expr, day: pl.Expr) -> pl.Expr:
    return year * 10_000 + month * 100 + day
