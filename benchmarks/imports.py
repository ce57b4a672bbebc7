"""People per second from a village workbook and from Parquet into the register, against a naive import.

    .venv/bin/python benchmarks/imports.py                       # all, 100,000 rows; JSON as the last line
    .venv/bin/python benchmarks/imports.py --only opensid --rows 1000000
    .venv/bin/python benchmarks/imports.py --only readers        # ways to read .xlsx

Limits (2 cores; fields sealed, row-level security under the site's own role): an OpenSID workbook of 43
columns ≥ 10,000 people/s into SQLite and ≥ 12,700 into PostgreSQL; a made-up population from Parquet ≥
36,200 people/s into PostgreSQL. Every case runs in a process and a database of its own, through `dtks
import`, so that seconds and memory are those of the command. `cpu` is the command's processor time: where
the machine is shared, compare that. Naive: openpyxl, `save()` per record.
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
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]
RESULT = Path(__file__).parent / "results" / "imports.json"
VILLAGE = "32.01.02.2007"
PREFIX = "320190"
# At most 30 % less than before fields were sealed and areas enforced (14,407, 18,169 and 51,768/s here).
LIMITS = {"opensid_sqlite": 10_000, "opensid_postgresql": 12_700, "parquet_postgresql": 36_200}
FAMILY_OF = (1, 2, 2, 3, 3, 4, 4, 4, 5, 6)
LOAD_AREAS = """from dtks.foundation.areas import actions
from dtks.foundation.accounts.acting import as_system
with as_system() as by:
    actions.load(by=by, under='{}')
"""
COLUMNS = (  # noqa: SIM905 - a list of 43 literals is harder to read
    "alamat dusun rw rt nama no_kk nik sex tempatlahir tanggallahir agama_id pendidikan_kk_id "
    "pendidikan_sedang_id pekerjaan_id status_kawin kk_level warganegara_id ayah_nik nama_ayah ibu_nik "
    "nama_ibu golongan_darah_id akta_lahir dokumen_pasport tanggal_akhir_paspor dokumen_kitas "
    "akta_perkawinan tanggalperkawinan akta_perceraian tanggalperceraian cacat_id cara_kb_id hamil ktp_el "
    "status_rekam alamat_sekarang status_dasar suku tag_id_card id_asuransi no_asuransi lat lng"
).split()


def people(count: int) -> Iterator[list[str]]:
    """Rows of an OpenSID workbook: families of one to six, every NIK and KK number well-formed and unique."""
    born_before = date(2026, 1, 1)
    serials: dict[str, int] = {}
    made = family = 0
    while made < count:
        issued = date(2006, 1, 1) + timedelta(days=family % 7_000)
        card = f"{PREFIX[:4]}{90 + family // 7_000 // 9_999}{issued:%d%m%y}{family // 7_000 % 9_999 + 1:04d}"
        for member in range(min(FAMILY_OF[family * 7 % 10], count - made)):
            sex = member + 1 if member < 2 else 1 + (made * 31) % 2
            years = 26 + (made * 13) % 45 if member < 2 else (made * 17) % 24
            born = born_before - timedelta(days=365 * years + (made * 101) % 360 + 1)
            start = f"{born.day + (40 if sex == 2 else 0):02d}{born:%m%y}"
            serials[start] = serials.get(start, 0) + 1
            district, serial = divmod(serials[start] - 1, 9_999)
            nik = f"{PREFIX[:4]}{90 + district}{start}{serial + 1:04d}"
            yield _row(made, family, member, sex=sex, born=born, card=card, nik=nik)
            made += 1
        family += 1


def _row(made: int, family: int, member: int, *, sex: int, born: date, card: str, nik: str) -> list[str]:
    values = {
        "alamat": f"JL. MELATI NO {family % 400}", "dusun": f"DUSUN {family % 9}", "rw": f"{family % 12:03d}",
        "rt": f"{family % 40:03d}", "nama": f"WARGA {made * 7919 % 999_983} CONTOH", "no_kk": card,
        "nik": nik,
        "sex": str(sex), "tempatlahir": "BOGOR", "tanggallahir": born.isoformat(), "agama_id": "1",
        "pendidikan_kk_id": str(made % 10 + 1), "pendidikan_sedang_id": "18",
        "pekerjaan_id": str(made % 89 + 1),
        "status_kawin": "2" if member < 2 else "1",
        "kk_level": ("1", "3", "4", "4", "4", "9")[member],
        "warganegara_id": "1", "nama_ayah": f"AYAH {family}", "nama_ibu": f"IBU {family}",
        "golongan_darah_id": "13", "akta_lahir": f"AL/{made}", "cacat_id": "7", "cara_kb_id": "",
        "hamil": "2" if sex == 2 else "", "ktp_el": "2", "status_rekam": "8", "status_dasar": "1",
        "suku": "SUNDA",
        "id_asuransi": "2", "lat": "-6.48", "lng": "106.93",
    }  # fmt: skip
    return [values.get(column, "") for column in COLUMNS]


def write_workbook(path: Path, count: int) -> Path:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        page = book.add_worksheet("Data Penduduk")
        page.write_row(0, 0, COLUMNS)
        for number, row in enumerate(people(count), start=1):
            page.write_row(number, 0, row)
    return path


@contextmanager
def database(kind: str) -> Iterator[dict[str, str]]:
    """The environment of a process with a new database of its own, with the areas of one district."""
    from dtks.config.postgresql import TemporaryServer

    with tempfile.TemporaryDirectory(prefix="dtks-bench-") as home:
        environment = {**os.environ, "DTKS_HOME": home, "DJANGO_SETTINGS_MODULE": "dtks.config.settings"}
        environment["PYTHONPATH"] = str(ROOT / "src")
        environment.pop("DTKS_DATABASE_URL", None)
        server = TemporaryServer().start() if kind == "postgresql" else None
        try:
            if server is not None:
                # As in an installation: the role that works does not own the tables.
                environment["DTKS_DATABASE_OWNER_URL"] = server.url()
                environment["DTKS_DATABASE_URL"] = server.url(user="dtks_application")
            prepare = (
                "import django; django.setup(); from dtks.cli.serve import migrate; migrate();"
                + LOAD_AREAS.format(VILLAGE[:8])
            )
            subprocess.run([sys.executable, "-c", prepare], env=environment, check=True)
            yield environment
        finally:
            if server is not None:
                server.stop()


def import_(environment: dict[str, str], *arguments: str) -> dict[str, Any]:
    """What `dtks import --json` reports, with people per second and processor time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "dtks.cli", "import", *arguments, "--json"]
    answer = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    report: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    kept = {name: report[name] for name in ("people", "families", "seconds", "peak_rss_mb")}
    return {**kept, "people_per_second": round(report["people"] / report["seconds"]), "cpu": round(cpu, 2)}


