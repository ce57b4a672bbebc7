"""Birth dates, NIK and KK numbers that nobody has and no two people of a population share.

A number is `PPKK` of the real regency, a district part of 90–99 (no real district has one), a date, and a
serial. People of a regency are counted by places: family × 12 + member. A place says the day within the year
of age (its remainder by 365, shuffled) and the serial (its quotient), so two people of one age with the same
birthday have different serials; people of different ages are born in different years of age, that is on
different days. No list of numbers given out is needed, and any family can be numbered alone.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dtks.determination.synth.ages import AGE
from dtks.determination.synth.chance import keys_of, mix, stream_key

Ints = npt.NDArray[np.int64]
Digits = npt.NDArray[np.uint8]
DAYS, SHUFFLES = 365, 64
SERIALS = 9_999
NUMBERS_A_DAY = 10 * SERIALS
"""Ten district parts of 9,999 serials."""
CARD_DAYS = 5_000
"""Family cards were issued on one of so many days before the population was taken."""
EPOCH = datetime.date(1970, 1, 1).toordinal()
_FOUR_DIGITS = np.frombuffer(b"".join(b"%04d" % number for number in range(10_000)), dtype="<u4")
_TOKEN_BITS = np.uint64(54)
_TOKEN_MASK = np.uint64((1 << 54) - 1)


@dataclass(frozen=True)
class Calendar:
    """Days as numbers since 1970, and what is needed to write them, for one day on which all is counted."""

    taken_on: int
    last_birthday: Ints
    """For each age, the day on which somebody born today that many years ago has birthday."""
    first_day: int
    day_month: Ints
    """DDMM of each day from `first_day` on."""
    year: Ints
    shuffles: npt.NDArray[np.int16]
    first_serial: int

    @classmethod
    def of(cls, taken_on: datetime.date, seed: int) -> Calendar:
        first = datetime.date(taken_on.year - AGE.count - 1, 1, 1)
        days = [first + datetime.timedelta(days=n) for n in range((taken_on - first).days + 1)]
        lots = keys_of(np.arange(SHUFFLES * DAYS), stream_key(seed, "birthdays")).reshape(SHUFFLES, DAYS)
        return cls(
            taken_on=taken_on.toordinal() - EPOCH,
            last_birthday=np.array([_years_before(taken_on, age) for age in range(AGE.count)]),
            first_day=first.toordinal() - EPOCH,
            day_month=np.array([day.day * 100 + day.month for day in days]),
            year=np.array([day.year % 100 for day in days]),
            shuffles=np.argsort(lots, axis=1).astype(np.int16),
            first_serial=mix(stream_key(seed, "serial")) % NUMBERS_A_DAY,
        )


def _years_before(day: datetime.date, years: int) -> int:
    leap = day.month == 2 and day.day == 29
    return (day.replace(year=day.year - years, day=28 if leap else day.day)).toordinal() - EPOCH


def days_since_birthday(place: Ints, calendar: Calendar) -> npt.NDArray[np.int16]:
    """0 … 364 days since the last birthday, for people at these places of one regency."""
    return calendar.shuffles[(place // DAYS * 37 + place // 7300) % SHUFFLES, place % DAYS]


def birth_days(age: npt.NDArray[np.integer], since: npt.NDArray[np.integer], calendar: Calendar) -> Ints:
    """Day of birth, in days since 1970."""
    return calendar.last_birthday[age] - since


@dataclass(frozen=True)
class Numbers:
    """Sixteen-digit numbers as four groups of four digits."""

    groups: tuple[Ints, Ints, Ints, Ints]

    def digits(self) -> Digits:
        """One row of sixteen ASCII digits a number."""
        out = np.empty((len(self.groups[0]), 4), dtype="<u4")
        for place, group in enumerate(self.groups):
            out[:, place] = _FOUR_DIGITS[group]
        return out.view(np.uint8)

    def tokens(self, key: int) -> Ints:
        """Scrambled numbers: one to one, so that equal tokens mean equal numbers and nothing else."""
        whole = np.zeros(len(self.groups[0]), dtype=np.uint64)
        for group in self.groups:
            whole = whole * np.uint64(10_000) + group.astype(np.uint64)
        whole ^= np.uint64(key) & _TOKEN_MASK
        for factor in (0x2545F4914F6CDD1D, 0x9E3779B97F4A7C15):
            whole = whole * np.uint64(factor) & _TOKEN_MASK
            whole ^= whole >> _TOKEN_BITS // np.uint64(2)
        return whole.astype(np.int64)


def niks(
    *, regency: Ints, born: Ints, sex: npt.NDArray[np.integer], place: Ints, calendar: Calendar
) -> Numbers:
    """A NIK for each person: regency (1101), day of birth, sex 1 or 2, place in the regency."""
    return _numbers(regency, born, place // DAYS, calendar, 40 * (sex == 2))


def cards(*, regency: Ints, family: Ints, calendar: Calendar) -> Numbers:
    """A KK number for the n-th family of a regency."""
    issued = calendar.taken_on - 30 - family * 1_237 % CARD_DAYS
    return _numbers(regency, issued, family // CARD_DAYS, calendar, np.zeros(1, dtype=np.int64))


def _numbers(regency: Ints, date: Ints, turn: Ints, calendar: Calendar, added_to_day: Ints) -> Numbers:
    """PPKK, 90–99, DDMMYY, serial; `turn` counts those who share a date.

    The serial starts elsewhere for each date and regency, so that families have no serial in common;
    12,347 has no factor in common with the count of numbers, so different turns give different numbers.
    """
    start = date * 6_151 + regency * 7_919 + calendar.first_serial
    number = (turn * 12_347 + start) % NUMBERS_A_DAY
    district, serial = 90 + number // SERIALS, 1 + number % SERIALS
    day = date - calendar.first_day
    day_month, year = calendar.day_month[day], calendar.year[day]
    return Numbers(
        (regency, district * 100 + day_month // 100 + added_to_day, day_month % 100 * 100 + year, serial)
    )
