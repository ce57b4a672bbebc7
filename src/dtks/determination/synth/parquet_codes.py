"""Parquet pages straight from small whole numbers: the fast half of writing a made-up population.

Almost every column of a population is a code of a short list. A general writer hashes each value to
find its place in a dictionary and packs bits one by one: 25 to 40 ns a value, several times what it
costs to make the value. Here the code *is* the place in the dictionary, and whole arrays are packed
at once: 4 to 6 ns (`benchmarks/synth.py` measures both). A row group becomes bytes that do not depend
on where they come to lie, so any process can make any row group and one writer puts them in order.

Only what such a population needs: flat schema, optional columns, one data page per column and row
group, zstd. Format: Apache Parquet 2 (parquet-format, `Encodings.md`, `parquet.thrift`). Read back
and compared with pyarrow, Polars and DuckDB in `tests/contract/test_synth_parquet.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dtks.determination.synth.thrift_compact import data_page_header, dictionary_page_header, varint

Kind = Literal["int8", "int16", "int32", "int64", "double", "date", "bool", "text"]
Array = npt.NDArray[np.generic]
Ints = npt.NDArray[np.signedinteger]

PHYSICAL = {"bool": 0, "int8": 1, "int16": 1, "int32": 1, "date": 1, "int64": 2, "double": 5, "text": 6}
PLAIN, RLE, DELTA_LENGTH, RLE_DICTIONARY = 0, 3, 6, 8
ZSTD, UNCOMPRESSED = 6, 0
_DTYPES = {1: "<i4", 2: "<i8", 5: "<f8"}
_zstd = pa.Codec("zstd", compression_level=1)


@dataclass(frozen=True, slots=True)
class Page:
    """One column of one row group as bytes, and what the footer says of it."""

    body: bytes
    dictionary_size: int
    encodings: tuple[int, ...]
    codec: int
    values: int
    raw_size: int
    nulls: int
    low: bytes | None
    high: bytes | None


def from_codes(
    places: Ints, dictionary: npt.NDArray[np.number] | None = None, *, kind: Kind = "int16"
) -> Page:
    """A column of places in `dictionary`; −1 is null. Without a dictionary, the places are the values.

    `places` may be of any whole-number type; the dictionary may hold entries that do not occur.
    """
    valid = places >= 0
    present, nulls = _present(places, valid)
    low, high = (int(present.min()), int(present.max())) if len(present) else (0, 0)
    width = 1 if high < 2 else 2 if high < 4 else 4 if high < 16 else 8 if high < 256 else 16
    body = _levels(valid, nulls) + bytes([width]) + _packed(present, width)
    if dictionary is None:
        head = _count_up(high + 1, kind)
        bounds = (_number(low, kind), _number(high, kind))
    else:
        typed = dictionary[: high + 1].astype(_DTYPES[PHYSICAL[kind]])
        head = _framed_dictionary(len(typed), typed.tobytes())
        used = typed[low:]
        bounds = (used.min().tobytes(), used.max().tobytes())
    return _page(body, RLE_DICTIONARY, len(places), nulls, bounds if len(present) else None, head=head)


def from_words(places: Ints, dictionary: bytes, words: int) -> Page:
    """A text column of places among `words` words, given as `word_page` made them; −1 is null."""
    valid = places >= 0
    present, nulls = _present(places, valid)
    width = 8 if words <= 1 << 8 else 16
    body = _levels(valid, nulls) + bytes([width]) + _packed(present, width)
    return _page(body, RLE_DICTIONARY, len(places), nulls, None, head=_framed_dictionary(words, dictionary))


def word_page(words: list[str]) -> bytes:
    """The plain encoding of a list of words: each with its length in front."""
    encoded = [word.encode() for word in words]
    return b"".join(len(word).to_bytes(4, "little") + word for word in encoded)


def from_numbers(
    values: npt.NDArray[np.number],
    valid: npt.NDArray[np.bool_] | None = None,
    *,
    kind: Kind,
    compress: bool = True,
) -> Page:
    """A column as it is, for numbers that seldom repeat; `compress=False` for those that look random."""
    everywhere = np.ones(len(values), dtype=bool) if valid is None else valid
    nulls = len(values) - int(np.count_nonzero(everywhere))
    present = values if nulls == 0 else np.compress(everywhere, values)
    typed = present.astype(_DTYPES[PHYSICAL[kind]], copy=False)
    bounds = (typed.min().tobytes(), typed.max().tobytes()) if len(typed) else None
    body = _levels(everywhere, nulls) + typed.tobytes()
    return _page(body, PLAIN, len(values), nulls, bounds, compress=compress)


def from_flags(values: npt.NDArray[np.bool_]) -> Page:
    """A column of yes and no without nulls."""
    body = _levels(values, 0) + np.packbits(values, bitorder="little").tobytes()
    return _page(body, PLAIN, len(values), 0, None)


def from_digits(digits: npt.NDArray[np.uint8], valid: npt.NDArray[np.bool_]) -> Page:
    """A text column of numbers of one length: an array of one row of ASCII digits each."""
    nulls = len(digits) - int(np.count_nonzero(valid))
    present = digits if nulls == 0 else digits[valid]
    rows = np.empty((len(present), digits.shape[1] + 4), dtype=np.uint8)
    rows[:, :4] = np.frombuffer(digits.shape[1].to_bytes(4, "little"), dtype=np.uint8)
    rows[:, 4:] = present
    return _page(_levels(valid, nulls) + rows.tobytes(), PLAIN, len(digits), nulls, None)


def from_text(lengths: npt.NDArray[np.int32], data: npt.NDArray[np.uint8]) -> Page:
    """A text column without nulls: the lengths (each under 128 bytes), then all the texts in a row
    (DELTA_LENGTH_BYTE_ARRAY)."""
    body = _levels(np.ones(len(lengths), dtype=bool), 0) + _lengths(lengths) + data.tobytes()
    return _page(body, DELTA_LENGTH, len(lengths), 0, None)


def _present(places: Ints, valid: npt.NDArray[np.bool_]) -> tuple[Ints, int]:
    nulls = len(places) - int(np.count_nonzero(valid))
    return (places if nulls == 0 else np.compress(valid, places)), nulls


def _levels(valid: npt.NDArray[np.bool_], nulls: int) -> bytes:
    """Definition levels: one run when nothing is null, one bit a row otherwise."""
    if nulls == 0:
        levels = varint(len(valid) << 1) + b"\x01"
    else:
        levels = varint(((len(valid) + 7) // 8 << 1) | 1) + np.packbits(valid, bitorder="little").tobytes()
    return len(levels).to_bytes(4, "little") + levels


def _packed(places: Ints, width: int) -> bytes:
    """Places in `width` bits each, least significant first, as one bit-packed run."""
    groups = (len(places) + 7) // 8
    padded = np.zeros(groups * 8, dtype=np.uint16 if width == 16 else np.uint8)
    padded[: len(places)] = places
    return varint((groups << 1) | 1) + _squeezed(padded, width).tobytes()


def _squeezed(padded: Array, width: int) -> Array:
    if width == 1:
        return np.packbits(padded.astype(bool), bitorder="little")
    if width == 2:
        four = padded.view("<u4")
        four = four | (four >> 6)
        return ((four & 0x0F) | ((four >> 12) & 0xF0)).astype(np.uint8)
    if width == 4:
        two = padded.view("<u2")
        return ((two | (two >> 4)) & 0xFF).astype(np.uint8)
    return padded


def _lengths(lengths: Ints) -> bytes:
    """DELTA_BINARY_PACKED for lengths under 128: every difference stored in 8 bits above −128."""
    header = (
        varint(128) + varint(4) + varint(len(lengths)) + varint(int(lengths[0]) << 1 if len(lengths) else 0)
    )
    if len(lengths) < 2:
        return header
    deltas = np.zeros(-(-(len(lengths) - 1) // 128) * 128, dtype=np.uint8)
    deltas[: len(lengths) - 1] = np.diff(lengths) + 128
    blocks = deltas.reshape(-1, 128)
    lead = np.frombuffer(varint(128 * 2 - 1) + bytes([8] * 4), dtype=np.uint8)  # zigzag(−128), 4 widths
    whole = np.hstack([np.broadcast_to(lead, (len(blocks), len(lead))), blocks]).tobytes()
    unneeded = (len(deltas) - (len(lengths) - 1)) // 32 * 32  # miniblocks of 32 without a value are left out
    return header + whole[: len(whole) - unneeded]


def _page(
    body: bytes,
    encoding: int,
    values: int,
    nulls: int,
    bounds: tuple[bytes, bytes] | None,
    *,
    head: tuple[bytes, int] = (b"", 0),
    compress: bool = True,
) -> Page:
    stored = _zstd.compress(body, asbytes=True) if compress else body
    header = data_page_header(len(body), len(stored), values, encoding)
    low, high = bounds or (None, None)
    return Page(
        body=head[0] + header + stored,
        dictionary_size=len(head[0]),
        encodings=(PLAIN, RLE) if encoding == PLAIN else (PLAIN, RLE, encoding),
        codec=ZSTD if compress else UNCOMPRESSED,
        values=values,
        raw_size=head[1] + len(header) + len(body),
        nulls=nulls,
        low=low,
        high=high,
    )


@lru_cache(maxsize=4096)
def _count_up(entries: int, kind: Kind) -> tuple[bytes, int]:
    """The dictionary page 0, 1, 2 …, which most columns have."""
    return _framed_dictionary(entries, np.arange(entries, dtype=_DTYPES[PHYSICAL[kind]]).tobytes())


def _framed_dictionary(entries: int, plain: bytes) -> tuple[bytes, int]:
    stored = _zstd.compress(plain, asbytes=True)
    header = dictionary_page_header(len(plain), len(stored), entries)
    return header + stored, len(header) + len(plain)


@lru_cache(maxsize=4096)
def _number(value: int, kind: Kind) -> bytes:
    return np.array(value, dtype=_DTYPES[PHYSICAL[kind]]).tobytes()
