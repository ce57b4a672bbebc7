"""Chance without state: every draw is a hash of who it is for and which draw it is.

So any family can be made again alone, by any process, in any order, with the same result.
The mixer is the finaliser of SplitMix64 (Steele, Lea, Flood 2014); on numpy arrays and on plain
numbers it gives the same values.
"""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
MASK = (1 << 64) - 1
_STEP, _FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
BITS = 30
"""Of each half of a hash, the bits that a stream of draws uses."""


def stream_key(seed: int, name: str) -> int:
    """The number that tells one stream of draws from all others of the same seed."""
    digest = hashlib.blake2b(f"{seed}/{name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def mix(value: int) -> int:
    """One scrambled 64-bit number: a bijection of 0 … 2⁶⁴−1."""
    value = (value + _STEP) & MASK
    value = ((value ^ (value >> 30)) * _FIRST) & MASK
    value = ((value ^ (value >> 27)) * _SECOND) & MASK
    return value ^ (value >> 31)


def mix_all(values: Keys) -> Keys:
    """`mix` of every element."""
    mixed = values + np.uint64(_STEP)
    mixed ^= mixed >> np.uint64(30)
    mixed *= np.uint64(_FIRST)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(_SECOND)
    mixed ^= mixed >> np.uint64(31)
    return mixed


def keys_of(ids: npt.NDArray[np.integer], stream: int) -> Keys:
    """One key per id in a stream; the n-th hash of a key is `mix(key + n·odd)`."""
    return mix_all(ids.astype(np.uint64) ^ np.uint64(stream))


def hash_number(key: int, number: int) -> int:
    """The `number`-th hash of one key."""
    return mix((key + number * _STEP) & MASK)


def hash_numbers(keys: Keys, number: int) -> Keys:
    """The `number`-th hash of every key."""
    return mix_all(keys + np.uint64((number * _STEP) & MASK))
