"""What others may do to the register. Every action is one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

import polars as pl
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from dtks.foundation.kernel.area_codes import number_of
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger.domain import Actor, Event, digest
from dtks.foundation.scope.current import required
from dtks.foundation.scope.errors import OutsideScope
from dtks.foundation.vault import configured
from dtks.registration.registry import errors
from dtks.registration.registry.bulk import beyond, dialect, frames, indexes, match
from dtks.registration.registry.bulk import payments as bulk_payments
from dtks.registration.registry.bulk.moves import follow
from dtks.registration.registry.bulk.subjects import by_subject
from dtks.registration.registry.bulk.write import Writer
from dtks.registration.registry.domain import LoadCounts
from dtks.registration.registry.models import Recording

__all__ = ["follow", "initial_load", "load_people", "record_assistance", "restore_indexes"]

INSUFFICIENT_PRIVILEGE = "42501"


def load_people(
    *,
    by: Actor,
    area: str,
    families: pl.DataFrame,
    people: pl.DataFrame,
    source: str,
    recorded_at: datetime | None = None,
    valid_from: date | None = None,
    initial: bool = False,
) -> LoadCounts:
    """Put one chunk of families and their members into the register: new records, and changes to known ones.

    ``families``: one row per family: ``family_key`` (unique in the chunk), ``village`` (dotted code, inside
    ``area``; '' is the whole country), then any family variable of the dictionary; optionally
    ``household_key`` (families with the same key share a household) and ``valid_from`` (date). ``people``:
    one row per member: ``family_key`` and any person variable. Absent columns and nulls say nothing: they
    never erase what is known. ``source`` (≤ 40 characters) names where the data come from.

    A family is known by its KK number, else by village and ``family_key``; a person by NIK, else by family,
    name and date of birth when one side has no NIK. Answers hold from ``valid_from`` (row, else the day of
    the visit, else the argument, else the day of recording). Content that is known already changes nothing.
    A statement older than the one on record is left out and counted as ``outdated``. With ``initial`` nobody
    is looked for: the caller says that all are new (see `initial_load`); a number that is known is refused.
    Only what lies in the scope in force is found and written; families that move must stay inside it.

    Returns the counts. Raises RegistryError, OutsideScope; then nothing of the chunk is stored.
    """
    now = recorded_at or timezone.now()
    family_frame = frames.checked(families, level="family")
    people_frame = frames.checked(people, level="person")
    frames.check_keys(family_frame, people_frame, area=area)
    if family_frame.height == 0:
        return LoadCounts()
    today = timezone.localdate(now)
    family_frame = frames.with_valid_from(family_frame, default=valid_from or today, today=today)
    frames.check_births(people_frame, today=today)
    ring = configured.ring()
    family_frame = frames.with_places(family_frame)
    family_frame = frames.with_index(family_frame, column="kk_number", index="kk_index", kind="kk", ring=ring)
    people_frame = frames.with_name_key(people_frame)
    people_frame = frames.with_index(people_frame, column="nik", index="nik_index", kind="nik", ring=ring)
    with _refused_by_database(), transaction.atomic(), connection.cursor() as cursor:
        words = dialect.current()
        words.begin(cursor)
        look_up = None if initial else match.LookUp(cursor, words, ring)
        family_rows = match.families(family_frame, look_up=look_up)
        _require_scope(family_rows)
        people_rows = match.people(people_frame, family_rows, look_up=look_up)
        subjects = by_subject(families=family_rows, people=people_rows, ring=ring)
        writer = Writer(cursor, words, now, source, subjects, ring)
        writer.write()
        words.end(cursor)
        counts = _counts(writer, family_rows, people_rows)
        _record(by=by, area=area, source=source, recorded_at=now, counts=counts)
    return counts


def _require_scope(families: pl.DataFrame) -> None:
    """The database refuses rows outside the scope; here the caller is told before anything is written."""
    scope = required()
    if not all(scope.holds(number) for number in families["area_number"].drop_nulls().unique()):
        raise OutsideScope()


def record_assistance(
    *, by: Actor, payments: pl.DataFrame, source: str, recorded_at: datetime | None = None
) -> int:
    """Record what families received: ``family_id`` (UUID text), ``programme`` (its id), ``period``
    (YYYY-MM); optionally ``amount`` (rupiah), ``channel``, ``person_id``. One row per family, programme and
    period: another amount for the same period replaces the earlier statement, which stays as superseded.

    Returns the number of rows added; what is known already adds none. Raises RegistryError.
    """
    now = recorded_at or timezone.now()
    rows = bulk_payments.checked(payments)
    if rows.height == 0:
        return 0
    with _refused_by_database(), transaction.atomic(), connection.cursor() as cursor:
        words = dialect.current()
        added = bulk_payments.record(cursor, words, rows, recorded_at=now, source=source)
        if added:
            counts = LoadCounts(facts_written=added)
            _record(by=by, area=by.area, source=source, recorded_at=now, counts=counts)
    return added


@contextmanager
def initial_load(*, by: Actor) -> Iterator[None]:
    """Fill an empty register: indexes are built once, at the end, instead of row by row.

    Inside it call `load_people(initial=True, …)`, from several processes if you like, and nothing else.
    At the end, also after an error, the indexes are built and uniqueness is checked. After a crash
    `restore_indexes` does so. Raises NotEmpty; Refused when numbers turn out not to be unique.
    """
    if not beyond.is_empty():
        raise errors.NotEmpty()
    indexes.drop()
    try:
        yield
    finally:
        restore_indexes(by=by)


def restore_indexes(*, by: Actor) -> list[str]:
    """Build the indexes that an interrupted `initial_load` left out; returns their names. Raises Refused."""
    with _refused_by_database():
        return indexes.restore()


def _counts(writer: Writer, families: pl.DataFrame, people: pl.DataFrame) -> LoadCounts:
    families_new, people_new = int(families["fresh"].sum()), int(people["fresh"].sum())
    families_changed, people_changed = writer.changed.get("families", 0), writer.changed.get("people", 0)
    return LoadCounts(
        people_new=people_new,
        people_changed=people_changed,
        people_unchanged=people.height - people_new - people_changed,
        families_new=families_new,
        families_changed=families_changed,
        families_unchanged=families.height - families_new - families_changed,
        facts_written=writer.facts_written,
        outdated=writer.outdated,
    )


def _record(*, by: Actor, area: str, source: str, recorded_at: datetime, counts: LoadCounts) -> None:
    numbers = {name: getattr(counts, name) for name in LoadCounts.__dataclass_fields__}
    done = Recording.objects.create(
        by=by.account,
        area=area,
        area_number=number_of(area),
        source=source,
        recorded_at=recorded_at,
        **numbers,
    )
    event = Event(
        "registry.record", kind="recording", subject=str(done.id), area=area,
        count=counts.people_new + counts.people_changed, after=digest(numbers), detail={"source": source},
    )  # fmt: skip
    ledger.record(event, by=by)


@contextmanager
def _refused_by_database() -> Iterator[None]:
    """A broken constraint becomes a RegistryError that names it; a row outside the scope, OutsideScope."""
    try:
        yield
    except ProgrammingError as problem:
        if getattr(problem.__cause__, "sqlstate", "") == INSUFFICIENT_PRIVILEGE:
            raise OutsideScope() from problem
        raise
    except IntegrityError as problem:
        raise errors.Refused(constraint=_constraint(problem)) from problem


def _constraint(problem: IntegrityError) -> str:
    cause = problem.__cause__
    diagnosis = getattr(cause, "diag", None)
    if diagnosis is not None and diagnosis.constraint_name:
        return str(diagnosis.constraint_name)
    # SQLite: 'CHECK constraint failed: dwelling_tenure_valid', 'UNIQUE constraint failed: table.column'.
    return str(problem).rsplit(": ", 1)[-1]
