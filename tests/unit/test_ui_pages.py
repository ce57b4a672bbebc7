"""Sign-in, language, errors, headers: what every page stands on."""

from __future__ import annotations

import gzip
import re

import pytest
from django.test import Client, override_settings
from tests.fixtures.officers import sign_in

from dtks.foundation.ui import build
from dtks.foundation.ui.templatetags import ui


@pytest.mark.django_db
def test_health_check_asks_the_database(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}
    assert "no-store" in answer.headers["Cache-Control"]


def test_pages_are_indonesian_whatever_the_browser_asks_for(client: Client) -> None:
    answer = client.get("/masuk/", headers={"Accept-Language": "en-US,en"})
    assert '<html lang="id"' in answer.content.decode()
    assert answer.headers["Content-Language"] == "id"


def test_the_switch_remembers_english_and_goes_back(client: Client) -> None:
    answer = client.get("/bahasa/en/", {"kembali": "/masuk/?next=/petugas/"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/masuk/?next=/petugas/"
    assert '<html lang="en"' in client.get("/masuk/").content.decode()


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_the_switch_never_leads_elsewhere(client: Client, back: str) -> None:
    assert client.get("/bahasa/en/", {"kembali": back}).headers["Location"] == "/"


def test_an_unknown_language_is_not_found(client: Client) -> None:
    assert client.get("/bahasa/xx/").status_code == 404


@pytest.mark.django_db
def test_signing_out_takes_a_form(client: Client) -> None:
    sign_in(client)
    assert client.get("/keluar/").status_code == 405
    assert client.post("/keluar/").status_code == 302
    assert client.get("/petugas/").headers["Location"].startswith("/masuk/")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "menu"),
    [
        ("operator-desa", ["Beranda", "Keluarga", "Impor", "Akun warga"]),
        ("kepala-desa", ["Beranda", "Keluarga"]),
        ("admin-daerah", ["Beranda", "Akun petugas"]),
        ("auditor", ["Beranda", "Keluarga", "Jejak audit"]),
        ("ppdp", ["Beranda", "Privasi", "Jejak audit"]),
        ("rt-rw", ["Beranda"]),
    ],
)
def test_the_menu_holds_what_the_role_may_open(client: Client, role: str, menu: list[str]) -> None:
    sign_in(client, role=role)
    page = client.get("/petugas/").content.decode()
    (nav,) = re.findall(r'<nav aria-label="Menu utama".*?</nav>', page, re.DOTALL)
    addresses = re.findall(r'<a href="([^"]+)"', nav)
    assert re.findall(r"</svg>\s*([^<]+)</a>", nav) == menu
    assert {client.get(address).status_code for address in addresses} == {200}


def test_no_page_may_run_or_load_anything_of_others(client: Client) -> None:
    answer = client.get("/masuk/")
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    html = answer.content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", html)


@pytest.mark.django_db
def test_officers_pages_travel_compressed_and_tell_no_secret_by_their_length(client: Client) -> None:
    sign_in(client)
    answers = [client.get("/petugas/", headers={"Accept-Encoding": "gzip"}) for _ in range(6)]
    assert {answer.headers["Content-Encoding"] for answer in answers} == {"gzip"}
    assert all("Accept-Encoding" in answer.headers["Vary"] for answer in answers)
    pages = [gzip.decompress(answer.content).decode() for answer in answers]
    assert len(answers[0].content) < len(pages[0]) / 2
    tokens = {re.search(r'csrfmiddlewaretoken" value="(\w+)"', page)[1] for page in pages}
    assert len(tokens) == len(pages), "masked anew in every answer"
    assert len({len(answer.content) for answer in answers}) > 1, "random bytes hide the length of a guess"
    assert "Content-Encoding" not in client.get("/petugas/").headers


@pytest.mark.parametrize("path", ["/tidak-ada/", "/petugas/tidak-ada/"])
def test_a_missing_page_says_what_to_do(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "Halaman tidak ditemukan" in answer.content.decode()


@override_settings(DEBUG_PROPAGATE_EXCEPTIONS=False)
@pytest.mark.django_db
def test_a_defect_shows_a_plain_page(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("dtks.delivery.public.web.area_steps", broken)
    answer = Client(raise_request_exception=False).get("/")
    assert answer.status_code == 500
    text = answer.content.decode()
    assert "Ada kesalahan di sistem" in text
    assert "secret detail" not in text


@pytest.mark.django_db
def test_a_form_without_its_token_is_explained() -> None:
    answer = Client(enforce_csrf_checks=True).post("/masuk/", {"username": "x", "password": "y"})
    assert answer.status_code == 403
    assert "Formulir kedaluwarsa" in answer.content.decode()


def test_the_build_notices_every_change_of_its_sources() -> None:
    read = {path.relative_to(build.PROJECT_ROOT).as_posix() for path in build.inputs()}
    assert "package-lock.json" in read
    assert "src/dtks/foundation/ui/assets/styles/tokens.css" in read
    assert "src/dtks/foundation/ui/templates/ui/base.html" in read
    assert build.fingerprint() == build.fingerprint()


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "status"), [("/petugas/privasi/", 403), ("/petugas/tidak-ada/", 404)])
def test_an_officer_keeps_menu_and_way_out_on_an_error_page(client: Client, path: str, status: int) -> None:
    outside = client.get("/tidak-ada/").content.decode()
    assert "Ruang petugas" not in outside
    sign_in(client, role="operator-desa")
    answer = client.get(path)
    page = answer.content.decode()
    assert answer.status_code == status
    assert 'aria-label="Menu utama"' in page
    assert 'action="/keluar/"' in page


@pytest.mark.django_db
def test_citizens_find_their_own_way_in(client: Client) -> None:
    assert 'href="/masuk/warga/"' in client.get("/").content.decode()


def test_every_entry_of_the_menu_has_an_icon_of_its_own() -> None:
    icons = [icon for _path, _label, icon in ui.MENU]
    drawn = (build.UI / "templates/cotton/icon.html").read_text("utf-8")
    assert all(f'name == "{icon}"' in drawn for icon in icons)
    assert len(set(icons)) == len(icons)
    assert "question" not in icons, "that one means a state of data"
