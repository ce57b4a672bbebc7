"""`dtks determine` and `dtks explain`: run a determination; say why one family was (not) chosen."""

from __future__ import annotations

import dataclasses
import json as json_module
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from dtks.cli.report import ProgressCallback, measured, progress_bar
from dtks.foundation.ledger.domain import Actor

if TYPE_CHECKING:
    from dtks.determination.runs.domain import RunReport
    from dtks.determination.runs.explanation import Explanation

STRONGEST = 8
# Indonesian, English.
DEMONSTRATION = (
    "PERAGAAN: model ini bukan model nasional; hasilnya bukan keputusan.",
    "DEMONSTRATION: this is no national model; its result is no decision.",
)
WITHIN_RUN = (
    "Desil dihitung di antara keluarga dalam penetapan ini saja.",
    "The decile was cut among the families of this run only.",
)
UNSCORED = (
    "Belum dinilai; jawaban yang belum ada: {missing}",
    "Not scored; missing answers: {missing}",
)
SCORE = ("skor log", "log score")

Json = Annotated[
    bool, typer.Option("--json", help="Satu objek JSON di baris terakhir · One JSON object as the last line")
]
Period = Annotated[str, typer.Option(help="Bulan penetapan, seperti 2026-12 · Month, like 2026-12")]
Model = Annotated[str | None, typer.Option(help="Model kesejahteraan lain · Another welfare model")]


