"""Names and results meet here, once, for the public list. Everything else works under pseudonyms."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import narwhals as nw
import polars as pl
from django.conf import settings

from dtks.determination.programmes import entitlement
from dtks.determination.programmes.domain import Programme, Status
from dtks.determination.runs import rulebook
from dtks.determination.runs.checks import OLDEST
from dtks.determination.runs.errors import SnapshotGone
from dtks.determination.runs.rulebook import RulebookKey
from dtks.determination.targeting.pseudonyms import Pseudonyms
from dtks.determination.targeting.registry_snapshot import age_on
from dtks.determination.targeting.snapshot import open_snapshot
from dtks.foundation.kernel.period import Period
from dtks.registration.registry import queries as registry


class OfRun(Protocol):
    """What has to be known of a run to publish it."""

    @property
    def area(self) -> str: ...
    @property
    def period(self) -> str: ...
    @property
    def taken_on(self) -> datetime.date: ...
    @property
    def directory(self) -> Path: ...
    @property
    def snapshot_directory(self) -> Path: ...


def rows(run: OfRun) -> Iterator[pl.DataFrame]:
    """Frames of `village`, `name`, `age` and `programmes`, a few villages at a time."""
    for path in (run.directory / "manifest.json", run.snapshot_directory / "manifest.json"):
        if not path.is_file():
            raise SnapshotGone(path=str(path.parent))
    key = RulebookKey(on=Period.parse(run.period).start, taken_on=run.taken_on)
    programmes = rulebook.load(key).programmes
    pseudonyms = Pseudonyms.of_installation(home=Path(settings.HOME))
    chosen = {
        code: _chosen(run, code, programmes)
        for code in (province.code for province in open_snapshot(run.snapshot_directory).provinces)
    }
    for part in registry.identities(area=run.area):
        yield _named(part, chosen, pseudonyms, run.taken_on)


def _chosen(run: OfRun, province: int, programmes: Sequence[Programme]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """For one province: `family_id` and the family's programmes; `person_id` and that member's own."""
    families = pl.read_parquet(run.directory / "families" / f"{province:02d}.parquet")
    people = run.snapshot_directory / "people" / f"{province:02d}.parquet"
    shared = [programme for programme in programmes if programme.unit != "individual"]
    codes = families.select("family_id", family_codes=_codes([programme.id for programme in shared]))
    alone = [programme for programme in programmes if programme.unit == "individual" and programme.by_member]
    return codes, _recipients(families, people, alone)


def _codes(ids: Sequence[str]) -> pl.Expr:
    named = [pl.when(pl.col(f"{id_}__status") == Status.ELIGIBLE).then(pl.lit(id_)) for id_ in ids]
    return pl.concat_str(named, separator=" ", ignore_nulls=True) if named else pl.lit("")


def _recipients(families: pl.DataFrame, people: Path, programmes: Sequence[Programme]) -> pl.DataFrame:
    status = [f"{programme.id}__status" for programme in programmes]
    table = nw.from_native(pl.scan_parquet(people))
    flags = {f"{programme.id}__fits": entitlement.recipients(programme) for programme in programmes}
    fits = table.with_columns(**flags).select("person_id", "family_id", *flags).to_native()
    joined = fits.join(families.lazy().select("family_id", *status), on="family_id", how="inner")
    named = [
        pl.when((pl.col(f"{id_}__status") == Status.ELIGIBLE) & pl.col(f"{id_}__fits")).then(pl.lit(id_))
        for id_ in (programme.id for programme in programmes)
    ]
    codes = pl.concat_str(named, separator=" ", ignore_nulls=True) if named else pl.lit("")
    return joined.select("person_id", person_codes=codes).collect()


def _named(
    part: pl.DataFrame,
    chosen: dict[int, tuple[pl.DataFrame, pl.DataFrame]],
    pseudonyms: Pseudonyms,
    day: datetime.date,
) -> pl.DataFrame:
    families, people = chosen[int(part["village"][0][:2])]
    keyed = part.with_columns(
        pseudonyms.of_uuids("family", part["family_id"]).alias("family_id"),
        pseudonyms.of_uuids("person", part["person_id"]).alias("person_id"),
    )
    # Inner: who came after the snapshot was not determined.
    joined = keyed.join(families, on="family_id").join(people, on="person_id", how="left")
    codes = [pl.col("family_codes").replace("", None), pl.col("person_codes").replace("", None)]
    return joined.filter(pl.col("name").is_not_null()).select(
        "village",
        "name",
        # A birth date that cannot be right stands on the verification list; it must not hold up the rest.
        pl.when(age_on(day).is_between(0, OLDEST)).then(age_on(day)).alias("age"),
        pl.concat_str(codes, separator=" ", ignore_nulls=True).fill_null("").alias("programmes"),
    )
