"""Putting the newest checkpoint into each place, each at its own pace."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from django.utils import timezone

from dtks.foundation.ledger import cosigning
from dtks.foundation.ledger.anchors.places import Place
from dtks.foundation.ledger.errors import AnchorFailed
from dtks.foundation.ledger.models import LedgerAnchor
from dtks.foundation.ledger.transparency.checkpoints import Checkpoint
from dtks.foundation.ledger.transparency.notes import Note

EVERY_SECONDS = 600.0
"""A place gets a checkpoint at most so often: an anchor is for good, and may cost money."""
AFTER_FAILURE = 60.0
logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Put:
    place: Place
    size: int
    note: Note | None = None
    future: Future[bytes] | None = None
    not_before: float = 0.0


class Anchorer:
    """Anchors the newest checkpoint; `step` waits for no place.

    Only the thread that calls `step` touches the database.

    What was put before a kill and not stored is put once more: a place bears it.
    """

    def __init__(
        self,
        places: Sequence[Place],
        *,
        every: float = EVERY_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._every, self._clock = every, clock
        self._pool = ThreadPoolExecutor(max(len(places), 1), "ledger-anchor")
        self._places, self._puts = tuple(places), list[_Put]()
        self._open = True

    def step(self) -> list[LedgerAnchor]:
        """Store the receipts that have come, and put a checkpoint where one is due.

        Returns what was stored.
        """
        if not self._places:
            return []
        if not self._puts:
            self._puts = [_Put(each, _last(each)) for each in self._places]
        stored = [found for each in self._puts if (found := self._finished(each))]
        now = self._clock()
        due = [each for each in self._puts if self._open and each.future is None and each.not_before <= now]
        note = cosigning.checkpoint() if due else None
        if note is not None:
            for each in due:
                if each.size < Checkpoint.of(note).size:
                    each.note, each.future = note, self._pool.submit(each.place.put, str(note))
        return stored

    def close(self) -> None:
        """Put nothing any more."""
        self._open = False
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _finished(self, each: _Put) -> LedgerAnchor | None:
        if each.future is None or each.note is None or not each.future.done():
            return None
        future, each.future = each.future, None
        try:
            receipt = future.result()
        except AnchorFailed as problem:
            each.not_before = self._clock() + AFTER_FAILURE
            logger.warning("anchor: %s", problem.code)
            return None
        size = Checkpoint.of(each.note).size
        made = LedgerAnchor(
            place=each.place.name, size=size, note=str(each.note), receipt=receipt, at=timezone.now()
        )
        made.save(force_insert=True)
        each.size, each.not_before = size, self._clock() + self._every
        return made


def _last(place: Place) -> int:
    last = LedgerAnchor.objects.filter(place=place.name).order_by("-size").values_list("size", flat=True)
    return last.first() or 0
