"""What a run writes: one file of families per province, lists for verification, totals, a manifest.

    families/PP.parquet       one row per family, sorted by village and family_id (`columns`)
    verification/PP.parquet   one row per fault of a family or member that was not scored
    totals.parquet            counts and rupiah per province, regency, district, village
    manifest.json             what went in and what came out, with hashes; no clock, no path

The directory is built aside and renamed when it is complete. Same snapshot, same rules: same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from dtks.determination.runs.errors import OutOccupied
from dtks.determination.targeting.snapshot import canonical_sha256, file_sha256
from dtks.foundation.engines.parquet import ParquetAppender

OUTPUT_VERSION = 1
MANIFEST = "manifest.json"
SORT = ("village", "family_id")

FAMILY: dict[str, pl.DataType] = {
    "family_id": pl.Int64(),
    "household_id": pl.Int64(),
    "province": pl.Int16(),
    "village": pl.Int64(),
    "size": pl.Int16(),
    "faults": pl.Int16(),
    "score": pl.Int64(),
    "desil": pl.Int8(),
}
PER_PROGRAMME: dict[str, pl.DataType] = {
    "status": pl.Int8(),
    "outcomes": pl.Int64(),
    "people": pl.Int16(),
    "amount": pl.Int64(),
    "open": pl.Int16(),
}
VERIFICATION: dict[str, pl.DataType] = {
    "family_id": pl.Int64(),
    "person_id": pl.Int64(),
    "province": pl.Int16(),
    "village": pl.Int64(),
    "fault": pl.Int16(),
    "column": pl.String(),
    "value": pl.Int64(),
}


def columns(programmes: Sequence[str]) -> dict[str, pl.DataType]:
    """Name and type of every column of a families file, in order."""
    return FAMILY | {
        f"{programme}__{name}": dtype for programme in programmes for name, dtype in PER_PROGRAMME.items()
    }


class ProvinceFiles:
    """Context manager that appends chunks to the files of their provinces."""

    def __init__(self, directory: Path, programmes: Sequence[str]) -> None:
        self._directory = directory
        self._families = columns(programmes)
        self._open: dict[tuple[str, int], ParquetAppender] = {}

    def __enter__(self) -> ProvinceFiles:
        return self

    def __exit__(self, *_: object) -> None:
        for appender in self._open.values():
            appender.close()

    def write(self, *, families: pl.DataFrame, verification: pl.DataFrame) -> None:
        """Append one chunk: families in output order, faults of theirs in any order."""
        listed = verification.select(*VERIFICATION).sort(
            "village", "family_id", "fault", "person_id", "column", "value", nulls_last=True
        )
        # Every province has both files: an empty list says that nothing was wrong.
        for province in sorted({*families["province"].unique(), *listed["province"].unique()}):
            self._append("families", province, families.select(*self._families))
            self._append("verification", province, listed)

    def _append(self, table: str, province: int, frame: pl.DataFrame) -> None:
        key = (table, province)
        if key not in self._open:
            self._open[key] = ParquetAppender(self._directory / table / f"{province:02d}.parquet")
        self._open[key].append(frame.filter(pl.col("province") == province))


def write_manifest(directory: Path, head: dict[str, Any]) -> str:
    """Write `manifest.json` over all files of `directory`; returns the hash of everything in it."""
    files = {path.relative_to(directory).as_posix(): file_sha256(path) for path in _parquet_files(directory)}
    content = {"output": OUTPUT_VERSION, **head, "files": files}
    sha256 = canonical_sha256(content)
    text = json.dumps({**content, "sha256": sha256}, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    (directory / MANIFEST).write_text(text, encoding="utf-8")
    return sha256


def require_replaceable(directory: Path) -> None:
    """A run replaces only what a run made. Raises `OutOccupied`."""
    if not directory.exists() or (directory.is_dir() and not any(directory.iterdir())):
        return
    manifest = directory / MANIFEST
    if not manifest.is_file() or "output" not in json.loads(manifest.read_bytes()):
        raise OutOccupied(path=str(directory))


def read_manifest(directory: Path) -> dict[str, Any]:
    """The manifest of a published output directory."""
    found: dict[str, Any] = json.loads((directory / MANIFEST).read_bytes())
    return found


def _parquet_files(directory: Path) -> Iterable[Path]:
    return sorted(directory.rglob("*.parquet"))
