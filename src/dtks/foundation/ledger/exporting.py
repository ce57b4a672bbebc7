"""Proofs out of the database: of one event, of two heads, of all that somebody may hold against us.

Whoever takes a proof away reads personal data: it is recorded first, and the proof is of a head after that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from dtks.foundation.ledger import actions, bundles, cosigning, sequencing, shredding, stored, witnesses
from dtks.foundation.ledger.bulk import chosen as of_key
from dtks.foundation.ledger.bulk import whole
from dtks.foundation.ledger.bundles import Line, Member
from dtks.foundation.ledger.domain import TEXT_FIELDS, Actor, Event, digest, text_of
from dtks.foundation.ledger.errors import (
    EventPending,
    EventShredded,
    EventUnknown,
    FileThere,
    ListTooLong,
    LogEmpty,
    NothingChosen,
    SizeUnknown,
)
from dtks.foundation.ledger.models import LedgerEvent, LedgerLeaf
from dtks.foundation.ledger.proofs import Inclusion, Proof
from dtks.foundation.ledger.transparency.checkpoints import Checkpoint
from dtks.foundation.ledger.transparency.merkle import leaf_hash
from dtks.foundation.ledger.transparency.notes import Note
from dtks.foundation.ledger.transparency.proving import Prover
from dtks.foundation.ledger.transparency.tiles import Tree, grown

AT_ONCE = 500
_KEY_BYTES = 16


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which events; all that is given must hold, and something must be.

    ``person``: of whom it speaks, or in whose list they were shown. ``case``: exactly this subject. ``since``
    is included, ``until`` is not.
    """

    events: tuple[int, ...] = ()
    person: UUID | None = None
    case: str = ""
    officer: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def plain(self) -> dict[str, Any]:
        """What was chosen, as the bundle tells it."""
        given = {
            "events": list(self.events),
            "person": str(self.person) if self.person else "",
            "case": self.case,
            "officer": self.officer,
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
        }
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True, slots=True)
class Consistency:
    """That the log of ``new`` leaves begins with the log of ``old`` leaves (RFC 6962, 2.1.2)."""

    old: Checkpoint
    new: Checkpoint
    hashes: tuple[bytes, ...]


def newest() -> Note:
    """The newest head. Raises LogEmpty."""
    if (found := cosigning.checkpoint()) is None:
        raise LogEmpty()
    return found


def _witnessed(patience: float) -> Note:
    """A head after all that is recorded by now, with as many cosignatures as can be had.

    The witnesses are asked now, and waited for so many seconds at most. Raises LogEmpty, WitnessesMalformed,
    WitnessesMissing.
    """
    sequencing.integrate()
    size = Checkpoint.of(newest()).size
    if patience and (known := witnesses.configured()):
        asking = cosigning.Cosigner(known, seconds=patience)
        try:
            asking.settle(patience)
        finally:
            asking.close()
    found = cosigning.most_cosigned(least=size)
    if found is None:
        raise LogEmpty()
    return found


def prove(*, event: int, by: Actor, patience: float = 0) -> Proof:
    """The proof of one event. ``patience``: seconds to wait for witnesses.

    Raises EventUnknown, EventShredded, EventPending.
    """
    _there(event)
    actions.record(Event("ledger.prove", kind="ledger", subject=str(event)), by=by)
    note = _witnessed(patience)
    size = Checkpoint.of(note).size
    index = stored.index_of(event)
    if index is None or index >= size:
        raise EventPending(event=event)
    (row,) = _rows([event])
    return Proof(_inclusion(row, index, stored.tree(size).inclusion(index)), note)


def consistency(*, old: int, new: int | None = None) -> Consistency:
    """Between two sizes of the log; ``new`` None: the newest head's. Raises LogEmpty, SizeUnknown."""
    head = Checkpoint.of(newest())
    wanted = head.size if new is None else new
    if not 0 <= old <= wanted <= head.size:
        raise SizeUnknown(old=old, new=wanted, size=head.size)
    tree = stored.tree(wanted)
    return Consistency(
        Checkpoint(head.origin, old, stored.tree(old).root()),
        Checkpoint(head.origin, wanted, tree.root()),
        tuple(tree.consistency(old)),
    )


