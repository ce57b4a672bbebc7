"""`dtks privacy`: carry out the retention table, and say what the law's clocks are waiting for."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from dtks.cli.report import figure, measured, progress_bar, table

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Pelindungan data pribadi · Protection of personal data",
)
CLOCKS = {"breach_notices": "surat insiden · breach notice", "withdrawals": "pencabutan · withdrawal"}
RECIPIENTS = {
    "subjects": "yang terdampak · those affected",
    "authority": "lembaga · authority",
    "public": "masyarakat · public",
}
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
    with measured(json=json, show=_show_retention) as report, limited_to(""):
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


def _show_retention(report: dict[str, Any], console: Console) -> None:
    from dtks.foundation.privacy import files

    names, ran = files.retentions(), report["run"]
    shredded = ["dimusnahkan\nshredded"] if ran else []
    classes = table("kelas\nclass", "apa\nwhat", "masa\nperiod", "lewat\ndue", *shredded, right=(2, 3, 4))
    for id_, told in report["classes"].items():
        figures = ["–" if told["due"] is None else figure(told[key]) for key in ("due", "shredded")]
        classes.add_row(id_, escape(names[id_].name.id), _period(told), *figures[: 1 + ran])
    console.print(classes)
    said = f"Lewat · due: {figure(report['due'])}. Dimusnahkan · shredded: {figure(report['shredded'])}."
    console.print(said, soft_wrap=True, markup=False)
    if report["due"] and not report["run"]:
        console.print(
            "Musnahkan untuk selamanya · shred for good: ./dtks privacy retention --run",
            soft_wrap=True,
            markup=False,
        )
    if report["rewritten"] is not None:
        written = figure(report["rewritten"])
        console.print(f"Tabel ditulis ulang · tables written anew: {written}", soft_wrap=True, markup=False)


def _period(told: dict[str, Any]) -> str:
    if told["hours"] is not None:
        return f"{figure(told['hours'])} jam"
    return "tanpa akhir" if told["days"] is None else f"{figure(told['days'])} hari"


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
    with measured(json=json, show=_show_clocks) as report, limited_to(""):
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


def _show_clocks(report: dict[str, Any], console: Console) -> None:
    from django.utils import timezone

    running = [(name, each) for name in CLOCKS for each in report[name]]
    if not running:
        console.print("Tidak ada tenggat yang berjalan · no clock is running", markup=False)
        return
    clocks = table(
        "nomor\nnumber", "apa\nwhat", "kepada\nto", "tenggat\ndue", "sisa jam\nhours left", right=(4,)
    )
    for name, each in running:
        to = RECIPIENTS[each["to"]] if each["to"] else "–"
        due = timezone.localtime(datetime.fromisoformat(each["due"])).strftime("%d-%m-%Y %H:%M %Z")
        clocks.add_row(each["number"], CLOCKS[name], to, due, figure(each["hours_left"]))
    console.print(clocks)
    console.print(f"Terlambat · overdue: {figure(report['overdue'])}", soft_wrap=True, markup=False)


def _database_ready() -> None:
    from dtks.cli.serve import migrate, waiting_migrations

    if waiting_migrations():
        migrate()