def opensid(rows: int, folder: Path) -> dict[str, Any]:
    path = write_workbook(folder / "penduduk.xlsx", rows)
    found: dict[str, Any] = {"workbook_mb": round(path.stat().st_size / 1e6, 1)}
    for kind in ("sqlite", "postgresql"):
        with database(kind) as environment:
            found[f"opensid_{kind}"] = import_(environment, str(path), "--area", VILLAGE)
    return found


def parquet(families: int, folder: Path) -> dict[str, Any]:
    out = folder / "penduduk-buatan"
    with database("postgresql") as environment:
        command = [
            sys.executable,
            "-m",
            "dtks.cli",
            "synth",
            "--families",
            str(families),
            "--area",
            VILLAGE[:5],
        ]
        command += ["--seed", "1", "--out", str(out), "--json"]
        load = f"import django; django.setup(); {LOAD_AREAS.format(VILLAGE[:5])}"
        subprocess.run([sys.executable, "-c", load], env=environment, check=True)
        subprocess.run(command, env=environment, check=True, capture_output=True)
        return {"parquet_postgresql": import_(environment, str(out))}


NAIVE = """
import sys, time, django
django.setup()
import openpyxl
from django.utils import timezone
from dtks.registration.registry import models as m
path, count = sys.argv[1], int(sys.argv[2])
now, today, families, done = timezone.now(), timezone.localdate(), {}, 0
started = time.perf_counter()
rows = openpyxl.load_workbook(path, read_only=True).worksheets[0].iter_rows(values_only=True)
heads = next(rows)
about = dict(province=32, area_number=3201022007, source="naif", recorded_at=now)
fact = dict(about, valid_from=today)
for row in rows:
    v = dict(zip(heads, row))
    family = families.get(v["no_kk"])
    if family is None:
        family = families[v["no_kk"]] = m.Family(**about)
        family.save()
        card = dict(kk_number=v["no_kk"], village=sys.argv[3], address=v["alamat"])
        m.FamilyCard(family=family, **card, **fact).save()
    person = m.Person(**about)
    person.save()
    m.PersonDemographics(
        person=person, nik=v["nik"], name=v["nama"], sex=int(v["sex"]), birth_date=v["tanggallahir"], **fact
    ).save()
    m.FamilyMembership(person=person, family=family, relation=1, **fact).save()
    done += 1
    if done == count:
        break
print(done, time.perf_counter() - started)
"""


