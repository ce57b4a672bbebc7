"""The key ring as it lies in its file: made, read, changed.

Written beside and renamed, under a lock: a reader sees the old ring or the new one, and of two processes that
make or change a ring at once the second builds on what the first wrote.
"""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from dtks.foundation.vault import errors
from dtks.foundation.vault.locking import locked
from dtks.foundation.vault.ring import (
    DATA_KEY_BYTES,
    INDEX_KEY_BYTES,
    LARGEST_KEY_ID,
    FileSource,
    KeyRing,
    KeySource,
)
from dtks.foundation.vault.ring_entries import PARTS, Entries, KeyEntry, Part, read, unreadable, write

SETTLING = datetime.timedelta(hours=1)
"""How long a replaced key stays: a process that read the ring before may be at work in one transaction."""

_FILE = FileSource()


@dataclass(frozen=True)
class Place:
    """Where a ring lies, and the service that wraps its keys (None: they lie in the file as they are)."""

    path: Path
    kms: KeySource | None = None

    @property
    def source(self) -> KeySource:
        """Who keeps new keys."""
        return self.kms or _FILE


_Signature = tuple[int, int, int]
_read_before: dict[Place, tuple[_Signature, KeyRing]] = {}


def current(place: Place) -> KeyRing:
    """The ring, read anew when its file has changed.

    Raises:
        RingMissing: no file. RingUnreadable: not a ring. KmsNotSet, KmsUnreachable, KmsRefused, KmsUnsafe.
    """
    try:
        status = place.path.stat()
    except FileNotFoundError:
        raise errors.RingMissing(path=str(place.path)) from None
    signature = (status.st_mtime_ns, status.st_size, status.st_ino)
    known = _read_before.get(place)
    if known is not None and known[0] == signature:
        return known[1]
    ring = _ring(place, read(place.path))
    _read_before[place] = (signature, ring)
    return ring


def create(place: Place, *, now: datetime.datetime) -> bool:
    """Make a ring with one key of each kind, unless there is one. Returns whether it was made."""
    with _locked(place):
        if place.path.exists():
            return False
        first = {part: _new_key(place, part, 1, now) for part in PARTS}
        write(place.path, Entries((first["data"],), 1, (first["index"],), 1))
        return True


def add_key(place: Place, *, part: Part, now: datetime.datetime) -> int:
    """Add a key, which new values use from now on. Returns its number.

    Raises:
        RingFull: no number is left.
    """
    with _locked(place):
        entries = read(place.path)
        keys = entries.of(part)
        # Above the highest first: a number that came back soon could be taken for the key that had it before.
        highest = max(key.id for key in keys)
        taken = {key.id for key in keys}
        free = [n for n in (*range(highest + 1, LARGEST_KEY_ID + 1), *range(1, highest)) if n not in taken]
        if not free:
            raise errors.RingFull()
        active = entries.active_of(part)
        older = tuple(replace(key, replaced=now) if key.id == active else key for key in keys)
        write(place.path, entries.with_part(part, (*older, _new_key(place, part, free[0], now)), free[0]))
        return free[0]


def remove_key(place: Place, *, part: Part, key_id: int, now: datetime.datetime) -> None:
    """Take a key out of the ring for good. Whether data still use it is for the caller to prove before.

    Raises:
        KeyMissing: no such key. KeyActive: new values use it. KeySettling: replaced less than `SETTLING` ago.
    """
    with _locked(place):
        entries = read(place.path)
        check_removable(entries, part=part, key_id=key_id, now=now)
        left = tuple(key for key in entries.of(part) if key.id != key_id)
        write(place.path, entries.with_part(part, left, entries.active_of(part)))


def check_removable(entries: Entries, *, part: Part, key_id: int, now: datetime.datetime) -> None:
    """Raises what `remove_key` raises."""
    found = next((key for key in entries.of(part) if key.id == key_id), None)
    if found is None:
        raise errors.KeyMissing(key_id=key_id)
    if key_id == entries.active_of(part) or found.replaced is None:
        raise errors.KeyActive(key_id=key_id)
    passed = now - found.replaced
    if passed < SETTLING:
        minutes = int(passed.total_seconds() // 60)
        wait = int(SETTLING.total_seconds() // 60) - minutes
        raise errors.KeySettling(key_id=key_id, minutes=minutes, wait=wait)


def _ring(place: Place, entries: Entries) -> KeyRing:
    return KeyRing(
        data_keys={key.id: _unwrapped(place, key, DATA_KEY_BYTES) for key in entries.data},
        active=entries.active,
        index_keys={key.id: _unwrapped(place, key, INDEX_KEY_BYTES) for key in entries.index},
        active_index=entries.active_index,
    )


def _unwrapped(place: Place, entry: KeyEntry, size: int) -> bytes:
    # Each key says who keeps it: a ring may hold keys from before a service was set, until they are replaced.
    keeper = next((one for one in (_FILE, place.kms) if one is not None and one.name == entry.by), None)
    if keeper is None:
        raise errors.KmsNotSet(path=str(place.path), source=entry.by)
    try:
        key = keeper.unwrap(entry.wrapped)
    except ValueError:
        key = b""
    if len(key) != size:
        raise unreadable(place.path, f"kunci nomor {entry.id} rusak", f"key number {entry.id} is damaged")
    return key


def _new_key(place: Place, part: Part, number: int, now: datetime.datetime) -> KeyEntry:
    key = secrets.token_bytes(DATA_KEY_BYTES if part == "data" else INDEX_KEY_BYTES)
    return KeyEntry(number, place.source.name, place.source.wrap(key), now)


@contextmanager
def alone(place: Place) -> Iterator[None]:
    """For the block, no other process exchanges keys.

    Raises:
        RotationRunning: one does.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(locked(place.path.with_name(f".{place.path.name}.rotation"), wait=False))
        except BlockingIOError:
            raise errors.RotationRunning() from None
        yield


@contextmanager
def _locked(place: Place) -> Iterator[None]:
    with locked(place.path.with_name(f".{place.path.name}.lock")):
        yield
