"""How a value of the register reads on a page, in either language. Pure but for the dictionary."""

from __future__ import annotations

from datetime import date

from dtks.delivery.workspace import masking
from dtks.foundation.ui import formatting
from dtks.registration.registry.dictionary import Variable

# Up to here a number is read as it is: a year, a house number, minutes.
LARGEST_PLAIN_NUMBER = 9999
NOT_IN_SUM = 99
PLACES_OF_A_COORDINATE = 6


def label(variable: Variable, *, language: str) -> str:
    """The variable's label in the reader's language."""
    return variable.label_en if language == "en" else variable.label_id


def codes(variable: Variable, *, language: str) -> dict[int, str]:
    """The labels of its codes in the reader's language."""
    return variable.codes_en if language == "en" else variable.codes


def text(variable: Variable, value: object, *, language: str) -> str:
    """The value as an officer reads it; '–' when it is unknown.

    A code shows its label and an unknown code itself; a sum of codes its parts; numbers of people are masked.
    """
    if value is None or value == "":
        return formatting.UNKNOWN
    if isinstance(value, date):
        return formatting.long_date(value, language=language)
    if isinstance(value, str):
        return masking.masked(variable.name, value)
    if isinstance(value, int) and variable.kind in ("code", "flags"):
        labels = codes(variable, language=language)
        return labels.get(value, str(value)) if variable.kind == "code" else _parts(labels, value, language)
    return _number(variable, value, language) if isinstance(value, (int, float)) else str(value)


def _parts(labels: dict[int, str], value: int, language: str) -> str:
    if value == NOT_IN_SUM and value in labels:
        return labels[value]
    if value == 0:
        return labels.get(0) or ("tidak ada" if language == "id" else "none")
    found = [text for code, text in sorted(labels.items()) if 0 < code != NOT_IN_SUM and value & code]
    return "; ".join(found) or str(value)


def _number(variable: Variable, value: float, language: str) -> str:
    if variable.kind == "amount":
        return formatting.rupiah(int(value), language=language)
    if variable.name.endswith("_month") and 1 <= value <= len(formatting.MONTHS[language]):
        return formatting.MONTHS[language][int(value) - 1]
    if variable.kind == "measure":
        decimals = PLACES_OF_A_COORDINATE if variable.name in ("lat", "lon") else 1
        return formatting.number(value, decimals=decimals, language=language)
    return str(value) if abs(value) <= LARGEST_PLAIN_NUMBER else formatting.number(value, language=language)
