"""Witnesses cosign the heads of this log, on both databases; one that lies or hangs changes nothing."""

from __future__ import annotations

import base64
import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.db import DatabaseError, connection, transaction
from tests.fixtures.database import THE_OTHER_PARAMETER
from tests.fixtures.logs import made_log, served

from dtks.foundation.ledger import cosigning, running, sequencing, signing, stored, witnesses
from dtks.foundation.ledger.actions import record
from dtks.foundation.ledger.anchors.anchoring import Anchorer
from dtks.foundation.ledger.asking import ask
from dtks.foundation.ledger.cosigning import Cosigner, Outcome, Result
from dtks.foundation.ledger.domain import Actor, Event
from dtks.foundation.ledger.errors import WitnessesMalformed, WitnessesMissing
from dtks.foundation.ledger.models import LedgerCosignature
from dtks.foundation.ledger.transparency.notes import Kind, Note, Signer, Verifier
from dtks.foundation.ledger.witness import keeping
from dtks.foundation.ledger.witness.protocol import PATH, Request
from dtks.foundation.ledger.witnesses import Witness

OFFICER = Actor("018f0000-0000-7000-8000-000000000001", "operator-desa", "33.02.11.2001", "melayani", "hibah")
NAMES = ("kemensos.example/w", "bpk.example/w", "jateng.example/w")


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=[pytest.mark.django_db(transaction=True), THE_OTHER_PARAMETER]),
        pytest.param("postgresql", marks=pytest.mark.postgres),
    ]
)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each test runs on both, with a log that has a head of 3."""
    if request.param == "postgresql":
        request.getfixturevalue("postgres")
    grow(3)
    yield request.param


def grow(count: int) -> int:
    """So many events more; returns the size of the log."""
    record(*(Event("registry.change", kind="family") for _ in range(count)), by=OFFICER)
    sequencing.integrate()
    head = stored.head()
    assert head is not None
    return head.size


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Callable[..., Witness]]:
    """Serves a witness of this log until the test ends."""
    with ExitStack() as stack:

        def start(name: str, made: keeping.Keeping | None = None) -> Witness:
            made = made or new(tmp_path, name)
            port = stack.enter_context(served(made))
            return Witness(made.signer.verifier, f"http://127.0.0.1:{port}")

        yield start


def new(folder: Path, name: str) -> keeping.Keeping:
    return keeping.create(folder / name.partition(".")[0], name=name, logs=signing.verifiers())


@contextmanager
def cosigner(
    *asked: Witness, seconds: float = 5.0, clock: Callable[[], float] | None = None
) -> Iterator[Cosigner]:
    made = Cosigner(asked, seconds=seconds, every=0.0, clock=clock or time.monotonic)
    try:
        yield made
    finally:
        made.close()


def results(outcomes: list[Outcome]) -> dict[str, Result]:
    assert len({each.witness for each in outcomes}) == len(outcomes)
    return {each.witness: each.result for each in outcomes}


def below(note: Note | None) -> list[str]:
    """Who signed that note."""
    assert note is not None
    return [each.name for each in note.signatures]


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_two_of_three_are_up(database: str, up: Callable[..., Witness], tmp_path: Path) -> None:
    first, second = up(NAMES[0]), up(NAMES[1])
    away = new(tmp_path, NAMES[2])
    third = Witness(away.signer.verifier, f"http://127.0.0.1:{unused_port()}")
    now = [1000.0]
    with cosigner(first, second, third, clock=lambda: now[0]) as asking:
        assert results(asking.settle(20)) == {
            NAMES[0]: Result.COSIGNED, NAMES[1]: Result.COSIGNED, NAMES[2]: Result.UNREACHABLE,
        }  # fmt: skip
        origin = signing.signer().name
        note = cosigning.checkpoint()
        assert sorted(below(note)) == sorted([origin, *NAMES[:2]])
        note.signed_by(signing.verifiers())
        for each in (first, second):
            found = note.by(each.verifier)
            assert found is not None
            assert abs(found.at - time.time()) < 60
        # The next head: with a proof from the last one. Whoever failed is left alone for a while.
        size = grow(300)
        assert below(cosigning.checkpoint()) == [origin]
        assert results(asking.settle(20)) == {NAMES[0]: Result.COSIGNED, NAMES[1]: Result.COSIGNED}
        assert asking.settle(20) == []
        with served(away) as port:
            asking._asked[2].witness = Witness(third.verifier, f"http://127.0.0.1:{port}")
            now[0] += 4.9
            assert asking.settle(20) == []
            now[0] += 0.2
            assert asking.settle(20) == [Outcome(NAMES[2], size, Result.COSIGNED)]
    assert sorted(below(cosigning.checkpoint())) == sorted([origin, *NAMES])
    assert sorted(LedgerCosignature.objects.values_list("witness", "size")) == sorted(
        [(NAMES[0], 3), (NAMES[1], 3), (NAMES[0], size), (NAMES[1], size), (NAMES[2], size)]
    )


def test_begun_anew_it_goes_on_from_what_is_stored(database: str, up: Callable[..., Witness]) -> None:
    witness = up(NAMES[0])
    with cosigner(witness) as asking:
        assert results(asking.settle(20)) == {NAMES[0]: Result.COSIGNED}
    grow(2)
    with cosigner(witness) as asking:
        asking.step()
        assert asking._asked[0].old == 3
        assert results(asking.settle(20)) == {NAMES[0]: Result.COSIGNED}
    with cosigner(witness) as asking:
        assert asking.settle(20) == []  # nothing new


def test_a_witness_that_knows_more_than_is_stored_says_from_where(
    database: str, up: Callable[..., Witness], tmp_path: Path
) -> None:
    made = new(tmp_path, NAMES[0])
    assert made.answer(bytes(Request.of(old=0, proof=[], note=Note.parse(stored.head().note)))).status == 200
    witness = up(NAMES[0], made)
    grow(5)
    with cosigner(witness) as asking:  # asks from 0 and is told 3
        assert results(asking.settle(20)) == {NAMES[0]: Result.COSIGNED}
    with cosigner(witness) as asking:
        asking.step()
        asking._asked[0].cosigned = 0  # the answer was lost: the same head is asked for once more
        assert results(asking.settle(20)) == {NAMES[0]: Result.COSIGNED}
    assert len(below(cosigning.checkpoint())) == 2  # each key once
    assert LedgerCosignature.objects.count() == 2


def test_another_history_is_noticed(
    database: str, up: Callable[..., Witness], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The log's own key signed another history of 7 for this witness."""
    made = new(tmp_path, NAMES[0])
    other = made_log(7, signer=signing.signer())
    assert made.answer(bytes(other.request(0, 7))).status == 200
    witness = up(NAMES[0], made)
    now = [0.0]
    with cosigner(witness, clock=lambda: now[0]) as asking:
        for size, expected in ((3, Result.AHEAD), (7, Result.FORKED), (9, Result.FORKED)):
            if size > 3:
                grow(size - stored.head().size)
            caplog.clear()
            (found,) = asking.settle(20)
            assert (found.size, found.result) == (size, expected)
            assert [each.levelno for each in caplog.records if NAMES[0] in each.getMessage()] == [
                logging.ERROR
            ]
            now[0] += 10_000
    assert not LedgerCosignature.objects.exists()
    assert {each.kind for each in made.findings()} == {"fork", "unproven"}


