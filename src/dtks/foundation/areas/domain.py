"""Codes, levels, kinds and time zones of areas: decisions that need no database.

Codes and their numbers: `kernel.area_codes`.
"""

from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum

from dtks.foundation.kernel.area_codes import AreaCodeError, check_code, number_of, span_of, to_int

_DIGITS = frozenset({2, 4, 6, 10})


__all__ = ["check_code", "number_of", "span_of", "to_int"]


class Level(IntEnum):
    """How deep in the hierarchy an area lies."""

    PROVINCE = 1
    REGENCY = 2
    DISTRICT = 3
    VILLAGE = 4


class Kind(StrEnum):
    """What an area is in law; districts in Papua are called distrik."""

    PROVINSI = "provinsi"
    KABUPATEN = "kabupaten"
    KOTA = "kota"
    KECAMATAN = "kecamatan"
    DISTRIK = "distrik"
    KELURAHAN = "kelurahan"
    DESA = "desa"
    DESA_ADAT = "desa_adat"


# First digit of a village's four: Permendagri 72/2019 and its successors.
_VILLAGE_KINDS = {"1": Kind.KELURAHAN, "2": Kind.DESA, "3": Kind.DESA_ADAT}
# As snapshots and population files code it.
VILLAGE_KIND_NUMBERS = {Kind.KELURAHAN: 1, Kind.DESA: 2, Kind.DESA_ADAT: 3}
_FIRST_PAPUAN_PROVINCE = 91
_FIRST_CITY = 71

# Keppres 41/1987, article 1: time zones follow provinces, without exceptions. The provinces made since
# then kept the zone of the one they left (Kalimantan Utara WITA, those in Papua WIT).
_WITA = frozenset({51, 52, 53, 63, 64, 65, 71, 72, 73, 74, 75, 76})
_WIT = frozenset({81, 82, 91, 92, 93, 94, 95, 96})
ZONEINFO = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}


@dataclass(frozen=True, slots=True)
class AreaInfo:
    """One area. Unknown figures are None. Distances in km, area in km², points in degrees (WGS 84).

    ``bps_code``: for provinces today's, for regencies the one of 2022 (the questionnaire Regsosek 2022).
    ``distance_to_centre_km``: straight line from the village's point to its regency's centre point; a
    computed proxy of accessibility, not a finding. ``access_level`` (1 easy … 3 remote) and the hazards
    (1 low … 3 high) come from a table that an authority gives, never from this package.
    """

    code: str
    level: int
    parent: str
    name: str
    kind: str
    timezone: str
    bps_code: str | None = None
    postal_code: str | None = None
    population: int | None = None
    population_male: int | None = None
    population_female: int | None = None
    area_km2: float | None = None
    lat: float | None = None
    lon: float | None = None
    distance_to_centre_km: float | None = None
    access_level: int | None = None
    hazard_level: int | None = None
    hazard_flood: int | None = None
    hazard_landslide: int | None = None
    hazard_earthquake: int | None = None
    hazard_tsunami: int | None = None
    hazard_volcano: int | None = None
    hazard_drought: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def timezone_name(self) -> str:
        """'Asia/Jakarta' and the like, for zoneinfo."""
        return ZONEINFO[self.timezone]


def to_dotted(number: int | str) -> str:
    """1101012001 → '11.01.01.2001', '1101' → '11.01'; raises ``AreaCodeError``."""
    digits = str(number)
    if not digits.isdecimal() or not digits.isascii() or len(digits) not in _DIGITS:
        raise AreaCodeError(given=digits)
    parts = [digits[:2], digits[2:4], digits[4:6], digits[6:]]
    return ".".join(part for part in parts if part)


def level_of(code: str) -> Level:
    return Level(check_code(code).count(".") + 1)


def parent_of(code: str) -> str:
    """The code one level up; '' for a province."""
    return check_code(code).rpartition(".")[0]


def ancestors_of(code: str) -> list[str]:
    """From the province down to the code itself: ['32', '32.01', '32.01.01']."""
    parts = check_code(code).split(".")
    return [".".join(parts[: i + 1]) for i in range(len(parts))]


def kind_of(code: str) -> Kind:
    """What the code alone says: cities from 71 on, kelurahan 1, desa 2, desa adat 3."""
    level = level_of(code)
    if level == Level.PROVINCE:
        return Kind.PROVINSI
    if level == Level.REGENCY:
        return Kind.KOTA if int(code[3:]) >= _FIRST_CITY else Kind.KABUPATEN
    if level == Level.DISTRICT:
        return Kind.DISTRIK if int(code[:2]) >= _FIRST_PAPUAN_PROVINCE else Kind.KECAMATAN
    try:
        return _VILLAGE_KINDS[code[9]]
    except KeyError:
        raise AreaCodeError(given=code) from None


def timezone_of(code: str) -> str:
    """'WIB', 'WITA' or 'WIT' of any area."""
    province = int(check_code(code)[:2])
    return "WIT" if province in _WIT else "WITA" if province in _WITA else "WIB"
