"""The statements of a witness's own file: a SQLite database of three tables, no part of the registry."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dtks.foundation.ledger.transparency.notes import Verifier
from dtks.foundation.ledger.witness.protocol import Finding, Head, Request

WAIT_SECONDS = 5
MOST_FINDINGS = {Finding.FORK: 1000, Finding.UNPROVEN: 100}
"""Of each log: what anybody can cause must not fill the disk, nor push out what proves something."""

SCHEMA = """
CREATE TABLE witness (verifier TEXT NOT NULL, made_at INTEGER NOT NULL) STRICT;
CREATE TABLE log_key (verifier TEXT PRIMARY KEY, origin TEXT NOT NULL) STRICT;
CREATE TABLE head (
    origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, at INTEGER NOT NULL,
    note TEXT NOT NULL
) STRICT;
CREATE TABLE finding (
    origin TEXT NOT NULL, kind TEXT NOT NULL, digest BLOB NOT NULL, first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL, times INTEGER NOT NULL, cosigned TEXT NOT NULL, request BLOB NOT NULL,
    PRIMARY KEY (origin, kind, digest)
) STRICT;
CREATE TRIGGER head_grows BEFORE UPDATE ON head WHEN NEW.size < OLD.size OR NEW.origin <> OLD.origin
    OR (NEW.size = OLD.size AND NEW.root <> OLD.root)
    BEGIN SELECT RAISE(ABORT, 'a head only grows'); END;
CREATE TRIGGER head_stays BEFORE DELETE ON head BEGIN SELECT RAISE(ABORT, 'a head stays'); END;
CREATE TRIGGER finding_stays BEFORE DELETE ON finding BEGIN SELECT RAISE(ABORT, 'a finding stays'); END;
"""


@contextmanager
def connected(path: Path) -> Iterator[sqlite3.Connection]:
    """The file, which must be there already: a lost one is never made anew. Raises sqlite3.Error."""
    uri = f"{path.absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(uri, uri=True, timeout=WAIT_SECONDS, isolation_level=None)
    try:
        # A commit is on the disk, the folder's entry of its journal included, before anybody is answered.
        connection.execute("PRAGMA synchronous = EXTRA")
        yield connection
    finally:
        connection.close()


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """One writer at a time from the first reading on; stored at the end of the block, or nothing of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def create(connection: sqlite3.Connection, verifier: Verifier, now: int) -> None:
    connection.executescript(SCHEMA)
    connection.execute("INSERT INTO witness VALUES (?, ?)", (str(verifier), now))


def witness_of(connection: sqlite3.Connection) -> str:
    """The vkey of the witness whose file this is; '' for none."""
    found = connection.execute("SELECT verifier FROM witness").fetchone()
    return found[0] if found else ""


def add_key(connection: sqlite3.Connection, verifier: Verifier) -> None:
    connection.execute("INSERT OR IGNORE INTO log_key VALUES (?, ?)", (str(verifier), verifier.name))


def keys(connection: sqlite3.Connection, origin: str) -> list[Verifier]:
    found = connection.execute("SELECT verifier FROM log_key WHERE origin = ? ORDER BY rowid", (origin,))
    return [Verifier.parse(text) for (text,) in found]


def origins(connection: sqlite3.Connection) -> list[str]:
    return [name for (name,) in connection.execute("SELECT DISTINCT origin FROM log_key ORDER BY origin")]


def seen(connection: sqlite3.Connection, origin: str) -> tuple[Head, int, str]:
    """The newest head cosigned, when (POSIX seconds), and its note with our line; size 0 before the first."""
    found = connection.execute("SELECT size, root, at, note FROM head WHERE origin = ?", (origin,)).fetchone()
    return (Head(found[0], found[1]), found[2], found[3]) if found else (Head(), 0, "")


def move(connection: sqlite3.Connection, origin: str, head: Head, at: int, note: str) -> None:
    connection.execute(
        "INSERT INTO head VALUES (?, ?, ?, ?, ?) ON CONFLICT (origin) DO UPDATE "
        "SET size = excluded.size, root = excluded.root, at = excluded.at, note = excluded.note",
        (origin, head.size, head.root, at, note),
    )


def keep(connection: sqlite3.Connection, kind: Finding, request: Request, *, cosigned: str, at: int) -> None:
    """Remember a head that was refused, as it was sent, beside the one cosigned before: once, and counted."""
    origin, digest = request.head.origin, hashlib.sha256(request.note.text.encode()).digest()
    again = connection.execute(
        "UPDATE finding SET times = times + 1, last_at = ? WHERE (origin, kind, digest) = (?, ?, ?)",
        (at, origin, kind, digest),
    )
    if again.rowcount:
        return
    connection.execute(
        "INSERT INTO finding SELECT ?, ?, ?, ?, ?, 1, ?, ? "
        "WHERE (SELECT count(*) FROM finding WHERE origin = ? AND kind = ?) < ?",
        (origin, kind, digest, at, at, cosigned, bytes(request), origin, kind, MOST_FINDINGS[kind]),
    )


def findings(connection: sqlite3.Connection) -> list[tuple[str, str, int, int, int, str, bytes]]:
    """(origin, kind, first at, last at, times, our note, the request), oldest first."""
    return connection.execute(
        "SELECT origin, kind, first_at, last_at, times, cosigned, request FROM finding "
        "ORDER BY first_at, rowid"
    ).fetchall()
