"""Cek Bansos on the published lists: who is found, what is shown, and what is never read."""

from __future__ import annotations

import re
from collections.abc import Callable

import polars as pl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dtks.delivery.public import actions, queries
from dtks.delivery.public.errors import OutsidePublishedArea, PublishedColumnsMissing
from dtks.determination.programmes import loader
from dtks.foundation.areas import actions as areas
from dtks.foundation.ledger.domain import Actor

VILLAGE, NEIGHBOUR = "32.04.05.2001", "32.04.05.2002"
pytestmark = pytest.mark.django_db


def rows(*people: tuple[str, str, int | None, str]) -> pl.DataFrame:
    schema = {"village": pl.String, "name": pl.String, "age": pl.Int16, "programmes": pl.String}
    return pl.DataFrame(list(people), schema=schema, orient="row")


def publish(
    *people: tuple[str, str, int | None, str], area: str = "32.04.05", period: str = "2026-12"
) -> int:
    return actions.publish(by=Actor.system(), rows=[rows(*people)], area=area, period=period, synthetic=True)


def found(name: str, village: str = VILLAGE) -> list[str]:
    return [person.name for person in queries.people_named(village=village, name=name) or []]


@pytest.fixture
def look_up(client: Client) -> Callable[..., str]:
    areas.load(by=Actor.system(), under="32.04.05")

    def ask(name: str, village: str = VILLAGE) -> str:
        return client.post("/hasil/", {"desa": village, "nama": name}).content.decode()

    return ask


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("SITI AMINAH", "siti aminah"),
        ("SITI AMINAH", "aminah siti"),
        ("SITI AMINAH", "Hj. Siti Aminah, S.Pd"),
        ("SOEKARNO", "Sukarno"),
        ("MUHAMMAD SOLEH", "Moch. Soleh"),
        ("MA'RUF", "maruf"),
        ("DJOKO SOETJIPTO", "Joko Sucipto"),
        ("SRI WAHYUNINGSIH", "sri wahyu"),
        ("IIS", "iis"),
    ],
)
def test_a_name_is_found_however_it_is_spelled(stored: str, typed: str) -> None:
    publish((VILLAGE, stored, 40, "pkh"))
    assert found(typed) == [stored]


def test_only_the_chosen_village_is_searched() -> None:
    publish((VILLAGE, "SITI AMINAH", 40, "pkh"), (NEIGHBOUR, "SITI AMINAH", 50, ""))
    assert [person.age for person in queries.people_named(village=NEIGHBOUR, name="siti aminah") or []] == [
        50
    ]


def test_more_than_ten_people_are_nobody() -> None:
    publish(*[(VILLAGE, f"BUDI SANTOSO {letter}", 30, "pkh") for letter in "ABCDEFGHIJK"])
    assert queries.people_named(village=VILLAGE, name="budi santoso") is None
    assert found("budi santoso k") == ["BUDI SANTOSO K"]


def test_a_new_list_replaces_the_old_one_of_its_area_only() -> None:
    publish((VILLAGE, "SITI AMINAH", 40, "pkh"), (NEIGHBOUR, "TUTI ALAWIYAH", 40, "pkh"))
    publish((VILLAGE, "JOKO SUSILO", 40, "pkh"), area=VILLAGE, period="2027-01")
    assert (found("siti aminah"), found("joko susilo")) == ([], ["JOKO SUSILO"])
    assert found("tuti alawiyah", NEIGHBOUR) == ["TUTI ALAWIYAH"]
    newest = queries.list_for(village=VILLAGE)
    assert newest is not None
    assert newest.period == "2027-01"
    assert queries.list_for(village="11.01.01.2001") is None


def test_a_list_with_a_foreign_village_is_refused_as_a_whole() -> None:
    publish((VILLAGE, "SITI AMINAH", 40, "pkh"))
    with pytest.raises(OutsidePublishedArea):
        publish((VILLAGE, "JOKO SUSILO", 40, ""), ("32.04.06.2001", "ORANG LAIN", 40, "pkh"))
    assert found("siti aminah") == ["SITI AMINAH"]
    with pytest.raises(PublishedColumnsMissing, match="programmes"):
        actions.publish(
            by=Actor.system(),
            rows=[rows((VILLAGE, "SITI", 1, "")).drop("programmes")],
            area="",
            period="2026-12",
        )


