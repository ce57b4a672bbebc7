"""Made-up people per second, against making them one by one with the same rules.

    .venv/bin/python benchmarks/synth.py                        # 1,000,000 families; JSON as the last line
    .venv/bin/python benchmarks/synth.py --families 30000000 --no-identities

Limits (2 cores): at least 400,000 people a second for a million families or more, under 2,000 MB in all
processes together. `synth` runs as the command, in processes of its own. `naive` draws each family and person
from the very same tables, one after the other in plain Python, and writes them with Polars. `pages` compares
the package's own Parquet pages with pyarrow's writer on the same people. Every case says its processor time:
where the machine is shared, compare that.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]
RESULT = Path(__file__).parent / "results" / "synth.json"
LEAST_PEOPLE_PER_SECOND = 400_000
MOST_MEGABYTES = 2_000
DAY = datetime.date(2026, 11, 1)  # the usual day of `dtks synth`
# What a person takes from the family.
INHERITED = (
    *("welfare8", "school_welfare", "urban", "coast", "disaster_risk", "poor", "homeless", "alone"),
    *("family_insurance", "religion", "culture", "faith", "custom", "regency_no", "family_word"),
)
EPOCH = datetime.date(1970, 1, 1)


def synth(*, families: int, identities: bool, workers: int, folder: Path) -> dict[str, Any]:
    """`dtks synth --json`, whole country."""
    out = folder / "nation"
    command = [sys.executable, "-m", "dtks.cli", "synth", "--families", str(families), "--area", "all"]
    command += ["--seed", "1", "--out", str(out), "--workers", str(workers), "--json"]
    command += ["--identities" if identities else "--no-identities"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        cpu = _processor_time(process)
        answer, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"synth failed: {process.returncode}")
    report = json.loads(answer.splitlines()[-1])
    size = sum(path.stat().st_size for path in out.rglob("*.parquet"))
    shutil.rmtree(out)
    return {
        **{name: report[name] for name in ("families", "people", "seconds", "peak_rss_mb", "worst")},
        "people_per_second": round(report["people"] / report["seconds"]),
        "cpu_seconds": round(cpu, 1),
        "people_per_cpu_second": round(report["people"] / cpu),
        "bytes_per_person": round(size / report["people"], 1),
    }


def _processor_time(process: subprocess.Popen[str]) -> float:
    """Of a command and all its descendants, sampled until it ends: its workers are not its own children."""
    watched = psutil.Process(process.pid)
    spent: dict[int, float] = {}
    while process.poll() is None:
        try:
            for one in [watched, *watched.children(recursive=True)]:
                times = one.cpu_times()
                spent[one.pid] = times.user + times.system
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
        time.sleep(0.02)
    return sum(spent.values())


class OneByOne:
    """The rules of `synth`, one family and one person at a time."""

    def __init__(self) -> None:
        from dtks.determination.synth import actions, calibration, places, pool
        from dtks.determination.synth.chunk import ProvinceMaker
        from dtks.determination.synth.domain import SynthRequest
        from dtks.determination.synth.kit import Kit
        from dtks.determination.synth.target import layout
        from dtks.foundation.areas import queries as areas

        figures = calibration.load(actions.calibration_directory())
        request = SynthRequest(area="32", families=10_000, seed=1, taken_on=DAY)
        (plan,) = places.spread_out(
            area="32", families=10_000, calibration=figures, reference=areas.reference()
        )
        self.kit = Kit(
            request=request, calibration=figures, pool=pool.national_pool(figures.national), layout=layout()
        )
        self.maker = ProvinceMaker(self.kit, plan)
        self.villages = plan.villages
        self.programs = self.maker.programs
        self.words = [""] * 4_096
        for word, number in self._vocabulary().items():
            self.words[number] = word
        self.serials: dict[str, int] = {}

    def _vocabulary(self) -> dict[str, int]:
        spelling = self.kit.names.spelling
        whole = spelling._bytes.tobytes()
        starts, lengths = spelling._start.tolist(), spelling._length.tolist()
        return {
            whole[start + 1 : start + length].decode(): number
            for number, (start, length) in enumerate(zip(starts, lengths, strict=True))
            if length
        }

    def family(self, number: int, chance: random.Random) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """A family and its people, as dictionaries."""
        from dtks.determination.synth.draws import run_one

        village = chance.randrange(len(self.villages.code))
        regency = int(self.maker.regency_no[village])
        fit = self.maker.fit(regency)
        skeleton = int(fit.slots[chance.randrange(len(fit.slots))])
        own = int(self.kit.own_lots[chance.randrange(len(self.kit.own_lots))])
        effect = int(self.villages.effect[village])
        welfare = int(self.kit.made_of[skeleton]) + effect + own - fit.threshold
        size = int(self.kit.pool.size[skeleton])
        band = max(0, min((welfare + 2000) // 400, 15))
        school = max(0, min((welfare + fit.school_shift + 2000) // 800, 7))
        kind = int(self.villages.kind[village])
        family = {
            "family_id": int(self.villages.code[village]) * 1_000_000 + number,
            "village": int(self.villages.code[village]), "village_kind": kind, "regency_no": regency,
            "size": size, "members": min(size, 6), "alone": int(size == 1), "welfare": band,
            "welfare8": band >> 1, "school_welfare": school, "poor": int(welfare < 0), "homeless": 0,
            "desa": int(kind != 1), "urban": int(self.villages.urban[village]),
            "coast": int(self.villages.coast[village]), "remote": int(self.villages.remote[village]),
            "disaster_risk": int(self.villages.hazard[village]),
            "sanitation": fit.sanitation, "water": fit.water,
        }  # fmt: skip
        run_one(self.programs.dwelling, family, chance.getrandbits(64))
        run_one(self.maker.naming, family, chance.getrandbits(64))
        run_one(self.programs.insurance, family, chance.getrandbits(64))
        people = [self.person(family, skeleton, place, chance) for place in range(size)]
        family["children"] = int(any(person["age"] < 18 for person in people))
        family["farm"] = int(people[0]["industry"] in (1, 2, 3, 5, 6))
        family["muslim"] = int(family["religion"] == 1)
        run_one(self.programs.family, family, chance.getrandbits(64))
        return family, people

    def person(
        self, family: dict[str, Any], skeleton: int, place: int, chance: random.Random
    ) -> dict[str, Any]:
        """One member, with name and NIK."""
        from dtks.determination.synth.draws import run_one

        pool = self.kit.pool
        at = int(pool.start[skeleton]) + place
        age, sex = int(pool.age[at]), int(pool.sex[at])
        since = chance.randrange(365)
        born = DAY.replace(year=DAY.year - age) - datetime.timedelta(days=since)
        person = {name: family[name] for name in INHERITED}
        person |= {
            "person_id": family["family_id"] * 100 + place + 1, "member_no": place + 1, "age": age,
            "sex": sex, "relation": int(pool.relation[at]), "marital_status": int(pool.marital[at]),
            "birth_order": int(pool.birth_order[at]), "headship": int(place == 0), "adult": int(age >= 15),
            "growth": age * 4 + min(since // 92, 3) if age < 5 else 20, "birth_date": born,
        }  # fmt: skip
        run_one(self.programs.person, person, chance.getrandbits(64))
        run_one(self.maker.naming_people, person, chance.getrandbits(64))
        parts = [person["birth_word"] if person["birth_word"] >= 0 else person["word_1"], person["word_2"]]
        person["name"] = " ".join(self.words[part] for part in parts if part >= 0)
        start = f"{family['village'] // 1_000_000}90{born.day + 40 * (sex == 2):02d}{born:%m%y}"
        self.serials[start] = self.serials.get(start, 0) + 1
        person["nik"] = f"{start}{self.serials[start]:04d}"
        return person


def naive(*, families: int, folder: Path) -> dict[str, Any]:
    """People a second, one by one."""
    import polars as pl

    maker = OneByOne()
    chance = random.Random(1)
    maker.family(0, chance)
    started, busy = time.perf_counter(), time.process_time()
    households: list[dict[str, Any]] = []
    people: list[dict[str, Any]] = []
    for number in range(families):
        family, members = maker.family(number + 1, chance)
        households.append(family)
        people += members
    for name, rows in (("families", households), ("people", people)):
        pl.DataFrame(rows, infer_schema_length=None).write_parquet(folder / f"naive-{name}.parquet")
    seconds, cpu = time.perf_counter() - started, time.process_time() - busy
    return {
        "families": families,
        "people": len(people),
        "seconds": round(seconds, 2),
        "people_per_second": round(len(people) / seconds),
        "people_per_cpu_second": round(len(people) / cpu),
    }


def pages() -> dict[str, Any]:
    """Nanoseconds of processor time a value: a chunk of people as Parquet, by this package and by pyarrow."""
    import io

    import pyarrow as pa
    import pyarrow.parquet as pq

    from dtks.determination.synth import encode
    from dtks.determination.synth.parquet_file import ParquetFile

    maker = OneByOne().maker
    chunk = maker.make(0)
    with tempfile.TemporaryDirectory() as folder:
        file = ParquetFile(Path(folder) / "people.parquet", maker.kit.layout.person)
        file.append(encode.people(chunk, maker))
        file.close()
        table = pq.read_table(file.path)
        own_size = file.path.stat().st_size
    values = table.num_rows * table.num_columns
    buffer = io.BytesIO()

    def by_pyarrow() -> None:
        buffer.seek(0)
        pq.write_table(table, buffer, compression="zstd", compression_level=1)

    pa.set_cpu_count(1)
    own = _best(lambda: encode.people(chunk, maker))
    other = _best(by_pyarrow)
    return {
        "own_ns_per_value": round(own / values * 1e9, 1),
        "pyarrow_ns_per_value": round(other / values * 1e9, 1),
        "times_faster": round(other / own, 1),
        "size_against_pyarrow": round(own_size / buffer.tell(), 2),
    }


def _best(work: Any, times: int = 5) -> float:
    """The least processor time of several runs."""
    found = []
    for _ in range(times):
        started = time.process_time()
        work()
        found.append(time.process_time() - started)
    return min(found)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--families", type=int, default=1_000_000)
    parser.add_argument("--naive-families", type=int, default=300)
    parser.add_argument("--workers", type=int, default=0, help="0 = all cores")
    parser.add_argument("--identities", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--save", action="store_true", help="keep the result in results/")
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dtks.config.settings")
    import django

    django.setup()
    report: dict[str, Any] = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "load_before": round(os.getloadavg()[0], 1),
    }
    with tempfile.TemporaryDirectory(prefix="dtks-bench-synth-") as folder:
        report["naive"] = naive(families=given.naive_families, folder=Path(folder))
        report["pages"] = pages()
        report["synth"] = synth(
            families=given.families,
            identities=given.identities,
            workers=given.workers,
            folder=Path(folder),
        )
    made, one_by_one = report["synth"], report["naive"]
    report["times_faster"] = round(made["people_per_second"] / one_by_one["people_per_second"])
    report["times_faster_per_cpu"] = round(
        made["people_per_cpu_second"] / one_by_one["people_per_cpu_second"]
    )
    report["limits"] = {"people_per_second": LEAST_PEOPLE_PER_SECOND, "peak_rss_mb": MOST_MEGABYTES}
    report["met"] = {
        "people_per_second": made["people_per_second"] >= LEAST_PEOPLE_PER_SECOND,
        "peak_rss_mb": made["peak_rss_mb"] <= MOST_MEGABYTES,
    }
    if given.save:
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(report))


if __name__ == "__main__":
    main()
