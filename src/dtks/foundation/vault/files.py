"""Sealed files: written once from front to back, read from anywhere.

    magic (8) | file id (16) | file key, sealed in free mode under the file's id (61) | chunks
    chunk: AES-256-GCM of 64 KiB (the last: 0 to 64 KiB) and its tag (16)

Each file has a key of its own, so that exchanging a key of the ring touches 61 bytes. A chunk's number is its
nonce, and its associated data say whether it is the last: chunks cannot be left out, swapped, repeated, cut
off or brought from another file.
"""

from __future__ import annotations

import io
import os
import secrets
from collections import Counter, OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dtks.foundation.vault import cipher
from dtks.foundation.vault.errors import FileDamaged, ValueDamaged
from dtks.foundation.vault.ring import KeyRing

MAGIC = b"DTKSEAL1"
ID_BYTES = 16
KEY_BYTES = 32
CHUNK = 64 * 1024
TAG_BYTES = 16
NONCE_BYTES = 12
SEALED_KEY_BYTES = 1 + cipher.NONCE_BYTES + cipher.SIV_BYTES + KEY_BYTES
KEY_AT = len(MAGIC) + ID_BYTES
HEADER_BYTES = KEY_AT + SEALED_KEY_BYTES
KEPT_CHUNKS = 4  # a zip file's reader goes to and fro between its directory and a part


def is_sealed(path: Path) -> bool:
    """Whether the file begins as a sealed one."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def writer(path: Path, *, ring: KeyRing) -> SealedWriter:
    """A new sealed file (mode 0600). Use as a context manager: what is not closed cannot be read.

    Raises:
        FileExistsError: there is such a file.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return SealedWriter(os.fdopen(os.open(path, flags, 0o600), "wb"), ring)


def reader(path: Path, *, ring: KeyRing) -> io.BufferedReader:
    """The plain content of a sealed file, seekable, for `zipfile`, `csv`, `io.TextIOWrapper` …

    Raises:
        FileDamaged: not a sealed file, or altered, here or when a damaged chunk is read. KeyMissing.
    """
    return io.BufferedReader(_SealedReader(path, ring), buffer_size=CHUNK)


def key_id_of(path: Path) -> int:
    """The number of the ring's key that the file's key is sealed with.

    Raises:
        FileDamaged: not a sealed file.
    """
    return cipher.key_id(_header(path)[KEY_AT:])


def reseal(path: Path, *, ring: KeyRing) -> bool:
    """Seal the file's key with the ring's active key; the content stays. Returns whether that was needed.

    The 61 bytes are written in place; readers that have the file open are not disturbed.

    Raises:
        FileDamaged, KeyMissing.
    """
    header = _header(path)
    if cipher.key_id(header[KEY_AT:]) == ring.active:
        return False
    label = _label(header)
    sealed = cipher.seal_free(_file_key(header, path, ring), column=label, ring=ring)
    with path.open("r+b") as file:
        file.seek(KEY_AT)
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    return True


def _header(path: Path) -> bytes:
    with path.open("rb") as file:
        header = file.read(HEADER_BYTES)
    if len(header) != HEADER_BYTES or not header.startswith(MAGIC):
        raise FileDamaged(name=path.name)
    return header


def _label(header: bytes) -> str:
    return "file." + header[len(MAGIC) : KEY_AT].hex()


def _file_key(header: bytes, path: Path, ring: KeyRing) -> bytes:
    try:
        return cipher.unseal_free(header[KEY_AT:], column=_label(header), ring=ring)
    except ValueDamaged:
        raise FileDamaged(name=path.name) from None


def _nonce(number: int) -> bytes:
    # The key is of this file alone, and each chunk is written once: no nonce comes twice.
    return number.to_bytes(NONCE_BYTES, "big")


def _associated(file_id: bytes, last: bool) -> bytes:
    return MAGIC + file_id + (b"\x01" if last else b"\x00")


