"""Exchange of keys while the system runs: values of older keys are opened and sealed with the active one.

Block by block, each in one short transaction together with the position, so that it goes on where it was
interrupted; a value that somebody changes meanwhile is left to them. At the end the whole database is
counted: only what no value, file or session uses any more may be removed from the ring.

On PostgreSQL the caller sees to it that all rows can be seen (row-level security).
"""

from __future__ import annotations

import datetime
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from django.db import transaction

from dtks.foundation.vault import blind, cipher, known, ring_entries, ring_file
from dtks.foundation.vault.bulk import ChangedRow, FoundRow, TableInBlocks
from dtks.foundation.vault.errors import KeyInUse, KeyMissing, NothingToIndex, NotRotated, ValueDamaged
from dtks.foundation.vault.models import RotationStep
from dtks.foundation.vault.ring import KeyRing
from dtks.foundation.vault.ring_entries import Part
from dtks.foundation.vault.ring_file import Place
from dtks.foundation.vault.tables import SealedColumn, SealedTable, sealed_tables

PASSES = 3
"""A process that read the ring before a key was added may write with the old one for a while, and rows
that others hold locked are passed over."""
PAUSE_SECONDS = 1.0

Progress = Callable[[int, int], None]


class Holder(Protocol):
    """What keeps sealed content outside of sealed columns: files, sessions."""

    name: str

    def usage(self) -> dict[int, int]:
        """Number of a data key → how many things use it."""

    def renew(self, ring: KeyRing) -> int:
        """Seal anew what does not use the active key. Returns how many were changed."""


holders: list[Holder] = []
"""Filled by the apps when they are ready."""


@dataclass(frozen=True)
class Usage:
    """How many values of a place ('table.column', or a holder's name) use a key."""

    part: Part
    key_id: int
    place: str
    rows: int


@dataclass
class Rotation:
    """What was done. `damaged`: values that do not open and stay as they are, by place."""

    rows: int = 0
    others: int = 0
    passes: int = 0
    damaged: dict[str, int] = field(default_factory=dict)

    def not_renewed(self, table: SealedTable, column: str, older: bool) -> None:
        """Note a value that does not open, if it is in the way of retiring a key."""
        if older:
            name = f"{table.name}.{column}"
            self.damaged[name] = self.damaged.get(name, 0) + 1


def no_progress(done: int, total: int) -> None:
    """Nobody is watching."""


def usage(tables: list[SealedTable] | None = None) -> list[Usage]:
    """Which keys are in use, and where. Reads every sealed table as a whole."""
    found = []
    for table in sealed_tables() if tables is None else tables:
        indexes = {index.column for index in table.indexes}
        for column, key_id, rows in TableInBlocks(table).usage():
            part: Part = "index" if column in indexes else "data"
            found.append(Usage(part, key_id, f"{table.name}.{column}", rows))
    for holder in holders:
        found += [Usage("data", key_id, holder.name, count) for key_id, count in holder.usage().items()]
    return found


def rotate(
    *, place: Place, tables: list[SealedTable] | None = None, progress: Progress = no_progress
) -> Rotation:
    """Seal everything with the active keys. `progress(done, total)` counts blocks of the present pass.

    Raises:
        RotationRunning: another process is at it. NotRotated: old keys keep coming back.
    """
    tables = sealed_tables() if tables is None else tables
    with ring_file.alone(place):
        done = Rotation()
        for done.passes in range(1, PASSES + 1):
            ring = ring_file.current(place)
            done.damaged = {}
            _one_pass(tables, ring, done, progress)
            done.others += sum(holder.renew(ring) for holder in holders)
            left = _left(tables, ring, done)
            if not left:
                RotationStep.objects.all().delete()
                return done
            RotationStep.objects.update(next_block=0)
            time.sleep(PAUSE_SECONDS)
        raise NotRotated(passes=PASSES, rows=left)


def is_unfinished() -> bool:
    """Whether a re-encryption was interrupted, or is running."""
    return RotationStep.objects.exists()


def _one_pass(tables: list[SealedTable], ring: KeyRing, done: Rotation, progress: Progress) -> None:
    walks = [(TableInBlocks(table), _step(table, ring)) for table in tables]
    ends = [walk.blocks() for walk, _ in walks]
    total = sum(ends)
    before = 0
    for (walk, step), end in zip(walks, ends, strict=True):
        for block in range(step.next_block, end):
            progress(before + block, total)
            with transaction.atomic():
                found = walk.older(block, data_key=ring.active, index_key=ring.active_index)
                changed = [row for one in found if (row := _renewed(one, walk.table, ring, done))]
                step.rows_changed += (rows := walk.change(changed))
                step.next_block = block + 1
                step.save(update_fields=["next_block", "rows_changed"])
            done.rows += rows
        before += end
    progress(total, total)


