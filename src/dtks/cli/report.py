"""How a measuring command reports: progress on the terminal, or one JSON object as its last line."""

from __future__ import annotations

import json as json_module
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

import psutil
from rich import box
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

SAMPLE_SECONDS = 0.05
ProgressCallback = Callable[[int, int], None]


class PeakMemory:
    """Peak resident memory of this process and its children together, in MB (10⁶ bytes), sampled."""

    def __init__(self) -> None:
        self.peak_bytes = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        me = psutil.Process()
        while True:
            total = 0
            for process in [me, *me.children(recursive=True)]:
                try:
                    total += process.memory_info().rss
                except (psutil.NoSuchProcess, psutil.ZombieProcess):
                    continue  # a child that ended between listing and reading
            self.peak_bytes = max(self.peak_bytes, total)
            if self._stop.wait(SAMPLE_SECONDS):
                return

    def __enter__(self) -> PeakMemory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    @property
    def megabytes(self) -> float:
        return round(self.peak_bytes / 1e6, 1)


@contextmanager
def measured(
    *, json: bool, show: Callable[[dict[str, Any], Console], None] | None = None
) -> Iterator[dict[str, Any]]:
    """Time the block and print what it put into the yielded dict.

    With `json`, the last line of standard output is one JSON object: the block's own keys plus `seconds`
    (the work, without start-up) and `peak_rss_mb` (children included). Without, `show` prints it for people;
    by default one line per key. An exception passes through and nothing is printed.
    """
    report: dict[str, Any] = {}
    with PeakMemory() as memory:
        started = time.perf_counter()
        yield report
        report["seconds"] = round(time.perf_counter() - started, 3)
    report["peak_rss_mb"] = memory.megabytes
    if json:
        print(json_module.dumps(report, ensure_ascii=False, default=str), flush=True)
    else:
        (show or _print_human)(report, Console(highlight=False))


def table(*headings: str, right: Collection[int] = ()) -> Table:
    """An empty table for people; `right`: the columns of figures, from 0. The first column stays whole: it is
    what one types to name the row."""
    made = Table(box=box.SIMPLE, show_edge=False, pad_edge=False)
    for at, heading in enumerate(headings):
        made.add_column(heading, justify="right" if at in right else "left", overflow="fold", no_wrap=at == 0)
    return made


def figure(value: int) -> str:
    """1234 → '1.234'."""
    return f"{value:,}".replace(",", ".")


def _print_human(report: dict[str, Any], console: Console) -> None:
    for key, value in report.items():
        if value is None:
            continue  # not asked for
        console.print(f"{key:<24} {_shown(value)}", soft_wrap=True, markup=False)


def _shown(value: object) -> str:
    if isinstance(value, dict | list):
        return json_module.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, int) and not isinstance(value, bool):
        return figure(value)
    return str(value)


@contextmanager
def progress_bar(title: str, *, quiet: bool = False) -> Iterator[ProgressCallback]:
    """A bar on standard error, fed with (done, total). Silent with `quiet` or without a terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
