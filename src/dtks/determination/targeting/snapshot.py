"""Snapshots: write one, open one, and refuse a damaged one.

A snapshot is a directory:

    manifest.json         schema version, date, source, per province the counts and file hashes
    families/PP.parquet   one row per family, sorted by village and family_id
    people/PP.parquet     one row per member, in the order of their families, then person_id

`PP` is the two-digit Kemendagri code of the province. Columns and types are fixed by
`dtks.determination.targeting.schema`. A determination reads nothing else, so the same snapshot
gives the same result on any day.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from dtks.determination.targeting.schema import (
    FAMILY_COLUMNS,
    PERSON_COLUMNS,
    SCHEMA_VERSION,
    PolarsType,
)
from dtks.foundation.kernel.errors import DtksError

MANIFEST = "manifest.json"


class SnapshotError(DtksError):
    """A snapshot that cannot be used."""


class SnapshotMissing(SnapshotError):
    code = "DTKS-SNAP-001"
    message_id = (
        "{path} bukan folder snapshot: manifest.json tidak ada. Buat dengan `dtks synth` atau `--area`."
    )
    message_en = (
        "{path} is not a snapshot folder: it has no manifest.json. Make one with `dtks synth` or `--area`."
    )


class SnapshotDamaged(SnapshotError):
    code = "DTKS-SNAP-002"
    message_id = "Snapshot rusak: {path}: {detail}. Penetapan tidak dijalankan; buat snapshot baru."
    message_en = "Damaged snapshot: {path}: {detail}. Nothing was determined; make the snapshot again."


class SnapshotSchemaUnknown(SnapshotError):
    code = "DTKS-SNAP-003"
    message_id = "Snapshot {path} memakai skema {found}, program ini membaca skema {expected}."
    message_en = "Snapshot {path} has schema {found}; this program reads schema {expected}."


class SnapshotIdsCollide(SnapshotError):
    code = "DTKS-SNAP-004"
    message_id = (
        "Dua catatan mendapat nomor samaran yang sama ({column}, {count} kali). Ganti kunci snapshot."
    )
    message_en = "Two records got the same pseudonym ({column}, {count} times). Change the snapshot key."


class SnapshotEmpty(SnapshotError):
    code = "DTKS-SNAP-005"
    message_id = "Tidak ada keluarga di {path}: tidak ada yang dapat ditetapkan."
    message_en = "There are no families in {path}: nothing to determine."


class SnapshotTargetOccupied(SnapshotError):
    code = "DTKS-SNAP-006"
    message_id = "Folder {path} berisi hal lain; tidak ditimpa. Pilih folder kosong atau folder snapshot."
    message_en = "The folder {path} holds other things and is left alone. Name an empty one, or a snapshot."


@dataclass(frozen=True)
class SnapshotFile:
    """One Parquet file as the manifest records it."""

    path: Path
    sha256: str
    rows: int


@dataclass(frozen=True)
class ProvinceFiles:
    """One province of a snapshot; `code` is 11 … 97."""

    code: int
    families: SnapshotFile
    people: SnapshotFile


@dataclass(frozen=True)
class Snapshot:
    """An opened snapshot: manifest read, files present, schemas right. Contents not hashed yet."""

    directory: Path
    taken_on: datetime.date
    source: str
    synthetic: bool
    regime: str
    sha256: str
    """Hash of the manifest's meaning, and so, through the file hashes in it, of the whole snapshot."""
    provinces: tuple[ProvinceFiles, ...]

    @property
    def families(self) -> int:
        return sum(province.families.rows for province in self.provinces)

    @property
    def people(self) -> int:
        return sum(province.people.rows for province in self.provinces)


def open_snapshot(directory: Path) -> Snapshot:
    """Read the manifest and the footers of all files.

    Raises:
        SnapshotMissing: no manifest.
        SnapshotSchemaUnknown: written for another schema version.
        SnapshotDamaged: unreadable manifest, missing file, wrong columns or types, wrong row count.
        SnapshotEmpty: no family in any province.
    """
    manifest_path = directory / MANIFEST
    if not manifest_path.is_file():
        raise SnapshotMissing(path=str(directory))
    try:
        manifest = json.loads(manifest_path.read_bytes())
        found = manifest["schema"]
        if found != SCHEMA_VERSION:
            raise SnapshotSchemaUnknown(path=str(directory), found=found, expected=SCHEMA_VERSION)
        snapshot = _from_manifest(directory, manifest)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SnapshotDamaged(path=str(manifest_path), detail=f"{type(error).__name__}: {error}") from error
    for province in snapshot.provinces:
        _check_footer(province.families, FAMILY_COLUMNS)
        _check_footer(province.people, PERSON_COLUMNS)
    if not snapshot.families:
        raise SnapshotEmpty(path=str(directory))
    return snapshot


def verify_content(file: SnapshotFile) -> None:
    """Hash the whole file and compare with the manifest.

    Raises:
        SnapshotDamaged: the bytes are not those that the manifest promises.
    """
    found = file_sha256(file.path)
    if found != file.sha256:
        detail = f"sha256 {found[:12]}…, manifest {file.sha256[:12]}…"
        raise SnapshotDamaged(path=str(file.path), detail=detail)


def file_sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def canonical_sha256(value: Any) -> str:
    """SHA-256 of a JSON value in one fixed spelling (sorted keys, no spaces)."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _from_manifest(directory: Path, manifest: dict[str, Any]) -> Snapshot:
    provinces = []
    for code, entry in sorted(manifest["provinces"].items()):
        files = {
            table: SnapshotFile(
                directory / f"{table}/{code}.parquet", recorded["sha256"], int(recorded["rows"])
            )
            for table in ("families", "people")
            for recorded in [entry["files"][f"{table}/{code}.parquet"]]
        }
        if (entry["families"], entry["people"]) != (files["families"].rows, files["people"].rows):
            raise ValueError(f"counts of province {code} differ from those of its files")
        provinces.append(ProvinceFiles(int(code), files["families"], files["people"]))
    return Snapshot(
        directory=directory,
        taken_on=datetime.date.fromisoformat(manifest["taken_on"]),
        source=str(manifest["source"]),
        synthetic=bool(manifest["synthetic"]),
        regime=str(manifest["regime"]),
        sha256=canonical_sha256(manifest),
        provinces=tuple(provinces),
    )


def _check_footer(file: SnapshotFile, columns: dict[str, PolarsType]) -> None:
    if not file.path.is_file():
        raise SnapshotDamaged(path=str(file.path), detail="berkas tidak ada · file is missing")
    try:
        schema = pl.read_parquet_schema(file.path)
        rows = pl.scan_parquet(file.path).select(pl.len()).collect().item()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise SnapshotDamaged(path=str(file.path), detail=f"bukan Parquet · not Parquet: {error}") from error
    if fault := _schema_fault(schema, columns) or (f"{rows} ≠ {file.rows}" if rows != file.rows else ""):
        raise SnapshotDamaged(path=str(file.path), detail=fault)


def _schema_fault(schema: Mapping[str, PolarsType], columns: dict[str, PolarsType]) -> str:
    for name, dtype in columns.items():
        if name not in schema:
            return f"kolom tidak ada · column is missing: {name}"
        if schema[name] != dtype:
            return f"{name}: {schema[name]}, seharusnya · expected {dtype}"
    return ""
