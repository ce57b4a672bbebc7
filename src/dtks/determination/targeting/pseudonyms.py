"""Keyed pseudonyms: 63-bit ids for families, people and households, 63-bit tokens for NIK and KK.

A snapshot is copied, kept and computed on by more people than the registry, so it carries no
number that anybody could look up. Each pseudonym is the first half of one AES-256 block of the
record's 16 bytes (a UUID, or the 16 digits of a NIK or KK number), less its sign bit: a keyed
pseudo-random function of the input, a million of them in a few hundredths of a second. Each
purpose has its own key, derived from the installation's one snapshot key; so a family's id tells
nothing about its household's id, though both may come from the same UUID.

With 285 million people the chance that any two share an id is under one in two hundred; the
snapshot checks and refuses. Two different NIK that share a token are sent to verification as a
duplicate, where a person sees that they differ.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import uuid
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

Purpose = Literal["family", "person", "household", "nik", "kk"]
KEY_BYTES = 32
_LOW_63_BITS = np.int64(0x7FFF_FFFF_FFFF_FFFF)


class Pseudonyms:
    """The keyed functions of one installation. `master` is 32 secret bytes."""

    def __init__(self, master: bytes) -> None:
        if len(master) != KEY_BYTES:
            raise ValueError(f"a snapshot key has {KEY_BYTES} bytes, not {len(master)}")
        self._master = master

    @classmethod
    def of_installation(cls, *, home: Path) -> Pseudonyms:
        """The pseudonyms under `home/keys/snapshot.key`; the key is made on first use (mode 0600)."""
        path = home / "keys" / "snapshot.key"
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            # O_EXCL: two first runs at once must not end up with two keys.
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return cls(bytes.fromhex(path.read_text(encoding="ascii").strip()))
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            master = secrets.token_bytes(KEY_BYTES)
            file.write(master.hex())
        return cls(master)

    def of_uuid(self, purpose: Purpose, value: uuid.UUID | str) -> int:
        """The id of one record, e.g. to find a registry family in a snapshot."""
        value = value if isinstance(value, uuid.UUID) else uuid.UUID(value)
        return int(self._blocks(purpose, value.bytes)[0])

    def of_uuids(self, purpose: Purpose, values: pl.Series) -> pl.Series:
        """Int64 ids for a series of UUIDs written as text (with or without hyphens); null stays null."""
        blocks = values.str.replace_all("-", "", literal=True).str.decode("hex")
        return self._series(purpose, blocks)

    def of_numbers(self, purpose: Purpose, values: pl.Series) -> pl.Series:
        """Int64 tokens for 16-digit numbers. Null, or anything that is not 16 digits, gives null:
        a temporary number identifies nobody and cannot be anybody's duplicate."""
        digits = values.str.strip_chars()
        valid = pl.select(pl.when(digits.str.contains(r"^\d{16}$")).then(digits).otherwise(None)).to_series()
        return self._series(purpose, valid.cast(pl.Binary))

    def _series(self, purpose: Purpose, blocks: pl.Series) -> pl.Series:
        present = blocks.is_not_null()
        ids = self._blocks(purpose, b"".join(blocks.drop_nulls().to_list()))
        out = np.zeros(len(blocks), dtype=np.int64)
        out[present.to_numpy()] = ids
        return pl.select(pl.when(present).then(pl.Series(out)).otherwise(None)).to_series()

    def _blocks(self, purpose: Purpose, plain: bytes) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        if len(plain) % 16:
            raise ValueError("every record must be 16 bytes")
        key = hashlib.blake2b(
            purpose.encode(), key=self._master, digest_size=32, person=b"dtks-snapshot"
        ).digest()
        # One block per record and never a message: the usual reason against ECB (equal blocks
        # show) is here the purpose, since equal numbers must give equal tokens.
        encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305 - see above
        ciphered = encryptor.update(plain) + encryptor.finalize()
        return np.frombuffer(ciphered, dtype="<i8")[::2] & _LOW_63_BITS
