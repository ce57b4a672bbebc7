"""Polars: the default engine, one process, lazily."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import narwhals as nw
import polars as pl
from polars.io.plugins import register_io_source

from dtks.foundation.engines.tables import LazyTable, TableSlice

PARTS_OF_KEYS = 20_000_000
"""Keys that are sorted at once when repeated ones are looked for: 160 MB, twice."""


class PolarsSlot:
    """Rows for a query that is planned once: a source of its own that reads what was last put in."""

    def __init__(self, schema: pl.Schema) -> None:
        self._empty = schema.to_frame()
        self._rows = self._empty
        self.table: LazyTable = nw.from_native(register_io_source(self._read, schema=schema))

    def fill(self, table: LazyTable) -> None:
        native: pl.LazyFrame = table.to_native()
        self._rows = native.select(self._empty.columns).collect()

    def clear(self) -> None:
        self._rows = self._empty

    def _read(
        self, columns: list[str] | None, predicate: pl.Expr | None, rows: int | None, batch: int | None
    ) -> Iterator[pl.DataFrame]:
        found = self._rows if columns is None else self._rows.select(columns)
        if predicate is not None:
            found = found.filter(predicate)
        yield found if rows is None else found.head(rows)


class PolarsEngine:
    name = "polars"

    def scan(self, slices: Sequence[TableSlice], columns: Sequence[str]) -> LazyTable:
        return nw.from_native(self._scan(slices).select(columns))

    def table(self, frame: pl.DataFrame) -> LazyTable:
        return nw.from_native(frame.lazy())

    def slot(self, like: LazyTable) -> PolarsSlot:
        native: pl.LazyFrame = like.to_native()
        return PolarsSlot(native.collect_schema())

    def collect(self, table: LazyTable) -> pl.DataFrame:
        native: pl.LazyFrame = table.to_native()
        return native.collect()

    def repeated(self, table: LazyTable, column: str) -> pl.Series:
        native: pl.LazyFrame = table.to_native()
        keys = native.select(column).filter(pl.col(column).is_not_null())
        parts = 1 + keys.select(pl.len()).collect().item() // PARTS_OF_KEYS
        found = [self._repeated_in(keys.filter(pl.col(column) % parts == part)) for part in range(parts)]
        return pl.concat(found).sort()

    def close(self) -> None:
        """Nothing is held open."""

    @staticmethod
    def _repeated_in(keys: pl.LazyFrame) -> pl.Series:
        # A sort and a comparison of neighbours: a hash table of 100 million keys does not fit.
        ordered = keys.collect().to_series().sort()
        return ordered.filter(ordered == ordered.shift(1)).unique()

    @staticmethod
    def _scan(slices: Sequence[TableSlice]) -> pl.LazyFrame:
        if all(part.whole for part in slices):
            return pl.scan_parquet([part.path for part in slices])
        return pl.concat([pl.scan_parquet(part.path).slice(part.first, part.rows) for part in slices])
