"""A made-up population (`dtks synth`) into the register: Parquet files, province by province.

A snapshot holds no names; what makes people of it lies beside it in `identities/`, which only made-up
populations have. Rows are typed already and come in family order, so this way has no spool: a chunk is a
stretch of the file, and like every import each chunk is one transaction and a killed import goes on.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl
from django.db import connection, transaction
from django.utils import timezone

from dtks.foundation.areas import queries as areas
from dtks.foundation.kernel.area_codes import number_of
from dtks.foundation.kernel.errors import DtksError
from dtks.foundation.ledger.domain import Actor
from dtks.registration.intake import errors, locking, queries
from dtks.registration.intake.ahead import each, one_ahead
from dtks.registration.intake.domain import ImportReport, State, safe_name
from dtks.registration.intake.models import ImportJob
from dtks.registration.intake.problems import DeathBeforeBirth
from dtks.registration.intake.running import filling
from dtks.registration.registry import actions as registry
from dtks.registration.registry import dictionary

Progress = Callable[[int, int], None]
FORMAT = "snapshot"
CHUNK_FAMILIES = 10_000
IDENTITY_OF_PERSON = ("name", "nik", "mother_name", "birth_place")
IDENTITY_OF_FAMILY = ("kk_number", "address", "rt", "rw")
VILLAGE_DIGITS = 10
LOADERS = 3
"""Connections that fill an empty PostgreSQL: while one encodes its rows, the other's are stored."""
SUMMED = ("people_new", "people_changed", "families_new", "families_changed", "outdated")


@dataclass(frozen=True)
class _Stretch:
    """Families `first` … of one province's files, and where their people begin."""

    province: str
    first: int
    families: int
    first_person: int
    people: int

    @property
    def name(self) -> str:
        """What is noted when it is in: another cut of the files makes other names, never a wrong skip."""
        return f"{self.province}/{self.first}+{self.families}"


def import_directory(
    *, by: Actor, path: Path, area: str = "", progress: Callable[[int, int], None]
) -> ImportReport:
    """Bring a snapshot directory with identities into the register; `area` narrows it ('' all).

    The same directory again does nothing; an import of it that was killed goes on.

    Raises:
        SnapshotUnreadable: a file is missing, or is not what the manifest says. AreaUnknown. SnapshotAhead.
    """
    manifest = _manifest(path)
    if area and not areas.exists(code=area):
        raise errors.AreaUnknown(area=area)
    _refuse_ahead(manifest)
    job = _job(by=by, path=path, area=area)
    with locking.exclusively(locking.path_for(job.pk)):
        job.refresh_from_db()
        if job.state == State.DONE:
            return queries.report_of(job, already_imported=True)
        try:
            _carry_out(job, path, manifest, by, progress)
        except DtksError as problem:
            job.state, job.error_code = State.FAILED, problem.code
            job.error = {"id": problem.text("id"), "en": problem.text("en")}
            # Only these: what is in already has been noted on the job by whoever brought it in.
            job.save(update_fields=["state", "error_code", "error"])
            raise
    locking.remove(job.pk)
    return queries.report_of(job)


