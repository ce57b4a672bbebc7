"""Between the passes: what rows say of each other over the whole file, and which chunk each row goes in.

In: the keys of all rows (`spooling.KEYS`). Out: the same rows with their chunk and place, and the problems
that only the whole file shows. A family is never split between chunks, however scattered its rows are.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from dtks.registration.intake import problems
from dtks.registration.intake.checks import column_of
from dtks.registration.intake.detection import Found
from dtks.registration.intake.problems import RowProblem

CHUNK_ROWS = 25_000
LISTED_ROWS = 5
FINDING = {
    "index": pl.UInt32,  # place in the keys
    "code": pl.String,
    "column": pl.Int32,
    "detail": pl.String,
}


@dataclass(frozen=True)
class Plan:
    """`rows`: sheet, part, offset (place in the part), row, chunk, skipped (twin rows), held, for all rows.
    `findings`: index into `rows`, code, column, detail. `chunks`: how many there are."""

    rows: pl.DataFrame
    findings: pl.DataFrame
    chunks: int


def plan(keys: pl.DataFrame, found: Found, *, chunk_rows: int | None = None) -> Plan:
    """Cross-check the whole file and share out its rows.

    `found.is_report`: rows that come back corrected are a part of their family only, so nothing is missed.
    """
    keys = keys.with_row_index("index").with_columns(
        pl.int_range(pl.len()).over("sheet", "part").cast(pl.UInt32).alias("offset")
    )
    of_people = [i for i, sheet in enumerate(found.sheets) if sheet.layout.spec.level == "person"]
    people = keys.filter(pl.col("sheet").is_in(of_people)) if of_people else keys
    twins = _twins(people)
    alive = people.join(twins, on="index", how="anti")
    findings = [
        _finding(problems.TwinRow, twins, found, "name"),
        _finding(problems.NikTwiceInFile, _others(alive, "nik", pl.col("nik").is_not_null()), found, "nik"),
        _finding(
            problems.SecondHead, _others(alive, "family", pl.col("head") & ~pl.col("held")), found, "relation"
        ),
    ]
    if not found.is_report and of_people:
        findings += _whole_families(alive, found)
        findings += _between_sheets(keys, people, of_people, found)
    chunked = _chunked(keys, people, chunk_rows or CHUNK_ROWS)
    chunked = chunked.with_columns(pl.col("index").is_in(twins["index"].implode()).alias("skipped"))
    joined = pl.concat(findings)
    holding = [code for code, problem in problems.by_code().items() if problem.holds_back]
    held = joined.filter(pl.col("code").is_in(holding))["index"].unique()
    chunked = chunked.with_columns(pl.col("held") | pl.col("index").is_in(held.implode()))
    chunks = int(chunked["chunk"].max() or 0) + 1 if chunked.height else 0
    return Plan(chunked.drop("content", "spouse"), joined, chunks)


def _twins(people: pl.DataFrame) -> pl.DataFrame:
    """Rows that equal an earlier row of the same sheet in every cell: index, sheet and the earlier row."""
    first = pl.col("row").first().over("sheet", "content")
    same = people.filter(pl.col("content").is_duplicated()).with_columns(first.alias("first"))
    twins = same.filter(pl.col("row") != pl.col("first"))
    return twins.select("index", "sheet", pl.col("first").cast(pl.String).alias("detail"))


def _others(people: pl.DataFrame, by: str, which: pl.Expr) -> pl.DataFrame:
    """Of the rows of `which` that share `by` with another of them: index, sheet and the others' rows."""
    shared = people.filter(which).filter(pl.col(by).is_duplicated())
    if shared.height == 0:
        return pl.DataFrame(schema={"index": pl.UInt32, "sheet": pl.UInt8, "detail": pl.String})
    groups = dict(shared.group_by(by).agg("row").iter_rows())
    details = [
        ", ".join(str(other) for other in groups[value] if other != row)[: LISTED_ROWS * 9]
        for value, row in shared.select(by, "row").iter_rows()
    ]
    return shared.select("index", "sheet", pl.Series("detail", details, dtype=pl.String))


def _whole_families(people: pl.DataFrame, found: Found) -> list[pl.DataFrame]:
    """Warnings about families as a whole, at the family's first row."""
    families = people.group_by("family", maintain_order=True).agg(
        pl.col("index").first(),
        pl.col("sheet").first(),
        pl.col("head").any().alias("headed"),
        (pl.col("spouse") & ~pl.col("held")).sum().alias("spouses"),
        pl.len().alias("size"),
    )
    return [
        _finding(problems.NoHead, families.filter(~pl.col("headed")), found, "relation"),
        _finding(problems.ManySpouses, families.filter(pl.col("spouses") > 1), found, "relation"),
    ]


def _between_sheets(
    keys: pl.DataFrame, people: pl.DataFrame, of_people: list[int], found: Found
) -> list[pl.DataFrame]:
    """Families and members that lie on different sheets: each must have the other."""
    sheets = keys.filter(~pl.col("sheet").is_in(of_people))
    if sheets.height == 0:
        return []
    good = sheets.filter(~pl.col("held"))
    lonely = good.join(people, on="family", how="anti")
    twice = [
        _others(good.filter(pl.col("sheet") == sheet), "family", pl.lit(True))
        for sheet in good["sheet"].unique()
    ]
    unknown = people.join(good, on="family", how="anti").unique("family", keep="first", maintain_order=True)
    return [
        _finding(problems.FamilyWithoutMembers, lonely, found, "kk_number"),
        *(_finding(problems.FamilyTwice, each, found, "kk_number") for each in twice),
        _finding(problems.FamilyRowMissing, unknown, found, "kk_number"),
    ]


def _chunked(keys: pl.DataFrame, people: pl.DataFrame, chunk_rows: int) -> pl.DataFrame:
    """A family goes where its first member's row would; the row of a family without members goes first."""
    order = people.select("family").with_row_index("order")
    families = order.group_by("family").agg(
        (pl.col("order").min() // chunk_rows).cast(pl.UInt32).alias("chunk")
    )
    joined = keys.join(families, on="family", how="left", maintain_order="left")
    return joined.with_columns(pl.col("chunk").fill_null(0))


def _finding(problem: type[RowProblem], rows: pl.DataFrame, found: Found, variable: str) -> pl.DataFrame:
    places = {i: column_of(sheet.layout, variable) for i, sheet in enumerate(found.sheets)}
    detail = pl.col("detail") if "detail" in rows.columns else pl.lit("")
    return rows.select(
        "index",
        pl.lit(problem.code).alias("code"),
        pl.col("sheet").replace_strict(places, return_dtype=pl.Int32).alias("column"),
        detail.alias("detail"),
    ).cast(FINDING)