class Rogue(ThreadingHTTPServer):
    """A witness that answers as it likes."""

    daemon_threads = True

    def __init__(self, answer: Callable[[BaseHTTPRequestHandler, bytes], None]) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                rogue.followed |= self.path != PATH
                answer(self, self.rfile.read(int(self.headers["Content-Length"])))

            def do_GET(self) -> None:
                rogue.followed = True
                self.send_error(404)

            def log_message(self, *args: object) -> None:
                pass

        rogue = self
        self.followed = False
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def __exit__(self, *args: object) -> None:
        self.shutdown()
        super().__exit__(*args)


def says(
    handler: BaseHTTPRequestHandler, status: int, text: str | bytes, kind: str = "text/plain", **more: str
) -> None:
    content = text.encode() if isinstance(text, str) else text
    handler.send_response(status)
    for name, value in {"Content-Type": kind, "Content-Length": str(len(content)), **more}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(content)


KEY = Signer(NAMES[2], signing.Ed25519PrivateKey.generate(), Kind.COSIGNED)
STRANGER = Signer("stranger.example/w", signing.Ed25519PrivateKey.generate(), Kind.COSIGNED)
SAME_NAME = Signer(NAMES[2], STRANGER.key, Kind.COSIGNED)


def forged(text: str) -> str:
    """The key's own number, and a signature that is not its."""
    line = SAME_NAME.line(text, at=int(time.time()))
    dash, name, encoded = line.split(" ")
    return f"{dash} {name} {base64.b64encode(KEY.verifier.id + base64.b64decode(encoded)[4:]).decode()}\n"


