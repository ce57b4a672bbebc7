"""The shapes of the answers. Numbers of people are masked; a code of the register stands beside its words."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field, StringConstraints

AreaCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?$")]
Programme = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{2,30}$")]
Status = Literal["penerima", "bukan-penerima", "menunggu", "belum-ditetapkan"]
Sort = Literal["rt", "nama", "anggota", "desil"]
Unit = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,3}$")]
Page = Annotated[int, Field(ge=1, le=999_999)]


class Me(Schema):
    """Who calls, and what the role allows. Without a role the last four are empty."""

    account: uuid.UUID
    name: str
    role: str
    role_name: str
    area: str = Field(description="Dotted code; '' with a role is the whole country")
    permissions: list[str]


class Bar(Schema):
    """One figure of a summary."""

    label: str
    count: int


class AreaSummary(Schema):
    """Figures of an area. `period`: of the newest determination, null when there is none."""

    area: str
    name: str
    registered: int
    villages: int
    period: str | None
    demonstration: bool
    deciles: list[Bar]
    programmes: list[Bar]


class FamilyFilters(Schema):
    """What a list is narrowed to. `area`: default the caller's own."""

    area: AreaCode | None = None
    desil: Annotated[int, Field(ge=1, le=10)] | None = None
    programme: Programme | None = None
    status: Status | None = None
    rt: Unit | None = None
    rw: Unit | None = None
    sort: Sort = "rt"
    descending: bool = False
    page: Page = 1


class FamilySearch(FamilyFilters):
    """A search stands in a body, never in an address: it may be a number or a name."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=100)]


class FamilyLine(Schema):
    """One family of a list."""

    id: uuid.UUID
    head: str | None
    kk_number: str | None = Field(description="Masked")
    village: str
    rt: str | None
    rw: str | None
    members: int
    desil: int | None
    status: str
    programmes: list[str]


class FamilyPage(Schema):
    """One page. `more`: counting stopped, there are at least `total`."""

    area: str
    total: int
    more: bool
    page: int
    pages: int
    families: list[FamilyLine]


class Fact(Schema):
    """What was asked and what is recorded, in the reader's language."""

    label: str
    value: str


class Subject(Schema):
    """The answers about the family itself (`name` empty) or a member."""

    name: str
    known: list[Fact]
    unknown: list[str]


class Component(Schema):
    """One of the seven data components."""

    key: str
    title: str
    subjects: list[Subject]
    hidden: list[str] = Field(description="Questions whose answers this role may not see")


class MemberLine(Schema):
    """One member. `nik` is masked."""

    name: str | None
    nik: str | None
    relation: str
    sex: str
    age: int | None
    note: str


class Criterion(Schema):
    """One condition of a programme: 'yes', 'no' or 'unknown', and why; 'hidden' where it tells of health."""

    label: str
    outcome: str
    sentence: str


class ProgrammeLine(Schema):
    """What the newest determination said of one programme. `amount`: rupiah; null: it may not be seen."""

    id: str
    name: str
    status: str
    amount: int | None
    criteria: list[Criterion]


class FamilyDetail(Schema):
    """One family as its page shows it to this role."""

    id: uuid.UUID
    head: str | None
    village: str | None
    facts: list[Fact]
    members: list[MemberLine]
    components: list[Component]
    desil: int | None
    status: str
    programmes: list[ProgrammeLine]


class ImportLine(Schema):
    """One import of a file. Its name is not given: names of files name people."""

    id: uuid.UUID
    created_at: datetime
    format: str
    area: str
    state: str
    rows_read: int
    rows_accepted: int
    rows_pending: int
    open_pending: int


class ImportPage(Schema):
    """The latest imports of the caller's area."""

    imports: list[ImportLine]


class LedgerLine(Schema):
    """One event of the audit trail."""

    at: datetime
    account: str
    role: str
    role_area: str
    action: str
    kind: str
    subject: str
    area: str
    purpose: str
    count: int
    detail: dict[str, Any]


class LedgerPage(Schema):
    """Events of the caller's area, the newest first."""

    page: int
    events: list[LedgerLine]
