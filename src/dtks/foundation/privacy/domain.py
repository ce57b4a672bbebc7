"""Classes of data, legal bases and clocks: decisions that need no database.

Articles are those of UU 27/2022.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from dtks.foundation.accounts.roles import Permission


class Sort(StrEnum):
    """How the law sorts data (Pasal 4)."""

    SPECIFIC = "specific"
    GENERAL = "general"
    NONE = "none"


class DataClass(StrEnum):
    """What a column holds. Every column of every table has exactly one."""

    IDENTITY_NUMBER = "identity_number"
    MOTHER_NAME = "mother_name"
    CONTACT = "contact"
    IDENTIFICATION = "identification"
    ADDRESS = "address"
    LOCATION = "location"
    HEALTH = "health"
    VULNERABILITY = "vulnerability"
    FINANCIAL = "financial"
    WELFARE = "welfare"
    NOTE = "note"
    REPORT = "report"
    RAW = "raw"
    AUTHENTICATOR = "authenticator"
    KEY = "key"
    OFFICER = "officer"
    OPERATIONAL = "operational"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ClassInfo:
    """What follows from a class.

    ``permission``: who may see it unmasked; None: whoever may read the table. ``unread``: nobody may, the
    program compares it. ``sealed``: it must not lie readable in the database. ``article``: of Pasal 4, where
    the law names it.
    """

    name_id: str
    name_en: str
    sort: Sort
    article: str = ""
    permission: Permission | None = None
    sealed: bool = False
    unread: bool = False

    @property
    def personal(self) -> bool:
        """Whether it tells of a person."""
        return self.sort is not Sort.NONE


G, S, N = Sort.GENERAL, Sort.SPECIFIC, Sort.NONE
_COMBINED = "4(3)f"  # what identifies somebody once it is combined

CLASSES: dict[DataClass, ClassInfo] = {
    DataClass.IDENTITY_NUMBER: ClassInfo(
        "Nomor identitas (NIK, KK)", "Identity numbers (NIK, KK)", G, _COMBINED,
        Permission.NUMBER_SHOW, sealed=True,
    ),
    DataClass.MOTHER_NAME: ClassInfo(
        "Nama ibu kandung", "Mother's maiden name", G, _COMBINED, Permission.NUMBER_SHOW, sealed=True
    ),
    DataClass.CONTACT: ClassInfo(
        "Telepon, surel, rekening, NPWP", "Phone, e-mail, account and tax number", G, _COMBINED,
        Permission.CONTACT_SHOW, sealed=True,
    ),
    DataClass.IDENTIFICATION: ClassInfo(
        "Nama, kelahiran, jenis kelamin, agama, status, hubungan keluarga",
        "Name, birth, sex, religion, status, family relations", G, "4(3)a–e",
    ),
    DataClass.ADDRESS: ClassInfo("Alamat", "Address", G, _COMBINED),
    DataClass.LOCATION: ClassInfo(
        "Titik lokasi rumah", "Point of the house", G, _COMBINED, Permission.POINT_READ
    ),
    DataClass.HEALTH: ClassInfo(
        "Kesehatan dan disabilitas", "Health and disability", S, "4(2)a", Permission.HEALTH_READ
    ),
    DataClass.VULNERABILITY: ClassInfo(
        "Kelompok rentan (PPKS) dan kondisi khusus", "Vulnerable groups (PPKS) and special conditions", S,
        "4(2)a, d", Permission.HEALTH_READ,
    ),
    DataClass.FINANCIAL: ClassInfo(
        "Penghasilan, omzet, bantuan dalam rupiah", "Income, turnover, aid in rupiah", S, "4(2)f"
    ),
    DataClass.WELFARE: ClassInfo(
        "Rumah, aset, pekerjaan, pendidikan, bantuan, desil",
        "Dwelling, assets, work, education, aid, desil", G, _COMBINED,
    ),
    DataClass.NOTE: ClassInfo(
        "Catatan bebas", "Free text", S, "4(2)a", Permission.HEALTH_READ, sealed=True
    ),
    DataClass.REPORT: ClassInfo(
        "Laporan insiden dan penilaian dampak", "Reports on breaches and impact", G, _COMBINED, sealed=True
    ),
    DataClass.RAW: ClassInfo(
        "Baris dan berkas mentah", "Raw rows and files", S, "4(2)a, e, f", Permission.IMPORT, sealed=True
    ),
    DataClass.AUTHENTICATOR: ClassInfo(
        "Kata sandi, faktor kedua, sesi", "Password, second factor, session", G, _COMBINED,
        sealed=True, unread=True,
    ),
    DataClass.KEY: ClassInfo("Kunci pseudonim", "Pseudonymous key", G, _COMBINED),
    DataClass.OFFICER: ClassInfo("Siapa yang bertindak", "Who acted", G, _COMBINED),
    DataClass.OPERATIONAL: ClassInfo("Waktu, status, jumlah", "Times, states, counts", N),
    DataClass.NONE: ClassInfo("Acuan, bukan data pribadi", "Reference, no personal data", N),
}  # fmt: skip


class Protection(StrEnum):
    """How a column lies in the database."""

    SEALED = "sealed"
    INDEX = "index"  # blind index of a sealed value
    HASHED = "hashed"
    EMPTY = "empty"  # a library's column that nothing is ever written to
    TYPED = "typed"


class Basis(StrEnum):
    """Legal basis of a purpose (Pasal 20 ayat (2))."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    VITAL = "vital"
    PUBLIC_TASK = "public_task"
    LEGITIMATE_INTEREST = "legitimate_interest"


