"""`dtks synth`: make a population up."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated

import typer

from dtks.cli.report import measured, progress_bar
from dtks.determination.synth import actions


def synth(
    families: Annotated[int, typer.Option(help="Jumlah keluarga · number of families")],
    out: Annotated[Path, typer.Option(help="Folder hasil · output folder")],
    area: Annotated[str, typer.Option(help="'all' atau kode wilayah · 'all' or an area code")] = "all",
    seed: Annotated[int, typer.Option(help="Benih acak · seed")] = 1,
    taken_on: Annotated[
        str, typer.Option(metavar="YYYY-MM-DD", help="Tanggal data · the day on which ages are counted")
    ] = actions.TAKEN_ON.isoformat(),
    undocumented: Annotated[
        float, typer.Option(help="Bagian penduduk tanpa NIK, 0–0.2 · share of people without NIK")
    ] = 0.0,
    identities: Annotated[
        bool,
        typer.Option("--identities/--no-identities", help="Dengan nama dan nomor · with names and numbers"),
    ] = True,
    truth: Annotated[
        bool, typer.Option("--truth", help="Dengan status miskin sebenarnya · with who is really poor")
    ] = False,
    workers: Annotated[int, typer.Option(help="Proses; 0 = semua inti · processes; 0 = all cores")] = 0,
    json: Annotated[bool, typer.Option("--json", help="Baris terakhir JSON · last line is JSON")] = False,
) -> None:
    """Make a made-up population. Buat penduduk buatan (bukan data orang sungguhan)."""
    with measured(json=json) as report, progress_bar("keluarga", quiet=json) as progress:
        made = actions.generate(
            area=area,
            families=families,
            seed=seed,
            out=out,
            taken_on=_day(taken_on),
            undocumented=undocumented,
            identities=identities,
            truth=truth,
            workers=workers or None,
            progress=progress,
        )
        report.update(
            out=str(made.directory),
            families=made.families,
            people=made.people,
            sha256=made.sha256,
            aimed=made.aimed,
            got=made.got,
            worst=made.worst,
            provinces=made.provinces,
            provinces_reused=made.reused,
        )


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter("YYYY-MM-DD", param_hint="--taken-on") from error
