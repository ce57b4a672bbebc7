"""Two sorts of villages: one's own, and others with families that nobody could mistake for one's own."""

from __future__ import annotations

import hashlib
import io
import re
import uuid
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl
from django.db import connection, transaction
from django.utils import timezone
from tests.contract import rows
from tests.contract.entrances import Door, Walk
from tests.fixtures import officers
from tests.fixtures import village_families as sample

from dtks.foundation.accounts.roles import ROLES, Reach
from dtks.foundation.areas import actions as areas
from dtks.foundation.kernel.area_codes import span_of
from dtks.foundation.ledger.actions import record
from dtks.foundation.ledger.domain import Actor, Event
from dtks.foundation.privacy import assessments, breaches, consents, watched
from dtks.foundation.privacy.models import UnusualReading
from dtks.foundation.scope.current import limited_to, without_scope
from dtks.foundation.scope.tables import scoped_models
from dtks.registration.intake.models import ImportJob, PendingRow
from dtks.registration.registry import actions, queries

OWN = "32.04.05.2001"
NEAR, NEXT, FAR = "32.04.05.2002", "32.04.06.2003", "33.02.01.2004"
"""In the same district, in the same regency, in another province."""
OTHERS = (NEAR, NEXT, FAR)
LOADED = ("32.04.05", "32.04.06", "33.02.01")
SYSTEM = Actor.system()
SUFFIX = {OWN: "Kkxamardikaji", NEAR: "Zqwbsudarmono", NEXT: "Zqwcpranowoto", FAR: "Zqwdkertajaya"}
"""Part of every name in the village: too long to stand in a token by chance."""


@dataclass(frozen=True)
class Village:
    """What stands in one village, by the words that `entrances.Walk` uses."""

    area: str
    values: Mapping[str, str]
    planted: frozenset[str] = field(repr=False)
    """Everything that tells it: numbers, names, keys."""

    def put(self, text: str) -> str:
        """'@family' → the key of its family; any other text as it is."""
        return self.values[text[1:]] if text.startswith("@") else text

    def address(self, door: Door, walk: Walk) -> str:
        """The address of the door for this village."""
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda part: self.put(walk.keys[part[1]]), door.route)

    def told_in(self, content: bytes) -> list[str]:
        """What of it stands in an answer."""
        text = readable(content).decode("utf-8", "replace").lower()
        return sorted(each for each in self.planted if each.lower() in text)


def load_areas() -> None:
    """The districts that the villages lie in."""
    for district in LOADED:
        areas.load(by=SYSTEM, under=district)


def village(area: str, *, count: int = 3) -> Village:
    """Fill one village: families, and a row in every scoped table."""
    with without_scope(), limited_to(""):
        families, people = _frames(area, count)
        actions.load_people(
            by=SYSTEM,
            area=area,
            families=families,
            people=people,
            source=SUFFIX[area],
            valid_from=date(2026, 6, 1),
        )
        found = queries.families(area=area, limit=count).rows
        holder = officers.account(f"petugas.{SUFFIX[area].lower()}", name=f"Ibu {SUFFIX[area]}")
        grant = officers.grant(holder, "operator-desa", area)
        # What these hold must make sense to their pages; they are made by their own actions below.
        made = rows.every(area, but=("privacy",))
        job = ImportJob.objects.get(pk=made["intake.PendingRow"].job_id)
        job.area = area
        job.save(update_fields=["area"])
        PendingRow.objects.filter(job=job).update(cells=[f"Warga {SUFFIX[area]}"])
        _result(found[0].family_id, area)
        person = found[0].head_id
        assert person is not None
        consent = consents.give(by=SYSTEM, person=person, area=area, purpose="messages", channel="office")
        breach = breaches.report(
            by=SYSTEM,
            facts=breaches.Facts(noticed_at=timezone.now(), what=f"Bocor {SUFFIX[area]}", areas=(area,)),
        )
        breaches.sent(by=SYSTEM, breach=breach, to="authority", sent_at=timezone.now(), channel="pos")
        reading = UnusualReading.objects.create(
            account=str(holder.pk), role="operator-desa", rule="volume", day=date(2026, 11, 1), area=area,
            area_number=span_of(area)[0], figures={"number": 99}, found_at=timezone.now(),
        )  # fmt: skip
        watch = watched.add(by=SYSTEM, nik=str(found[0].head_nik), reason=f"Dijaga {SUFFIX[area]}")
        series = assessments.write(
            by=SYSTEM, content=assessments.Content(title=f"DPIA {SUFFIX[area]}"), area=area
        )
    values = {
        "area": area, "family": str(found[0].family_id), "person": str(person), "nik": str(found[0].head_nik),
        "head": str(found[0].head_name), "account": str(holder.pk), "username": holder.username,
        "grant": str(grant.pk), "job": str(job.pk), "consent": str(consent.id), "number": "1",
        "consent_number": consent.number, "breach": str(breach), "series": str(series),
        "reading": str(reading.pk), "watch": str(watch),
        "event": str(_event_about(found[0].family_id, area)),
    }  # fmt: skip
    numbers = {*families["kk_number"].drop_nulls(), *people["nik"].drop_nulls()}
    keys = [
        values[name]
        for name in (
            "family",
            "person",
            "account",
            "grant",
            "job",
            "consent",
            "breach",
            "series",
            "reading",
            "watch",
        )
    ]
    keys += [str(row.pk) for row in made.values() if isinstance(row.pk, uuid.UUID)]
    keys += [str(row.family_id) for row in found]
    planted = {*numbers, SUFFIX[area], consent.number, *keys, *(key.replace("-", "") for key in keys)}
    return Village(area, values, frozenset(planted))


