"""The packaged reference: complete, consistent, and right where the codes are known to be tricky."""

import polars as pl
import pytest

from dtks.foundation.areas import bps_crosswalk, domain, queries, reference


@pytest.fixture(scope="module")
def areas() -> pl.DataFrame:
    return reference.areas()


def test_every_level_is_complete(areas: pl.DataFrame) -> None:
    assert dict(areas.group_by("level").len().rows()) == {1: 38, 2: 514, 3: 7_285, 4: 83_762}
    kinds = dict(areas.group_by("kind").len().rows())
    assert (kinds["kabupaten"], kinds["kota"]) == (416, 98)
    assert (kinds["desa"], kinds["kelurahan"], kinds["desa_adat"]) == (75_252, 8_496, 14)


def test_every_area_lies_in_one_that_exists(areas: pl.DataFrame) -> None:
    codes = set(areas["code"])
    assert len(codes) == areas.height
    assert all(domain.parent_of(code) in codes for code in codes if len(code) > 2)
    assert areas["number"].is_sorted()
    assert areas["number"].to_list() == [domain.number_of(code) for code in areas["code"]]


def test_points_lie_in_indonesia_and_near_their_regency(areas: pl.DataFrame) -> None:
    placed = areas.filter(pl.col("lat").is_not_null())
    assert placed.filter(level=4).height >= 83_000
    assert placed["lat"].is_between(-11.2, 6.2).all()
    assert placed["lon"].is_between(94.9, 141.1).all()
    assert placed["distance_to_centre_km"].max() < 400


def test_sexes_and_regencies_sum_to_the_population(areas: pl.DataFrame) -> None:
    counted = areas.filter(pl.col("population").is_not_null())
    assert (counted["population_male"] + counted["population_female"] == counted["population"]).all()
    assert counted.filter(level=1)["population"].sum() == 284_973_643
    assert counted.filter(level=2)["population"].sum() == 284_973_643


@pytest.mark.parametrize(
    ("kemendagri", "bps"),
    [
        ("11.09", "1101"),  # Simeulue
        ("11.01", "1103"),  # Aceh Selatan
        ("14.72", "1473"),  # Dumai: 1472 was Batam's
        ("31.74", "3171"),  # Jakarta Selatan
        ("61.02", "6104"),  # Mempawah, called Pontianak by BPS's list
        ("63.02", "6302"),  # Kotabaru, a regency written 'Kota Baru'
        ("64.09", "6409"),
        ("64.74", "6474"),
        ("73.24", "7325"),  # Luwu Timur
        ("73.26", "7326"),
        ("93.01", "9401"),  # Merauke, still in Papua when Regsosek was taken
        ("95.08", "9429"),  # Nduga
        ("96.71", "9171"),  # Kota Sorong
        ("91.71", "9471"),
        ("91", "94"),
        ("92", "91"),
        ("94", "96"),  # Papua Tengah is 96 for BPS …
        ("96", "92"),  # … and 96 is Papua Barat Daya for Kemendagri
        ("95", "97"),
    ],
)
def test_bps_codes_of_the_tricky_ones(areas: pl.DataFrame, kemendagri: str, bps: str) -> None:
    assert areas.filter(code=kemendagri)["bps_code"].item() == bps


def test_every_province_and_regency_has_its_own_bps_code(areas: pl.DataFrame) -> None:
    codes = areas.filter(pl.col("level") < 3)["bps_code"]
    assert codes.null_count() == 0
    assert codes.n_unique() == 38 + 514


def test_what_bps_lists_and_nobody_answers_is_reported() -> None:
    listed = [("63", "Tanah Laut"), ("63", "Kota Baru"), ("63", "Nirgendwo"), ("63", "Kota Banjarmasin")]
    known = {"63.01": "Kabupaten Tanah Laut", "63.02": "Kabupaten Kotabaru", "63.71": "Kota Banjarmasin"}
    found = bps_crosswalk.regencies(listed, known)
    assert found.codes == {"63.01": "6301", "63.02": "6302", "63.71": "6371"}
    assert found.unmatched == [("6303", "Nirgendwo")]
    assert bps_crosswalk.provinces([("99", "Atlantis")], {"11": "Aceh"}).unmatched == [("99", "Atlantis")]


def test_villages_come_as_integers_without_a_database() -> None:
    villages = queries.reference()
    assert villages.height == 83_762
    types = {"village": pl.Int64, "district": pl.Int32, "regency": pl.Int32, "province": pl.Int16}
    assert {name: villages.schema[name] for name in types} == types
    first = villages.row(0, named=True)
    assert (first["village"], first["district"], first["regency"], first["province"]) == (
        1101012001,
        110101,
        1101,
        11,
    )
    assert domain.to_dotted(first["village"]) == first["code"]
    assert queries.reference(level=2)["population"].null_count() == 0


def test_every_outline_goes_around_its_regency(areas: pl.DataFrame) -> None:
    shapes = reference.boundaries()
    regencies = areas.filter(level=2)
    assert set(regencies["code"]) - set(shapes) == {"31.01", "96.01"}  # left out as misleading
    for code, lat, lon in regencies.select("code", "lat", "lon").iter_rows():
        points = [point for polygon in shapes.get(code, []) for ring in polygon for point in ring]
        if points:
            assert min(p[0] for p in points) - 0.15 <= lon <= max(p[0] for p in points) + 0.15, code
            assert min(p[1] for p in points) - 0.15 <= lat <= max(p[1] for p in points) + 0.15, code
    assert queries.boundary(code="32.01.01.1001") == shapes["32.01"]
    assert len(queries.boundary(code="32") or []) >= 27
    assert queries.boundary(code="32.99") is None


def test_successions_lead_to_areas_that_exist(areas: pl.DataFrame) -> None:
    codes = set(areas["code"])
    for old, (new, since, law) in reference.successions().items():
        assert old not in codes
        assert new in codes
        assert since.year == 2022
        assert law.startswith("UU ")
