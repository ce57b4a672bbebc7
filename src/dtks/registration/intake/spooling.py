"""The first pass: a file is read once, translated, and laid down in parts on disk, sealed.

Why a spool and not one pass: a NIK may come twice a million rows apart, a family may be scattered over the
file, and a killed import must go on with the same chunks. What stays in memory is one small row per person
(`KEYS`), 40 bytes each.
"""

from __future__ import annotations

import datetime
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from dtks.registration.intake import checks, grouping, keeping, places
from dtks.registration.intake.ahead import one_ahead
from dtks.registration.intake.detection import Found, FoundSheet
from dtks.registration.intake.problems import RowProblem, by_code
from dtks.registration.intake.readers.blocks import Block, Workbook
from dtks.registration.intake.translation import PROBLEM_SCHEMA, Translator

PART_ROWS = 25_000
DONE = "complete.json"
HOLDING = [code for code, problem in by_code().items() if problem.holds_back]

KEYS = {
    "sheet": pl.UInt8,  # place among the found sheets
    "part": pl.UInt32,
    "row": pl.Int64,  # the sheet's row number
    "family": pl.UInt64,  # hash of the family's key
    "nik": pl.Int64,
    "content": pl.UInt64,  # hash of the raw cells: two rows that are equal in everything
    "head": pl.Boolean,
    "spouse": pl.Boolean,
    "held": pl.Boolean,  # has a problem that holds it back
}


@dataclass(frozen=True)
class Part:
    """One stretch of a sheet on disk: `values` (with `_row`, `_key`, `_family`), `raw` and `problems`."""

    folder: Path
    sheet: int
    number: int

    def path(self, what: str) -> Path:
        return self.folder / f"{self.sheet}-{self.number:05d}-{what}.arrow"

    def read(self, what: str) -> pl.DataFrame:
        return keeping.read_frame(self.path(what))


@dataclass(frozen=True)
class Spool:
    folder: Path
    parts: tuple[Part, ...]
    rows: int

    def keys(self) -> pl.DataFrame:
        return keeping.read_frame(self.folder / "keys.arrow")


def opened(folder: Path) -> Spool | None:
    """The spool that lies complete in `folder`, else None."""
    mark = folder / DONE
    if not mark.exists():
        return None
    content = json.loads(mark.read_text())
    parts = tuple(Part(folder, sheet, number) for sheet, number in content["parts"])
    return Spool(folder, parts, content["rows"])


