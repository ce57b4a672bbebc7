"""What a run decides, in plain values: faults, packed outcomes, the report.

Statuses and outcomes are those of `dtks.determination.programmes.domain`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntFlag
from pathlib import Path

from dtks.determination.programmes.domain import Language, Outcome, Status

_STATUSES = {
    Status.NOT_ELIGIBLE: ("Tidak memenuhi syarat", "Not eligible"),
    Status.ELIGIBLE: ("Memenuhi syarat", "Eligible"),
    Status.VERIFICATION: ("Perlu verifikasi", "Needs verification"),
    Status.OVERLAP: (
        "Tercakup program lain yang tidak boleh digabung",
        "Covered by a programme that excludes this one",
    ),
    Status.SHARED_HOUSEHOLD: (
        "Sudah diterima keluarga lain di rumah tangga ini",
        "Received by another family of this household",
    ),
}
_OUTCOMES = {
    Outcome.NO: ("tidak", "no"),
    Outcome.YES: ("ya", "yes"),
    Outcome.UNKNOWN: ("belum diketahui", "unknown"),
}


def status_label(status: Status, language: Language = "id") -> str:
    """What a status is called."""
    return _STATUSES[status][language == "en"]


def outcome_label(outcome: Outcome, language: Language = "id") -> str:
    """What an outcome is called."""
    return _OUTCOMES[outcome][language == "en"]


OUTCOME_BITS = 2
MOST_CRITERIA = 31
"""Criteria of one programme that fit in one 64-bit column, two bits each."""


def pack(outcomes: Sequence[Outcome]) -> int:
    """Outcomes of a programme's criteria, in order, as one number: the first in the lowest two bits,
    and a 1 above the last, which tells how many there are."""
    if len(outcomes) > MOST_CRITERIA:
        raise ValueError(f"{len(outcomes)} criteria do not fit in {MOST_CRITERIA}")
    digits = sum(outcome << (OUTCOME_BITS * place) for place, outcome in enumerate(outcomes))
    return digits + end_mark(len(outcomes))


def end_mark(count: int) -> int:
    """The 1 above the last of `count` outcomes."""
    return 1 << (OUTCOME_BITS * count)


def unpack(packed: int) -> tuple[Outcome, ...]:
    """The inverse of `pack`."""
    count = (packed.bit_length() - 1) // OUTCOME_BITS
    return tuple(Outcome(packed >> (OUTCOME_BITS * place) & 0b11) for place in range(count))


class Fault(IntFlag):
    """Why a family goes to verification instead of being scored. Several may hold at once."""

    NO_MEMBERS = 1
    NO_HEAD = 2
    SEVERAL_HEADS = 4
    SIZE = 8
    FAMILY_VALUE = 16
    MEMBER_VALUE = 32
    NIK_REPEATED = 64
    KK_REPEATED = 128
    AREA = 256
    BIRTH_DATE = 512
    ORPHAN_MEMBER = 1024

    @property
    def label_id(self) -> str:
        return " · ".join(_FAULT_LABELS[part][0] for part in self)

    @property
    def label_en(self) -> str:
        return " · ".join(_FAULT_LABELS[part][1] for part in self)


_FAULT_LABELS = {
    Fault.NO_MEMBERS: ("Keluarga tanpa anggota", "Family without members"),
    Fault.NO_HEAD: ("Tidak ada kepala keluarga", "No head of family"),
    Fault.SEVERAL_HEADS: ("Lebih dari satu kepala keluarga", "More than one head of family"),
    Fault.SIZE: ("Jumlah anggota tidak cocok dengan daftar anggota", "Size differs from the list of members"),
    Fault.FAMILY_VALUE: (
        "Jawaban keluarga di luar kode atau batas",
        "A family answer is outside its codes or range",
    ),
    Fault.MEMBER_VALUE: (
        "Jawaban anggota di luar kode atau batas",
        "A member's answer is outside its codes or range",
    ),
    Fault.NIK_REPEATED: ("NIK tercatat pada lebih dari satu orang", "NIK recorded for more than one person"),
    Fault.KK_REPEATED: (
        "Nomor KK tercatat pada lebih dari satu keluarga",
        "KK number recorded for more than one family",
    ),
    Fault.AREA: ("Kode wilayah tidak saling cocok", "Area codes do not agree"),
    Fault.BIRTH_DATE: (
        "Tanggal lahir tidak mungkin atau tidak cocok dengan umur",
        "Impossible birth date, or it does not fit the age",
    ),
    Fault.ORPHAN_MEMBER: ("Anggota tanpa keluarga", "Member without a family"),
}


@dataclass(frozen=True)
class RunReport:
    """Counts of a finished run. `eligible` counts families, or members for an individual programme."""

    directory: Path
    sha256: str
    snapshot_sha256: str
    period: str
    model: str
    model_status: str
    within_run: bool
    people: int
    families: int
    families_scored: int
    families_unscored: int
    families_verification: int
    orphans: int
    deciles: dict[str, int] = field(default_factory=dict)
    eligible: dict[str, int] = field(default_factory=dict)
    amounts: dict[str, int] = field(default_factory=dict)
    run_id: str | None = None
