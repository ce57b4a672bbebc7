"""The whole log, read from beginning to end: is every text, leaf, node and head what it has to be?

The tree is built anew from the leaves, so nothing that is stored is believed. What only a witness can tell
(that the whole history was written anew, with the log's own key) needs a head that lies elsewhere: `against`.
Memory: one piece of the log, the right edge of the tree, the first findings of each kind.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from dtks.foundation.kernel.area_codes import AreaCodeError, number_of
from dtks.foundation.ledger import signing
from dtks.foundation.ledger.bulk import log, whole
from dtks.foundation.ledger.domain import TEXT_FIELDS, entry_of, rows_root, text_of
from dtks.foundation.ledger.errors import NoteMalformed, NoteUnsigned
from dtks.foundation.ledger.models import LedgerEvent, LedgerHead, LedgerLeaf, LedgerNode
from dtks.foundation.ledger.proofs import Trust
from dtks.foundation.ledger.shredding import Shreds
from dtks.foundation.ledger.transparency.checkpoints import Checkpoint
from dtks.foundation.ledger.transparency.frontier import TILE_HEIGHT, Frontier
from dtks.foundation.ledger.transparency.merkle import leaf_hash
from dtks.foundation.ledger.transparency.notes import Note, Verifier

AT_ONCE = 2_000
"""Leaves in memory at one time, with their events."""
MOST_LISTED = 20
"""Findings of one kind that are kept; all are counted."""
LONGEST_GAP = 1_000_000
KEY_BYTES = 16
Progress = Callable[[int, int], None]

KINDS: dict[str, tuple[str, str]] = {
    "text": ("isi peristiwa tidak cocok dengan sidiknya di pohon", "its content is not what the tree holds"),
    "entry": ("sidik pada peristiwa lain dari yang di pohon", "its own digest is not the one in the tree"),
    "event-missing": ("peristiwanya hilang", "its event is gone"),
    "event-lost": ("tidak pernah masuk ke pohon", "never taken up into the tree"),
    "area": ("wilayah penyaringnya bukan wilayahnya", "filed under an area that is not its own"),
    "rows-missing": ("daftar kuncinya hilang", "its list of keys is gone"),
    "rows-changed": ("daftar kuncinya berubah", "its list of keys was changed"),
    "rows-extra": ("ada daftar yang tidak disebut peristiwa", "a list that no event speaks of"),
    "leaf-missing": ("daun hilang", "leaves are gone"),
    "leaf-unsigned": ("daun di luar kepala terakhir", "leaves beyond the last head"),
    "node": ("simpul bukan sidik dari daunnya", "not the hash over its leaves"),
    "node-missing": ("simpul hilang", "the node is gone"),
    "node-extra": ("simpul di luar pohon", "a node beyond the tree"),
    "head-root": ("bukan akar dari daun yang ada", "not the root over the leaves that are there"),
    "head-note": ("catatannya lain dari kepalanya", "its note says something else, or cannot be read"),
    "head-signature": ("tidak ditandatangani kunci jejak ini", "not signed by a key of this log"),
    "key": ("kunci basis data bukan yang diberikan", "the database's key is another than the given one"),
    "against-signature": ("tanpa tanda tangan yang diminta", "a signature that is wanted is not there"),
    "against-origin": ("titik periksa dari jejak lain", "the checkpoint of another log"),
    "against-longer": ("jejak lebih pendek dari dahulu", "the log is shorter than what was seen"),
    "against-root": ("sejarah lain dari yang pernah dilihat", "another history than the one that was seen"),
}  # fmt: skip
"""What can be wrong, each with a sentence in Indonesian and English about the place that is named."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. ``at``: where, e.g. 'event 12', 'tile 0/3', 'head 512'."""

    kind: str
    at: str

    def text(self, language: str = "id") -> str:
        """As a sentence for a reader."""
        return f"{self.at}: {KINDS[self.kind][language.startswith('en')]}"


@dataclass(slots=True)
class Verified:
    """What was read and what was found. ``root``: over the leaves that are there, hex. ``pending``: events
    that are waiting for the sequencer. ``shredded``: events whose text was shredded; ``shreds``: the first
    events of shredding that say so. ``wrong``: kind → how often."""

    size: int = 0
    root: str = ""
    heads: int = 0
    lists: int = 0
    pending: int = 0
    shredded: int = 0
    shreds: list[int] = field(default_factory=list)
    wrong: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    def add(self, kind: str, at: str) -> None:
        """Note that something is wrong."""
        self.wrong[kind] += 1
        if self.wrong[kind] <= MOST_LISTED:
            self.findings.append(Finding(kind, at))

    def add_shredded(self, shred: int) -> None:
        """Note that the text of an event is gone, as the event ``shred`` says."""
        self.shredded += 1
        if shred not in self.shreds and len(self.shreds) < MOST_LISTED:
            self.shreds.append(shred)


