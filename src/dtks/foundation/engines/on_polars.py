"""Polars: the default engine, one process, lazily."""

from __future__ import annotations

from collections.abc import Sequence

import narwhals as nw
import polars as pl

from dtks.foundation.engines.tables import LazyTable, TableSlice

PARTS_OF_KEYS = 20_000_000
"""Keys that are sorted at once when repeated ones are looked for: 160 MB, twice."""


class PolarsEngine:
    name = "polars"

    def scan(self, slices: Sequence[TableSlice], columns: Sequence[str]) -> LazyTable:
        return nw.from_native(self._scan(slices).select(columns))

    def table(self, frame: pl.DataFrame) -> LazyTable:
        return nw.from_native(frame.lazy())

    def hold(self, table: LazyTable) -> LazyTable:
        native: pl.LazyFrame = table.to_native()
        return nw.from_native(native.collect().lazy())

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
