"""Make the packaged reference of areas from its sources. Run by maintainers, not by installations.

    python -m dtks.foundation.areas.build_reference SOURCE_FOLDER [TARGET_FOLDER]

In: the `lokal` package (codes, names, postal codes) and a folder with population_area_prov_kab_2025.csv,
village_centroids.csv.gz, district_centroids.csv, kabkota_boundaries_simplified.geojson and, for the names
under which BPS numbers them, province_poverty_rate_2010_on.csv and kabkota_poverty_indicators.csv (only
names and codes are taken). Out: areas.parquet, boundaries.json.gz and build_report.json (what could not
be matched, what was left out). Same sources, same bytes.
"""

import csv
import gzip
import json
import sys
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import polars as pl

from dtks.foundation.areas import bps_crosswalk, domain, reference
from dtks.foundation.areas.names import match_key

# A village's point this far from its district's centre is a mistake of the source.
FARTHEST_POINT_KM = 300
EARTH_RADIUS_KM = 6371.0
# Provinces made in 2022 and their regencies: the day their law took effect. UU 14, 15, 16/2022 and 29/2022.
MADE_ON = {"93": "2022-07-25", "94": "2022-07-25", "95": "2022-07-25", "96": "2022-12-08"}


def build(source: Path, target: Path) -> dict[str, Any]:
    """Write the three files into ``target``; returns the report."""
    names = {**_lokal("wilayah"), **_lokal("desa")}
    areas, dropped = _with_points(_codes(names), source)
    areas = areas.join(_population(source), on="code", how="left")
    regency_codes, province_codes = _bps(names, source)
    areas = areas.with_columns(
        bps_code=pl.col("code").replace_strict(province_codes.codes | regency_codes.codes, default=None)
    )
    no_area = areas.filter((pl.col("level") < domain.Level.DISTRICT) & pl.col("area_km2").is_null())
    report = {
        "counts": {str(level): count for level, count in areas.group_by("level").len().sort("level").rows()},
        "bps_unmatched": {"provinces": province_codes.unmatched, "regencies": regency_codes.unmatched},
        "points_left_out": dropped,
        "without_point": areas.filter(pl.col("lat").is_null()).group_by("level").len().sort("level").rows(),
        "without_area_km2": no_area["code"].to_list(),
    }
    target.mkdir(parents=True, exist_ok=True)
    finished = areas.select(*reference.SCHEMA).cast(reference.SCHEMA).sort("number")
    finished.write_parquet(target / reference.AREAS_FILE, compression="zstd", compression_level=19)
    report["outlines_left_out"] = _write_boundaries(source, target, finished)
    (target / "build_report.json").write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    return report


def _lokal(name: str) -> dict[str, str]:
    packed = resources.files("lokal").joinpath("data", f"{name}.json.gz").read_bytes()
    found: dict[str, str] = json.loads(gzip.decompress(packed))
    return found


def _codes(names: dict[str, str]) -> pl.DataFrame:
    postal = _lokal("kodepos")
    return pl.DataFrame(
        [
            {
                "code": code,
                "number": domain.number_of(code),
                "level": int(domain.level_of(code)),
                "name": " ".join(name.split()),
                "kind": str(domain.kind_of(code)),
                "timezone": domain.timezone_of(code),
                "postal_code": postal.get(code),
                "valid_from": MADE_ON.get(code[:2]) if len(code) <= 5 else None,
            }
            for code, name in names.items()
        ],
        infer_schema_length=None,
    ).with_columns(pl.col("valid_from").str.to_date())


def _with_points(areas: pl.DataFrame, source: Path) -> tuple[pl.DataFrame, list[str]]:
    """Add lat, lon and the villages' distance to their regency's centre; a province's point is the mean
    of its regencies'. Returns the codes of points that were left out."""
    villages = pl.read_csv(source / "village_centroids.csv.gz", schema_overrides={"code": pl.String})
    districts = pl.read_csv(source / "district_centroids.csv", schema_overrides={"code": pl.String})
    regencies = pl.DataFrame([feature["properties"] for feature in _features(source)])
    points = pl.concat([t.select("code", "lat", lon="lng") for t in (villages, districts, regencies)])
    provinces = regencies.group_by(code=pl.col("code").str.head(2)).agg(
        pl.col("lat").mean().round(4), lon=pl.col("lng").mean().round(4)
    )
    points = pl.concat([points, provinces])
    centres = points.rename({"lat": "centre_lat", "lon": "centre_lon"})
    to_district = points.with_columns(above=pl.col("code").str.head(8)).join(
        centres, left_on="above", right_on="code"
    )
    is_village = pl.col("code").str.len_chars() > 8
    doubtful = to_district.filter(is_village & (_km() > FARTHEST_POINT_KM))["code"]
    points = points.filter(~pl.col("code").is_in(doubtful.implode()))
    to_regency = points.filter(is_village).with_columns(above=pl.col("code").str.head(5))
    distance = to_regency.join(centres, left_on="above", right_on="code").select(
        "code", distance_to_centre_km=_km().round(1)
    )
    placed = areas.join(points, on="code", how="left").join(distance, on="code", how="left")
    return placed, sorted(doubtful)


