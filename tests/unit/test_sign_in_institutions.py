"""Sign-in at an institution, against a provider that speaks OpenID Connect over a real socket."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialToken
from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import connection
from django.test import Client
from tests.fixtures import officers

from dtks.foundation.accounts.models import Account, PreparedSignIn
from dtks.foundation.accounts.signing_in import institutions, preparing
from dtks.foundation.accounts.signing_in.errors import (
    InstitutionsUnreadable,
    SubjectTaken,
    UnknownInstitution,
)
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.ledger.models import LedgerEvent

pytestmark = pytest.mark.django_db
ADMIN = Actor.system()
SUBJECT = "pegawai-7f3a"
EMAIL = "siti@dinsos.example.go.id"


@cache
def rsa_key(whose: str) -> rsa.RSAPrivateKey:
    """Made once: it takes long."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider:
    """An institution's server: discovery, authorization with PKCE, token, keys, user information.

    It refuses what the protocol forbids. ``claims`` go into the identity token, ``about`` into the user
    information; a test that wants a liar changes these, ``key`` or ``algorithm``.
    """

    def __init__(self) -> None:
        self.key = rsa_key("its own")
        self.published = self.key
        self.algorithm = "RS256"
        self.claims: dict[str, Any] = {}
        self.about: dict[str, Any] = {"sub": SUBJECT, "email": EMAIL, "name": "Siti Aminah"}
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: set[str] = set()
        self.asked: list[dict[str, str]] = []
        self.moved: set[str] = set()
        self.elsewhere: list[str] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.issuer = self.url

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self._sent_on():
                    return
                parts = urlsplit(self.path)
                if parts.path == "/.well-known/openid-configuration":
                    self._send(provider.configuration())
                elif parts.path == "/keys":
                    self._send(provider.keys())
                elif parts.path == "/authorize":
                    self.send_response(302)
                    self.send_header("Location", provider.authorize(parse_qs(parts.query)))
                    self.end_headers()
                elif parts.path == "/userinfo":
                    token = self.headers.get("Authorization", "").removeprefix("Bearer ")
                    self._send(provider.about, 200 if token in provider.tokens else 401)
                else:
                    self._send({}, 404)

            def do_POST(self) -> None:
                if self._sent_on():
                    return
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self._send(*provider.token({name: value[0] for name, value in form.items()}))

            def _sent_on(self) -> bool:
                """What has moved answers with another address of this server, where it is then served."""
                if self.path.startswith("/elsewhere"):
                    self.path = self.path.removeprefix("/elsewhere")
                    provider.elsewhere.append(self.path)
                    return False
                if self.path not in provider.moved:
                    return False
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(307)
                self.send_header("Location", f"/elsewhere{self.path}")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return True

            def _send(self, body: Any, status: int = 200) -> None:
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        return Handler

    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.published.public_key()))
        return {"keys": [{**public, "kid": "k1", "use": "sig", "alg": "RS256"}]}

    def authorize(self, query: dict[str, list[str]]) -> str:
        asked = {name: value[0] for name, value in query.items()}
        assert asked["client_id"] == "dtks"
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        assert len(asked["nonce"]) >= 16
        assert len(asked["state"]) >= 16
        self.asked.append(asked)
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, form: dict[str, str]) -> tuple[dict[str, Any], int]:
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        right = (
            asked is not None
            and base64.urlsafe_b64encode(challenge).rstrip(b"=").decode() == asked["code_challenge"]
            and form.get("redirect_uri") == asked["redirect_uri"]
            and form.get("client_secret") == "rahasia-lembaga"
        )
        if not right:
            return {"error": "invalid_grant"}, 400
        access = secrets.token_urlsafe()
        self.tokens.add(access)
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": "dtks", "sub": SUBJECT, "iat": now, "exp": now + 300,
            "auth_time": now, "nonce": asked["nonce"], **self.claims,
        }  # fmt: skip
        key = "k" * 40 if self.algorithm == "HS256" else None if self.algorithm == "none" else self.key
        raw = jwt.encode(claims, key, algorithm=self.algorithm, headers={"kid": "k1"})
        return {"access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": raw}, 200


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@pytest.fixture
def configure(settings: Any, tmp_path: Path, provider: Provider) -> Any:
    def write(**more: Any) -> None:
        entry = {
            "id": "dinsos-uji", "name": "Dinas Sosial Uji", "server": provider.url, "client_id": "dtks",
            "client_secret": "rahasia-lembaga", **more,
        }  # fmt: skip
        path = tmp_path / "oidc.json"
        path.write_text(json.dumps([entry]), "utf-8")
        settings.OIDC_FILE = str(path)

    write()
    return write