def _manifest(path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
        provinces = manifest["provinces"]
    except (OSError, ValueError, KeyError) as problem:
        raise errors.SnapshotUnreadable(problem=f"manifest.json: {problem}") from problem
    for province, content in provinces.items():
        if not (path / "identities" / f"{province}.parquet").exists():
            raise errors.SnapshotUnreadable(
                problem=f"identities/{province}.parquet tidak ada; hanya penduduk buatan yang dapat diimpor"
            )
        for name, stated in content.get("files", {}).items():
            if not (path / name).exists() or _sha256(path / name) != stated["sha256"]:
                raise errors.SnapshotUnreadable(problem=f"{name} berbeda dari manifest.json")
    return dict(manifest)


def _refuse_ahead(manifest: dict[str, Any]) -> None:
    """A made-up day may lie ahead; the register takes nothing that is not true yet."""
    taken_on, today = datetime.date.fromisoformat(manifest["taken_on"]), timezone.localdate()
    if taken_on > today:
        raise errors.SnapshotAhead(day=taken_on.isoformat(), today=today.isoformat())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _job(*, by: Actor, path: Path, area: str) -> ImportJob:
    sha256 = _sha256(path / "manifest.json")
    fingerprint = hashlib.sha256(f"{FORMAT}|{sha256}|{area}".encode()).hexdigest()
    job, _ = ImportJob.objects.get_or_create(
        fingerprint=fingerprint,
        defaults={
            "created_at": timezone.now(), "created_by": by.account, "acting": asdict(by),
            "name": safe_name(path.resolve().name), "sha256": sha256, "size": 0, "kind": FORMAT,
            "format": FORMAT, "area": area,
            "area_number": number_of(area),
            "layout": {"sheets": []}, "state": State.RUNNING,
        },
    )  # fmt: skip
    return job


def _carry_out(
    job: ImportJob, path: Path, manifest: dict[str, Any], by: Actor, progress: Callable[[int, int], None]
) -> None:
    provinces = [code for code in sorted(manifest["provinces"]) if not job.area or code == job.area[:2]]
    stretches = _stretches(path, provinces)
    job.chunks_total = len(stretches)
    job.rows_total = sum(stretch.people for stretch in stretches)
    job.rows_spooled = job.rows_total
    taken_on = datetime.date.fromisoformat(manifest["taken_on"])
    # Also after a refusal: while it runs nobody else builds the indexes that a filling leaves out.
    job.state = State.RUNNING
    job.save()
    done = set(_names_done(job))
    left = [stretch for stretch in stretches if stretch.name not in done]
    frames = one_ahead(_frames(path, stretch, job.area) for stretch in left)

    def bring_in(item: tuple[_Stretch, pl.DataFrame, pl.DataFrame]) -> None:
        stretch, families, people = item
        with transaction.atomic():
            tally = _load(job, families, people, by=by, valid_from=taken_on, initial=initial)
            read = _note(job.pk, stretch, tally + Counter(rows_read=people.height))
        progress(read, job.rows_total)

    with filling(by=by, people=job.rows_total, begun=bool(done)) as initial:
        # Into an empty register nothing is looked up, so stretches do not wait for one another.
        side_by_side = LOADERS if initial and connection.vendor == "postgresql" else 1
        each(frames, bring_in, workers=side_by_side)
    job.refresh_from_db()
    job.state, job.finished_at, job.error_code, job.error = State.DONE, timezone.now(), "", {}
    job.save()


def _stretches(path: Path, provinces: list[str]) -> list[_Stretch]:
    """The files cut into stretches. People lie in the order of their families, `size` to a family."""
    found: list[_Stretch] = []
    for province in provinces:
        sizes = pl.read_parquet(path / "families" / f"{province}.parquet", columns=["size"])["size"].cast(
            pl.Int64
        )
        person = 0
        for first in range(0, sizes.len(), CHUNK_FAMILIES):
            part = sizes.slice(first, CHUNK_FAMILIES)
            people = int(part.sum())
            found.append(_Stretch(province, first, part.len(), person, people))
            person += people
    return found


def _frames(path: Path, stretch: _Stretch, area: str) -> tuple[_Stretch, pl.DataFrame, pl.DataFrame]:
    def read(table: str, first: int, count: int) -> pl.DataFrame:
        scan = pl.scan_parquet(path / table / f"{stretch.province}.parquet")
        return scan.slice(first, count).collect()

    families = read("families", stretch.first, stretch.families)
    people = read("people", stretch.first_person, stretch.people)
    identities = read("identities", stretch.first_person, stretch.people)
    same_order = people["person_id"].equals(identities["person_id"], check_names=False)
    if not same_order or set(people["family_id"].unique()) - set(families["family_id"]):
        raise errors.SnapshotUnreadable(
            problem=f"anggota provinsi {stretch.province} tidak seurut dengan keluarga"
        )
    return stretch, *_as_register(families, people, identities, area)


def _as_register(
    families: pl.DataFrame, people: pl.DataFrame, identities: pl.DataFrame, area: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The register's two frames."""
    code = pl.col("village").cast(pl.String).str.zfill(VILLAGE_DIGITS)
    dots = ((0, 2), (2, 2), (4, 2), (6, 4))
    village = pl.concat_str([code.str.slice(start, count) for start, count in dots], separator=".")
    families = families.with_columns(village=village)
    if area:
        families = families.filter(
            (pl.col("village") == area) | pl.col("village").str.starts_with(f"{area}.")
        )
    firsts = identities.select("family_id", *IDENTITY_OF_FAMILY).unique("family_id", keep="first")
    families = families.join(firsts, on="family_id", how="left", maintain_order="left")
    key = pl.coalesce("kk_number", pl.lit("synth:") + pl.col("family_id").cast(pl.String))
    shared = pl.when(pl.col("household_id").is_duplicated()).then(pl.col("household_id").cast(pl.String))
    families = families.with_columns(family_key=key, household_key=shared)
    people = people.with_columns(identities.select(IDENTITY_OF_PERSON))
    people = people.join(families.select("family_id", "family_key"), on="family_id", maintain_order="left")
    of_family = ["family_key", "household_key", *dictionary.by_name(level="family")]
    of_person = ["family_key", *dictionary.by_name(level="person")]
    return (
        families.select(name for name in of_family if name in families.columns),
        people.select(name for name in of_person if name in people.columns),
    )


def _names_done(job: ImportJob) -> list[str]:
    return list(job.layout.get("done", []))


def _note(job_id: object, stretch: _Stretch, tally: Counter[str]) -> int:
    """Record, in the stretch's transaction, that it is in; returns the rows read so far.

    Last of all in the transaction: the job's row is locked until it ends.
    """
    job = ImportJob.objects.select_for_update().get(pk=job_id)
    done = sorted({*_names_done(job), stretch.name})
    job.layout = {**job.layout, "done": done}
    job.chunks_done = len(done)
    early = tally.pop(DeathBeforeBirth.code, 0)
    if early:
        job.counts[DeathBeforeBirth.code] = job.counts.get(DeathBeforeBirth.code, 0) + early
    for name, count in tally.items():
        setattr(job, name, getattr(job, name) + count)
    job.save()
    return int(job.rows_read)


def _load(
    job: ImportJob,
    families: pl.DataFrame,
    people: pl.DataFrame,
    *,
    by: Actor,
    valid_from: datetime.date,
    initial: bool,
) -> Counter[str]:
    """One stretch into the register; what it adds to the job's counts."""
    tally: Counter[str] = Counter()
    if families.height == 0:
        return tally
    if "deceased_on" in people.columns:
        early = (people["deceased_on"] < people["birth_date"]).fill_null(False)
        people = people.with_columns(people["deceased_on"].set(early, None))
        tally[DeathBeforeBirth.code] = int(early.sum())
    counts = registry.load_people(
        by=by, area=job.area, families=families, people=people, source=FORMAT,
        recorded_at=job.created_at, valid_from=valid_from, initial=initial,
    )  # fmt: skip
    tally.update({name: getattr(counts, name) for name in SUMMED})
    tally.update(people=people.height, families=families.height, rows_accepted=people.height)
    return tally
