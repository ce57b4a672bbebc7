"""Plain types that the register gives out."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class LoadCounts:
    """What one call of `load_people` did.

    ``outdated`` counts facts that were left alone because the register holds a newer statement of them.
    """

    people_new: int = 0
    people_changed: int = 0
    people_unchanged: int = 0
    families_new: int = 0
    families_changed: int = 0
    families_unchanged: int = 0
    facts_written: int = 0
    outdated: int = 0

    @property
    def people(self) -> int:
        return self.people_new + self.people_changed + self.people_unchanged

    @property
    def families(self) -> int:
        return self.families_new + self.families_changed + self.families_unchanged

    def __add__(self, other: LoadCounts) -> LoadCounts:
        return LoadCounts(
            **{name: getattr(self, name) + getattr(other, name) for name in LoadCounts.__dataclass_fields__}
        )


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """One line of a list of families. ``village`` is where they live, ``card_village`` where the KK says."""

    family_id: uuid.UUID
    household_id: uuid.UUID
    kk_number: str | None
    village: str
    card_village: str
    address: str | None
    hamlet: str | None
    rt: str | None
    rw: str | None
    head_id: uuid.UUID | None
    head_name: str | None
    head_nik: str | None
    size: int


@dataclass(frozen=True, slots=True)
class FamilyList:
    """One page of families and how many there are in all."""

    total: int
    rows: tuple[FamilyRow, ...]


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person found by name or number."""

    person_id: uuid.UUID
    family_id: uuid.UUID
    name: str | None
    nik: str | None
    birth_date: date | None
    sex: int | None
    relation: int | None
    status: int | None
    village: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Since when a table's facts hold, when they were recorded, and from where they come."""

    valid_from: date
    recorded_at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a family: every person variable, by name; what nobody answered is None."""

    person_id: uuid.UUID
    temporary_number: str | None
    lives_apart_in: uuid.UUID | None
    facts: dict[str, Any]
    origins: dict[str, Origin]


@dataclass(frozen=True, slots=True)
class OpenTask:
    """Work open at the civil registry: 1 a person's NIK, 2 the family's KK."""

    need: int
    person_id: uuid.UUID | None
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class ReceivedAssistance:
    """One payment or delivery: programme id, period (YYYY-MM) and rupiah."""

    programme: str
    period: str
    amount: int | None
    channel: str
    person_id: uuid.UUID | None
    source: str


@dataclass(frozen=True, slots=True)
class FamilyPage:
    """A family with its seven components: every family variable by name in ``facts``, and its members."""

    family_id: uuid.UUID
    household_id: uuid.UUID | None
    facts: dict[str, Any]
    origins: dict[str, Origin]
    members: tuple[Member, ...]
    tasks: tuple[OpenTask, ...]
    received: tuple[ReceivedAssistance, ...]

    @property
    def head(self) -> Member | None:
        """The head of the family, else its first member."""
        return self.members[0] if self.members else None


@dataclass(frozen=True, slots=True)
class FactVersion:
    """One version of a subject's facts in one table. An open end is None."""

    valid_from: date
    valid_to: date | None
    recorded_at: datetime
    superseded_at: datetime | None
    source: str
    facts: dict[str, Any]
