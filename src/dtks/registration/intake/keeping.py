"""What imports lay down on the disk is sealed: uploads and the spool hold raw rows of people.

A file that somebody names on the command line is theirs, and is read as it lies there.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import IO

import polars as pl
from polars._typing import IpcCompression

from dtks.foundation.vault import configured, files


def opened(path: Path) -> IO[bytes]:
    """The plain content of a file, seekable.

    Raises:
        FileDamaged: an upload was altered or cut off. KeyMissing, RingMissing: its key is not there.
    """
    return files.reader(path, ring=configured.ring()) if files.is_sealed(path) else path.open("rb")


def size_of(path: Path) -> int:
    """Bytes of the plain content."""
    with opened(path) as file:
        return file.seek(0, io.SEEK_END)


def write_frame(path: Path, frame: pl.DataFrame, *, compression: IpcCompression = "lz4") -> None:
    """Lay a table down, sealed. Whatever lay there before is replaced."""
    buffer = io.BytesIO()
    frame.write_ipc(buffer, compression=compression)
    path.unlink(missing_ok=True)
    with files.writer(path, ring=configured.ring()) as out:
        out.write(buffer.getbuffer())


def read_frame(path: Path) -> pl.DataFrame:
    """The table that `write_frame` laid down.

    Raises:
        FileDamaged, KeyMissing, RingMissing.
    """
    with files.reader(path, ring=configured.ring()) as file:
        return pl.read_ipc(io.BytesIO(file.read()))
