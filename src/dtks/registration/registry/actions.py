"""What others may do to the register. Every action is one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

import polars as pl
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from dtks.registration.registry import errors
from dtks.registration.registry.bulk import dialect, frames, indexes, match
from dtks.registration.registry.bulk import payments as bulk_payments
from dtks.registration.registry.bulk.subjects import by_subject
from dtks.registration.registry.bulk.write import Writer
from dtks.registration.registry.domain import LoadCounts
from dtks.registration.registry.models import Family, Person, Recording


def load_people(
    *,
    by: str,
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

    Returns the counts. Raises RegistryError; then nothing of the chunk is stored.
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
    people_frame = frames.with_name_key(people_frame)
    with _refused_by_database(), transaction.atomic(), connection.cursor() as cursor:
        words = dialect.current()
        words.begin(cursor)
        look_up = None if initial else match.LookUp(cursor, words)
        family_rows = match.families(frames.with_province(family_frame), look_up=look_up)
        people_rows = match.people(people_frame, family_rows, look_up=look_up)
        writer = Writer(cursor, words, now, source, by_subject(families=family_rows, people=people_rows))
        writer.write()
        words.end(cursor)
        counts = _counts(writer, family_rows, people_rows)
        _record(by=by, area=area, source=source, recorded_at=now, counts=counts)
    return counts


def record_assistance(
    *, by: str, payments: pl.DataFrame, source: str, recorded_at: datetime | None = None
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
            _record(by=by, area="", source=source, recorded_at=now, counts=LoadCounts(facts_written=added))
    return added


@contextmanager
def initial_load(*, by: str) -> Iterator[None]:
    """Fill an empty register: indexes are built once, at the end, instead of row by row.

    Inside it call `load_people(initial=True, …)`, from several processes if you like, and nothing else.
    At the end, also after an error, the indexes are built and uniqueness is checked. After a crash
    `restore_indexes` does so. Raises NotEmpty; Refused when numbers turn out not to be unique.
    """
    if Person.objects.exists() or Family.objects.exists():
        raise errors.NotEmpty()
    indexes.drop()
    try:
        yield
    finally:
        restore_indexes(by=by)


def restore_indexes(*, by: str) -> list[str]:
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


def _record(*, by: str, area: str, source: str, recorded_at: datetime, counts: LoadCounts) -> None:
    numbers = {name: getattr(counts, name) for name in LoadCounts.__dataclass_fields__}
    Recording.objects.create(by=by, area=area, source=source, recorded_at=recorded_at, **numbers)


@contextmanager
def _refused_by_database() -> Iterator[None]:
    """A broken constraint becomes a RegistryError that names it."""
    try:
        yield
    except IntegrityError as problem:
        raise errors.Refused(constraint=_constraint(problem)) from problem


def _constraint(problem: IntegrityError) -> str:
    cause = problem.__cause__
    diagnosis = getattr(cause, "diag", None)
    if diagnosis is not None and diagnosis.constraint_name:
        return str(diagnosis.constraint_name)
    # SQLite: 'CHECK constraint failed: dwelling_tenure_valid', 'UNIQUE constraint failed: table.column'.
    return str(problem).rsplit(": ", 1)[-1]
