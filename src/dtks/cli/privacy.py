"""`dtks privacy`: carry out the retention table, and say what the law's clocks are waiting for."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dtks.cli.report import measured, progress_bar

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Pelindungan data pribadi · Protection of personal data",
)
Json = Annotated[
    bool, typer.Option("--json", help="Satu objek JSON di baris terakhir · One JSON object as the last line")
]


@app.command()
def retention(
    run: Annotated[
        bool,
        typer.Option("--run", help="Musnahkan; tanpa ini hanya dihitung · Shred; without it only counted"),
    ] = False,
    only: Annotated[str, typer.Option(help="Hanya kelas retensi ini · Only this retention class")] = "",
    rewrite: Annotated[
        bool,
        typer.Option(
            "--rewrite",
            help="Sesudahnya tulis ulang tabel agar tak ada sisa (penulisan lain menunggu) · "
            "Afterwards write the tables anew so that nothing is left over (other writers wait)",
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Apa yang lewat masa simpannya; --run memusnahkannya · What is past its retention; --run shreds it.

    Bertahap, dapat dihentikan dan diulang. Yang dimusnahkan tidak dapat dikembalikan.
    """
    from dtks.foundation.ledger.domain import Actor
    from dtks.foundation.privacy import shredding
    from dtks.foundation.scope.current import limited_to

    _database_ready()
    by = Actor.system("cli")
    with measured(json=json) as report, limited_to(""):
        if run:
            with progress_bar("Retensi", quiet=json) as progress:
                outcome = shredding.run(by=by, only=only, progress=progress)
        else:
            outcome = shredding.due(only=only)
        report["run"] = run
        report["classes"] = {each.retention.id: _told(each) for each in outcome}
        report["due"] = sum(each.count or 0 for each in outcome)
        report["shredded"] = sum(each.shredded for each in outcome)
        report["rewritten"] = len(shredding.rewrite_tables(by=by)) if run and rewrite else None


def _told(each: Any) -> dict[str, Any]:
    return {
        "action": each.retention.action,
        "days": each.retention.days,
        "hours": each.retention.hours,
        "due": each.count,
        "shredded": each.shredded,
    }


@app.command()
def clocks(json: Json = False) -> None:
    """Tenggat 3×24 jam yang berjalan; keluar 1 bila ada yang lewat · Running clocks; exits 1 if overdue.

    Untuk penjadwal yang memberi tahu petugas.
    """
    from django.utils import timezone

    from dtks.foundation.privacy import breaches, consents
    from dtks.foundation.scope.current import limited_to

    _database_ready()
    now = timezone.now()
    with measured(json=json) as report, limited_to(""):
        running = {
            "breach_notices": breaches.pending(),
            "withdrawals": [(number, "", clock) for number, clock in consents.to_stop()],
        }
        for name, found in running.items():
            report[name] = [
                {
                    "number": number,
                    "to": to or None,
                    "due": clock.due.isoformat(),
                    "hours_left": clock.hours_left(now),
                }
                for number, to, clock in found
            ]
        report["overdue"] = sum(clock.overdue(now) for found in running.values() for *_, clock in found)
    if report["overdue"]:
        raise typer.Exit(1)


def _database_ready() -> None:
    from dtks.cli.serve import migrate, waiting_migrations

    if waiting_migrations():
        migrate()
