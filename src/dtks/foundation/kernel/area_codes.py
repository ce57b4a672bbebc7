"""Codes of areas and their numbers: what needs neither a table nor a framework.

A Kemendagri code is ``PP.KK.CC.DDDD`` or its first parts. As an integer it is written without dots
(32.01 is 3201). Where areas of all levels are ordered or searched by range, its *number* is used: the
integer filled up with zeros to ten digits, so that everything inside an area is one range of numbers.
"""

import re

from dtks.foundation.kernel.errors import DtksError

_CODE = re.compile(r"[0-9]{2}(?:\.[0-9]{2}(?:\.[0-9]{2}(?:\.[0-9]{4})?)?)?")
_DIGITS = 10


class AreaCodeError(DtksError):
    """A text that is no Kemendagri code."""

    code = "DTKS-AREA-001"
    message_id = "Bukan kode wilayah: {given}. Tulis seperti 32.01.01.2001 (atau bagian depannya)."
    message_en = "Not an area code: {given}. Write it like 32.01.01.2001 (or its first parts)."


def check_code(code: str) -> str:
    """The code itself; raises ``AreaCodeError`` unless it is dotted and well formed."""
    if not _CODE.fullmatch(code):
        raise AreaCodeError(given=code)
    return code


def to_int(code: str) -> int:
    """'11.01.01.2001' → 1101012001, '11.01' → 1101."""
    return int(check_code(code).replace(".", ""))


def number_of(code: str) -> int:
    """The ten-digit number by which areas are ordered: '32.01' → 3201000000; '' → 0."""
    return span_of(code)[0]


def span_of(code: str) -> tuple[int, int]:
    """Numbers of the area and everything in it: first included, last excluded. '' is the whole country."""
    if not code:
        return 0, 10**_DIGITS
    digits = check_code(code).replace(".", "")
    size: int = 10 ** (_DIGITS - len(digits))
    return int(digits) * size, (int(digits) + 1) * size
