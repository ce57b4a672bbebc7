"""`dtks ledger`: the audit trail: verify all of it, prove a part of it, check what somebody else proved.

`check` needs neither database nor settings: it runs on any machine, with a file and a public key.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from dtks.cli import ledger_witness
from dtks.cli.report import measured, progress_bar

if TYPE_CHECKING:
    from dtks.foundation.ledger.proofs import Trust
    from dtks.foundation.ledger.transparency.checkpoints import Checkpoint
    from dtks.foundation.ledger.transparency.notes import Verifier
    from dtks.foundation.ledger.verifying import Verified

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Jejak audit · The audit trail")
app.add_typer(ledger_witness.app, name="witness")
Json = Annotated[
    bool, typer.Option("--json", help="Satu objek JSON di baris terakhir · One JSON object as the last line")
]
Keys = Annotated[
    list[str],
    typer.Option("--key", help="Kunci publik jejak (vkey) dari sumber lain · The log's vkey, from elsewhere"),
]
Witnesses = Annotated[
    list[str],
    typer.Option("--witness", help="Kunci publik saksi (vkey) · A witness's vkey"),
]
Patience = Annotated[
    float, typer.Option("--wait", help="Detik menunggu saksi · Seconds to wait for witnesses")
]
MOST_SHOWN = 20


@app.command()
def verify(
    against: Annotated[
        list[str],
        typer.Option(
            help="Titik periksa saksi atau simpanan: berkas atau alamat · A witness's or saved checkpoint: "
            "file or address"
        ),
    ] = [],  # noqa: B006 - typer only reads it
    key: Keys = [],  # noqa: B006 - typer only reads it
    witness: Witnesses = [],  # noqa: B006 - typer only reads it
    json: Json = False,
) -> None:
    """Periksa seluruh jejak: isi, daun, simpul, kepala · Verify the whole trail.

    Keluar 1 bila ada yang salah. Exits 1 if anything is wrong.

    Tanpa --against sejarah yang ditulis ulang dengan kunci jejak sendiri tidak dapat diketahui.
    Without --against a history rewritten with the log's own key cannot be found out.
    """
    with _trail(), measured(json=json) as report:
        from dtks.foundation.ledger import outside, verifying

        notes = [outside.checkpoint(source) for source in against]
        with progress_bar("Jejak", quiet=json) as progress:
            found = verifying.verify(
                against=notes, keys=_keys(key), witnesses=_keys(witness), progress=progress
            )
        report["ok"] = not found.wrong
        report["size"], report["root"] = found.size, found.root
        report["heads"], report["lists"], report["pending"] = found.heads, found.lists, found.pending
        report["shredded"], report["shreds"] = found.shredded, found.shreds if json or found.shreds else None
        report["compared"] = len(notes)
        report["wrong"] = dict(found.wrong)
        report["findings"] = [{"kind": each.kind, "at": each.at} for each in found.findings] if json else None
    if not json:
        _tell(found)
    if found.wrong:
        raise typer.Exit(1)


@app.command()
def prove(
    event: Annotated[int, typer.Argument(help="Nomor peristiwa · The event's number")],
    out: Annotated[
        Path | None, typer.Option(help="Berkas bukti; tanpa ini dicetak · File; else printed")
    ] = None,
    wait: Patience = 10.0,
    json: Json = False,
) -> None:
    """Bukti bahwa satu peristiwa tercatat, terbaca orang dan program · Proof that an event is recorded."""
    with _trail(), measured(json=json) if json or out else _unmeasured() as report:
        from dtks.foundation.ledger import exporting
        from dtks.foundation.ledger.errors import FileThere
        from dtks.foundation.ledger.transparency.checkpoints import Checkpoint

        if out and out.exists():
            raise FileThere(path=out)
        proof = exporting.prove(event=event, by=_cli(), patience=wait)
        if out:
            with out.open("x", encoding="utf-8", newline="\n") as file:
                file.write(str(proof))
        head = Checkpoint.of(proof.note)
        report["event"], report["index"] = event, proof.inclusion.index
        report.update(_of_head(head))
        report["file"] = str(out) if out else None
        report["proof"] = str(proof) if json else None
    if not json and not out:
        typer.echo(str(proof), nl=False)


@app.command()
def consistency(
    old: Annotated[int, typer.Argument(help="Ukuran lama · The older size")],
    new: Annotated[
        int | None,
        typer.Argument(help="Ukuran baru; tanpa ini yang terbaru · The newer size; else the newest"),
    ] = None,
    json: Json = False,
) -> None:
    """Bukti bahwa jejak baru berawal dengan jejak lama · Proof that the newer begins with the older."""
    with _trail(), measured(json=json) as report:
        from dtks.foundation.ledger import exporting
        from dtks.foundation.ledger.transparency.merkle import consistency_holds

        found = exporting.consistency(old=old, new=new)
        report["old"] = {"size": found.old.size, "root": found.old.root.hex()}
        report["new"] = {"size": found.new.size, "root": found.new.root.hex()}
        report["proof"] = [each.hex() for each in found.hashes]
        report["ok"] = ok = consistency_holds(
            old=found.old.size,
            old_root=found.old.root,
            new=found.new.size,
            new_root=found.new.root,
            proof=found.hashes,
        )
    if not ok:
        raise typer.Exit(1)


@app.command()
def export(
    out: Annotated[Path, typer.Option(help="Berkas paket (zip) · File of the bundle (zip)")],
    event: Annotated[list[int], typer.Option(help="Nomor peristiwa · Number of an event")] = [],  # noqa: B006 - typer only reads it
    person: Annotated[UUID | None, typer.Option(help="Kunci orang atau keluarga · Key of a person")] = None,
    case: Annotated[str, typer.Option(help="Kunci perkara (subjek) · Key of a case (subject)")] = "",
    officer: Annotated[str, typer.Option(help="Kunci akun petugas · Key of an officer's account")] = "",
    from_: Annotated[datetime | None, typer.Option("--from", help="Sejak, UTC · Since, UTC")] = None,
    to: Annotated[datetime | None, typer.Option("--to", help="Sebelum, UTC · Before, UTC")] = None,
    wait: Patience = 10.0,
    json: Json = False,
) -> None:
    """Paket bukti yang dapat diperiksa di mesin lain · A bundle of proofs, to be checked elsewhere."""
    with _trail(), measured(json=json) as report:
        from dtks.foundation.ledger import exporting

        chosen = exporting.Chosen(
            events=tuple(event), person=person, case=case, officer=officer, since=_utc(from_), until=_utc(to)
        )
        report["events"] = exporting.export(to=out, chosen=chosen, by=_cli(), patience=wait)
        report["chosen"], report["file"], report["bytes"] = chosen.plain(), str(out), out.stat().st_size


@app.command()
def check(
    path: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="Paket atau bukti · A bundle or a proof")
    ],
    key: Keys,
    witness: Witnesses = [],  # noqa: B006 - typer only reads it
    quorum: Annotated[
        int | None,
        typer.Option(min=0, help="Banyak saksi yang harus ada; bawaan: semua · Witnesses needed; all"),
    ] = None,
    show: Annotated[
        bool, typer.Option("--show", help="Cetak isi yang terbukti · Print what is proven")
    ] = False,
    json: Json = False,
) -> None:
    """Periksa paket atau bukti tanpa basis data, cukup kunci publik · Check a bundle or a proof, offline.

    Keluar 1 bila tidak sah. Exits 1 when it does not hold.
    """
    with measured(json=json) as report:
        from dtks.foundation.ledger.proofs import Trust

        trust = Trust(tuple(_keys(key)), tuple(_keys(witness)), quorum)
        with path.open("rb") as file:
            is_bundle = file.read(2) == b"PK"
        wrong: list[str] = []
        report["kind"] = "bundle" if is_bundle else "proof"
        report.update(_bundle(path, trust, wrong, show) if is_bundle else _proof(path, trust, show))
        report["ok"], report["wrong"] = not wrong, len(wrong)
        report["problems"] = wrong[:MOST_SHOWN] or None if not json else wrong[:MOST_SHOWN]
    if wrong:
        raise typer.Exit(1)


@app.command()
def shred(
    events: Annotated[list[int], typer.Argument(help="Nomor peristiwa · Numbers of events")],
    reason: Annotated[
        str, typer.Option(help="Alasan, tanpa nama orang; tetap di jejak · Why, naming nobody; it is kept")
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Jangan bertanya · Do not ask")] = False,
    json: Json = False,
) -> None:
    """Musnahkan isi peristiwa; sidik dan pohonnya tetap · Shred what events say; digests and tree stay.

    Pemusnahan sendiri dicatat. Cadangan basis data masih memuat isinya.
    The shredding is itself recorded. Backups of the database still hold the text.
    """
    if not yes:
        typer.confirm(
            f"Isi {len(set(events))} peristiwa dimusnahkan selamanya; sesudahnya tidak ada yang dapat "
            "membuktikan apa yang terjadi. Lanjut?",
            abort=True,
            err=True,
        )
    with _trail(as_owner=True), measured(json=json) as report:
        from dtks.foundation.ledger import shredding

        report["events"] = shredding.shred(events=events, reason=reason, by=_cli())


@app.command()
def key(json: Json = False) -> None:
    """Kunci publik jejak (vkey), yang terbaru di atas · The log's public keys, the newest first."""
    with _trail(), measured(json=json) if json else _unmeasured() as report:
        from dtks.foundation.ledger import signing
        from dtks.foundation.ledger.errors import LogEmpty

        found = [str(each) for each in signing.verifiers()]
        if not found:
            raise LogEmpty()
        report["keys"] = found
    if not json:
        typer.echo("\n".join(found))


