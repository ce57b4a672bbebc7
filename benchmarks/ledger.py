"""What the audit trail costs: one event within a registry write, many at once, proofs, verification.

    .venv/bin/python benchmarks/ledger.py                        # all, a log of 10 million; JSON last
    .venv/bin/python benchmarks/ledger.py --size 200000          # small: does it work?
    .venv/bin/python benchmarks/ledger.py --only bulk --database postgresql

Cases, each on SQLite and PostgreSQL in a process and a database of its own:

- `write`: a family of four stored by `registry.actions.load_people`, and seven payments by
  `record_assistance`, with the event and without it in turn (the same process and database, the baseline is
  in between). The sequencer takes up as often as beside a server, twice a second of writing, and all of its
  time counts, as if there were one core.
  Limit: the median write costs at most 15 % more.
- `bulk`: events a second of `record` and of `integrate`, and of both one after the other.
  Limit: `integrate` ≥ 50,000 leaves/s, database included. The baseline is `tree`.
- `proof`: one entry, the root and consistency in a log of `--size` synthetic entries, each from a cold tree.
  Limit: 99 of 100 proofs of an entry under 50 ms. Baseline: the root worked out from the leaves.
- `verify`: events a second of `verify` over a log of real events, and proofs checked a second.
- `tree` (no database): leaves a second of `transparency.tiles.grown` alone.

Times are of the wall clock, rates are also given for processor time of this process: where the machine is
shared, compare that. (On PostgreSQL the server's own processor time is not in it.)
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import groupby, islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src"), str(Path(__file__).parent)]
RESULT = Path(__file__).parent / "results" / "ledger.json"
DATABASES = ("sqlite", "postgresql")
LIMITS = {"write_percent_more": 15.0, "integrate_per_second": 50_000, "proof_ms": 50.0}
WRITES, WARM = 200, 10
BULK_MOST, VERIFY_MOST, NAIVE_MOST = 1_000_000, 500_000, 1_000_000
ROUNDS, PROOFS = 3, 300
CHUNK = 100_000
STEP = 20_000  # as the sequencer's
VILLAGE = "32.01.02.2007"
ACCOUNT = "018f0000-0000-7000-8000-000000000001"


class Clock:
    """Seconds of the wall clock and of the processor since it was made."""

    def __init__(self) -> None:
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def rates(self, count: int) -> dict[str, int]:
        wall, cpu = time.perf_counter() - self.wall, time.process_time() - self.cpu
        return {"per_second": round(count / wall), "per_cpu_second": round(count / cpu)}


def best(rounds: list[dict[str, int]]) -> dict[str, int]:
    """The round that was disturbed least, and the median beside it."""
    most = max(rounds, key=lambda each: each["per_cpu_second"])
    return {**most, "median_per_second": round(statistics.median(each["per_second"] for each in rounds))}


def tree(size: int) -> dict[str, Any]:
    """The tree alone, in steps as the sequencer takes them."""
    from dtks.foundation.ledger.transparency import tiles

    count = min(size, BULK_MOST)
    leaves = [hashlib.sha256(number.to_bytes(8, "big")).digest() for number in range(count)]
    rounds = []
    for _ in range(ROUNDS):
        kept: dict[tuple[int, int], bytes] = {}

        def read(level: int, number: int, width: int, kept: dict[tuple[int, int], bytes] = kept) -> bytes:
            return kept[level, number]

        clock = Clock()
        for first in range(0, count, STEP):
            kept |= tiles.grown(size=first, leaves=leaves[first : first + STEP], read=read)
        rounds.append(clock.rates(count))
    return {"leaves": count, **best(rounds)}


def write(size: int) -> dict[str, Any]:
    """Registry writes with and without their event, in turn."""
    from dtks.foundation.ledger import sequencing
    from dtks.foundation.ledger.running import EVERY_SECONDS
    from dtks.registration.registry import actions as registry

    count = WRITES if size >= BULK_MOST else WRITES // 2
    record = registry.ledger.record
    families = _families()
    ids: list[str] = []

    def family() -> None:
        registry.load_people(**next(families))

    def payments() -> None:
        registry.record_assistance(**_payments(random.choice(ids), next(periods)))

    found: dict[str, Any] = {}
    periods = (f"{1900 + number // 12}-{number % 12 + 1:02d}" for number in range(10_000))
    for name, act in (("family_of_four", family), ("seven_payments", payments)):
        if name == "seven_payments":
            ids += _family_ids()
        for _ in range(WARM):
            act()
        sequencing.integrate()
        seconds: dict[bool, list[float]] = {True: [], False: []}
        taken_up = since = 0.0
        for number in range(2 * count):
            # Now the one goes first, now the other: what comes at regular times, a checkpoint, hits both.
            with_event = number % 4 in (0, 3)
            registry.ledger.record = record if with_event else lambda *events, by: None
            started = time.perf_counter()
            act()
            seconds[with_event].append(time.perf_counter() - started)
            since += seconds[with_event][-1] if with_event else 0.0
            if since >= EVERY_SECONDS or number == 2 * count - 1:
                started, since = time.perf_counter(), 0.0
                sequencing.integrate()
                taken_up += time.perf_counter() - started
        registry.ledger.record = record
        without, with_it = statistics.median(seconds[False]), statistics.median(seconds[True])
        share = taken_up / count
        found[name] = {
            "writes": count,
            "without_ms": round(without * 1e3, 3),
            "with_ms": round(with_it * 1e3, 3),
            "sequencer_ms": round(share * 1e3, 3),
            "percent_more": round(100 * ((with_it + share) / without - 1), 1),
        }
    return found


def bulk(size: int) -> dict[str, Any]:
    """Many events at once; then the sequencer."""
    from django.db import transaction

    from dtks.foundation.ledger import sequencing
    from dtks.foundation.ledger.actions import record

    sequencing.integrate()  # what making the database recorded
    count = min(size, BULK_MOST) // ROUNDS
    stored, taken, both = [], [], []
    for _ in range(ROUNDS):
        events = _events(count)
        clock = Clock()
        with transaction.atomic():
            record(*events, by=_actor())
        stored.append(clock.rates(count))
        second = Clock()
        assert sequencing.integrate() == count
        taken.append(second.rates(count))
        both.append(clock.rates(count))
    return {"events": count * ROUNDS, "record": best(stored), "integrate": best(taken), "both": best(both)}


def proof(size: int) -> dict[str, Any]:
    """Proofs in a log of ``size`` entries that no event stands behind."""
    from django.db import transaction

    from dtks.foundation.ledger import sequencing, stored
    from dtks.foundation.ledger.bulk import log
    from dtks.foundation.ledger.transparency import merkle, tiles

    clock = Clock()
    for first in range(0, size, CHUNK):
        entries = [_entry(number) for number in range(first, min(first + CHUNK, size))]
        with transaction.atomic():
            grown = tiles.grown(size=first, leaves=[*map(merkle.leaf_hash, entries)], read=stored.read)
            log.add_leaves([(first + at, first + at + 1, entry) for at, entry in enumerate(entries)])
            log.add_nodes(
                [(*tile, tiles.folded(held)) for tile, held in grown.items() if len(held) == tiles.FULL]
            )
    with transaction.atomic():
        sequencing._sign(size, log.horizon() or size)
    built = clock.rates(size)
    root = bytes(stored.head().root)
    draw = random.Random(1)

    def entry() -> None:
        number = draw.randrange(size)
        index = stored.index_of(number + 1)
        hashes = stored.tree(size).inclusion(index)
        leaf = merkle.leaf_hash(_entry(number))
        assert merkle.inclusion_holds(leaf=leaf, index=index, size=size, proof=hashes, root=root)

    def consistency() -> None:
        old = draw.randrange(1, size)
        old_root, hashes = stored.tree(old).root(), stored.tree(size).consistency(old)
        assert merkle.consistency_holds(old=old, old_root=old_root, new=size, new_root=root, proof=hashes)

    naive = min(size, NAIVE_MOST)
    started = time.perf_counter()
    hashes = [merkle.leaf_hash(each) for each in log.entries(first=0, count=naive)]
    assert merkle.root_of(hashes) == stored.tree(naive).root()
    return {
        "size": size,
        "built": built,
        "entry": _milliseconds(entry),
        "root": _milliseconds(lambda: stored.tree(size).root()),
        "old_root_and_consistency": _milliseconds(consistency),
        "naive_root": {"leaves": naive, "ms": round((time.perf_counter() - started) * 1e3)},
    }


def verify(size: int) -> dict[str, Any]:
    """The whole log read, with a list of rows in every hundredth event."""
    from dtks.foundation.ledger import sequencing, stored, verifying
    from dtks.foundation.ledger.actions import record
    from dtks.foundation.ledger.bulk import log
    from dtks.foundation.ledger.transparency import merkle
    from dtks.foundation.ledger.transparency.frontier import Frontier

    count = min(size, VERIFY_MOST) - sequencing.integrate()  # what making the database recorded
    record(*_events(count, lists=True), by=_actor())
    assert sequencing.integrate() == count
    clock = Clock()
    found = verifying.verify()
    count = found.size
    rates = clock.rates(count)
    assert (dict(found.wrong), count, found.pending) == ({}, min(size, VERIFY_MOST), 0)
    leaves = [merkle.leaf_hash(each) for each in log.entries(first=0, count=count)]
    clock, alone = Clock(), Frontier()
    for leaf in leaves:
        alone.add(leaf)
    hashed = clock.rates(count)
    index, root = count // 3, bytes(stored.head().root)
    hashes, leaf = stored.tree(count).inclusion(index), leaves[index]
    clock = Clock()
    for _ in range(20_000):
        assert merkle.inclusion_holds(leaf=leaf, index=index, size=count, proof=hashes, root=root)
    return {
        "events": count,
        "lists": found.lists,
        "verify": rates,
        "hashing_alone": hashed,
        "proofs_checked": {"hashes": len(hashes), **clock.rates(20_000)},
    }


def _milliseconds(work: Callable[[], object]) -> dict[str, float]:
    taken = []
    for _ in range(PROOFS):
        started = time.perf_counter()
        work()
        taken.append((time.perf_counter() - started) * 1e3)
    return {
        "median_ms": round(statistics.median(taken), 2),
        "p99_ms": round(statistics.quantiles(taken, n=100)[98], 2),
    }


def _entry(number: int) -> bytes:
    return hashlib.sha256(number.to_bytes(8, "big")).digest()


def _actor() -> Any:
    from dtks.foundation.ledger.domain import Actor

    return Actor(
        ACCOUNT, "operator-desa", VILLAGE, "pemutakhiran data", "018f0000-0000-7000-8000-00000000000f"
    )


def _events(count: int, *, lists: bool = False) -> list[Any]:
    import uuid

    from dtks.foundation.ledger.domain import Event, digest

    changed, rows = digest("changed"), tuple(uuid.UUID(int=number << 64) for number in range(50))
    return [
        Event(
            "registry.change", kind="family", subject=str(uuid.UUID(int=number)), before=changed,
            after=changed, detail={"fields": 7}, rows=rows if lists and number % 100 == 0 else (),
        )
        for number in range(count)
    ]  # fmt: skip


def _families() -> Iterator[dict[str, Any]]:
    """Families of four, as arguments of `load_people`."""
    from datetime import date

    import imports
    import polars as pl

    names = ("no_kk", "nik", "nama", "sex", "tanggallahir")
    at = [imports.COLUMNS.index(name) for name in names]
    rows = ([row[index] for index in at] for row in imports.people(100_000))
    for card, members in groupby(rows, key=lambda row: row[0]):
        four = list(islice(members, 4))
        if len(four) < 4:
            continue
        people = [
            {"family_key": card, "member_no": number, "nik": nik, "name": name, "sex": int(sex),
             "birth_date": date.fromisoformat(born), "relation": min(number, 3), "presence": 1, "status": 1}
            for number, (_, nik, name, sex, born) in enumerate(four, start=1)
        ]  # fmt: skip
        family = {"family_key": card, "village": VILLAGE, "kk_number": card, "address": "Jl. Melati 1",
                  "rt": "001", "rw": "002", "tenure": 1, "floor_material": 8, "toilet": 1}  # fmt: skip
        yield {"by": _actor(), "area": VILLAGE, "source": "ukur", "families": pl.DataFrame([family]),
               "people": pl.DataFrame(people)}  # fmt: skip


def _family_ids() -> list[str]:
    from dtks.registration.registry.models import Family

    return [str(each) for each in Family.objects.values_list("id", flat=True)]


def _payments(family: str, period: str) -> dict[str, Any]:
    import polars as pl

    programmes = ("pkh", "sembako", "pbi-jk", "pip", "blt-dd", "atensi", "yapi")
    rows = [{"family_id": family, "programme": each, "period": period, "amount": 1} for each in programmes]
    return {"by": _actor(), "payments": pl.DataFrame(rows), "source": "ukur"}


CASES: dict[str, Callable[[int], dict[str, Any]]] = {
    "write": write, "bulk": bulk, "proof": proof, "verify": verify,
}  # fmt: skip


def inside(case: str, size: int) -> None:
    """One case, in the database that the environment names."""
    import django

    django.setup()
    from dtks.foundation.scope.current import limited_to

    with limited_to(""):
        print(json.dumps(CASES[case](size)))


def judged(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Each limit that was measured, and whether it is kept."""
    found = {}
    for database in DATABASES:
        for name, each in report.get(f"write_{database}", {}).items():
            most, value = LIMITS["write_percent_more"], each["percent_more"]
            found[f"{name}_{database}"] = {"at_most": most, "found": value, "met": value <= most}
        if each := report.get(f"bulk_{database}"):
            least, value = LIMITS["integrate_per_second"], each["integrate"]["median_per_second"]
            found[f"integrate_{database}"] = {"at_least": least, "found": value, "met": value >= least}
        if each := report.get(f"proof_{database}"):
            most, value = LIMITS["proof_ms"], each["entry"]["p99_ms"]
            found[f"proof_{database}"] = {"at_most": most, "found": value, "met": value <= most}
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, default=10_000_000, help="leaves of the log; the rest follows it")
    parser.add_argument("--only", choices=["tree", *CASES])
    parser.add_argument("--database", choices=DATABASES, help="else both")
    parser.add_argument("--save", action="store_true", help="keep the result in results/")
    parser.add_argument("--inside", choices=list(CASES), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.inside:
        inside(given.inside, given.size)
        return
    from imports import database

    report: dict[str, Any] = {
        "size": given.size,
        "machine": {
            "cpus": os.cpu_count(),
            "python": platform.python_version(),
            "load_before": os.getloadavg()[0],
        },
    }
    started = time.perf_counter()
    if given.only in (None, "tree"):
        report["tree"] = tree(given.size)
    for case in CASES:
        for kind in (given.database,) if given.database else DATABASES:
            if given.only not in (None, case):
                continue
            with database(kind) as environment:
                command = [sys.executable, __file__, "--inside", case, "--size", str(given.size)]
                answer = subprocess.run(
                    command, env=environment, stdout=subprocess.PIPE, text=True, check=True
                )
            report[f"{case}_{kind}"] = json.loads(answer.stdout.splitlines()[-1])
            print(case, kind, answer.stdout.splitlines()[-1], file=sys.stderr, flush=True)
    report["limits"] = judged(report)
    report["benchmark_seconds"] = round(time.perf_counter() - started)
    if given.save:
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report))
    sys.exit(0 if all(each["met"] for each in report["limits"].values()) else 1)


if __name__ == "__main__":
    main()
