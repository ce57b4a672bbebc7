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
from dtks.foundation.ledger.domain import Actor

HOST = "127.0.0.1"
AREA = "33.02.11"  # Kecamatan Banyumas, Jawa Tengah
FAMILIES = 2_000
SEED = 2026
PERIOD = "2026-12"
# What belongs to a real installation: the demo has its own of each.
NOT_THE_DEMOS = (
    "DTKS_DATABASE_URL", "DTKS_DATABASE_OWNER_URL", "DTKS_ALLOWED_HOSTS", "DTKS_KEY_RING", "DTKS_KMS_URL",
    "DTKS_BREACHED_PASSWORDS",
)  # fmt: skip
CONTROLLER = {
    "name": "CONTOH: Dinas Sosial Kabupaten Contoh",
    "address": "Jalan Contoh 1 (contoh, bukan alamat sungguhan)",
    "officer": "Pejabat PDP (contoh)",
    "contact": "pdp@contoh.example (contoh)",
    "authority": {
        "id": "Lembaga pelindungan data pribadi (UU 27/2022 Pasal 58)",
        "en": "The data protection authority (Law 27/2022 article 58)",
    },
}
SHARE_WITHOUT_NIK = 0.005  # so that the demo also shows people whom other registries leave out
# Published on purpose: the demo serves this machine alone.
PASSWORD = "demo-saja-2026"  # noqa: S105 - known to all, and the demo serves this machine alone
CODE_SECRET = "DEMOSAJADEMOSAJADEMOSAJADEMOSAJA"  # noqa: S105 - of every demo account's code app (base32)


@dataclass(frozen=True)
class DemoAccount:
    """Somebody to sign in as. `digits`: how much of the code of the first village the role's area takes."""

    username: str
    name: str
    role: str
    digits: int
    what: str


ACCOUNTS = (
    DemoAccount("operator", "Ratna Operator", "operator-desa", 13, "operator desa · village operator"),
    DemoAccount("kepala", "Slamet Kepala Desa", "kepala-desa", 13, "kepala desa, melimpahkan · delegates"),
    DemoAccount("petugas", "Bagas Petugas", "dinsos-verifikator", 8, "verifikator Dinas Sosial · verifier"),
    DemoAccount("admin", "Dewi Admin", "admin-daerah", 5, "akun dan peran · accounts and roles"),
    DemoAccount("auditor", "Sita Auditor", "auditor", 5, "hanya membaca · reads only"),
    DemoAccount("pelindung", "Yoga Pelindung", "ppdp", 5, "pelindungan data pribadi · data protection"),
)

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
        actions.load(by=Actor.system())
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
            by=Actor.system(), path=out, area=village, progress=lambda done, total: None
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
    return intake.import_file(by=Actor.system(), path=path, format="opensid_penduduk", area=village).people


def _determination(demo: Demo) -> object:
    from dtks.cli.determine import determine_area

    report = determine_area(area=demo.area, period=PERIOD, out=demo.folder / "determination")
    return report.eligible


def _accounts(demo: Demo) -> object:
    from django.db import transaction
    from django.utils import timezone

    from dtks.foundation.accounts import actions, demonstration
    from dtks.foundation.accounts.signing_in import preset
    from dtks.foundation.areas import queries

    # Not the last village: a workbook has no answers on living conditions, so nothing is rated there.
    by, village = Actor.system(), queries.villages_under(code=demo.area)[0]
    keys = {}
    with transaction.atomic():
        for each in ACCOUNTS:
            made = actions.create_account(by=by, username=each.username, name=each.name, password=PASSWORD)
            actions.grant(
                by=by, account=made.account, role=each.role, area=village[: each.digits], reason="demo"
            )
            preset.set_up_app(by=by, account=made.account, secret=CODE_SECRET)
            keys[each.username] = made.account
        demonstration.open_review(
            by=by, accounts=keys.values(), reviewed=keys["operator"], on=timezone.localdate()
        )
    return list(keys)


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


def write_controller(demo: Demo) -> None:
    """Receipts and letters name somebody who answers for the data: here somebody made up, and saying so."""
    path = demo.folder / "controller.yaml"
    if not path.exists():
        path.write_text(json.dumps(CONTROLLER, ensure_ascii=False, indent=2), "utf-8")  # JSON is YAML


def prepare(demo: Demo) -> None:
    """Run every step that is not done yet."""
    from dtks.cli.serve import migrate

    write_controller(demo)
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
    for each in ACCOUNTS:
        console.print(
            f"  akun demo · demo account: {each.username} / {PASSWORD}  ({each.what})",
            markup=False,
            soft_wrap=True,
        )
    console.print(
        f"  faktor kedua · second factor: kode di bawah ini · the code below (kunci · secret {CODE_SECRET})",
        markup=False,
        soft_wrap=True,
    )
    console.print("Yang dapat dicoba · What to try:", markup=False)
    if example is not None:
        village, name = example
        path = " → ".join(area.name for area in areas.path(code=village))
        console.print(f"  1. Cek Bansos: {path}; nama · name: {name}", markup=False, soft_wrap=True)
    workbook = next(demo.folder.glob("opensid-*.xlsx"), demo.folder)
    for line in (
        f"  2. Masuk · sign in: {address}/masuk/ → Keluarga → alasan tiap program",
        f"  3. Impor · import (petugas): {workbook} di · at {address}/petugas/impor/",
        f"  4. Tinjauan · review (admin): {address}/petugas/akun/tinjauan/",
        f"     Pelimpahan · delegation (kepala): {address}/petugas/pelimpahan/",
        f"  5. Warga masuk · a citizen signs in: operator di · at {address}/petugas/warga/ → Daftarkan "
        f"kontak; lalu · then {address}/masuk/warga/; kode · code: DTKS_HOME={demo.folder} ./dtks outbox",
        f"  6. Perintah lain atas data ini · other commands on these data: DTKS_HOME={demo.folder} ./dtks …",
    ):
        console.print(line, markup=False, soft_wrap=True)


class CodeLine:
    """Shows the second factor's code of the demo accounts, anew when it changes: whoever tries the demo needs
    no app. On a terminal one line counts down; elsewhere each code is a line."""

    def __init__(self) -> None:
        self._shown = ""

    def __call__(self) -> None:
        from dtks.foundation.accounts.signing_in import preset

        code, seconds = preset.code_now(CODE_SECRET)
        if console.is_terminal:
            text = f"kode sekarang · code now: {code}  ({seconds:2d} dtk · s) "
            console.file.write(f"\r  {text}")
            console.file.flush()
        elif code != self._shown:
            console.print(f"  kode sekarang · code now: {code}", markup=False)
        self._shown = code


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
    for name in NOT_THE_DEMOS:
        os.environ.pop(name, None)
    prepare_django()
    this = Demo(folder=folder, area=area, families=families)
    prepare(this)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with running(host=HOST, port=port, workers=1) as children:
        if wait_until_listening(HOST, port, 30):
            _say_what_to_try(this, port)
        code = wait_for_end(children, each_time=CodeLine())
    console.print("\nBerhenti. · Stopped.", markup=False)
    raise typer.Exit(code)
