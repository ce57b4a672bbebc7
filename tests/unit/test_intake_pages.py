"""The import page: upload, look, confirm, watch, mend; and what strangers may not do."""

from __future__ import annotations

import io
import re
import uuid
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from tests.fixtures import intake_files as made
from tests.fixtures.officers import sign_in

from dtks.foundation.areas import actions as areas
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.ledger.models import LedgerEvent
from dtks.registration.intake import queries
from dtks.registration.intake.domain import State, safe_name
from dtks.registration.intake.models import ImportJob

HOME = "/petugas/impor/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path: Path) -> None:
    settings.HOME = tmp_path / "home"


@pytest.fixture
def officer(client: Client) -> Client:
    areas.load(by=Actor.system("test"), under="32.01.02")
    sign_in(client)
    return client


def send(client: Client, path: Path, **fields: str):
    with path.open("rb") as file:
        return client.post(HOME, {"berkas": file, "wilayah": made.VILLAGE, "format": "auto", **fields})


def faulty(path: Path) -> Path:
    rows = [made.opensid_row(person) for person in made.people(15)]
    rows[3]["nik"] = "32019001"
    rows[7]["sex"] = "X"
    return made.opensid_workbook(path, rows)


def work() -> None:
    """What the background worker does."""
    call_command("db_worker", "--batch", "--no-startup-delay", verbosity=0)


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def uploads() -> list[Path]:
    folder = Path(settings.HOME) / "uploads"
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


def test_strangers_are_sent_to_the_sign_in_page(client: Client) -> None:
    key = uuid.uuid4()
    for address in (HOME, f"{HOME}{key}/", f"{HOME}{key}/kemajuan/", f"{HOME}{key}/laporan.xlsx"):
        assert client.get(address).headers["Location"].startswith("/masuk/?next=")
    for address in (HOME, f"{HOME}{key}/mulai/", f"{HOME}{key}/hentikan/", f"{HOME}{key}/buang/"):
        assert client.post(address).headers["Location"].startswith("/masuk/?next=")


def test_forms_need_their_token() -> None:
    strict = Client(enforce_csrf_checks=True)
    sign_in(strict)
    assert strict.post(HOME, {}).status_code == 403


def test_nothing_imported_yet(officer: Client) -> None:
    page = text_of(officer.get(HOME))
    assert "Belum ada berkas yang diimpor" in page
    assert 'accept=".xlsx,.xls,.csv"' in page
    assert "OpenSID: data penduduk" in page


def test_the_whole_way(officer: Client, tmp_path: Path) -> None:
    sent = send(officer, faulty(tmp_path / "desa kami.xlsx"))
    assert sent.status_code == 302
    address = sent.headers["Location"]
    page = text_of(officer.get(address))
    assert "OpenSID: data penduduk" in page
    assert "2 perlu diperbaiki. Belum ada yang disimpan." in page
    assert "Impor sekarang" in page
    assert made.people(15)[0].nik not in page  # masked in the sample
    assert ImportJob.objects.get().state == State.UPLOADED

    officer.post(f"{address}mulai/")
    assert "Menunggu pekerja latar" in text_of(officer.get(address))
    assert "HX-Refresh" not in officer.get(f"{address}kemajuan/").headers
    work()
    assert officer.get(f"{address}kemajuan/").headers["HX-Refresh"] == "true"
    report = text_of(officer.get(address))
    assert "Selesai" in report
    assert "32019001" in report
    assert "NIK tidak sah" in report
    assert "Ibu Operator" in report, "who sent it, by name"
    assert "DTKS-IMP-105" not in text_of(officer.get(f"{address}?kode=DTKS-IMP-102")).split("<table")[1]
    assert uploads() == []  # the file has done its work

    answer = officer.get(f"{address}laporan.xlsx")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    page_of_rows = book["Data Penduduk"]
    page_of_rows.cell(row=2, column=7).value = made.people(15)[3].nik
    page_of_rows.cell(row=3, column=8).value = made.people(15)[7].sex
    book.save(tmp_path / "perbaikan.xlsx")
    again = send(officer, tmp_path / "perbaikan.xlsx")
    assert "Ini berkas perbaikan" in text_of(officer.get(again.headers["Location"]))
    officer.post(f"{again.headers['Location']}mulai/")
    work()
    assert "Tidak ada masalah" in text_of(officer.get(again.headers["Location"]))
    assert queries.open_pending() == 0
    read = LedgerEvent.objects.filter(action__startswith="intake.").values_list("action", "count")
    for event in (("intake.read_preview", 5), ("intake.read_report", 2), ("intake.download_report", 2)):
        assert any(event[0] == action and event[1] <= count for action, count in read), event
    listed = text_of(officer.get(HOME))
    assert "Ibu Operator" in listed
    assert "desa kami.xlsx" in listed
    assert "perbaikan.xlsx" in listed


def test_long_numbers_are_masked_in_the_report_and_whole_in_the_file(officer: Client, tmp_path: Path) -> None:
    rows = [made.opensid_row(person) for person in made.people(15)]
    wrong = rows[3]["nik"] = "3201909999990001"  # no such date
    address = send(officer, made.opensid_workbook(tmp_path / "a.xlsx", rows)).headers["Location"]
    assert wrong not in text_of(officer.get(address))
    officer.post(f"{address}mulai/")
    work()
    page = text_of(officer.get(address))
    assert wrong not in page
    assert "3201********0001" in page
    book = openpyxl.load_workbook(
        io.BytesIO(b"".join(officer.get(f"{address}laporan.xlsx").streaming_content))
    )
    assert any(cell == wrong for row in book["Data Penduduk"].values for cell in row), "to be mended there"


