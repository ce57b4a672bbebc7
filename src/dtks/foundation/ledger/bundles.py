"""Bundles: many events with their proofs and one head, in a zip that is checked with a public key alone.

    README.txt      for a person, Indonesian and English
    manifest.json   for a machine: format, version, origin, size, root, how many events, what was chosen
    checkpoint      the head, with the log's signature and the witnesses' cosignatures
    events.jsonl    an event a line: number, index, salt, text, proof; the keys of its list, or the way from
                    one of them to the list's root

The same events and head give the same bytes. No database, no Django: this is what the other side runs. A
bundle may come from an enemy: nothing is unpacked to disk, nothing longer than it may be is read.
"""

from __future__ import annotations

import base64
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from dtks.foundation.ledger.bundle_text import README
from dtks.foundation.ledger.domain import rows_root
from dtks.foundation.ledger.errors import (
    BundleMalformed,
    BundleTooLarge,
    NoteMalformed,
    ProofMalformed,
    ProofWrong,
)
from dtks.foundation.ledger.proofs import MOST_HASHES, Inclusion, Trust, hashes_of
from dtks.foundation.ledger.transparency.checkpoints import Checkpoint
from dtks.foundation.ledger.transparency.merkle import HASH_BYTES, inclusion_holds, leaf_hash
from dtks.foundation.ledger.transparency.notes import Note, decoded

FORMAT, VERSION = "dtks-ledger-bundle", 1
MOST_ROWS = 200_000
LONGEST_LINE = 8 << 20  # as many rows, and what else an event says; parsed it takes some 200 MB
LARGEST: dict[str, int] = {
    "README.txt": 64 << 10,
    "manifest.json": 64 << 10,
    "checkpoint": 1 << 20,
    "events.jsonl": (2 << 30) - 2,  # beyond this a zip is written in its 64-bit form, which is refused
}
"""Every file of a bundle, in its order, and the most bytes that it may have once inflated."""
_FREE, _RATIO = 1 << 20, 100  # hashes do not shrink: what inflates beyond this is a bomb
_END = struct.Struct("<4s4H2LH")
_EVERYTHING = frozenset({"event", "index", "salt", "text", "proof"})


@dataclass(frozen=True, slots=True)
class Member:
    """One key of an event's list, and its way to the list's root: nothing about the others in it."""

    key: UUID
    index: int
    size: int
    hashes: tuple[bytes, ...]

    def holds(self, root: str) -> bool:
        """Whether the key is in the list with that root (hex)."""
        leaf, expected = leaf_hash(self.key.bytes), bytes.fromhex(root)
        return inclusion_holds(leaf=leaf, index=self.index, size=self.size, proof=self.hashes, root=expected)


@dataclass(frozen=True, slots=True)
class Line:
    """An event of a bundle: its proof, and of its list all keys, or one (`Member`), or nothing."""

    inclusion: Inclusion
    rows: tuple[UUID, ...] = ()
    member: Member | None = None


@dataclass(slots=True)
class Checked:
    """What a bundle holds. ``wrong``: the events whose proof does not hold, in words; they count, too."""

    head: Checkpoint
    cosigned: tuple[str, ...]
    chosen: dict[str, Any]
    count: int = 0
    rows: int = 0
    wrong: list[str] = field(default_factory=list)


def write(path: Path, *, note: Note, lines: Iterable[Line], chosen: Mapping[str, Any]) -> int:
    """Write a bundle; returns how many events it holds. ``chosen``: what was asked for, as plain data.

    Raises FileExistsError, BundleTooLarge; what was begun is removed when anything fails.
    """
    head = Checkpoint.of(note)
    with path.open("xb") as file:
        try:
            return _write(file, head, note, lines, chosen)
        except BaseException:
            path.unlink()
            raise


