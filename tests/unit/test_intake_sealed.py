"""What an import leaves on the disk opens only with the key ring, also when it is killed in the middle."""

from __future__ import annotations

import datetime
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import traceback
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from django.db import connection
from tests.fixtures import intake_files as made
from tests.fixtures.database import THE_OTHER_PARAMETER

from dtks.foundation.areas import actions as areas
from dtks.foundation.kernel.nik import KkNumber, Nik
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.vault import configured, files, ring_file, rotation
from dtks.foundation.vault.tables import sealed_tables
from dtks.registration.intake import actions, errors, guards, keeping, models, queries, report, running
from dtks.registration.intake.domain import State

NAME = "WARGA RAHASIA CONTOH"
MOTHER = "IBUNDA RAHASIA CONTOH"
PHONE = "081290004321"
BY = Actor.system("test")


def planted() -> list[made.Made]:
    """A family of which no row can go in: its values may stand in what waits, and nowhere readable."""
    kk = KkNumber.compose(area_prefix=made.PREFIX, issued_on=datetime.date(2024, 5, 5), serial=7).value
    return [
        made.Made(
            kk,
            Nik.compose(area_prefix=made.PREFIX, birth_date=born, sex=1, serial=9_500 + place).value,
            NAME, 1, born, relation, place + 1, "",
        )
        for place, (relation, born) in enumerate(
            [(1, datetime.date(1980, 3, 4)), (4, datetime.date(2011, 5, 6)), (4, datetime.date(2014, 7, 8))]
        )
    ]  # fmt: skip


def row_of(person: made.Made) -> made.Row:
    return {**made.opensid_row(person), "nama_ibu": MOTHER, "alamat": f"JL. KENANGA HP {PHONE}", "sex": "9"}


def secrets() -> list[str]:
    return [NAME, MOTHER, PHONE, planted()[0].kk, *(person.nik for person in planted())]


def file_of(path: Path, families: int) -> Path:
    rows = [made.opensid_row(person) for person in made.people(families, seed=5)]
    return made.opensid_csv(path, [*rows[:50], *map(row_of, planted()), *rows[50:]])


def forms_of(secret: str) -> Iterator[bytes]:
    """A value as text, as UTF-16, and a number as the integers that tables and databases hold."""
    yield secret.encode("utf-8")
    yield secret.encode("utf-16-le")
    if secret.isdigit() and len(secret) == 16:
        yield int(secret).to_bytes(8, "little")
        yield int(secret).to_bytes(8, "big")


def assert_nothing_readable(folder: Path, *, but: Path) -> list[Path]:
    """No planted value in any file below `folder`, and no packed file that could hide one. The files seen."""
    seen = [path for path in sorted(folder.rglob("*")) if path.is_file() and path != but]
    for path in seen:
        content = path.read_bytes()
        for secret in secrets():
            for form in forms_of(secret):
                assert form not in content, f"{path.name} holds {secret}"
        if "uploads" in path.parts and path.name not in ("lock", "complete.json"):
            assert files.is_sealed(path), path
        assert not zipfile.is_zipfile(path), path
    return seen


CHILD = """
import sys
from pathlib import Path
import django
django.setup()
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.scope.current import limited_to
what, argument = sys.argv[1:]
by = Actor.system("test")
with limited_to(""):
    from dtks.registration.intake import actions, planning, queries
    planning.CHUNK_ROWS = 300
    if what == "prepare":
        from django.core.management import call_command
        from dtks.foundation.areas import actions as areas
        call_command("migrate", verbosity=0)
        areas.load(by=by, under="32.01.02")
    if what == "upload":
        content = Path(argument).read_bytes()
        pieces = [content[at : at + 70_000] for at in range(0, len(content), 70_000)]
        print(actions.upload(by=by, name="warga.csv", pieces=pieces, area="32.01.02.2007")[0])
    if what == "run":
        import uuid
        print(actions.resume(by=by, job_id=uuid.UUID(argument)).rows_pending)
    if what == "shown":
        import uuid
        for one in queries.problems(job_id=uuid.UUID(argument)):
            print(one.value, one.what)
"""


