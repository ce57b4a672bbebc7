"""Money: whole rupiah, as benefit amounts and payments are decreed. Never a float."""

import re
from dataclasses import dataclass
from typing import Self

from dtks.foundation.kernel.errors import DtksError

_SIGN_AND_CURRENCY = re.compile(
    r"(?P<minus>-?)\s*(?:Rp\.?|IDR)?\s*(?P<minus2>-?)\s*(?P<number>.+)", re.IGNORECASE
)
# 1.200.000  1.200.000,00  1.200.000,-  1200000  1200000,00 (Indonesian)
_INDONESIAN = re.compile(r"(?P<whole>[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)(?:,(?P<sen>[0-9]{1,2}|-))?")
# 1,200,000  1,200,000.00 (English: only where two groups or the point leave no doubt)
_ENGLISH = re.compile(
    r"(?P<whole>[0-9]{1,3}(?:,[0-9]{3}){2,}|[0-9]{1,3}(?:,[0-9]{3})+(?=\.)|[0-9]+(?=\.))(?:\.(?P<sen>[0-9]{1,2}))?"
)


class RupiahError(DtksError):
    """A text that is not one whole amount of rupiah."""

    code = "DTKS-RUPIAH-001"
    message_id = "Bukan jumlah rupiah yang bulat dan jelas: {given}. Tulis seperti Rp1.200.000."
    message_en = "Not a clear whole amount of rupiah: {given}. Write it like Rp1.200.000."


@dataclass(frozen=True, order=True, slots=True)
class Rupiah:
    """An amount of whole rupiah; may be negative (a correction)."""

    amount: int

    def __post_init__(self) -> None:
        if isinstance(self.amount, bool) or not isinstance(self.amount, int):
            raise RupiahError(given=repr(self.amount))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads 'Rp1.200.000', 'Rp 225.000,00', '600000', '1,200,000'.

        Raises ``RupiahError`` for sen that are not zero and for what could be read in two ways
        ('1,200' is 1.2 in Indonesian and 1200 in English).
        """
        outer = _SIGN_AND_CURRENCY.fullmatch(text.strip())
        number = outer["number"].strip() if outer else ""
        found = _INDONESIAN.fullmatch(number) or _ENGLISH.fullmatch(number)
        if outer is None or found is None or (found["sen"] or "0").strip("0-"):
            raise RupiahError(given=text)
        amount = int(re.sub("[.,]", "", found["whole"]))
        return cls(-amount if bool(outer["minus"]) != bool(outer["minus2"]) else amount)

    def format(self) -> str:
        """'Rp1.200.000', '-Rp50.000': as the Indonesian spelling rules (EYD V) write it."""
        return f"{'-' if self.amount < 0 else ''}Rp{abs(self.amount):,}".replace(",", ".")

    def split(self, parts: int) -> list["Rupiah"]:
        """``parts`` amounts that differ by one rupiah at most and sum to this one, larger ones first."""
        share, rest = divmod(self.amount, parts)
        return [Rupiah(share + (1 if i < rest else 0)) for i in range(parts)]

    def __add__(self, other: "Rupiah") -> "Rupiah":
        return Rupiah(self.amount + other.amount) if isinstance(other, Rupiah) else NotImplemented

    def __radd__(self, other: object) -> "Rupiah":
        # sum() begins with the int 0.
        return self if other == 0 and isinstance(other, int) else NotImplemented

    def __sub__(self, other: "Rupiah") -> "Rupiah":
        return Rupiah(self.amount - other.amount) if isinstance(other, Rupiah) else NotImplemented

    def __neg__(self) -> "Rupiah":
        return Rupiah(-self.amount)

    def __mul__(self, times: int) -> "Rupiah":
        return Rupiah(self.amount * times) if isinstance(times, int) else NotImplemented

    __rmul__ = __mul__

    def __bool__(self) -> bool:
        return self.amount != 0

    def __int__(self) -> int:
        return self.amount

    def __str__(self) -> str:
        return self.format()
