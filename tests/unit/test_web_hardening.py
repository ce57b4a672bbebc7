"""What the browser is told and what the server refuses, whatever page is asked for."""

from __future__ import annotations

import hashlib
import json
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
from tests.fixtures import officers

from dtks.config import environment
from dtks.foundation.kernel.log_format import WithoutPersonalData
from dtks.foundation.ledger.models import LedgerEvent

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
def test_signing_out_clears_what_the_browser_kept(client: Client) -> None:
    officers.sign_in(client)
    assert "no-store" in client.get("/akun/").headers["Cache-Control"]
    assert client.post("/keluar/").headers["Clear-Site-Data"] == '"cache", "storage"'


@pytest.mark.django_db
def test_a_refusal_by_role_is_an_event_of_who_was_refused(client: Client) -> None:
    holder = officers.sign_in(client, role="auditor", area="32.04")
    for address in ("/petugas/impor/", "/api/v1/imports"):
        before = set(LedgerEvent.objects.values_list("id", flat=True))
        assert client.get(address).status_code == 403, address
        (event,) = LedgerEvent.objects.exclude(id__in=before)
        assert event.action == "accounts.refused", address
        assert (event.account, event.role, event.kind) == (str(holder.pk), "auditor", "import.run"), address


@pytest.mark.parametrize("line", ["\n", "\r", "\r\n"])
def test_nobody_writes_a_line_of_the_log(line: str) -> None:
    typed = f"masuk{line}2026-11-24T08:00:00+0700 ERROR dtks semua terhapus"
    record = logging.LogRecord("dtks", logging.WARNING, "f", 1, "ditolak: %s", (typed,), None)
    shaped = settings.LOGGING["formatters"]["plain"]
    text = WithoutPersonalData(shaped["format"], shaped["datefmt"]).format(record)
    assert len(text.splitlines()) == 1
    assert "\\n" in text or "\\r" in text, "what was sent is still seen"


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


def in_an_installation(home: Path, code: str, **given: str) -> str:
    """What ``code`` prints in a fresh process with the real settings and nothing set but the data folder and
    what is ``given``."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DTKS_")}
    chosen = {"DTKS_HOME": str(home), "DJANGO_SETTINGS_MODULE": "dtks.config.settings", **given}
    return subprocess.run(
        [sys.executable, "-c", "import django; django.setup()\n" + code],
        env={**kept, **chosen, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip


def settings_of_an_installation(home: Path, expression: str, **given: str) -> str:
    """What `expression` is there."""
    return in_an_installation(home, f"from django.conf import settings; print({expression})", **given)


def test_detailed_errors_are_off_unless_asked_for(tmp_path: Path) -> None:
    assert settings_of_an_installation(tmp_path, "settings.DEBUG") == "False"


COOKIES = r'''
import json
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpResponse
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.test import Client, RequestFactory

def page(request):
    request.session["x"] = 1
    get_token(request)
    return HttpResponse()

class Unkept(SessionStore):
    """What is kept matters to another test; here it is the cookie."""
    def save(self, must_create=False):
        self._session_key = "x" * 32

sessions = SessionMiddleware(CsrfViewMiddleware(page))
sessions.SessionStore = Unkept
secure = {"headers": {"X-Forwarded-Proto": "https"}}
here = {"SERVER_NAME": "localhost"}
answers = [sessions(RequestFactory(**here).get("/", **secure)), Client(**here).get("/bahasa/en/", **secure)]
plain = Client(**here).get("/bahasa/en/")
print(json.dumps({
    "cookies": {name: dict(cookie) for each in answers for name, cookie in each.cookies.items()},
    "hsts": answers[1].headers.get("Strict-Transport-Security", ""),
    "plain": [plain.status_code, plain.headers.get("Location", "")],
}))
'''


def sent_by_an_installation(home: Path, **given: str) -> dict[str, Any]:
    """The cookies and headers that the real settings send, in a fresh process."""
    return dict(json.loads(in_an_installation(home, COOKIES, **given)))


@pytest.fixture(scope="module")
def over_https(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a site with DTKS_HTTPS=1 sends."""
    return sent_by_an_installation(tmp_path_factory.mktemp("https"), DTKS_HTTPS="1")


def test_with_https_every_cookie_is_secure_and_bound_to_its_host(over_https: dict[str, Any]) -> None:
    sent = over_https
    assert sorted(sent["cookies"]) == ["__Host-csrftoken", "__Host-language", "__Host-sessionid"]
    for name, cookie in sent["cookies"].items():
        assert cookie["secure"] is True, name
        assert (cookie["path"], cookie["domain"]) == ("/", ""), "else a browser refuses __Host-"
        assert cookie["samesite"] == "Lax", name
    assert sent["cookies"]["__Host-sessionid"]["httponly"] is True


def test_with_https_nothing_goes_without_it(over_https: dict[str, Any]) -> None:
    assert over_https["hsts"] == "max-age=31536000; includeSubDomains"
    assert over_https["plain"] == [301, "https://localhost/bahasa/en/"]


def test_without_https_the_cookies_still_reach_the_machine_itself(tmp_path: Path) -> None:
    sent = sent_by_an_installation(tmp_path)
    assert not [name for name, cookie in sent["cookies"].items() if cookie["secure"]]
    assert sent["hsts"] == ""


@pytest.mark.parametrize(("given", "steps"), [("", 1), ("1", 0)])
def test_the_operator_chooses_how_long_a_code_counts(tmp_path: Path, given: str, steps: int) -> None:
    found = settings_of_an_installation(tmp_path, "settings.MFA_TOTP_TOLERANCE", DTKS_STRICT_CODES=given)
    assert found == str(steps)


ASKED = """
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
try:
    validate_password("kopi-tubruk-pagi-hari")
    print([])
except ValidationError as problem:
    print([each.code for each in problem.error_list])
"""


def test_an_installation_asks_the_file_of_breached_passwords(tmp_path: Path) -> None:
    listed = tmp_path / "pwned.txt"
    password = "kopi-tubruk-pagi-hari"
    listed.write_text(hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper() + ":3\n")
    given = {"DTKS_BREACHED_PASSWORDS": str(listed)}
    assert in_an_installation(tmp_path, ASKED, **given) == "['breached']"
    assert in_an_installation(tmp_path, ASKED) == "[]"


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
