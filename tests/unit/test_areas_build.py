"""The script that makes the packaged reference: same sources, same bytes; oddities reported."""

import gzip
import json
from pathlib import Path

import pytest

from dtks.foundation.areas import build_reference, reference

SOURCES = {
    "population_area_prov_kab_2025.csv": "code,name,male,female,total,area_km2\n32,Jawa Barat,1,2,3,\n"
    "32.01,Kabupaten Bogor,1,2,3,4.5\n",
    "district_centroids.csv": "code,name,lat,lng\n32.01.01,Cibinong,-6.48,106.83\n",
    "province_poverty_rate_2010_on.csv": "id,kode_provinsi,nama_provinsi,persen,satuan,tahun\n"
    "1,32,JAWA BARAT,7,P,2024\n2,99,ATLANTIS,7,P,2024\n",
    "kabkota_poverty_indicators.csv": "Provinsi,Kab/Kota\nJAWA BARAT,Bogor\nJAWA BARAT,Nirwana\n",
    "kabkota_boundaries_simplified.geojson": json.dumps(
        {
            "features": [
                {
                    "properties": {"code": "32.01", "name": "Kabupaten Bogor", "lat": -6.5, "lng": 106.7},
                    "geometry": {
                        "coordinates": [[[[106.5, -6.7], [106.9, -6.7], [106.7, -6.3], [106.5, -6.7]]]]
                    },
                }
            ]
        }
    ),
}
POINTS = "code,lat,lng\n32.01.01.1001,-6.45,106.82\n32.01.01.1002,2.0,99.0\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    for name, text in SOURCES.items():
        (folder / name).write_text(text)
    (folder / "village_centroids.csv.gz").write_bytes(gzip.compress(POINTS.encode()))
    return folder


@pytest.mark.slow
def test_building_is_repeatable_and_reports_what_did_not_fit(source: Path, tmp_path: Path) -> None:
    report = build_reference.build(source, tmp_path / "one")
    build_reference.build(source, tmp_path / "two")
    for name in (reference.AREAS_FILE, reference.BOUNDARIES_FILE, "build_report.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert report["bps_unmatched"] == {"provinces": [("99", "ATLANTIS")], "regencies": [("3202", "Nirwana")]}
    assert report["outlines_left_out"] == []
    assert report["points_left_out"] == ["32.01.01.1002"]
    areas = reference.areas(tmp_path / "one" / reference.AREAS_FILE)
    near = areas.filter(code="32.01.01.1001").row(0, named=True)
    assert (near["lat"], near["distance_to_centre_km"]) == (-6.45, 14.4)
    assert areas.filter(code="32.01.01.1002")["lat"].item() is None
