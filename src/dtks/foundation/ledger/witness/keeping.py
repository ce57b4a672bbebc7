"""What a witness keeps, in a folder of its own: its key, and how far it has seen each log.

Judging a head and storing it are one transaction, and the cosignature is made inside it: it says 'the largest
head that I know at this time', which must still be so when it is signed.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dtks.foundation.ledger.errors import (
    NoteMalformed,
    WitnessFileForeign,
    WitnessFileMissing,
    WitnessThere,
)
from dtks.foundation.ledger.transparency.notes import Kind, Signer, Verifier, parsed_lines
from dtks.foundation.ledger.witness import key_file, queries
from dtks.foundation.ledger.witness.protocol import Answer, Finding, Head, Request, judged, refusal

KEY, STATE = "witness.key", "witness.sqlite3"
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Log:
    """A log that is witnessed. ``note``: the newest head cosigned, our line below it; '' before the first."""

    origin: str
    keys: tuple[str, ...]
    size: int
    at: int
    note: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A head that was refused (``request``, as sent), and what had been cosigned until then. Times: POSIX."""

    origin: str
    kind: str
    first_at: int
    last_at: int
    times: int
    cosigned: str
    request: bytes


@dataclass(frozen=True, slots=True)
class Keeping:
    """A witness that is there (`opened`). Safe to use from several threads and processes at once."""

    path: Path
    signer: Signer
    clock: Callable[[], float] = time.time

    def answer(self, body: bytes) -> Answer:
        """Judge a request, store what follows, and answer. Raises sqlite3.Error, WitnessFileMissing."""
        try:
            request = Request.parse(body)
        except NoteMalformed as problem:
            return Answer(400, f"{problem.text('en')}\n")
        origin = request.head.origin
        with self._connected() as connection:
            # Before the right to write is taken: a stranger must not keep a log waiting.
            if refused := refusal(request, queries.keys(connection, origin)):
                return refused
            with queries.writing(connection):
                seen, _, cosigned = queries.seen(connection, origin)
                answer, now = judged(request, seen), int(self.clock())
                if answer.finding:
                    queries.keep(connection, answer.finding, request, cosigned=cosigned, at=now)
                if answer.status == 200:
                    answer = replace(answer, text=self.signer.line(request.note.text, at=now))
                    note = request.note.with_lines(*parsed_lines(answer.text))
                    head = Head(request.head.size, request.head.root)
                    queries.move(connection, origin, head, now, str(note))
        if answer.finding is Finding.FORK:
            logger.error("a fork of %s at size %d was refused and kept", origin, request.head.size)
        return answer

    def trust(self, *logs: Verifier) -> None:
        """Witness these logs as well; or a further key of a log that is known. Raises NoteMalformed."""
        _check(logs)
        with self._connected() as connection, queries.writing(connection):
            for each in logs:
                queries.add_key(connection, each)

    def logs(self) -> list[Log]:
        """What is witnessed, by origin."""
        with self._connected() as connection:
            found = []
            for origin in queries.origins(connection):
                head, at, note = queries.seen(connection, origin)
                keys = tuple(str(each) for each in queries.keys(connection, origin))
                found.append(Log(origin, keys, head.size, at, note))
            return found

    def findings(self) -> list[Kept]:
        """What was refused and may show that a log lied, oldest first."""
        with self._connected() as connection:
            return [Kept(*row) for row in queries.findings(connection)]

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        if not self.path.is_file():
            raise WitnessFileMissing(path=self.path)
        with queries.connected(self.path) as connection:
            yield connection


def create(folder: Path, *, name: str, logs: Sequence[Verifier]) -> Keeping:
    """Make a witness: a key and an empty memory. Raises WitnessThere, NoteMalformed.

    Never where either is there: a key whose memory was lost would cosign a second history.
    """
    _check(logs)
    signer = Signer(name, Ed25519PrivateKey.generate(), Kind.COSIGNED)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key, state = folder / KEY, folder / STATE
    if key.exists() or state.exists():
        raise WitnessThere(path=folder)
    try:
        key_file.write(key, signer)
        state.touch(mode=0o600, exist_ok=False)
    except FileExistsError as problem:  # another one was made in this moment
        raise WitnessThere(path=folder) from problem
    with queries.connected(state) as connection:
        queries.create(connection, signer.verifier, int(time.time()))
    made = Keeping(state, signer)
    made.trust(*logs)
    return made


def opened(folder: Path) -> Keeping:
    """The witness of that folder.

    Raises:
        WitnessKeyUnreadable, WitnessKeyOpen.
        WitnessFileMissing: its memory is not there.
        WitnessFileForeign: that is the memory of another witness, or no memory at all.
    """
    found = Keeping(folder / STATE, key_file.read(folder / KEY))
    try:
        with found._connected() as connection:
            owner = queries.witness_of(connection)
    except sqlite3.Error as problem:
        raise WitnessFileForeign(path=found.path) from problem
    if owner != str(found.signer.verifier):
        raise WitnessFileForeign(path=found.path)
    return found


def _check(logs: Sequence[Verifier]) -> None:
    for each in logs:
        if each.kind is not Kind.SIGNED:
            raise NoteMalformed(reason=f"{each.name} is the key of a witness, not of a log")
