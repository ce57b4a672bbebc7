"""The log as static files (C2SP tlog-tiles), for any web server: tiles, entries, and the newest checkpoint.

What is published tells nothing of anybody: digests with salts that stay in the database.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from dtks.foundation.ledger import cosigning, stored
from dtks.foundation.ledger.bulk import log
from dtks.foundation.ledger.transparency.checkpoints import Checkpoint
from dtks.foundation.ledger.transparency.notes import Note
from dtks.foundation.ledger.transparency.tiles import WIDTH, path_of

ENTRIES = "entries"


def bundle(number: int, width: int) -> bytes:
    """The entries of one level-0 tile, each with its length before it. Raises LookupError."""
    found = log.entries(first=number * WIDTH, count=width)
    if len(found) != width:
        raise LookupError(f"entries {number}: {len(found)} of {width}")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in found)


def publish(folder: Path) -> int:
    """Bring the files up to the newest head and its cosignatures; returns the size that they show now.

    Killed in between it goes on: the checkpoint comes last, and each file is written beside and renamed.
    """
    note = cosigning.checkpoint()
    if note is None:
        return 0
    size, (shown, text) = Checkpoint.of(note).size, _shown(folder)
    if shown > size or text == str(note):
        return shown
    if shown < size:
        for level, number, width in _changed(shown, size):
            content = bundle(number, width) if level == ENTRIES else stored.read(int(level), number, width)
            _write(folder / path_of(level, number, width), content)
    _write(folder / "checkpoint", str(note).encode())
    return size


def _changed(old: int, new: int) -> Iterator[tuple[int | str, int, int]]:
    """(level, number, width) of the files that a log of ``new`` leaves has and one of ``old`` had not."""
    level = 0
    while new:
        for number in range(old // WIDTH, -(-new // WIDTH)):
            width = min(WIDTH, new - number * WIDTH)
            yield level, number, width
            if level == 0:
                yield ENTRIES, number, width
        old, new, level = old // WIDTH, new // WIDTH, level + 1


def _shown(folder: Path) -> tuple[int, str]:
    """The size and the text of the checkpoint that is there."""
    try:
        text = (folder / "checkpoint").read_text(encoding="utf-8")
    except FileNotFoundError:
        return 0, ""
    return Checkpoint.of(Note.parse(text)).size, text


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
