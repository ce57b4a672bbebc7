"""Names of areas made comparable: 'Kab. Toba Samosir', 'KABUPATEN TOBA' and 'Toba' are one place."""

import re
import unicodedata

# Words before a name that say what it is. A city must stay a city: Kota Bogor is not Kabupaten Bogor.
_KIND_WORDS = re.compile(
    r"^(?:(?:PROVINSI|PROV|PROPINSI|KABUPATEN|KAB|KECAMATAN|KEC|DISTRIK|DIST|KELURAHAN|KEL|DESA|DS|ADMINISTRASI|ADM"
    r"|DAERAH KHUSUS IBUKOTA|DAERAH ISTIMEWA) +)+(?=[A-Z0-9])"
)
_CITY_WORDS = re.compile(r"^KOTA (?:(?:ADMINISTRASI|ADM) )?(?=[A-Z0-9])")
_ABBREVIATIONS = (
    (re.compile(r"\bKEP\b"), "KEPULAUAN"),
    (re.compile(r"\bP\b"), "PULAU"),
    (re.compile(r"\bD ?K ?I (?=JAKARTA)"), ""),
    (re.compile(r"\bD ?I ?(?=YOGYAKARTA|ACEH)"), ""),
)

# Read alike by Python and Polars: a column of names is made searchable by the same two steps.
DROPPED_SIGNS = r"['`\"]|[^ -~]"
OTHER_SIGNS = r"[^A-Z0-9]+"


def searchable(name: str) -> str:
    """Upper-case ASCII letters and digits, single blanks; quotes removed, other signs are blanks."""
    plain = unicodedata.normalize("NFKD", name).upper()
    return re.sub(OTHER_SIGNS, " ", re.sub(DROPPED_SIGNS, "", plain)).strip()


def bare(name: str) -> str:
    """``searchable`` without the words that say what the place is ('Kabupaten', 'Kec.', 'Kota')."""
    plain = _CITY_WORDS.sub("", _KIND_WORDS.sub("", searchable(name)))
    for pattern, replacement in _ABBREVIATIONS:
        plain = pattern.sub(replacement, plain)
    return plain.strip()


def full(name: str) -> str:
    """``searchable`` with the kind of a regency written out: 'Kab. Bogor' → 'KABUPATEN BOGOR'."""
    return re.sub(r"^KAB ", "KABUPATEN ", searchable(name))


def match_key(name: str) -> str:
    """Letters and digits only, for equality: 'Tulang Bawang' and 'TULANGBAWANG' agree."""
    return bare(name).replace(" ", "")


def is_city(name: str) -> bool:
    """Whether the name says 'Kota'."""
    return searchable(name).startswith("KOTA ")
