"""What others may ask of this step."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.db.models import Count, Q, QuerySet

from dtks.foundation.scope.current import required
from dtks.registration.intake import errors, locking, mapping, running
from dtks.registration.intake import preview as preview_module
from dtks.registration.intake.domain import (
    ImportReport,
    JobLine,
    MappingLine,
    ShownColumn,
    ShownMapping,
    ShownProblem,
    State,
    column_letters,
)
from dtks.registration.intake.models import ImportJob, ImportNote, PendingRow, SavedMapping
from dtks.registration.intake.problems import by_code

COPIED = (
    "rows_read", "rows_accepted", "rows_pending", "rows_skipped", "rows_mended", "people", "people_new",
    "people_changed", "families", "families_new", "families_changed", "families_incomplete", "outdated",
)  # fmt: skip
CHANGES = ("people_new", "people_changed", "families_new", "families_changed", "rows_mended", "outdated")
"""What a second import of the same file reports as none."""


def report_of(job: ImportJob, *, already_imported: bool = False, dry_run: bool = False) -> ImportReport:
    """The report of an import, with problems told apart from warnings."""
    kinds = by_code()
    counts = dict(sorted(job.counts.items()))
    figures = {name: getattr(job, name) for name in COPIED}
    if already_imported:
        figures.update(dict.fromkeys(CHANGES, 0))
    return ImportReport(
        job=None if dry_run else job.pk,
        state=State(job.state),
        name=job.name,
        format=job.format,
        area=job.area,
        dry_run=dry_run,
        already_imported=already_imported,
        problems={code: count for code, count in counts.items() if kinds[code].holds_back},
        warnings={code: count for code, count in counts.items() if not kinds[code].holds_back},
        **figures,
    )


def open_pending(*, area: str = "") -> int:
    """How many rows wait to be mended in an area and below ('' everywhere)."""
    return _open(area).count()


def _open(area: str) -> QuerySet[PendingRow]:
    rows = PendingRow.objects.filter(fate=PendingRow.Fate.OPEN)
    return rows.filter(Q(job__area=area) | Q(job__area__startswith=f"{area}.")) if area else rows


def jobs(*, area: str = "", limit: int = 50) -> list[JobLine]:
    """Past imports of an area and below ('' everywhere), latest first."""
    found = ImportJob.objects.exclude(state=State.UPLOADED).order_by("-created_at")
    if area:
        found = found.filter(Q(area=area) | Q(area__startswith=f"{area}."))
    waiting = Count("pending", filter=Q(pending__fate=PendingRow.Fate.OPEN))
    return [_line(job) for job in found.annotate(open_rows=waiting)[:limit]]


def is_running() -> bool:
    """Whether an import is under way (one that was killed is not)."""
    return any(not _abandoned(job) for job in ImportJob.objects.filter(state=State.RUNNING))


def job(*, job_id: uuid.UUID, language: str = "id") -> JobLine | None:
    """One import, None when there is none of that key."""
    waiting = Count("pending", filter=Q(pending__fate=PendingRow.Fate.OPEN))
    found = ImportJob.objects.filter(pk=job_id).annotate(open_rows=waiting).first()
    return _line(found, language) if found else None


def report(*, job_id: uuid.UUID) -> ImportReport | None:
    """The figures of an import, None when there is none of that key."""
    found = ImportJob.objects.filter(pk=job_id).first()
    return report_of(found) if found else None


def mappings() -> list[MappingLine]:
    """The column mappings that are kept, by title. One query."""
    return [
        _mapping_line(saved) for saved in sorted(kept_mappings(), key=lambda saved: (saved.title, saved.name))
    ]


def kept_mappings() -> list[SavedMapping]:
    """The mappings of offices whose area touches the scope in force, by name: one's own, those of the offices
    above and below it. One query."""
    scope = required()
    return [saved for saved in SavedMapping.objects.order_by("name") if scope.touches(saved.area)]


def mapping_of(*, name: str, language: str = "id") -> ShownMapping | None:
    """One column mapping with what each column is read as; None when there is none of that name."""
    saved = SavedMapping.objects.filter(name=name).first()
    if saved is None:
        return None
    line = _mapping_line(saved)
    try:
        layout = mapping.parse(saved.content, name=name)
    except errors.MappingInvalid as problem:
        # The register's variables have changed since it was saved.
        return ShownMapping(line, (), problem.text(language))
    sheets = tuple(
        (
            sheet.id,
            str(sheet.level),
            tuple(
                ShownColumn(
                    heading=column.heading,
                    label=preview_module.label_of(sheet, column.key, language),
                    required=column.required,
                    ignored=column.ignore,
                    codes=tuple(column.labels.items()),
                )
                for column in sheet.columns
            ),
        )
        for sheet in layout.sheets
    )
    return ShownMapping(line, sheets)


def _mapping_line(saved: SavedMapping) -> MappingLine:
    sheets = saved.content.get("sheets") or []
    return MappingLine(
        name=saved.name,
        title=saved.title,
        created_by=saved.created_by,
        created_at=saved.created_at,
        sheets=len(sheets),
        columns=sum(len(sheet.get("columns") or {}) for sheet in sheets),
    )


def _line(job: ImportJob, language: str = "id") -> JobLine:
    reading = job.rows_spooled if job.chunks_total == 0 else job.rows_total
    stopped = job.state in (State.CANCELLED, State.FAILED) or _abandoned(job)
    return JobLine(
        id=job.pk,
        name=job.name,
        created_at=job.created_at,
        created_by=job.created_by,
        format=job.format,
        area=job.area,
        state=State.FAILED if _abandoned(job) else State(job.state),
        rows_read=job.rows_read,
        rows_accepted=job.rows_accepted,
        rows_pending=job.rows_pending,
        open_pending=job.open_rows,
        done=reading + job.rows_read,
        total=2 * job.rows_total,
        error=str(job.error.get(language, "")),
        can_resume=stopped and bool(job.stored),
    )


def _abandoned(job: ImportJob) -> bool:
    """Marked as running, though no process holds its lock: it was killed."""
    return job.state == State.RUNNING and not locking.is_held(locking.path_for(job.pk))


def problems(
    *,
    job_id: uuid.UUID,
    language: str = "id",
    code: str = "",
    only_pending: bool = False,
    offset: int = 0,
    limit: int = 200,
) -> list[ShownProblem]:
    """What is wrong, row by row: first the rows that wait (open ones), then warnings about rows that went in.

    `code` narrows to one kind. `offset` and `limit` count rows that wait, then warnings.
    """
    job = ImportJob.objects.filter(pk=job_id).first()
    if job is None:
        return []
    waiting = PendingRow.objects.filter(job=job, fate=PendingRow.Fate.OPEN).order_by("sheet", "row")
    notes = ImportNote.objects.filter(job=job).order_by("sheet", "row")
    if code:
        waiting = waiting.filter(codes__contains=f",{code},")
        notes = notes.filter(code=code)
    held = list(waiting[offset : offset + limit])
    shown = [
        _shown(job, (row.sheet, row.row), entry, language, row.pk)
        for row in held
        for entry in row.problems
        if not code or entry[1] == code
    ]
    if only_pending or len(held) == limit:
        return shown
    start = max(0, offset - waiting.count())
    for note in notes[start : start + limit - len(held)]:
        entry = [note.column, note.code, note.value, note.detail]
        shown.append(_shown(job, (note.sheet, note.row), entry, language, None))
    return shown


def _shown(
    job: ImportJob, place: tuple[int, int], entry: list[Any], language: str, pending: uuid.UUID | None
) -> ShownProblem:
    sheet, row = place
    column, code, value, detail = entry
    layout = job.layout["sheets"][sheet]
    headings = layout["head"][-1][1] if layout["head"] else []
    kind = by_code()[code]
    problem = kind(detail=detail)
    return ShownProblem(
        sheet=layout["name"],
        row=row,
        column=headings[column] if 0 <= column < len(headings) else "",
        cell=f"{column_letters(column)}{row}" if column >= 0 else "",
        value=value,
        code=code,
        what=problem.text(language),
        mend=problem.mend(language),
        holds_back=kind.holds_back,
        pending_row=pending,
    )


def kinds(*, counts: dict[str, int], language: str) -> list[tuple[str, int, str, bool]]:
    """Code, number of rows, what it says and whether it holds rows back, the most frequent first."""
    known = by_code()
    listed = [
        (code, count, _without_detail(known[code](detail="").text(language)), known[code].holds_back)
        for code, count in counts.items()
    ]
    return sorted(listed, key=lambda entry: (not entry[3], -entry[1]))


def _without_detail(text: str) -> str:
    return text.replace(" ()", "").rstrip(" :").rstrip()


def preview(*, job_id: uuid.UUID, today: datetime.date, language: str) -> preview_module.Preview:
    """The first rows of an uploaded file, as the import would read them.

    Raises:
        JobNotFound: no such upload, or its file is gone.
    """
    found = ImportJob.objects.filter(pk=job_id).first()
    path = running.uploaded(found) if found else None
    if found is None or path is None or not path.exists():
        raise errors.JobNotFound()
    return preview_module.of(found, path, today=today, language=language)
