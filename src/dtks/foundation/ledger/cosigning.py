"""Asking the witnesses to cosign the newest head, and the head with what they cosigned.

Nothing of this is an event of the trail: an event makes a new head, which would have to be cosigned again.
"""

from __future__ import annotations

import http.client
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from django.db.models import Count, Max

from dtks.foundation.ledger import stored
from dtks.foundation.ledger.asking import Reply, ask
from dtks.foundation.ledger.errors import NoteMalformed, NoteUnsigned
from dtks.foundation.ledger.models import LedgerCosignature, LedgerHead
from dtks.foundation.ledger.transparency.checkpoints import parsed_size
from dtks.foundation.ledger.transparency.notes import Note, Signature, parsed_lines
from dtks.foundation.ledger.witness.protocol import PATH, SIZE, Request
from dtks.foundation.ledger.witnesses import Witness

TIMEOUT_SECONDS = 10.0
EVERY_SECONDS = 2.0
"""A witness is asked at most so often; heads in between are covered by the next one."""
BACK_OFF_SECONDS = (5.0, 600.0)
"""After a failure, and at most: doubled each time."""
AHEAD_SECONDS = 300
"""A witness's clock may be that much ahead of ours."""
logger = logging.getLogger(__name__)


class Result(StrEnum):
    """What became of asking one witness."""

    COSIGNED = "cosigned"
    UNREACHABLE = "unreachable"
    """No answer in time, or the witness itself is in trouble (5xx)."""
    UNREADABLE = "unreadable"
    """An answer that the protocol does not know."""
    UNSIGNED = "unsigned"
    """A cosignature of another key, or one that does not hold."""
    UNKNOWN = "unknown"
    """The witness does not know this log or its key."""
    AHEAD = "ahead"
    """The witness has cosigned a longer log: this database is older than what it has seen."""
    FORKED = "forked"
    """The witness has cosigned another history of this log."""


SERIOUS = (Result.AHEAD, Result.FORKED)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A witness was asked for a head of that size. ``detail``: what it said, for its log's keeper."""

    witness: str
    size: int
    result: Result
    detail: str = ""


@dataclass(slots=True)
class _Asked:
    """A witness, how far it has cosigned, and the question that is under way."""

    witness: Witness
    old: int
    cosigned: int
    head: LedgerHead | None = None
    future: Future[Reply] | None = None
    corrected: bool = False
    failures: int = 0
    not_before: float = 0.0


