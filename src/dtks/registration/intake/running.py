"""An import from its job to its report: spool, plan, then chunk by chunk into the register.

Each chunk is one transaction: what it loads, the rows that it leaves waiting and `chunks_done`. A process
that is killed leaves whole chunks; the next one makes the same chunks again (the plan depends on the file
alone) and begins after the last that was committed.
"""

from __future__ import annotations

import datetime
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import polars as pl
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dtks.foundation.kernel.errors import DtksError
from dtks.foundation.ledger.domain import Actor
from dtks.registration.intake import conflicts, detection, errors, locking, mapping, places, waiting
from dtks.registration.intake.ahead import one_ahead
from dtks.registration.intake.assembly import Assembler, Chunk
from dtks.registration.intake.detection import Found
from dtks.registration.intake.domain import State
from dtks.registration.intake.models import ImportJob, ImportNote
from dtks.registration.intake.planning import Plan, plan
from dtks.registration.intake.readers.blocks import Workbook
from dtks.registration.intake.readers.opening import open_workbook
from dtks.registration.intake.spooling import Spool, opened, spool
from dtks.registration.registry import actions as registry
from dtks.registration.registry.errors import NotEmpty

_log = logging.getLogger(__name__)
Progress = Callable[[int, int], None]
NOTES_PER_CODE = 200
FILLING_FROM = 20_000
"""Rows from which an empty register is filled without its indexes."""
SUMMED = ("people_new", "people_changed", "families_new", "families_changed", "outdated")


def uploaded(job: ImportJob) -> Path | None:
    """The uploaded file of an import, None when it was read in place."""
    return Path(settings.HOME) / "uploads" / job.stored if job.stored else None


def layout_of(job: ImportJob) -> mapping.Format:
    """The layout that the import was begun with."""
    if job.mapping is not None:
        return mapping.parse(job.mapping, name=job.format)
    return mapping.formats()[job.format]


def run(job: ImportJob, path: Path, *, by: Actor, progress: Progress) -> ImportJob:
    """Carry out `job` on the file at `path`, from where it stands: `by` may be another than who began it.

    Returns the job as it ends.

    Raises:
        AlreadyRunning: another process is at it. IntakeError, RegistryError: the job is then `failed`.
    """
    with locking.exclusively(locking.path_for(job.pk)):
        job.refresh_from_db()
        if job.state == State.DONE:
            return job
        _set(job, state=State.RUNNING, cancel_requested=False, error_code="", error={})
        try:
            _carry_out(job, path, by, progress)
        except errors.ImportCancelled as stopped:
            _set(job, state=State.CANCELLED, **_told(stopped))
            raise
        except DtksError as problem:
            _set(job, state=State.FAILED, **_told(problem))
            raise
        except Exception as problem:  # noqa: BLE001  logged, and raised as an error of ours
            # Its page says that it broke off; what broke stands in the log, without what the message quotes.
            _log.exception("import %s broke off", job.pk)
            broken = errors.ImportBroken(kind=type(problem).__name__)
            _set(job, state=State.FAILED, **_told(broken))
            raise broken from None
    locking.remove(job.pk)
    if path == uploaded(job):
        # What was uploaded has done its work; what waits is kept row by row.
        path.unlink(missing_ok=True)
    return job


def _told(problem: DtksError) -> dict[str, object]:
    texts = {"id": problem.text("id"), "en": problem.text("en")}
    return {"error_code": problem.code, "error": texts, "finished_at": timezone.now()}


def _set(job: ImportJob, **values: object) -> None:
    for name, value in values.items():
        setattr(job, name, value)
    job.save(update_fields=list(values))


def _carry_out(job: ImportJob, path: Path, by: Actor, progress: Progress) -> None:
    with open_workbook(path, kind=job.kind) as book:
        found = detection.detect(book, among=[layout_of(job)])
        spooled = _spooled(job, book, found, progress)
    planned = plan(spooled.keys(), found)
    if spooled.rows == 0:
        raise errors.NothingToImport()
    _set(job, rows_total=spooled.rows, rows_spooled=spooled.rows, chunks_total=planned.chunks)
    _load_all(job, found, spooled, planned, by, progress)
    _set(job, state=State.DONE, finished_at=timezone.now())


