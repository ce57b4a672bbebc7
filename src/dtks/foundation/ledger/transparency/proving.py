"""Inclusion proofs of many leaves, one after the other: neighbours share all but eight hashes."""

from __future__ import annotations

from dtks.foundation.ledger.transparency.merkle import HASH_BYTES, node_hash
from dtks.foundation.ledger.transparency.tiles import WIDTH, Tree

_HEIGHT = 8


class Prover:
    """Proves the leaves of a tree. Quick where they come in order; memory: what is above one tile."""

    def __init__(self, tree: Tree) -> None:
        self._size, self._read = tree.size, tree.read
        self._number = -1
        self._inner: list[list[bytes]] = []
        self._above: list[bytes] = []

    def inclusion(self, index: int) -> list[bytes]:
        """As `Tree.inclusion`. Raises LookupError, ValueError."""
        number = index // WIDTH
        if index < 0 or (number + 1) * WIDTH > self._size:
            return Tree(self._size, self._read).inclusion(index)
        if number != self._number:
            self._turn_to(number)
        at = index % WIDTH
        return [level[(at >> height) ^ 1] for height, level in enumerate(self._inner)] + self._above

    def _turn_to(self, number: int) -> None:
        # A tree of its own for each tile: it would keep every tile that it has ever read.
        self._above = Tree(self._size, self._read).inclusion(number * WIDTH)[_HEIGHT:]
        tile = self._read(0, number, WIDTH)
        level = [tile[at : at + HASH_BYTES] for at in range(0, WIDTH * HASH_BYTES, HASH_BYTES)]
        self._inner = []
        while len(level) > 1:
            self._inner.append(level)
            level = [node_hash(level[at], level[at + 1]) for at in range(0, len(level), 2)]
        self._number = number
