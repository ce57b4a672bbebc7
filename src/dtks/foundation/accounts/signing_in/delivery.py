"""How a code reaches a citizen. Today: a file in DTKS_HOME/outbox that only the site's own user can read."""

from __future__ import annotations

import contextlib
import json
import os
import time
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from dtks.foundation.kernel.ids import new_id

KEPT_SECONDS = 24 * 60 * 60


class CodeDelivery(Protocol):
    """Sends a short text to a phone number (+62…) or an e-mail address."""

    def send(self, *, to: str, text: str) -> None:
        """Hand the message over; raises OSError (or a subclass) when that fails."""


class Outbox:
    """Writes each message into a file of its own, for whoever sends it on, and for demonstrations."""

    def send(self, *, to: str, text: str) -> None:
        folder = Path(settings.HOME) / "outbox"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _clear_old(folder)
        message = {"to": to, "text": text, "at": timezone.now().isoformat()}
        # Born with these rights: there is no moment in which others could open it.
        descriptor = os.open(folder / f"{new_id()}.json", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(message, file, ensure_ascii=False)


def _clear_old(folder: Path) -> None:
    """A message that nobody sent on in a day is of no use any more, and names somebody."""
    oldest = time.time() - KEPT_SECONDS
    for path in folder.glob("*.json"):
        # Another process may clear at the same moment.
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < oldest:
                path.unlink()


def delivery() -> CodeDelivery:
    """The delivery of this installation (setting CODE_DELIVERY, dotted path of a class without arguments)."""
    found: CodeDelivery = import_string(settings.CODE_DELIVERY)()
    return found
