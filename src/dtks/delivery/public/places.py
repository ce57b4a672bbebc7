"""Areas as people call them: 'Desa Cileunyi Kulon, Kecamatan Cileunyi, Kabupaten Bandung, Jawa Barat'."""

from __future__ import annotations

from collections.abc import Sequence

from dtks.foundation.areas.domain import AreaInfo, Kind

# Legal terms, the same in both languages. Names of regencies and cities hold theirs already.
_TITLES = {
    Kind.KECAMATAN: "Kecamatan",
    Kind.DISTRIK: "Distrik",
    Kind.KELURAHAN: "Kelurahan",
    Kind.DESA: "Desa",
    Kind.DESA_ADAT: "Desa adat",
}


def titled(area: AreaInfo) -> str:
    """The area's name with what it is: 'Desa Cimekar', 'Kota Bandung', 'Jawa Barat'."""
    title = _TITLES.get(Kind(area.kind))
    return f"{title} {area.name}" if title else area.name


def whole(path: Sequence[AreaInfo]) -> str:
    """The smallest area first: what `areas.queries.path` gives, as one line."""
    return ", ".join(titled(area) for area in reversed(path))
