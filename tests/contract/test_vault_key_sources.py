"""Keepers of keys: the same promises for the file and for a key service, asked over a real socket."""

from __future__ import annotations

import base64
import datetime
import json
import secrets
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dtks.foundation.vault import cipher, errors, ring_entries, ring_file
from dtks.foundation.vault.kms import KmsSource
from dtks.foundation.vault.ring import FileSource, KeySource

NOW = datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)
TOKEN = "hvs.made-up-token"


class Transit:
    """A server that speaks the transit engine's encrypt and decrypt, with a real master key per name."""

    def __init__(self) -> None:
        self.keys = {"dtks": secrets.token_bytes(32), "a/b": secrets.token_bytes(32)}
        self.requests: list[str] = []
        self.status: int | None = None
        self.body: bytes | None = None
        self.location = ""
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def answer(self, path: str, token: str, body: bytes) -> tuple[int, dict[str, object]]:
        self.requests.append(path)
        if token != TOKEN:
            return 403, {"errors": ["permission denied"]}
        start, _, rest = path.partition("/v1/transit/")
        what, _, quoted = rest.partition("/")
        key = self.keys.get(quoted.replace("%2F", "/"))
        if start or key is None or what not in ("encrypt", "decrypt"):
            return 400, {"errors": ["encryption key not found"]}
        tree = json.loads(body)
        if what == "encrypt":
            nonce = secrets.token_bytes(12)
            sealed = nonce + AESGCM(key).encrypt(nonce, base64.b64decode(tree["plaintext"]), None)
            return 200, {
                "data": {"ciphertext": "vault:v1:" + base64.b64encode(sealed).decode(), "key_version": 1}
            }
        try:
            sealed = base64.b64decode(tree["ciphertext"].removeprefix("vault:v1:"))
            plain = AESGCM(key).decrypt(sealed[:12], sealed[12:], None)
        except (InvalidTag, ValueError):
            return 400, {"errors": ["cipher: message authentication failed"]}
        return 200, {"data": {"plaintext": base64.b64encode(plain).decode()}}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        transit = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, tree = transit.answer(self.path, self.headers.get("X-Vault-Token", ""), body)
                answer = json.dumps(tree).encode() if transit.body is None else transit.body
                self.send_response(transit.status or status)
                if transit.location:
                    self.send_header("Location", transit.location)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        return Handler


@pytest.fixture
def transit() -> Iterator[Transit]:
    server = Transit()
    yield server
    server.stop()


@pytest.fixture
def kms(transit: Transit, tmp_path: Path) -> KmsSource:
    token = tmp_path / "token"
    token.write_text(TOKEN + "\n")
    return KmsSource(address=transit.address, key="dtks", token_file=token)


@pytest.fixture(params=["file", "kms"])
def source(request: pytest.FixtureRequest) -> KeySource:
    return FileSource() if request.param == "file" else request.getfixturevalue("kms")


def test_a_key_comes_back(source: KeySource) -> None:
    key = secrets.token_bytes(64)
    wrapped = source.wrap(key)
    assert wrapped.isascii()
    assert source.unwrap(wrapped) == key


def test_a_text_that_is_no_key_does_not_become_one(source: KeySource) -> None:
    with pytest.raises((ValueError, errors.KmsRefused)):
        source.unwrap("vault:v1:***")


def test_a_ring_of_either_keeper_works(source: KeySource, tmp_path: Path) -> None:
    place = ring_file.Place(tmp_path / "keys" / "ring.json", source if source.name != "file" else None)
    ring_file.create(place, now=NOW)
    sealed = cipher.seal_free(b"x", column="a.b", ring=ring_file.current(place))
    ring_file.add_key(place, part="data", now=NOW)
    ring = ring_file.current(place)
    assert sorted(ring.data_keys) == [1, 2]
    assert cipher.unseal_free(sealed, column="a.b", ring=ring) == b"x"
    assert {key.by for key in ring_entries.read(place.path).data} == {source.name}


