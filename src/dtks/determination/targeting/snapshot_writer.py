"""Write a snapshot, chunk by chunk, in bounded memory; it appears complete or not at all.

Chunks of one province come in village order (a village is never split between two chunks). The
writer sorts each chunk, fixes column order and types, and appends it to the province's files. The
directory is built under a temporary name and renamed by `finish`.
"""

from __future__ import annotations

import datetime
import json
import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any

import polars as pl

from dtks.determination.targeting.schema import (
    FAMILY_COLUMNS,
    FAMILY_SORT,
    PERSON_COLUMNS,
    SCHEMA_VERSION,
    PolarsType,
)
from dtks.determination.targeting.snapshot import (
    MANIFEST,
    SnapshotIdsCollide,
    SnapshotTargetOccupied,
    file_sha256,
)
from dtks.foundation.engines.parquet import ParquetAppender, publish_directory


def conform(frame: pl.DataFrame, columns: dict[str, PolarsType]) -> pl.DataFrame:
    """Exactly `columns`, in order and typed; a column that `frame` lacks is null (nobody was asked).

    Raises:
        polars.exceptions.InvalidOperationError: a value does not fit its type (nothing is clipped).
    """
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype, strict=True).alias(name)
        for name, dtype in columns.items()
    )


class SnapshotWriter:
    """Context manager: `write` any number of chunks, then `finish`. Left without `finish`, nothing remains.

    `directory` is replaced if it is a snapshot; anything else is left alone (`SnapshotTargetOccupied`).
    """

    def __init__(
        self, directory: Path, *, taken_on: datetime.date, source: str, synthetic: bool, regime: str
    ) -> None:
        if directory.exists() and any(directory.iterdir()) and not (directory / MANIFEST).is_file():
            raise SnapshotTargetOccupied(path=str(directory))
        self._target = directory
        self._head = {
            "schema": SCHEMA_VERSION,
            "taken_on": taken_on.isoformat(),
            "source": source,
            "regime": regime,
        }
        self.synthetic = synthetic
        """May be set until `finish`: a source may know only at its end."""
        directory.parent.mkdir(parents=True, exist_ok=True)
        self._building = Path(tempfile.mkdtemp(prefix=f".{directory.name}.", dir=directory.parent))
        self._files: dict[int, tuple[ParquetAppender, ParquetAppender]] = {}
        self._last_village: dict[int, int] = {}

    def __enter__(self) -> SnapshotWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pair in self._files.values():
            for appender in pair:
                appender.close()
        shutil.rmtree(self._building, ignore_errors=True)

    def write(self, *, families: pl.DataFrame, people: pl.DataFrame) -> None:
        """Append one chunk of one province. Members whose family is not in the chunk are kept too,
        at its end: the determination lists them as orphans.

        Raises:
            ValueError: the chunk spans provinces, or its villages do not follow the last chunk's.
        """
        families = conform(families, FAMILY_COLUMNS).sort(FAMILY_SORT)
        provinces = {*families["province"].unique(), *people["province"].unique()}
        if len(provinces) != 1:
            raise ValueError(f"a chunk of a snapshot holds one province, not {sorted(provinces)}")
        (province,) = provinces
        former = self._last_village.get(province, 0)
        if families.height:
            if families["village"][0] <= former:
                raise ValueError(f"village {families['village'][0]} after {former}: chunks out of order")
            self._last_village[province] = families["village"][-1]
        family_file, people_file = self._appenders(province)
        family_file.append(families)
        people_file.append(_in_order_of_families(people, families))

    def finish(self) -> Path:
        """Close the files, check that ids are unique, write the manifest, publish the directory.

        Raises:
            SnapshotIdsCollide: two records got one id.
        """
        provinces: dict[str, Any] = {}
        for province, pair in sorted(self._files.items()):
            for appender in pair:
                appender.close()
            provinces[f"{province:02d}"] = {
                "families": pair[0].rows,
                "people": pair[1].rows,
                "files": {
                    f"{appender.path.parent.name}/{appender.path.name}": {
                        "sha256": file_sha256(appender.path),
                        "rows": appender.rows,
                    }
                    for appender in pair
                },
            }
        self._require_unique("families", "family_id")
        self._require_unique("people", "person_id")
        content = {**self._head, "synthetic": self.synthetic, "provinces": provinces}
        manifest = json.dumps(content, indent=1, sort_keys=True) + "\n"
        (self._building / MANIFEST).write_text(manifest, encoding="utf-8")
        publish_directory(building=self._building, target=self._target)
        return self._target

    def _appenders(self, province: int) -> tuple[ParquetAppender, ParquetAppender]:
        if province not in self._files:
            name = f"{province:02d}.parquet"
            self._files[province] = (
                ParquetAppender(self._building / "families" / name),
                ParquetAppender(self._building / "people" / name),
            )
        return self._files[province]

    def _require_unique(self, table: str, column: str) -> None:
        if not self._files:
            return
        ids = pl.scan_parquet(self._building / table / "*.parquet").select(column).collect().to_series()
        repeated = len(ids) - ids.n_unique()
        if repeated:
            raise SnapshotIdsCollide(column=column, count=repeated)


def _in_order_of_families(people: pl.DataFrame, families: pl.DataFrame) -> pl.DataFrame:
    place = families.select("family_id", _village=pl.col("village"))
    ordered = (
        conform(people, PERSON_COLUMNS)
        .join(place, on="family_id", how="left")
        .sort("_village", "family_id", "person_id", nulls_last=True)
    )
    return ordered.drop("_village")