@pytest.fixture
def officer(configure: Any) -> Any:
    account = officers.account("siti", name="Siti Aminah")
    officers.grant(account, "dinsos-verifikator", "33.02")
    preparing.prepare(by=ADMIN, account=account.pk, institution="dinsos-uji", subject=SUBJECT, reason="SK 12")
    return account


def there(client: Client, to: str = "", path: str = "/masuk/lembaga/dinsos-uji/") -> str:
    """To the institution and through its sign-in; where it sends the browser back to."""
    start = client.get(path, {"next": to} if to else {})
    assert start.status_code == 302, start.content.decode()
    answer = requests.get(start.headers["Location"], allow_redirects=False, timeout=5)
    return answer.headers["Location"].removeprefix("http://testserver")


def through(client: Client, to: str = "") -> Any:
    return client.get(there(client, to))


def test_who_was_prepared_signs_in_and_then_shows_a_factor(client: Client, officer: Any) -> None:
    assert "Dinas Sosial Uji" in client.get("/masuk/").content.decode()
    answer = through(client, to="/akun/sesi/")
    assert answer.headers["Location"] == "/masuk/faktor/?next=%2Fakun%2Fsesi%2F"
    assert client.session["_auth_user_id"] == str(officer.pk)
    assert client.get("/akun/").headers["Location"].startswith("/masuk/faktor/")


def test_nothing_that_the_institution_says_is_stored(client: Client, officer: Any) -> None:
    through(client)
    for model in (SocialAccount, SocialToken, EmailAddress):
        assert not model.objects.exists(), model
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject, subject_index FROM accounts_preparedsignin")
        raw = str(cursor.fetchall())
    assert SUBJECT not in raw
    assert EMAIL not in raw
    officer.refresh_from_db()
    assert officer.email is None


def test_nobody_registers_by_themselves(client: Client, configure: Any) -> None:
    before = Account.objects.count()
    answer = through(client)
    assert answer.status_code == 403
    assert "belum ada akun yang disiapkan" in answer.content.decode()
    assert Account.objects.count() == before
    assert "_auth_user_id" not in client.session
    event = LedgerEvent.objects.get()
    assert (event.action, event.account) == ("accounts.sign_in_failed", "anonymous")


def test_an_account_with_the_same_mail_is_not_taken_over(client: Client, configure: Any) -> None:
    Account.objects.filter(pk=officers.account("siti").pk).update(email=EMAIL)
    assert through(client).status_code == 403


@pytest.mark.parametrize("counted", [False, True])
def test_the_institutions_factor_counts_only_where_it_is_named(
    client: Client, officer: Any, configure: Any, provider: Provider, counted: bool
) -> None:
    provider.claims = {"amr": ["pwd", "otp"]}
    configure(second_factor=["otp"] if counted else [])
    answer = through(client, to="/akun/")
    assert answer.headers["Location"].startswith("/akun/" if counted else "/masuk/faktor/")
    assert client.get("/akun/").status_code == (200 if counted else 302)


def test_without_the_named_factor_one_is_asked_here(
    client: Client, officer: Any, configure: Any, provider: Provider
) -> None:
    configure(second_factor=["otp"])
    provider.claims = {"amr": ["pwd"]}
    assert through(client).headers["Location"].startswith("/masuk/faktor/")


