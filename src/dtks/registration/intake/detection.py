"""Which layout a workbook has, told by its headings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dtks.registration.intake import errors
from dtks.registration.intake.mapping import Format, SheetSpec, formats, heading_key
from dtks.registration.intake.readers.blocks import Sheet, Workbook
from dtks.registration.intake.translation import Layout

LOOKED_AT = 15
"""Rows at the top of a sheet among which the headings are looked for."""
RECOGNISED = 0.6
RESEMBLES = 0.3
"""Below this, naming the nearest layout would be a guess."""
MARK_SHEET = "_dtks"
KEY_HEADING = "dtks_kunci"
PROBLEM_HEADING = "dtks_masalah"


@dataclass(frozen=True)
class FoundSheet:
    """A sheet of the workbook that a sheet of the layout was found in.

    `header_row`: the sheet's row number of the last row of headings. `headings`: all of that row's cells.
    `head`: all rows from the first to that one, with their numbers.
    `key_column`: where a report of this program carries the keys of its pending rows, else None.
    """

    sheet: Sheet
    layout: Layout
    header_row: int
    headings: tuple[str, ...]
    head: tuple[tuple[int, tuple[str, ...]], ...]
    key_column: int | None
    score: float

    @property
    def width(self) -> int:
        return len(self.headings)


@dataclass(frozen=True)
class Found:
    """A layout and where its sheets are. `report_of`: the key of the import that a report of this program was
    made of, when this is one that comes back ('' when not)."""

    format: Format
    sheets: tuple[FoundSheet, ...]
    report_of: str
    score: float

    @property
    def is_report(self) -> bool:
        return bool(self.report_of)


@dataclass(frozen=True)
class HeadRow:
    """A row near the top of a sheet: its number, its cells, and where each heading stands."""

    number: int
    cells: tuple[str, ...]
    keys: dict[str, int]


Heads = dict[str, list[HeadRow]]


def heads_of(book: Workbook) -> tuple[list[Sheet], Heads]:
    """The sheets, and the first rows of each: (row number, cells)."""
    sheets = book.sheets()
    heads: Heads = {}
    for sheet in sheets:
        block = next(iter(book.blocks(sheet)), None)
        rows = [] if block is None else block.cells.head(LOOKED_AT).rows()
        numbers = [] if block is None else block.rows
        filled = [[cell or "" for cell in cells] for cells in rows]
        heads[sheet.name] = [
            HeadRow(int(number), tuple(cells), keys_of(cells))
            for number, cells in zip(numbers, filled, strict=False)
        ]
    return sheets, heads


def detect(book: Workbook, *, among: Iterable[Format] | None = None) -> Found:
    """The layout that fits best.

    Raises:
        UnknownFormat: none fits; the nearest is named with the headings that it misses.
        SheetsMissing: the layout is clear, but a sheet that it needs is not there.
    """
    sheets, heads = heads_of(book)
    report_of = _report_of(heads)
    candidates = [_fit(layout, sheets, heads, report_of) for layout in among or formats().values()]
    candidates.sort(key=lambda found: (-found.score, -sum(len(s.layout.places) for s in found.sheets)))
    best = candidates[0]
    if best.score < RECOGNISED:
        raise _unknown(best)
    there = {found.layout.spec.id for found in best.sheets}
    missing = [s.id for s in best.format.sheets if s.id not in there and not s.optional]
    if missing and not report_of:
        raise errors.SheetsMissing(sheets=", ".join(missing))
    return best


def _report_of(heads: Heads) -> str:
    """The key that the hidden sheet of a report names."""
    rows = heads.get(MARK_SHEET, [])
    return next((row.cells[1] for row in rows if len(row.cells) > 1 and row.cells[0] == "import"), "")


def _fit(layout: Format, sheets: list[Sheet], heads: Heads, report_of: str) -> Found:
    found = []
    for spec in layout.sheets:
        fits = [_fit_sheet(spec, sheet, heads[sheet.name]) for sheet in sheets if sheet.name != MARK_SHEET]
        best = max((fit for fit in fits if fit), key=lambda fit: fit.score, default=None)
        if best and best.score >= RECOGNISED / 2:
            found.append(best)
    wanted = [s for s in found if s.score >= RECOGNISED] if report_of else found
    needed = len(wanted) if report_of else sum(not s.optional for s in layout.sheets)
    score = sum(s.score for s in wanted) / max(needed, 1)
    return Found(layout, tuple(_one_sheet_each(wanted)), report_of, min(score, 1.0))


def _one_sheet_each(found: list[FoundSheet]) -> list[FoundSheet]:
    """Each sheet of the workbook serves the sheet specification that it fits best."""
    best: dict[str, FoundSheet] = {}
    for each in found:
        if each.sheet.name not in best or best[each.sheet.name].score < each.score:
            best[each.sheet.name] = each
    return [each for each in found if best[each.sheet.name] is each]


def _fit_sheet(spec: SheetSpec, sheet: Sheet, rows: list[HeadRow]) -> FoundSheet | None:
    best: FoundSheet | None = None
    bonus = 0.01 if sheet.name in spec.names else 0.0
    for row in rows:
        places = {column.key: row.keys[column.key] for column in spec.columns if column.key in row.keys}
        score = len(places) / len(spec.columns) + (bonus if places else 0)
        if best is None or score > best.score:
            head = tuple((above.number, above.cells) for above in rows if above.number <= row.number)
            layout = Layout(spec, places)
            key_column = row.keys.get(KEY_HEADING)
            best = FoundSheet(sheet, layout, row.number, row.cells, head, key_column, score)
    return best


def keys_of(cells: list[str]) -> dict[str, int]:
    """Heading key → column number; a heading that comes again is numbered #2, #3 …"""
    keys: dict[str, int] = {}
    seen: dict[str, int] = {}
    for place, cell in enumerate(cells):
        key = heading_key(cell)
        if not key:
            continue
        seen[key] = seen.get(key, 0) + 1
        keys[key if seen[key] == 1 else f"{key}#{seen[key]}"] = place
    return keys


def _unknown(nearest: Found) -> errors.UnknownFormat:
    if nearest.score < RESEMBLES:
        return errors.UnknownFormat(nearest="", nearest_en="")
    missing = [
        column.heading
        for spec in nearest.format.sheets
        for column in spec.columns
        if not any(column.key in s.layout.places for s in nearest.sheets if s.layout.spec.id == spec.id)
    ]
    listed = ", ".join(missing[:4]) + (", …" if len(missing) > 4 else "")
    return errors.UnknownFormat(
        nearest=f" Paling mirip {nearest.format.title_id}, tetapi kolom ini tidak ada: {listed}.",
        nearest_en=f" Nearest is {nearest.format.title_en}, but these columns are missing: {listed}.",
    )
