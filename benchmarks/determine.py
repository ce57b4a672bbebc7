"""People determined per second, against a plain scan of the same files and a loop over the ORM.

    .venv/bin/python benchmarks/determine.py                        # 325,000 families (a million people)
    .venv/bin/python benchmarks/determine.py --families 3250000     # ten million
    .venv/bin/python benchmarks/determine.py --snapshot DIR --skip duckdb,orm

Limit (2 cores): at least 100 × the ORM loop. Every case runs in a process of its own; `cpu` is processor time
of the case and its children: where the machine is shared, compare that. Scan: reads and hashes every column.
ORM loop: one family after the other through Django's models, rules in plain Python, one save() per result; it
does less (no score) and is measured on `--sample` families.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULT = Path(__file__).parent / "results" / "determine.json"
PERIOD = "2026-12"
AREA_OF_SAMPLE = "33.02.11"
LEAST_RATIO_TO_ORM = 100
ORM = Path(__file__).parent / "determine_orm.py"

SCAN = """
import json, sys, time
import polars as pl
started = time.perf_counter()
people = 0
for table in ("families", "people"):
    lazy = pl.scan_parquet(f"{sys.argv[1]}/{table}/*.parquet")
    done = lazy.select(pl.all().hash(0).sum(), rows=pl.len()).collect(engine="streaming")
    people = done["rows"][0]
print(json.dumps({"people": people, "seconds": time.perf_counter() - started}))
"""


def case(command: list[str], home: Path) -> dict[str, Any]:
    """Run one case; what it printed last, with people per second and processor time."""
    environment = {**os.environ, "DTKS_HOME": str(home), "DJANGO_SETTINGS_MODULE": "dtks.config.settings"}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    environment.pop("DTKS_DATABASE_URL", None)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    answer = subprocess.run(
        [sys.executable, *command], env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    report: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    kept = {name: report[name] for name in ("people", "seconds", "peak_rss_mb", "sha256") if name in report}
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {**kept, "people_per_second": round(report["people"] / report["seconds"]), "cpu": round(cpu, 2)}


def determine(engine: str, snapshot: Path, folder: Path) -> dict[str, Any]:
    command = ["-m", "dtks.cli", "determine", "--snapshot", str(snapshot), "--period", PERIOD]
    return case([*command, "--out", str(folder / engine), "--engine", engine, "--json"], folder / "home")


def population(families: int, folder: Path) -> Path:
    out = folder / "population"
    command = ["-m", "dtks.cli", "synth", "--families", str(families), "--area", "all", "--seed", "1"]
    case([*command, "--out", str(out), "--json"], folder / "home")
    return out


def measure(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    (folder / "home").mkdir()
    snapshot = options.snapshot or population(options.families, folder)
    sample = [AREA_OF_SAMPLE, str(options.sample), str(folder / "sample")]
    cases: dict[str, Callable[[], dict[str, Any]]] = {
        "scan": lambda: case(["-c", SCAN, str(snapshot)], folder / "home"),
        "polars": lambda: determine("polars", snapshot, folder),
        "duckdb": lambda: determine("duckdb", snapshot, folder),
        "orm_loop": lambda: case([str(ORM), *sample], folder / "home"),
    }
    skipped = set(options.skip.split(","))
    found: dict[str, Any] = {name: run() for name, run in cases.items() if name not in skipped}
    found["ratios"] = ratios(found)
    return found


def ratios(found: dict[str, Any]) -> dict[str, Any]:
    """How the default engine compares; `same_values`: both engines wrote the same bytes."""
    speed = {name: one["people_per_second"] for name, one in found.items()}
    compared: dict[str, Any] = {
        name: round(speed["polars"] / speed[name], 2) for name in speed if name != "polars"
    }
    if "duckdb" in found:
        compared["same_values"] = found["polars"]["sha256"] == found["duckdb"]["sha256"]
    if "orm_loop" in speed:
        compared["limit_met"] = compared["orm_loop"] >= LEAST_RATIO_TO_ORM
    return compared


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--families", type=int, default=325_000)
    parser.add_argument("--snapshot", type=Path, help="an existing snapshot instead of a new population")
    parser.add_argument("--sample", type=int, default=300, help="families of the ORM loop")
    parser.add_argument("--skip", default="", help="cases to leave out: scan, duckdb, orm_loop")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dtks-bench-") as folder:
        found = measure(options, Path(folder))
    machine = {"cpu": platform.processor() or platform.machine(), "cores": os.cpu_count()}
    result = {"machine": machine, "load": os.getloadavg()[0], **found}
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
