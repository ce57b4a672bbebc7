"""Cells of a worksheet's XML, found by scanning bytes with NumPy instead of parsing tags one by one.

Why: a census workbook of a regency has a million rows of 43 cells. Measured on one core with 50,000 rows
(benchmarks/imports.py --readers): see docs/decisions for the figures. A second reason is exactness: a
parser that turns numbers into floats cannot hold a sixteen-digit NIK above 2^53 (all of Papua, 91–96);
here the digits stay as they were written.

Only the plain form that spreadsheet programs write is understood: `<row …>`, `<c r="A1" …>`, `<v>`,
`<is><t>`. Anything else (a namespace prefix, cells without a reference, rich text inside a cell, CDATA,
comments) raises `NotPlain`, and the caller takes the slower reader for the whole sheet.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]

LT, GT, SLASH, QUOTE, SPACE, ZERO, NINE = (ord(c) for c in '<>/" 09')
PADDING = 64


def _name(two: bytes) -> int:
    return two[0] << 8 | two[1]


# The two bytes after '<' tell the tags apart.
CELL_WITH_ATTRIBUTES, CELL_BARE = _name(b"c "), _name(b"c>")
VALUE, VALUE_WITH_ATTRIBUTES = _name(b"v>"), _name(b"v ")
INLINE, END_INLINE = _name(b"is"), _name(b"/i")
TEXT, TEXT_WITH_ATTRIBUTES, TEXT_EMPTY = _name(b"t>"), _name(b"t "), _name(b"t/")
END_OF_BUFFER = 0
INLINE_LIMIT = 12  # an Arrow string view holds up to 12 bytes in itself


class NotPlain(Exception):
    """The XML is not in the plain form; `reason` is for the log."""


@dataclass(frozen=True)
class Cells:
    """The cells of one stretch of XML that hold something."""

    row: Ints  # the sheet's row number, from 1
    column: Ints  # from 0
    kind: Bytes  # first letter of the type: n, s(hared), t(ext, str or inline), b, e, d
    start: Ints  # the value's bytes in the buffer
    length: Ints


def scan(buffer: bytes) -> Cells:
    """The non-empty cells of `buffer`, which begins and ends between rows.

    Raises:
        NotPlain: see the module.
    """
    if b"<!" in buffer or b"<?" in buffer:
        raise NotPlain("comment, CDATA or instruction")
    # Padded, so that the bytes after any tag can be looked at without asking where the end is.
    data = np.frombuffer(buffer + b"<" + bytes(PADDING), dtype=np.uint8)
    tags = np.flatnonzero(data == LT)
    name = _windows(data, ">u2")[tags + 1].astype(np.uint16)
    cell = np.flatnonzero((name == CELL_WITH_ATTRIBUTES) | (name == CELL_BARE))
    if len(cell) == 0:
        return _nothing()
    where = tags[cell]
    head_end = tags[cell + 1] - 1
    if np.any(data[head_end] != GT):
        raise NotPlain("text between a cell and its value")
    row, column = _references(data, where)
    kind = _kinds(data, head_end, has_others=buffer.count(b' t="'))
    opening = _value_tags(name, cell)
    index = np.flatnonzero(opening > 0)
    value = opening[index]
    start = _after_tag(data, tags[value])
    length = tags[value + 1] - start
    kept = length > 0
    index = index[kept]
    return Cells(row[index], column[index], kind[index], start[kept], length[kept])


def _value_tags(name: npt.NDArray[np.uint16], cell: Ints) -> Ints:
    """For each cell the number of the tag whose text is its value; 0 for an empty cell."""
    name = np.append(name, np.zeros(4, dtype=np.uint16))
    following = name[cell + 1]
    inline = following == INLINE
    plain = (following == VALUE) | (following == VALUE_WITH_ATTRIBUTES)
    empty = (following >> 8 == SLASH) | np.isin(following, (CELL_WITH_ATTRIBUTES, CELL_BARE, END_OF_BUFFER))
    if not np.all(inline | plain | empty):
        raise NotPlain("something else than a value in a cell")
    text = name[cell[inline] + 2]
    if not np.all((text == TEXT) | (text == TEXT_WITH_ATTRIBUTES) | (text == TEXT_EMPTY)):
        raise NotPlain("formatted text in a cell")
    if not np.all(name[cell[inline & (name[cell + 2] != TEXT_EMPTY)] + 4] == END_INLINE):
        raise NotPlain("formatted text in a cell")
    out = np.zeros(len(cell), dtype=np.int64)
    out[plain] = cell[plain] + 1
    filled = inline & (name[cell + 2] != TEXT_EMPTY)
    out[filled] = cell[filled] + 2
    return out


def _after_tag(data: Bytes, tag: Ints) -> Ints:
    """Where the text of each `<v>` or `<t …>` begins."""
    start = tag + 3
    for _ in range(PADDING):
        open_still = data[start - 1] != GT
        if not open_still.any():
            return start
        start = start + open_still
    raise NotPlain("a long tag")


def _windows(data: Bytes, kind: str) -> npt.NDArray[np.generic]:
    """`data` seen as overlapping values of `kind`, one beginning at every byte."""
    size = np.dtype(kind).itemsize
    return np.ndarray((len(data) - size + 1,), dtype=kind, buffer=data, strides=(1,))


def _nothing() -> Cells:
    none = np.zeros(0, dtype=np.int64)
    return Cells(none, none, np.zeros(0, dtype=np.uint8), none, none)


def _references(data: Bytes, cell: Ints) -> tuple[Ints, Ints]:
    """Row and column of each `<c r="AB12"`, the reference being the first attribute."""
    head = _windows(data, "V16")[cell + 2].view(np.uint8).reshape(-1, 16).T.copy()
    if any(np.any(head[i] != byte) for i, byte in enumerate(b' r="')):
        raise NotPlain("a cell without a reference, or with another attribute first")
    column = np.zeros(len(cell), dtype=np.int32)
    row = np.zeros(len(cell), dtype=np.int32)
    reading = np.ones(len(cell), dtype=np.bool_)
    for place in range(4, 14):
        byte = head[place]
        if place < 7:
            letter = (byte >= ord("A")) & (byte <= ord("Z"))
            np.copyto(column, column * 26 + (byte - (ord("A") - 1)), where=letter)
        reading &= byte != QUOTE
        digit = reading & (byte >= ZERO) & (byte <= NINE)
        if not digit.any() and place > 7:
            break
        np.copyto(row, row * 10 + (byte - ZERO), where=digit)
    if np.any(column == 0) or np.any(row == 0):
        raise NotPlain("a reference that is not like A1")
    return row.astype(np.int64), column.astype(np.int64) - 1


def _kinds(data: Bytes, head_end: Ints, *, has_others: int) -> Bytes:
    """The type of each cell, from ` t="…"` at the end of its head; a number where none is written.

    Raises:
        NotPlain: `has_others`, the number of ` t="` in the buffer, is more than what ended a head.
    """
    kind = np.full(len(head_end), ord("n"), dtype=np.uint8)
    closed = data[head_end - 1] == QUOTE
    letter = data[head_end - 2]
    single = closed & (data[head_end - 3] == QUOTE) & (data[head_end - 5] == ord("t"))
    single &= (data[head_end - 4] == ord("=")) & (data[head_end - 6] == SPACE)
    kind[single] = letter[single]
    # 'str' and 'inlineStr' carry their text.
    long = closed & (letter == ord("r"))
    kind[long] = ord("t")
    if int(single.sum() + long.sum()) < has_others:
        raise NotPlain("the type is not the last attribute")
    return kind


_KEEP = np.tril(np.full((INLINE_LIMIT + 1, 16), 255, dtype=np.uint8), -1)
_KEEP[:, INLINE_LIMIT:] = 0


def views(data: Bytes, cells: Cells) -> npt.NDArray[np.uint8]:
    """One 16-byte Arrow string view for each cell, pointing into `data` (with `PADDING` behind it)."""
    out = np.zeros((len(cells.start), 16), dtype=np.uint8)
    lead = _windows(data, "V16")[cells.start].view(np.uint8).reshape(-1, 16)
    lead &= _KEEP[np.minimum(cells.length, INLINE_LIMIT)]
    out[:, 4:] = lead[:, :INLINE_LIMIT]
    words = out.view("<i4")
    words[:, 0] = cells.length
    long = cells.length > INLINE_LIMIT
    words[long, 2] = 0
    words[long, 3] = cells.start[long]
    return out


def text_columns(buffer: bytes, cells: Cells, *, row_index: Ints, height: int, width: int) -> list[pl.Series]:
    """`width` text columns of `height` rows; null where no cell of `cells` lies (no copy of the text)."""
    table = np.zeros((width, height, 16), dtype=np.uint8)
    there = np.zeros((width, height), dtype=np.bool_)
    padded = np.frombuffer(buffer + bytes(PADDING), dtype=np.uint8)
    table.view("V16")[cells.column, row_index, 0] = views(padded, cells).view("V16")[:, 0]
    there[cells.column, row_index] = True
    data = pa.py_buffer(buffer)
    out = []
    for column in range(width):
        validity = pa.py_buffer(np.packbits(there[column], bitorder="little"))
        array = pa.Array.from_buffers(
            pa.string_view(), height, [validity, pa.py_buffer(table[column].tobytes()), data]
        )
        out.append(pl.Series(str(column), array, dtype=pl.String))
    return out