def _write(
    file: IO[bytes], head: Checkpoint, note: Note, lines: Iterable[Line], chosen: Mapping[str, Any]
) -> int:
    # The events come first, as only then it is known how many there are; readers go by name.
    with zipfile.ZipFile(file, "w") as archive:
        count = length = 0
        with archive.open(_entry("events.jsonl"), "w", force_zip64=False) as out:
            for line in lines:
                told = _told(line).encode() + b"\n"
                length += len(told)
                if length > LARGEST["events.jsonl"]:
                    raise BundleTooLarge(events=count)
                out.write(told)
                count += 1
        manifest = {
            "format": FORMAT,
            "version": VERSION,
            "origin": head.origin,
            "size": head.size,
            "root": head.root.hex(),
            "events": count,
            "chosen": dict(chosen),
        }
        texts = {
            "checkpoint": str(note),
            "manifest.json": json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n",
            "README.txt": README.format(origin=head.origin, size=head.size, events=count),
        }
        for name, text in texts.items():
            archive.writestr(_entry(name), text.encode())
    return count


def _entry(name: str) -> zipfile.ZipInfo:
    """Without the time and the machine at which it was written: equal content gives equal bytes."""
    made = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    made.compress_type, made.create_system, made.external_attr = zipfile.ZIP_DEFLATED, 3, 0o100644 << 16
    return made


def _told(line: Line) -> str:
    of = line.inclusion
    content: dict[str, Any] = {
        "event": of.event,
        "index": of.index,
        "salt": base64.b64encode(of.salt).decode(),
        "text": of.text,
        "proof": _encoded(of.hashes),
    }
    if line.rows:
        content["rows"] = [str(key) for key in line.rows]
    if of_list := line.member:
        content["row"] = {
            "key": str(of_list.key),
            "index": of_list.index,
            "size": of_list.size,
            "proof": _encoded(of_list.hashes),
        }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _encoded(hashes: Iterable[bytes]) -> list[str]:
    return [base64.b64encode(each).decode() for each in hashes]


def check(
    path: Path, *, trust: Trust, each: Callable[[Inclusion, dict[str, Any]], None] = lambda proof, says: None
) -> Checked:
    """Whether a bundle holds: its head signed by whom the reader trusts, each event in that head's tree.

    ``each`` is called with every event whose proof holds and what it says. Memory: one line.

    Raises OSError, BundleMalformed, NoteMalformed, NoteUnsigned, QuorumMissing.
    """
    with path.open("rb") as file:
        _looks_like_ours(file)
        try:
            with zipfile.ZipFile(file) as archive:
                return _check(archive, trust, each)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error) as problem:
            raise BundleMalformed(reason=f"a damaged zip ({type(problem).__name__})") from problem


