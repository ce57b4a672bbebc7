"""The proof that an event is in the log, as one text: what happened, then the standard proof of it.

    dtks-ledger-event@v1
    event 73894                 the number in the database: for finding it again, not proven
    salt wPpRT1…                Base64, 16 bytes
    text {"account":"…"}        what is digested: entry = SHA-256(salt ‖ text)
                                (an empty line; from here on: C2SP tlog-proof, for any program)
    c2sp.org/tlog-proof@v1
    index 73893
    …                           RFC 6962 inclusion proof, a hash a line, from the leaf upwards
                                (an empty line)
    …                           the checkpoint with all its signatures

Nothing here knows a database or Django: whoever has the text and the public key can check it.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dtks.foundation.ledger.domain import TEXT_FIELDS, entry_of
from dtks.foundation.ledger.errors import (
    NoteMalformed,
    NoteUnsigned,
    ProofMalformed,
    ProofWrong,
    QuorumMissing,
)
from dtks.foundation.ledger.transparency.checkpoints import Checkpoint, parsed_hash
from dtks.foundation.ledger.transparency.merkle import inclusion_holds, leaf_hash
from dtks.foundation.ledger.transparency.notes import Kind, Note, Verifier, decoded

FORMAT = "dtks-ledger-event@v1"
STANDARD = "c2sp.org/tlog-proof@v1"
SALT_BYTES = 16
MOST_HASHES = 63
MOST_BYTES = 4_000_000
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom a reader believes. ``keys``: of the log. ``quorum``: how many of the witnesses must have cosigned;
    None: all of them. A witness counts once, however many keys of it are named.

    Raises NoteMalformed for a key of the other kind: the log would be its own witness.
    """

    keys: tuple[Verifier, ...]
    witnesses: tuple[Verifier, ...] = ()
    quorum: int | None = None

    def __post_init__(self) -> None:
        for kind, given in ((Kind.SIGNED, self.keys), (Kind.COSIGNED, self.witnesses)):
            for each in given:
                if each.kind is not kind:
                    wanted = "log" if kind is Kind.SIGNED else "witness"
                    raise NoteMalformed(reason=f"{each} is no key of a {wanted}")

    def head_of(self, note: Note) -> tuple[Checkpoint, tuple[str, ...]]:
        """The head that a note states, and the names of the witnesses that cosigned it.

        Raises NoteMalformed, NoteUnsigned (by no known key of that log), QuorumMissing.
        """
        head = Checkpoint.of(note)
        keys = [key for key in self.keys if key.name == head.origin]
        if not keys:
            raise NoteUnsigned(name=head.origin)
        note.signed_by(keys)
        # All of them are looked at: a cosignature that does not hold spoils the note.
        cosigned = tuple(dict.fromkeys([each.name for each in self.witnesses if note.by(each)]))
        wanted = len({each.name for each in self.witnesses}) if self.quorum is None else self.quorum
        if len(cosigned) < wanted:
            raise QuorumMissing(found=len(cosigned), wanted=wanted)
        return head, cosigned


@dataclass(frozen=True, slots=True)
class Inclusion:
    """An event, opened, and the way from it to a root. ``event``: its number in the database."""

    event: int
    index: int
    salt: bytes
    text: str
    hashes: tuple[bytes, ...]

    def content(self) -> dict[str, Any]:
        """What the event says: exactly `TEXT_FIELDS`. Raises ProofMalformed."""
        try:
            found = json.loads(self.text)
        except (ValueError, RecursionError) as problem:
            raise ProofMalformed(reason=f"event {self.event}: its text is no JSON") from problem
        if len(self.salt) != SALT_BYTES or not isinstance(found, dict) or set(found) != set(TEXT_FIELDS):
            raise ProofMalformed(reason=f"event {self.event}: not the text of an event")
        # One way to write it: a text with a name twice would say different things to different readers.
        if json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False) != self.text:
            raise ProofMalformed(reason=f"event {self.event}: its text is not in canonical form")
        return found

    def holds(self, head: Checkpoint) -> dict[str, Any]:
        """What the event says, once it is sure that it is in the tree of that head.

        Raises ProofMalformed, ProofWrong.
        """
        content = self.content()
        leaf = leaf_hash(entry_of(salt=self.salt, text=self.text))
        if not inclusion_holds(
            leaf=leaf, index=self.index, size=head.size, proof=self.hashes, root=head.root
        ):
            raise ProofWrong(reason=f"event {self.event} is not at index {self.index} of {head.origin}")
        return content


@dataclass(frozen=True, slots=True)
class Proof:
    """An event with its proof and the head that this leads to."""

    inclusion: Inclusion
    note: Note

    def __str__(self) -> str:
        of = self.inclusion
        return (
            f"{FORMAT}\nevent {of.event}\nsalt {base64.b64encode(of.salt).decode()}\ntext {of.text}\n\n"
            + self.standard()
        )

    def standard(self) -> str:
        """The part that every program for C2SP tlog-proof reads; its entry is SHA-256(salt ‖ text)."""
        hashes = "".join(f"{base64.b64encode(each).decode()}\n" for each in self.inclusion.hashes)
        return f"{STANDARD}\nindex {self.inclusion.index}\n{hashes}\n{self.note}"

    @classmethod
    def parse(cls, raw: str | bytes) -> Proof:
        """Read a proof. Raises ProofMalformed, NoteMalformed."""
        if len(raw) > MOST_BYTES:
            raise ProofMalformed(reason="longer than 4 MB")
        try:
            content = raw.decode() if isinstance(raw, bytes) else raw
        except UnicodeDecodeError as problem:
            raise ProofMalformed(reason="not UTF-8") from problem
        opened, _, rest = content.partition("\n\n")
        standard, _, note = rest.partition("\n\n")
        lines, below = opened.split("\n"), standard.split("\n")
        if len(lines) != 4 or lines[0] != FORMAT or len(below) < 2 or below[0] != STANDARD:
            raise ProofMalformed(reason=f"not {FORMAT} followed by {STANDARD}")
        event = _number(_value(lines[1], "event"))
        salt, text = decoded(_value(lines[2], "salt")), _value(lines[3], "text")
        index = _number(_value(below[1], "index"))
        return cls(Inclusion(event, index, salt, text, hashes_of(below[2:])), Note.parse(note))

    def check(self, trust: Trust) -> tuple[Checkpoint, tuple[str, ...], dict[str, Any]]:
        """(head, witnesses that cosigned it, what the event says).

        Raises ProofMalformed, ProofWrong, NoteMalformed, NoteUnsigned, QuorumMissing.
        """
        head, cosigned = trust.head_of(self.note)
        return head, cosigned, self.inclusion.holds(head)


def hashes_of(lines: Sequence[str]) -> tuple[bytes, ...]:
    """Hashes in Base64, one a line. Raises ProofMalformed, NoteMalformed."""
    if len(lines) > MOST_HASHES:
        raise ProofMalformed(reason=f"{len(lines)} hashes")
    return tuple(parsed_hash(each) for each in lines)


def _value(line: str, name: str) -> str:
    found, space, rest = line.partition(" ")
    if found != name or not space:
        raise ProofMalformed(reason=f"no line {name!r}")
    return rest


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise ProofMalformed(reason=f"no number: {text[:20]!r}")
    return int(text)
