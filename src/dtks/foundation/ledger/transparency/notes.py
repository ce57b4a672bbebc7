"""Signed notes (C2SP signed-note), Ed25519: a log's own signature, and a witness's cosignature.

A key is written as one line, ``name+keyid+key`` (a *vkey*), as Go's golang.org/x/mod/sumdb/note does.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from dtks.foundation.ledger.errors import NoteMalformed, NoteUnsigned

DASH = "\u2014 "
MOST_BYTES = 1_000_000
MOST_SIGNATURES = 100
_NAME = re.compile(r"[^\s+]+")


class Kind(IntEnum):
    """What a signature says: the first byte of the encoded key."""

    SIGNED = 1
    COSIGNED = 4  # C2SP tlog-cosignature: with the time at which the head was seen


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key, the name it signs under, and what its signatures say."""

    name: str
    key: bytes
    kind: Kind = Kind.SIGNED

    @property
    def id(self) -> bytes:
        """The first four bytes of a signature by this key."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.key).digest()[:4]

    def __str__(self) -> str:
        encoded = base64.b64encode(bytes([self.kind]) + self.key).decode()
        return f"{self.name}+{self.id.hex()}+{encoded}"

    @classmethod
    def parse(cls, text: str) -> Verifier:
        """The key that a vkey line names. Raises NoteMalformed."""
        name, _, rest = text.strip().partition("+")
        wanted, _, encoded = rest.partition("+")
        content = decoded(encoded)
        if not _NAME.fullmatch(name) or len(content) != 33 or content[0] not in tuple(Kind):
            raise NoteMalformed(reason=f"no vkey of Ed25519: {text[:40]!r}")
        found = cls(name, content[1:], Kind(content[0]))
        if found.id.hex() != wanted:
            raise NoteMalformed(reason=f"the key of {name} does not fit its number {wanted}")
        return found

    def holds(self, text: str, signature: bytes) -> bool:
        """Whether the signature (without the four bytes of the key) is this key's, over this text."""
        message = text.encode()
        if self.kind is Kind.COSIGNED:
            if len(signature) != 72:
                return False
            message = _cosigned(int.from_bytes(signature[:8], "big"), text)
            signature = signature[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """A private key and the name it signs under."""

    name: str
    key: Ed25519PrivateKey
    kind: Kind = Kind.SIGNED

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise NoteMalformed(reason=f"a key's name has no spaces and no plus sign: {self.name!r}")

    @property
    def verifier(self) -> Verifier:
        """What others check its signatures with."""
        return Verifier(self.name, self.key.public_key().public_bytes_raw(), self.kind)

    def line(self, text: str, *, at: int = 0) -> str:
        """The signature line over a note's text. ``at``: POSIX seconds, for a cosignature alone."""
        if self.kind is Kind.COSIGNED:
            content = at.to_bytes(8, "big") + self.key.sign(_cosigned(at, text))
        else:
            content = self.key.sign(text.encode())
        return f"{DASH}{self.name} {base64.b64encode(self.verifier.id + content).decode()}\n"


@dataclass(frozen=True, slots=True)
class Signature:
    """One line below a note: the key's name and four bytes, then what it signed with."""

    name: str
    key_id: bytes
    content: bytes

    @property
    def line(self) -> str:
        """As it stands below the note."""
        return f"{DASH}{self.name} {base64.b64encode(self.key_id + self.content).decode()}\n"

    @property
    def at(self) -> int:
        """POSIX seconds of a cosignature."""
        return int.from_bytes(self.content[:8], "big")


@dataclass(frozen=True, slots=True)
class Note:
    """A text and the signatures below it; nothing is checked yet (`by`)."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, raw: str | bytes) -> Note:
        """Read a note. Raises NoteMalformed."""
        if len(raw) > MOST_BYTES:
            raise NoteMalformed(reason="longer than 1 MB")
        try:
            content = raw.decode() if isinstance(raw, bytes) else raw
        except UnicodeDecodeError as problem:
            raise NoteMalformed(reason="not UTF-8") from problem
        if any(ord(each) < 32 and each != "\n" for each in content):
            raise NoteMalformed(reason="a control character")
        text, blank, below = content.rpartition("\n\n")
        if not blank or not below.endswith("\n"):
            raise NoteMalformed(reason="no empty line before the signatures, or no line break at the end")
        return cls(text + "\n", parsed_lines(below))

    def __str__(self) -> str:
        return self.text + "\n" + "".join(each.line for each in self.signatures)

    def by(self, verifier: Verifier) -> Signature | None:
        """The signature of this key; None when there is none. Raises NoteUnsigned: one that does not hold."""
        for each in self.signatures:
            if each.name == verifier.name and each.key_id == verifier.id:
                if not verifier.holds(self.text, each.content):
                    raise NoteUnsigned(name=verifier.name)
                return each
        return None

    def signed_by(self, verifiers: Iterable[Verifier]) -> None:
        """Raises NoteUnsigned unless one of these keys signed."""
        known = tuple(verifiers)
        found = [self.by(each) for each in known]  # all of them: one that does not hold spoils the note
        if not any(found):
            raise NoteUnsigned(name=", ".join(each.name for each in known))

    def with_lines(self, *added: Signature) -> Note:
        """The note with these below it as well; a line of the same key takes the place of the older one."""
        keys = {(each.name, each.key_id) for each in added}
        kept = [each for each in self.signatures if (each.name, each.key_id) not in keys]
        return Note(self.text, (*kept, *added))


def signed(text: str, *signers: Signer) -> Note:
    """A note with the signatures of these keys. ``text`` ends with a line break."""
    return Note.parse(text + "\n" + "".join(each.line(text) for each in signers))


def parsed_lines(below: str) -> tuple[Signature, ...]:
    """Signature lines, one after the other. Raises NoteMalformed."""
    lines = below.split("\n")[:-1]
    if not lines or len(lines) > MOST_SIGNATURES:
        raise NoteMalformed(reason=f"{len(lines)} signatures")
    found = []
    for line in lines:
        dash, (name, space, encoded) = line[: len(DASH)], line[len(DASH) :].partition(" ")
        content = decoded(encoded)
        if dash != DASH or not space or not _NAME.fullmatch(name) or len(content) < 5:
            raise NoteMalformed(reason=f"no signature line: {line[:40]!r}")
        found.append(Signature(name, content[:4], content[4:]))
    return tuple(found)


def _cosigned(at: int, text: str) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def decoded(encoded: str) -> bytes:
    """Base64 in the one way to write it: a bit that says nothing could be turned unseen. Raises
    NoteMalformed."""
    try:
        found = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as problem:
        raise NoteMalformed(reason=f"no Base64: {encoded[:20]!r}") from problem
    if base64.b64encode(found).decode() != encoded:
        raise NoteMalformed(reason=f"Base64 with spare bits: {encoded[-20:]!r}")
    return found
