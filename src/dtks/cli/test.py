"""`dtks test`: everything that must hold, in one command. What is missing on the machine is said first."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from dtks.cli import doctor
from dtks.cli.report import measured
from dtks.config import environment, postgresql

ROOT = environment.PROJECT_ROOT


class Database(StrEnum):
    """What the tests have as their default database."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


NOT_CHECKED = 3
"""Exit code of the step `ADVISORIES` that asked and got no answer: neither passed nor failed."""
ADVISORIES = "advisories"


@dataclass(frozen=True)
class Step:
    """One check: its name and the command that exits 0 when it holds."""

    name: str
    command: tuple[str, ...]


def _tool(name: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", name, *arguments)


BANDIT = _tool("bandit", "--quiet", "--configfile", "pyproject.toml", "-r", "src", "launcher.py")
# The rules are the project's own and lie here: nothing is fetched and nothing is sent.
SEMGREP = (
    *(str(Path(sys.executable).parent / "semgrep"), "scan", "--metrics", "off", "--disable-version-check"),
    *("--quiet", "--error", "--config", str(ROOT / ".semgrep" / "rules.yml")),
)


def checks() -> list[Step]:
    """The quick checks that come before the tests."""
    return [
        Step("lint", _tool("ruff", "check", ".")),
        Step("format", _tool("ruff", "format", "--check", ".")),
        Step("types", _tool("mypy")),
        Step(
            "import contracts",
            (sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"),
        ),
        Step("bandit", BANDIT),
        Step("semgrep", (*SEMGREP, "src", "launcher.py")),
    ]


def missing() -> list[str]:
    """What the tests need and this machine lacks: one line each, with the way to get it."""
    lines = []
    if not doctor.chromium():
        lines.append("Chromium tidak ada (uji peramban): sudo apt-get install -y chromium")
    if not environment.value("DTKS_TEST_DATABASE_URL") and postgresql.programs() is None:
        lines.append("PostgreSQL tidak ada: sudo apt-get install -y postgresql")
    if lacking := doctor.go_lacks():
        lines.append(lacking)
    return lines


def suite(*, all_: bool, database: Database, pick: str = "") -> list[Step]:
    """The tests. `all_` on SQLite shows besides that what works with the default database does so on both."""
    pytest = ("pytest", "-q", "--durations=15")
    first = [*pytest, "--database", database.value]
    if not all_:
        first += ["-m", "not slow"]
    if pick:
        first += ["-k", pick]
    steps = [Step("tests", _tool(*first))]
    if all_ and not pick and database is Database.SQLITE:
        on = ("--database", Database.POSTGRESQL.value, "-m", "default_database and not slow and not browser")
        steps.append(Step("tests on PostgreSQL", _tool(*pytest, *on)))
    return steps


def test(
    all_: Annotated[
        bool,
        typer.Option("--all", help="Yang lambat dan PostgreSQL juga · Slow ones and PostgreSQL too"),
    ] = False,
    pick: Annotated[str, typer.Option("-k", help="Hanya uji yang cocok · Only matching tests")] = "",
    database: Annotated[
        Database, typer.Option(help="Basis data bawaan semua uji · Default database of all tests")
    ] = Database.SQLITE,
    json: Annotated[
        bool, typer.Option("--json", help="Satu objek JSON di baris terakhir · One JSON object, last line")
    ] = False,
) -> None:
    """Jalankan lint, tipe, kontrak impor, lalu semua uji.

    Run lint, types, import contracts, then all tests. Exits with the first failure's code after running all.
    """
    console = Console(highlight=False)
    if lines := missing():
        for line in lines:
            console.print(f"✗ {line}", style="red", markup=False)
        raise typer.Exit(2)
    steps = [*([] if pick else checks()), *suite(all_=all_, database=database, pick=pick)]
    if all_ and not pick:
        steps.append(Step(ADVISORIES, _tool("tests.lint.advisories")))
    if json:
        with measured(json=True) as report:
            report["steps"] = done = _run(steps, console)
            report["failed"] = broken = failed(done)
    else:
        broken = failed(done := _run(steps, console))
    if not json:
        if done.get(ADVISORIES, {"exit_code": NOT_CHECKED})["exit_code"] == NOT_CHECKED and not pick:
            console.print(NO_ADVISORIES, style="yellow", markup=False)
        if broken:
            console.print(f"Gagal · Failed: {', '.join(broken)}", style="red", markup=False)
    raise typer.Exit(1 if broken else 0)


NO_ADVISORIES = (
    "Celah yang sudah diumumkan pada pustaka belum diperiksa; --all menanyakannya bila ada jaringan. · "
    "Published advisories of the libraries were not checked; --all asks for them where there is a network."
)


def _run(steps: list[Step], console: Console) -> dict[str, dict[str, float]]:
    """Run each check, whatever becomes of the one before."""
    done = {}
    for step in steps:
        console.rule(step.name)
        started = time.monotonic()
        code = subprocess.run(step.command, cwd=ROOT, check=False).returncode
        seconds = time.monotonic() - started
        console.print(f"{step.name}: {mark(step.name, code)} {seconds:.0f} s", markup=False)
        done[step.name] = {"exit_code": code, "seconds": round(seconds, 3)}
    return done


def mark(name: str, code: float) -> str:
    """✓ holds, ✗ does not, – could not be asked."""
    if name == ADVISORIES and code == NOT_CHECKED:
        return "–"
    return "✗" if code else "✓"


def failed(done: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Names of the checks that do not hold."""
    return [name for name, step in done.items() if mark(name, step["exit_code"]) == "✗"]
