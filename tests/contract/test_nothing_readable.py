"""A whole installation is used, and then every file that it left is searched for what must not be readable.

Planted: NIK, KK numbers, phone, e-mail, mothers' names in a village's file with bad rows, in accounts, in
sign-in forms, in searches, in addresses, in an error that nobody expected. Searched: the database's files,
every other file of the data folder, and all that the processes wrote, in which no name may stand either.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.fixtures import intake_files as made

from dtks.config.postgresql import TemporaryServer

pytestmark = pytest.mark.slow

MOTHER = "SUNARTI PURWOREJO"
PHONE = "081298765432"
EMAIL = "ratna.rahasia@contoh.go.id"
CITIZENS_PHONE = "081376540987"
CITIZENS_EMAIL = "warga.rahasia@contoh.id"
TYPED_NIK = "3302930101900007"
TYPED_NAME = "SUMINTEN GONDOSULI"

USED = """
import sys, uuid, django
django.setup()
from django.conf import settings
from django.test import Client
from dtks.foundation.accounts import actions as accounts, citizen_help, citizen_look_up
from dtks.foundation.accounts.acting import as_system
from dtks.foundation.areas import actions as areas
from dtks.registration.intake import actions as intake
from pathlib import Path

path, village = Path(sys.argv[1]), sys.argv[2]
phone, email, nik, name, password = sys.argv[3:8]
with as_system() as by:
    areas.load(by=by, under=village[:8])
    done = intake.import_file(by=by, path=path, format="opensid_penduduk", area=village)
    assert done.rows_pending and done.rows_accepted, done
    uploaded, _ = intake.upload(by=by, name="ulang.xlsx", pieces=[path.read_bytes()[::1]], area=village)
    made = accounts.create_account(
        by=by, username="operator", name="Ratna", email=email, phone=phone, nik=nik, password=password
    )
    accounts.grant(by=by, account=made.account, role="operator-desa", area=village, reason="uji")

# Pages are made without the collected static files.
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
from tests.fixtures.officers import confirm
from dtks.foundation.accounts.models import Account
browser = Client(raise_request_exception=False)
browser.post("/masuk/", {"username": nik, "password": "salah-sekali-1"})
browser.post("/masuk/warga/", {"nik": nik, "kk": nik[-4:], "contact": phone})
browser.post("/masuk/warga/", {"nik": nik, "kk": nik[-4:], "contact": email})
known, card = sys.argv[8:10]
own_phone, own_email = sys.argv[11:13]
with as_system() as by:
    person = citizen_look_up.find(by=by, nik=known)
    citizen_help.register_contact(by=by, person=person, contact=own_email, reason="uji", papers=True)
    citizen_help.register_contact(by=by, person=person, contact=own_phone, reason="uji", papers=True)
answer = browser.post("/masuk/warga/", {"nik": known, "kk": card[-8:], "contact": own_phone})
assert answer.status_code == 302, answer
assert list((Path(settings.HOME) / "outbox").iterdir()), "a code was sent"
browser.get(f"/petugas/keluarga/{nik}/")
browser.get("/", {"nama": name})
browser.force_login(Account.objects.get(username="operator"))
confirm(browser)
for text in (nik, name, phone, own_phone):
    form = {"wilayah": village, "cari": text}
    assert browser.post("/petugas/keluarga/", form, follow=True).status_code == 200
browser.get("/petugas/keluarga/", {"wilayah": village, "cari": name})
# One more file goes the whole way: from the browser through the queue and the worker.
from django.core.files.uploadedfile import SimpleUploadedFile
sent = SimpleUploadedFile("kiriman.xlsx", Path(sys.argv[10]).read_bytes())
job = browser.post("/petugas/impor/", {"format": "opensid_penduduk", "berkas": sent}).headers["Location"]
assert browser.post(job + "mulai/").status_code == 302
from django.core.management import call_command
call_command("db_worker", queue_name="*", interval=0, batch=True, verbosity=0)
assert b"DTKS-IMP" in browser.get(job).content
browser.get(f"/petugas/impor/{done.job}/")
browser.get(f"/petugas/impor/{done.job}/laporan.xlsx")

