"""The sequencer beside a site that is served: a thread that takes up events each second and has the heads
cosigned."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connections

from dtks.foundation.kernel.errors import DtksError
from dtks.foundation.ledger import counting, publishing, sequencing, witnesses
from dtks.foundation.ledger.anchors import places
from dtks.foundation.ledger.anchors.anchoring import Anchorer
from dtks.foundation.ledger.cosigning import Cosigner, Result

EVERY_SECONDS = 0.5
AFTER_FAILURE = 5.0
logger = logging.getLogger(__name__)


@contextmanager
def sequencer() -> Iterator[None]:
    """Inside the block events are taken up as they come; what is waiting at its end is taken up once more.

    Raises WitnessesMalformed, WitnessesMissing, AnchorsMalformed: before anything is taken up.
    """
    stop, cosigner = threading.Event(), Cosigner(witnesses.configured())
    anchorer = Anchorer(places.configured())
    thread = threading.Thread(
        target=_run, args=(stop, cosigner, anchorer), name="ledger-sequencer", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(AFTER_FAILURE)


def _run(stop: threading.Event, cosigner: Cosigner, anchorer: Anchorer) -> None:
    try:
        while not stop.is_set():
            stop.wait(EVERY_SECONDS if _once(cosigner, anchorer) else AFTER_FAILURE)
        cosigner.close()
        anchorer.close()
        _once(cosigner, anchorer)
    finally:
        connections.close_all()


def _once(cosigner: Cosigner, anchorer: Anchorer) -> bool:
    """Whether it went well. A database that is away is waited for: the events are stored already."""
    try:
        close_old_connections()
        counting.flush()
        grown = sequencing.integrate()
        cosigned = any(each.result is Result.COSIGNED for each in cosigner.step())
        anchorer.step()
        if (grown or cosigned) and settings.LEDGER_PUBLISH:
            publishing.publish(Path(settings.LEDGER_PUBLISH))
    except (DatabaseError, DtksError, LookupError, OSError) as problem:
        logger.warning("ledger: %s; tried again in %s s", type(problem).__name__, AFTER_FAILURE)
        return False
    return True