def test_step_up_there_asks_the_person_anew(
    client: Client, officer: Any, configure: Any, provider: Provider
) -> None:
    from dtks.foundation.accounts import factors

    configure(second_factor=["otp"])
    provider.claims = {"amr": ["otp"]}
    through(client)
    session = client.session
    session[factors.CONFIRMED] = time.time() - 3600
    session.save()
    assert "Konfirmasi lewat Dinas Sosial Uji" in client.get("/masuk/ulang/").content.decode()
    provider.claims = {"amr": ["otp"], "auth_time": int(time.time()) - 4000}
    assert through(client, to="/akun/sesi/").status_code == 403, "an old sign-in there proves nothing"
    provider.claims = {"amr": ["otp"]}
    assert through(client, to="/akun/sesi/").headers["Location"] == "/akun/sesi/"
    assert provider.asked[-1]["prompt"] == "login"
    assert time.time() - client.session[factors.CONFIRMED] < 60


def lying_nonce(provider: Provider) -> None:
    provider.claims = {"nonce": "eines-anderen"}


def lying_audience(provider: Provider) -> None:
    provider.claims = {"aud": "lain"}


def lying_issuer_of_the_token(provider: Provider) -> None:
    provider.claims = {"iss": "https://lain.example"}


def lying_age(provider: Provider) -> None:
    provider.claims = {"exp": int(time.time()) - 3600}


def lying_key(provider: Provider) -> None:
    provider.key = rsa_key("another's")


def lying_algorithm(provider: Provider) -> None:
    provider.algorithm = "HS256"


def no_signature(provider: Provider) -> None:
    provider.algorithm = "none"


def lying_person(provider: Provider) -> None:
    provider.about = {"sub": "orang-lain"}


def lying_address(provider: Provider) -> None:
    provider.issuer = "https://lain.example"


@pytest.mark.parametrize(
    "lie",
    [
        lying_nonce, lying_audience, lying_issuer_of_the_token, lying_age, lying_key, lying_algorithm,
        no_signature, lying_person,
    ],
)  # fmt: skip
def test_an_answer_that_does_not_hold_lets_nobody_in(
    client: Client, officer: Any, provider: Provider, lie: Any
) -> None:
    lie(provider)
    answer = through(client)
    assert answer.status_code == 403
    assert "tidak dapat dipercaya" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_server_that_speaks_for_another_is_not_asked(
    client: Client, officer: Any, provider: Provider
) -> None:
    lying_address(provider)
    assert client.get("/masuk/lembaga/dinsos-uji/").status_code == 403


@pytest.mark.parametrize("given", ["cross-site", "same-site"])
def test_another_site_does_not_begin_a_sign_in(
    client: Client, officer: Any, provider: Provider, given: str
) -> None:
    answer = client.get("/masuk/lembaga/dinsos-uji/", headers={"Sec-Fetch-Site": given})
    assert answer.headers["Location"] == "/masuk/"
    assert "_auth_user_id" not in client.session
    for own in ("same-origin", "none"):
        answer = client.get("/masuk/lembaga/dinsos-uji/", headers={"Sec-Fetch-Site": own})
        assert answer.headers["Location"].startswith(f"{provider.url}/authorize?"), own


@pytest.mark.parametrize("moved", ["/.well-known/openid-configuration", "/keys", "/token", "/userinfo"])
def test_an_institution_that_sends_us_elsewhere_is_not_followed(
    client: Client, officer: Any, provider: Provider, moved: str
) -> None:
    """The same answer lies where it sends us: only whether we go there makes the difference."""
    provider.moved.add(moved)
    answer = client.get("/masuk/lembaga/dinsos-uji/")
    if answer.status_code == 302:
        answer = through(client)
    assert answer.status_code == 403
    assert provider.elsewhere == []
    assert "_auth_user_id" not in client.session


def test_an_answer_is_taken_once_and_only_by_the_browser_that_asked(client: Client, officer: Any) -> None:
    back = there(client)
    assert Client().get(back).status_code == 403
    assert client.get(back).status_code == 302
    client.post("/keluar/")
    assert client.get(back).status_code == 403