def naive(rows: int, folder: Path) -> dict[str, Any]:
    path = write_workbook(folder / "naif.xlsx", rows)
    found = {}
    for kind in ("sqlite", "postgresql"):
        with database(kind) as environment:
            command = [sys.executable, "-c", NAIVE, str(path), str(rows), VILLAGE]
            answer = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
            done, seconds = answer.stdout.split()
            found[f"naive_{kind}"] = {
                "people": int(done),
                "people_per_second": round(int(done) / float(seconds)),
            }
    return found


READERS = {
    "dtks": """
from dtks.registration.intake.readers.xlsx import XlsxWorkbook
book = XlsxWorkbook(path)
rows = sum(len(block.rows) for block in book.blocks(book.sheets()[0]))
""",
    "dtks_slow": """
from dtks.registration.intake.readers import sheet_tags
from dtks.registration.intake.readers.xlsx import XlsxWorkbook
book = XlsxWorkbook(path)
with book._zip.open(book.sheets()[0].locator) as file:
    rows = sum(1 for _ in sheet_tags.rows(file, book.shared_strings()))
""",
    "calamine": """
import python_calamine
rows = sum(1 for _ in python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).iter_rows())
""",
    "calamine_plus_stream": """
import python_calamine_plus
book = python_calamine_plus.CalamineWorkbook.from_path(str(path))
rows = sum(1 for _ in book.stream_sheet_by_index(0))
""",
    "openpyxl": """
import openpyxl
rows = sum(1 for _ in openpyxl.load_workbook(path, read_only=True).worksheets[0].iter_rows(values_only=True))
""",
}


def readers(rows: int, folder: Path) -> dict[str, Any]:
    """Rows per second of processor time, and memory, of each way to read the workbook (no start-up)."""
    path = write_workbook(folder / "baca.xlsx", rows)
    found: dict[str, Any] = {}
    for name, code in READERS.items():
        script = (
            "import sys, time, resource\nfrom pathlib import Path\nimport polars, numpy, pyarrow\n"
            "path = Path(sys.argv[1])\nbase = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
            f"started = time.process_time()\n{code}\n"
            "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
            "print(rows, time.process_time() - started, (peak - base) / 1000)"
        )
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        answer = subprocess.run(
            [sys.executable, "-c", script, str(path)],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if answer.returncode:
            found[name] = "not installed"
            continue
        read, cpu, grown = answer.stdout.split()
        found[name] = {
            "rows_per_cpu_second": round(int(read) / float(cpu)),
            "memory_growth_mb": round(float(grown)),
        }
    return {"readers": found}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--families", type=int, default=100_000, help="families of the made-up population")
    parser.add_argument("--naive-rows", type=int, default=500)
    parser.add_argument("--only", choices=["opensid", "parquet", "naive", "readers"])
    parser.add_argument("--save", action="store_true", help="keep the result in results/")
    given = parser.parse_args()
    report: dict[str, Any] = {"rows": given.rows, "machine": f"{platform.machine()}, {os.cpu_count()} cores"}
    report["load_before"] = os.getloadavg()[0]
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="dtks-bench-files-") as folder:
        cases = {
            "naive": lambda: naive(given.naive_rows, Path(folder)),
            "opensid": lambda: opensid(given.rows, Path(folder)),
            "parquet": lambda: parquet(given.families, Path(folder)),
            "readers": lambda: readers(min(given.rows, 50_000), Path(folder)),
        }
        for name, case in cases.items():
            if given.only in (None, name):
                found = case()
                report.update(found)
                print(json.dumps(found), file=sys.stderr, flush=True)
    report["limits"] = {
        name: {"at_least": limit, "met": report[name]["people_per_second"] >= limit}
        for name, limit in LIMITS.items()
        if name in report
    }
    report["benchmark_seconds"] = round(time.perf_counter() - started)
    if given.save:
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report))


if __name__ == "__main__":
    main()
