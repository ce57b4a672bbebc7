"""`dtks demo`: everything from nothing to a served site with made-up people, resumable at every step.

Each step is noted in `demo.json` when it is done, so a demo that was stopped goes on where it was, and a
finished one starts at once. The demo has a data folder of its own, apart from any real installation, and
serves this machine alone: its passwords are known to everybody.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from dtks.config import environment

HOST = "127.0.0.1"
AREA = "33.02.11"  # Kecamatan Banyumas, Jawa Tengah
FAMILIES = 2_000
SEED = 2026
PERIOD = "2026-12"
SHARE_WITHOUT_NIK = 0.005  # so that the demo also shows people whom other registries leave out
PASSWORD = "demo-saja"  # noqa: S105 - published on purpose: the demo serves this machine alone
ACCOUNTS = ("petugas", "operator")

console = Console(highlight=False)


@dataclass(frozen=True)
class Demo:
    """Where this demo lies and what it is about."""

    folder: Path
    area: str
    families: int

    @property
    def state_file(self) -> Path:
        return self.folder / "demo.json"

    def state(self) -> dict[str, object]:
        return json.loads(self.state_file.read_text("utf-8")) if self.state_file.exists() else {}

    def note(self, step: str, value: object) -> None:
        """Remember that a step is done; written beside and renamed, so a kill leaves the old state."""
        beside = self.state_file.with_suffix(".tmp")
        beside.write_text(json.dumps({**self.state(), step: value}, ensure_ascii=False), "utf-8")
        beside.replace(self.state_file)


def _areas(demo: Demo) -> object:
    from dtks.foundation.areas import actions, queries

    if not queries.counts().get("villages"):
        actions.load(by="system")
    return True


def _people(demo: Demo) -> object:
    """Made-up families of the whole kecamatan; all villages but the last go in from the Parquet files."""
    from dtks.determination.synth import actions as synth
    from dtks.foundation.areas import queries
    from dtks.registration.intake import snapshot_directory

    out = demo.folder / "synth"
    synth.generate(area=demo.area, families=demo.families, seed=SEED, out=out, undocumented=SHARE_WITHOUT_NIK)
    people = 0
    for village in queries.villages_under(code=demo.area)[:-1]:
        report = snapshot_directory.import_directory(
            by="system", path=out, area=village, progress=lambda done, total: None
        )
        people += report.people
    return people


def _workbook(demo: Demo) -> object:
    """The last village comes in as an OpenSID workbook, as a village operator would send it."""
    from dtks.determination.synth import workbook
    from dtks.foundation.areas import queries
    from dtks.registration.intake import actions as intake

    village = queries.villages_under(code=demo.area)[-1]
    path = demo.folder / f"opensid-{village}.xlsx"
    families = demo.families // len(queries.villages_under(code=demo.area)) or 1
    workbook.opensid(area=village, families=families, seed=SEED + 1, out=path)
    return intake.import_file(by="system", path=path, format="opensid_penduduk", area=village).people


def _determination(demo: Demo) -> object:
    from dtks.cli.determine import determine_area

    report = determine_area(area=demo.area, period=PERIOD, out=demo.folder / "determination")
    return report.eligible


def _accounts(demo: Demo) -> object:
    from django.contrib.auth import get_user_model

    for name in ACCOUNTS:
        account, made = get_user_model().objects.get_or_create(username=name)
        if made:
            account.set_password(PASSWORD)
            account.save()
    return list(ACCOUNTS)


def _static(demo: Demo) -> object:
    from dtks.cli.serve import collect_static

    collect_static()
    return True


STEPS: tuple[tuple[str, str, Callable[[Demo], object]], ...] = (
    ("areas", "Memuat wilayah Indonesia", _areas),
    ("people", "Mengisi kecamatan dengan keluarga buatan", _people),
    ("workbook", "Memasukkan satu desa dari berkas OpenSID", _workbook),
    ("determination", "Menjalankan penetapan", _determination),
    ("accounts", "Membuat akun demo", _accounts),
    ("static", "Menyiapkan tampilan", _static),
)


def prepare(demo: Demo) -> None:
    """Run every step that is not done yet."""
    from dtks.cli.serve import migrate

    migrate()
    for number, (name, title, step) in enumerate(STEPS, start=1):
        if name in demo.state():
            continue
        with console.status(f"[{number}/{len(STEPS)}] {title} …"):
            done = step(demo)
        demo.note(name, done)
        console.print(f"[{number}/{len(STEPS)}] {title} ✓", markup=False)


def _say_what_to_try(demo: Demo, port: int) -> None:
    from dtks.delivery.public import queries
    from dtks.foundation.areas import queries as areas

    address = f"http://{HOST}:{port}"
    example = queries.anybody(area=demo.area)
    console.print(f"\nDTKS: {address}   (Ctrl-C untuk berhenti · Ctrl-C stops)", style="bold", markup=False)
    for name in ACCOUNTS:
        console.print(f"  akun demo · demo account: {name} / {PASSWORD}", markup=False)
    console.print("Yang dapat dicoba · What to try:", markup=False)
    if example is not None:
        village, name = example
        path = " → ".join(area.name for area in areas.path(code=village))
        console.print(f"  1. Cek Bansos: {path}; nama · name: {name}", markup=False, soft_wrap=True)
    workbook = next(demo.folder.glob("opensid-*.xlsx"), demo.folder)
    for line in (
        f"  2. Masuk · sign in: {address}/masuk/ → Keluarga → alasan tiap program",
        f"  3. Impor · import: {workbook} di · at {address}/petugas/impor/",
        f"  4. Perintah lain atas data ini · other commands on these data: DTKS_HOME={demo.folder} ./dtks …",
    ):
        console.print(line, markup=False, soft_wrap=True)


def demo(
    families: Annotated[
        int, typer.Option(min=10, help="Banyak keluarga buatan · Made-up families")
    ] = FAMILIES,
    area: Annotated[str, typer.Option(help="Kode kecamatan · Code of a kecamatan")] = AREA,
    port: Annotated[int, typer.Option(help="Port")] = 8000,
) -> None:
    """Siapkan data contoh dan layani di komputer ini saja; Ctrl-C berhenti.

    Set up made-up data and serve them to this machine alone; Ctrl-C stops.
    """
    from dtks.cli import prepare_django
    from dtks.cli.serve import port_is_free, running, wait_for_end, wait_until_listening

    if not port_is_free(HOST, port):
        raise typer.BadParameter(
            f"port {port} sedang dipakai; pilih yang lain dengan --port", param_hint="--port"
        )
    folder = environment.home() / "demo" / f"{area}-{families}"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ["DTKS_HOME"] = str(folder)
    for name in ("DTKS_DATABASE_URL", "DTKS_ALLOWED_HOSTS"):
        os.environ.pop(name, None)
    prepare_django()
    this = Demo(folder=folder, area=area, families=families)
    prepare(this)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with running(host=HOST, port=port, workers=1) as children:
        if wait_until_listening(HOST, port, 30):
            _say_what_to_try(this, port)
        code = wait_for_end(children)
    console.print("Berhenti. · Stopped.", markup=False)
    raise typer.Exit(code)
