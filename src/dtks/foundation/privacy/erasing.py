"""Files that hold personal data are overwritten before they are taken away."""

from __future__ import annotations

import shutil
from pathlib import Path

_PIECE = 1 << 20


def erase(path: Path) -> None:
    """Overwrite a file with zeros and take it away; nothing when there is none.

    On flash, with copy-on-write or in a backup old blocks may outlive it: there the encryption of the disk is
    what protects them.
    """
    if path.is_symlink() or not path.is_file():
        return
    with path.open("r+b") as file:
        left = path.stat().st_size
        while left > 0:
            left -= file.write(bytes(min(left, _PIECE)))
    path.unlink(missing_ok=True)


def erase_folder(folder: Path) -> None:
    """The same for everything in a folder, and the folder."""
    if folder.is_symlink() or not folder.is_dir():
        return
    for path in folder.rglob("*"):
        erase(path)
    shutil.rmtree(folder, ignore_errors=True)
