"""Run tasks in this process, or in a few fresh ones; the result does not depend on which."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from typing import TypeVar

In = TypeVar("In")
Out = TypeVar("Out")
MOST_WORKERS = 2
PEOPLE_WORTH_A_PROCESS = 400_000
"""Below this, starting a second interpreter costs more than it saves."""


def workers_for(*, people: int, tasks: int) -> int:
    """How many processes a run of this size gets."""
    if people < PEOPLE_WORTH_A_PROCESS:
        return 1
    return max(1, min(MOST_WORKERS, tasks, os.cpu_count() or 1))


def run_all(
    work: Callable[[In], Out], tasks: Sequence[In], *, workers: int, done: Callable[[In], None]
) -> list[Out]:
    """`work` on every task; results in the order of `tasks`. `done` is called here after each.

    With one worker everything happens in this process. `work` and tasks are pickled otherwise. The
    first error stops the run: no further task is begun.
    """
    if workers <= 1:
        results = []
        for task in tasks:
            results.append(work(task))
            done(task)
        return results
    with _one_thread_each(), _pool(workers) as pool:
        futures: dict[Future[Out], In] = {pool.submit(work, task): task for task in tasks}
        try:
            for future in as_completed(futures):
                future.result()
                done(futures[future])
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        return [future.result() for future in futures]


def _pool(workers: int) -> ProcessPoolExecutor:
    # spawn: a fork of a process whose Polars threads hold locks would hang.
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Children inherit one Polars thread each: two workers times all cores would only get in each
    other's way, and hold twice the memory."""
    former = os.environ.get("POLARS_MAX_THREADS")
    os.environ["POLARS_MAX_THREADS"] = "1"
    try:
        yield
    finally:
        if former is None:
            del os.environ["POLARS_MAX_THREADS"]
        else:
            os.environ["POLARS_MAX_THREADS"] = former
