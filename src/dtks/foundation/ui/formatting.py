"""Numbers, rupiah, dates and masked numbers as Indonesians write them (and as English readers do).

Pure: text out of plain values and a language ('id' or 'en'); no clock, no settings.
"""

from __future__ import annotations

import math
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from dtks.foundation.kernel.months import MONTHS_EN, MONTHS_ID

MONTHS = {"id": MONTHS_ID, "en": MONTHS_EN}
SHORT_MONTHS = {language: tuple(name[:3] for name in names) for language, names in MONTHS.items()}
# Keppres 41/1987: three time zones, each known by its abbreviation.
ZONES = {
    "WIB": ZoneInfo("Asia/Jakarta"),
    "WITA": ZoneInfo("Asia/Makassar"),
    "WIT": ZoneInfo("Asia/Jayapura"),
}
UNKNOWN = "–"


def number(value: int | float | Decimal | None, *, decimals: int = 0, language: str = "id") -> str:
    """1234.5 with one decimal → '1.234,5' ('1,234.5' in English); None or NaN → '–'."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return UNKNOWN
    text = f"{abs(value):,.{decimals}f}"
    if language == "id":
        text = text.translate(str.maketrans(",.", ".,"))
    negative = value < 0 and any(digit in text for digit in "123456789")
    return f"−{text}" if negative else text


def rupiah(value: int | None, *, language: str = "id") -> str:
    """200000 → 'Rp200.000'; below zero '−Rp200.000'; None → '–'."""
    if value is None:
        return UNKNOWN
    return ("−" if value < 0 else "") + "Rp" + number(abs(value), language=language)


def percent(part: float | None, whole: float | None, *, decimals: int = 0, language: str = "id") -> str:
    """(1, 8) → '12,5%' with one decimal; '–' when the whole is zero or unknown."""
    if not whole or part is None:
        return UNKNOWN
    return number(100 * part / whole, decimals=decimals, language=language) + "%"


def day_of(value: date, *, zone: str = "WIB") -> date:
    """The calendar day of a time in one of WIB, WITA, WIT: between midnight and morning it is another day
    than in UTC. A date is its own.

    Raises:
        ValueError: the time is naive.
    """
    if not isinstance(value, datetime):
        return value
    if value.tzinfo is None:
        raise ValueError("a time without zone cannot be shown in WIB, WITA or WIT")
    return value.astimezone(ZONES[zone]).date()


def long_date(value: date | None, *, zone: str = "WIB", language: str = "id") -> str:
    """'24 November 2026', of a time the day in that zone; None → '–'."""
    return UNKNOWN if value is None else _date(day_of(value, zone=zone), MONTHS[language])


def short_date(value: date | None, *, zone: str = "WIB", language: str = "id") -> str:
    """'24 Nov 2026', of a time the day in that zone; None → '–'."""
    return UNKNOWN if value is None else _date(day_of(value, zone=zone), SHORT_MONTHS[language])


def _date(day: date, months: tuple[str, ...]) -> str:
    return f"{day.day} {months[day.month - 1]} {day.year}"


def moment(value: datetime | None, *, zone: str = "WIB", language: str = "id") -> str:
    """An aware time in one of WIB, WITA, WIT: '24 November 2026 pukul 09.05 WIB'.

    Raises:
        ValueError: the time is naive.
    """
    if value is None:
        return UNKNOWN
    if value.tzinfo is None:
        raise ValueError("a time without zone cannot be shown in WIB, WITA or WIT")
    local = value.astimezone(ZONES[zone])
    clock = local.strftime("pukul %H.%M") if language == "id" else local.strftime("at %H:%M")
    return f"{long_date(local.date(), language=language)} {clock} {zone}"
