"""In which village a row lies: the area chosen for the import, or the codes and names in the row.

Regsosek and BDT files carry BPS codes, which are not Kemendagri's (Simeulue is 1101 to BPS, 11.09 to
Kemendagri): they go through the crosswalk of `areas`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from dtks.foundation.areas import queries as areas
from dtks.foundation.kernel import names
from dtks.registration.intake import errors
from dtks.registration.intake.mapping import PLACE, Format
from dtks.registration.intake.problems import OutsideArea, PlaceUnknown
from dtks.registration.intake.translation import PROBLEM_SCHEMA, Layout

VILLAGE_DOTS = 3
BPS_PARTS = (("bps_province", 2), ("bps_regency", 2), ("bps_district", 3), ("bps_village", 3))


@dataclass(frozen=True)
class Area:
    """The area an import is for. `code` '' is the whole country; `is_village` settles every row."""

    code: str

    @property
    def is_village(self) -> bool:
        return self.code.count(".") == VILLAGE_DOTS

    def holds(self, village: str) -> bool:
        return not self.code or village == self.code or village.startswith(f"{self.code}.")


def chosen(code: str, *, format: Format) -> Area:
    """The area of an import.

    Raises:
        AreaUnknown: no such area, or no village though the layout names none.
        AreaNeeded: none given though the layout names none.
    """
    area = Area(code.strip())
    if area.code and not areas.exists(code=area.code):
        raise errors.AreaUnknown(area=area.code)
    if format.says_village or area.is_village:
        return area
    if area.code:
        raise errors.AreaUnknown(area=area.code)
    raise errors.AreaNeeded(hint="")


def with_village(
    values: pl.DataFrame, found_problems: pl.DataFrame, *, area: Area, layout: Layout
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`values` with a `village` (dotted code) instead of the columns that place a row, and the problems."""
    given = [name for name in values.columns if name in PLACE]
    stated = _stated(values.select(given)) if given else None
    values = values.drop(given)
    if area.is_village:
        village = pl.Series("village", [area.code], dtype=pl.String).new_from_index(0, values.height)
        more = _elsewhere(stated, area, layout) if stated is not None else []
    else:
        village = (
            stated if stated is not None else pl.Series("village", [None] * values.height, dtype=pl.String)
        )
        more = [*_elsewhere(village, area, layout), *_unknown(village, layout)]
    return values.with_columns(village.alias("village")), pl.concat([found_problems, *more])


def _stated(given: pl.DataFrame) -> pl.Series:
    """The village that each row states, null where its codes and names lead nowhere."""
    distinct = given.unique()
    found = [_find(row) for row in distinct.iter_rows(named=True)]
    table = distinct.with_columns(pl.Series("_village", found, dtype=pl.String))
    joined = given.join(table, on=given.columns, how="left", nulls_equal=True, maintain_order="left")
    return joined["_village"].rename("village")


def _find(row: dict[str, str | None]) -> str | None:
    if row.get("village"):
        return _dotted(str(row["village"]))
    if code := _bps_code(row):
        return _bps_crosswalk().get(code)
    if row.get("village_name"):
        path = tuple(
            _name_key(row.get(part))
            for part in ("province_name", "regency_name", "district_name", "village_name")
        )
        return _by_name().get(path[1:]) or _by_name().get(("", *path[2:]))
    return None


def _dotted(text: str) -> str | None:
    digits = "".join(sign for sign in text if sign.isdigit())
    if len(digits) != 10:
        return None
    code = f"{digits[:2]}.{digits[2:4]}.{digits[4:6]}.{digits[6:]}"
    return code if code in _known_villages() else None


def _bps_code(row: dict[str, str | None]) -> str:
    """Ten digits of a BPS village code, from its four parts or from a part that holds all before it too."""
    code = ""
    for name, width in BPS_PARTS:
        part = (row.get(name) or "").split(".")[0].strip()
        if not part.isdigit():
            return ""
        code = part.zfill(len(code) + width) if len(part) > width else code + part.zfill(width)
    return code if len(code) == 10 else ""


@lru_cache(maxsize=1)
def _known_villages() -> frozenset[str]:
    return frozenset(areas.reference()["code"].to_list())


@lru_cache(maxsize=1)
def _bps_crosswalk() -> dict[str, str]:
    frame = areas.reference().select("bps_code", "code").drop_nulls()
    return dict(frame.iter_rows())


@lru_cache(maxsize=1)
def _by_name() -> dict[tuple[str, ...], str]:
    """(regency, district, village) → code, and ('', district, village) where that is unique."""
    found: dict[tuple[str, ...], str | None] = {}
    frame = areas.reference().select("regency_name", "district_name", "name", "code")
    for regency, district, village, code in frame.iter_rows():
        keys = (_name_key(regency), _name_key(district), _name_key(village))
        for key in (keys, ("", *keys[1:])):
            found[key] = None if key in found else code
    return {key: code for key, code in found.items() if code}


def _name_key(name: str | None) -> str:
    bare = names.normalise(name or "").replace(" ", "")
    for prefix in ("KABUPATEN", "KAB", "KOTAADM", "KOTA", "KECAMATAN", "KELURAHAN", "DESA"):
        if bare.startswith(prefix) and len(bare) > len(prefix) + 2:
            return bare[len(prefix) :]
    return bare


def _elsewhere(village: pl.Series, area: Area, layout: Layout) -> list[pl.DataFrame]:
    if not area.code:
        return []
    inside = (village == area.code) | village.str.starts_with(f"{area.code}.")
    return _problem(OutsideArea.code, (~inside).fill_null(False), village, layout)


def _unknown(village: pl.Series, layout: Layout) -> list[pl.DataFrame]:
    return _problem(PlaceUnknown.code, village.is_null(), village, layout)


def _problem(code: str, rows: pl.Series, village: pl.Series, layout: Layout) -> list[pl.DataFrame]:
    if not rows.any():
        return []
    columns = [
        layout.places[source.column]
        for target in layout.spec.targets
        if target.variable in PLACE
        for source in target.sources
        if source.column in layout.places
    ]
    frame = pl.DataFrame({"row": rows.arg_true(), "value": village.filter(rows)}).select(
        pl.col("row").cast(pl.UInt32),
        pl.lit(max(columns, default=-1), dtype=pl.Int32).alias("column"),
        pl.lit(code).alias("code"),
        "value",
        pl.col("value").fill_null("").alias("detail"),
    )
    return [frame.cast(PROBLEM_SCHEMA)]