def export(*, to: Path, chosen: Chosen, by: Actor, patience: float = 0) -> int:
    """Write a bundle of the chosen events that the scope in force shows; returns how many it holds.

    ``patience``: seconds to wait for witnesses.

    Raises NothingChosen, EventUnknown or EventShredded (one named by number), FileThere, ListTooLong,
    BundleTooLarge.
    """
    plain = chosen.plain()
    if not plain:
        raise NothingChosen()
    known = set(LedgerEvent.objects.filter(pk__in=chosen.events).values_list("pk", flat=True))
    if unknown := [event for event in chosen.events if event not in known]:
        raise EventUnknown(event=unknown[0])
    subject = str(chosen.person or chosen.case)
    detail = {"chosen": sorted(plain), "digest": digest(plain)}
    actions.record(Event("ledger.export", kind="ledger", subject=subject[:64], detail=detail), by=by)
    note = _witnessed(patience)
    lines = _lines(chosen, Checkpoint.of(note).size)
    try:
        return bundles.write(to, note=note, lines=lines, chosen=plain)
    except FileExistsError:
        raise FileThere(path=to) from None


def _there(event: int) -> None:
    if LedgerEvent.objects.filter(pk=event).exists():
        return
    if shredding.Shreds().of(list(LedgerLeaf.objects.filter(event=event).values_list("event", "entry"))):
        raise EventShredded(event=event)
    raise EventUnknown(event=event)


def _lines(chosen: Chosen, size: int) -> Iterator[Line]:
    """The chosen events in the order of their numbers, each with its proof in the tree of that size."""
    prover = Prover(stored.tree(size))
    for keys in _pieces(chosen):
        places = dict(LedgerLeaf.objects.filter(event__in=keys, index__lt=size).values_list("event", "index"))
        for row in _rows(keys):
            if (index := places.get(row["id"])) is None:
                continue
            rows = dict(whole.lists([row["id"]])).get(row["id"], b"") if row["rows_root"] else b""
            member = _member(rows, chosen.person) if chosen.person else None
            if chosen.person and member is None and row["subject"] != str(chosen.person):
                continue
            inclusion = _inclusion(row, index, prover.inclusion(index))
            yield Line(inclusion, () if chosen.person else _keys(row["id"], rows), member)


def _pieces(chosen: Chosen) -> Iterator[list[int]]:
    """Keys of events that may be meant, in rising order."""
    last = 0
    while True:
        found = _wanted(chosen).filter(pk__gt=last).order_by("pk")
        if chosen.person:
            spoken_of = found.filter(subject=str(chosen.person)).values_list("pk", flat=True)[:AT_ONCE]
            shown_to = of_key.lists_with(chosen.person, after=last, limit=AT_ONCE)
            piece = sorted({*spoken_of, *shown_to})[:AT_ONCE]
            kept = list(found.filter(pk__in=piece).values_list("pk", flat=True))
        else:
            piece = kept = list(found.values_list("pk", flat=True)[:AT_ONCE])
        if not piece:
            return
        yield kept
        last = piece[-1]


def _wanted(chosen: Chosen) -> QuerySet[LedgerEvent]:
    found = LedgerEvent.objects.all()
    if chosen.events:
        found = found.filter(pk__in=chosen.events)
    if chosen.case:
        found = found.filter(subject=chosen.case)
    if chosen.officer:
        found = found.filter(account=chosen.officer)
    if chosen.since:
        found = found.filter(at__gte=chosen.since)
    if chosen.until:
        found = found.filter(at__lt=chosen.until)
    return found


def _rows(keys: Sequence[int]) -> list[dict[str, Any]]:
    found = LedgerEvent.objects.filter(pk__in=keys).order_by("pk")
    return list(found.values("id", *TEXT_FIELDS, "salt"))


def _inclusion(row: dict[str, Any], index: int, hashes: Sequence[bytes]) -> Inclusion:
    return Inclusion(row["id"], index, bytes(row["salt"]), text_of(row), tuple(hashes))


def _keys(event: int, rows: bytes) -> tuple[UUID, ...]:
    count = len(rows) // _KEY_BYTES
    if count > bundles.MOST_ROWS:
        raise ListTooLong(event=event, rows=count, most=bundles.MOST_ROWS)
    return tuple(UUID(bytes=rows[at : at + _KEY_BYTES]) for at in range(0, len(rows), _KEY_BYTES))


def _member(rows: bytes, key: UUID) -> Member | None:
    """The way from one key to the root of its list; None: it is not in the list."""
    pieces = [rows[at : at + _KEY_BYTES] for at in range(0, len(rows), _KEY_BYTES)]
    if key.bytes not in pieces:
        return None
    index = pieces.index(key.bytes)
    made = grown(size=0, leaves=[leaf_hash(each) for each in pieces], read=_nothing)
    tree = Tree(len(pieces), lambda level, number, width: made[level, number])
    return Member(key, index, len(pieces), tuple(tree.inclusion(index)))


def _nothing(level: int, number: int, width: int) -> bytes:
    raise LookupError(f"tile {level}/{number}: a list of rows is complete")