@pytest.mark.parametrize(
    "query", ["", "?error=access_denied&state=x", "?code=x&state=y", "?state=", "?code=%00"]
)
def test_turning_back_or_nonsense_is_explained(client: Client, officer: Any, query: str) -> None:
    answer = client.get(f"/masuk/lembaga/dinsos-uji/kembali/{query}")
    assert answer.status_code == 403
    assert "Kembali ke halaman masuk" in answer.content.decode()


def test_an_institution_that_is_down_is_explained(client: Client, officer: Any, configure: Any) -> None:
    configure(server="http://127.0.0.1:9")
    assert client.get("/masuk/lembaga/dinsos-uji/").status_code == 403


def test_an_unknown_institution_is_not_found(client: Client, configure: Any) -> None:
    assert client.get("/masuk/lembaga/lain/").status_code == 404
    assert client.get("/masuk/lembaga/lain/kembali/").status_code == 404


def test_a_closed_account_stays_closed(client: Client, officer: Any) -> None:
    Account.objects.filter(pk=officer.pk).update(is_active=False)
    assert through(client).status_code == 403


def test_another_claim_can_name_the_person(
    client: Client, officer: Any, configure: Any, provider: Provider
) -> None:
    configure(claim="nip")
    provider.about["nip"] = "199001012020122001"
    preparing.withdraw(by=ADMIN, account=officer.pk, institution="dinsos-uji", reason="SK 12")
    preparing.prepare(
        by=ADMIN, account=officer.pk, institution="dinsos-uji", subject="199001012020122001", reason="SK 12"
    )
    assert through(client).headers["Location"].startswith("/masuk/faktor/")


def test_a_subject_opens_one_account(officer: Any) -> None:
    other = officers.account("budi")
    with pytest.raises(SubjectTaken):
        preparing.prepare(
            by=ADMIN, account=other.pk, institution="dinsos-uji", subject=SUBJECT, reason="SK 12"
        )
    with pytest.raises(UnknownInstitution):
        preparing.prepare(by=ADMIN, account=other.pk, institution="lain", subject="x", reason="SK 12")
    assert preparing.withdraw(by=ADMIN, account=officer.pk, institution="dinsos-uji", reason="SK 12")
    assert not preparing.withdraw(by=ADMIN, account=officer.pk, institution="dinsos-uji", reason="SK 12")
    preparing.prepare(by=ADMIN, account=other.pk, institution="dinsos-uji", subject=SUBJECT, reason="SK 12")
    assert PreparedSignIn.objects.get().account == other
    assert SUBJECT not in str(list(LedgerEvent.objects.values()))


def test_the_local_factor_works_after_the_institution(client: Client, officer: Any) -> None:
    through(client)
    assert not Authenticator.objects.exists()
    assert "Pasang faktor kedua" in client.get("/masuk/faktor/").content.decode()


@pytest.mark.parametrize(
    "text",
    [
        "{", "{}", "[1]", '[{"id": "a"}]',
        '[{"id": "a/b", "name": "n", "server": "https://x", "client_id": "c", "client_secret": "s"}]',
        '[{"id": "a", "name": "n", "server": "http://x", "client_id": "c", "client_secret": "s"}]',
        '[{"id": "a", "name": "n", "server": "https://x", "client_id": "c", "client_secret": "s", "amr": 1}]',
    ],
)  # fmt: skip
def test_a_file_that_is_wrong_says_so_by_its_name(settings: Any, tmp_path: Path, text: str) -> None:
    path = tmp_path / "oidc.json"
    path.write_text(text, "utf-8")
    settings.OIDC_FILE = str(path)
    with pytest.raises(InstitutionsUnreadable, match=r"oidc\.json"):
        institutions.known()
    assert Client().get("/masuk/").status_code == 200, "everybody else can still sign in"
    assert Client().get("/masuk/lembaga/a/").status_code == 404
