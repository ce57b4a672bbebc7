"""NIK (population number) and KK number (family card): parse, check, and read what they say.

Both are 16 digits, ``PPKKCC DDMMYY SSSS``. In a NIK the date is the birth date, with 40 added to the
day for a woman; in a KK number it is the day the card was issued. ``PPKKCC`` is the place of *first*
registration and may be a code that no longer exists, so an unknown regency or district is never a
defect. Source: UU 23/2006 as amended by UU 24/2013, article 13; PP 40/2019.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Self

from dtks.foundation.kernel.masking import mask_number
from dtks.foundation.kernel.nik_defects import KkNumberError, NikDefect, NikError

__all__ = ["KkNumber", "KkNumberError", "Nik", "NikDefect", "NikError", "clean"]

# Separators and quotes that people and spreadsheets put around or into a number.
NOISE = "[ \\t\\r\\n\u00a0.'’`-]"
# A spreadsheet's number cell that was turned into text keeps a decimal tail.
DECIMAL_TAIL = r"^([0-9]{16})\.0$"
SCIENTIFIC = r"^[0-9,]+[Ee]\+?[0-9]+$"
ALL_DIGITS = "^[0-9]+$"
NOT_GIVEN = r"^0*$"

# Provinces that exist (Kemendagri), and 54, Timor Timur until 1999, which old numbers may carry.
PROVINCE_PREFIXES = frozenset(
    [
        *range(11, 20),
        21,
        *range(31, 37),
        *range(51, 55),
        *range(61, 66),
        *range(71, 77),
        81,
        82,
        *range(91, 97),
    ]
)
# No real district has a code this high (the highest is 51): numbers made up for tests and
# demonstrations keep a real regency and put the district here, so that they can never be a person's.
MADE_UP_DISTRICTS = range(90, 100)
FEMALE_DAY_OFFSET = 40


def clean(text: str) -> str:
    """The text without separators, quotes and a spreadsheet's decimal tail; checks nothing."""
    return re.sub(NOISE, "", re.sub(DECIMAL_TAIL, r"\1", text))


def _date_in(digits: str, *, context: date, offset: int) -> date | None:
    """The latest date not after ``context`` that six digits DDMMYY can mean, or None."""
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    if offset and day > offset:
        day -= offset
    for century in (context.year // 100 * 100, context.year // 100 * 100 - 100):
        try:
            found = date(century + year, month, day)
        except ValueError:
            continue
        if found <= context:
            return found
    return None


def _date_exists(digits: str, *, offset: int) -> bool:
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    if offset and day > offset:
        day -= offset
    if not 1 <= month <= 12 or day < 1:
        return False
    if month == 2:
        return day <= (29 if year % 4 == 0 else 28)
    return day <= (30 if month in (4, 6, 9, 11) else 31)


@dataclass(frozen=True, order=True, slots=True)
class _RegistrationNumber:
    """Sixteen digits that passed every check. ``repr`` and logs show it masked; ``str`` does not."""

    value: str

    _day_offset: ClassVar[int] = 0
    _error: ClassVar[type[NikError]] = NikError

    def __post_init__(self) -> None:
        reason = self.defect(self.value) or (
            NikDefect.NOT_DIGITS if clean(self.value) != self.value else None
        )
        if reason:
            raise self._error(reason=reason)

    @classmethod
    def defect(cls, text: str | None) -> NikDefect | None:
        """The first rule that ``text`` breaks, None when it is a well-formed number.

        Tolerates what ``clean`` removes. Well-formed does not mean that the number was issued: only
        the civil registry knows that.
        """
        number = clean(text or "")
        if re.fullmatch(NOT_GIVEN, number):
            return NikDefect.EMPTY
        if not re.fullmatch(ALL_DIGITS, number):
            return NikDefect.ROUNDED if re.fullmatch(SCIENTIFIC, number) else NikDefect.NOT_DIGITS
        if len(number) != 16:
            return NikDefect.LENGTH
        return cls._defect_of_digits(number)

    @classmethod
    def _defect_of_digits(cls, number: str) -> NikDefect | None:
        if number == number[0] * 16:
            return NikDefect.PLACEHOLDER
        if number[0] == "0":
            return NikDefect.TEMPORARY
        if int(number[:2]) not in PROVINCE_PREFIXES:
            return NikDefect.PROVINCE
        if number[2:4] == "00" or number[4:6] == "00":
            return NikDefect.AREA
        if not _date_exists(number[6:12], offset=cls._day_offset):
            return NikDefect.DATE
        return NikDefect.SERIAL if number[12:] == "0000" else None

    @classmethod
    def parse(cls, text: str) -> Self:
        """The number in ``text``, without its separators; raises ``NikError`` or ``KkNumberError``."""
        reason = cls.defect(text)
        if reason:
            raise cls._error(reason=reason)
        return cls(clean(text))

    @property
    def area_prefix(self) -> str:
        """Six digits PPKKCC of the place of first registration, such as '320190'."""
        return self.value[:6]

    @property
    def regency_code(self) -> str:
        """Dotted Kemendagri code of the regency in the prefix, such as '32.01' (perhaps an old one)."""
        return f"{self.value[:2]}.{self.value[2:4]}"

    @property
    def is_made_up(self) -> bool:
        """True for numbers made for tests and demonstrations (district part 90–99)."""
        return int(self.value[4:6]) in MADE_UP_DISTRICTS

    @property
    def serial(self) -> int:
        return int(self.value[12:])

    @property
    def masked(self) -> str:
        """'3201********0001': what a screen may show."""
        return mask_number(self.value)

    def __int__(self) -> int:
        return int(self.value)

    def __str__(self) -> str:
        return self.value

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.masked!r})"