def _event_about(family: uuid.UUID, area: str) -> int:
    """The trail has one event more: the family was opened."""
    from dtks.foundation.ledger.models import LedgerEvent

    with without_scope(), limited_to(""):
        record(Event("registry.read_family", kind="family", subject=str(family), area=area), by=SYSTEM)
        return int(LedgerEvent.objects.filter(subject=str(family)).latest("pk").pk)


def _frames(area: str, count: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    families, people = sample.frames(count=count, village=area, seed=len(area) + ord(area[-1]))
    name = pl.col("name") + pl.lit(f" {SUFFIX[area]}")
    kk = pl.col("kk_number").fill_null(pl.lit(sample._prefix(area) + "0101209999"))
    return families.with_columns(kk, address=pl.lit(f"Jl. {SUFFIX[area]}")), people.with_columns(name)


def _result(family: uuid.UUID, area: str) -> None:
    from dtks.determination.runs.models import FamilyResult, Run

    run = rows.row(Run, area)
    rows.row(
        FamilyResult, area, run=run, family=family, village=area, size=3, desil=2, score=2000, current=True,
        eligible="pkh", programmes={"pkh": [1, None, 0, 0, 0]},
    )  # fmt: skip


def reaches(role_id: str) -> list[tuple[str, str]]:
    """Where an officer of one's own village may hold the role: [(role, area)], from the village up."""
    return [(role_id, _prefix(reach)) for reach in sorted(ROLES[role_id].reaches, reverse=True)]


def _prefix(reach: Reach) -> str:
    return ".".join(OWN.split(".")[:reach])


def outside(area: str) -> list[str]:
    """Which of the other villages lie outside an area."""
    first, last = span_of(area)
    return [each for each in OTHERS if not first <= span_of(each)[0] < last]


def digest(area: str) -> str:
    """Of every row of every scoped table in a village, as stored: the same until somebody changes one."""
    first, last = span_of(area)
    made = hashlib.sha256()
    with without_scope(), limited_to(""), connection.cursor() as cursor:
        for model in scoped_models():
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(
                f"SELECT * FROM {table} WHERE area_number >= %s AND area_number < %s", [first, last]
            )
            made.update(repr(sorted(repr(list(map(_plain, row))) for row in cursor.fetchall())).encode())
    return made.hexdigest()


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


# What differs between two answers that say the same: tokens, times, nonces of forms.
_TOKENS = re.compile(
    rb'name="csrfmiddlewaretoken" value="\w+"|\d{2}[.:]\d{2}(?:[.:]\d{2})?|[0-9a-f]{24,}'
    rb"|\d{4}-\d\d-\d\dT[\d:.+Z]+|[0-9a-f]{8}-[0-9a-f-]{27}"
)


def same_words(content: bytes) -> bytes:
    """An answer without what differs each time."""
    return _TOKENS.sub(b"", readable(content))


def readable(content: bytes) -> bytes:
    """The text of a workbook's sheets; anything else as it is."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return b"".join(book.read(name) for name in sorted(book.namelist()) if "docProps" not in name)


@contextmanager
def undone() -> Iterator[None]:
    """Inside the block everything may be changed; at its end all of it is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def told(villages: Iterable[Village], content: bytes) -> dict[str, list[str]]:
    """Which of these villages an answer tells of, and what."""
    found = {each.area: each.told_in(content) for each in villages}
    return {area: words for area, words in found.items() if words}
