"""What a witness is asked (add-checkpoint) and how it judges. Pure: no file, no clock, no socket."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from dtks.foundation.ledger.errors import NoteMalformed, NoteUnsigned
from dtks.foundation.ledger.transparency.checkpoints import Checkpoint, parsed_hash, parsed_size
from dtks.foundation.ledger.transparency.merkle import EMPTY_ROOT, consistency_holds
from dtks.foundation.ledger.transparency.notes import Note, Verifier

PATH = "/add-checkpoint"
TEXT = "text/plain; charset=utf-8"
SIZE = "text/x.tlog.size"
MOST_BYTES = 64 * 1024
MOST_HASHES = 63
LARGEST = (1 << 63) - 1


class Finding(StrEnum):
    """What a signed head that was refused may show of its log."""

    FORK = "fork"
    """Two heads of one size with different roots: only the log's key can have made both."""
    UNPROVEN = "unproven"
    """A head whose proof does not hold. A hint alone: anybody can send a head with another proof."""


@dataclass(frozen=True, slots=True)
class Head:
    """How far a witness has seen a log: the newest head that it cosigned; size 0 before the first."""

    size: int = 0
    root: bytes = EMPTY_ROOT


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer over HTTP. ``text`` of a 200 is the cosignature's line."""

    status: int
    text: str
    kind: str = TEXT
    finding: Finding | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """A head (``note``, read as ``head``) and the proof that it continues the tree of ``old`` leaves."""

    old: int
    proof: tuple[bytes, ...]
    note: Note
    head: Checkpoint

    @classmethod
    def of(cls, *, old: int, proof: Sequence[bytes], note: Note) -> Request:
        """The request that a log makes. Raises NoteMalformed."""
        return cls(old, tuple(proof), note, Checkpoint.of(note))

    @classmethod
    def parse(cls, body: bytes) -> Request:
        """Read the body of a request. Raises NoteMalformed."""
        above, blank, below = body.partition(b"\n\n")
        try:
            first, *hashes = above.decode("ascii").split("\n")
        except UnicodeDecodeError as problem:
            raise NoteMalformed(reason="not ASCII before the empty line") from problem
        if not blank or not first.startswith("old "):
            raise NoteMalformed(reason="a request begins with 'old SIZE', then hashes, then an empty line")
        if len(hashes) > MOST_HASHES:
            raise NoteMalformed(reason=f"{len(hashes)} hashes, {MOST_HASHES} at most")
        note = Note.parse(below)
        found = cls(parsed_size(first[4:]), tuple(map(parsed_hash, hashes)), note, Checkpoint.of(note))
        if max(found.old, found.head.size) > LARGEST:
            raise NoteMalformed(reason="a size of more than 63 bits")
        return found

    def __bytes__(self) -> bytes:
        hashes = [base64.b64encode(each).decode() for each in self.proof]
        return "".join(f"{line}\n" for line in (f"old {self.old}", *hashes, "", str(self.note)[:-1])).encode()


def refusal(request: Request, keys: Sequence[Verifier]) -> Answer | None:
    """Why a request is not looked at any further; None: one of the log's ``keys`` signed it.

    ``keys``: of the log that the head names; none for a log that this witness does not know.
    """
    if not keys:
        return Answer(404, "This witness does not know a log of that origin.\n")
    try:
        request.note.signed_by(keys)
    except NoteUnsigned:
        return Answer(403, "No key of this log signed the checkpoint.\n")
    return None


def judged(request: Request, seen: Head) -> Answer:
    """The answer to a signed head where the newest one cosigned is ``seen``; a 200 still lacks its line.

    Whoever asks keeps ``seen`` from changing until the answer is stored.
    """
    head = request.head
    fork = Finding.FORK if head.size == seen.size and head.root != seen.root else None
    if request.old > head.size:
        return Answer(400, "The old size is larger than the checkpoint's.\n", finding=fork)
    if request.old != seen.size:
        return Answer(409, f"{seen.size}\n", SIZE, fork)
    if fork:
        return Answer(409, "Another root was cosigned for this size.\n", finding=fork)
    continues = consistency_holds(
        old=seen.size, old_root=seen.root, new=head.size, new_root=head.root, proof=request.proof
    )
    if not continues:
        return Answer(
            422, "The proof does not show that the log was only added to.\n", finding=Finding.UNPROVEN
        )
    return Answer(200, "")