from django.core.handlers import exception
from dtks.delivery.workspace import web
broken = lambda *a, **k: int(f"{name} {nik}")
web.summary.of = broken
assert browser.get("/petugas/", {"wilayah": village}).status_code == 500
"""


@pytest.mark.postgres
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_nothing_readable_is_left(tmp_path: Path, kind: str) -> None:
    home, files = tmp_path / "home", tmp_path / "files"
    home.mkdir(), files.mkdir()
    rows = [made.opensid_row(person) for person in made.people(12)]
    for row in rows:
        row["nama_ibu"] = MOTHER
    rows[2]["sex"], rows[5]["tanggallahir"] = "X", "31-02-2001"
    workbook = made.opensid_workbook(files / "desa.xlsx", rows)
    more = [{**row, "nik": "32019001"} if place % 3 == 0 else row for place, row in enumerate(rows)]
    second = made.opensid_workbook(files / "kiriman.xlsx", more)
    numbers = {str(row[column]) for row in rows for column in ("nik", "no_kk")}
    planted = numbers | {MOTHER, MOTHER.title(), EMAIL, CITIZENS_EMAIL, TYPED_NIK}
    planted |= {form for phone in (PHONE, CITIZENS_PHONE) for form in (phone, phone.removeprefix("0"))}
    with database(kind, home) as (addresses, folder):
        written = installation_used(home, addresses, [workbook, second], rows[0])
        assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) > 500_000
        assert readable(home, planted) == {}
        assert readable(folder, planted) == {}
    names = {str(row["nama"]) for row in rows} | {TYPED_NAME, "Ratna"}
    assert not [word for word in planted | names if word in written], "in what the processes wrote"
    assert "ValueError" in written, "the planted error did happen and was logged"


@contextmanager
def database(kind: str, home: Path) -> Iterator[tuple[dict[str, str], Path]]:
    """The settings that name the database, and the folder of its files."""
    if kind == "sqlite":
        yield {}, home
        return
    with TemporaryServer() as server:
        addresses = {
            "DTKS_DATABASE_OWNER_URL": server.url(),
            "DTKS_DATABASE_URL": server.url(user="dtks_application"),
        }
        # The server's own log lies beside the data.
        yield addresses, server.folder


def installation_used(home: Path, addresses: dict[str, str], workbooks: list[Path], citizen: made.Row) -> str:
    """What the processes wrote while the installation was set up and used."""
    root = Path(__file__).resolve().parents[2]
    environment = {
        **os.environ, **addresses, "DTKS_HOME": str(home), "DTKS_ALLOWED_HOSTS": "testserver",
        "DJANGO_SETTINGS_MODULE": "dtks.config.settings",
        "PYTHONPATH": os.pathsep.join([str(root / "src"), str(root)]),
    }  # fmt: skip
    given = [str(workbooks[0]), made.VILLAGE, PHONE, EMAIL, TYPED_NIK, TYPED_NAME, "sandi-uji-panjang-8"]
    given += [str(citizen["nik"]), str(citizen["no_kk"]), str(workbooks[1]), CITIZENS_PHONE, CITIZENS_EMAIL]
    written = ""
    for command in (["-m", "dtks.cli", "migrate"], ["-c", USED, *given]):
        ran = subprocess.run(
            [sys.executable, *command], env=environment, capture_output=True, text=True, check=False, cwd=root
        )
        written += ran.stdout + ran.stderr
        assert ran.returncode == 0, written
    return written


def readable(folder: Path, planted: set[str]) -> dict[str, list[str]]:
    """By file, the planted words in it: as text (UTF-8, UTF-16) or, for numbers, as the bytes of one."""
    forms = {word: [word.encode(), word.encode("utf-16-le")] for word in planted}
    for word in planted:
        if re.fullmatch(r"[1-9]\d{15}", word):
            forms[word] += [int(word).to_bytes(8, "big"), int(word).to_bytes(8, "little")]
            forms[word].append(int(word).to_bytes(7, "big"))
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "server" not in path.relative_to(folder).parts[:-1]:
            content = path.read_bytes()
            if words := [word for word, ways in forms.items() if any(way in content for way in ways)]:
                found[str(path.relative_to(folder))] = words
    return found


def test_the_search_finds_what_is_readable(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\0" * 9 + int(TYPED_NIK).to_bytes(8, "big") + MOTHER.encode())
    (tmp_path / "b").write_text(PHONE, encoding="utf-16-le")
    found = readable(tmp_path, {TYPED_NIK, MOTHER, PHONE, EMAIL})
    assert {name: set(words) for name, words in found.items()} == {"a": {TYPED_NIK, MOTHER}, "b": {PHONE}}
