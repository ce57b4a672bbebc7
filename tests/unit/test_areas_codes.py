"""Codes of areas, their order, kinds and time zones; names made comparable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtks.foundation.areas import domain, names
from dtks.foundation.areas.errors import AreaCodeError

TWO = st.integers(0, 99).map(lambda n: f"{n:02d}")
PROVINCES = st.integers(11, 96).map(str)
VILLAGE_CODES = st.tuples(PROVINCES, TWO, TWO, st.integers(1000, 3999).map(str)).map(".".join)
CODES = st.tuples(VILLAGE_CODES, st.sampled_from([2, 5, 8, 13])).map(lambda pair: pair[0][: pair[1]])


@given(code=CODES)
def test_dotted_and_integer_codes_say_the_same(code: str) -> None:
    assert domain.to_dotted(domain.to_int(code)) == code
    assert domain.ancestors_of(code)[-1] == code
    assert domain.parent_of(code) == (domain.ancestors_of(code)[-2] if "." in code else "")


@given(inner=VILLAGE_CODES, outer=CODES)
def test_what_lies_inside_is_one_range_of_numbers(inner: str, outer: str) -> None:
    first, last = domain.span_of(outer)
    assert (first <= domain.number_of(inner) < last) == (outer in domain.ancestors_of(inner))


@pytest.mark.parametrize(
    "code", ["", "1", "1101", "11.1", "11.01.", "11.01.01.201", "11.01.01.2001.1", "aa", "١١"]
)
def test_other_texts_are_no_codes(code: str) -> None:
    with pytest.raises(AreaCodeError):
        domain.check_code(code)


@pytest.mark.parametrize("number", [1, 110, 11010, 1101012, "11a", "²²"])
def test_integers_of_other_lengths_are_no_codes(number: int | str) -> None:
    with pytest.raises(AreaCodeError):
        domain.to_dotted(number)


@pytest.mark.parametrize(
    ("code", "kind", "timezone"),
    [
        ("32", "provinsi", "WIB"),
        ("32.01", "kabupaten", "WIB"),
        ("32.71", "kota", "WIB"),
        ("32.01.01", "kecamatan", "WIB"),
        ("32.01.01.1001", "kelurahan", "WIB"),
        ("61.01.01.2001", "desa", "WIB"),
        ("62", "provinsi", "WIB"),
        ("63.01", "kabupaten", "WITA"),
        ("65", "provinsi", "WITA"),
        ("53.71", "kota", "WITA"),
        ("81.01", "kabupaten", "WIT"),
        ("91.03.01", "distrik", "WIT"),
        ("91.03.01.3001", "desa_adat", "WIT"),
        ("96", "provinsi", "WIT"),
    ],
)
def test_kind_and_time_zone_follow_from_the_code(code: str, kind: str, timezone: str) -> None:
    assert (domain.kind_of(code), domain.timezone_of(code)) == (kind, timezone)


def test_a_village_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(AreaCodeError):
        domain.kind_of("32.01.01.9001")


@pytest.mark.parametrize(
    "same",
    [
        ("Kabupaten Tulang Bawang", "KAB. TULANGBAWANG", "Tulang Bawang"),
        ("Kep. Bangka Belitung", "Kepulauan Bangka Belitung", "PROVINSI KEP. BANGKA BELITUNG"),
        ("D I YOGYAKARTA", "DI Yogyakarta", "Daerah Istimewa Yogyakarta"),
        ("DKI JAKARTA", "Daerah Khusus Ibukota Jakarta"),
        ("Kota Administrasi Jakarta Selatan", "KOTA ADM. JAKARTA SELATAN", "Kota Jakarta Selatan"),
        ("Ma'u", "MA’U", "Mau"),
        ("Kec. Cibinong", "CIBINONG"),
    ],
)
def test_one_place_has_one_key(same: tuple[str, ...]) -> None:
    assert len({names.match_key(name) for name in same}) == 1


def test_a_city_stays_a_city() -> None:
    assert names.is_city("Kota Bogor")
    assert not names.is_city("Kabupaten Kotabaru")
    assert names.match_key("Kotabaru") == "KOTABARU"
