"""Make the chunks of a population in several processes, and hand them out in order.

Each process makes any chunk it is given; what comes out does not depend on which process made it. At most
a few chunks wait, so memory does not grow with the population.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dtks.determination.synth import encode
from dtks.determination.synth.balance import Pool
from dtks.determination.synth.calibration import Calibration
from dtks.determination.synth.chunk import Chunk, ProvinceMaker
from dtks.determination.synth.domain import RegencyTally, SynthRequest
from dtks.determination.synth.parquet_file import RowGroup
from dtks.determination.synth.places import ProvincePlan
from dtks.determination.synth.programs import Programs, compile_programs
from dtks.determination.synth.skeletons import LARGEST

ALONE_UP_TO = 2
"""So few chunks are made here: starting processes would take longer."""
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


class Workshop:
    """Everything that a process needs to make any chunk of a request."""

    def __init__(
        self, request: SynthRequest, plans: Sequence[ProvincePlan], pool: Pool, calibration: Calibration
    ) -> None:
        self._request = request
        self._plans = plans
        self._pool = pool
        self._calibration = calibration
        self._maker: tuple[int, ProvinceMaker] | None = None
        self._programs: tuple[str, Programs] | None = None

    def make(self, task: Task) -> Made:
        maker = self._maker_of(task.plan)
        chunk = maker.make(task.chunk)
        groups = {"families": encode.families(chunk, maker), "people": encode.people(chunk, maker)}
        if self._request.identities:
            groups["identities"] = encode.identities(chunk, maker)
        if self._request.truth:
            groups["truth"] = encode.truth(chunk, maker)
        return Made(groups, tallied(chunk, maker.regencies))

    def _maker_of(self, plan: int) -> ProvinceMaker:
        if self._maker is None or self._maker[0] != plan:
            zone = self._plans[plan].zone
            if self._programs is None or self._programs[0] != zone:
                self._programs = (zone, compile_programs(self._calibration, zone, self._request.taken_on))
            maker = ProvinceMaker(
                request=self._request, plan=self._plans[plan], pool=self._pool, calibration=self._calibration,
                programs=self._programs[1],
            )  # fmt: skip
            self._maker = (plan, maker)
        return self._maker[1]


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


def make_all(workshop: Workshop, tasks: Sequence[Task], workers: int) -> Iterator[Made]:
    """The chunks of `tasks`, in order, made by `workers` processes (or here, when there are few)."""
    if workers <= 1 or len(tasks) <= ALONE_UP_TO:
        yield from map(workshop.make, tasks)
        return
    # Spawned, not forked: a forked copy of a process with threads may hang.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        workers, mp_context=context, initializer=_open_workshop, initargs=(workshop,)
    ) as pool:
        waiting: deque[Future[Made]] = deque()
        try:
            for task in tasks:
                waiting.append(pool.submit(_make, task))
                if len(waiting) > workers * WAITING_EACH:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


_workshop: Workshop | None = None


def _open_workshop(workshop: Workshop) -> None:
    global _workshop  # noqa: PLW0603  one for the life of a worker process
    _workshop = workshop


def _make(task: Task) -> Made:
    if _workshop is None:
        raise RuntimeError("a worker process got a task before its workshop")
    return _workshop.make(task)
