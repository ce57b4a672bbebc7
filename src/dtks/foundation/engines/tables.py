"""What an engine can do: read parts of Parquet files lazily, collect a result, find repeated keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, get_args

import narwhals as nw
import polars as pl

from dtks.foundation.kernel.errors import DtksError

EngineName = Literal["polars", "duckdb"]
LazyTable = nw.LazyFrame[Any]


class EngineUnknown(DtksError):
    code = "DTKS-ENGINE-001"
    message_id = "Mesin hitung '{name}' tidak dikenal. Pilihan: {known}."
    message_en = "Unknown engine '{name}'. Choose one of: {known}."


class ColumnTypeChanged(DtksError):
    code = "DTKS-ENGINE-002"
    message_id = "Mesin {engine} mengubah jenis kolom {column}: {found}, seharusnya {expected}."
    message_en = "Engine {engine} changed the type of column {column}: {found}, expected {expected}."


@dataclass(frozen=True)
class TableSlice:
    """Rows `first` … `first + rows - 1` of a Parquet file; `rows` None means up to the end."""

    path: Path
    first: int = 0
    rows: int | None = None

    @property
    def whole(self) -> bool:
        return self.first == 0 and self.rows is None


class Slot(Protocol):
    """A table that is filled and filled anew."""

    @property
    def table(self) -> LazyTable: ...

    def fill(self, table: LazyTable) -> None:
        """Compute `table` (same columns in the same order) and let it be the content from now on."""

    def clear(self) -> None:
        """Let the content go."""


class Engine(Protocol):
    """One way to compute. Tables it hands out belong to it and to this process."""

    name: str

    def scan(self, slices: Sequence[TableSlice], columns: Sequence[str]) -> LazyTable:
        """The rows of all slices, one after the other in no promised order, only `columns`."""

    def table(self, frame: pl.DataFrame) -> LazyTable:
        """A small table in memory, to join with."""

    def slot(self, like: LazyTable) -> Slot:
        """A table with the columns of `like` whose rows are given later, and again: what is built on it
        is planned once and computed for each filling."""

    def collect(self, table: LazyTable) -> pl.DataFrame:
        """Compute. Whole numbers come back as whole numbers (`ColumnTypeChanged` otherwise)."""

    def repeated(self, table: LazyTable, column: str) -> pl.Series:
        """The values that occur more than once in an Int64 column, sorted; null is not a value."""

    def close(self) -> None: ...


def open_engine(name: str, *, memory: str = "1GB", threads: int = 1) -> Engine:
    """An engine by name. `memory` and `threads` bound DuckDB; Polars takes its threads from the
    environment of the process.

    Raises:
        EngineUnknown: no engine of that name.
    """
    if name == "polars":
        from dtks.foundation.engines.on_polars import PolarsEngine

        return PolarsEngine()
    if name == "duckdb":
        from dtks.foundation.engines.on_duckdb import DuckDBEngine

        return DuckDBEngine(memory=memory, threads=threads)
    raise EngineUnknown(name=name, known=", ".join(get_args(EngineName)))


def require_schema(frame: pl.DataFrame, schema: dict[str, pl.DataType], *, engine: str) -> pl.DataFrame:
    """`frame` itself, after comparing its columns with `schema`.

    Raises:
        ColumnTypeChanged: a column has another type (an engine may turn a sum into a float).
    """
    for column, expected in schema.items():
        found = frame.schema.get(column)
        if found != expected:
            raise ColumnTypeChanged(engine=engine, column=column, found=found, expected=expected)
    return frame