def _km() -> pl.Expr:
    """Great-circle distance between (lat, lon) and (centre_lat, centre_lon), haversine on a sphere."""
    lat, centre = pl.col("lat").radians(), pl.col("centre_lat").radians()
    half_lat = ((lat - centre) / 2).sin() ** 2
    half_lon = ((pl.col("lon") - pl.col("centre_lon")).radians() / 2).sin() ** 2
    return 2 * EARTH_RADIUS_KM * (half_lat + lat.cos() * centre.cos() * half_lon).sqrt().arcsin()


def _population(source: Path) -> pl.DataFrame:
    table = pl.read_csv(source / "population_area_prov_kab_2025.csv", schema_overrides={"code": pl.String})
    return table.select(
        "code", "area_km2", population="total", population_male="male", population_female="female"
    )


def _bps(names: dict[str, str], source: Path) -> tuple[bps_crosswalk.Crosswalk, bps_crosswalk.Crosswalk]:
    rates = _rows(source / "province_poverty_rate_2010_on.csv")
    latest = [row for row in rates if int(row["tahun"]) >= 2024]
    provinces = sorted({(row["kode_provinsi"], row["nama_provinsi"]) for row in latest})
    code_by_name = {match_key(name): code for code, name in provinces}
    listed = _rows(source / "kabkota_poverty_indicators.csv")
    regencies = [(code_by_name[match_key(row["Provinsi"])], row["Kab/Kota"]) for row in listed]
    return (
        bps_crosswalk.regencies(regencies, {code: name for code, name in names.items() if len(code) == 5}),
        bps_crosswalk.provinces(provinces, {code: name for code, name in names.items() if len(code) == 2}),
    )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def _features(source: Path) -> list[dict[str, Any]]:
    text = (source / "kabkota_boundaries_simplified.geojson").read_text()
    found: list[dict[str, Any]] = json.loads(text)["features"]
    return found


def _write_boundaries(source: Path, target: Path, areas: pl.DataFrame) -> list[str]:
    """{code: MultiPolygon coordinates}, compact. Left out, and returned: outlines around less than half of
    the regency's villages (simplification kept one islet of an archipelago)."""
    villages = areas.filter((pl.col("level") == domain.Level.VILLAGE) & pl.col("lat").is_not_null())
    points = {
        code: list(zip(lat, lon, strict=True))
        for code, lat, lon in villages.group_by(pl.col("code").str.head(5)).agg("lat", "lon").iter_rows()
    }
    shapes = {f["properties"]["code"]: f["geometry"]["coordinates"] for f in _features(source)}
    misleading = sorted(
        code for code, shape in shapes.items() if _share_inside(shape, points.get(code)) < 0.5
    )
    kept = {code: shape for code, shape in sorted(shapes.items()) if code not in misleading}
    packed = json.dumps(kept, separators=(",", ":")).encode()
    # No time stamp: the same sources give the same bytes.
    (target / reference.BOUNDARIES_FILE).write_bytes(gzip.compress(packed, 9, mtime=0))
    return misleading


def _share_inside(shape: reference.Shape, points: list[tuple[float, float]] | None) -> float:
    """Share of the points within the outline's bounding box, with some margin; 1 when there are no points."""
    if not points:
        return 1.0
    lons, lats = zip(*[point for polygon in shape for ring in polygon for point in ring], strict=True)
    west, east, south, north = min(lons) - 0.05, max(lons) + 0.05, min(lats) - 0.05, max(lats) + 0.05
    return sum(south <= lat <= north and west <= lon <= east for lat, lon in points) / len(points)


if __name__ == "__main__":
    here = Path(__file__).parent / "data"
    made = build(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else here)
    print(json.dumps(made, ensure_ascii=False)[:2000])
