"""Plain types that this step gives out."""

from __future__ import annotations

import re
import unicodedata
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

LONGEST_NAME = 100


class State(StrEnum):
    """Where an import stands. Only `done` is final for good; the others but `queued` can go on."""

    UPLOADED = "uploaded"  # checked and previewed, waits for the officer to confirm
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class ImportReport:
    """What an import did, or with `dry_run` would do.

    `rows_*`: rows of the file; read = accepted + pending + skipped (rows that equal another row in every
    cell). `people` and `families`: those that the accepted rows make. `families_incomplete`: families that
    went in while a member's row waits. `problems` and `warnings`: code → number of rows.
    `already_imported`: the same file had been imported before; nothing was done now, so that the counts
    of what is new or changed are zero.
    """

    job: uuid.UUID | None
    state: State
    name: str
    format: str
    area: str
    dry_run: bool = False
    already_imported: bool = False
    rows_read: int = 0
    rows_accepted: int = 0
    rows_pending: int = 0
    rows_skipped: int = 0
    rows_mended: int = 0
    people: int = 0
    people_new: int = 0
    people_changed: int = 0
    families: int = 0
    families_new: int = 0
    families_changed: int = 0
    families_incomplete: int = 0
    outdated: int = 0
    problems: dict[str, int] = field(default_factory=dict)
    warnings: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class JobLine:
    """An import in the list of past imports."""

    id: uuid.UUID
    name: str
    created_at: datetime
    created_by: str
    format: str
    area: str
    state: State
    rows_read: int
    rows_accepted: int
    rows_pending: int
    open_pending: int
    done: int
    total: int
    error: str
    can_resume: bool


@dataclass(frozen=True)
class ShownProblem:
    """A problem for a reader: where, what it says, how to mend it. `column` is the heading in the file,
    `cell` the spreadsheet's name of the place ('G5')."""

    sheet: str
    row: int
    column: str
    cell: str
    value: str
    code: str
    what: str
    mend: str
    holds_back: bool
    pending_row: uuid.UUID | None = None


@dataclass(frozen=True)
class MappingLine:
    """A column mapping that an office keeps. `name` is what the command line and the file call it."""

    name: str
    title: str
    created_by: str
    created_at: datetime
    sheets: int
    columns: int


@dataclass(frozen=True)
class ShownColumn:
    """A column of a mapping: what it is read as (`label`, empty when it is not used), and its codes."""

    heading: str
    label: str
    required: bool
    ignored: str
    codes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ShownMapping:
    """A mapping for a reader. `problem` says why it cannot be used any more ('' when it can)."""

    line: MappingLine
    sheets: tuple[tuple[str, str, tuple[ShownColumn, ...]], ...]
    problem: str = ""


def clean_title(text: str) -> str:
    """A title as it is shown: single spaces, at most 100 letters; '' when nothing is left."""
    return " ".join(text.split())[:LONGEST_NAME].strip()


def safe_name(name: str) -> str:
    """A file name that can be shown and stored: no folders, no control signs, at most 100 letters."""
    base = re.split(r"[\\/]", unicodedata.normalize("NFKC", name))[-1]
    cleaned = re.sub(r"[^\w.()\- ]+", "_", base).strip(" .")
    stem, dot, suffix = cleaned.rpartition(".")
    if not dot:
        return cleaned[:LONGEST_NAME] or "berkas"
    return f"{(stem or 'berkas')[: LONGEST_NAME - len(suffix) - 1]}.{suffix}"


def column_letters(place: int) -> str:
    """0 → 'A', 26 → 'AA'."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
