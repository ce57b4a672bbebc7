"""The log as the database holds it: its head, its tiles, the place of an event."""

from __future__ import annotations

from dtks.foundation.ledger.bulk import log
from dtks.foundation.ledger.models import LedgerHead, LedgerLeaf
from dtks.foundation.ledger.transparency.merkle import leaf_hash
from dtks.foundation.ledger.transparency.tiles import WIDTH, Tree


def head() -> LedgerHead | None:
    """The newest signed head; None while the log is empty."""
    return LedgerHead.objects.order_by("-size").first()


def read(level: int, number: int, width: int) -> bytes:
    """A tile of the tree (`transparency.tiles.Read`). Raises LookupError where hashes are missing."""
    first = number * WIDTH
    if level == 0:
        found = [leaf_hash(entry) for entry in log.entries(first=first, count=width)]
    else:
        found = log.nodes(level=level - 1, first=first, count=width)
    if len(found) != width:
        raise LookupError(f"tile {level}/{number}: {len(found)} of {width} hashes")
    return b"".join(found)


def tree(size: int) -> Tree:
    """The tree of the first ``size`` leaves."""
    return Tree(size, read)


def index_of(event: int) -> int | None:
    """The place of an event in the log; None: not taken up yet."""
    return LedgerLeaf.objects.filter(event=event).values_list("index", flat=True).first()
