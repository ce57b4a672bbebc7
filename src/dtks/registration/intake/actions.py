"""What others may do here: bring a file in, go on with an import, stop it, keep a column mapping."""

from __future__ import annotations

import hashlib
import json
import logging
import re
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from dtks.foundation.kernel.area_codes import number_of
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger.domain import Actor, Event, digest
from dtks.foundation.scope.current import require
from dtks.foundation.vault import configured, files
from dtks.registration.intake import (
    conflicts,
    detection,
    errors,
    guards,
    keeping,
    locking,
    mapping,
    places,
    queries,
    running,
)
from dtks.registration.intake.assembly import Assembler
from dtks.registration.intake.domain import ImportReport, State, clean_title, safe_name
from dtks.registration.intake.models import ImportJob, SavedMapping
from dtks.registration.intake.planning import plan
from dtks.registration.intake.readers.opening import open_workbook
from dtks.registration.intake.spooling import spool

PIECE = 1 << 20
_log = logging.getLogger(__name__)
_MAPPING_NAME = re.compile(r"[a-z0-9_]{2,60}")


def _no_progress(done: int, total: int) -> None:
    """Nobody is watching."""


def import_file(
    *,
    by: Actor,
    path: Path,
    format: str = "auto",
    area: str = "",
    dry_run: bool = False,
    progress: running.Progress = _no_progress,
    name: str = "",
) -> ImportReport:
    """Bring the file at `path` into the register; with `dry_run` only say what would happen.

    `format`: 'auto', the id of a layout, the name of a saved mapping, or the path of a YAML mapping.
    `area`: dotted code; a village when the layout does not name one. `name`: the sender's file name.
    `progress(done, total)` is called as rows pass. The same file again does nothing; an import of it that
    was killed, failed or stopped goes on.

    Raises:
        IntakeError: the file is refused, or the import failed. AlreadyRunning: someone is at it.
    """
    job = prepared(by=by, path=path, format=format, area=area, name=name, state=State.RUNNING)
    if dry_run:
        return _tried(job, path, progress)
    job, known = _entered(job)
    if known and job.state == State.DONE:
        return queries.report_of(job, already_imported=True)
    return queries.report_of(running.run(job, path, by=by, progress=progress))


def prepared(
    *, by: Actor, path: Path, format: str, area: str, name: str = "", state: State, stored: str = ""
) -> ImportJob:
    """The job for a file, not yet in the database: the file is checked, its layout and area are known."""
    name = safe_name(name or path.name)
    kind = guards.check(path, name=name)
    chosen, own = _layout(format)
    with open_workbook(path, kind=kind) as book:
        found = detection.detect(book, among=[chosen] if chosen else _all_layouts())
        shape = running.described(found)
    if own is None and found.format.id not in mapping.formats():
        own = SavedMapping.objects.get(name=found.format.id).content
    where = places.chosen(area or _area_of(found.report_of) or by.area, format=found.format)
    require(where.code)
    sha256 = _sha256(path)
    version = json.dumps([sha256, found.format.id, found.format.version, where.code, own], sort_keys=True)
    return ImportJob(
        created_at=timezone.now(),
        created_by=by.account,
        acting=asdict(by),
        name=name,
        fingerprint=hashlib.sha256(version.encode()).hexdigest(),
        sha256=sha256,
        size=keeping.size_of(path),
        stored=stored,
        kind=kind,
        format=found.format.id,
        mapping=own,
        layout=shape,
        area=where.code,
        area_number=number_of(where.code),
        is_report=found.is_report,
        state=state,
    )


def _area_of(report_of: str) -> str:
    """The area of the import that a report was made of."""
    try:
        job = ImportJob.objects.filter(pk=uuid.UUID(report_of)).first()
    except ValueError:
        return ""
    return job.area if job else ""


def _layout(format: str) -> tuple[mapping.Format | None, object]:
    """The layout that was asked for, and its tree when it is not one of the program's own."""
    if format in ("", "auto"):
        return None, None
    if format in mapping.formats():
        return mapping.formats()[format], None
    if format.endswith((".yaml", ".yml")):
        tree = mapping.read_tree(Path(format))
        return mapping.parse(tree, name=format), tree
    saved = SavedMapping.objects.filter(name=format).first()
    if saved is None:
        raise errors.MappingInvalid(name=format, problem="tidak ada format atau pemetaan dengan nama itu")
    return mapping.parse(saved.content, name=format), saved.content


