"""What imports hold of people until their rows are in the register, and its shredders."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Q

from dtks.foundation.ledger.domain import Actor
from dtks.foundation.privacy.erasing import erase, erase_folder
from dtks.registration.intake import locking
from dtks.registration.intake.domain import State
from dtks.registration.intake.models import ImportJob, ImportNote, PendingRow

ENDED = (State.DONE, State.FAILED, State.CANCELLED)
_IMPORT = {"purposes": ("registration",), "read_by": ("import.run",)}

TABLES: dict[str, dict[str, Any]] = {
    "importjob": {
        **_IMPORT,
        "holds": ("Impor: berkas, siapa, kapan, berapa baris", "Imports: file, who, when, how many rows"),
        "retention": "intake.jobs intake.uploads",
        "columns": {
            "officer": "created_by acting",
            # Names of files and headings of sheets may name people; so may what could not be read.
            "raw": "name layout error",
            "operational": "id created_at fingerprint sha256 size stored kind format mapping area is_report "
            "state cancel_requested rows_total rows_spooled chunks_total chunks_done rows_read rows_accepted "
            "rows_pending rows_skipped rows_mended people people_new people_changed families families_new "
            "families_changed families_incomplete outdated counts error_code finished_at",
        },
    },
    "pendingrow": {
        **_IMPORT,
        "holds": ("Baris yang menunggu perbaikan", "Rows that wait to be mended"),
        "retention": "intake.pending intake.waiting",
        "columns": {
            "raw": "cells problems match_key",
            "identity_number": "nik",
            "operational": "id sheet row codes fate mended_at",
        },
    },
    "importnote": {
        **_IMPORT,
        "holds": ("Peringatan atas baris yang masuk", "Warnings on rows that went in"),
        "retention": "intake.notes",
        "columns": {"raw": "value detail", "operational": "sheet row column code"},
    },
    "savedmapping": {
        **_IMPORT,
        "read_by": ("mapping.manage",),
        "retention": "intake.jobs",
        "holds": ("Pemetaan kolom milik kantor", "Column mappings of offices"),
        "unscoped": (
            "Dibaca kantor di atas dan di bawahnya, diubah kantornya sendiri; hanya pembuatnya yang pribadi",
            "Read by the offices above and below, changed by its own; only its maker is personal",
        ),
        "columns": {"officer": "created_by", "operational": "name title content created_at area"},
    },
}


def _settled(before: datetime) -> Any:
    return PendingRow.objects.filter(mended_at__lt=before).exclude(fate=PendingRow.Fate.OPEN)


def _forgotten(before: datetime) -> Any:
    return PendingRow.objects.filter(fate=PendingRow.Fate.OPEN, job__finished_at__lt=before)


def _notes(before: datetime) -> Any:
    return ImportNote.objects.filter(job__finished_at__lt=before)


def _deleting(rows: Any) -> Any:
    """(find, shred) for a query that is given the time."""

    def find(*, before: datetime) -> int:
        return int(rows(before).count())

    def shred(*, by: Actor, before: datetime, limit: int) -> int:
        found = rows(before)
        chosen = list(found.values_list("pk", flat=True)[:limit])
        found.model.objects.filter(pk__in=chosen).delete()
        return len(chosen)

    return find, shred


def _with_files(before: datetime) -> Any:
    """Imports whose file is past its time: ended, or sent and never confirmed."""
    ended = Q(state__in=[state.value for state in ENDED], finished_at__lt=before)
    never_confirmed = Q(state=State.UPLOADED.value, created_at__lt=before)
    return ImportJob.objects.filter(ended | never_confirmed).exclude(stored="")


def _find_uploads(*, before: datetime) -> int:
    """Uploaded files past their time."""
    return int(_with_files(before).count())


def _shred_uploads(*, by: Actor, before: datetime, limit: int) -> int:
    """Delete up to ``limit`` of them with what was laid down beside; an unconfirmed import goes wholly."""
    done = 0
    for job in _with_files(before)[:limit]:
        lock = locking.path_for(job.pk)
        if locking.is_held(lock):
            continue  # somebody has just resumed it
        erase(Path(settings.HOME) / "uploads" / job.stored)
        erase_folder(Path(settings.HOME) / "uploads" / str(job.pk))
        if job.state == State.UPLOADED:
            job.delete()
        else:
            job.stored = ""
            job.save(update_fields=["stored"])
        done += 1
    return done


SHREDDERS = {
    "intake.pending": _deleting(_settled),
    "intake.waiting": _deleting(_forgotten),
    "intake.notes": _deleting(_notes),
    "intake.uploads": (_find_uploads, _shred_uploads),
}
