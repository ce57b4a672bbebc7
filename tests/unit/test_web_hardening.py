"""What the browser is told and what the server refuses, whatever page is asked for."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.utils import timezone

from dtks.config import environment

ROOT = environment.PROJECT_ROOT
PAGES = ("/", "/mengapa/", "/masuk/", "/tidak-ada/")


def officer(password: str) -> Any:
    """An account with that password."""
    account = get_user_model()(username="operator", created_at=timezone.now(), created_by="test")
    account.set_password(password)
    account.save()
    return account


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
def test_every_page_carries_the_browsers_restrictions(client: Client, page: str) -> None:
    headers = client.get(page).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
def test_no_other_origin_is_let_in(client: Client, page: str) -> None:
    answer = client.get(page, headers={"Origin": "https://elsewhere.example"})
    assert not [name for name in answer.headers if name.startswith("Access-Control-")]


@pytest.mark.django_db
def test_officers_pages_stay_out_of_every_cache(client: Client) -> None:
    for page in ("/petugas/", "/petugas/keluarga/", "/petugas/impor/"):
        assert "no-store" in client.get(page).headers["Cache-Control"], page


@pytest.mark.django_db
def test_the_session_is_new_at_sign_in_and_dead_after_sign_out(client: Client) -> None:
    officer("kata-sandi-uji")
    before = client.session
    before["x"] = 1
    before.save()
    assert client.login(username="operator", password="kata-sandi-uji")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie.value != before.session_key
    assert len(cookie.value) == 32, "32 of 36 characters: 165 bits"
    kept = cookie.value
    client.logout()
    stolen = Client()
    stolen.cookies[settings.SESSION_COOKIE_NAME] = kept
    assert "_auth_user_id" not in stolen.session


@pytest.mark.django_db
def test_the_session_cookie_is_hidden_from_scripts_and_from_other_sites(rf: RequestFactory) -> None:
    def page(request: HttpRequest) -> HttpResponse:
        request.session["x"] = 1
        return HttpResponse()

    cookie = SessionMiddleware(page)(rf.get("/")).cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"] is True
    assert cookie["samesite"] in ("Lax", "Strict")


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "TRACK"])
@pytest.mark.parametrize("page", ["/", "/mengapa/", "/healthz"])
def test_methods_that_no_page_needs_are_refused(client: Client, page: str, method: str) -> None:
    assert client.generic(method, page).status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/static/", "/.git/config", "/.env", "/static/../pyproject.toml", "/var/"])
def test_nothing_but_pages_and_static_files_is_served(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_an_unexpected_error_is_logged_and_tells_the_reader_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_arguments: object, **_more: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("dtks.delivery.public.web.programme_texts", broken)
    with (
        caplog.at_level(logging.ERROR, "django.request"),
        override_settings(DEBUG_PROPAGATE_EXCEPTIONS=False),
    ):
        answer = Client(raise_request_exception=False).get("/mengapa/")
    assert answer.status_code == 500
    assert "secret detail" not in answer.content.decode()
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert caplog.records[0].exc_info is not None


def settings_of_an_installation(home: Path, expression: str) -> str:
    """What `expression` is in a fresh process with the real settings and nothing set but the data folder."""
    code = (
        "import django; from django.conf import settings; "
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'dtks.config.settings'; "
        f"django.setup(); print({expression})"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DTKS_")}
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**kept, "DTKS_HOME": str(home), "PYTHONPATH": str(ROOT / "src")},
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip


def test_detailed_errors_are_off_unless_asked_for(tmp_path: Path) -> None:
    assert settings_of_an_installation(tmp_path, "settings.DEBUG") == "False"


def test_passwords_are_kept_by_a_slow_hash(tmp_path: Path) -> None:
    found = settings_of_an_installation(
        tmp_path, "__import__('django.contrib.auth.hashers', fromlist=['x']).make_password('kata-sandi')"
    )
    kind, iterations = found.split("$")[:2]
    slow = {"pbkdf2_sha256": 600_000, "scrypt": 16_384, "argon2": 0}
    assert kind in slow
    assert kind == "argon2" or int(iterations) >= slow[kind]


@pytest.mark.parametrize("password", ["pendek7", "password", "12345678", "qwertyuiop", "operator1"])
def test_easy_passwords_are_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, get_user_model()(username="operator1"))


@pytest.mark.django_db
@pytest.mark.parametrize("password", ["hanya huruf kecil saja", "кириллица и пробел", "x7" + "-panjang" * 16])
def test_long_and_any_characters_are_welcome_and_kept_as_typed(password: str) -> None:
    validate_password(password, get_user_model()(username="operator"))
    account = officer(password)
    assert account.check_password(password)
    assert not account.check_password(password[:-1])
    assert not account.check_password(password.swapcase())


def test_no_own_script_keeps_anything_in_the_browser_or_writes_markup() -> None:
    scripts = list((ROOT / "src" / "dtks").glob("**/assets/**/*.js"))
    assert scripts
    for script in scripts:
        text = script.read_text(encoding="utf-8")
        for word in ("localStorage", "sessionStorage", "indexedDB", "innerHTML", "document.write", "eval("):
            assert word not in text, f"{script.name}: {word}"
