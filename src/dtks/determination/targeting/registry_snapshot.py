"""Take a snapshot of the registry: the families that live in an area, under pseudonyms.

What leaves the registry is what `schema` lists and nothing else; ids and the tokens of NIK and KK
numbers are keyed (`pseudonyms`). The link from a pseudonymous family back to its record goes into a
file of its own, outside the snapshot, for the step that publishes.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import polars as pl

from dtks.determination.targeting.pseudonyms import Pseudonyms
from dtks.determination.targeting.snapshot import SnapshotEmpty
from dtks.determination.targeting.snapshot_writer import SnapshotWriter
from dtks.foundation.engines.parquet import ParquetAppender
from dtks.registration.registry import queries
from dtks.registration.registry.queries.export import SnapshotPart

COARSE = 2
"""Decimals kept of a coordinate: about a kilometre."""
FIRST_MADE_UP_DISTRICT = 90
"""Digits 5–6 of a made-up NIK or KK number; the highest real code is 51."""


def take(
    *,
    area: str,
    taken_on: datetime.date,
    regime: str,
    directory: Path,
    links: Path,
    pseudonyms: Pseudonyms,
    progress: Callable[[int], None] = lambda people: None,
) -> Path:
    """Write the snapshot of `area` (dotted code; '' for the country) to `directory`.

    `links` becomes a Parquet file of `family_id` (Int64) and `family` (UUID as text). The snapshot says
    that it is synthetic when every number in it is a made-up one. `progress` hears of people written.

    Raises `SnapshotEmpty`, `SnapshotIdsCollide`.
    """
    people_written, real_numbers, numbers = 0, 0, 0
    link_file = ParquetAppender(links)
    with SnapshotWriter(
        directory, taken_on=taken_on, source="registry", synthetic=False, regime=regime
    ) as writer:
        for part in queries.export_snapshot(area=area, as_of=taken_on):
            families = _families(part.families, pseudonyms)
            writer.write(families=families, people=_people(part.people, pseudonyms, taken_on))
            link_file.append(families.select("family_id", "family").sort("family_id"))
            given, real = _numbers(part)
            numbers, real_numbers = numbers + given, real_numbers + real
            people_written += part.people.height
            progress(people_written)
        if not people_written:
            raise SnapshotEmpty(path=area or "Indonesia")
        link_file.close()
        writer.synthetic = bool(numbers) and not real_numbers
        return writer.finish()


def _families(families: pl.DataFrame, pseudonyms: Pseudonyms) -> pl.DataFrame:
    village = pl.col("village").str.replace_all(".", "", literal=True).cast(pl.Int64)
    return families.with_columns(
        pl.col("family_id").alias("family"),
        pseudonyms.of_uuids("family", families["family_id"]).alias("family_id"),
        pseudonyms.of_uuids("household", families["household_id"]).alias("household_id"),
        pseudonyms.of_numbers("kk", families["kk_number"]).alias("kk_token"),
        village.alias("village"),
        (village // 10_000).alias("district"),
        (village // 1_000_000).alias("regency"),
        (village % 10_000 // 1_000).alias("village_kind"),  # 1 kelurahan, 2 desa, 3 desa adat
        pl.col("lat", "lon").round(COARSE),
    )


def _people(people: pl.DataFrame, pseudonyms: Pseudonyms, taken_on: datetime.date) -> pl.DataFrame:
    return people.with_columns(
        pseudonyms.of_uuids("person", people["person_id"]).alias("person_id"),
        pseudonyms.of_uuids("family", people["family_id"]).alias("family_id"),
        pseudonyms.of_uuids("household", people["household_id"]).alias("household_id"),
        pseudonyms.of_numbers("nik", people["nik"]).alias("nik_token"),
        age_on(taken_on).alias("age"),
    )


def age_on(day: datetime.date) -> pl.Expr:
    """Completed years of `birth_date` on a day. Who was born on 29 February is a year older on 1 March."""
    born = pl.col("birth_date")
    birthday_to_come = born.dt.month().cast(pl.Int32) * 100 + born.dt.day() > day.month * 100 + day.day
    return pl.lit(day.year) - born.dt.year() - birthday_to_come.cast(pl.Int32)


def _numbers(part: SnapshotPart) -> tuple[int, int]:
    """How many NIK and KK numbers there are, and how many of them may be real."""
    given = pl.concat([part.families["kk_number"], part.people["nik"]]).drop_nulls()
    district = given.str.slice(4, 2).cast(pl.Int16, strict=False)
    return len(given), int((district.fill_null(0) < FIRST_MADE_UP_DISTRICT).sum())