def _bundle(path: Path, trust: Trust, wrong: list[str], show: bool) -> dict[str, Any]:
    from dtks.foundation.ledger import bundles

    def each(proof: Any, says: dict[str, Any]) -> None:
        if show:
            _show(proof.event, proof.index, says)

    found = bundles.check(path, trust=trust, each=each)
    wrong += found.wrong
    rest = {"witnesses": list(found.cosigned), "events": found.count, "rows": found.rows}
    return {**_of_head(found.head), **rest, "chosen": found.chosen}


def _proof(path: Path, trust: Trust, show: bool) -> dict[str, Any]:
    from dtks.foundation.ledger.proofs import MOST_BYTES, Proof

    with path.open("rb") as file:
        proof = Proof.parse(file.read(MOST_BYTES + 1))
    head, cosigned, says = proof.check(trust)
    if show:
        _show(proof.inclusion.event, proof.inclusion.index, says)
    rest: dict[str, Any] = {"witnesses": list(cosigned), "events": 1, "rows": 0, "chosen": {}}
    return {**_of_head(head), **rest}


def _show(event: int, index: int, says: dict[str, Any]) -> None:
    typer.echo(f"{index} (#{event})")
    for name in sorted(says):
        if says[name] not in ("", {}, None):
            typer.echo(f"  {name:<10} {says[name]}")