def _spooled(job: ImportJob, book: Workbook, found: Found, progress: Progress) -> Spool:
    folder = locking.folder_of(job.pk) / "spool"
    if ready := opened(folder):
        return ready
    hint = sum(book.rows_hint(sheet.sheet) for sheet in found.sheets)

    def told(rows: int) -> None:
        _set(job, rows_spooled=rows, rows_total=max(hint, rows))
        _stop_if_asked(job)
        progress(rows, 2 * max(hint, rows))

    # A warning of a birth date in the future must not depend on the day of the resumption.
    today = timezone.localdate(job.created_at)
    area = places.Area(job.area)
    return spool(book, found, area=area, folder=folder, today=today, progress=told)


def _stop_if_asked(job: ImportJob) -> None:
    job.refresh_from_db(fields=["cancel_requested"])
    if job.cancel_requested:
        raise errors.ImportCancelled(chunks=job.chunks_done)


def _load_all(
    job: ImportJob, found: Found, spooled: Spool, planned: Plan, by: Actor, progress: Progress
) -> None:
    assembler = Assembler(spooled, planned, found, notes_per_code=NOTES_PER_CODE)
    earlier = waiting.EarlierRows(job)
    with filling(by=by, people=spooled.rows, begun=job.chunks_done > 0) as initial:
        for gathered in one_ahead(assembler.gathered(start=job.chunks_done)):
            _stop_if_asked(job)
            with transaction.atomic():
                known = None if initial else conflicts.with_register(gathered.people, gathered.family_rows)
                _load(job, assembler.finish(gathered, known), found.format, earlier, initial, by=by)
            progress(spooled.rows + job.rows_read, 2 * spooled.rows)


@contextmanager
def filling(*, by: Actor, people: int, begun: bool) -> Iterator[bool]:
    """Whether the register is empty and is filled by the block, without its indexes until the end.

    Only for many people: a village is quick either way. An import that was killed while it filled the
    register left it without indexes: the next import builds them first of all (one query when none lacks).
    """
    with ExitStack() as stack:
        if begun or people < FILLING_FROM or not _fills(stack, by):
            registry.restore_indexes(by=by)
            yield False
            return
        yield True


def _fills(stack: ExitStack, by: Actor) -> bool:
    try:
        stack.enter_context(registry.initial_load(by=by))
    except NotEmpty:
        return False
    return True


def _load(
    job: ImportJob, chunk: Chunk, layout: mapping.Format, earlier: waiting.EarlierRows, initial: bool,
    *, by: Actor,
) -> None:  # fmt: skip
    """One chunk into the register, and the record that it is in. Runs inside a transaction."""
    if chunk.families.height:
        counts = registry.load_people(
            by=by,
            area=job.area,
            families=chunk.families,
            people=chunk.people if chunk.people.height else pl.DataFrame(schema={"family_key": pl.String}),
            source=layout.id[:40],
            recorded_at=job.created_at,
            valid_from=datetime.date.fromisoformat(layout.valid_from) if layout.valid_from else None,
            initial=initial,
        )
        for name in SUMMED:
            setattr(job, name, getattr(job, name) + getattr(counts, name))
        job.people += chunk.people.height
        job.families += chunk.families.height
    job.rows_mended += waiting.keep(job, chunk, earlier)
    ImportNote.objects.bulk_create(
        ImportNote(
            job=job, sheet=note.sheet, row=note.row, column=note.problem.column, code=note.problem.code,
            area_number=job.area_number, value=note.problem.value[:200], detail=note.problem.detail[:200],
        )
        for note in chunk.notes
    )  # fmt: skip
    job.rows_read += chunk.read
    job.rows_accepted += chunk.accepted
    job.rows_pending += len(chunk.waiting)
    job.rows_skipped += chunk.skipped
    job.families_incomplete += chunk.incomplete
    for code, count in chunk.counts.items():
        job.counts[code] = job.counts.get(code, 0) + count
    job.chunks_done = chunk.number + 1
    job.save()


def described(found: Found) -> dict[str, object]:
    """What a report of the file will need: its sheets with their headings, as plain data."""
    sheets = [
        {"name": sheet.sheet.name, "spec": sheet.layout.spec.id, "head": sheet.head, "width": sheet.width}
        for sheet in found.sheets
    ]
    return json.loads(json.dumps({"sheets": sheets}))