def of(body: bytes) -> str:
    """The text of the head in a request."""
    return Request.parse(body).note.text


def there(handler: BaseHTTPRequestHandler) -> str:
    """An address at which a rogue notices that it was followed."""
    return f"http://127.0.0.1:{handler.server.server_port}/x"


NOW = time.time()
ROGUES: dict[str, tuple[Callable[[BaseHTTPRequestHandler, bytes], None], Result]] = {
    "rubbish": (lambda h, b: says(h, 200, "selamat pagi\n"), Result.UNREADABLE),
    "nothing": (lambda h, b: says(h, 200, ""), Result.UNREADABLE),
    "bytes": (lambda h, b: says(h, 200, bytes(range(256))), Result.UNREADABLE),
    "too long": (lambda h, b: says(h, 200, KEY.line(of(b), at=int(NOW)) * 600), Result.UNREADABLE),
    "no http": (lambda h, b: h.wfile.write(b"SSH-2.0-x\r\n"), Result.UNREACHABLE),
    "closes": (lambda h, b: h.connection.shutdown(socket.SHUT_RDWR), Result.UNREACHABLE),
    "another key": (lambda h, b: says(h, 200, STRANGER.line(of(b), at=int(NOW))), Result.UNSIGNED),
    "its name, another key": (lambda h, b: says(h, 200, SAME_NAME.line(of(b), at=int(NOW))), Result.UNSIGNED),
    "its number, another key": (lambda h, b: says(h, 200, forged(of(b))), Result.UNSIGNED),
    "another head": (
        lambda h, b: says(h, 200, KEY.line(of(b).replace("\n3\n", "\n4\n"), at=int(NOW))), Result.UNSIGNED,
    ),
    "no time": (lambda h, b: says(h, 200, KEY.line(of(b), at=0)), Result.UNSIGNED),
    "later": (lambda h, b: says(h, 200, KEY.line(of(b), at=int(NOW) + 3600)), Result.UNSIGNED),
    "the end of time": (lambda h, b: says(h, 200, KEY.line(of(b), at=2**64 - 1)), Result.UNSIGNED),
    "a signature without time": (
        lambda h, b: says(h, 200, Signer(NAMES[2], KEY.key).line(of(b))), Result.UNSIGNED,
    ),
    "server trouble": (lambda h, b: says(h, 503, ""), Result.UNREACHABLE),
    "unknown log": (lambda h, b: says(h, 404, ""), Result.UNKNOWN),
    "unknown key": (lambda h, b: says(h, 403, ""), Result.UNKNOWN),
    "no proof": (lambda h, b: says(h, 422, ""), Result.FORKED),
    "always another size": (
        lambda h, b: says(h, 409, "1\n" if b.startswith(b"old 2") else "2\n", "text/x.tlog.size"),
        Result.UNREADABLE,
    ),
    "no size": (lambda h, b: says(h, 409, "tiga\n", "text/x.tlog.size"), Result.UNREADABLE),
    "a negative size": (lambda h, b: says(h, 409, "-1\n", "text/x.tlog.size"), Result.UNREADABLE),
    "a large size": (lambda h, b: says(h, 409, "9" * 19, "text/x.tlog.size"), Result.AHEAD),
    "elsewhere": (lambda h, b: says(h, 302, "", Location=there(h)), Result.UNREADABLE),
    "elsewhere by POST": (lambda h, b: says(h, 307, "", Location=there(h)), Result.UNREADABLE),
}  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ROGUES)
def test_a_witness_that_answers_wrongly_is_ignored_and_reported(
    name: str, up: Callable[..., Witness], caplog: pytest.LogCaptureFixture
) -> None:
    grow(3)
    answer, expected = ROGUES[name]
    good = up(NAMES[0])
    with Rogue(answer) as server:
        rogue = Witness(KEY.verifier, f"http://127.0.0.1:{server.server_port}")
        with cosigner(rogue, good) as asking:
            assert results(asking.settle(20)) == {NAMES[0]: Result.COSIGNED, NAMES[2]: expected}
        assert not server.followed
    assert any(NAMES[2] in each.getMessage() for each in caplog.records)
    assert list(LedgerCosignature.objects.values_list("witness", flat=True)) == [NAMES[0]]
    note = cosigning.checkpoint()
    assert below(note)[1:] == [NAMES[0]]
    assert note.by(good.verifier)


