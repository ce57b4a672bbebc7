"""Run tasks in this process, or in a few fresh ones; the result does not depend on which."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from types import TracebackType
from typing import TypeVar

In = TypeVar("In")
Out = TypeVar("Out")
MOST_WORKERS = 2
PEOPLE_WORTH_A_PROCESS = 2_000_000
"""Below this, starting another interpreter costs more than it saves: one process has all cores anyway."""


def workers_for(people: int) -> int:
    """How many processes a run of this size gets."""
    if people < PEOPLE_WORTH_A_PROCESS:
        return 1
    return max(1, min(MOST_WORKERS, os.cpu_count() or 1))


class Workers:
    """Context manager. With `count` 1 everything happens in this process, else in `count` children, which
    stay until the end. Functions and tasks are pickled then."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def map(self, work: Callable[[In], Out], tasks: Sequence[In], *, done: Callable[[In], None]) -> list[Out]:
        """`work` on every task; results in the order of `tasks`. `done` is called here after each. The
        first error is raised, and no further task is begun."""
        if self.count <= 1:
            return list(self._here(work, tasks, done))
        if self._pool is None:
            # spawn: a fork of a process whose Polars threads hold locks would hang.
            self._pool = ProcessPoolExecutor(self.count, mp_context=multiprocessing.get_context("spawn"))
        # The pool starts its children when it is given work; they must find the setting then.
        with _one_thread_each():
            futures: dict[Future[Out], In] = {self._pool.submit(work, task): task for task in tasks}
        try:
            for future in as_completed(futures):
                future.result()
                done(futures[future])
        except BaseException:
            for future in futures:
                future.cancel()
            raise
        return [future.result() for future in futures]

    @staticmethod
    def _here(work: Callable[[In], Out], tasks: Sequence[In], done: Callable[[In], None]) -> Iterator[Out]:
        for task in tasks:
            yield work(task)
            done(task)


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
