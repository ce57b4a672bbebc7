"""Blind indexes: 16 bytes by which equal values are found without being readable.

One byte for the number of the index key, 15 of keyed BLAKE2b over the normalised value; the kind of value is
the hash's personalisation, so that a NIK and a KK number with the same digits have different indexes.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable
from types import MappingProxyType

from dtks.foundation.vault.errors import NothingToIndex
from dtks.foundation.vault.ring import KeyRing

INDEX_BYTES = 16
HASH_BYTES = INDEX_BYTES - 1
NOT_ALNUM = r"[^0-9A-Za-z]+"
NOT_DIGIT = r"[^0-9]+"
BLANKS = " \t\r\n"


def _number(value: str) -> str:
    return re.sub(NOT_ALNUM, "", value).upper()


def _phone(value: str) -> str:
    """'0812…', '812…' (as spreadsheets leave it), '62812…', '0062812…' and '+62 (0)812…' → '+62812…'; '+1…'
    stays."""
    digits = re.sub(NOT_DIGIT, "", value)
    if not digits:
        return ""
    if digits.startswith("00"):
        digits = digits[2:]
    elif not digits.startswith("62") and not value.strip(BLANKS).startswith("+"):
        digits = "62" + digits.removeprefix("0")
    # Who writes the country's number often leaves the 0 for calls at home behind it.
    return "+62" + digits[3:] if digits.startswith("620") else "+" + digits


def _email(value: str) -> str:
    return value.strip(BLANKS).lower()


def _as_is(value: str) -> str:
    return value


KINDS = MappingProxyType[str, Callable[[str], str]](
    {
        "nik": _number,
        "kk": _number,
        "account": _number,
        "phone": _phone,
        "email": _email,
        "match_key": _as_is,
    }
)
"""Kind → how its values are written before they are hashed (`columns` has the same as expressions)."""


def blind_index(value: str, *, kind: str, ring: KeyRing, key_id: int | None = None) -> bytes:
    """The index of a value under the active index key, or the one named.

    Raises:
        NothingToIndex: nothing is left of the value. KeyMissing: no such index key.
        KeyError: the kind is not in `KINDS` (a programming error).
    """
    text = KINDS[kind](value)
    if not text:
        raise NothingToIndex()
    number, key = ring.index_key(key_id)
    hashed = hashlib.blake2b(
        text.encode("utf-8"), digest_size=HASH_BYTES, key=key, person=kind.encode("ascii")
    )
    return bytes((number,)) + hashed.digest()


def index_candidates(value: str, *, kind: str, ring: KeyRing) -> list[uuid.UUID]:
    """The value's index under every index key of the ring: what a look-up compares with while index keys
    are being exchanged. Empty when nothing is left of the value, so that it finds nothing."""
    if not KINDS[kind](value):
        return []
    return [
        uuid.UUID(bytes=blind_index(value, kind=kind, ring=ring, key_id=number))
        for number in sorted(ring.index_keys)
    ]
