"""Numbers, money, dates and times as Indonesians write them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtks.foundation.ui import formatting


@pytest.mark.parametrize(
    ("value", "decimals", "indonesian", "english"),
    [
        (1234, 0, "1.234", "1,234"),
        (1234567.891, 2, "1.234.567,89", "1,234,567.89"),
        (-1500, 0, "−1.500", "−1,500"),
        (-0.2, 0, "0", "0"),
        (0, 0, "0", "0"),
        (None, 0, "–", "–"),
        (float("nan"), 0, "–", "–"),
    ],
)
def test_number(value: float | None, decimals: int, indonesian: str, english: str) -> None:
    assert formatting.number(value, decimals=decimals) == indonesian
    assert formatting.number(value, decimals=decimals, language="en") == english


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_number_keeps_every_digit(value: int) -> None:
    text = formatting.number(value)
    assert int(text.replace(".", "").replace("−", "-")) == value


def test_rupiah() -> None:
    assert formatting.rupiah(200_000) == "Rp200.000"
    assert formatting.rupiah(-200_000) == "−Rp200.000"
    assert formatting.rupiah(None) == "–"


def test_percent_of_nothing_is_unknown() -> None:
    assert formatting.percent(1, 8, decimals=1) == "12,5%"
    assert formatting.percent(1, 0) == "–"
    assert formatting.percent(None, 4) == "–"


def test_dates() -> None:
    day = date(2026, 8, 4)
    assert formatting.long_date(day) == "4 Agustus 2026"
    assert formatting.long_date(day, language="en") == "4 August 2026"
    assert formatting.short_date(day) == "4 Agu 2026"
    assert formatting.long_date(None) == "–"


def test_the_date_of_a_moment_is_that_of_the_place() -> None:
    """At 01.00 in Jakarta it is still yesterday in UTC, which the database keeps."""
    at_one = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
    assert formatting.long_date(at_one) == "25 November 2026"
    assert formatting.short_date(at_one) == "25 Nov 2026"
    before_midnight = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
    assert formatting.long_date(before_midnight) == "24 November 2026"
    assert formatting.long_date(before_midnight, zone="WIT") == "25 November 2026"
    assert formatting.day_of(at_one) == date(2026, 11, 25) == formatting.day_of(date(2026, 11, 25))
    with pytest.raises(ValueError, match="without zone"):
        formatting.short_date(datetime(2026, 11, 24, 18, 0))


def test_a_moment_is_told_in_the_time_of_the_place() -> None:
    noon_in_london = datetime(2026, 11, 24, 17, 5, tzinfo=UTC)
    assert formatting.moment(noon_in_london) == "25 November 2026 pukul 00.05 WIB"
    assert formatting.moment(noon_in_london, zone="WITA") == "25 November 2026 pukul 01.05 WITA"
    assert formatting.moment(noon_in_london, zone="WIT", language="en") == "25 November 2026 at 02:05 WIT"
    with pytest.raises(ValueError, match="without zone"):
        formatting.moment(datetime(2026, 11, 24))
