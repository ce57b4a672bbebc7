"""The table of shared strings of a workbook, and the escapes of its texts."""

from __future__ import annotations

import re
from typing import IO

import polars as pl

STRETCH = 8 << 20
ITEM_END = b"</si>"
_TEXT = re.compile(r"<t(?: [^>]*)?>([^<]*)</t>")
_PHONETIC = re.compile(r"<rPh .*?</rPh>", re.DOTALL)
_NUMBERED = r"&#(x?[0-9A-Fa-f]+);"


def read_shared_strings(file: IO[bytes]) -> pl.Series:
    """Every shared string, in order. Formatted runs are joined, phonetic readings left out."""
    parts: list[pl.Series] = []
    rest = b""
    while piece := file.read(STRETCH):
        piece = rest + piece
        cut = piece.rfind(ITEM_END)
        if cut < 0:
            rest = piece
            continue
        rest = piece[cut + len(ITEM_END) :]
        parts.append(_items(piece[:cut]))
    return pl.concat(parts).alias("shared") if parts else pl.Series("shared", [], dtype=pl.String)


def _items(piece: bytes) -> pl.Series:
    # An empty string may be written <si/>: give it the long form so that no index shifts.
    text = piece.decode("utf-8").replace("<si/>", "<si></si>")
    items = pl.Series([text]).str.split("</si>").explode()
    runs = items.str.contains("<r>", literal=True) | items.str.contains("<rPh", literal=True)
    plain = items.str.extract(r"<t(?: [^>]*)?>([^<]*)</t>").fill_null("")
    if runs.any():
        joined = items.map_elements(_joined, return_dtype=pl.String)
        plain = joined.zip_with(runs, plain)
    return unescape(plain)


def _joined(item: str) -> str:
    return "".join(_TEXT.findall(_PHONETIC.sub("", item)))


def unescape(texts: pl.Series) -> pl.Series:
    """XML entities and Excel's own `_x000D_` resolved, where there are any."""
    marked = texts.str.contains("&", literal=True) | texts.str.contains("_x", literal=True)
    if not marked.any():
        return texts
    numbered = texts.str.contains("&#", literal=True) & marked
    if numbered.any():
        texts = texts.map_elements(_numbered, return_dtype=pl.String).zip_with(numbered, texts)
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        texts = texts.str.replace_all(entity, sign, literal=True)
    return texts.str.replace_all("_x000[dD]_", "")


def _numbered(text: str) -> str:
    def sign(match: re.Match[str]) -> str:
        code = match.group(1)
        value = int(code[1:], 16) if code[0] == "x" else int(code)
        return chr(value) if value < 0x110000 else match.group()

    return re.sub(_NUMBERED, sign, text)