def _all_layouts() -> list[mapping.Format]:
    """The program's layouts, and the saved mappings that can still be read.

    A mapping that the register's variables have outgrown must not keep every other file from being
    recognised; its own page says what is wrong with it, and whoever asks for it by name is told.
    """
    own = []
    for saved in queries.kept_mappings():
        try:
            own.append(mapping.parse(saved.content, name=saved.name))
        except errors.MappingInvalid as problem:
            _log.warning("mapping left out of recognition: %s", problem.text("en"))
    return [*mapping.formats().values(), *own]


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with keeping.opened(path) as file:
        while piece := file.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _entered(job: ImportJob) -> tuple[ImportJob, bool]:
    """The job in the database, or the one that was made for the same content before."""
    with transaction.atomic():
        known = ImportJob.objects.filter(fingerprint=job.fingerprint).exclude(state=State.UPLOADED).first()
        if known is not None:
            return known, True
        job.save(force_insert=True)
    return job, False


def _tried(job: ImportJob, path: Path, progress: running.Progress) -> ImportReport:
    """What an import would do, without the register: everything but the last step."""
    folder = locking.folder_of(job.pk)
    try:
        with open_workbook(path, kind=job.kind) as book:
            found = detection.detect(book, among=[running.layout_of(job)])
            hint = sum(book.rows_hint(sheet.sheet) for sheet in found.sheets)
            spooled = spool(
                book, found, area=places.Area(job.area), folder=folder / "spool",
                today=timezone.localdate(), progress=lambda rows: progress(rows, 2 * max(hint, rows)),
            )  # fmt: skip
        planned = plan(spooled.keys(), found)
        assembler = Assembler(spooled, planned, found, notes_per_code=0)
        for gathered in assembler.gathered():
            chunk = assembler.finish(gathered, conflicts.with_register(gathered.people, gathered.family_rows))
            job.rows_read += chunk.read
            job.rows_accepted += chunk.accepted
            job.rows_pending += len(chunk.waiting)
            job.rows_skipped += chunk.skipped
            job.families_incomplete += chunk.incomplete
            job.people += chunk.people.height
            job.families += chunk.families.height
            for code, count in chunk.counts.items():
                job.counts[code] = job.counts.get(code, 0) + count
            progress(spooled.rows + job.rows_read, 2 * spooled.rows)
    finally:
        locking.remove(job.pk)
    job.state = State.DONE
    return queries.report_of(job, dry_run=True)


def resume(*, by: Actor, job_id: uuid.UUID, progress: running.Progress = _no_progress) -> ImportReport:
    """Carry out or go on with an import whose file was uploaded.

    Raises:
        JobNotFound: no such import, or its file is gone. Otherwise like `import_file`.
    """
    job = ImportJob.objects.filter(pk=job_id).first()
    path = running.uploaded(job) if job else None
    if job is None or path is None or not path.exists():
        raise errors.JobNotFound()
    return queries.report_of(running.run(job, path, by=by, progress=progress))


def cancel(*, by: Actor, job_id: uuid.UUID) -> None:
    """Ask an import to stop after the chunk it is at; one that waits is stopped at once."""
    with transaction.atomic():
        job = ImportJob.objects.filter(pk=job_id, state__in=[State.RUNNING, State.QUEUED]).first()
        if job is None:
            return
        ImportJob.objects.filter(pk=job_id).update(cancel_requested=True)
        ImportJob.objects.filter(pk=job_id, state=State.QUEUED).update(state=State.CANCELLED)
        ledger.record(_event("intake.cancel", job), by=by)


def _event(action: str, job: ImportJob) -> Event:
    """What the trail keeps of an act on an import: never the file's name, which may name somebody."""
    return Event(action, kind="import", subject=str(job.pk), area=job.area, after=job.sha256)


def save_mapping(*, by: Actor, name: str, content: dict[str, object]) -> None:
    """Keep a column mapping under `name`; it is checked, and then recognised like the program's layouts.

    Raises:
        MappingInvalid: what it says cannot be. OutsideScope: another office keeps one of that name.
    """
    layout = mapping.parse({**content, "id": name}, name=name)
    said = {**content, "id": name}
    with transaction.atomic():
        before = SavedMapping.objects.select_for_update().filter(name=name).first()
        if before is not None:
            require(before.area)
        SavedMapping.objects.update_or_create(
            name=name,
            defaults={
                "title": layout.title_id[:100], "content": said, "created_by": by.account,
                "created_at": timezone.now(), "area": before.area if before else by.area,
            },
        )  # fmt: skip
        _record_mapping("intake.save_mapping", name, before and before.content, said, by=by)


def _record_mapping(action: str, name: str, before: object, after: object, *, by: Actor) -> None:
    digests = {side: digest(said) if said else "" for side, said in (("before", before), ("after", after))}
    ledger.record(Event(action, kind="mapping", subject=name, **digests), by=by)


