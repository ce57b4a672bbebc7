"""The first rows of an uploaded file as the import would read them: shown before anything is stored.

The register is asked, too: a number that is on record in another area makes the row wait, and the officer
sees it here while the file can still be mended.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from dtks.registration.intake import checks, conflicts, detection, places, running
from dtks.registration.intake.detection import Found, FoundSheet
from dtks.registration.intake.domain import ShownProblem, column_letters
from dtks.registration.intake.mapping import GROUPING, PLACE, SheetSpec
from dtks.registration.intake.models import ImportJob
from dtks.registration.intake.problems import KkElsewhere, NikElsewhere, by_code
from dtks.registration.intake.readers.blocks import Workbook
from dtks.registration.intake.readers.opening import open_workbook
from dtks.registration.intake.translation import PROBLEM_SCHEMA, Translator
from dtks.registration.registry import dictionary

SAMPLE_ROWS = 200
SHOWN_ROWS = 8
SHOWN_COLUMNS = 8
ELSEWHERE = {KkElsewhere.code: "kk_number", NikElsewhere.code: "nik"}
"""Problem → the variable whose cell is shown."""
DIGITS = frozenset({"nik", "kk_number", "mother_nik", "father_nik"})


@dataclass(frozen=True)
class MappedColumn:
    """A column of the file and what becomes of it; `label` is empty for a column that is not used."""

    letters: str
    heading: str
    label: str
    ignored: str


@dataclass(frozen=True)
class SheetPreview:
    """One sheet: `rows` holds the first rows under `headings`; `private` are places of NIK and KK numbers."""

    name: str
    rows_hint: int
    columns: tuple[MappedColumn, ...]
    missing: tuple[str, ...]
    headings: tuple[str, ...]
    private: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Preview:
    format: str
    title_id: str
    title_en: str
    is_report: bool
    sheets: tuple[SheetPreview, ...]
    sampled: int
    held_back: int
    problems: tuple[ShownProblem, ...]


@dataclass(frozen=True)
class _Read:
    """The first rows of a sheet: their cells, their numbers, what they say, and what is wrong with them."""

    sheet: FoundSheet
    frame: pl.DataFrame
    rows: list[int]
    values: pl.DataFrame
    problems: pl.DataFrame

    @property
    def held(self) -> list[int]:
        """Places of the rows that a problem holds back."""
        holding = [code for code, kind in by_code().items() if kind.holds_back]
        return self.problems.filter(pl.col("code").is_in(holding))["row"].unique().to_list()


def of(job: ImportJob, path: Path, *, today: datetime.date, language: str) -> Preview:
    """The preview of an uploaded file. Reads no more than the first stretch of each sheet, and asks the
    register once for all of them."""
    with open_workbook(path, kind=job.kind) as book:
        found = detection.detect(book, among=[running.layout_of(job)])
        area = places.Area(job.area)
        reads = _held_against_register(
            [_read(book, found, sheet, area=area, today=today) for sheet in found.sheets]
        )
        return Preview(
            found.format.id, found.format.title_id, found.format.title_en, found.is_report,
            sheets=tuple(_sheet(book, each.sheet, each.frame, language) for each in reads),
            sampled=sum(each.frame.height for each in reads),
            held_back=sum(len(each.held) for each in reads),
            problems=tuple(problem for each in reads for problem in _shown(each, language)),
        )  # fmt: skip


def _read(
    book: Workbook, found: Found, sheet: FoundSheet, *, area: places.Area, today: datetime.date
) -> _Read:
    frame, rows = _sample(book, sheet)
    translator = Translator(sheet.layout, format=found.format, today=today, from_1904=book.dates_from_1904)
    translated = translator.translate(frame, {})
    values, more = places.with_village(translated.values, translated.problems, area=area, layout=sheet.layout)
    values, warnings = checks.row_checks(values, layout=sheet.layout, area=area, today=today)
    return _Read(sheet, frame, rows, values, pl.concat([more, *warnings]))


def _held_against_register(reads: list[_Read]) -> list[_Read]:
    """With the numbers that are on record in another area, where nothing else holds the row back."""
    of_level: dict[str, list[pl.DataFrame]] = {"person": [], "family": []}
    for index, each in enumerate(reads):
        numbers = each.values.select(name for name in ELSEWHERE.values() if name in each.values.columns)
        numbers = numbers.with_columns(
            pl.lit(index, dtype=pl.UInt8).alias("_sheet"), pl.int_range(pl.len()).alias("_row")
        )
        good = numbers.filter(~pl.col("_row").is_in(each.held))
        of_level[each.sheet.layout.spec.level].append(good)
    people, families = (
        pl.concat(of_level[level], how="diagonal") if of_level[level] else pl.DataFrame()
        for level in ("person", "family")
    )
    found = conflicts.elsewhere(people, families)
    return [
        replace(each, problems=pl.concat([each.problems, *_elsewhere(each, found.filter(_sheet=index))]))
        for index, each in enumerate(reads)
    ]


def _elsewhere(read: _Read, found: pl.DataFrame) -> list[pl.DataFrame]:
    return [
        pl.DataFrame({"row": bad["_row"], "value": read.values[variable][bad["_row"]]})
        .select(
            "row",
            pl.lit(checks.column_of(read.sheet.layout, variable)).alias("column"),
            pl.lit(code).alias("code"),
            "value",
            pl.lit("").alias("detail"),
        )
        .cast(PROBLEM_SCHEMA)
        for code, variable in ELSEWHERE.items()
        if (bad := found.filter(code=code)).height
    ]


def _sample(book: Workbook, sheet: FoundSheet) -> tuple[pl.DataFrame, list[int]]:
    """The first rows below the headings, with their numbers."""
    for block in book.blocks(sheet.sheet):
        keep = block.rows > sheet.header_row
        if keep.any():
            frame = block.cells.filter(pl.Series(keep)).head(SAMPLE_ROWS)
            fill = [
                sheet.layout.places[key] for key in sheet.layout.spec.fill_down if key in sheet.layout.places
            ]
            frame = frame.with_columns(pl.col(str(place)).forward_fill() for place in fill)
            return frame, [int(row) for row in block.rows[keep][:SAMPLE_ROWS]]
    return pl.DataFrame(schema={str(i): pl.String for i in range(sheet.width)}), []


def _sheet(book: Workbook, sheet: FoundSheet, frame: pl.DataFrame, language: str) -> SheetPreview:
    spec = sheet.layout.spec
    used = [c for c in spec.columns if c.key in sheet.layout.places and not c.ignore and not c.same_as]
    shown = used[:SHOWN_COLUMNS]
    names = [str(sheet.layout.places[column.key]) for column in shown]
    rows = frame.select(names).head(SHOWN_ROWS).fill_null("").rows() if frame.height else []
    numbers = {s.column for t in spec.targets if t.variable in DIGITS for s in t.sources}
    return SheetPreview(
        name=sheet.sheet.name,
        rows_hint=max(book.rows_hint(sheet.sheet) - sheet.header_row, 0),
        columns=tuple(_mapped(sheet, language)),
        missing=tuple(c.heading for c in spec.columns if c.key not in sheet.layout.places),
        headings=tuple(column.heading for column in shown),
        private=tuple(i for i, column in enumerate(shown) if column.key in numbers),
        rows=tuple(rows),
    )


def _mapped(sheet: FoundSheet, language: str) -> list[MappedColumn]:
    spec, found = sheet.layout.spec, []
    by_place = {place: key for key, place in sheet.layout.places.items()}
    for place, heading in enumerate(sheet.headings):
        if not heading:
            continue
        column = spec.column(by_place[place]) if place in by_place else None
        label = label_of(spec, column.key, language) if column else ""
        found.append(MappedColumn(column_letters(place), heading, label, column.ignore if column else ""))
    return found


def label_of(spec: SheetSpec, key: str, language: str) -> str:
    """What the column tells, in the register's words."""
    labels = []
    for target in spec.targets:
        if not any(source.column == key for source in target.sources):
            continue
        variable = dictionary.by_name(level=target.level).get(target.variable)
        if variable is not None:
            labels.append(variable.label_en if language == "en" else variable.label_id)
        elif target.variable in PLACE | GROUPING:
            labels.append("place and grouping" if language == "en" else "wilayah dan pengelompokan")
    return ", ".join(dict.fromkeys(labels))


def _shown(read: _Read, language: str) -> list[ShownProblem]:
    sheet, rows, shown = read.sheet, read.rows, []
    for place, column, code, value, detail in read.problems.sort("row", "column").iter_rows():
        kind = by_code()[code]
        problem = kind(detail=detail)
        shown.append(
            ShownProblem(
                sheet=sheet.sheet.name, row=rows[place], value=value or "", code=code,
                column=sheet.headings[column] if 0 <= column < sheet.width else "",
                cell=f"{column_letters(column)}{rows[place]}" if column >= 0 else "",
                what=problem.text(language), mend=problem.mend(language), holds_back=kind.holds_back,
            )
        )  # fmt: skip
    return sorted(shown, key=lambda problem: not problem.holds_back)
