"""The sequencer: what was recorded goes into the tree, and its new head is signed.

Changes commit without waiting for each other; the order in the log is given here, within a second after
(`./dtks serve` runs it). Killed at any point, it goes on where the last signed head stands.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from dtks.foundation.ledger import signing, stored
from dtks.foundation.ledger.bulk import log
from dtks.foundation.ledger.models import LedgerHead
from dtks.foundation.ledger.transparency import tiles
from dtks.foundation.ledger.transparency.checkpoints import Checkpoint
from dtks.foundation.ledger.transparency.merkle import leaf_hash
from dtks.foundation.ledger.transparency.notes import signed
from dtks.foundation.scope.current import limited_to, without_scope

AT_ONCE = 20_000
"""Events of one transaction: some 5 MB."""


def integrate() -> int:
    """Take up all events that are visible now, in steps of `AT_ONCE`; returns how many. Safe to repeat and to
    run twice at once. Acts for the whole country: an order has no area."""
    total = last = 0
    with without_scope(), limited_to(""):
        # Without the lock: most seconds nothing has happened, and nobody is to wait for that.
        if not _waiting():
            return 0
        # Before the first look, and the same for all steps: each looks beyond the event that the one before
        # it ended with, so what becomes visible before that meanwhile is left to the next call.
        horizon = log.horizon()
        while found := _step(last, horizon):
            total, last = total + len(found), found[-1][0]
            if len(found) < AT_ONCE:
                break
    return total


def _waiting() -> bool:
    head = stored.head()
    return bool(log.pending(settled=_settled(head, log.horizon()), limit=1))


def _settled(head: LedgerHead | None, horizon: int) -> int:
    """Where to begin to search."""
    settled = head.settled if head else 0
    # Moved to another server, whose count of transactions is younger: everything is looked at once.
    return 0 if 0 < horizon < settled else settled


@transaction.atomic
def _step(last: int, horizon: int) -> list[tuple[int, bytes]]:
    """Take up the next events beyond ``last``, `AT_ONCE` at most; returns their (key, entry)."""
    if not log.lock():
        return []
    head = stored.head()
    size, settled = head.size if head else 0, _settled(head, horizon)
    found = log.pending(settled=settled, after=last, limit=AT_ONCE)
    if not found:
        return []
    log.add_leaves([(size + at, event, entry) for at, (event, entry) in enumerate(found)])
    leaves = [leaf_hash(entry) for _, entry in found]
    grown = tiles.grown(size=size, leaves=leaves, read=stored.read)
    log.add_nodes(
        [
            (level, number, tiles.folded(content))
            for (level, number), content in grown.items()
            if len(content) == tiles.FULL
        ]
    )
    if not horizon:
        settled = found[-1][0]
    elif len(found) < AT_ONCE:  # all that could be seen at the first look is taken up
        settled = horizon
    _sign(size + len(found), settled)
    return found


def _sign(size: int, settled: int) -> None:
    root = stored.tree(size).root()
    signer = signing.signer()
    note = signed(str(Checkpoint(signer.name, size, root)), signer)
    LedgerHead(size=size, root=root, at=timezone.now(), settled=settled, note=str(note)).save(
        force_insert=True
    )
