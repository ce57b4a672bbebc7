"""BPS codes of provinces and regencies, matched to Kemendagri codes by name.

BPS numbers regencies from 01 and cities from 71 within a province in the order in which it lists them,
except where splits left gaps; those are named below (Perka BPS, Kode dan Nama Wilayah Kerja Statistik).
The list of regencies is that of 2022, with 34 provinces, which Regsosek files carry: the regencies of
today's Papua Barat Daya are 91xx, those of Papua Selatan, Tengah and Pegunungan 94xx.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from dtks.foundation.areas.names import is_city, match_key, searchable

# (BPS province, name) → the code from which the count goes on.
GAPS: dict[tuple[str, str], int] = {
    ("14", "DUMAI"): 73,
    ("64", "PENAJAMPASERUTARA"): 9,
    ("64", "MAHAKAMULU"): 11,
    ("64", "MAHAKAMHULU"): 11,
    ("64", "BONTANG"): 74,
    ("73", "LUWUUTARA"): 22,
    ("73", "LUWUTIMUR"): 25,
    ("94", "KEPULAUANYAPEN"): 8,
    ("94", "WAROPEN"): 26,
}
# BPS's name in 2022 → Kemendagri's today, where more than spelling differs.
RENAMED: dict[str, str] = {
    "TOBASAMOSIR": "TOBA",
    "MAHAKAMHULU": "MAHAKAMULU",
    "SIAUTAGULANDANGBIARO": "KEPULAUANSIAUTAGULANDANGBIARO",
    "MALUKUTENGGARABARAT": "KEPULAUANTANIMBAR",
    "MAMUJUUTARA": "PASANGKAYU",
    "PONTIANAK": "MEMPAWAH",  # the regency; the city kept its name
}
# BPS province of 2022 → Kemendagri provinces of today in which its regencies lie.
PROVINCES_2022: dict[str, tuple[str, ...]] = {"91": ("92", "96"), "94": ("91", "93", "94", "95")}


@dataclass(frozen=True)
class Crosswalk:
    """``codes``: Kemendagri → BPS. ``unmatched``: (BPS code, name) that no Kemendagri name answers."""

    codes: dict[str, str]
    unmatched: list[tuple[str, str]]


def provinces(bps: Iterable[tuple[str, str]], kemendagri: dict[str, str]) -> Crosswalk:
    """Match BPS (code, name) to Kemendagri {code: name} by name: 96 is one province here, another there."""
    by_name = {match_key(name): code for code, name in kemendagri.items()}
    codes: dict[str, str] = {}
    unmatched = []
    for code, name in bps:
        found = by_name.get(match_key(name))
        if found is None:
            unmatched.append((code, name))
        else:
            codes[found] = code
    return Crosswalk(codes, unmatched)


def regencies(bps: Iterable[tuple[str, str]], kemendagri: dict[str, str]) -> Crosswalk:
    """Number BPS's list of (province code, name), in its order, and match it to Kemendagri {code: name}."""
    by_name = {(code[:2], _city(code), match_key(name)): code for code, name in kemendagri.items()}
    codes: dict[str, str] = {}
    unmatched = []
    for bps_code, name in number(bps):
        province = bps_code[:2]
        city = int(bps_code[2:]) >= 71
        # 'Kota Baru' is the name of a regency, not a city called Baru.
        key = match_key(name) if city == is_city(name) else searchable(name).replace(" ", "")
        keys = [key] if city else [key, RENAMED.get(key, key)]
        places = [(here, city, k) for here in PROVINCES_2022.get(province, (province,)) for k in keys]
        found = next((by_name[place] for place in places if place in by_name), None)
        if found is None:
            unmatched.append((bps_code, name))
        else:
            codes[found] = bps_code
    return Crosswalk(codes, unmatched)


def number(bps: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """(four-digit code, name) of each (province code, name). Cities end a province's list; a 'Kota …'
    before its last regency is a regency of that name (Kotabaru, written 'Kota Baru')."""
    by_province: dict[str, list[str]] = defaultdict(list)
    for province, name in bps:
        by_province[province].append(name.strip(" *"))
    numbered = []
    for province, names in by_province.items():
        last_regency = max((i for i, name in enumerate(names) if not is_city(name)), default=-1)
        following = 1
        for i, name in enumerate(names):
            if i == last_regency + 1:
                following = 71
            following = GAPS.get((province, match_key(name)), following)
            numbered.append((f"{province}{following:02d}", name))
            following += 1
    return numbered


def _city(code: str) -> bool:
    return int(code[3:5]) >= 71
