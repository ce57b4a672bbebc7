"""`dtks import`: a workbook, a CSV file or a snapshot directory into the register."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from dtks.cli.report import measured, progress_bar
from dtks.foundation.ledger.domain import Actor

SHOWN = 10


def import_(
    file: Annotated[Path, typer.Argument(help="Berkas .xlsx, .xls, .csv, atau folder snapshot")],
    *,
    format: Annotated[
        str, typer.Option("--format", help="Format berkas; auto = dikenali dari judul kolom")
    ] = "auto",
    area: Annotated[
        str,
        typer.Option(
            "--area", help="Kode wilayah, misalnya 32.01.01.2001 (desa bila berkas tidak menyebutnya)"
        ),
    ] = "",
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", help="Pemetaan kolom sendiri (YAML), lihat docs/how-to/impor-berkas.md"),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            "--report", help="Tulis baris bermasalah ke .xlsx ini, siap diperbaiki dan dikirim lagi"
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Periksa saja, jangan simpan")] = False,
    by: Annotated[str, typer.Option("--by", help="Nama petugas pada catatan")] = "system",
    json: Annotated[bool, typer.Option("--json", help="Baris terakhir: satu objek JSON")] = False,
) -> None:
    """Masukkan berkas ke registri · Bring a file into the register.

    Baris yang baik masuk; baris yang salah disimpan sebagai tertunda dengan sebab dan cara memperbaikinya.
    """
    from dtks.registration.intake import actions, snapshot_directory
    from dtks.registration.intake.queries import CHANGES

    _database_ready(quiet=json)
    actor = Actor.system(by)
    with progress_bar("Impor", quiet=json) as progress, measured(json=json) as figures:
        if file.is_dir():
            done = snapshot_directory.import_directory(by=actor, path=file, area=area, progress=progress)
        else:
            done = actions.import_file(
                by=actor,
                path=file,
                format=str(mapping) if mapping else format,
                area=area,
                dry_run=dry_run,
                progress=progress,
            )
        figures.update(_figures(asdict(done)))
        if done.dry_run:
            # Whom the register knows already is looked up when rows go in, not when they are checked.
            figures.update(dict.fromkeys(CHANGES))
        figures["report"] = None
        if report is not None and done.job is not None:
            from dtks.registration.intake import report as reports

            figures["report"] = str(reports.write(job_id=done.job, path=report))
    if not json:
        _explain({**done.problems, **done.warnings})


def _database_ready(*, quiet: bool) -> None:
    """Tables as this version wants them, and the areas that rows are placed in."""
    from dtks.cli.serve import migrate
    from dtks.foundation.areas import actions, queries

    migrate()
    if not any(queries.counts().values()):
        with progress_bar("Wilayah", quiet=quiet) as progress:
            actions.load(by=Actor.system(), progress=progress)


def _figures(values: dict[str, Any]) -> dict[str, Any]:
    values["job"] = str(values["job"]) if values["job"] else None
    return values


def _explain(counts: dict[str, int]) -> None:
    from dtks.registration.intake.problems import by_code

    for code, count in sorted(counts.items(), key=lambda item: -item[1])[:SHOWN]:
        problem = by_code()[code]()
        typer.echo(f"\n{code}  {count} baris: {problem.text('id')}\n    → {problem.mend('id')}")
