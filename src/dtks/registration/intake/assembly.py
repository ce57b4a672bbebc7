"""The second pass: one chunk of the plan as the frames that the register takes, and the rows that wait.

If one member of a family is held back, that row waits and the other members go in; the family counts as
incomplete until the row is mended. (The alternative, to hold the whole family back, would keep four people
out of a programme for a typing error in the fifth.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import polars as pl

from dtks.registration.intake.checks import column_of
from dtks.registration.intake.detection import Found
from dtks.registration.intake.planning import Plan
from dtks.registration.intake.problems import KkElsewhere, by_code
from dtks.registration.intake.spooling import Part, Spool
from dtks.registration.registry import dictionary

IDENTITY = ("_key", "family_key", "nik", "name")


@dataclass(frozen=True)
class CellProblem:
    """One thing wrong with one row. `column` from 0, -1 for the row as a whole."""

    column: int
    code: str
    value: str
    detail: str


@dataclass(frozen=True)
class WaitingRow:
    """A row that is held back: as it stands in the sheet, with what is wrong."""

    sheet: int
    row: int
    cells: tuple[str | None, ...]
    problems: tuple[CellProblem, ...]
    report_key: str
    family_key: str
    nik: str
    name: str


@dataclass(frozen=True)
class Note:
    """A warning about a row that goes in."""

    sheet: int
    row: int
    problem: CellProblem


@dataclass
class Chunk:
    """`people` and `families` for the register; `accepted` rows go in, `skipped` rows equal another one."""

    number: int
    families: pl.DataFrame = field(default_factory=pl.DataFrame)
    people: pl.DataFrame = field(default_factory=pl.DataFrame)
    waiting: list[WaitingRow] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)  # problem code → rows
    read: int = 0
    accepted: int = 0
    skipped: int = 0
    incomplete: int = 0
    mended: pl.DataFrame = field(default_factory=pl.DataFrame)  # _key, nik, name, family_key of accepted rows


@dataclass(frozen=True)
class Gathered:
    """The rows of a chunk, good and bad (`_held`), and what was found of them so far."""

    chunk: Chunk
    people: pl.DataFrame
    family_rows: pl.DataFrame


class Assembler:
    """Puts chunks together, in any order, from a spool and its plan."""

    def __init__(self, spool: Spool, plan: Plan, found: Found, *, notes_per_code: int) -> None:
        self._parts = {(part.sheet, part.number): part for part in spool.parts}
        self._plan = plan
        self._found = found
        self._notes_left = dict.fromkeys(by_code(), notes_per_code)
        self._read = lru_cache(maxsize=2 * len(found.sheets))(
            lambda part: (part.read("values"), part.read("problems"))
        )

    def gathered(self, *, start: int = 0) -> Iterator[Gathered]:
        """The rows of each chunk from `start` on. Touches no database: may run in another thread."""
        for number in range(start, self._plan.chunks):
            yield self._gather(number)

    def _gather(self, number: int) -> Gathered:
        rows = self._plan.rows.filter(pl.col("chunk") == number)
        kinds: dict[str, list[pl.DataFrame]] = {"person": [], "family": []}
        chunk = Chunk(number, read=rows.height, skipped=int(rows["skipped"].sum()))
        for (sheet, part_number), chosen in rows.group_by(["sheet", "part"], maintain_order=True):
            values = self._stretch(chunk, self._parts[(int(str(sheet)), int(str(part_number)))], chosen)
            kinds[self._found.sheets[int(str(sheet))].layout.spec.level].append(values)
        return Gathered(chunk, _joined(kinds["person"]), _joined(kinds["family"]))

    def finish(self, gathered: Gathered, found: pl.DataFrame | None = None) -> Chunk:
        """The chunk as it goes in. `found`: what else was found of its rows (`conflicts.with_register`)."""
        chunk, people = gathered.chunk, gathered.people
        if found is not None and found.height:
            people = self._with_findings(chunk, people, found)
        good = people.filter(~pl.col("_held")) if people.height else people
        families = gathered.family_rows
        if found is not None and found.height and families.height:
            families = self._with_findings(chunk, families, found)
        good_families = families.filter(~pl.col("_held")) if families.height else families
        chunk.accepted = good.height + good_families.height
        chunk.families, chunk.people = _frames(good, good_families)
        chunk.mended = _mended([good, good_families])
        waiting = {row.family_key for row in chunk.waiting}
        if waiting and chunk.families.height:
            chunk.incomplete = len(waiting & set(chunk.families["family_key"].to_list()))
        return chunk

    def _with_findings(self, chunk: Chunk, rows: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
        """`rows` with those held back that a finding holds back; the findings go to the chunk."""
        rows = rows.join(found, on=["_sheet", "_row"], how="left", maintain_order="left")
        listed = rows.filter(pl.col("code").is_not_null() & ~pl.col("_held"))
        for sheet, part, offset, row, code in listed.select(
            "_sheet", "_part", "_offset", "_row", "code"
        ).iter_rows():
            one = rows.filter((pl.col("_sheet") == sheet) & (pl.col("_row") == row))
            variable = "kk_number" if code == KkElsewhere.code else "nik"
            column = column_of(self._found.sheets[sheet].layout, variable)
            problem = CellProblem(column, code, _texts(one, variable)[0], "")
            chunk.counts[code] = chunk.counts.get(code, 0) + 1
            if by_code()[code].holds_back:
                cells = self._parts[(sheet, part)].read("raw").row(offset)
                key, family, nik, name = (_texts(one, text)[0] for text in IDENTITY)
                chunk.waiting.append(WaitingRow(sheet, row, cells, (problem,), key, family, nik, name))
            elif self._notes_left[code] > 0:
                self._notes_left[code] -= 1
                chunk.notes.append(Note(sheet, row, problem))
        holding = [code for code, problem in by_code().items() if problem.holds_back]
        held = pl.col("_held") | pl.col("code").is_in(holding).fill_null(False)
        return rows.with_columns(held.alias("_held")).drop("code")

    def _stretch(self, chunk: Chunk, part: Part, chosen: pl.DataFrame) -> pl.DataFrame:
        """The chosen rows of a part; its problems go to the chunk."""
        values, cell_problems = self._read(part)
        keep = chosen.filter(~pl.col("skipped"))
        values = values[keep["offset"]].with_columns(
            keep["held"].alias("_held"),
            pl.lit(part.sheet, dtype=pl.UInt8).alias("_sheet"),
            keep["offset"].alias("_offset"),
            pl.lit(part.number, dtype=pl.UInt32).alias("_part"),
        )
        found = self._problems_of(chosen, cell_problems, part)
        for code, count in found.group_by("code").agg(pl.col("offset").n_unique()).iter_rows():
            chunk.counts[code] = chunk.counts.get(code, 0) + count
        held = set(keep.filter(pl.col("held"))["offset"].to_list())
        if held:
            chunk.waiting += self._waiting(part, values, found, held)
        self._keep_notes(chunk, part, found, held)
        return values

    def _problems_of(self, chosen: pl.DataFrame, cell_problems: pl.DataFrame, part: Part) -> pl.DataFrame:
        """Problems of single cells and findings of the plan, for the chosen rows: offset, row, column …"""
        place = chosen.select("index", pl.col("offset"), "row")
        own = cell_problems.rename({"row": "offset"}).join(place, on="offset")
        across = self._plan.findings.join(place, on="index").with_columns(
            pl.lit(None, dtype=pl.String).alias("value")
        )
        columns = ["offset", "row", "column", "code", "value", "detail"]
        found = pl.concat([own.select(columns), across.select(columns)])
        return found.sort("offset", "column", maintain_order=True)

    def _waiting(
        self, part: Part, values: pl.DataFrame, found: pl.DataFrame, held: set[int]
    ) -> list[WaitingRow]:
        offsets = sorted(held)
        cells = part.read("raw")[offsets].rows()
        identity = values.filter(pl.col("_offset").is_in(offsets)).sort("_offset")
        texts = [_texts(identity, name) for name in IDENTITY]
        numbers = identity["_row"].to_list()
        by_row: dict[int, list[CellProblem]] = {}
        for offset, _, column, code, value, detail in found.filter(
            pl.col("offset").is_in(offsets)
        ).iter_rows():
            by_row.setdefault(offset, []).append(CellProblem(column, code, value or "", detail or ""))
        return [
            WaitingRow(part.sheet, number, row, tuple(by_row.get(offset, ())), key, family, nik, name)
            for offset, number, row, key, family, nik, name in zip(
                offsets, numbers, cells, *texts, strict=True
            )
        ]

    def _keep_notes(self, chunk: Chunk, part: Part, found: pl.DataFrame, held: set[int]) -> None:
        if found.height == 0:
            return
        for code in found["code"].unique(maintain_order=True).to_list():
            left = self._notes_left[code]
            if left <= 0 or by_code()[code].holds_back:
                continue
            some = found.filter((pl.col("code") == code) & ~pl.col("offset").is_in(list(held))).head(left)
            self._notes_left[code] = left - some.height
            chunk.notes += [
                Note(part.sheet, row, CellProblem(column, code, value or "", detail or ""))
                for _, row, column, code, value, detail in some.iter_rows()
            ]


def _texts(frame: pl.DataFrame, name: str) -> list[str]:
    if name not in frame.columns:
        return [""] * frame.height
    return frame[name].cast(pl.String).fill_null("").to_list()


def _joined(frames: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(frames, how="diagonal") if frames else pl.DataFrame()


def _mended(frames: list[pl.DataFrame]) -> pl.DataFrame:
    wanted = ["_key", "nik", "name", "family_key"]
    parts = [
        frame.select(pl.col(name) for name in wanted if name in frame.columns)
        for frame in frames
        if frame.height
    ]
    return pl.concat(parts, how="diagonal") if parts else pl.DataFrame()


def _frames(people: pl.DataFrame, family_rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The register's two frames: families gathered from their members' rows and from sheets of families."""
    if people.height == 0 and family_rows.height == 0:
        return pl.DataFrame(), pl.DataFrame()
    of_family = set(dictionary.by_name(level="family")) | {"household_key"}
    families = _gathered(people, of_family)
    own = _gathered(family_rows, of_family)
    if families is None or own is None:
        families = families if families is not None else own
    else:
        # What the sheet of families says counts before what a member's row repeats.
        families = families.join(own, on="family_key", how="full", coalesce=True, suffix="_own")
        both = [name for name in own.columns if name != "family_key" and f"{name}_own" in families.columns]
        families = families.with_columns(pl.coalesce(f"{name}_own", name).alias(name) for name in both)
        families = families.drop(f"{name}_own" for name in both)
    of_person = ["family_key", *dictionary.by_name(level="person")]
    members = people.select(name for name in of_person if name in people.columns)
    return families if families is not None else pl.DataFrame(), members


def _gathered(rows: pl.DataFrame, of_family: set[str]) -> pl.DataFrame | None:
    """One row per family: each variable as the head's row says it, else the first row that says it."""
    if rows.height == 0:
        return None
    columns = [name for name in rows.columns if name in of_family and rows[name].null_count() < rows.height]
    if "relation" in rows.columns:
        rows = rows.with_columns((pl.col("relation") != 1).fill_null(True).alias("_not_head"))
        rows = rows.sort("family_key", "_not_head", maintain_order=True)
    firsts = [
        pl.col(name).first() if rows[name].null_count() == 0 else pl.col(name).drop_nulls().first()
        for name in columns
    ]
    return rows.group_by("family_key", maintain_order=True).agg(firsts)
