"""Passwords that stand in a list of breached ones, which the operator keeps as a file on this machine.

The file is that of Pwned Passwords (haveibeenpwned.com, free of conditions): a line for each password, its
SHA-1 in hexadecimal digits, a colon and a count, ordered by the hash. It is searched where it lies, by
halving: some thirty short reads of a file of forty gigabytes, nothing in memory, and no call to anybody.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, BinaryIO

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.utils.translation import gettext as _

HEX_DIGITS = 40
LONGEST_LINE = 80


class BreachedPasswordValidator:
    """Refuses what the file lists; without a file (``path`` empty) it refuses nothing."""

    def __init__(self, path: str = "") -> None:
        self.path = Path(path).expanduser() if path else None

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError, and ImproperlyConfigured when the file cannot be read or is no such list:
        a check that was asked for is never left out in silence."""
        if self.path is None:
            return
        try:
            with self.path.open("rb") as file:
                found = listed(file, password)
        except (OSError, ValueError) as problem:
            raise ImproperlyConfigured(
                f"DTKS_BREACHED_PASSWORDS: {self.path} tidak terbaca atau bukan daftar SHA-1 yang urut · "
                "cannot be read or is no ordered list of SHA-1"
            ) from problem
        if found:
            text = _("Kata sandi ini pernah bocor di situs lain, jadi mudah ditebak. Buat yang lain.")
            raise ValidationError(text, code="breached")

    def get_help_text(self) -> str:
        return _("Jangan memakai kata sandi yang pernah bocor.") if self.path else ""


def listed(file: BinaryIO, password: str) -> bool:
    """Whether the ordered file has the password's hash. Raises ValueError on a line that is none of it."""
    # How the list names a password; nothing is kept or protected by it.
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
    low, high = 0, file.seek(0, 2)
    # The first line that begins at `low` or later is not after the wanted one; that from `high` on is.
    while low < high:
        middle = (low + high) // 2
        line = _line_from(file, middle)
        if not line or line > wanted:
            high = middle
        elif line == wanted:
            return True
        else:
            low = middle + 1
    return False


def _line_from(file: BinaryIO, place: int) -> str:
    """The hash of the first line that begins at ``place`` or later; '' after the last."""
    if place:
        file.seek(place - 1)
        file.readline(LONGEST_LINE)  # to the end of the line before
    else:
        file.seek(0)
    line = file.readline(LONGEST_LINE)
    if not line.strip():
        return ""
    found = line[:HEX_DIGITS].decode("ascii").upper()
    if len(found) != HEX_DIGITS or line[HEX_DIGITS : HEX_DIGITS + 1] not in (b":", b"\n", b"\r", b""):
        raise ValueError("no line of the list")
    int(found, 16)
    return found
