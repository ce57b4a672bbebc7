"""The key ring: data keys and blind-index keys by number, and who keeps their bytes.

A key's number is the first byte of all that was made with it, so keys can be exchanged while data of
several of them lie side by side.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from dtks.foundation.vault.errors import KeyMissing

DATA_KEY_BYTES = 64  # AES-256-SIV: one half for S2V, one for CTR
INDEX_KEY_BYTES = 32
LARGEST_KEY_ID = 255
FINGERPRINT_BYTES = 8


class KeySource(Protocol):
    """Who keeps the bytes of keys. `name` is written beside each key, so that its keeper is found again."""

    @property
    def name(self) -> str:
        """'file', or the service and its key."""

    def wrap(self, key: bytes) -> str:
        """The text to write into the ring's file for a new key."""

    def unwrap(self, wrapped: str) -> bytes:
        """The key of such a text. Raises ValueError when the text is none."""


class FileSource:
    """Keys lie in the ring's file as they are; the file's mode protects them."""

    name = "file"

    def wrap(self, key: bytes) -> str:
        return base64.b64encode(key).decode("ascii")

    def unwrap(self, wrapped: str) -> bytes:
        return base64.b64decode(wrapped, validate=True)


@dataclass(frozen=True, repr=False)
class KeyRing:
    """Data keys (64 bytes) and index keys (32 bytes) by number 1–255, and the number that new values get.

    Its text form shows numbers only: a ring in a log or a traceback gives no key away.
    """

    data_keys: Mapping[int, bytes]
    active: int
    index_keys: Mapping[int, bytes]
    active_index: int
    _ciphers: dict[int, AESSIV] = field(default_factory=dict, init=False, compare=False)

    def __repr__(self) -> str:
        return (
            f"KeyRing(data={sorted(self.data_keys)}, active={self.active}, "
            f"index={sorted(self.index_keys)}, active_index={self.active_index})"
        )

    def cipher(self, key_id: int) -> AESSIV:
        """The cipher of a data key.

        Raises:
            KeyMissing: the ring has no such key.
        """
        found = self._ciphers.get(key_id)
        if found is None:
            if key_id not in self.data_keys:
                raise KeyMissing(key_id=key_id)
            found = self._ciphers[key_id] = AESSIV(self.data_keys[key_id])
        return found

    def index_key(self, key_id: int | None = None) -> tuple[int, bytes]:
        """Number and bytes of an index key; without a number, of the active one.

        Raises:
            KeyMissing: the ring has no such key.
        """
        number = self.active_index if key_id is None else key_id
        if number not in self.index_keys:
            raise KeyMissing(key_id=number)
        return number, self.index_keys[number]


def fingerprint(key: bytes) -> str:
    """16 hex digits by which a key is recognised without being shown."""
    return hashlib.blake2b(digest_size=FINGERPRINT_BYTES, key=key, person=b"dtks-fingerprint").hexdigest()
