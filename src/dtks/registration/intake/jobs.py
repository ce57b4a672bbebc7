"""Imports in the background: the worker takes them from the queue in the database."""

from __future__ import annotations

import uuid

from django_tasks import task

from dtks.foundation.accounts.acting import acting_as
from dtks.foundation.accounts.errors import WorkFailed
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.kernel.errors import DtksError
from dtks.registration.intake import actions
from dtks.registration.intake.errors import ImportBroken


@task()
def run_import(job_id: str, acting: dict[str, str]) -> str:
    """Carry out an import that was confirmed, as the one who did, if they still hold that role.

    What goes wrong is told on the import's page; returns how it ended.
    """
    try:
        with acting_as(acting, Permission.IMPORT) as by:
            return actions.resume(by=by, job_id=uuid.UUID(job_id)).state.value
    except (WorkFailed, ImportBroken):
        # The queue says that it failed. What broke stands in the log: the queue would keep its text.
        raise
    except DtksError as problem:
        return problem.code