def test_mappings_are_offered_to_those_who_keep_them(officer: Client) -> None:
    assert f"{HOME}pemetaan/" in text_of(officer.get(HOME))
    other = Client()
    sign_in(other, role="kecamatan", area="32.01.02", username="camat")
    assert f"{HOME}pemetaan/" not in text_of(other.get(HOME))
    assert other.get(f"{HOME}pemetaan/").status_code == 403
    reader = Client()
    sign_in(reader, role="kepala-desa", area=made.VILLAGE, username="kades")
    assert reader.get(HOME).status_code == 403


def test_the_same_file_leads_to_its_first_import(officer: Client, tmp_path: Path) -> None:
    path = faulty(tmp_path / "a.xlsx")
    first = send(officer, path).headers["Location"]
    officer.post(f"{first}mulai/")
    work()
    second = officer.post(
        HOME,
        {"berkas": SimpleUploadedFile("b.xlsx", path.read_bytes()), "wilayah": made.VILLAGE},
        follow=True,
    )
    assert second.redirect_chain[0][0] == first
    assert "Berkas yang sama sudah pernah dikirim" in text_of(second)


def test_a_refused_file_says_why_and_is_not_kept(officer: Client, tmp_path: Path) -> None:
    path = tmp_path / "gambar.xlsx"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 100)
    answer = send(officer, path)
    assert answer.status_code == 422
    assert "Isi berkas adalah gambar PNG" in text_of(answer)
    assert uploads() == []
    assert not ImportJob.objects.exists()
    assert "Pilih berkas" in text_of(officer.post(HOME, {"wilayah": made.VILLAGE}))


@pytest.mark.parametrize(
    ("name", "said"), [("catatan.txt", "Kolomnya tidak dikenali"), ("surat.docx", "Bukan berkas .xlsx")]
)
def test_a_file_of_another_kind_is_refused_in_plain_words_once(
    officer: Client, tmp_path: Path, name: str, said: str
) -> None:
    path = tmp_path / name
    path.write_text("Catatan rapat\nhadir semua\n", encoding="utf-8")
    answer = send(officer, path)
    text = text_of(answer)
    assert answer.status_code == 422 and text.count(said) == 1
    for inner in ("opensid_", "bdt2015", "(0%", "Paling mirip"):
        assert inner not in text.partition("<select")[0]


def test_the_village_is_found_by_name(officer: Client, tmp_path: Path) -> None:
    assert "32.01.02.2007" in text_of(officer.get(f"{HOME}wilayah/", {"wilayah": "Cicadas"}))
    assert "Tidak ada desa" in text_of(officer.get(f"{HOME}wilayah/", {"wilayah": "Antah Berantah"}))
    path = faulty(tmp_path / "a.xlsx")
    by_name = send(officer, path, wilayah="Cicadas, Gunungputri")
    assert by_name.status_code == 302
    assert ImportJob.objects.get().area == made.VILLAGE
    unclear = send(officer, path, wilayah="Nagrak dan lainnya")
    assert unclear.status_code == 422
    assert "Pilih salah satu desa" in text_of(unclear)
    missing = send(officer, path, wilayah="")
    assert "Pilih desa atau kelurahannya" in text_of(missing)


def test_an_upload_can_be_taken_back(officer: Client, tmp_path: Path) -> None:
    address = send(officer, faulty(tmp_path / "a.xlsx")).headers["Location"]
    assert len(uploads()) == 1
    officer.post(f"{address}buang/")
    assert uploads() == []
    assert officer.get(address).status_code == 404


def test_two_uploads_of_one_file_become_one_import(officer: Client, tmp_path: Path) -> None:
    path = faulty(tmp_path / "a.xlsx")
    first, second = (send(officer, path).headers["Location"] for _ in range(2))
    assert first != second
    officer.post(f"{first}mulai/")
    assert officer.post(f"{second}mulai/").headers["Location"] == first
    work()
    assert ImportJob.objects.get().state == State.DONE
    assert uploads() == []


def test_stop_and_go_on(officer: Client, tmp_path: Path) -> None:
    address = send(officer, faulty(tmp_path / "a.xlsx")).headers["Location"]
    officer.post(f"{address}mulai/")
    officer.post(f"{address}hentikan/")
    page = text_of(officer.get(address))
    assert "Dihentikan" in page
    assert "Lanjutkan dari bagian terakhir" in page
    officer.post(f"{address}mulai/")
    work()
    assert ImportJob.objects.get().state == State.DONE


def test_english(officer: Client, tmp_path: Path) -> None:
    officer.get("/bahasa/en/")
    address = send(officer, faulty(tmp_path / "a.xlsx")).headers["Location"]
    assert "The NIK is not valid" in text_of(officer.get(address))


def test_no_page_asks_the_database_too_often(
    officer: Client, tmp_path: Path, django_assert_max_num_queries
) -> None:
    address = send(officer, faulty(tmp_path / "a.xlsx")).headers["Location"]
    officer.post(f"{address}mulai/")
    work()
    for page in (HOME, address):
        with django_assert_max_num_queries(12):
            officer.get(page)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\data\\desa.xlsx", "desa.xlsx"),
        ("<script>.xlsx", "_script_.xlsx"),
        ("a\r\nb.csv", "a_b.csv"),
        ("x" * 300 + ".xlsx", "x" * 95 + ".xlsx"),
        ("...", "berkas"),
    ],
)
def test_names_of_files_are_made_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe
