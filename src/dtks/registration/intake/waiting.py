"""Rows that wait to be mended: kept, recognised when they come back, and closed."""

from __future__ import annotations

import uuid

import polars as pl
from django.utils import timezone

from dtks.foundation.vault import blind, columns, configured
from dtks.foundation.vault.errors import NothingToIndex
from dtks.foundation.vault.ring import KeyRing
from dtks.registration.intake.assembly import Chunk, WaitingRow
from dtks.registration.intake.models import ImportJob, PendingRow

BATCH = 2_000


def match_key(*, name: str, family_key: str) -> str:
    """What a row is recognised by when its NIK was the fault: name and family."""
    return f"{name.upper()}|{family_key}"[:300] if name else ""


class EarlierRows:
    """The rows of other imports that still wait, by what they can be recognised by."""

    def __init__(self, job: ImportJob) -> None:
        rows = PendingRow.objects.filter(
            fate=PendingRow.Fate.OPEN, job__area=job.area, job__format=job.format
        )
        listed = [
            (str(pk), nik and nik.hex, key and key.hex)
            for pk, nik, key in rows.exclude(job=job)
            .values_list("pk", "nik_index", "match_key_index")
            .iterator()
        ]
        schema = {"id": pl.String, "nik": pl.String, "match_key": pl.String}
        self._rows = pl.DataFrame(listed, schema=schema, orient="row")

    def mended_by(self, chunk: Chunk) -> list[str]:
        """Those of which an accepted row of the chunk is the mended form."""
        if self._rows.height == 0 or chunk.mended.height == 0:
            return []
        accepted = chunk.mended
        found: list[str] = []
        if "_key" in accepted.columns:
            found += self._rows.join(accepted.select(id="_key"), on="id", how="semi")["id"].to_list()
        if "nik" in accepted.columns:
            found += self._known_by("nik", accepted["nik"].cast(pl.String))
        if {"name", "family_key"} <= set(accepted.columns):
            key = (pl.col("name").str.to_uppercase() + "|" + pl.col("family_key")).str.slice(0, 300)
            found += self._known_by("match_key", accepted.select(key).to_series())
        return list(dict.fromkeys(found))

    def _known_by(self, kind: str, values: pl.Series) -> list[str]:
        """The rows with one of these values, compared by blind index under every index key in use."""
        ring = configured.ring()
        found: list[str] = []
        for key_id in ring.index_keys:
            indexes = columns.index_column(values, kind=kind, ring=ring, key_id=key_id)
            found += self._rows.join(indexes.to_frame(kind), on=kind, how="semi")["id"].to_list()
        return found

    def replaced_by(self, chunk: Chunk) -> list[str]:
        """Those that came back and wait again."""
        back = [row.report_key for row in chunk.waiting if row.report_key]
        return self._rows.filter(pl.col("id").is_in(back))["id"].to_list() if back else []


def keep(job: ImportJob, chunk: Chunk, earlier: EarlierRows) -> int:
    """Store the chunk's waiting rows and close the earlier ones that it settles; how many it mended."""
    ring = configured.ring()
    PendingRow.objects.bulk_create((_pending(job, row, ring) for row in chunk.waiting), batch_size=BATCH)
    mended = earlier.mended_by(chunk)
    _close(job, mended, PendingRow.Fate.MENDED)
    _close(job, earlier.replaced_by(chunk), PendingRow.Fate.REPLACED)
    return len(mended)


def _pending(job: ImportJob, row: WaitingRow, ring: KeyRing) -> PendingRow:
    key = match_key(name=row.name, family_key=row.family_key)
    return PendingRow(
        job=job,
        area_number=job.area_number,
        sheet=row.sheet,
        row=row.row,
        cells=list(row.cells),
        problems=[[p.column, p.code, p.value, p.detail] for p in row.problems],
        codes=f",{','.join(dict.fromkeys(p.code for p in row.problems))},",
        nik=row.nik or None,
        nik_index=_index(row.nik, "nik", ring),
        match_key=key or None,
        match_key_index=_index(key, "match_key", ring),
    )


def _index(value: str, kind: str, ring: KeyRing) -> uuid.UUID | None:
    try:
        return uuid.UUID(bytes=blind.blind_index(value, kind=kind, ring=ring))
    except NothingToIndex:
        return None


def _close(job: ImportJob, ids: list[str], fate: PendingRow.Fate) -> None:
    for start in range(0, len(ids), BATCH):
        PendingRow.objects.filter(pk__in=ids[start : start + BATCH], fate=PendingRow.Fate.OPEN).update(
            fate=fate, mended_by=job, mended_at=timezone.now()
        )
