"""Write made-up people as a workbook that a village office would keep, in constant memory."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import xlsxwriter

from dtks.determination.synth import calibration, opensid_rows, places, pool
from dtks.determination.synth.actions import TAKEN_ON, calibration_directory
from dtks.determination.synth.chunk import CHUNK, ProvinceMaker
from dtks.determination.synth.domain import SynthRequest, level_of
from dtks.determination.synth.errors import SynthAreaUnknown
from dtks.determination.synth.kit import Kit
from dtks.determination.synth.opensid_rows import COLUMNS, SHEET, Rows
from dtks.determination.synth.target import layout
from dtks.foundation.areas import queries as areas

MOST_ROWS = 1_048_575
"""Rows of a sheet below its header."""
WIDTHS = {"nama": 28, "alamat": 24, "nik": 18, "no_kk": 18, "ayah_nik": 18, "ibu_nik": 18}


@dataclass(frozen=True)
class WorkbookReport:
    """What was written."""

    path: Path
    rows: int
    families: int


def opensid(
    *,
    area: str,
    families: int,
    seed: int,
    out: Path,
    taken_on: datetime.date = TAKEN_ON,
    undocumented: float = 0.0,
    most_rows: int = MOST_ROWS,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> WorkbookReport:
    """Write `families` made-up families of one village to an OpenSID population workbook (.xlsx).

    Layout: `opensid_penduduk`, 43 columns, header in row 1. The families are those that
    `actions.generate` makes for the same arguments. `most_rows` ends the file earlier, after any row.
    `progress` gets (families done, families in all).

    Raises:
        SynthAreaUnknown: `area` is not the code of a village.
    """
    if level_of(area)[0] != "village":
        raise SynthAreaUnknown(area=area)
    request = SynthRequest(
        area=area, families=families, seed=seed, taken_on=taken_on, undocumented=undocumented
    )
    figures = calibration.load(calibration_directory())
    plan, *_ = places.spread_out(
        area=area, families=families, calibration=figures, reference=areas.reference()
    )
    weighed = pool.national_pool(figures.national)
    maker = ProvinceMaker(Kit(request=request, calibration=figures, pool=weighed, layout=layout()), plan)
    written = _write(out, islice(_rows(maker, progress), min(most_rows, MOST_ROWS)), taken_on)
    return WorkbookReport(out, written, families)


def _rows(maker: ProvinceMaker, progress: Callable[[int, int], None]) -> Rows:
    families = maker.plan.families
    for number in range(-(-families // CHUNK)):
        yield from opensid_rows.rows(maker.make(number), maker)
        progress(min((number + 1) * CHUNK, families), families)


def _write(path: Path, rows: Iterator[Any], taken_on: datetime.date) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        # A fixed date: the same people give the same bytes.
        book.set_properties({"created": datetime.datetime.combine(taken_on, datetime.time())})
        sheet = book.add_worksheet(SHEET)
        for column, name in enumerate(COLUMNS):
            sheet.set_column(column, column, WIDTHS.get(name, 12))
        sheet.write_row(0, 0, COLUMNS)
        for count, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(count, column, cell)
                elif cell is not None:
                    sheet.write_number(count, column, cell)
    return count