def _step(table: SealedTable, ring: KeyRing) -> RotationStep:
    """Where the table's re-encryption to the ring's active keys stands."""
    step, made = RotationStep.objects.get_or_create(
        table=table.name, defaults={"data_key": ring.active, "index_key": ring.active_index}
    )
    if not made and (step.data_key, step.index_key) != (ring.active, ring.active_index):
        step.data_key, step.index_key, step.next_block = ring.active, ring.active_index, 0
        step.save()
    return step


def _renewed(row: FoundRow, table: SealedTable, ring: KeyRing, done: Rotation) -> ChangedRow | None:
    """The row under the active keys; None when nothing of it can be renewed."""
    values, indexes = list(row.values), list(row.indexes)
    sources = {index.source.column for index in table.indexes}
    plain: dict[str, bytes] = {}
    for number, (column, sealed) in enumerate(zip(table.sealed, row.values, strict=True)):
        older = sealed is not None and sealed[:1] != bytes((ring.active,))
        if sealed is None or not (older or column.column in sources):
            continue
        try:
            plain[column.column] = _opened(sealed, column, row, ring)
        except (ValueDamaged, KeyMissing):
            done.not_renewed(table, column.column, older)
            continue
        if older:
            values[number] = _sealed(plain[column.column], column, row, ring)
    for number, index in enumerate(table.indexes):
        old = row.indexes[number]
        if old is None or cipher.key_id(old.bytes) == ring.active_index:
            continue
        if index.source.column in plain:
            indexes[number] = _indexed(plain[index.source.column], index.spec.kind, index.source, ring)
        else:
            done.not_renewed(table, index.column, True)
    changed = ChangedRow(row, tuple(values), tuple(indexes))
    return None if (changed.values, changed.indexes) == (row.values, row.indexes) else changed


def _opened(sealed: bytes, column: SealedColumn, row: FoundRow, ring: KeyRing) -> bytes:
    if column.spec.mode == "free":
        return cipher.unseal_free(sealed, column=column.spec.label, ring=ring)
    return cipher.unseal(sealed, column=column.spec.label, record=row.records[column.record], ring=ring)


def _sealed(plain: bytes, column: SealedColumn, row: FoundRow, ring: KeyRing) -> bytes:
    if column.spec.mode == "free":
        return cipher.seal_free(plain, column=column.spec.label, ring=ring)
    return cipher.seal(plain, column=column.spec.label, record=row.records[column.record], ring=ring)


def _indexed(plain: bytes, kind: str, source: SealedColumn, ring: KeyRing) -> uuid.UUID | None:
    text = cipher.unpack_digits(plain) if source.spec.digits else plain.decode("utf-8")
    try:
        return uuid.UUID(bytes=blind.blind_index(text, kind=kind, ring=ring))
    except NothingToIndex:
        return None


def _left(tables: list[SealedTable], ring: KeyRing, done: Rotation) -> int:
    """Values of older keys, without those that do not open."""
    active = {"data": ring.active, "index": ring.active_index}
    older = sum(use.rows for use in usage(tables) if use.key_id != active[use.part])
    return max(0, older - sum(done.damaged.values()))


def retire(
    *,
    place: Place,
    part: Part,
    key_id: int,
    now: datetime.datetime,
    tables: list[SealedTable] | None = None,
) -> None:
    """Remove a key from the ring, after a proof that nothing uses it. It does not come back.

    Raises:
        KeyMissing, KeyActive, KeySettling: see `ring_file.remove_key`. KeyInUse: with where and how often.
    """
    with ring_file.alone(place):
        ring_file.check_removable(ring_entries.read(place.path), part=part, key_id=key_id, now=now)
        uses = [use for use in usage(tables) if (use.part, use.key_id) == (part, key_id)]
        if uses:
            places = ", ".join(sorted(use.place for use in uses))
            raise KeyInUse(key_id=key_id, rows=sum(use.rows for use in uses), places=places)
        ring_file.remove_key(place, part=part, key_id=key_id, now=now)
        known.forget(part=part, number=key_id)