def verify(
    *,
    against: Sequence[Note] = (),
    keys: Sequence[Verifier] = (),
    witnesses: Sequence[Verifier] = (),
    progress: Progress = lambda done, total: None,
) -> Verified:
    """Read the whole log. Needs the scope of the whole country; changes nothing; the log may grow meanwhile.

    ``against``: heads that lie elsewhere (a witness's, a saved one). ``keys``: the log's keys as they are
    known elsewhere; without them the database's own are believed. ``witnesses``: each must have cosigned
    every head of ``against``.

    Raises NoteMalformed: a head of ``against`` that is none, or a key of the wrong kind.
    """
    own = signing.verifiers()
    trusted = tuple(keys) or tuple(own)
    Trust(trusted, tuple(witnesses))  # each of its kind
    found = Verified()
    if keys and own and own[0] not in keys:
        found.add("key", str(own[0]))
    walk = _Walk(found, whole.bounds(), trusted, _heads_elsewhere(found, against, trusted, witnesses))
    last = LedgerHead.objects.order_by("-size").first()
    walk.all(progress)
    _not_in_the_tree(found, last)
    return found


def _heads_elsewhere(
    found: Verified, against: Iterable[Note], keys: Sequence[Verifier], witnesses: Sequence[Verifier]
) -> list[Checkpoint]:
    heads = []
    for note in against:
        head = Checkpoint.of(note)
        at = f"checkpoint {head.size}"
        if head.origin not in {key.name for key in keys}:
            found.add("against-origin", f"{at} {head.origin}")
            continue
        for wanted in (
            tuple(key for key in keys if key.name == head.origin),
            *((each,) for each in witnesses),
        ):
            try:
                note.signed_by(wanted)
            except NoteUnsigned:
                found.add("against-signature", f"{at} {wanted[0].name}")
        heads.append(head)
    return sorted(heads, key=lambda head: head.size)


@dataclass(slots=True)
class _Walk:
    """From the first leaf to the last, and at each size to the heads that speak of it."""

    found: Verified
    bounds: whole.Bounds
    keys: tuple[Verifier, ...]
    elsewhere: list[Checkpoint]
    tree: Frontier = field(default_factory=Frontier)
    heads: dict[int, LedgerHead] = field(default_factory=dict)
    shreds: Shreds = field(default_factory=Shreds)
    aligned: bool = True

    def all(self, progress: Progress) -> None:
        total = self.bounds.leaves
        self._elsewhere()
        while self.aligned and self.tree.size < total:
            self._piece(_leaves(self.tree.size, total))
            progress(self.tree.size, total)
        self._ends()
        self.found.size, self.found.root = self.tree.size, self.tree.root().hex()

    def _piece(self, leaves: list[tuple[int, int, bytes]]) -> None:
        self._heads_until(leaves[-1][0] + 1)
        _texts(self.found, leaves, self.shreds)
        for index, _, entry in leaves:
            if index > self.tree.size:
                self._gap(index)
            if not self.aligned:
                return
            self._leaf(leaf_hash(entry))

    def _gap(self, until: int) -> None:
        """Leaves that are not there: what comes after stays in its place, so that its tiles can be judged."""
        self.found.add("leaf-missing", f"leaf {self.tree.size}–{until - 1}")
        if until - self.tree.size > LONGEST_GAP:
            self.aligned = False
            return
        while self.tree.size < until:
            self._leaf(leaf_hash(b""))

    def _leaf(self, leaf: bytes) -> None:
        for level, number, expected in self.tree.add(leaf):
            if (number + 1) << (TILE_HEIGHT * (level + 1)) <= self.bounds.head:
                self._node(level, number, expected)
        if head := self.heads.pop(self.tree.size, None):
            self._head(head)
        self._elsewhere()

    def _node(self, level: int, number: int, expected: bytes) -> None:
        hashes = [
            whole.as_bytes(each)
            for each in LedgerNode.objects.filter(level=level, number=number).values_list("hash", flat=True)
        ]
        if not hashes:
            self.found.add("node-missing", f"tile {level}/{number}")
        elif hashes != [expected]:
            self.found.add("node", f"tile {level}/{number}")

    def _heads_until(self, size: int) -> None:
        wanted = LedgerHead.objects.filter(size__gt=self.tree.size, size__lte=min(size, self.bounds.head))
        self.heads = {head.size: head for head in wanted}

    def _head(self, head: LedgerHead) -> None:
        self.found.heads += 1
        at, root = f"head {head.size}", self.tree.root()
        if whole.as_bytes(head.root) != root:
            self.found.add("head-root", at)
        try:
            note = Note.parse(str(head.note))
            stated = Checkpoint.of(note)
        except NoteMalformed:
            self.found.add("head-note", at)
            return
        if (stated.size, stated.root) != (head.size, whole.as_bytes(head.root)):
            self.found.add("head-note", at)
        try:
            note.signed_by(key for key in self.keys if key.name == stated.origin)
        except NoteUnsigned:
            self.found.add("head-signature", at)

    def _elsewhere(self) -> None:
        while self.elsewhere and self.elsewhere[0].size == self.tree.size:
            head = self.elsewhere.pop(0)
            if head.root != self.tree.root():
                self.found.add("against-root", f"checkpoint {head.size}")

    def _ends(self) -> None:
        size, head = self.bounds.leaves, self.bounds.head
        if head > size:
            self.found.add("leaf-missing", f"leaf {size}–{head - 1}")
        if size > head:
            self.found.add("leaf-unsigned", f"leaf {head}–{size - 1}")
        for beyond in self.elsewhere if self.aligned else ():
            self.found.add("against-longer", f"checkpoint {beyond.size} > {size}")
        for level, count in self.bounds.nodes.items():
            # By shifting no more than a level that can be: what somebody wrote there may be any number.
            whole_tiles = max(size, head) >> min(TILE_HEIGHT * (level + 1), 64) if level >= 0 else 0
            if count > whole_tiles:
                self.found.add("node-extra", f"tile {level}/{whole_tiles}–{count - 1}")


