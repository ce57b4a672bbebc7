"""The names of the months, in both languages."""

from datetime import date

MONTHS_ID = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
# Not calendar.month_name: that follows the locale of the machine.
MONTHS_EN = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def names(language: str) -> tuple[str, ...]:
    """January first; Indonesian for any language but English."""
    return MONTHS_EN if language.lower().startswith("en") else MONTHS_ID


def long_date(day: date, language: str = "id") -> str:
    """'24 November 2026'."""
    return f"{day.day} {names(language)[day.month - 1]} {day.year}"