@pytest.mark.slow
def test_nothing_readable_on_the_disk(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "tmp").mkdir(parents=True)
    environment = {**os.environ, "DTKS_HOME": str(home), "DJANGO_SETTINGS_MODULE": "dtks.config.settings"}
    environment["TMPDIR"] = str(home / "tmp")
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    environment.pop("DTKS_DATABASE_URL", None)

    def child(*arguments: object) -> list[str]:
        return [sys.executable, "-c", CHILD, *map(str, arguments)]

    def done(*arguments: object) -> str:
        command = child(*arguments)
        answer = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
        return answer.stdout.strip()

    path = file_of(tmp_path / "warga.csv", 1_500)
    ring = home / "keys" / "ring.json"
    done("prepare", "")
    job = done("upload", path)
    seen = assert_nothing_readable(home, but=ring)
    assert any(one.suffix == ".csv" for one in seen)

    victim = subprocess.Popen(child("run", job), env=environment)
    database = home / "dtks.sqlite3"
    deadline = time.monotonic() + 120
    while chunks_done(database) < 2:
        assert victim.poll() is None, "the import ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.01)
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    seen = assert_nothing_readable(home, but=ring)
    names = {one.name for one in seen}
    assert {"keys.arrow", "complete.json", "dtks.sqlite3-wal"} <= names
    assert any(name.endswith("-raw.arrow") for name in names)

    assert int(done("run", job)) == len(planted())
    assert_nothing_readable(home, but=ring)
    assert [one.name for one in (home / "uploads").iterdir()] == []
    # And it is all there for whoever may see it.
    assert "9" in done("shown", job).split()


def chunks_done(database: Path) -> int:
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30) as found:
        return int(found.execute("SELECT coalesce(max(chunks_done), 0) FROM intake_importjob").fetchone()[0])


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=[pytest.mark.django_db, THE_OTHER_PARAMETER]),
        pytest.param("postgres", marks=pytest.mark.postgres),
    ]
)
def database(request: pytest.FixtureRequest, tmp_path: Path, settings: object) -> None:
    """Either database, a data folder and a ring of one's own, and the areas of one district."""
    if request.param == "postgres":
        request.getfixturevalue("postgres")
    settings.HOME = tmp_path / "home"
    settings.KEY_RING = settings.HOME / "keys" / "ring.json"
    ring_file.create(configured.place(), now=now())
    areas.load(by=BY, under="32.01.02")


def now() -> datetime.datetime:
    return datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)


def in_file(path: Path) -> object:
    return actions.import_file(by=BY, path=path, area=made.VILLAGE)


def test_no_column_holds_what_waits(database: None, tmp_path: Path) -> None:
    done = in_file(file_of(tmp_path / f"{NAME} {planted()[0].nik}.csv", 30))
    assert done.rows_pending == len(planted())
    with connection.cursor() as cursor:
        for table in ("intake_importjob", "intake_pendingrow", "intake_importnote"):
            cursor.execute(f"SELECT * FROM {table}")
            for row in cursor.fetchall():
                for value in row:
                    content = bytes(value) if isinstance(value, memoryview | bytes) else str(value).encode()
                    for secret in secrets():
                        assert secret.encode() not in content, (table, secret)
    waiting = models.PendingRow.objects.filter(match_key_index__isnull=False)
    assert waiting.count() == len(planted())
    shown = queries.problems(job_id=done.job, code="DTKS-ROW-013") or queries.problems(job_id=done.job)
    assert any(problem.holds_back for problem in shown)


def test_the_codes_of_a_row_are_asked_for_whole(database: None, tmp_path: Path) -> None:
    done = in_file(file_of(tmp_path / "a.csv", 30))
    for code, count in done.problems.items():
        found = queries.problems(job_id=done.job, code=code, only_pending=True)
        assert len({(problem.sheet, problem.row) for problem in found}) == count
        assert {problem.code for problem in found} == {code}
        assert queries.problems(job_id=done.job, code=code[:-1], only_pending=True) == []


@pytest.mark.parametrize("rotated", [False, True])
def test_waiting_rows_are_recognised_while_keys_are_exchanged(
    database: None, tmp_path: Path, rotated: bool
) -> None:
    first = in_file(file_of(tmp_path / "a.csv", 30))
    assert first.rows_pending == len(planted())
    for part in ("data", "index"):
        ring_file.add_key(configured.place(), part=part, now=now())
    if rotated:
        tables = sealed_tables([models.ImportJob, models.PendingRow, models.ImportNote])
        done = rotation.rotate(place=configured.place(), tables=tables)
        assert done.rows >= len(planted())
        assert done.damaged == {}
        for part in ("data", "index"):
            later = now() + ring_file.SETTLING
            rotation.retire(place=configured.place(), part=part, key_id=1, now=later, tables=tables)
    mended = [{**row_of(person), "sex": str(person.sex)} for person in planted()]
    again = in_file(made.opensid_csv(tmp_path / "b.csv", mended))
    assert (again.rows_accepted, again.rows_mended) == (len(planted()), len(planted()))


