"""The pages of saved column mappings: take in, list, show, rename, delete; and what is refused."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.fixtures.officers import sign_in

from dtks.foundation.ledger.domain import Actor
from dtks.registration.intake import actions, errors, queries
from dtks.registration.intake.models import SavedMapping

LIST = "/petugas/impor/pemetaan/"
ONE = f"{LIST}kelurahan_kami/"
TEXT = """
id: kelurahan_kami
title: {id: "Buku induk 'RW 01' <b>", en: "Our register"}
valid_from: 2024-01-01
sheets:
  - id: warga
    level: person
    columns:
      Nama Lengkap: {to: name, required: true}
      No. KTP: nik
      JK: {to: sex, labels: {1: "L|Laki-laki", 2: "P"}}
      Catatan: {ignore: "tidak dipakai"}
"""
pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client: Client) -> Client:
    sign_in(client)
    return client


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def send(client: Client, text: str | bytes, *, ganti: bool = False, **extra: Any) -> Any:
    content = text.encode() if isinstance(text, str) else text
    given = {"peta": SimpleUploadedFile("peta.yaml", content), **({"ganti": "on"} if ganti else {})}
    return client.post(LIST, given, **extra)


def test_without_a_mapping_the_page_says_what_to_do(officer: Client) -> None:
    page = text_of(officer.get(LIST))
    assert "Belum ada pemetaan yang disimpan" in page
    assert "id: kelurahan_kami" in page
    assert LIST in text_of(officer.get("/petugas/impor/"))


def test_from_taking_in_to_deleting(officer: Client) -> None:
    saved = send(officer, TEXT)
    assert saved.headers["Location"] == ONE
    page = text_of(officer.get(ONE))
    assert "Ibu Operator" in page, "who made it, by name"
    assert "Buku induk &#x27;RW 01&#x27; &lt;b&gt;" in page
    assert "1 = L|Laki-laki; 2 = P" in page
    assert "tidak dipakai" in page
    assert "Buku induk" in text_of(officer.get(LIST))
    assert '<option value="kelurahan_kami">' in text_of(officer.get("/petugas/impor/"))

    changed = TEXT.replace("tidak dipakai", "untuk arsip")
    refused = send(officer, changed)
    assert refused.status_code == 422
    assert "sudah ada" in text_of(refused)
    assert "tidak dipakai" in text_of(officer.get(ONE)), "nothing goes unasked"
    assert "Pemetaan diperbarui" in text_of(send(officer, changed, ganti=True, follow=True))
    assert "untuk arsip" in text_of(officer.get(ONE))
    officer.post(ONE, {"judul": "  Buku   RW "})
    (line,) = queries.mappings()
    assert (line.name, line.title, line.columns) == ("kelurahan_kami", "Buku RW", 4)
    assert SavedMapping.objects.get().content["title"] == {"id": "Buku RW", "en": "Buku RW"}
    empty = officer.post(ONE, {"judul": "  "})
    assert (empty.status_code, "Ketik nama pemetaan" in text_of(empty)) == (422, True)

    assert "Hapus pemetaan “Buku RW”?" in text_of(officer.get(f"{ONE}hapus/"))
    assert len(queries.mappings()) == 1, "asking deletes nothing"
    assert "Pemetaan dihapus" in text_of(officer.post(f"{ONE}hapus/", follow=True))
    assert queries.mappings() == []
    assert {officer.get(ONE).status_code, officer.post(f"{ONE}hapus/").status_code} == {404}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "bukan pemetaan"),
        ("- a\n- b", "bukan pemetaan"),
        ("id: [", "tidak sah"),
        ("a: &a [x]\nb: *a", "alias YAML"),
        (TEXT.replace("kelurahan_kami", "Kelurahan Kami"), "huruf kecil"),
        (TEXT.replace("kelurahan_kami", "bdt2015"), "format bawaan"),
        (TEXT.replace("to: name", "to: nama_siapa"), "nama_siapa"),
        ("x: " + "y" * 300_000, "200 kB"),
        (b"\xff\xfe\x00", "UTF-8"),
        # Deep enough to overflow the C composer's stack, which would end this process.
        ("a: " + "[" * 25_000 + "]" * 25_000, "bersarang lebih dari 20"),
        ("a: " + "[" * 90_000, "bersarang lebih dari 20"),
        (TEXT + "2024-01-01: x\n", "keys must be"),
        (TEXT + "a: .nan\n", "JSON"),
        (TEXT + 'a: "\\0"\n', "karakter nol"),
        (TEXT + "version: .inf\n", "JSON"),
        (TEXT.replace('"Our register"', "null"), "title: en"),
        (TEXT.replace("2024-01-01", "besok"), "besok"),
        (TEXT + "nik: semaunya\n", "semaunya"),
        (TEXT.replace("level: person", "level: person\n    header_rows: -5"), "header_rows"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(officer: Client, text: str | bytes, told: str) -> None:
    answer = send(officer, text)
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert queries.mappings() == []
    assert "Pilih berkas pemetaan" in text_of(officer.post(LIST, {}))


def test_one_that_the_register_has_outgrown_says_so_and_can_be_deleted(officer: Client) -> None:
    send(officer, TEXT)
    saved = SavedMapping.objects.get()
    saved.content["sheets"][0]["columns"]["Nama Lengkap"]["to"] = "dahulu_ada"
    saved.save()
    assert "tidak bisa dipakai lagi" in text_of(officer.get(ONE))
    officer.post(f"{ONE}hapus/")
    assert queries.mappings() == []


def test_strangers_and_forged_forms_change_nothing(client: Client) -> None:
    for address in (LIST, ONE, f"{ONE}hapus/"):
        assert client.post(address).headers["Location"].startswith("/masuk/?next=")
    strict = Client(enforce_csrf_checks=True)
    sign_in(strict)
    assert {strict.post(address).status_code for address in (LIST, ONE, f"{ONE}hapus/")} == {403}


def test_an_empty_title_is_refused_below_the_pages_too() -> None:
    with pytest.raises(errors.MappingInvalid):
        actions.rename_mapping(by=Actor.system("test"), name="x", title=" ")
    assert not actions.rename_mapping(by=Actor.system("test"), name="x", title="Y")


def test_the_list_asks_one_query_for_any_number(officer: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(20):
        actions.save_mapping_text(
            by=Actor.system("test"), name="x", text=TEXT.replace("kelurahan_kami", f"kelurahan_{number}")
        )
    officer.get(LIST)  # the first page notes when the session began
    # Session, account, its roles, the mappings, and the names of who made them.
    with django_assert_max_num_queries(5):
        officer.get(LIST)
