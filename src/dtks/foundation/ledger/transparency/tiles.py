"""The tree as tiles (C2SP tlog-tiles): 256 hashes each, of the leaves at level 0, of full tiles above.

Growing and proving read only the tiles that they need; who keeps them is `read`'s business.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from dtks.foundation.ledger.transparency.merkle import (
    EMPTY_ROOT,
    HASH_BYTES,
    largest_power_below,
    node_hash,
)

WIDTH = 256
FULL = WIDTH * HASH_BYTES
_BITS = 8
_PATH = re.compile(
    r"tile/(?P<level>entries|[0-7])/(?P<number>(?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/(?P<width>[0-9]{1,3}))?"
)

Tile: TypeAlias = tuple[int, int]
"""(level, number)"""
Read: TypeAlias = Callable[[int, int, int], bytes]
"""read(level, number, width): at least the first ``width`` hashes of a tile, one after the other.
Raises LookupError when it is not there."""


def path_of(level: int | str, number: int, width: int = WIDTH) -> str:
    """Where a tile or ("entries") a bundle stands below the log's prefix, e.g. ``tile/0/x001/067.p/12``."""
    parts = [f"{number % 1000:03d}"]
    while number := number // 1000:
        parts.insert(0, f"x{number % 1000:03d}")
    return f"tile/{level}/{'/'.join(parts)}" + ("" if width == WIDTH else f".p/{width}")


def place_of(path: str) -> tuple[int | str, int, int] | None:
    """(level or "entries", number, width) of a path as `path_of` writes it; None for any other text."""
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    level = found["level"] if found["level"] == "entries" else int(found["level"])
    number = int(found["number"].replace("x", "").replace("/", ""))
    width = int(found["width"] or WIDTH)
    return (level, number, width) if 0 < width <= WIDTH and path_of(level, number, width) == path else None


def tiles_of(size: int) -> Iterator[tuple[int, int, int]]:
    """(level, number, width) of the rightmost tile of each level of a tree of that size, where it is partial,
    and of the last full one where it is not."""
    level = 0
    while size:
        full, rest = divmod(size, WIDTH)
        yield (level, full, rest) if rest else (level, full - 1, WIDTH)
        size, level = full, level + 1


def grown(*, size: int, leaves: Sequence[bytes], read: Read) -> dict[Tile, bytes]:
    """The tiles that are new or longer once ``leaves`` (leaf hashes) follow a tree of ``size`` leaves.

    Reads at most one partial tile of each level. Memory: the new hashes.
    """
    made: dict[Tile, bytes] = {}
    level, known, added = 0, size, b"".join(leaves)
    while added:
        number, rest = divmod(known, WIDTH)
        content = (read(level, number, rest)[: rest * HASH_BYTES] if rest else b"") + added
        above = []
        for at in range(0, len(content), FULL):
            piece = content[at : at + FULL]
            made[level, number + at // FULL] = piece
            if len(piece) == FULL:
                above.append(folded(piece))
        level, known, added = level + 1, known // WIDTH, b"".join(above)
    return made


@dataclass(slots=True)
class Tree:
    """A tree of ``size`` leaves whose tiles come from ``read``; each tile is read once in its life.

    Raises LookupError when a tile is missing, ValueError for what does not lie in the tree.
    """

    size: int
    read: Read
    _known: dict[Tile, bytes] = field(default_factory=dict)

    def root(self) -> bytes:
        """Its root hash."""
        return self._range(0, self.size) if self.size else EMPTY_ROOT

    def leaf(self, index: int) -> bytes:
        """The leaf hash at ``index``."""
        if not 0 <= index < self.size:
            raise ValueError(f"no leaf {index} in a tree of {self.size}")
        return self._subtree(0, index)

    def inclusion(self, index: int) -> list[bytes]:
        """The proof that the leaf at ``index`` is in this tree (RFC 6962, 2.1.1), from the leaf upwards."""
        if not 0 <= index < self.size:
            raise ValueError(f"no leaf {index} in a tree of {self.size}")
        proof: list[bytes] = []
        begin, end = 0, self.size
        while end - begin > 1:
            middle = begin + largest_power_below(end - begin)
            if index < middle:
                proof.append(self._range(middle, end))
                end = middle
            else:
                proof.append(self._range(begin, middle))
                begin = middle
        return proof[::-1]

    def consistency(self, old: int) -> list[bytes]:
        """The proof that this tree begins with the tree of its first ``old`` leaves (RFC 6962, 2.1.2)."""
        if not 0 <= old <= self.size:
            raise ValueError(f"no tree of {old} leaves in one of {self.size}")
        if old in (0, self.size):
            return []
        proof: list[bytes] = []
        begin, end, whole = 0, self.size, True
        while old < end:
            middle = begin + largest_power_below(end - begin)
            if old <= middle:
                proof.append(self._range(middle, end))
                end = middle
            else:
                proof.append(self._range(begin, middle))
                begin, whole = middle, False
        if not whole:
            proof.append(self._range(begin, end))
        return proof[::-1]

    def _range(self, begin: int, end: int) -> bytes:
        """The hash over the leaves from ``begin`` to before ``end``, a range that RFC 6962 splits off."""
        count = end - begin
        if count & (count - 1) == 0:
            level = count.bit_length() - 1
            return self._subtree(level, begin >> level)
        middle = begin + largest_power_below(count)
        return node_hash(self._range(begin, middle), self._range(middle, end))

    def _subtree(self, height: int, index: int) -> bytes:
        """The hash over 2**height leaves: the ``index``-th such subtree, a complete one."""
        level, inner = divmod(height, _BITS)
        first = index << inner
        number, offset = divmod(first, WIDTH)
        tile = self._tile(level, number)
        at = offset * HASH_BYTES
        return folded(tile[at : at + (HASH_BYTES << inner)])

    def _tile(self, level: int, number: int) -> bytes:
        known = self._known.get((level, number))
        if known is None:
            width = min(WIDTH, (self.size >> (_BITS * level)) - number * WIDTH)
            known = self.read(level, number, width)[: width * HASH_BYTES]
            if len(known) != width * HASH_BYTES:
                raise LookupError(f"tile {level}/{number} has {len(known)} bytes instead of {width} hashes")
            self._known[level, number] = known
        return known


def folded(hashes: bytes) -> bytes:
    """The root of a complete subtree over a power of two of hashes."""
    sha256 = hashlib.sha256
    while len(hashes) > HASH_BYTES:
        pair = 2 * HASH_BYTES
        hashes = b"".join(
            [sha256(b"\x01" + hashes[at : at + pair]).digest() for at in range(0, len(hashes), pair)]
        )
    return hashes
