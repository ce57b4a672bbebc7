"""What a rule may name, and what it has to know of each name to check a comparison.

The registry's dictionary (`dtks.registration.registry.dictionary.variables`) is the source for
questionnaire variables, the snapshot schema for the columns that a snapshot adds to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Literal

from dtks.determination.targeting import schema
from dtks.registration.registry import dictionary

Level = Literal["family", "person"]
Kind = Literal["int", "code", "bitmask", "bool", "other"]

ANY_INTEGER = (-(2**31), 2**31 - 1)
TOKEN = (0, 2**63 - 1)


@dataclass(frozen=True)
class VariableInfo:
    """A name that rules may use. `kind` "other" (text, date, decimal) is known but refused in rules.

    `codes` maps a code to its Indonesian label; `names` a symbolic name to its code; codes in
    `unknown_codes` ("tidak tahu") are read as null.
    """

    name: str
    level: Level
    kind: Kind = "int"
    codes: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    names: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    minimum: int | None = None
    maximum: int | None = None
    unknown_codes: frozenset[int] = frozenset()
    label_id: str = ""
    label_en: str = ""

    @property
    def bounds(self) -> tuple[int, int]:
        """Smallest and largest value that the variable can have."""
        if self.kind in ("code", "bitmask"):
            allowed = self.values
            return min(allowed), max(allowed)
        low, high = ANY_INTEGER
        return (
            low if self.minimum is None else self.minimum,
            high if self.maximum is None else self.maximum,
        )

    @property
    def values(self) -> tuple[int, ...]:
        """Every value of a coded variable that is an answer, in order; sums for a bitmask."""
        known = [code for code in self.codes if code not in self.unknown_codes]
        if self.kind != "bitmask":
            return tuple(sorted(known))
        total = sum(code for code in known if is_bit(code))
        return tuple(range(total + 1))

    def code(self, text: str) -> int | None:
        """The code that a label or a symbolic name stands for, capitals and spaces aside."""
        wanted = _plain(text)
        named = {_plain(name): code for name, code in self.names.items()}
        labelled = {_plain(label): code for code, label in self.codes.items()}
        return named.get(wanted, labelled.get(wanted))


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def is_bit(code: int) -> bool:
    """A code that can be one part of a sum: 1, 2, 4, 8 …"""
    return code > 0 and code & (code - 1) == 0


def _number(name: str, level: Level, limits: tuple[int, int], label_id: str, label_en: str) -> VariableInfo:
    low, high = limits
    return VariableInfo(name, level, "int", minimum=low, maximum=high, label_id=label_id, label_en=label_en)


_KINDS_OF_VILLAGE = MappingProxyType({1: "Kelurahan", 2: "Desa", 3: "Desa adat"})

SNAPSHOT_VARIABLES: tuple[VariableInfo, ...] = (
    _number("desil", "family", (1, 10), "Desil kesejahteraan", "Welfare decile"),
    _number("size", "family", (0, 99), "Jumlah anggota keluarga", "Family size"),
    _number("province", "family", (11, 99), "Kode provinsi", "Province code"),
    _number("regency", "family", (1101, 9999), "Kode kabupaten/kota", "Regency code"),
    _number("district", "family", (110101, 999999), "Kode kecamatan", "District code"),
    _number("kk_token", "family", TOKEN, "Nomor KK tercatat", "Family card number on record"),
    VariableInfo(
        "village_kind", "family", "code", codes=_KINDS_OF_VILLAGE,
        label_id="Jenis desa/kelurahan", label_en="Kind of village",
    ),
    VariableInfo("urban", "family", "bool", label_id="Perkotaan", label_en="Urban"),
    _number("age", "person", (0, 150), "Umur (tahun penuh)", "Age in completed years"),
    _number("nik_token", "person", TOKEN, "NIK tercatat", "NIK on record"),
)  # fmt: skip
"""Columns of a snapshot or of the run that no questionnaire asks."""


def by_name(variables: Iterable[VariableInfo]) -> dict[str, VariableInfo]:
    """Variables by name; a later one replaces an earlier one of the same name."""
    return {variable.name: variable for variable in variables}


@cache
def known() -> Mapping[str, VariableInfo]:
    """Every variable that a rule of the product may name: the questionnaire's variables that a snapshot
    carries, and what a snapshot or a run adds to them."""
    columns = {**schema.FAMILY_COLUMNS, **schema.PERSON_COLUMNS}
    asked = (entry for entry in dictionary.variables() if entry.name in columns)
    found = by_name(from_dictionary(entry) for entry in asked)
    return MappingProxyType({**found, **by_name(SNAPSHOT_VARIABLES)})


_KINDS: dict[str, Kind] = {"code": "code", "flags": "bitmask", "count": "int"}


def from_dictionary(entry: dictionary.Variable) -> VariableInfo:
    """What the rule language has to know of one entry of the registry's dictionary."""
    kind = _KINDS.get(entry.kind, "other")
    return VariableInfo(
        name=entry.name,
        level=entry.level,
        kind=kind,
        codes=MappingProxyType(entry.codes),
        minimum=_whole(entry.minimum),
        maximum=_whole(entry.maximum),
        unknown_codes=frozenset(code for code, label in entry.codes.items() if _unknown(kind, code, label)),
        label_id=entry.label_id,
        label_en=entry.label_en,
    )


def _unknown(kind: Kind, code: int, label: str) -> bool:
    """A code that gives no answer: "tidak tahu", and 99 in a sum of codes, which hides the others."""
    return _plain(label) == "tidak tahu" or (kind == "bitmask" and code != 0 and not is_bit(code))


def _whole(limit: float | None) -> int | None:
    return None if limit is None else int(limit)
