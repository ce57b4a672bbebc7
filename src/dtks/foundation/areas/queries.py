"""What others may ask about areas. Codes are dotted Kemendagri codes; only areas still in force answer,
unless a function says otherwise. An empty code stands for the whole country."""

from collections.abc import Iterable
from typing import Any

import polars as pl
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Length

from dtks.foundation.areas import domain
from dtks.foundation.areas import reference as files
from dtks.foundation.areas.domain import AreaInfo, Level
from dtks.foundation.areas.errors import AreaCodeError, AreaNotFound
from dtks.foundation.areas.models import Area, AreaSuccession
from dtks.foundation.areas.names import bare, full, match_key, searchable

_FIELDS = [name if name != "parent" else "parent_id" for name in AreaInfo.__dataclass_fields__]
_COUNT_NAMES = {1: "provinces", 2: "regencies", 3: "districts", 4: "villages"}
# More places than this share no name in one search: then the second part narrows too little to help.
_MOST_PLACES = 200


def exists(*, code: str) -> bool:
    """Whether an area in force has this code; False for a malformed one."""
    return Area.objects.filter(code=code, valid_to=None).exists()


def get(*, code: str) -> AreaInfo:
    """The area, also when it has ended. Raises ``AreaNotFound``."""
    found = _infos(Area.objects.filter(code=code))
    if not found:
        raise AreaNotFound(given=code)
    return found[0]


def children(*, code: str) -> list[AreaInfo]:
    """The areas one level below, by code; '' gives the provinces."""
    return _infos(_in_force().filter(parent=code or None).order_by("number"))


def path(*, code: str) -> list[AreaInfo]:
    """From the province down to the area itself. Raises ``AreaCodeError`` and ``AreaNotFound``."""
    found = _infos(Area.objects.filter(code__in=domain.ancestors_of(code)).order_by("number"))
    if not found or found[-1].code != code:
        raise AreaNotFound(given=code)
    return found


def paths(*, codes: Iterable[str]) -> dict[str, list[AreaInfo]]:
    """{code: what `path` gives} of each code that is known. One query. Raises ``AreaCodeError``."""
    wanted = {code: domain.ancestors_of(code) for code in codes}
    every = {code for chain in wanted.values() for code in chain}
    found = {info.code: info for info in _infos(Area.objects.filter(code__in=every))}
    return {code: [found[each] for each in chain] for code, chain in wanted.items() if code in found}


def villages_under(*, code: str) -> list[str]:
    """Codes of all villages in an area (a village gives itself), in order. Raises ``AreaCodeError``."""
    return list(_inside(code).filter(level=Level.VILLAGE).order_by("number").values_list("code", flat=True))


def names(*, codes: Iterable[str]) -> dict[str, str]:
    """{code: name} of the areas with these codes, also of those that have ended. One query."""
    return dict(Area.objects.filter(code__in=set(codes)).values_list("code", "name"))


def areas_under(*, code: str, level: int) -> list[AreaInfo]:
    """The areas of one level in an area, in order: all regencies of a province, of the country ('')."""
    return _infos(_inside(code).filter(level=level).order_by("number"))


def counts(*, under: str = "") -> dict[str, int]:
    """How many areas are in force, by level: {'provinces', 'regencies', 'districts', 'villages'}."""
    by_level = dict(_inside(under).values_list("level").annotate(Count("code")).order_by())
    return {name: by_level.get(level, 0) for level, name in _COUNT_NAMES.items()}


def counts_by_kind() -> dict[str, int]:
    """How many areas are in force, by kind: {'desa': 75252, …}."""
    rows = _in_force().values_list("kind").annotate(Count("code")).order_by("kind")
    return dict(rows)


def coverage() -> dict[str, int]:
    """How many areas in force have a point, a BPS code, a population, an access level, a hazard."""
    known = {
        "with_point": Count("lat"),
        "with_bps_code": Count("bps_code"),
        "with_population": Count("population"),
        "with_area_km2": Count("area_km2"),
        "with_distance_to_centre": Count("distance_to_centre_km"),
        "with_access_level": Count("access_level"),
        "with_hazard_level": Count("hazard_level"),
    }
    return _in_force().aggregate(**known)


def without_bps_code() -> list[str]:
    """Codes of the provinces and regencies in force that no name in BPS's lists answered."""
    rows = _in_force().filter(level__lte=Level.REGENCY, bps_code=None).order_by("number")
    return list(rows.values_list("code", flat=True))


