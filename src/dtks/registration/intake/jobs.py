"""Imports in the background: the worker takes them from the queue in the database."""

from __future__ import annotations

import uuid

from django_tasks import task

from dtks.registration.intake import actions
from dtks.registration.intake.errors import IntakeError


@task()
def run_import(job_id: str, by: str) -> str:
    """Carry out an import that was confirmed. What goes wrong is told on its page; returns how it ended."""
    try:
        return actions.resume(by=by, job_id=uuid.UUID(job_id)).state.value
    except IntakeError as problem:
        return problem.code