def test_wrapped_keys_are_not_in_the_file_and_asked_for_once(
    kms: KmsSource, transit: Transit, tmp_path: Path
) -> None:
    place = ring_file.Place(tmp_path / "ring.json", kms)
    ring_file.create(place, now=NOW)
    asked = len(transit.requests)
    ring = ring_file.current(place)
    for _ in range(5):
        assert ring_file.current(place) is ring
    assert len(transit.requests) - asked == 2
    text = place.path.read_text()
    for key in (*ring.data_keys.values(), *ring.index_keys.values()):
        assert base64.b64encode(key).decode() not in text
    with pytest.raises(errors.KmsNotSet):
        ring_file.current(ring_file.Place(place.path))


def test_a_file_ring_moves_to_a_service_key_by_key(kms: KmsSource, tmp_path: Path) -> None:
    ring_file.create(ring_file.Place(tmp_path / "ring.json"), now=NOW)
    place = ring_file.Place(tmp_path / "ring.json", kms)
    for part in ("data", "index"):
        ring_file.add_key(place, part=part, now=NOW)
    assert [key.by for key in ring_entries.read(place.path).data] == ["file", "kms:dtks"]
    assert sorted(ring_file.current(place).data_keys) == [1, 2]
    for part in ("data", "index"):
        ring_file.remove_key(place, part=part, key_id=1, now=NOW + ring_file.SETTLING)
    assert [key.by for key in ring_entries.read(place.path).data] == ["kms:dtks"]
    assert len(ring_file.current(place).data_keys[2]) == 64


def test_a_name_with_a_slash_stays_one_name(kms: KmsSource, transit: Transit) -> None:
    other = KmsSource(address=transit.address, key="a/b", token_file=kms.token_file)
    assert other.unwrap(other.wrap(b"x" * 32)) == b"x" * 32
    assert transit.requests[-1] == "/v1/transit/decrypt/a%2Fb"


def test_refusals_and_failures_are_told_apart(kms: KmsSource, transit: Transit, tmp_path: Path) -> None:
    wrapped = kms.wrap(b"x" * 32)
    wrong = tmp_path / "wrong"
    wrong.write_text("nothing")
    with pytest.raises(errors.KmsRefused, match="403"):
        KmsSource(address=transit.address, key="dtks", token_file=wrong).unwrap(wrapped)
    with pytest.raises(errors.KmsRefused, match="403"):
        KmsSource(address=transit.address, key="dtks").unwrap(wrapped)
    with pytest.raises(errors.KmsRefused, match="400"):
        KmsSource(address=transit.address, key="other", token_file=kms.token_file).unwrap(wrapped)
    transit.status = 503
    with pytest.raises(errors.KmsUnreachable) as caught:
        kms.unwrap(wrapped)
    assert not caught.value.permanent
    transit.status, transit.body = None, b"<html>"
    with pytest.raises(errors.KmsUnreachable):
        kms.unwrap(wrapped)


def test_a_redirect_does_not_carry_the_token_away(kms: KmsSource, transit: Transit) -> None:
    elsewhere = Transit()
    try:
        transit.status, transit.location = 307, elsewhere.address + "/v1/transit/decrypt/dtks"
        with pytest.raises(errors.KmsRefused, match="307"):
            kms.wrap(b"x" * 32)
        assert elsewhere.requests == []
    finally:
        elsewhere.stop()


def test_a_service_that_is_away(kms: KmsSource, transit: Transit) -> None:
    transit.stop()
    with pytest.raises(errors.KmsUnreachable):
        kms.wrap(b"x" * 32)
    transit.server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    transit.thread = threading.Thread(target=transit.server.serve_forever, daemon=True)
    transit.thread.start()


def test_keys_do_not_travel_in_plain_over_a_network() -> None:
    with pytest.raises(errors.KmsUnsafe):
        KmsSource(address="http://kms.contoh.test:8200", key="dtks").wrap(b"x" * 32)
