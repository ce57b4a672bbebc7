"""How a code reaches a citizen. Today: a sealed file in DTKS_HOME/outbox, which `./dtks outbox` opens."""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from dtks.foundation.kernel.ids import new_id
from dtks.foundation.vault import configured, files

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
        with files.writer(folder / f"{new_id()}.json", ring=configured.ring()) as file:
            file.write(json.dumps(message, ensure_ascii=False).encode())


def messages(folder: Path) -> list[dict[str, str]]:
    """The messages in an outbox, the oldest first: `to`, `text`, `at`."""
    found = []
    for path in sorted(folder.glob("*.json")):
        with files.reader(path, ring=configured.ring()) as file:
            found.append(json.loads(file.read()))
    return found


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