def _of_head(head: Checkpoint) -> dict[str, Any]:
    return {"origin": head.origin, "size": head.size, "root": head.root.hex()}


def _tell(found: Verified) -> None:
    for each in found.findings:
        typer.secho(f"✗ {each.kind}: {each.text('id')}", fg="red", err=True)
        typer.echo(f"  ({each.text('en')})", err=True)


def _keys(given: list[str]) -> list[Verifier]:
    from dtks.foundation.ledger.transparency.notes import Verifier

    return [Verifier.parse(text) for text in given]


def _utc(given: datetime | None) -> datetime | None:
    from datetime import UTC

    return given.replace(tzinfo=UTC) if given else None


def _cli() -> Any:
    from dtks.foundation.ledger.domain import Actor

    return Actor.system("cli")


@contextmanager
def _unmeasured() -> Iterator[dict[str, Any]]:
    """What is printed is for a pipe: no figures around it."""
    yield {}


@contextmanager
def _trail(*, as_owner: bool = False) -> Iterator[None]:
    """The registry is there, and the whole country is seen: a tree has no areas. ``as_owner``: the default
    connection is that of the tables' owner, where one is named."""
    from dtks.cli import prepare_django

    prepare_django()
    from dtks.cli.serve import migrate, waiting_migrations
    from dtks.foundation.scope import installing
    from dtks.foundation.scope.current import limited_to

    if waiting_migrations():
        migrate()
    with installing.as_owner() if as_owner else nullcontext(), limited_to(""):
        yield
