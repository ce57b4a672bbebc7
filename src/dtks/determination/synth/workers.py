"""Make the chunks of a population in several processes, and hand them out in order.

Each process makes any chunk it is given; what comes out does not depend on which process made it. At most
a few chunks wait, so memory does not grow with the population.
"""

from __future__ import annotations

import multiprocessing
import pickle
import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dtks.determination.synth import encode
from dtks.determination.synth.chunk import Chunk, ProvinceMaker
from dtks.determination.synth.domain import RegencyTally
from dtks.determination.synth.kit import Kit
from dtks.determination.synth.parquet_file import RowGroup
from dtks.determination.synth.plan import ProvincePlan
from dtks.determination.synth.skeletons import LARGEST

ALONE_UP_TO = 60_000
"""So few families are made in this process: starting others would take longer."""
WAITING_EACH = 2
AGE_GROUPS = 16
Counts = npt.NDArray[np.int64]


@dataclass
class Tallies:
    """What was made: by regency, families by size, people by sex and five-year group."""

    regencies: dict[int, RegencyTally] = field(default_factory=dict)
    sizes: Counts = field(default_factory=lambda: np.zeros(LARGEST + 1, dtype=np.int64))
    ages: Counts = field(default_factory=lambda: np.zeros((2, AGE_GROUPS), dtype=np.int64))

    def add(self, other: Tallies) -> None:
        for code, tally in other.regencies.items():
            self.regencies.setdefault(code, RegencyTally()).add(tally)
        self.sizes += other.sizes
        self.ages += other.ages


class Made(NamedTuple):
    """One finished chunk: row groups by table, and the counts."""

    groups: dict[str, RowGroup]
    tallies: Tallies


class Task(NamedTuple):
    """The `chunk`-th chunk of the province at place `plan` of the plans."""

    plan: int
    chunk: int


@dataclass
class Workshop:
    """Everything that a process needs to make any chunk of a request."""

    kit: Kit
    plans: Sequence[ProvincePlan]
    _maker: tuple[int, ProvinceMaker] | None = None

    def make(self, task: Task) -> Made:
        if self._maker is None or self._maker[0] != task.plan:
            self._maker = (task.plan, ProvinceMaker(self.kit, self.plans[task.plan]))
        maker = self._maker[1]
        chunk = maker.make(task.chunk)
        groups = {"families": encode.families(chunk, maker), "people": encode.people(chunk, maker)}
        if self.kit.request.identities:
            groups["identities"] = encode.identities(chunk, maker)
        if self.kit.request.truth:
            groups["truth"] = encode.truth(chunk, maker)
        return Made(groups, tallied(chunk, maker.regencies))


def tallied(chunk: Chunk, regencies: Sequence[int]) -> Tallies:
    """The counts of one chunk."""
    family, person = chunk.family, chunk.person
    number = family["regency_no"].astype(np.int64)
    size = family["size"].astype(np.int64)
    male = np.add.reduceat((person["sex"] == 1).astype(np.int64), family["begins"])
    columns = [
        np.bincount(number, weights=weights, minlength=len(regencies)).astype(np.int64)
        for weights in (np.ones_like(size), size, male, size * family["poor"])
    ]
    here = np.flatnonzero(columns[0])
    group = np.minimum(person["age"] // 5, AGE_GROUPS - 1).astype(np.int64)
    ages = np.bincount((person["sex"].astype(np.int64) - 1) * AGE_GROUPS + group, minlength=2 * AGE_GROUPS)
    return Tallies(
        regencies={regencies[n]: RegencyTally(*(int(column[n]) for column in columns)) for n in here},
        sizes=np.bincount(size, minlength=LARGEST + 1).astype(np.int64),
        ages=ages.reshape(2, AGE_GROUPS).astype(np.int64),
    )


class Crew:
    """Processes that make chunks; without any (`workers` ≤ 1, or few families), this process does it.

    They start when the crew is made, so that they are ready by the time there is a plan.
    """

    def __init__(self, *, families: int, workers: int) -> None:
        self._workers = workers
        self._pool: ProcessPoolExecutor | None = None
        if workers > 1 and families > ALONE_UP_TO:
            self._pool = ProcessPoolExecutor(workers, mp_context=_context())
            for _ in range(workers):
                self._pool.submit(_come_in)

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def make_all(self, workshop: Workshop, tasks: Sequence[Task]) -> Iterator[Made]:
        """The chunks of `tasks`, in order."""
        if self._pool is None:
            yield from map(workshop.make, tasks)
            return
        with tempfile.TemporaryDirectory(prefix="dtks-synth-") as folder:
            plan = Path(folder) / "workshop.pickle"
            plan.write_bytes(pickle.dumps(workshop, protocol=pickle.HIGHEST_PROTOCOL))
            waiting: deque[Future[Made]] = deque()
            for task in tasks:
                waiting.append(self._pool.submit(_make, plan, task))
                if len(waiting) > self._workers * WAITING_EACH:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()


def _context() -> BaseContext:
    """Processes that start quickly and cleanly: forked from a server that has imported what they need, where
    there is such a thing. Never forked from this process: a copy of a process with threads may hang."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


def _come_in() -> None:
    """Import what is needed; the rest comes with the first task."""


def _make(plan: Path, task: Task) -> Made:
    return _open(plan).make(task)


@lru_cache(maxsize=1)
def _open(plan: Path) -> Workshop:
    workshop: Workshop = pickle.loads(plan.read_bytes())  # noqa: S301  written a moment ago by the parent
    return workshop
