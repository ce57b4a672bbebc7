"""`dtks ledger witness`: be a witness of somebody's audit trail: remember its head, cosign what continues it.

Needs neither database nor settings of a registry: a folder with a key and a small file, and the log's key.
"""

from __future__ import annotations

import base64
import signal
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dtks.cli.report import measured

if TYPE_CHECKING:
    from dtks.foundation.ledger.witness.keeping import Keeping, Kept, Log

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Menjadi saksi sebuah jejak · Be a witness of a trail"
)
Folder = Annotated[
    Path | None,
    typer.Option(
        help="Folder saksi; bawaan DTKS_HOME/witness · The witness's folder; default DTKS_HOME/witness"
    ),
]
Json = Annotated[
    bool, typer.Option("--json", help="Satu objek JSON di baris terakhir · One JSON object as the last line")
]
LogKeys = Annotated[
    list[str],
    typer.Option("--log", help="Kunci publik jejak (vkey); boleh berulang · The log's vkey; repeatable"),
]


@app.command()
def init(
    name: Annotated[
        str,
        typer.Option(help="Nama tetap, mis. bpk.contoh.go.id/saksi · Lasting name, e.g. audit.example/w1"),
    ],
    log: LogKeys,
    folder: Folder = None,
    json: Json = False,
) -> None:
    """Buat saksi baru: kunci dan ingatan kosong · Make a new witness: a key and an empty memory."""
    from dtks.foundation.ledger.transparency.notes import Verifier
    from dtks.foundation.ledger.witness import keeping

    with measured(json=json) as report:
        logs = [Verifier.parse(each) for each in log]
        made = keeping.create(_folder(folder), name=name, logs=logs)
        report["folder"] = str(made.path.parent)
        report["key"] = str(made.signer.verifier)
        report["logs"] = [each.origin for each in made.logs()]


@app.command()
def trust(
    log: Annotated[list[str], typer.Argument(help="Kunci publik jejak (vkey) · The log's vkey")],
    folder: Folder = None,
    json: Json = False,
) -> None:
    """Saksikan jejak lain juga, atau kunci baru jejak yang sama · Witness another log, or a log's new key."""
    from dtks.foundation.ledger.transparency.notes import Verifier

    with measured(json=json) as report:
        witness = _opened(folder)
        witness.trust(*(Verifier.parse(each) for each in log))
        report["logs"] = [each.origin for each in witness.logs()]


@app.command()
def run(
    folder: Folder = None,
    host: Annotated[str, typer.Option(help="Alamat · Address")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port", min=0, max=65535)] = 8790,
) -> None:
    """Jawab permintaan jejak (POST /add-checkpoint). Ctrl-C menghentikan · Answer logs. Ctrl-C stops."""
    from dtks.foundation.ledger.witness.server import Server

    witness = _opened(folder)
    try:
        server = Server(witness, host=host, port=port)
    except OSError as problem:
        raise typer.BadParameter(
            f"{host}:{port} tidak dapat dipakai: {problem.strerror} · cannot be used", param_hint="--port"
        ) from problem
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    serving = threading.Thread(target=server.serve_forever, name="witness", daemon=True)
    with server:
        serving.start()
        shown = f"[{host}]" if ":" in host else host
        typer.echo(
            f"http://{shown}:{server.server_port}  {witness.signer.verifier}  (Ctrl-C: berhenti · stop)"
        )
        try:
            while serving.is_alive():
                serving.join(0.5)
        except KeyboardInterrupt:
            server.shutdown()
    typer.echo("Berhenti. · Stopped.")


@app.command()
def show(
    folder: Folder = None,
    json: Json = False,
    evidence: Annotated[
        Path | None,
        typer.Option(
            help="Simpan bukti percabangan di folder ini · Write the evidence of forks into this folder"
        ),
    ] = None,
) -> None:
    """Kepala terakhir setiap jejak dan yang ditolak; keluar 1 bila ada percabangan · Heads and refusals.

    Exits 1 where a log was seen to fork.
    """
    from dtks.foundation.ledger.witness.protocol import Finding

    with measured(json=json) as report:
        witness = _opened(folder)
        kept = witness.findings()
        report["key"] = str(witness.signer.verifier)
        report["logs"] = [_log(each) for each in witness.logs()]
        report["forks"] = [_finding(each) for each in kept if each.kind == Finding.FORK]
        report["unproven"] = [_finding(each) for each in kept if each.kind == Finding.UNPROVEN]
        report["written"] = _written(kept, evidence) if evidence else None
    if report["forks"]:
        typer.secho(
            "Jejak ini pernah bercabang: dua riwayat ditandatangani kunci yang sama. Laporkan. · "
            "A log has forked: its key signed two histories. Report it.",
            fg="red", err=True,
        )  # fmt: skip
        raise typer.Exit(1)


def _log(log: Log) -> dict[str, Any]:
    return {
        "origin": log.origin,
        "keys": list(log.keys),
        "size": log.size,
        "at": _time(log.at) if log.at else None,
        "checkpoint": log.note,
    }


def _finding(kept: Kept) -> dict[str, Any]:
    from dtks.foundation.ledger.witness.protocol import Request

    head = Request.parse(kept.request).head
    return {
        "origin": kept.origin,
        "size": head.size,
        "root": base64.b64encode(head.root).decode(),
        "first_at": _time(kept.first_at),
        "last_at": _time(kept.last_at),
        "times": kept.times,
    }


def _written(kept: list[Kept], folder: Path) -> int:
    """Two files of each: what had been cosigned, and the request that was refused. Returns how many files."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, each in enumerate(kept, start=1):
        (folder / f"{number:04d}-{each.kind}-cosigned.txt").write_text(each.cosigned, encoding="utf-8")
        (folder / f"{number:04d}-{each.kind}-refused.txt").write_bytes(each.request)
    return 2 * len(kept)


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def _folder(given: Path | None) -> Path:
    from dtks.config import environment

    return (given or environment.home() / "witness").expanduser()


def _opened(folder: Path | None) -> Keeping:
    from dtks.foundation.ledger.witness import keeping

    return keeping.opened(_folder(folder))