def determine(
    *,
    period: Period,
    area: Annotated[
        str | None, typer.Option(help="Kode wilayah di registri ('' = nasional) · Area of the registry")
    ] = None,
    snapshot: Annotated[Path | None, typer.Option(help="Folder snapshot · Snapshot folder")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder hasil · Folder for the results")] = None,
    engine: Annotated[str, typer.Option(help="Mesin hitung: polars, duckdb · Engine")] = "polars",
    within_run: Annotated[
        bool,
        typer.Option(
            "--within-run",
            help="Desil di antara keluarga ini saja; ditandai, tidak diumumkan · "
            "Deciles among these families only; marked, not published",
        ),
    ] = False,
    model: Model = None,
    json: Json = False,
) -> None:
    """Tetapkan skor, desil, kelayakan tiap program dan nilainya · Score, decile, eligibility, amounts."""
    from dtks.determination.runs import actions

    with measured(json=json) as report, progress_bar("Penetapan", quiet=json) as progress:
        published = None
        if area is not None and snapshot is None:
            found, published = _of_area(
                area, period=period, out=out, engine=engine, within_run=within_run, model=model,
                progress=progress,
            )  # fmt: skip
        else:
            found = actions.determine(
                by=Actor.system(), area=area, snapshot=snapshot, period=period, out=out, engine=engine,
                within_run=within_run, model=model, progress=progress,
            )  # fmt: skip
        report.update(dataclasses.asdict(found) | {"directory": str(found.directory), "published": published})


def determine_area(*, area: str, period: str, out: Path | None = None) -> RunReport:
    """Determine an area of the registry and publish its list: what `dtks determine --area` does."""
    found, _ = _of_area(
        area, period=period, out=out, engine="polars", within_run=False, model=None,
        progress=lambda done, total: None,
    )  # fmt: skip
    return found


def _of_area(
    area: str, *, within_run: bool, progress: ProgressCallback, **options: Any
) -> tuple[RunReport, int | None]:
    """The run, and how many people the public list holds; None when it was left as it is."""
    from dtks.delivery.public import actions as public
    from dtks.determination.runs import actions, queries

    by = Actor.system()
    found = actions.determine(by=by, area=area, within_run=within_run, progress=progress, **options)
    if within_run:
        # Deciles among these families only are a trial: no citizen may take them for the determination.
        return found, None
    run = queries.run(id=uuid.UUID(found.run_id))
    published = public.publish(
        by=by,
        rows=queries.published_rows(run=run.id),
        area=area,
        period=found.period,
        run=str(run.id),
        synthetic=run.synthetic,
    )
    return found, published


def explain(
    *,
    family: Annotated[str, typer.Option(help="UUID di registri, atau family_id di snapshot · Family id")],
    snapshot: Annotated[Path | None, typer.Option(help="Folder snapshot · Snapshot folder")] = None,
    period: Annotated[
        str, typer.Option(help="Bulan aturan untuk --snapshot · Month of the rules, with --snapshot")
    ] = "",
    english: Annotated[bool, typer.Option("--english", help="Dalam bahasa Inggris · In English")] = False,
    model: Model = None,
    json: Json = False,
) -> None:
    """Jelaskan hasil satu keluarga: tiap syarat, nilai dan hasilnya · Explain one family's result."""
    language = "en" if english else "id"
    if not json:
        _print(_explain(family, snapshot, period, language, model), english=english)
        return
    with measured(json=True) as report:
        report.update(_plain(_explain(family, snapshot, period, language, model)))


def _explain(
    family: str, snapshot: Path | None, period: str, language: Any, model: str | None
) -> Explanation:
    from dtks.determination.runs import explanation, queries
    from dtks.determination.runs.errors import NotAFamilyId

    if snapshot is not None:
        if not family.isascii() or not family.isdigit():
            raise NotAFamilyId(given=family)
        return explanation.of_snapshot_family(
            snapshot, int(family), period=period or _month_of(snapshot), language=language, model=model
        )
    try:
        id_ = uuid.UUID(family)
    except ValueError:
        raise NotAFamilyId(given=family) from None
    return queries.explain(family_id=id_, language=language)


def _month_of(snapshot: Path) -> str:
    from dtks.determination.targeting.snapshot import open_snapshot

    return f"{open_snapshot(snapshot).taken_on:%Y-%m}"


def _plain(found: Explanation) -> dict[str, Any]:
    plain = dataclasses.asdict(found)
    plain["faults"] = [fault.name for fault in found.faults]
    text = json_module.dumps(plain, default=str)
    loaded: dict[str, Any] = json_module.loads(text)
    return loaded


def _print(found: Explanation, *, english: bool) -> None:
    from dtks.determination.runs.domain import outcome_label, status_label
    from dtks.foundation.kernel.rupiah import Rupiah

    language: Any = "en" if english else "id"
    console = Console(highlight=False)
    for line in _standing(found, english=english):
        console.print(line, markup=False, soft_wrap=True)
    for programme in found.programmes:
        console.print(
            f"\n{programme.name}: {status_label(programme.status, language)}",
            style="bold",
            markup=False,
            soft_wrap=True,
        )
        for criterion in programme.criteria:
            console.print(
                f"  [{outcome_label(criterion.outcome, language)}] {criterion.label}",
                markup=False,
                soft_wrap=True,
            )
            console.print(f"      {criterion.sentence}", markup=False, soft_wrap=True)
        if programme.amount:
            console.print(
                f"  {Rupiah(programme.amount).format()} / {'year' if english else 'tahun'}", markup=False
            )


def _standing(found: Explanation, *, english: bool) -> list[str]:
    """Who is meant, by which model, with what score and decile, and what moved it."""
    lines = [f"{'Family' if english else 'Keluarga'} {found.family} · {found.period} · {found.model}"]
    if found.model_status == "demonstration":
        lines.append(DEMONSTRATION[english])
    if found.rules_note:
        lines.append(found.rules_note)
    if found.faults:
        return [*lines, found.faults.label_en if english else found.faults.label_id]
    if found.score is None:
        return [*lines, UNSCORED[english].format(missing=", ".join(found.missing))]
    lines.append(
        f"{'Decile' if english else 'Desil'} {found.desil} ({SCORE[english]} {found.score / 1e6:.3f})"
    )
    if found.within_run:
        lines.append(WITHIN_RUN[english])
    moved = found.contributions[:STRONGEST]
    return [*lines, *(f"  {part.micro_units / 1e6:+.3f}  {part.label}: {part.value}" for part in moved)]
