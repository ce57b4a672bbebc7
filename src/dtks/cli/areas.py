"""`dtks areas`: load the areas of Indonesia and say how many there are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dtks.cli.report import measured, progress_bar
from dtks.foundation.ledger.domain import Actor

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Wilayah Indonesia · Areas of Indonesia")
Json = Annotated[
    bool, typer.Option("--json", help="Satu objek JSON di baris terakhir · One JSON object as the last line")
]


@app.command()
def load(
    json: Json = False,
    under: Annotated[
        str, typer.Option(help="Hanya wilayah ini dan isinya · Only this area and what lies in it")
    ] = "",
    attributes: Annotated[
        Path | None, typer.Option(help="CSV akses dan bahaya per wilayah · CSV of accessibility and hazards")
    ] = None,
) -> None:
    """Muat acuan wilayah; yang sudah sama tidak diubah · Load the reference; what is the same stays."""
    from dtks.foundation.areas import actions

    _database_ready()
    with measured(json=json) as report:
        with progress_bar("Wilayah", quiet=json) as progress:
            report.update(actions.load(by=Actor.system(), under=under, progress=progress).as_dict())
        by = Actor.system()
        report["attributes"] = actions.load_attributes(by=by, path=attributes) if attributes else None


@app.command()
def stats(json: Json = False) -> None:
    """Jumlah wilayah per tingkat; dimuat dulu bila kosong · Areas per level, loaded first if none."""
    from dtks.foundation.areas import actions, queries

    _database_ready()
    with measured(json=json) as report:
        loaded = 0
        if not any(queries.counts().values()):
            with progress_bar("Wilayah", quiet=json) as progress:
                loaded = actions.load(by=Actor.system(), progress=progress).added
        report.update(queries.counts())
        report["kinds"] = queries.counts_by_kind()
        report.update(queries.coverage())
        report["without_bps_code"] = queries.without_bps_code()
        report["loaded"] = loaded


@app.command()
def search(
    text: Annotated[str, typer.Argument(help="Nama, mis. 'Pakansari, Cibinong' · A name")],
    under: Annotated[str, typer.Option(help="Di dalam wilayah ini · Within this area")] = "",
    limit: Annotated[int, typer.Option(help="Paling banyak · At most", min=1, max=100)] = 10,
) -> None:
    """Cari kode wilayah menurut nama · Find an area's code by its name."""
    from dtks.foundation.areas import queries

    _database_ready()
    for area in queries.search(text=text, under=under, limit=limit):
        place = ", ".join(above.name for above in reversed(queries.path(code=area.code)))
        typer.echo(f"{area.code:<14} {place} ({area.kind})")


def _database_ready() -> None:
    """On a database that was never used, or is behind, the tables come first."""
    from dtks.cli.serve import migrate, waiting_migrations

    if waiting_migrations():
        migrate()