@pytest.mark.django_db(transaction=True)
def test_the_right_line_among_others_is_taken_alone(up: Callable[..., Witness]) -> None:
    grow(3)

    def answer(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        says(handler, 200, STRANGER.line(of(body), at=int(NOW)) + KEY.line(of(body), at=int(NOW)))

    with (
        Rogue(answer) as server,
        cosigner(Witness(KEY.verifier, f"http://127.0.0.1:{server.server_port}")) as asking,
    ):
        assert results(asking.settle(20)) == {NAMES[2]: Result.COSIGNED}
    assert below(cosigning.checkpoint())[1:] == [NAMES[2]]


def silent(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    time.sleep(30)


def dripping_body(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    for _ in range(60):
        handler.wfile.write(b"x")
        time.sleep(0.3)


def dripping_head(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    for _ in range(60):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n"[:1])
        time.sleep(0.3)


@pytest.mark.parametrize("answer", [silent, dripping_body, dripping_head])
def test_a_slow_witness_holds_up_nobody(
    database: str, up: Callable[..., Witness], answer: Callable[[BaseHTTPRequestHandler, bytes], None]
) -> None:
    good = up(NAMES[0])
    with Rogue(answer) as server:
        slow = Witness(KEY.verifier, f"http://127.0.0.1:{server.server_port}")
        with cosigner(slow, good, seconds=3.0) as asking:
            began = time.monotonic()
            outcomes = []
            for _ in range(3):  # heads go on being cosigned by the other one
                while Result.COSIGNED not in [
                    each.result for each in outcomes if each.size == stored.head().size
                ]:
                    before = time.monotonic()
                    outcomes += asking.step()
                    assert time.monotonic() - before < 1
                    assert time.monotonic() - began < 2.9
                    time.sleep(0.02)
                grow(1)
            outcomes = asking.settle(20)
            assert Outcome(NAMES[2], 3, Result.UNREACHABLE, "TimeoutError") in outcomes
            assert 2.9 < time.monotonic() - began < 6


def test_https_believes_no_certificate_of_its_own(tmp_path: Path) -> None:
    """A TLS server that nobody vouches for is not talked to; one that never shakes hands is given up."""
    certificate, key = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with Rogue(lambda h, b: says(h, 200, "x")) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        with pytest.raises(ssl.SSLCertVerificationError):
            ask(f"https://127.0.0.1:{server.server_port}", b"x", seconds=5)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            ask(f"https://127.0.0.1:{mute.getsockname()[1]}", b"x", seconds=0.5)
        assert time.monotonic() - began < 3


def self_signed(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 and its key, as files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return files


def test_nobody_rewrites_a_cosignature(database: str, up: Callable[..., Witness]) -> None:
    with cosigner(up(NAMES[0])) as asking:
        asking.settle(20)
    for statement in ("UPDATE ledger_ledgercosignature SET size = 1", "DELETE FROM ledger_ledgercosignature"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert LedgerCosignature.objects.get().size == 3


def test_the_published_checkpoint_shows_who_cosigned(
    database: str, up: Callable[..., Witness], tmp_path: Path, settings: object
) -> None:
    settings.LEDGER_PUBLISH = str(tmp_path / "published")
    witness = up(NAMES[0])
    file = tmp_path / "published" / "checkpoint"
    with cosigner(witness) as asking:
        grown = record(Event("registry.change"), by=OFFICER)
        assert grown is None
        until = time.monotonic() + 20
        while not (file.exists() and NAMES[0] in file.read_text()) and time.monotonic() < until:
            assert running._once(asking, Anchorer([]))
            time.sleep(0.02)
        written = file.stat().st_mtime_ns
        assert running._once(asking, Anchorer([]))
        assert file.stat().st_mtime_ns == written
    note = Note.parse(file.read_bytes())
    assert note.by(witness.verifier)
    assert note.text.split("\n")[1] == "4"


@pytest.mark.django_db(transaction=True)
def test_the_sequencer_beside_a_site_asks(
    up: Callable[..., Witness], tmp_path: Path, settings: object
) -> None:
    grow(3)
    witness = up(NAMES[0])
    settings.LEDGER_WITNESSES = str(tmp_path / "witnesses.yaml")
    Path(settings.LEDGER_WITNESSES).write_text(f"- key: {witness.verifier}\n  url: {witness.url}/\n")
    with running.sequencer():
        until = time.monotonic() + 20
        while not LedgerCosignature.objects.exists() and time.monotonic() < until:
            time.sleep(0.05)
    assert LedgerCosignature.objects.get().witness == NAMES[0]
    Path(settings.LEDGER_WITNESSES).write_text("- key: x\n")
    with pytest.raises(WitnessesMalformed), running.sequencer():
        pass


ONE = f"- key: {KEY.verifier}\n  url: https://w.example/a/\n"
LOG_KEY = Verifier("dtks.example/jejak", KEY.verifier.key)


def test_the_file_names_them(tmp_path: Path, settings: object) -> None:
    path = tmp_path / "w.yaml"
    path.write_text(f"# saksi\n{ONE}- url: http://127.0.0.1:8790\n  key: {STRANGER.verifier}\n")
    assert witnesses.read(path) == [
        Witness(KEY.verifier, "https://w.example/a"), Witness(STRANGER.verifier, "http://127.0.0.1:8790"),
    ]  # fmt: skip
    for nothing in ("", "# none\n", "[]"):
        path.write_text(nothing)
        assert witnesses.read(path) == []
    settings.HOME, settings.LEDGER_WITNESSES = tmp_path, ""
    assert witnesses.configured() == []
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger" / "witnesses.yaml").write_text(ONE)
    assert [each.name for each in witnesses.configured()] == [NAMES[2]]
    settings.LEDGER_WITNESSES = str(path)
    assert witnesses.configured() == []
    settings.LEDGER_WITNESSES = str(tmp_path / "none.yaml")
    with pytest.raises(WitnessesMissing, match="DTKS-LED-011"):
        witnesses.configured()


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (1, "saksi"),
        (1, "a: 1"),
        (2, "- key: [\n"),
        (3, ONE + "- x\n"),
        (3, ONE + "- url: http://w.example\n"),
        (4, ONE + f"- key: {STRANGER.verifier}\n  uri: http://w.example\n"),
        (4, ONE + f"- key: {STRANGER.verifier}\n  url: ftp://w.example\n"),
        (4, ONE + f"- key: {STRANGER.verifier}\n  url: http://\n"),
        (4, ONE + f"- key: {STRANGER.verifier}\n  url: http://a:b@w.example\n"),
        (4, ONE + f"- key: {STRANGER.verifier}\n  url: http://w.example?x=1\n"),
        (4, ONE + f"- key: {STRANGER.verifier}\n  url: http://w.example:x\n"),
        (4, ONE + f"- key: {STRANGER.verifier}\n  url: [http://w.example]\n"),
        (5, ONE + f"- key: {STRANGER.verifier}\n  url: http://w.example\n  url: http://v.example\n"),
        (4, ONE + "-\n  key: x\n  url: http://w.example\n"),
        (3, ONE + f"- key: {STRANGER.verifier}x\n  url: http://w.example\n"),
        (3, ONE + f"- key: {LOG_KEY}\n  url: http://w.example\n"),
        (3, ONE + ONE),
        (3, ONE + f"- key: {SAME_NAME.verifier}\n  url: http://w.example\n"),
        (1, "- x\n" * 21),
    ],
)
def test_a_malformed_file_names_the_line(tmp_path: Path, line: int, text: str) -> None:
    path = tmp_path / "w.yaml"
    path.write_text(text)
    with pytest.raises(WitnessesMalformed, match=rf"DTKS-LED-010: .*w\.yaml, baris {line}:"):
        witnesses.read(path)