class SealedWriter(io.RawIOBase):
    """Takes bytes in pieces of any size; `close` writes the last chunk. Left by an exception, the file stays
    without its end and is refused by the reader."""

    def __init__(self, file: BinaryIO, ring: KeyRing) -> None:
        super().__init__()
        self._file = file
        self._id = secrets.token_bytes(ID_BYTES)
        key = secrets.token_bytes(KEY_BYTES)
        self._cipher = AESGCM(key)
        self._pending = bytearray()
        self._number = 0
        head = MAGIC + self._id
        self._file.write(head + cipher.seal_free(key, column=_label(head), ring=ring))

    def writable(self) -> bool:
        return True

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override]  # what io hands over
        self._pending += data
        # One chunk is kept back: only at the end is it known which is the last.
        whole = (len(self._pending) - 1) // CHUNK
        for start in range(0, whole * CHUNK, CHUNK):
            self._put(bytes(self._pending[start : start + CHUNK]), last=False)
        if whole > 0:
            del self._pending[: whole * CHUNK]
        return len(data)

    def _put(self, plain: bytes, *, last: bool) -> None:
        associated = _associated(self._id, last)
        self._file.write(self._cipher.encrypt(_nonce(self._number), plain, associated))
        self._number += 1

    def close(self) -> None:
        if self.closed:
            return
        try:
            self._put(bytes(self._pending), last=True)
        finally:
            self._file.close()
            super().close()

    def abandon(self) -> None:
        """Close without the end: the file stays unreadable."""
        if not self.closed:
            self._file.close()
            super().close()

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    def __del__(self) -> None:
        self.abandon()  # RawIOBase would close, and thereby finish, a file that was left half-written


class _SealedReader(io.RawIOBase):
    def __init__(self, path: Path, ring: KeyRing) -> None:
        super().__init__()
        header = _header(path)
        self._id = header[len(MAGIC) : KEY_AT]
        self._name = path.name
        self._cipher = AESGCM(_file_key(header, path, ring))
        self._file = path.open("rb")
        sealed = os.fstat(self._file.fileno()).st_size - HEADER_BYTES
        self._chunks = -(-sealed // (CHUNK + TAG_BYTES))
        self._size = sealed - self._chunks * TAG_BYTES
        self._at = 0
        self._kept: OrderedDict[int, bytes] = OrderedDict()
        # Whether the end is there is known before anything is read.
        if self._chunks < 1 or self._size < 0:
            self._damaged()
        self._chunk(self._chunks - 1)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError("before the beginning of the file")
        self._at = start + offset
        return self._at

    def readall(self) -> bytes:
        number, within = divmod(self._at, CHUNK)
        rest = [self._chunk(one) for one in range(number, self._chunks)]
        self._at = max(self._at, self._size)
        return b"".join(rest)[within:]

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # what io calls it with
        if self._at >= self._size or not len(buffer):
            return 0
        number, within = divmod(self._at, CHUNK)
        piece = self._chunk(number)[within : within + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def _chunk(self, number: int) -> bytes:
        if (found := self._kept.get(number)) is not None:
            return found
        self._file.seek(HEADER_BYTES + number * (CHUNK + TAG_BYTES))
        sealed = self._file.read(CHUNK + TAG_BYTES)
        associated = _associated(self._id, number == self._chunks - 1)
        try:
            plain = self._cipher.decrypt(_nonce(number), sealed, associated)
        except (InvalidTag, ValueError):
            self._damaged()
        self._kept[number] = plain
        if len(self._kept) > KEPT_CHUNKS:
            self._kept.popitem(last=False)
        return plain

    def _damaged(self) -> NoReturn:
        self.close()
        raise FileDamaged(name=self._name) from None

    def close(self) -> None:
        if not self.closed:
            if file := getattr(self, "_file", None):
                file.close()
            super().close()


class SealedFolder:
    """All sealed files below a folder, as a holder for `rotation`."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._folder = folder

    def usage(self) -> dict[int, int]:
        """Number of a data key → files whose key is sealed with it."""
        return dict(Counter(number for path in self._files() if (number := _key_id(path)) is not None))

    def renew(self, ring: KeyRing) -> int:
        """Seal the keys of all files with the active key. Returns how many were changed.

        Raises:
            KeyMissing, FileDamaged.
        """
        return sum(reseal(path, ring=ring) for path in self._files() if _key_id(path) is not None)

    def _files(self) -> Iterator[Path]:
        return (path for path in sorted(self._folder.rglob("*")) if path.is_file())


def _key_id(path: Path) -> int | None:
    """The number of the key; None when the file is no sealed one, or went away meanwhile."""
    try:
        return key_id_of(path)
    except (FileDamaged, FileNotFoundError):
        return None