def test_the_answer_shows_name_age_village_programmes_and_period(look_up: Callable[..., str]) -> None:
    publish((VILLAGE, "SITI AMINAH", 41, "pkh sembako"), (VILLAGE, "SITI AMINAH BINTI KARIM", None, ""))
    page = look_up("Siti Aminah")
    for text in (
        "SITI AMINAH</h2>",
        "41 tahun",
        "Desa Cileunyi Kulon",
        "Program Keluarga Harapan",
        "Desember 2026",
    ):
        assert text in page
    assert "SITI AMINAH BINTI K***" in page
    assert "KARIM" not in page
    assert "tidak ditetapkan sebagai penerima" in page
    assert "/mengapa/" in page


@pytest.mark.parametrize("typed", ["", "si", "s%", "*", "3204059001010001", "budi"])
def test_a_vague_question_shows_nobody(look_up: Callable[..., str], typed: str) -> None:
    publish(*[(VILLAGE, f"BUDI SANTOSO {letter}", 30, "pkh") for letter in "ABCDEFGHIJK"])
    page = look_up(typed)
    assert "SANTOSO" not in page
    assert 'aria-invalid="true"' in page


def test_nobody_of_that_name_and_no_list_yet_are_told_apart(look_up: Callable[..., str]) -> None:
    assert "belum diumumkan" in look_up("Siti Aminah")
    publish((VILLAGE, "JOKO SUSILO", 40, "pkh"))
    assert "Pilih desa tempat Anda terdaftar" in look_up("Siti Aminah")


def test_what_is_typed_is_never_run_as_html(look_up: Callable[..., str]) -> None:
    page = look_up("<script>alert(1)</script> budi")
    assert "<script>alert" not in page


def test_the_pages_read_only_the_published_lists_and_the_areas(
    client: Client, look_up: Callable[..., str]
) -> None:
    publish((VILLAGE, "SITI AMINAH", 40, "pkh"))
    with CaptureQueriesContext(connection) as log:
        client.get("/", {"desa": VILLAGE})
        look_up("siti aminah")
        client.get("/mengapa/")
    tables = {
        table for query in log for table in re.findall(r'(?:FROM|JOIN|INTO|UPDATE) "(\w+)"', query["sql"])
    }
    count = {"accounts_trycount"}  # of searches, by a hash of the address
    assert tables == {"areas_area", "public_publishedlist", "public_publishedperson"} | count
    reads = [query["sql"] for query in log if query["sql"].startswith("SELECT")]
    assert len([sql for sql in reads if "accounts_trycount" not in sql]) <= 12


def test_no_cookie_is_set_and_no_name_enters_an_address(client: Client, look_up: Callable[..., str]) -> None:
    publish((VILLAGE, "SITI AMINAH", 40, "pkh"))
    page = look_up("siti aminah")
    assert client.cookies == {}
    assert not re.search(r'href="[^"]*siti', page, re.IGNORECASE)
    kept = client.post("/hasil/", {"desa": VILLAGE, "nama": "siti"}).headers["Cache-Control"]
    assert "private" in kept
    assert "no-store" not in kept, "going back to the answer would ask to send the form again"
    assert client.get("/hasil/").headers["Location"] == "/"


def test_a_name_in_an_address_is_dropped(client: Client, look_up: Callable[..., str]) -> None:
    assert client.get("/", {"desa": VILLAGE, "nama": "siti"}).headers["Location"] == f"/?desa={VILLAGE}"
    assert client.get("/", {"nama": "siti"}).headers["Location"] == "/"
    assert client.get("/hasil/", {"desa": VILLAGE, "nama": "siti"}).headers["Location"] == "/"


def test_a_choice_outside_the_one_above_is_dropped(client: Client, look_up: Callable[..., str]) -> None:
    page = client.get("/", {"provinsi": "32", "kabupaten": "11.01", "kecamatan": "32.04.05"}).content.decode()
    assert '<option value="32" selected>' in page
    assert page.count("selected") == 1
    assert 'name="nama"' not in page


def test_a_village_alone_fills_the_fields_above_it(client: Client, look_up: Callable[..., str]) -> None:
    page = client.get("/", {"desa": VILLAGE}).content.decode()
    assert page.count("selected") == 4
    assert 'name="nama"' in page


def test_htmx_gets_the_form_alone(client: Client, look_up: Callable[..., str]) -> None:
    answer = client.get("/", {"provinsi": "32"}, headers={"HX-Request": "true"})
    assert answer.content.decode().strip().startswith('<div id="cari"')
    assert "HX-Request" in answer.headers["Vary"]


def test_the_pages_travel_compressed(client: Client, look_up: Callable[..., str]) -> None:
    answer = client.get("/", {"desa": VILLAGE}, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.content) < 8_000


def test_every_programme_in_force_is_explained(client: Client) -> None:
    page = client.get("/mengapa/").content.decode()
    assert page.count("<details") == len(loader.load(on=timezone.localdate())) >= 9
    assert "Program Keluarga Harapan" in page
