"""The packaged reference, read from files: all areas without a database, and regency boundaries."""

import gzip
import json
from datetime import date
from functools import lru_cache
from pathlib import Path

import polars as pl

from dtks.foundation.areas import domain
from dtks.foundation.areas.errors import AreaFileError

DATA = Path(__file__).parent / "data"
AREAS_FILE = "areas.parquet"
BOUNDARIES_FILE = "boundaries.json.gz"
SUCCESSIONS_FILE = "successions.csv"

# The decree whose codes the packaged file holds, and the day it was given.
DECREE = "Kepmendagri 300.2.2-2138/2025"
DECREED_ON = date(2025, 4, 25)

SCHEMA = pl.Schema(
    {
        "code": pl.String,
        "number": pl.Int64,
        "level": pl.Int8,
        "name": pl.String,
        "kind": pl.String,
        "timezone": pl.String,
        "bps_code": pl.String,
        "postal_code": pl.String,
        "population": pl.Int64,
        "population_male": pl.Int64,
        "population_female": pl.Int64,
        "area_km2": pl.Float64,
        "lat": pl.Float64,
        "lon": pl.Float64,
        "distance_to_centre_km": pl.Float64,
        "valid_from": pl.Date,
    }
)
Shape = list[list[list[list[float]]]]


def areas(path: Path | None = None) -> pl.DataFrame:
    """All areas of the packaged file (or of another one of the same layout), in order of number."""
    source = path or DATA / AREAS_FILE
    try:
        table = pl.read_parquet(source, columns=list(SCHEMA))
    except (OSError, pl.exceptions.PolarsError) as problem:
        raise AreaFileError(path=str(source), problem=str(problem)) from problem
    return table.cast(SCHEMA).sort("number")


def villages() -> pl.DataFrame:
    """Every village: integer codes ``village`` Int64, ``district`` Int32, ``regency`` Int32, ``province``
    Int16; ``code``, ``name``, ``kind``, ``village_kind`` Int8 (1 kelurahan, 2 desa, 3 desa adat),
    ``timezone``, ``postal_code``, ``lat``, ``lon`` and ``distance_to_centre_km``; in order of code."""
    kinds = {str(kind): number for kind, number in domain.VILLAGE_KIND_NUMBERS.items()}
    number = pl.col("number")
    return (
        areas()
        .filter(pl.col("level") == domain.Level.VILLAGE)
        .select(
            number.alias("village"),
            (number // 10**4).cast(pl.Int32).alias("district"),
            (number // 10**6).cast(pl.Int32).alias("regency"),
            (number // 10**8).cast(pl.Int16).alias("province"),
            "code",
            "name",
            "kind",
            pl.col("kind").replace_strict(kinds, return_dtype=pl.Int8).alias("village_kind"),
            "timezone",
            "postal_code",
            "lat",
            "lon",
            "distance_to_centre_km",
        )
    )


@lru_cache(maxsize=1)
def boundaries() -> dict[str, Shape]:
    """Simplified boundary of every regency by code, as GeoJSON MultiPolygon coordinates (lon, lat)."""
    packed = (DATA / BOUNDARIES_FILE).read_bytes()
    shapes: dict[str, Shape] = json.loads(gzip.decompress(packed))
    return shapes


@lru_cache(maxsize=1)
def successions() -> dict[str, tuple[str, date, str]]:
    """Regencies whose code changed: old code → (new code, day, law)."""
    lines = (DATA / SUCCESSIONS_FILE).read_text().splitlines()[1:]
    rows = [line.split(",") for line in lines if line]
    return {old: (new, date.fromisoformat(day), law) for old, new, day, law in rows}