def spool(
    book: Workbook,
    found: Found,
    *,
    area: places.Area,
    folder: Path,
    today: datetime.date,
    progress: Callable[[int], None],
) -> Spool:
    """Read all sheets of `found` into `folder`. Calls `progress` with the rows done so far."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    parts: list[Part] = []
    keys: list[pl.DataFrame] = []
    rows = 0
    for index, sheet in enumerate(found.sheets):
        writer = _SheetSpooler(book, found, sheet, index=index, area=area, folder=folder, today=today)
        for part, part_keys in writer.write():
            parts.append(part)
            keys.append(part_keys)
            rows += part_keys.height
            progress(rows)
    joined = pl.concat(keys) if keys else pl.DataFrame(schema=KEYS)
    keeping.write_frame(folder / "keys.arrow", joined, compression="uncompressed")
    mark = {"parts": [(part.sheet, part.number) for part in parts], "rows": rows}
    (folder / DONE).write_text(json.dumps(mark))
    return Spool(folder, tuple(parts), rows)


class _SheetSpooler:
    def __init__(
        self,
        book: Workbook,
        found: Found,
        sheet: FoundSheet,
        *,
        index: int,
        area: places.Area,
        folder: Path,
        today: datetime.date,
    ) -> None:
        self._book, self._found, self._sheet = book, found, sheet
        self._index, self._area, self._folder = index, area, folder
        self._today = today
        self._spec = sheet.layout.spec
        self._translator = Translator(
            sheet.layout, format=found.format, today=today, from_1904=book.dates_from_1904
        )
        self._digit_columns = sorted(
            {
                sheet.layout.places[source.column]
                for target in self._spec.targets
                if target.kind == "digits"
                for source in target.sources
                if source.column in sheet.layout.places
            }
        )
        self._fill = [sheet.layout.places[key] for key in self._spec.fill_down if key in sheet.layout.places]
        self._last: dict[int, str | None] = {}

    def write(self) -> Iterator[tuple[Part, pl.DataFrame]]:
        for number, (rows, raw, numeric) in enumerate(
            _stretches(one_ahead(self._blocks(), depth=3), self._digit_columns)
        ):
            part = Part(self._folder, self._index, number)
            yield part, self._write_part(part, rows, self._filled_down(raw), numeric)

    def _blocks(self) -> Iterator[Block]:
        for block in self._book.blocks(self._sheet.sheet):
            if block.rows[-1] <= self._sheet.header_row:
                continue
            keep = block.rows > self._sheet.header_row
            cells = block.cells.select(block.cells.columns[: self._sheet.width])
            missing = [str(i) for i in range(cells.width, self._sheet.width)]
            cells = cells.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in missing)
            if not keep.all():
                cells = cells.filter(pl.Series(keep))
            yield Block(block.rows[keep], cells, block.numeric[keep])

    def _filled_down(self, raw: pl.DataFrame) -> pl.DataFrame:
        """Cells that stand only in a family's first row, repeated below it."""
        for place in self._fill:
            name = str(place)
            column = raw[name].str.strip_chars().replace("", None).fill_null(strategy="forward")
            column = column.fill_null(self._last.get(place)) if self._last.get(place) else column
            self._last[place] = column[-1]
            raw = raw.with_columns(column.alias(name))
        return raw

    def _write_part(
        self, part: Part, rows: pl.Series, raw: pl.DataFrame, numeric: dict[int, pl.Series]
    ) -> pl.DataFrame:
        translated = self._translator.translate(raw, numeric)
        values, found_problems = places.with_village(
            translated.values, translated.problems, area=self._area, layout=self._sheet.layout
        )
        values, estimates = checks.with_birth_date(
            values, layout=self._sheet.layout, age_on=self._found.format.age_on or self._today.isoformat()
        )
        values, warnings = checks.row_checks(
            values, layout=self._sheet.layout, area=self._area, today=self._today
        )
        found_problems = pl.concat([found_problems, *estimates, *warnings])
        values = grouping.with_keys(values, rows=rows, format=self._found.format, sheet=self._index)
        key = raw[str(self._sheet.key_column)] if self._sheet.key_column is not None else None
        values = values.with_columns(
            rows.alias("_row"),
            (key if key is not None else pl.lit(None, dtype=pl.String)).alias("_key"),
        )
        keeping.write_frame(part.path("values"), values)
        keeping.write_frame(part.path("raw"), raw)
        keeping.write_frame(part.path("problems"), found_problems)
        return self._keys(part, values, raw, found_problems)

    def _keys(
        self, part: Part, values: pl.DataFrame, raw: pl.DataFrame, found_problems: pl.DataFrame
    ) -> pl.DataFrame:
        held = found_problems.filter(pl.col("code").is_in(HOLDING))["row"]
        mask = np.zeros(values.height, dtype=np.bool_)
        mask[held.to_numpy()] = True
        relation = pl.col("relation") if "relation" in values.columns else pl.lit(None, dtype=pl.Int16)
        nik = pl.col("nik").cast(pl.Int64) if "nik" in values.columns else pl.lit(None, dtype=pl.Int64)
        return values.select(
            pl.lit(part.sheet, dtype=pl.UInt8).alias("sheet"),
            pl.lit(part.number, dtype=pl.UInt32).alias("part"),
            pl.col("_row").cast(pl.Int64).alias("row"),
            pl.col("family_key").hash(seed=1).alias("family"),
            nik.alias("nik"),
            raw.hash_rows(seed=2).alias("content"),
            (relation == 1).fill_null(False).alias("head"),
            (relation == 2).fill_null(False).alias("spouse"),
            pl.Series(mask).alias("held"),
        )


Stretch = tuple[pl.Series, pl.DataFrame, dict[int, pl.Series]]


def _stretches(blocks: Iterator[Block], digit_columns: list[int]) -> Iterator[Stretch]:
    """Blocks gathered to stretches of about PART_ROWS rows."""
    waiting: list[Block] = []
    count = 0
    for block in blocks:
        waiting.append(block)
        count += len(block.rows)
        if count >= PART_ROWS:
            yield _joined(waiting, digit_columns)
            waiting, count = [], 0
    if waiting:
        yield _joined(waiting, digit_columns)


def _joined(blocks: list[Block], digit_columns: list[int]) -> Stretch:
    rows = pl.Series("_row", np.concatenate([block.rows for block in blocks]))
    # rechunk: the text then no longer points into the megabytes of XML that it was read from.
    raw = pl.concat([block.cells for block in blocks], rechunk=True)
    numeric = {
        place: pl.Series(
            np.concatenate(
                [
                    b.numeric[:, place] if place < b.numeric.shape[1] else np.zeros(len(b.rows), dtype=bool)
                    for b in blocks
                ]
            )
        )
        for place in digit_columns
    }
    return rows, raw, numeric


def empty_problems() -> pl.DataFrame:
    return pl.DataFrame(schema=PROBLEM_SCHEMA)


def holds_back(code: str) -> bool:
    """Whether a problem of that code keeps its row out."""
    problem: type[RowProblem] = by_code()[code]
    return problem.holds_back
