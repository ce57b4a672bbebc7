"""Checkpoints (C2SP tlog-checkpoint): origin, size and root of a log as the text of a signed note."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

from dtks.foundation.ledger.errors import NoteMalformed
from dtks.foundation.ledger.transparency.merkle import HASH_BYTES
from dtks.foundation.ledger.transparency.notes import Note, decoded

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log. ``origin``: its lasting name; ``extensions``: further lines, kept as they are."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions)
        return "".join(f"{line}\n" for line in lines)

    @classmethod
    def of(cls, note: Note) -> Checkpoint:
        """The head that a note states; who signed it is not asked. Raises NoteMalformed."""
        origin, *lines = note.text.split("\n")[:-1]
        if len(lines) < 2 or not origin or not all(lines) or not _SIZE.fullmatch(lines[0]):
            raise NoteMalformed(reason="no checkpoint of a log: origin, size and root, a line each")
        size, root = parsed_size(lines[0]), parsed_hash(lines[1])
        return cls(origin, size, root, tuple(lines[2:]))


def parsed_size(text: str) -> int:
    """A tree's size, decimal without leading zeroes. Raises NoteMalformed."""
    if not _SIZE.fullmatch(text):
        raise NoteMalformed(reason=f"no size: {text[:20]!r}")
    return int(text)


def parsed_hash(text: str) -> bytes:
    """A hash in Base64. Raises NoteMalformed."""
    found = decoded(text)
    if len(found) != HASH_BYTES:
        raise NoteMalformed(reason=f"a hash has 32 bytes, not {len(found)}")
    return found
