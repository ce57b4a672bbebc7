"""DuckDB: the second engine. It spills to disk under its memory limit and must give the same values."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec

import duckdb
import narwhals as nw
import polars as pl

from dtks.foundation.engines.tables import LazyTable, TableSlice

# DuckDB looks for pandas at every constant of an expression. Where it is not installed, a failed search of
# the disk each time made up most of the time to plan a query; this entry says at once that there is none.
if "pandas" not in sys.modules and find_spec("pandas") is None:
    # PyArrow asks once, in a way that takes the mark for a module: it has to have asked before.
    import_module("pyarrow.dataset")
    sys.modules["pandas"] = None  # type: ignore[assignment]  # how Python marks a module as absent


class DuckDBSlot:
    """A table of the connection, emptied and filled again."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, name: str, like: LazyTable) -> None:
        self._connection, self._name = connection, name
        native: duckdb.DuckDBPyRelation = like.to_native()
        native.limit(0).create(name)
        self.table: LazyTable = nw.from_native(connection.table(name))

    def fill(self, table: LazyTable) -> None:
        native: duckdb.DuckDBPyRelation = table.to_native()
        self.clear()
        native.insert_into(self._name)

    def clear(self) -> None:
        self._connection.execute(f"TRUNCATE {self._name}")


class DuckDBEngine:
    name = "duckdb"

    def __init__(self, *, memory: str, threads: int) -> None:
        self._connection = duckdb.connect(
            config={
                "memory_limit": memory,
                "threads": threads,
                "preserve_insertion_order": False,  # the pipeline sorts; order costs memory
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            }
        )
        self._kept: list[pl.DataFrame] = []
        self._slots = 0

    def scan(self, slices: Sequence[TableSlice], columns: Sequence[str]) -> LazyTable:
        return nw.from_native(self._connection.sql(_select(slices, columns)))

    def table(self, frame: pl.DataFrame) -> LazyTable:
        self._kept.append(frame)  # the relation reads it later and does not own it
        return nw.from_native(self._connection.from_arrow(frame.to_arrow()))

    def slot(self, like: LazyTable) -> DuckDBSlot:
        self._slots += 1
        return DuckDBSlot(self._connection, f"slot_{self._slots}", like)

    def collect(self, table: LazyTable) -> pl.DataFrame:
        native: duckdb.DuckDBPyRelation = table.to_native()
        return native.pl()

    def repeated(self, table: LazyTable, column: str) -> pl.Series:
        native: duckdb.DuckDBPyRelation = table.to_native()
        name = _quoted(column)
        return (
            native.filter(f"{name} IS NOT NULL")
            .aggregate(f"{name}, count(*) AS times", name)
            .filter("times > 1")
            .project(name)
            .order(name)
            .pl()
            .to_series()
        )

    def close(self) -> None:
        self._connection.close()


def _select(slices: Sequence[TableSlice], columns: Sequence[str]) -> str:
    names = ", ".join(map(_quoted, columns))
    return " UNION ALL ".join(f"SELECT {names} FROM {_source(part)}" for part in slices)  # noqa: S608 all quoted


def _source(part: TableSlice) -> str:
    path = "'" + str(part.path).replace("'", "''") + "'"
    if part.whole:
        return f"read_parquet({path})"
    last = "" if part.rows is None else f" AND file_row_number < {part.first + part.rows}"
    return f"read_parquet({path}, file_row_number = true) WHERE file_row_number >= {part.first}{last}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