def _looks_like_ours(file: IO[bytes]) -> None:
    """Before a library reads the directory: it is as short as that of four files, and of the plain kind."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _END.size - 20))
    tail = file.read()
    if len(tail) < _END.size:
        raise BundleMalformed(reason="not a zip")
    mark, disk, first, here, entries, length, offset, comment = _END.unpack(tail[-_END.size :])
    if mark != b"PK\x05\x06" or tail[:4] == b"PK\x06\x07":
        raise BundleMalformed(reason="not a plain zip")
    if (disk, first, here, entries, comment) != (0, 0, len(LARGEST), len(LARGEST), 0):
        raise BundleMalformed(reason=f"{entries} files instead of {len(LARGEST)}")
    if length > 1024 or offset + length + _END.size != size:
        raise BundleMalformed(reason="something lies before, behind or between its parts")


def _check(
    archive: zipfile.ZipFile, trust: Trust, each: Callable[[Inclusion, dict[str, Any]], None]
) -> Checked:
    _harmless(archive.infolist())
    manifest = _object(archive.read("manifest.json"), "manifest.json")
    if (manifest.get("format"), manifest.get("version")) != (FORMAT, VERSION):
        raise BundleMalformed(reason=f"its manifest is not {FORMAT} {VERSION}")
    note = Note.parse(archive.read("checkpoint"))
    head, cosigned = trust.head_of(note)
    stated = (manifest.get("origin"), manifest.get("size"), manifest.get("root"))
    if stated != (head.origin, head.size, head.root.hex()):
        raise BundleMalformed(reason="its manifest and its checkpoint name different heads")
    chosen = manifest.get("chosen")
    found = Checked(head, cosigned, chosen if isinstance(chosen, dict) else {})
    with archive.open("events.jsonl") as lines:
        for raw in _lines(lines):
            found.count += 1
            try:
                line = _line(raw, found.count)
                says = _holds(line, head)
            except (ProofWrong, ProofMalformed) as problem:
                found.wrong.append(str(problem.params["reason"]))
                continue
            found.rows += len(line.rows) or int(line.member is not None)
            each(line.inclusion, says)
    if found.count != manifest.get("events"):
        raise BundleMalformed(
            reason=f"{found.count} events, its manifest says {manifest.get('events')!r:.20}"
        )
    return found


def _harmless(entries: list[zipfile.ZipInfo]) -> None:
    if sorted(entry.filename for entry in entries) != sorted(LARGEST):
        raise BundleMalformed(reason="not the files of a bundle")
    for entry in entries:
        if entry.flag_bits & 1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise BundleMalformed(reason=f"{entry.filename} is encrypted or packed in another way")
        if entry.file_size > LARGEST[entry.filename]:
            raise BundleMalformed(reason=f"{entry.filename} has {entry.file_size} bytes")
        if entry.file_size > max(_FREE, _RATIO * entry.compress_size):
            raise BundleMalformed(reason=f"{entry.filename} inflates {_RATIO} times and more")


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    while raw := file.readline(LONGEST_LINE):
        if not raw.endswith(b"\n"):
            raise BundleMalformed(reason="a line of events.jsonl that is too long, or broken off")
        yield raw


def _object(raw: bytes, where: str) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError) as problem:
        raise BundleMalformed(reason=f"{where} is no JSON") from problem
    if not isinstance(found, dict):
        raise BundleMalformed(reason=f"{where} is no object")
    return found


def _line(raw: bytes, number: int) -> Line:
    where = f"line {number} of events.jsonl"
    tree = _object(raw, where)
    try:
        if set(tree) - {"rows", "row"} != _EVERYTHING:
            raise ValueError("other names than those of an event")
        return Line(
            Inclusion(
                event=_natural(tree["event"]),
                index=_natural(tree["index"]),
                salt=decoded(_text(tree["salt"])),
                text=_text(tree["text"]),
                hashes=hashes_of(tree["proof"]),
            ),
            tuple(UUID(key) for key in tree.get("rows", ())),
            _member(tree["row"]) if "row" in tree else None,
        )
    except (ValueError, TypeError, KeyError, AttributeError, NoteMalformed) as problem:
        raise BundleMalformed(reason=f"{where}: {problem}"[:200]) from problem


def _member(tree: dict[str, Any]) -> Member:
    return Member(
        UUID(tree["key"]), _natural(tree["index"]), _natural(tree["size"]), hashes_of(tree["proof"])
    )


def _natural(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << MOST_HASHES:
        raise ValueError("a number that is none")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text that is none")
    value.encode()  # a lone surrogate has no digest: UnicodeEncodeError, a ValueError
    return value


def _holds(line: Line, head: Checkpoint) -> dict[str, Any]:
    says = line.inclusion.holds(head)
    root, event = str(says["rows_root"]), line.inclusion.event
    if line.rows and rows_root(line.rows) != root:
        raise ProofWrong(reason=f"event {event}: its list is not the one that was recorded")
    if line.member:
        hexadecimal = len(root) == 2 * HASH_BYTES and not set(root) - set("0123456789abcdef")
        if not hexadecimal or not line.member.holds(root):
            raise ProofWrong(reason=f"event {event}: {line.member.key} is not in its list")
    return says
