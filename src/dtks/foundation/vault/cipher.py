"""Sealed values: AES-256-SIV (RFC 5297), tied to the place where they are kept.

    bound  key number (1) | SIV (16) | ciphertext             associated data: 'b' label NUL record (16)
    free   key number (1) | nonce (12) | SIV (16) | ciphertext   associated data: 'f' label NUL nonce

Bound values are deterministic for one record, value and key: SQL can compare old and new, while the same
value of two people looks different. Free values are for places without a record's id. Both open only
under the label (and record) that they were sealed with.
"""

from __future__ import annotations

import os
import re

from cryptography.exceptions import InvalidTag

from dtks.foundation.vault.errors import ValueDamaged
from dtks.foundation.vault.ring import KeyRing

RECORD_BYTES = 16
NONCE_BYTES = 12
SIV_BYTES = 16
PACKED_BYTES = 7  # 10**16 < 2**56
_SIXTEEN_DIGITS = re.compile(r"[0-9]{16}")
# No packed number starts with it (10**16 starts with 0x23), so that other text is told apart.
_TEXT_MARK = b"\xff"


def bound_prefix(column: str) -> bytes:
    """Associated data of a bound value, but for the record. Raises ValueError: not a label."""
    return b"b" + _label(column)


def free_prefix(column: str) -> bytes:
    """Associated data of a free value, but for the nonce. Raises ValueError: not a label."""
    return b"f" + _label(column)


def _label(column: str) -> bytes:
    if not column or "\0" in column:
        raise ValueError(f"{column!r} cannot label a sealed column")
    return column.encode("ascii") + b"\0"


def seal(plain: bytes, *, column: str, record: bytes, ring: KeyRing) -> bytes:
    """`plain` sealed for one column and one record (16 bytes, a UUID), under the active key.

    Raises:
        ValueError: the record is not 16 bytes, or the label is empty (programming errors).
    """
    associated = bound_prefix(column) + _record(record)
    return bytes((ring.active,)) + ring.cipher(ring.active).encrypt(plain, [associated])


def unseal(sealed: bytes, *, column: str, record: bytes, ring: KeyRing) -> bytes:
    """What `seal` was given.

    Raises:
        KeyMissing: its key is not in the ring. ValueDamaged: altered, or of another column or record.
    """
    return _open(sealed, 1, bound_prefix(column) + _record(record), column, ring)


def seal_free(plain: bytes, *, column: str, ring: KeyRing) -> bytes:
    """`plain` sealed for one column, different each time, under the active key."""
    nonce = os.urandom(NONCE_BYTES)
    sealed = ring.cipher(ring.active).encrypt(plain, [free_prefix(column) + nonce])
    return bytes((ring.active,)) + nonce + sealed


def unseal_free(sealed: bytes, *, column: str, ring: KeyRing) -> bytes:
    """What `seal_free` was given.

    Raises:
        KeyMissing: its key is not in the ring. ValueDamaged: altered, or of another column.
    """
    start = 1 + NONCE_BYTES
    return _open(sealed, start, free_prefix(column) + bytes(sealed[1:start]), column, ring)


def key_id(sealed: bytes) -> int:
    """The number of the key that a sealed value (or a blind index) was made with."""
    return sealed[0]


def _record(record: bytes) -> bytes:
    if len(record) != RECORD_BYTES:
        raise ValueError("a record's id is 16 bytes")
    return record


def _open(sealed: bytes, start: int, associated: bytes, column: str, ring: KeyRing) -> bytes:
    if len(sealed) < start + SIV_BYTES:  # also nothing at all
        raise ValueDamaged(column=column)
    try:
        return ring.cipher(sealed[0]).decrypt(bytes(sealed[start:]), [associated])
    except InvalidTag:
        raise ValueDamaged(column=column) from None


def pack_digits(text: str) -> bytes:
    """16 digits in 7 bytes; any other text as UTF-8 behind a mark. `unpack_digits` gives it back."""
    if _SIXTEEN_DIGITS.fullmatch(text):
        return int(text).to_bytes(PACKED_BYTES, "big")
    return _TEXT_MARK + text.encode("utf-8")


def unpack_digits(packed: bytes) -> str:
    """The text of `pack_digits`."""
    if packed[:1] == _TEXT_MARK:
        return packed[1:].decode("utf-8")
    return f"{int.from_bytes(packed, 'big'):016d}"