def test_an_altered_upload_is_not_imported(database: None, tmp_path: Path) -> None:
    content = file_of(tmp_path / "a.csv", 400).read_bytes()
    job, _ = actions.upload(by=BY, name="a.csv", pieces=[content], area=made.VILLAGE)
    stored = keeping_path(job)
    sealed = stored.read_bytes()
    at = files.HEADER_BYTES + 100
    stored.write_bytes(sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :])
    with pytest.raises(Exception, match="DTKS-VLT-005"):
        actions.resume(by=BY, job_id=job)
    stored.write_bytes(sealed)
    assert actions.resume(by=BY, job_id=job).rows_pending == len(planted())


def keeping_path(job: object) -> Path:
    from dtks.registration.intake import running

    return running.uploaded(models.ImportJob.objects.get(pk=job))


def test_a_refused_upload_is_not_kept(database: None, settings: object) -> None:
    def broken() -> Iterator[bytes]:
        yield b"nik;nama\n"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        actions.upload(by=BY, name="a.csv", pieces=broken())
    with pytest.raises(errors.EmptyFile):
        actions.upload(by=BY, name="a.csv", pieces=[])
    assert list((settings.HOME / "uploads").iterdir()) == []


def test_sealed_files_are_guarded_by_their_content(database: None, tmp_path: Path) -> None:
    book = made.opensid_workbook(tmp_path / "a.xlsx", [row_of(person) for person in planted()])
    for name, content, kind in (
        ("b.xlsx", book.read_bytes(), "xlsx"),
        ("b.csv", b"a;b\n1;2\n", "csv"),
    ):
        with files.writer(tmp_path / name, ring=configured.ring()) as out:
            out.write(content)
        assert guards.check(tmp_path / name) == kind
        assert keeping.size_of(tmp_path / name) == len(content)
    with files.writer(tmp_path / "c.xlsx", ring=configured.ring()) as out:
        out.write(b"%PDF-1.7 " + bytes(200))
    with pytest.raises(errors.NotWhatItSays):
        guards.check(tmp_path / "c.xlsx")
    limits = guards.Limits(file_bytes=5)
    with pytest.raises(errors.FileTooLarge):
        guards.check(tmp_path / "b.csv", limits=limits)


def test_a_report_for_the_browser_leaves_nothing_behind(
    database: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = in_file(file_of(tmp_path / "a.csv", 30))
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr(os, "unlink", lambda *_: pytest.fail("a file was laid down"))
    content = report.in_memory(job_id=done.job)
    monkeypatch.undo()
    assert list(folder.iterdir()) == []
    page = openpyxl.load_workbook(io.BytesIO(content.getvalue()))[("csv")]
    cells = {str(cell.value) for row in page.iter_rows() for cell in row}
    assert {MOTHER, planted()[0].nik} <= cells


def test_a_report_for_the_browser_is_cut_and_says_so(
    database: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = in_file(file_of(tmp_path / "a.csv", 30))
    monkeypatch.setattr(report, "MOST_ROWS", 2)
    book = openpyxl.load_workbook(report.in_memory(job_id=done.job))
    assert book["csv"].max_row == 1 + 2
    said = " ".join(str(cell.value) for row in book["Petunjuk"].iter_rows() for cell in row)
    assert f"2 baris; {len(planted()) - 2} baris lain" in said
    whole = openpyxl.load_workbook(report.write(job_id=done.job, path=tmp_path / "c.xlsx"))
    assert whole["csv"].max_row == 1 + len(planted())
    assert not any("baris lain" in str(c.value) for row in whole["Petunjuk"].iter_rows() for c in row)


def test_the_queue_keeps_no_text_of_a_failure(
    database: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An import that breaks off where nobody expected it."""
    nik = planted()[0].nik
    job, _ = actions.upload(by=BY, name="a.csv", pieces=[file_of(tmp_path / "a.csv", 30).read_bytes()],
                            area=made.VILLAGE)  # fmt: skip
    actions.confirm(by=BY, job_id=job)
    monkeypatch.setattr(running, "plan", lambda *_: int(f"{NAME} {nik}"))
    with pytest.raises(errors.ImportBroken) as caught:
        actions.resume(by=BY, job_id=job)
    left = models.ImportJob.objects.get(pk=job)
    assert (left.state, left.error_code) == (State.FAILED, errors.ImportBroken.code)
    kept = "".join(traceback.format_exception(caught.value))
    assert nik not in kept
    assert NAME not in kept


def test_job_arguments_name_nobody(database: None, tmp_path: Path) -> None:
    """What the page puts into the queue: keys of the import and of the officer's role."""
    content = file_of(tmp_path / "a.csv", 30).read_bytes()
    job, _ = actions.upload(by=BY, name=f"{NAME}.csv", pieces=[content], area=made.VILLAGE)
    kept = json.dumps([str(job), getattr(models.ImportJob.objects.get(pk=job), "acting", {})])
    for secret in secrets():
        assert secret not in kept