class Cosigner:
    """Asks the witnesses, each at its own pace: none waits for another one, and `step` for none of them.

    Only the thread that calls `step` touches the database; the questions run on threads of their own. Several
    servers may each run one: a witness answers the same question twice.
    """

    def __init__(
        self,
        witnesses: Sequence[Witness],
        *,
        seconds: float = TIMEOUT_SECONDS,
        every: float = EVERY_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds, self._every, self._clock = seconds, every, clock
        self._pool = ThreadPoolExecutor(max(len(witnesses), 1), "ledger-witness")
        self._witnesses = tuple(witnesses)
        self._asked: list[_Asked] | None = None
        self._open = True

    def step(self) -> list[Outcome]:
        """Take up the answers that have come, and ask whoever is due. Returns at once."""
        if self._asked is None:
            self._asked = [_Asked(each, size, size) for each in self._witnesses for size in (_last(each),)]
        done = [found for each in self._asked if (found := self._finished(each))]
        head, now = stored.head(), self._clock()
        for each in self._asked:
            if (
                self._open
                and head
                and each.future is None
                and each.cosigned < head.size
                and each.not_before <= now
            ):
                self._ask(each, head)
        return done

    def settle(self, seconds: float) -> list[Outcome]:
        """Step until every witness has answered for the newest head or failed; at most that long."""
        until, found = time.monotonic() + seconds, self.step()
        while running := [each.future for each in self._asked or () if each.future]:
            left = until - time.monotonic()
            if left <= 0:
                break
            wait(running, timeout=left, return_when=FIRST_COMPLETED)
            found += self.step()
        return found

    def close(self) -> None:
        """Ask nobody any more. Questions under way end by themselves."""
        self._open = False
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _ask(self, each: _Asked, head: LedgerHead) -> None:
        proof = stored.tree(head.size).consistency(each.old)
        body = bytes(Request.of(old=each.old, proof=proof, note=Note.parse(head.note)))
        each.head = head
        each.future = self._pool.submit(ask, each.witness.url + PATH, body, seconds=self._seconds)

    def _finished(self, each: _Asked) -> Outcome | None:
        """What came of the question; None while it runs, and where it is to be asked anew at once."""
        if each.future is None or each.head is None or not each.future.done():
            return None
        future, each.future = each.future, None
        size = each.head.size
        try:
            reply = future.result()
        except (OSError, http.client.HTTPException) as problem:
            return self._failed(each, Result.UNREACHABLE, type(problem).__name__)
        except ValueError:
            return self._failed(each, Result.UNREADABLE, "too long")
        if reply.status == 200:
            return self._cosigned(each, each.head, reply.body)
        if reply.status == 409 and reply.kind == SIZE:
            return self._corrected(each, size, reply.body)
        results = {403: Result.UNKNOWN, 404: Result.UNKNOWN, 409: Result.FORKED, 422: Result.FORKED}
        fallback = Result.UNREACHABLE if reply.status >= 500 else Result.UNREADABLE
        return self._failed(each, results.get(reply.status, fallback), f"HTTP {reply.status}")

    def _cosigned(self, each: _Asked, head: LedgerHead, body: bytes) -> Outcome:
        try:
            line = cosignature(Note.parse(head.note), body, each.witness)
        except NoteMalformed:
            return self._failed(each, Result.UNREADABLE, "HTTP 200")
        except NoteUnsigned:
            return self._failed(each, Result.UNSIGNED, "HTTP 200")
        _store(each.witness, head.size, line)
        each.old = each.cosigned = head.size
        each.failures, each.corrected = 0, False
        each.not_before = self._clock() + self._every
        return Outcome(each.witness.name, head.size, Result.COSIGNED)

    def _corrected(self, each: _Asked, size: int, body: bytes) -> Outcome | None:
        """The witness says how far it has seen the log: ask anew from there, once."""
        try:
            found = parsed_size(body.decode("ascii").removesuffix("\n"))
        except (UnicodeDecodeError, NoteMalformed):
            return self._failed(each, Result.UNREADABLE, "HTTP 409")
        if found > size:
            head = stored.head()
            if head is None or found > head.size:
                return self._failed(each, Result.AHEAD, str(found))
        if found == each.old == size:  # it knows this size, and not this root
            return self._failed(each, Result.FORKED, "HTTP 409")
        if found == each.old or each.corrected:
            return self._failed(each, Result.UNREADABLE, "HTTP 409 again")
        each.old, each.corrected = found, True
        return None

    def _failed(self, each: _Asked, result: Result, detail: str) -> Outcome:
        first, most = BACK_OFF_SECONDS
        each.not_before = self._clock() + min(first * 2**each.failures, most)
        each.failures, each.corrected = min(each.failures + 1, 20), False
        size = each.head.size if each.head else 0
        found = Outcome(each.witness.name, size, result, detail)
        level = logging.ERROR if result in SERIOUS else logging.WARNING
        logger.log(level, "witness %s, head %d: %s (%s)", found.witness, size, result, detail)
        return found


def cosignature(note: Note, body: bytes, witness: Witness) -> Signature:
    """The witness's signature of the head in an answer; lines of other keys are passed over.

    Raises NoteMalformed; NoteUnsigned: none of its key, one that does not hold, or one of a later time.
    """
    try:
        lines = parsed_lines(body.decode())
    except UnicodeDecodeError as problem:
        raise NoteMalformed(reason="not UTF-8") from problem
    found = Note(note.text, lines).by(witness.verifier)
    if found is None or not 0 < found.at < time.time() + AHEAD_SECONDS:
        raise NoteUnsigned(name=witness.name)
    return found


def checkpoint(size: int | None = None) -> Note | None:
    """The newest head, or that of this size, with all its cosignatures below it, the newest of each key.

    None: the log is empty, or has no head of that size.
    """
    head = stored.head() if size is None else LedgerHead.objects.filter(size=size).first()
    if head is None:
        return None
    found = LedgerCosignature.objects.filter(size=head.size).order_by("witness", "key", "at", "id")
    # Where several servers ask, a key has signed the same head more than once.
    newest = {(witness, key): line for witness, key, line in found.values_list("witness", "key", "line")}
    note = Note.parse(head.note)
    return note.with_lines(*parsed_lines("".join(newest.values()))) if newest else note


def most_cosigned(*, least: int) -> Note | None:
    """Of the heads of at least that size the one that most witnesses cosigned, the newest of these; where
    none did, the newest head. None: the log is empty."""
    found = LedgerCosignature.objects.filter(size__gte=least).values("size")
    best = found.annotate(witnesses=Count("witness", distinct=True)).order_by("-witnesses", "-size").first()
    return checkpoint(best["size"] if best else None)


def _last(witness: Witness) -> int:
    """The size of the largest head that it cosigned with this key; 0: none."""
    mine = LedgerCosignature.objects.filter(witness=witness.name, key=witness.verifier.id.hex())
    return int(mine.aggregate(last=Max("size"))["last"] or 0)


def _store(witness: Witness, size: int, line: Signature) -> None:
    LedgerCosignature(
        witness=witness.name,
        key=witness.verifier.id.hex(),
        size=size,
        line=line.line,
        at=datetime.fromtimestamp(line.at, UTC),
    ).save(force_insert=True)
