"""What the key ring's file says (JSON, readable by its owner alone), and how it is written.

{"format": 1, "active": 1, "active_index": 1,
 "data":  [{"id": 1, "by": "file" or "kms:NAME", "key": text, "made": time, "replaced": time or null}],
 "index": [… the same …]}
"""

from __future__ import annotations

import datetime
import json
import os
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from dtks.foundation.vault.errors import RingMissing, RingUnreadable
from dtks.foundation.vault.ring import LARGEST_KEY_ID

FORMAT = 1
Part = Literal["data", "index"]
PARTS: tuple[Part, ...] = ("data", "index")


@dataclass(frozen=True)
class KeyEntry:
    """A key as the file has it. `made`, `replaced`: UTC; `replaced` is None for the active key."""

    id: int
    by: str
    wrapped: str = field(repr=False)
    made: datetime.datetime
    replaced: datetime.datetime | None = None


@dataclass(frozen=True)
class Entries:
    """The whole file. One active key in each part."""

    data: tuple[KeyEntry, ...]
    active: int
    index: tuple[KeyEntry, ...]
    active_index: int

    def of(self, part: Part) -> tuple[KeyEntry, ...]:
        return self.data if part == "data" else self.index

    def active_of(self, part: Part) -> int:
        return self.active if part == "data" else self.active_index

    def with_part(self, part: Part, keys: tuple[KeyEntry, ...], active: int) -> Entries:
        if part == "data":
            return replace(self, data=keys, active=active)
        return replace(self, index=keys, active_index=active)


def read(path: Path) -> Entries:
    """The file as it is, its keys still wrapped.

    Raises:
        RingMissing, RingUnreadable.
    """
    try:
        tree = json.loads(path.read_bytes())
        if tree["format"] != FORMAT:
            raise ValueError("format")
        entries = Entries(
            data=tuple(_entry(key) for key in tree["data"]),
            active=tree["active"],
            index=tuple(_entry(key) for key in tree["index"]),
            active_index=tree["active_index"],
        )
    except FileNotFoundError:
        raise RingMissing(path=str(path)) from None
    except PermissionError:
        raise unreadable(path, "tidak boleh dibaca oleh pengguna ini", "this user may not read it") from None
    except (ValueError, KeyError, TypeError):
        # The cause may quote the file's text, that is keys: it is not passed on.
        raise unreadable(path, "isinya bukan berkas kunci", "its content is not a key file") from None
    for part in PARTS:
        numbers = [key.id for key in entries.of(part)]
        if entries.active_of(part) not in numbers or len(set(numbers)) != len(numbers):
            raise unreadable(path, "nomor kuncinya tidak cocok", "its key numbers do not fit")
    return entries


def _entry(tree: dict[str, Any]) -> KeyEntry:
    if not 1 <= tree["id"] <= LARGEST_KEY_ID:
        raise ValueError("id")
    replaced = tree["replaced"]
    return KeyEntry(
        id=tree["id"],
        by=tree["by"],
        wrapped=tree["key"],
        made=datetime.datetime.fromisoformat(tree["made"]),
        replaced=datetime.datetime.fromisoformat(replaced) if replaced else None,
    )


def unreadable(path: Path, problem: str, problem_en: str) -> RingUnreadable:
    return RingUnreadable(path=str(path), problem=problem, problem_en=problem_en)


def _tree(entries: Entries) -> dict[str, Any]:
    def shown(key: KeyEntry) -> dict[str, Any]:
        replaced = key.replaced.isoformat() if key.replaced else None
        return {
            "id": key.id,
            "by": key.by,
            "key": key.wrapped,
            "made": key.made.isoformat(),
            "replaced": replaced,
        }

    return {
        "format": FORMAT,
        "active": entries.active,
        "active_index": entries.active_index,
        "data": [shown(key) for key in entries.data],
        "index": [shown(key) for key in entries.index],
    }


def write(path: Path, entries: Entries) -> None:
    """Whole or not at all, and on the disk when this returns. mkstemp makes the file 0600."""
    descriptor, beside = tempfile.mkstemp(dir=path.parent, prefix=".ring-")
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            json.dump(_tree(entries), file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """The rename itself on the disk; Windows knows no such thing."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
