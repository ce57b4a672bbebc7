"""What determinations hold of people, and the shredder of snapshots and outputs that nothing needs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef

from dtks.determination.runs.models import FamilyResult, Run
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.privacy.erasing import erase_folder

TABLES: dict[str, dict[str, Any]] = {
    "run": {
        "holds": ("Penetapan: wilayah, masa, sidik jari", "Determinations: area, period, hashes"),
        "purposes": ("determination",),
        "retention": "runs.results runs.outputs",
        "read_by": ("summary.read",),
        "unscoped": (
            "Hanya kunci akun pembuatnya yang pribadi; hasil tiap keluarga dibatasi",
            "Only its maker's account is personal; the results of families are scoped",
        ),
        "columns": {
            "officer": "made_by",
            "operational": "id area period regime taken_on snapshot_sha256 output_sha256 directory "
            "snapshot_directory model_name model_status within_run programmes people families "
            "families_unscored families_verification synthetic made_at",
        },
    },
    "familyresult": {
        "holds": (
            "Hasil tiap keluarga: skor, desil, kelayakan",
            "Result of each family: score, desil, eligibility",
        ),
        "purposes": ("determination", "payment", "public_list"),
        "retention": "runs.results",
        "read_by": ("family.read",),
        "columns": {
            "key": "family",
            "address": "village",
            "welfare": "size score desil faults eligible programmes",
            "operational": "id current",
        },
    },
}


def _unused(before: datetime) -> Any:
    """Runs made before in which no family's result is current."""
    current = FamilyResult.objects.filter(run=OuterRef("pk"), current=True)
    return Run.objects.filter(~Exists(current), made_at__lt=before)


def _folders(run: Run, before: datetime) -> list[Path]:
    """The run's folders that are there and are the program's own to take away.

    A folder outside the data folder was named by whoever ran the command; a snapshot may serve other runs.
    """
    others = Run.objects.exclude(pk__in=_unused(before).values("pk"))
    home = Path(settings.HOME).resolve()
    found = []
    for name, shared in ((run.directory, "directory"), (run.snapshot_directory, "snapshot_directory")):
        path = Path(name).resolve()
        if name and path.is_dir() and home in path.parents and not others.filter(**{shared: name}).exists():
            found.append(path)
    return found


def _find(*, before: datetime) -> int:
    """Results and folders of such runs."""
    results = FamilyResult.objects.filter(run__in=_unused(before)).count()
    return int(results) + sum(bool(_folders(run, before)) for run in _unused(before))


def _shred(*, by: Actor, before: datetime, limit: int) -> int:
    """Delete up to ``limit`` results; when none is left, the folders of up to ``limit`` runs."""
    chosen = list(FamilyResult.objects.filter(run__in=_unused(before)).values_list("pk", flat=True)[:limit])
    if chosen:
        FamilyResult.objects.filter(pk__in=chosen).delete()
        return len(chosen)
    done = 0
    for run in _unused(before):
        if folders := _folders(run, before):
            for folder in folders:
                erase_folder(folder)
            done += 1
        if done >= limit:
            break
    return done


SHREDDERS = {"runs.outputs": (_find, _shred)}
