"""One step ahead: the next item is made in a second thread while the present one is worked on.

Inflating, NumPy, Polars and SQLite all let other threads run, so that on two cores reading overlaps with
translating, and putting a chunk together overlaps with loading the one before.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

from dtks.foundation.scope.current import carried

T = TypeVar("T")


class _End:
    """Stands behind the last item."""


_END = _End()


def one_ahead(source: Iterator[T], *, depth: int = 1) -> Iterator[T]:
    """The items of `source`, at most `depth` + 1 of them made before they are asked for.

    An exception in `source` is raised here, at its place. Left early, the thread ends after one more item.
    """
    items: queue.Queue[T | _End] = queue.Queue(maxsize=depth)
    left = threading.Event()
    failure: list[BaseException] = []

    def fill() -> None:
        try:
            for item in source:
                if not _put(items, item, left):
                    return
        except BaseException as problem:  # noqa: BLE001 - raised again in the thread that asked
            failure.append(problem)
        _put(items, _END, left)

    thread = threading.Thread(target=carried(fill), name="one-ahead", daemon=True)
    thread.start()
    try:
        while not isinstance(item := items.get(), _End):
            yield item
    finally:
        left.set()
        thread.join()
    if failure:
        raise failure[0]


def each(source: Iterator[T], work: Callable[[T], None], *, workers: int) -> None:
    """Do ``work`` on every item, in ``workers`` threads with a database connection each; 1: in this thread.

    The first exception stops the others after their present item, and is raised.
    """
    if workers == 1:
        for item in source:
            work(item)
        return
    turn, stop = threading.Lock(), threading.Event()

    def take() -> Iterator[T]:
        while not stop.is_set():
            with turn:
                item = next(source, _END)
            if isinstance(item, _End):
                return
            yield item

    def go() -> None:
        try:
            for item in take():
                work(item)
        except BaseException:
            stop.set()
            raise
        finally:
            connection.close()

    with ThreadPoolExecutor(workers, thread_name_prefix="each") as pool:
        try:
            for future in [pool.submit(carried(go)) for _ in range(workers)]:
                future.result()
        finally:
            stop.set()


def _put(items: queue.Queue[T | _End], item: T | _End, left: threading.Event) -> bool:
    while not left.is_set():
        try:
            items.put(item, timeout=0.1)
        except queue.Full:
            continue
        return True
    return False
