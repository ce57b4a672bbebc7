"""What others may ask of this step."""

from __future__ import annotations

from dtks.registration.intake.domain import ImportReport, State
from dtks.registration.intake.models import ImportJob
from dtks.registration.intake.problems import by_code

COPIED = (
    "rows_read", "rows_accepted", "rows_pending", "rows_skipped", "rows_mended", "people", "people_new",
    "people_changed", "families", "families_new", "families_changed", "families_incomplete", "outdated",
)  # fmt: skip


def report_of(job: ImportJob, *, already_imported: bool = False, dry_run: bool = False) -> ImportReport:
    """The report of an import, with problems told apart from warnings."""
    kinds = by_code()
    counts = dict(sorted(job.counts.items()))
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
        **{name: getattr(job, name) for name in COPIED},
    )
