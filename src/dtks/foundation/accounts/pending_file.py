"""The rows of an uploaded file between its judgement and its application: sealed, one file, one hour."""

from __future__ import annotations

import contextlib
import json
import re
import secrets
import time
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from dtks.foundation.accounts.officers_file import OfficerRow
from dtks.foundation.vault import configured, files

KEPT_SECONDS = 60 * 60
_TOKEN = re.compile(r"[0-9a-f]{32}")


def _folder() -> Path:
    return Path(settings.HOME) / "pending-officers"


def keep(lines: Sequence[OfficerRow]) -> str:
    """Keep the rows; returns the token by which they are taken. What is older than an hour goes."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in older(before=time.time() - KEPT_SECONDS):
        path.unlink(missing_ok=True)
    token = secrets.token_hex(16)
    content = json.dumps([row.plain() for row in lines], default=str, ensure_ascii=False)
    with files.writer(folder / token, ring=configured.ring()) as sealed:
        sealed.write(content.encode())
    return token


def older(*, before: float) -> list[Path]:
    """The files that were written before (seconds since 1970), also those of an upload that was killed."""
    found = []
    if (folder := _folder()).is_dir():
        for path in folder.iterdir():
            # Another process may clear at the same moment.
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    found.append(path)
    return sorted(found)


def take(token: str) -> list[OfficerRow] | None:
    """The rows, which are kept no longer; None when there are none under this token (any more)."""
    if not _TOKEN.fullmatch(token):
        return None
    path = _folder() / token
    # Taken by renaming: of two clicks at once only one gets the rows.
    mine = path.with_suffix(f".{secrets.token_hex(4)}")
    try:
        path.rename(mine)
    except FileNotFoundError:
        return None
    try:
        if mine.stat().st_mtime < time.time() - KEPT_SECONDS:
            return None
        with files.reader(mine, ring=configured.ring()) as plain:
            return [OfficerRow.from_plain(row) for row in json.load(plain)]
    finally:
        mine.unlink(missing_ok=True)
