"""Rupiah and periods as Indonesian files write them."""

from datetime import date

import pytest

from dtks.foundation.kernel.period import Period, PeriodError
from dtks.foundation.kernel.rupiah import Rupiah, RupiahError


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("Rp1.200.000", 1_200_000),
        ("Rp 225.000,00", 225_000),
        ("Rp. 225.000,-", 225_000),
        ("IDR 600000", 600_000),
        ("1,200,000", 1_200_000),
        ("1,200.00", 1_200),
        ("1200000.0", 1_200_000),
        ("-Rp50.000", -50_000),
        ("Rp-50.000", -50_000),
        ("0", 0),
    ],
)
def test_rupiah_is_read_as_it_is_written(text: str, amount: int) -> None:
    assert Rupiah.parse(text) == Rupiah(amount)


@pytest.mark.parametrize(
    "text", ["", "Rp", "1,200", "1.2", "12.00.000", "1.200,50", "dua juta", "1 000", "١٢٣"]
)
def test_unclear_amounts_are_refused(text: str) -> None:
    with pytest.raises(RupiahError):
        Rupiah.parse(text)


def test_no_float_becomes_money() -> None:
    with pytest.raises(RupiahError):
        Rupiah(1.5)  # type: ignore[arg-type] - the point of the test


def test_a_period_is_a_month() -> None:
    period = Period.parse("2026-02")
    assert (period.start, period.end) == (date(2026, 2, 1), date(2026, 2, 28))
    assert (period.quarter, period.quarter_label) == (1, "2026-Q1")
    assert [str(month) for month in period.quarter_months()] == ["2026-01", "2026-02", "2026-03"]
    assert (period.label(), period.label("en")) == ("Februari 2026", "February 2026")
    assert date(2026, 2, 28) in period
    assert date(2026, 3, 1) not in period


@pytest.mark.parametrize("text", ["2026", "2026-13", "2026-1", "12-2026", "2026-Q1", "2026-00"])
def test_other_texts_are_no_period(text: str) -> None:
    with pytest.raises(PeriodError):
        Period.parse(text)