@dataclass(frozen=True, order=True, slots=True, repr=False)
class Nik(_RegistrationNumber):
    """A well-formed NIK."""

    _day_offset: ClassVar[int] = FEMALE_DAY_OFFSET

    @property
    def sex(self) -> int:
        """1 man (L), 2 woman (P), as the questionnaires code it."""
        return 2 if int(self.value[6:8]) > FEMALE_DAY_OFFSET else 1

    def birth_date(self, context: date) -> date:
        """The birth date, in the latest century that is not after ``context`` (the day of the record).

        A person of a hundred years or more therefore reads as a child: compare with the stated
        birth date. Raises ``NikError`` (DATE) for 29 February where no such year precedes.
        """
        found = _date_in(self.value[6:12], context=context, offset=FEMALE_DAY_OFFSET)
        if found is None:
            raise NikError(reason=NikDefect.DATE)
        return found

    def agrees_with(self, *, birth_date: date | None = None, sex: int | None = None) -> bool:
        """False when the number says another birth date (century aside) or sex; unknowns agree."""
        if sex is not None and sex != self.sex:
            return False
        if birth_date is None:
            return True
        day = birth_date.day + (FEMALE_DAY_OFFSET if self.sex == 2 else 0)
        return self.value[6:12] == f"{day:02d}{birth_date.month:02d}{birth_date.year % 100:02d}"

    @classmethod
    def compose(cls, *, area_prefix: str, birth_date: date, sex: int, serial: int) -> Self:
        """The NIK of these parts: six digits of area, sex 1 or 2, serial 1–9999."""
        day = birth_date.day + (FEMALE_DAY_OFFSET if sex == 2 else 0)
        return cls.parse(f"{area_prefix}{day:02d}{birth_date:%m%y}{serial:04d}")


@dataclass(frozen=True, order=True, slots=True, repr=False)
class KkNumber(_RegistrationNumber):
    """A well-formed family card number."""

    _error: ClassVar[type[NikError]] = KkNumberError

    def issued_on(self, context: date) -> date:
        """The day of issue, in the latest century not after ``context``; raises ``KkNumberError``."""
        found = _date_in(self.value[6:12], context=context, offset=0)
        if found is None:
            raise KkNumberError(reason=NikDefect.DATE)
        return found

    @classmethod
    def compose(cls, *, area_prefix: str, issued_on: date, serial: int) -> Self:
        """The KK number of these parts: six digits of area, serial 1–9999."""
        return cls.parse(f"{area_prefix}{issued_on:%d%m%y}{serial:04d}")
