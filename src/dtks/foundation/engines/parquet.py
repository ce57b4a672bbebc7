"""Parquet files written in pieces, always the same bytes for the same rows, and published whole."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP = 131_072
"""Rows in a row group. Fixed: the bytes of a file depend on it."""


class ParquetAppender:
    """One Parquet file that grows by frames of the same schema; `close` completes it.

    Frames are re-cut into full row groups, so the bytes depend on the rows alone and not on how
    they were divided into frames.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.rows = 0
        self._writer: pq.ParquetWriter | None = None
        self._waiting: list[pl.DataFrame] = []
        self._waiting_rows = 0

    def append(self, frame: pl.DataFrame) -> None:
        """Add rows after those already there."""
        self.rows += frame.height
        self._waiting.append(frame)
        self._waiting_rows += frame.height
        if self._waiting_rows >= ROW_GROUP:
            whole = self._waiting_rows - self._waiting_rows % ROW_GROUP
            self._write(upto=whole)

    def close(self) -> None:
        """Write what waits and the footer. A file that never got a frame is not made."""
        if self._waiting:
            self._write(upto=self._waiting_rows)
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _write(self, *, upto: int) -> None:
        joined = pl.concat(self._waiting, rechunk=True)
        table = _without_metadata(joined.head(upto).to_arrow(compat_level=pl.CompatLevel.oldest()))
        if self._writer is None:
            self._writer = pq.ParquetWriter(self.path, table.schema, compression="zstd", compression_level=1)
        if table.num_rows:
            self._writer.write_table(table, row_group_size=ROW_GROUP)
        rest = joined.slice(upto)
        self._waiting = [rest] if rest.height else []
        self._waiting_rows = rest.height


def _without_metadata(table: pa.Table) -> pa.Table:
    return table.replace_schema_metadata(None)


def publish_directory(*, building: Path, target: Path) -> None:
    """Give a finished directory its name, replacing a former one; readers see the old or the new, whole."""
    if target.exists():
        former = target.with_name(f".{target.name}.{secrets.token_hex(4)}.old")
        target.replace(former)
        building.replace(target)
        shutil.rmtree(former)
    else:
        building.replace(target)
