"""What a made-up population is asked for and what came out. Pure values and decisions."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dtks.determination.synth.errors import SynthAreaUnknown, SynthRequestInvalid

ZONE_OF_PROVINCE: dict[int, str] = {
    **dict.fromkeys((11, 12, 13, 14, 15, 16, 17, 18, 19, 21), "sumatra"),
    **dict.fromkeys((31, 32, 33, 34, 35, 36, 51), "java"),
    **dict.fromkeys((61, 62, 63, 64, 65), "kalimantan"),
    **dict.fromkeys((71, 72, 73, 74, 75, 76), "sulawesi"),
    **dict.fromkeys((52, 53, 81, 82), "nusa"),
    **dict.fromkeys((91, 92, 93, 94, 95, 96), "papua"),
}
"""Island group of each province; Bali counts with Java."""

_LEVEL_OF_LENGTH = {2: "province", 5: "regency", 8: "district", 13: "village"}


def level_of(area: str) -> tuple[str, int]:
    """Level and number of a dotted Kemendagri code: '32.01' → ('regency', 3201).

    Raises:
        SynthAreaUnknown: not a code.
    """
    digits = area.replace(".", "")
    level = _LEVEL_OF_LENGTH.get(len(area))
    if level is None or not digits.isdecimal() or len(digits) + area.count(".") != len(area):
        raise SynthAreaUnknown(area=area)
    return level, int(digits)


@dataclass(frozen=True)
class SynthRequest:
    """Everything that the bytes of a made-up population depend on (besides the program and its figures)."""

    area: str
    families: int
    seed: int
    taken_on: datetime.date
    undocumented: float = 0.0
    identities: bool = True
    truth: bool = False

    def __post_init__(self) -> None:
        if self.families < 1:
            raise SynthRequestInvalid(detail="families ≥ 1")
        if not 0 <= self.undocumented <= 0.2:
            raise SynthRequestInvalid(detail="0 ≤ undocumented ≤ 0.2")
        if not 0 <= self.seed < 1 << 63:
            raise SynthRequestInvalid(detail="0 ≤ seed < 2⁶³")

    def as_json(self) -> dict[str, Any]:
        return {
            "area": self.area,
            "families": self.families,
            "seed": self.seed,
            "taken_on": self.taken_on.isoformat(),
            "undocumented": self.undocumented,
            "identities": self.identities,
            "truth": self.truth,
        }


@dataclass
class RegencyTally:
    """What was made in one regency: the counts that are compared with the published ones."""

    families: int = 0
    people: int = 0
    male: int = 0
    poor: int = 0

    def add(self, other: RegencyTally) -> None:
        self.families += other.families
        self.people += other.people
        self.male += other.male
        self.poor += other.poor


@dataclass(frozen=True)
class SynthReport:
    """A finished population: where it lies, how large it is, what was aimed at and got."""

    directory: Path
    families: int
    people: int
    sha256: str
    """Of the manifest, and through it of every byte of the snapshot."""
    aimed: dict[str, float]
    got: dict[str, float]
    provinces: dict[str, dict[str, float]]
    worst: dict[str, float]
    regencies: dict[int, RegencyTally] = field(default_factory=dict)
    reused: int = 0
    """Provinces that lay there finished, from a run that was broken off."""
