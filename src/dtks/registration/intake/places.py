"""In which village a row lies: the area chosen for the import, or the code or names in the row.

Files of BPS surveys carry BPS codes, which are not Kemendagri's (Simeulue is 1101 to BPS, 11.09 to
Kemendagri; 96 is Papua Tengah to the one and Papua Barat Daya to the other). BPS publishes no open table for
villages, so a BPS code tells the regency and no more: it is held against the area that was chosen.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from dtks.foundation.areas import queries as areas
from dtks.foundation.areas import reference
from dtks.foundation.kernel import names
from dtks.registration.intake import errors
from dtks.registration.intake.mapping import PLACE, Format
from dtks.registration.intake.problems import OutsideArea, PlaceUnknown, RowProblem
from dtks.registration.intake.translation import PROBLEM_SCHEMA, Layout

VILLAGE_DOTS = 3
VILLAGE_DIGITS = 10
KINDS_IN_NAMES = ("KABUPATEN", "KAB", "KOTA", "KECAMATAN", "KEC", "DISTRIK", "KELURAHAN", "KEL", "DESA")


@dataclass(frozen=True)
class Area:
    """The area an import is for. `code` '' is the whole country; a village settles every row."""

    code: str

    @property
    def is_village(self) -> bool:
        return self.code.count(".") == VILLAGE_DOTS


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
    raise errors.AreaNeeded()


def with_village(
    values: pl.DataFrame, found_problems: pl.DataFrame, *, area: Area, layout: Layout
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`values` with a `village` (dotted code) instead of the columns that place a row, and the problems."""
    given = [name for name in values.columns if name in PLACE]
    stated = _distinctly(values.select(given), area) if given else None
    values = values.drop(given)
    if area.is_village:
        village = pl.Series("village", [area.code], dtype=pl.String).new_from_index(0, values.height)
    elif stated is None:
        village = pl.Series("village", [None] * values.height, dtype=pl.String)
    else:
        village = stated["village"].rename("village")
    more = [] if stated is None else _problem(OutsideArea, stated["elsewhere"].is_not_null(), stated, layout)
    if not area.is_village and stated is not None:
        more += _problem(PlaceUnknown, village.is_null() & stated["elsewhere"].is_null(), stated, layout)
    return values.with_columns(village.alias("village")), pl.concat([found_problems, *more])


def _distinctly(given: pl.DataFrame, area: Area) -> pl.DataFrame:
    """For each row `village`, null where its codes and names lead nowhere, and `elsewhere`, the name of the
    place when it is outside `area`. Worked out once for each combination of codes and names."""
    distinct = given.unique()
    found = [_place(row, area) for row in distinct.iter_rows(named=True)]
    table = distinct.with_columns(
        pl.Series("_village", [village for village, _ in found], dtype=pl.String),
        pl.Series("_elsewhere", [elsewhere for _, elsewhere in found], dtype=pl.String),
    )
    joined = given.join(table, on=given.columns, how="left", nulls_equal=True, maintain_order="left")
    return joined.select(village="_village", elsewhere="_elsewhere")


def _place(row: dict[str, str | None], area: Area) -> tuple[str | None, str | None]:
    regency = _regency_of_bps(row)
    village = _village_of_code(row) or _village_of_names(row, regency, area)
    inside = regency is None or not area.code or f"{regency}.".startswith(area.code[:5])
    if village and area.code:
        inside = village == area.code or village.startswith(f"{area.code}.")
    if inside:
        return village, None
    return village, village or regency


def _village_of_code(row: dict[str, str | None]) -> str | None:
    digits = "".join(sign for sign in row.get("village") or "" if sign.isdigit())
    if len(digits) != VILLAGE_DIGITS:
        return None
    code = f"{digits[:2]}.{digits[2:4]}.{digits[4:6]}.{digits[6:]}"
    return code if code in _codes() else None


def _regency_of_bps(row: dict[str, str | None]) -> str | None:
    """The Kemendagri code of the regency whose BPS code is in the row ('11' and '01', or '1101')."""
    province, regency = (
        (row.get(part) or "").partition(".")[0].strip() for part in ("bps_province", "bps_regency")
    )
    if not regency.isdigit():
        return None
    code = regency if len(regency) == 4 else province.zfill(2) + regency.zfill(2)
    return _regencies_by_bps().get(code)


def _village_of_names(row: dict[str, str | None], regency: str | None, area: Area) -> str | None:
    """By the names of village and district; a regency, from code, name or the chosen area, narrows it."""
    if not row.get("village_name"):
        return None
    village, district, stated = (
        _name_key(row.get(f"{part}_name")) for part in ("village", "district", "regency")
    )
    candidates = _villages_by_name().get(village, ())
    fitting = [
        code
        for code, of_district, of_regency in candidates
        if (not district or district == of_district)
        and (regency is None or code.startswith(f"{regency}."))
        and (not stated or regency is not None or stated == of_regency)
        and (not area.code or code == area.code or code.startswith(f"{area.code}."))
    ]
    return fitting[0] if len(fitting) == 1 else None


@lru_cache(maxsize=1)
def _table() -> pl.DataFrame:
    return reference.areas().select("code", "level", "name", "bps_code")


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    return frozenset(_table()["code"].to_list())


@lru_cache(maxsize=1)
def _regencies_by_bps() -> dict[str, str]:
    frame = _table().filter((pl.col("level") == 2) & pl.col("bps_code").is_not_null())
    return dict(frame.select("bps_code", "code").iter_rows())


@lru_cache(maxsize=1)
def _villages_by_name() -> dict[str, list[tuple[str, str, str]]]:
    """Name of a village → (code, name of district, name of regency) of all that bear it."""
    called = {code: _name_key(name) for code, name in _table().select("code", "name").iter_rows()}
    found: dict[str, list[tuple[str, str, str]]] = {}
    for code in _table().filter(pl.col("level") == 4)["code"].to_list():
        found.setdefault(called[code], []).append((code, called[code[:8]], called[code[:5]]))
    return found


def _name_key(name: str | None) -> str:
    """'Kec. Tegal Selatan' and 'TEGALSELATAN' → 'TEGALSELATAN'."""
    bare = names.normalise(name or "").replace(" ", "")
    for kind in KINDS_IN_NAMES:
        if bare.startswith(kind) and len(bare) > len(kind) + 2:
            return bare[len(kind) :]
    return bare


def _problem(
    problem: type[RowProblem], rows: pl.Series, stated: pl.DataFrame, layout: Layout
) -> list[pl.DataFrame]:
    if not rows.any():
        return []
    columns = [
        layout.places[source.column]
        for target in layout.spec.targets
        if target.variable in PLACE
        for source in target.sources
        if source.column in layout.places
    ]
    frame = pl.DataFrame({"row": rows.arg_true(), "value": stated["elsewhere"].filter(rows)}).select(
        pl.col("row").cast(pl.UInt32),
        pl.lit(max(columns, default=-1), dtype=pl.Int32).alias("column"),
        pl.lit(problem.code).alias("code"),
        "value",
        pl.col("value").fill_null("").alias("detail"),
    )
    return [frame.cast(PROBLEM_SCHEMA)]
