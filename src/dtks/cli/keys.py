"""`dtks keys`: the encryption keys of this installation: what there is, a new one, re-encryption, removal."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from dtks.cli.report import figure, measured, progress_bar, table

if TYPE_CHECKING:
    from dtks.foundation.vault.ring_entries import Part

PARTS = {"data": "data", "index": "pencarian · index"}
app = typer.Typer(add_completion=False, no_args_is_help=True, help="Kunci enkripsi · Encryption keys")
Json = Annotated[
    bool, typer.Option("--json", help="Satu objek JSON di baris terakhir · One JSON object as the last line")
]
Index = Annotated[
    bool, typer.Option("--index", help="Kunci indeks pencarian, bukan kunci data · The key of look-ups")
]


@app.command()
def status(json: Json = False) -> None:
    """Kunci yang ada dan berapa nilai memakainya · The keys, and how many values use each of them."""
    from dtks.foundation.vault import configured, known, ring_entries, rotation

    with _whole_country(), measured(json=json, show=_show_status) as report:
        place = configured.place()
        entries = ring_entries.read(place.path)
        uses = rotation.usage()
        report["file"] = str(place.path)
        report["keys"] = [
            {
                "part": part,
                "id": key.id,
                "active": key.id == entries.active_of(part),
                "kept_by": key.by,
                "made": key.made.isoformat(),
                "replaced": key.replaced.isoformat() if key.replaced else None,
                "values": sum(use.rows for use in uses if (use.part, use.key_id) == (part, key.id)),
            }
            for part in ring_entries.PARTS
            for key in entries.of(part)
        ]
        report["missing"] = [f"{part} {number}" for part, number in known.missing(configured.ring())]
        report["unfinished"] = rotation.is_unfinished()


def _show_status(report: dict[str, Any], console: Console) -> None:
    console.print(f"Berkas kunci · key file: {report['file']}", soft_wrap=True, markup=False)
    keys = table(
        "untuk\nfor",
        "no.",
        "keadaan\nstate",
        "disimpan\nkept by",
        "dibuat\nmade",
        "nilai\nvalues",
        right=(1, 5),
    )
    for key in report["keys"]:
        keys.add_row(
            PARTS[key["part"]],
            str(key["id"]),
            "dipakai · active" if key["active"] else f"diganti · replaced {key['replaced'][:10]}",
            escape(key["kept_by"]),
            key["made"][:10],
            figure(key["values"]),
        )
    console.print(keys)
    if report["missing"]:
        console.print(
            f"HILANG · MISSING: {', '.join(report['missing'])}. Kembalikan cadangan berkas kunci; data yang "
            "memakainya tidak terbaca. · Restore the key file's backup; data that use it cannot be read.",
            soft_wrap=True, markup=False, style="bold red",
        )  # fmt: skip
    if report["unfinished"]:
        console.print(
            "Enkripsi ulang belum selesai · re-encryption is unfinished: ./dtks keys rotate",
            soft_wrap=True, markup=False, style="bold",
        )  # fmt: skip


@app.command()
def add(json: Json = False, index: Index = False) -> None:
    """Tambah kunci; data baru langsung memakainya · Add a key, which new values use at once."""
    from dtks.foundation.vault import configured, known, ring_file

    with _whole_country(), measured(json=json) as report:
        part = _part(index)
        number = ring_file.add_key(configured.place(), part=part, now=_now())
        known.note(configured.ring())
        _recorded("vault.key_added", part=part, number=number)
        report["part"], report["id"] = part, number


@app.command()
def rotate(json: Json = False) -> None:
    """Enkripsi ulang semua dengan kunci terbaru; dapat dihentikan dan dilanjutkan · Re-encrypt; resumable."""
    from dtks.foundation.vault import configured, rotation

    with _whole_country(), measured(json=json) as report:
        with progress_bar("Enkripsi ulang", quiet=json) as progress:
            done = rotation.rotate(place=configured.place(), progress=progress)
        _recorded("vault.rotated", rows=done.rows, others=done.others)
        report["rows"], report["others"] = done.rows, done.others
        report["passes"], report["damaged"] = done.passes, done.damaged


@app.command()
def retire(
    number: Annotated[int, typer.Argument(help="Nomor kunci, lihat `keys status` · The key's number")],
    json: Json = False,
    index: Index = False,
    yes: Annotated[bool, typer.Option("--yes", help="Jangan bertanya · Do not ask")] = False,
) -> None:
    """Hapus kunci lama untuk selamanya, setelah terbukti tak terpakai · Remove an old key that is unused."""
    from dtks.foundation.vault import configured, rotation

    if not yes:
        typer.confirm(
            f"Kunci {number} dihapus selamanya; cadangan basis data dari masa kunci itu hanya terbaca dengan "
            "cadangan berkas kuncinya. Lanjut?",
            abort=True,
            err=True,
        )
    with _whole_country(), measured(json=json) as report:
        part = _part(index)
        rotation.retire(place=configured.place(), part=part, key_id=number, now=_now())
        _recorded("vault.key_removed", part=part, number=number)
        report["part"], report["id"] = part, number


@contextmanager
def _whole_country() -> Iterator[None]:
    """The tables are there, and every row can be seen: keys are exchanged and counted in all of them."""
    from dtks.cli.serve import migrate, waiting_migrations
    from dtks.foundation.scope import installing
    from dtks.foundation.scope.current import limited_to, require

    if waiting_migrations():
        migrate()
    # As the owner where one is named: rows that the site's role may only add to are sealed anew as well.
    with installing.as_owner(), limited_to(""):
        require("")
        yield


def _recorded(action: str, **detail: Any) -> None:
    from dtks.foundation.ledger import actions
    from dtks.foundation.ledger.domain import Actor, Event

    actions.record(Event(action=action, detail=detail), by=Actor.system("cli"))


def _part(index: bool) -> Part:
    return "index" if index else "data"


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