def search(*, text: str, under: str = "", limit: int = 20, level: int | None = None) -> list[AreaInfo]:
    """Areas whose name contains ``text``, best first: the whole name, its beginning, a word's beginning.

    A larger area comes before a smaller one of the same name. Parts after a comma name what it lies in:
    'Sukamaju, Cibinong'. Empty for a text without letters or digits.
    """
    wanted, *places = [part for part in text.split(",") if searchable(part)] or [""]
    if not searchable(wanted):
        return []
    rows = _inside(under)
    if level:
        rows = rows.filter(level=level)
    for place in places:
        rows = rows.filter(_inside_any(place))
    whole, name = full(wanted), bare(wanted) or searchable(wanted)
    # A typed 'Kota …' or 'Kab. …' decides between two of one name; else the larger area comes first.
    typed_kind = [When(search_name=whole, then=Value(0))] if whole != name else []
    rank = Case(
        *typed_kind,
        When(search_name__in=[name, f"KABUPATEN {name}", f"KOTA {name}"], then=Value(1)),
        When(search_name__startswith=name, then=Value(2)),
        When(search_name__contains=f" {name}", then=Value(3)),
        default=Value(4),
        output_field=IntegerField(),
    )
    found = rows.filter(search_name__contains=name).annotate(rank=rank, length=Length("search_name"))
    return _infos(found.order_by("rank", "level", "length", "number")[:limit])


def match(*, name: str, under: str, level: int) -> list[str]:
    """Codes of the areas of that level in ``under`` that are called ``name``, written in any way ('Kec.
    Tulang Bawang', 'TULANGBAWANG'). Several when two share the name; none when nothing agrees."""
    key = match_key(name)
    rows = _inside(under).filter(level=level).order_by("number").values_list("code", "name")
    return [code for code, known in rows if match_key(known) == key]


def from_bps(*, code: str) -> str | None:
    """The area that BPS gives this code, as the files of Regsosek 2022 carry it: a province (2 digits) or a
    regency (4). Of the longer codes of districts and villages only the regency is known. None if unknown."""
    digits = code.replace(".", "").strip()
    wanted = digits[:4] if len(digits) >= 4 else digits
    return _in_force().filter(bps_code=wanted).values_list("code", flat=True).first() if wanted else None


def successors(*, code: str) -> list[str]:
    """Today's codes of an area: itself when it is in force, else what followed it by law, level by level
    ('91.01.05.2003' → '93.01.05.2003'). Empty when nothing is known. For old NIK prefixes and old files."""
    if exists(code=code):
        return [code]
    try:
        ancestors = domain.ancestors_of(code)
    except AreaCodeError:
        return []
    for old in reversed(ancestors):
        new = AreaSuccession.objects.filter(old_code=old).values_list("new_area_id", flat=True)
        moved = [today + code[len(old) :] for today in new]
        if moved:
            return list(_in_force().filter(code__in=moved).order_by("number").values_list("code", flat=True))
    return []


def reference(*, level: int = Level.VILLAGE) -> pl.DataFrame:
    """The packaged areas, without a database. Villages: columns of ``reference.villages`` (integer codes
    village, district, regency, province). Other levels: code, number, name, population, area_km2 …"""
    if level == Level.VILLAGE:
        return files.villages()
    return files.areas().filter(pl.col("level") == level)


def boundary(*, code: str) -> list[list[list[list[float]]]] | None:
    """Simplified outline as GeoJSON MultiPolygon coordinates [polygon][ring][point] = [lon, lat].

    Of a regency; of a province all its regencies' polygons; of a district or village the regency's in
    which it lies. None where there is none. Needs no database. Raises ``AreaCodeError``.
    """
    if domain.level_of(code) > Level.PROVINCE:
        return files.boundaries().get(code[:5])
    shapes = [shape for key, shape in files.boundaries().items() if key.startswith(f"{code}.")]
    return [polygon for shape in shapes for polygon in shape] or None


def _in_force() -> QuerySet[Area]:
    return Area.objects.filter(valid_to=None)


def _inside(code: str) -> QuerySet[Area]:
    """Areas in force within an area, itself included: one range of an index."""
    if not code:
        return _in_force()
    first, last = domain.span_of(code)
    return _in_force().filter(number__gte=first, number__lt=last)


def _inside_any(place: str) -> Q:
    """Within any area above the village level that is called so; nothing when there is none."""
    name = bare(place) or searchable(place)
    named = _in_force().filter(
        level__lt=Level.VILLAGE, search_name__in=[name, f"KABUPATEN {name}", f"KOTA {name}"]
    )
    within = Q(pk__in=[])
    for code in named.values_list("code", flat=True)[:_MOST_PLACES]:
        first, last = domain.span_of(code)
        within |= Q(number__gte=first, number__lt=last)
    return within


def _infos(rows: QuerySet[Area]) -> list[AreaInfo]:
    return [AreaInfo(*row) for row in _plain(rows)]


def _plain(rows: QuerySet[Area]) -> list[tuple[Any, ...]]:
    parent = _FIELDS.index("parent_id")
    return [(*row[:parent], row[parent] or "", *row[parent + 1 :]) for row in rows.values_list(*_FIELDS)]
