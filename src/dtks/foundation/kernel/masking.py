"""What a screen may show of a personal value to those who need only recognise it."""

import re

_SHORTEST_NUMBER = 13
_GROUPED_NUMBER = re.compile(r"\d(?:[^\w]*\d){8,}")
_LONG_NUMBER = re.compile(rf"\d{{{_SHORTEST_NUMBER},}}")
STARS = "****"


def mask_number(number: str) -> str:
    """A NIK or KK number, '3201********0001': the first and the last four; all stars when shorter than 13."""
    return _ends(number, 4, 4, shortest=_SHORTEST_NUMBER)


def mask_phone(phone: str) -> str:
    """'0812******34': the first four and the last two; all stars when shorter than nine."""
    return _ends(phone, 4, 2, shortest=9)


def mask_account(number: str) -> str:
    """A tax or account number, '***********3000': the last four; all stars when shorter than eight."""
    return _ends(number, 0, 4, shortest=8)


def mask_email(address: str) -> str:
    """'s****@desa.id': the first sign and the domain; all stars when there is no domain."""
    name, at, domain = address.rpartition("@")
    return f"{name[:1]}{STARS}@{domain}" if name and at and domain else STARS


def mask_name(name: str) -> str:
    """'S*** A*****': the first letter of each word."""
    return " ".join(word[0] + "*" * (len(word) - 1) for word in name.split())


def mask_numbers_in(text: str) -> str:
    """Any text with each run of thirteen digits or more masked as a NIK is."""
    return _LONG_NUMBER.sub(lambda found: mask_number(found[0]), text)


def _ends(text: str, first: int, last: int, *, shortest: int) -> str:
    if len(text) < shortest:
        return "*" * len(text)
    return text[:first] + "*" * (len(text) - first - last) + text[-last:]


def holds_number(text: str) -> bool:
    """Whether a text holds what may be a person's number: nine digits or more, however they are grouped.

    A date has eight."""
    return bool(_GROUPED_NUMBER.search(text))
