"""Anchors: the newest checkpoint reaches a file, an address and a real time-stamping authority; one that
fails holds up nobody."""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from rfc3161_client import decode_timestamp_response

from dtks.foundation.ledger import sequencing, stored
from dtks.foundation.ledger.actions import record
from dtks.foundation.ledger.anchors import places
from dtks.foundation.ledger.anchors.anchoring import AFTER_FAILURE, EVERY_SECONDS, Anchorer
from dtks.foundation.ledger.domain import Actor, Event
from dtks.foundation.ledger.errors import AnchorFailed, AnchorsMalformed
from dtks.foundation.ledger.models import LedgerAnchor
from dtks.foundation.ledger.transparency.checkpoints import Checkpoint
from dtks.foundation.ledger.transparency.notes import Note

pytestmark = pytest.mark.django_db
OPENSSL = shutil.which("openssl")


def grow() -> str:
    """One event more; the note of the new head."""
    record(Event("a"), by=Actor.system())
    sequencing.integrate()
    head = stored.head()
    assert head is not None
    return head.note


@contextmanager
def answering(answer: Callable[[BaseHTTPRequestHandler, bytes], None]) -> Iterator[str]:
    """A server on a port of this machine; the value is its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            answer(self, self.rfile.read(int(self.headers["Content-Length"])))

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/jangkar?log=1"
        finally:
            server.shutdown()
            thread.join()


def reply(
    handler: BaseHTTPRequestHandler, body: bytes, *, status: int = 200, kind: str = "text/plain"
) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def settled(anchorer: Anchorer, count: int) -> list[LedgerAnchor]:
    """Step until that many receipts are stored."""
    found, until = anchorer.step(), time.monotonic() + 20
    while len(found) < count and time.monotonic() < until:
        time.sleep(0.01)
        found += anchorer.step()
    return found


def test_a_file_and_an_address(tmp_path: Path) -> None:
    got: list[tuple[str, bytes]] = []

    def keep(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        got.append((handler.path, body))
        reply(handler, b"no. 12")

    now = [0.0]
    with answering(keep) as url:
        asked = [places.FilePlace(tmp_path / "anchors"), places.HttpPlace(url)]
        anchorer = Anchorer(asked, clock=lambda: now[0])
        assert anchorer.step() == [], "an empty log has no head"
        first = grow()
        assert {each.place for each in settled(anchorer, 2)} == {f"file:{tmp_path}/anchors", url}
        grow()
        now[0] += EVERY_SECONDS - 1
        assert anchorer.step() == [] == settled(anchorer, 0), "not so often"
        last = grow()
        now[0] += 1
        assert len(settled(anchorer, 2)) == 2
        now[0] += 10 * EVERY_SECONDS
        assert settled(anchorer, 0) == [], "nothing new"
        anchorer.close()
        assert Anchorer(asked, clock=lambda: 0.0).step() == [], "another process knows what was put"
    assert got == [("/jangkar?log=1", first.encode()), ("/jangkar?log=1", last.encode())]
    assert (tmp_path / "anchors").read_text() == f"{first}\n{last}\n"
    rows = LedgerAnchor.objects.filter(place=url).order_by("size")
    assert [(row.size, row.note, bytes(row.receipt)) for row in rows] == [
        (1, first, b"no. 12"), (3, last, b"no. 12"),
    ]  # fmt: skip


def test_one_that_fails_is_tried_again_and_holds_up_nobody(tmp_path: Path) -> None:
    statuses = [500, 302, 200]

    def answer(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        reply(handler, b"", status=statuses.pop(0))

    now = [0.0]
    with answering(answer) as url:
        anchorer = Anchorer(
            [places.HttpPlace(url), places.FilePlace(tmp_path / "a")], clock=lambda: now[0]
        )  # fmt: skip
        grow()
        assert [each.place for each in settled(anchorer, 1)] == [f"file:{tmp_path}/a"]
        for left in (1, 0):
            until = time.monotonic() + 20
            while len(statuses) > left and time.monotonic() < until:
                now[0] += AFTER_FAILURE
                anchorer.step()
                time.sleep(0.05)
        assert [each.place for each in settled(anchorer, 1)] == [url]
        anchorer.close()


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(AnchorFailed, match="FileNotFoundError"):
        places.FilePlace(tmp_path / "missing" / "a").put("note")


@pytest.mark.parametrize(
    "text",
    [
        "a: 1",
        "- file: a\n  http: http://a.example",
        "- http: ftp://a.example",
        "- http: http://user@a.example",
        "- tsa: http://a.example",
        "- tsa: http://a.example\n  roots: missing.pem",
        "- nothing: 1",
        "- file: a\n- file: a",
        "- [",
    ],
)
def test_a_file_of_places_that_is_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "anchors.yaml"
    path.write_text(text)
    with pytest.raises(AnchorsMalformed):
        places.read(path)


def test_the_places_that_a_file_names(tmp_path: Path, settings: Any) -> None:
    settings.LEDGER_ANCHORS = ""
    assert places.configured() == []
    settings.LEDGER_ANCHORS = str(tmp_path / "anchors.yaml")
    Path(settings.LEDGER_ANCHORS).write_text(f"- file: {tmp_path}/a\n- http: https://a.example/b\n")
    assert places.configured() == [
        places.FilePlace(tmp_path / "a"), places.HttpPlace("https://a.example/b"),
    ]  # fmt: skip


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A time-stamping authority by OpenSSL behind a socket: (address, PEM of its root)."""
    if OPENSSL is None:
        pytest.fail("openssl is missing: apt-get install openssl")
    root_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    root = certificate("Akar", root_key, root_key, "Akar", authority=True)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    signer = certificate("Stempel waktu", key, root_key, "Akar", authority=False)
    (tmp_path / "root.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "tsa.pem").write_bytes(signer.public_bytes(serialization.Encoding.PEM))
    unsealed = serialization.NoEncryption()
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (tmp_path / "tsa.key").write_bytes(key.private_bytes(pem, pkcs8, unsealed))
    (tmp_path / "tsa.cnf").write_text(
        "[tsa]\ndefault_tsa = one\n[one]\n"
        f"serial = {tmp_path}/serial\nsigner_cert = {tmp_path}/tsa.pem\nsigner_key = {tmp_path}/tsa.key\n"
        "signer_digest = sha256\ndefault_policy = 1.2.3.4.1\n"
        "digests = sha256, sha512\nordering = yes\ness_cert_id_alg = sha256\n"
    )

    def stamp(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        assert handler.headers["Content-Type"] == "application/timestamp-query"
        (tmp_path / "query.tsq").write_bytes(body)
        command = [
            OPENSSL,
            "ts",
            "-reply",
            "-queryfile",
            "query.tsq",
            "-config",
            "tsa.cnf",
            "-out",
            "answer.tsr",
        ]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
        reply(handler, (tmp_path / "answer.tsr").read_bytes(), kind="application/timestamp-reply")

    with answering(stamp) as url:
        yield url, tmp_path / "root.pem"


def certificate(
    name: str, key: rsa.RSAPrivateKey, by: rsa.RSAPrivateKey, by_name: str, *, authority: bool
) -> x509.Certificate:
    def called(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(called(name))
        .issuer_name(called(by_name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if not authority:
        stamping = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(stamping, critical=True)
    return builder.sign(by, hashes.SHA256())


def test_a_time_stamp_is_taken_and_kept(authority: tuple[str, Path], tmp_path: Path) -> None:
    url, root = authority
    named = tmp_path / "anchors.yaml"
    named.write_text(f"- tsa: {url}\n  roots: {root}\n")
    anchorer = Anchorer(places.read(named))
    note = grow()
    (made,) = settled(anchorer, 1)
    anchorer.close()
    stamp = decode_timestamp_response(bytes(made.receipt))
    assert abs(stamp.tst_info.gen_time - datetime.now(UTC)) < timedelta(minutes=5)
    (tmp_path / "note").write_bytes(note.encode())
    (tmp_path / "kept.tsr").write_bytes(bytes(made.receipt))
    # OpenSSL itself says that the stamp is over this checkpoint, and over no other one.
    assert OPENSSL
    check = [OPENSSL, "ts", "-verify", "-data", "note", "-in", "kept.tsr", "-CAfile", str(root)]
    assert subprocess.run(check, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    (tmp_path / "note").write_bytes(grow().encode())
    assert subprocess.run(check, cwd=tmp_path, capture_output=True, check=False).returncode != 0
    assert Checkpoint.of(Note.parse(made.note)).size == 1


def test_a_stamp_of_another_authority_or_over_another_text_is_refused(
    authority: tuple[str, Path], tmp_path: Path
) -> None:
    url, root = authority
    (right,) = places._certificates(tmp_path, 1, root)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    other = certificate("Akar lain", key, key, "Akar lain", authority=True)
    answer = places.TimePlace(url, (right,)).put("note\n")
    with pytest.raises(AnchorFailed, match="does not hold"):
        places.TimePlace(url, (other,)).put("note\n")

    def replay(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        reply(handler, answer, kind="application/timestamp-reply")

    def rubbish(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        reply(handler, b"rubbish")

    for lying in (replay, rubbish):
        with answering(lying) as elsewhere, pytest.raises(AnchorFailed, match="does not hold"):
            places.TimePlace(elsewhere, (right,)).put("note\n")
