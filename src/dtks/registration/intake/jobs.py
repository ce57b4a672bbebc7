"""Imports in the background: the worker takes them from the queue in the database."""

from __future__ import annotations

import logging
import traceback
import uuid

from django_tasks import task

from dtks.foundation.accounts.acting import acting_as
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.kernel.errors import DtksError
from dtks.registration.intake import actions
from dtks.registration.intake.errors import ImportBroken

_log = logging.getLogger(__name__)


@task()
def run_import(job_id: str, acting: dict[str, str]) -> str:
    """Carry out an import that was confirmed, as the one who did, if they still hold that role.

    What goes wrong is told on the import's page; returns how it ended.
    """
    try:
        with acting_as(acting, Permission.IMPORT) as by:
            return actions.resume(by=by, job_id=uuid.UUID(job_id)).state.value
    except DtksError as problem:
        return problem.code
    except Exception as problem:  # noqa: BLE001 - raised again without its text
        # The queue keeps an exception with its text, and the text of a database's quotes the row.
        where = "".join(traceback.format_tb(problem.__traceback__))
        _log.error("import %s broke off: %s\n%s", job_id, type(problem).__name__, where)
        raise ImportBroken(kind=type(problem).__name__) from None