def save_mapping_text(*, by: Actor, name: str, text: str, replace: bool = False) -> tuple[str, bool]:
    """Keep the column mapping in a YAML text; `name` is the file's, for messages.

    Returns the name that its `id` gives it, and whether it took the place of one of that name.

    Raises:
        MappingInvalid: what it says cannot be, or its `id` is none or taken by a layout of the program.
        MappingExists: one of that name is kept already, and `replace` does not say that it may go.
    """
    tree = mapping.tree_of(text, name=name)
    key = str(tree.get("id", ""))
    if not _MAPPING_NAME.fullmatch(key) or key in (*mapping.formats(), "auto"):
        problem = f"id {key[:60]!r}: pakai 2–60 huruf kecil, angka atau _, dan bukan nama format bawaan"
        raise errors.MappingInvalid(name=name, problem=problem)
    replaced = SavedMapping.objects.filter(name=key).exists()
    if replaced and not replace:
        raise errors.MappingExists(name=key)
    save_mapping(by=by, name=key, content=mapping.as_json(tree, name=name))
    return key, replaced


def rename_mapping(*, by: Actor, name: str, title: str) -> bool:
    """Give a mapping another title; its name, by which files and commands know it, stays. False: no such one.

    Raises:
        MappingInvalid: the title is empty.
    """
    title = clean_title(title)
    if not title:
        raise errors.MappingInvalid(name=name, problem="judul kosong")
    with transaction.atomic():
        saved = SavedMapping.objects.select_for_update().filter(name=name).first()
        if saved is None:
            return False
        require(saved.area)
        before, saved.title = saved.content, title
        saved.content = {**before, "title": {"id": title, "en": title}}
        saved.save(update_fields=["title", "content"])
        _record_mapping("intake.rename_mapping", name, before, saved.content, by=by)
    return True


def delete_mapping(*, by: Actor, name: str) -> None:
    """Forget a mapping. Imports made with it keep their own copy. Raises OutsideScope: another office's."""
    with transaction.atomic():
        saved = SavedMapping.objects.select_for_update().filter(name=name).first()
        if saved is None:
            return
        require(saved.area)
        saved.delete()
        _record_mapping("intake.delete_mapping", name, saved.content, None, by=by)


def upload(
    *, by: Actor, name: str, pieces: Iterable[bytes], format: str = "auto", area: str = ""
) -> tuple[uuid.UUID, bool]:
    """Take in an uploaded file and check it; nothing of it is imported yet (`confirm` does that).

    The file is kept sealed, under a random name. Returns the import's key, and whether the same content was
    imported or begun before (then the earlier import's key).

    Raises:
        IntakeError: the file is refused; it is then not kept.
    """
    name = safe_name(name)
    stored = f"{secrets.token_hex(16)}{Path(name).suffix.lower()}"
    path = Path(settings.HOME) / "uploads" / stored
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with files.writer(path, ring=configured.ring()) as file:
            for piece in pieces:
                file.write(piece)
        job = prepared(
            by=by, path=path, format=format, area=area, name=name, state=State.UPLOADED, stored=stored
        )
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    earlier = ImportJob.objects.filter(fingerprint=job.fingerprint).exclude(state=State.UPLOADED).first()
    if earlier is None:
        with transaction.atomic():
            job.save(force_insert=True)
            ledger.record(_event("intake.upload", job), by=by)
        return job.pk, False
    if earlier.state == State.DONE or earlier.stored:
        path.unlink()
    else:
        earlier.stored = stored  # an import that was read in place can now be resumed from here
        earlier.save(update_fields=["stored"])
    return earlier.pk, True


def confirm(*, by: Actor, job_id: uuid.UUID) -> tuple[uuid.UUID, bool]:
    """Queue an uploaded file, or one whose import stopped, for the background worker.

    Returns the import's key (that of an earlier import, when the same content has been confirmed meanwhile)
    and whether there is work to do now.

    Raises:
        JobNotFound: no such import, or its file is gone.
    """
    job = ImportJob.objects.filter(pk=job_id).first()
    path = running.uploaded(job) if job else None
    if job is None or (path is not None and not path.exists() and job.state != State.DONE):
        raise errors.JobNotFound()
    same = ImportJob.objects.filter(fingerprint=job.fingerprint).exclude(state=State.UPLOADED)
    earlier = same.exclude(pk=job.pk).first()
    if earlier is not None:
        discard(by=by, job_id=job_id)
        return earlier.pk, False
    if path is None or job.state in (State.DONE, State.QUEUED) or locking.is_held(locking.path_for(job.pk)):
        return job.pk, False
    job.state, job.cancel_requested = State.QUEUED, False
    try:
        with transaction.atomic():
            job.save(update_fields=["state", "cancel_requested"])
            ledger.record(_event("intake.confirm", job), by=by)
    except IntegrityError:
        # Somebody has confirmed the same content at this very moment.
        return confirm(by=by, job_id=job_id)
    return job.pk, True


def discard(*, by: Actor, job_id: uuid.UUID) -> None:
    """Forget an uploaded file that was not confirmed."""
    job = ImportJob.objects.filter(pk=job_id, state=State.UPLOADED).first()
    if job is None:
        return
    path = running.uploaded(job)
    with transaction.atomic():
        ledger.record(_event("intake.discard", job), by=by)
        job.delete()
    if path is not None:
        path.unlink(missing_ok=True)
