"""A tree that only grows: the right edge of it, from which its root follows. Memory: one hash a level."""

from __future__ import annotations

from dataclasses import dataclass, field

from dtks.foundation.ledger.transparency.merkle import EMPTY_ROOT, node_hash

TILE_HEIGHT = 8


@dataclass(slots=True)
class Frontier:
    """What is known of a tree after ``size`` leaves: the roots of its complete subtrees, the widest first."""

    size: int = 0
    _roots: list[bytes] = field(default_factory=list)

    def add(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """One more leaf hash. Returns (level, number, hash) of each full tile (`tiles`) that it completes."""
        full: list[tuple[int, int, bytes]] = []
        self.size += 1
        count, height, found = self.size, 0, leaf
        while not count & 1:
            found = node_hash(self._roots.pop(), found)
            count, height = count >> 1, height + 1
            if height % TILE_HEIGHT == 0:
                full.append((height // TILE_HEIGHT - 1, count - 1, found))
        self._roots.append(found)
        return full

    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self._roots:
            return EMPTY_ROOT
        *wider, found = self._roots
        for each in reversed(wider):
            found = node_hash(each, found)
        return found