BASES: dict[Basis, tuple[str, str, str]] = {
    Basis.CONSENT: ("persetujuan yang sah secara eksplisit", "explicit consent", "20(2)a"),
    Basis.CONTRACT: ("pemenuhan kewajiban perjanjian", "performance of a contract", "20(2)b"),
    Basis.LEGAL_OBLIGATION: ("kewajiban hukum pengendali", "legal obligation of the controller", "20(2)c"),
    Basis.VITAL: ("pelindungan kepentingan vital", "vital interest", "20(2)d"),
    Basis.PUBLIC_TASK: ("tugas kepentingan umum dan pelayanan publik", "public task", "20(2)e"),
    Basis.LEGITIMATE_INTEREST: ("kepentingan sah lainnya", "legitimate interest", "20(2)f"),
}


CLOCK_HOURS = 3 * 24
"""Pasal 40 (consent withdrawn) and 46 (breach): at the latest 3×24 hours."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A duty that began at ``start`` and ends 3×24 hours later. Times are aware."""

    start: datetime
    met_at: datetime | None = None

    @property
    def due(self) -> datetime:
        """The last moment at which the duty can be met."""
        return self.start + timedelta(hours=CLOCK_HOURS)

    @property
    def met(self) -> bool:
        return self.met_at is not None

    @property
    def met_late(self) -> bool:
        """Whether it was met, but after its end."""
        return self.met_at is not None and self.met_at > self.due

    def overdue(self, now: datetime) -> bool:
        """Whether it has ended and is not met."""
        return not self.met and now > self.due

    def hours_left(self, now: datetime) -> int:
        """Whole hours until it ends; negative: whole hours since (begun hours count)."""
        return int((self.due - now).total_seconds() // 3600)


LEVELS: tuple[tuple[int, str, str, str], ...] = (
    (4, "rendah", "low", "yes"),
    (9, "sedang", "medium", "info"),
    (14, "tinggi", "high", "ask"),
    (25, "sangat tinggi", "very high", "bad"),
)


def risk_level(likelihood: int, impact: int) -> tuple[str, str, str]:
    """Level of a risk, both parts 1 to 5: (Indonesian, English, tone of its badge).

    Raises:
        ValueError: a part is outside 1..5.
    """
    if not (1 <= likelihood <= 5 and 1 <= impact <= 5):
        raise ValueError("likelihood and impact go from 1 to 5")
    return next((id_, en, tone) for top, id_, en, tone in LEVELS if likelihood * impact <= top)


def common_area(codes: list[str]) -> str:
    """The smallest area that holds all of these (dotted codes); '' the whole country."""
    shared: list[str] = []
    for parts in zip(*(code.split(".") for code in codes), strict=False):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    return ".".join(shared)
