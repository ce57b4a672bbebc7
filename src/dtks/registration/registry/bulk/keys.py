"""New keys for whole columns: UUID version 7 (RFC 9562, method 1: a counter after the time)."""

from __future__ import annotations

import secrets
import time

import numpy as np
import polars as pl

_COUNTER_BITS = 32
_LOW_COUNTER_BITS = 20
_RANDOM_BITS = 42


def new_keys(count: int) -> pl.Series:
    """``count`` new keys in rising order, as 32 hexadecimal digits each.

    48 bits of time, a counter of 32 bits that starts anywhere in its lower half, 42 random bits.
    """
    counter = np.arange(count, dtype=np.uint64) + np.uint64(secrets.randbits(_COUNTER_BITS - 1))
    generator = np.random.default_rng(secrets.randbits(128))
    noise = generator.integers(0, 2**_RANDOM_BITS, size=count, dtype=np.uint64)
    milliseconds = np.uint64(time.time_ns() // 1_000_000)
    high = (milliseconds << np.uint64(16)) | np.uint64(0x7000) | (counter >> np.uint64(_LOW_COUNTER_BITS))
    low_counter = counter & np.uint64(2**_LOW_COUNTER_BITS - 1)
    low = np.uint64(1 << 63) | (low_counter << np.uint64(_RANDOM_BITS)) | noise
    digits = np.stack([high, low], axis=1).astype(">u8").tobytes().hex()
    return pl.Series([digits[start : start + 32] for start in range(0, 32 * count, 32)], dtype=pl.String)
