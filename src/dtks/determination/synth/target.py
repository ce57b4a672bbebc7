"""The folder of a made-up population: what is done, what is left, and the manifest at the end.

`synth.json` keeps the request and, for each finished province, its files and counts; a run that was broken
off goes on after the last finished province. `manifest.json`, which makes the folder a snapshot, is written
last, so a determination never sees half a population.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from dtks.determination.synth.domain import RegencyTally, SynthRequest
from dtks.determination.synth.encode import IDENTITY_KINDS, TRUTH_KINDS
from dtks.determination.synth.errors import SynthTargetOccupied
from dtks.determination.synth.parquet_codes import Kind
from dtks.determination.synth.parquet_file import ParquetFile
from dtks.determination.synth.plan import Layout
from dtks.determination.synth.workers import Made, Tallies
from dtks.determination.targeting.schema import FAMILY_COLUMNS, PERSON_COLUMNS, SCHEMA_VERSION
from dtks.determination.targeting.snapshot import MANIFEST

STATE = "synth.json"
SNAPSHOT_TABLES = ("families", "people")
_KINDS: Mapping[Any, Kind] = {
    pl.Int8: "int8", pl.Int16: "int16", pl.Int32: "int32", pl.Int64: "int64", pl.Float64: "double",
    pl.Date: "date", pl.Boolean: "bool",
}  # fmt: skip
DTSEN_FROM = datetime.date(2025, 2, 5)
"""Inpres 4/2025: before it, the regime is DTKS-2021."""


def layout() -> Layout:
    """The snapshot's columns, as `dtks.determination.targeting.schema` has them."""
    return Layout(
        family={name: _KINDS[dtype] for name, dtype in FAMILY_COLUMNS.items()},
        person={name: _KINDS[dtype] for name, dtype in PERSON_COLUMNS.items()},
    )


def tables(request: SynthRequest) -> dict[str, dict[str, Kind]]:
    """The tables that a request asks for, with their columns."""
    columns = layout()
    return {
        "families": columns.family,
        "people": columns.person,
        **({"identities": IDENTITY_KINDS} if request.identities else {}),
        **({"truth": TRUTH_KINDS} if request.truth else {}),
    }


class Target:
    """One output folder and the request that it holds."""

    def __init__(self, directory: Path, request: SynthRequest, figures: str) -> None:
        self.directory = directory
        self._key = {**request.as_json(), "schema": SCHEMA_VERSION, "figures": figures}
        self.request = request
        self._done: dict[str, dict[str, Any]] = {}

    def open(self) -> None:
        """Find what a former run of the same request finished; clear away another request's population.

        Raises:
            SynthTargetOccupied: the folder holds what `dtks synth` did not make.
        """
        state = self.directory / STATE
        if state.exists():
            found = json.loads(state.read_text(encoding="utf-8"))
            if found["request"] == self._key:
                self._done = {
                    code: entry for code, entry in found["provinces"].items() if self._is_whole(entry)
                }
            else:
                self._clear(found)
        elif self.directory.exists() and any(self.directory.iterdir()):
            raise SynthTargetOccupied(path=str(self.directory))
        self.directory.mkdir(parents=True, exist_ok=True)
        (self.directory / MANIFEST).unlink(missing_ok=True)

    def is_done(self, province: int) -> bool:
        return f"{province:02d}" in self._done

    def tallies(self, province: int) -> Tallies:
        """The counts of a finished province."""
        entry = self._done[f"{province:02d}"]["tallies"]
        return Tallies(
            regencies={int(code): RegencyTally(**tally) for code, tally in entry["regencies"].items()},
            sizes=np.array(entry["sizes"]),
            ages=np.array(entry["ages"]),
        )

    def finish(self, writer: ProvinceWriter, tallies: Tallies) -> None:
        """Note a province as finished."""
        self._done[f"{writer.province:02d}"] = {
            "files": writer.files,
            "tallies": {
                "regencies": {str(code): asdict(tally) for code, tally in sorted(tallies.regencies.items())},
                "sizes": tallies.sizes.tolist(),
                "ages": tallies.ages.tolist(),
            },
        }
        state = {"request": self._key, "provinces": dict(sorted(self._done.items()))}
        _write_whole(self.directory / STATE, state)

    def complete(self) -> str:
        """Write the manifest; gives its SHA-256, which stands for every byte of the snapshot."""
        manifest = {
            "schema": SCHEMA_VERSION,
            "taken_on": self.request.taken_on.isoformat(),
            "source": "synth",
            "synthetic": True,
            "regime": "DTSEN-2025" if self.request.taken_on >= DTSEN_FROM else "DTKS-2021",
            "provinces": {
                code: {
                    **{table: entry["files"][f"{table}/{code}.parquet"]["rows"] for table in SNAPSHOT_TABLES},
                    "files": {
                        name: {"sha256": file["sha256"], "rows": file["rows"]}
                        for name, file in sorted(entry["files"].items())
                        if name.split("/")[0] in SNAPSHOT_TABLES
                    },
                }
                for code, entry in sorted(self._done.items())
            },
        }
        return _write_whole(self.directory / MANIFEST, manifest, indent=1)

    def _is_whole(self, entry: dict[str, Any]) -> bool:
        paths = ((self.directory / name, file["bytes"]) for name, file in entry["files"].items())
        return all(path.is_file() and path.stat().st_size == size for path, size in paths)

    def _clear(self, found: dict[str, Any]) -> None:
        for entry in found["provinces"].values():
            for name in entry["files"]:
                (self.directory / name).unlink(missing_ok=True)
        (self.directory / STATE).unlink()


class ProvinceWriter:
    """The files of one province while they grow; they get their names when they are complete."""

    def __init__(self, directory: Path, province: int, tables: Mapping[str, Mapping[str, Kind]]) -> None:
        self.province = province
        self.files: dict[str, dict[str, Any]] = {}
        self._directory = directory
        self._open = {
            table: ParquetFile(directory / table / f"{province:02d}.parquet.part", columns)
            for table, columns in tables.items()
        }

    def append(self, made: Made) -> None:
        for table, file in self._open.items():
            file.append(made.groups[table])

    def close(self) -> None:
        """Complete all files."""
        for table, file in self._open.items():
            file.close()
            name = f"{table}/{self.province:02d}.parquet"
            file.path.replace(self._directory / name)
            size = (self._directory / name).stat().st_size
            self.files[name] = {"sha256": file.sha256, "rows": file.rows, "bytes": size}

    def abandon(self) -> None:
        """Leave without finishing: the half files go."""
        for file in self._open.values():
            file.abandon()


def _write_whole(path: Path, content: dict[str, Any], indent: int | None = None) -> str:
    text = json.dumps(content, indent=indent, sort_keys=True, ensure_ascii=False) + "\n"
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
    return hashlib.sha256(text.encode()).hexdigest()
