"""One process at a time works on an import. The lock ends with the process, also when that is killed."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from dtks.registration.intake import errors

# Somebody who only asks whether the lock is held (`is_held`) has it for an instant.
TRIES = 10
PAUSE = 0.05


def folder_of(job_id: object) -> Path:
    """Where an import keeps its lock and its spool."""
    return Path(settings.HOME) / "uploads" / str(job_id)


def path_for(job_id: object) -> Path:
    """The lock of an import."""
    return folder_of(job_id) / "lock"


def remove(job_id: object) -> None:
    """Take away what an import laid down; personal data do not stay longer than needed."""
    shutil.rmtree(folder_of(job_id), ignore_errors=True)


@contextmanager
def exclusively(path: Path) -> Iterator[None]:
    """Hold the lock file for the block.

    Raises:
        AlreadyRunning: another process on this machine holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("a+b") as file:
        for _ in range(TRIES):
            if _take(file.fileno()):
                break
            time.sleep(PAUSE)
        else:
            raise errors.AlreadyRunning()
        yield


def is_held(path: Path) -> bool:
    """Whether some process holds the lock right now."""
    if not path.exists():
        return False
    with path.open("a+b") as file:
        return not _take(file.fileno())


if os.name == "nt":
    import msvcrt

    def _take(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _take(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