def _leaves(first: int, until: int) -> list[tuple[int, int, bytes]]:
    """(index, event, entry) of the next leaves; never empty, as the one before ``until`` is there."""
    piece = LedgerLeaf.objects.filter(index__gte=first, index__lt=until).order_by("index")
    rows = piece.values_list("index", "event", "entry")[:AT_ONCE]
    return [(index, event, whole.as_bytes(entry)) for index, event, entry in rows]


def _texts(found: Verified, leaves: Sequence[tuple[int, int, bytes]], shreds: Shreds) -> None:
    """Each leaf's event: there, with the text and the rows whose digest the leaf is; or shredded, as another
    event says."""
    wanted = {event: entry for _, event, entry in leaves}
    events = {row["id"]: row for row in _rows(sorted(wanted))}
    shredded = shreds.of([(event, entry) for event, entry in wanted.items() if event not in events])
    for event, entry in wanted.items():
        if event in events:
            _text(found, events[event], entry)
        elif event in shredded:
            found.add_shredded(shredded[event])
        else:
            found.add("event-missing", f"event {event}")
    _lists(found, events)


def _rows(events: list[int]) -> Iterable[dict[str, Any]]:
    columns = ("id", *TEXT_FIELDS, "salt", "entry", "area_number")
    return LedgerEvent.objects.filter(pk__in=events).values(*columns)


def _text(found: Verified, row: dict[str, Any], entry: bytes) -> None:
    at = f"event {row['id']}"
    try:
        computed = entry_of(salt=whole.as_bytes(row["salt"]), text=text_of(row))
    except (AttributeError, TypeError, ValueError):  # SQLite keeps whatever somebody writes there
        computed = b""
    if computed != entry:
        found.add("text", at)
    if whole.as_bytes(row["entry"]) != entry:
        found.add("entry", at)
    try:
        fits = number_of(row["area"]) == row["area_number"]
    except AreaCodeError:
        fits = False
    if not fits:
        found.add("area", at)


def _lists(found: Verified, events: dict[int, dict[str, Any]]) -> None:
    missing = {event for event, row in events.items() if row["rows_root"]}
    for event, keys in whole.lists(sorted(events)):
        found.lists += 1
        missing.discard(event)
        if not (root := events[event]["rows_root"]):
            found.add("rows-extra", f"event {event}")
        elif not _sorted(keys) or rows_root(keys_of(keys)) != root:
            found.add("rows-changed", f"event {event}")
    for event in sorted(missing):
        found.add("rows-missing", f"event {event}")


def _sorted(keys: bytes) -> bool:
    pieces = [keys[at : at + KEY_BYTES] for at in range(0, len(keys), KEY_BYTES)]
    return len(keys) % KEY_BYTES == 0 and all(one < other for one, other in pairwise(pieces))


def keys_of(keys: bytes) -> list[uuid.UUID]:
    """The keys of a list as it is stored."""
    return [uuid.UUID(bytes=keys[at : at + KEY_BYTES]) for at in range(0, len(keys), KEY_BYTES)]


def _not_in_the_tree(found: Verified, last: LedgerHead | None) -> None:
    """Events without a leaf: those that wait are judged as well, those that wait in vain are told."""
    # A database moved to another server counts its transactions anew: the sequencer then looks at all.
    horizon = log.horizon()
    if last and not 0 < horizon < last.settled:
        for event in whole.lost(settled=last.settled, limit=AT_ONCE):
            found.add("event-lost", f"event {event}")
    for event in whole.lists_of_nothing(limit=AT_ONCE):
        found.add("rows-extra", f"event {event}")
    for piece in whole.waiting(at_once=AT_ONCE):
        events = {row["id"]: row for row in _rows(piece)}
        found.pending += len(events)
        for row in events.values():
            _text(found, row, whole.as_bytes(row["entry"]))
        _lists(found, events)
