"""The few shapes of Thrift's compact protocol in which Parquet writes its headers and footer.

Source: Apache Thrift, `thrift-compact-protocol.md`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

FieldType = Literal["bool", "byte", "i32", "i64", "binary", "list", "struct"]
_CODES = {"byte": 3, "i32": 5, "i64": 6, "binary": 8, "list": 9, "struct": 12}


def varint(value: int) -> bytes:
    """A number ≥ 0, seven bits to a byte, least significant first."""
    if value < 0x80:
        return value.to_bytes(1, "little")
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def zigzag(value: int) -> bytes:
    """A signed number: 0, −1, 1, −2 … become 0, 1, 2, 3 …"""
    return varint(value << 1 if value >= 0 else (-value << 1) - 1)


def data_page_header(raw: int, stored: int, values: int, encoding: int) -> bytes:
    """Parquet's PageHeader with a DataPageHeader, levels in RLE. Written out by hand: there are so many."""
    sizes = b"\x15\x00\x15" + zigzag(raw) + b"\x15" + zigzag(stored)
    return sizes + b"\x2c\x15" + zigzag(values) + b"\x15" + zigzag(encoding) + b"\x15\x06\x15\x06\x00\x00"


def dictionary_page_header(raw: int, stored: int, entries: int) -> bytes:
    """Parquet's PageHeader with a DictionaryPageHeader, plainly encoded."""
    sizes = b"\x15\x04\x15" + zigzag(raw) + b"\x15" + zigzag(stored)
    return sizes + b"\x4c\x15" + zigzag(entries) + b"\x15\x00\x00\x00"


def struct(fields: Iterable[tuple[int, FieldType, bool | int | bytes]]) -> bytes:
    """A structure from (number, type, value) in rising order of number.

    `list` and `struct` values are bytes that `list_of` and `struct` made.
    """
    out = bytearray()
    former = 0
    for number, kind, value in fields:
        code = (1 if value else 2) if kind == "bool" else _CODES[kind]
        step = number - former
        out += bytes([step << 4 | code]) if step <= 15 else bytes([code]) + zigzag(number)
        former = number
        out += _value(kind, value)
    out.append(0)
    return bytes(out)


def list_of(kind: FieldType, items: Iterable[int | bytes]) -> bytes:
    """A list of values of one type."""
    encoded = [_value(kind, item) for item in items]
    size = len(encoded)
    head = bytes([size << 4 | _CODES[kind]]) if size < 15 else bytes([0xF0 | _CODES[kind]]) + varint(size)
    return head + b"".join(encoded)


def _value(kind: FieldType, value: bool | int | bytes) -> bytes:
    if kind == "bool":
        return b""
    if isinstance(value, bytes):
        return varint(len(value)) + value if kind == "binary" else value
    return bytes([value & 0xFF]) if kind == "byte" else zigzag(int(value))
