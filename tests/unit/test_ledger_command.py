"""`dtks ledger`: what an auditor types, what is printed, and how it ends."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.fixtures.ledgers import FAMILY, OFFICER, WITNESS, Attacker, history, protection_kept
from typer.testing import CliRunner

from dtks.cli import ledger
from dtks.foundation.kernel.errors import DtksError
from dtks.foundation.ledger import outside, sequencing, signing, stored
from dtks.foundation.ledger.errors import (
    CheckpointUnreachable,
    FileThere,
    LogEmpty,
    NoteMalformed,
    NoteUnsigned,
    QuorumMissing,
)
from dtks.foundation.ledger.models import LedgerEvent
from dtks.foundation.ledger.proofs import Proof
from dtks.foundation.ledger.transparency.notes import Note, Signer, parsed_lines

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.sqlite("changes the database's file; the same on PostgreSQL in test_ledger_verify"),
]


@pytest.fixture(autouse=True)
def protected(transactional_db: None) -> Iterator[None]:
    """The next test finds the triggers as the migrations made them."""
    with protection_kept():
        yield


def call(*arguments: object) -> Any:
    return CliRunner().invoke(ledger.app, [str(each) for each in arguments])


def run(*arguments: object, code: int = 0) -> dict[str, Any]:
    done = call(*arguments, "--json")
    assert done.exit_code == code, done.output + str(done.exception)
    return json.loads(done.stdout.splitlines()[-1])


def refused(*arguments: object) -> DtksError:
    done = call(*arguments)
    assert isinstance(done.exception, DtksError), done.output
    return done.exception


def test_before_anything_happened() -> None:
    assert isinstance(refused("key"), LogEmpty)
    assert isinstance(refused("consistency", 0), LogEmpty)
    assert run("verify")["size"] == 0


def test_verify_lists_what_is_wrong_and_fails() -> None:
    history(300)
    assert run("verify") | {"seconds": 0, "peak_rss_mb": 0, "root": ""} == {
        "ok": True, "size": 300, "root": "", "heads": 3, "lists": 2, "pending": 1, "shredded": 0,
        "shreds": [], "compared": 0, "wrong": {}, "findings": [], "seconds": 0, "peak_rss_mb": 0,
    }  # fmt: skip
    Attacker().run("UPDATE ledger_ledgerevent SET purpose = 'lain' WHERE action = 'e9'")
    event = LedgerEvent.objects.get(action="e9")
    report = run("verify", code=1)
    assert (report["ok"], report["findings"]) == (False, [{"kind": "text", "at": f"event {event.pk}"}])
    done = call("verify")
    assert done.exit_code == 1
    assert f"event {event.pk}" in done.stderr
    assert "isi peristiwa tidak cocok" in done.stderr
    assert "not what the tree holds" in done.stderr


def test_verify_against_a_saved_head_and_a_served_one(tmp_path: Path, served: dict[str, Any]) -> None:
    history(300)
    kept = Note.parse(stored.head().note)
    cosigned = kept.with_lines(*parsed_lines(WITNESS.line(kept.text, at=1_700_000_000)))
    saved = tmp_path / "checkpoint"
    saved.write_text(str(cosigned), encoding="utf-8")
    served["/checkpoint"] = str(kept).encode()
    sequencing.integrate()
    (key,) = run("key")["keys"]
    more = ("--against", saved, "--against", served["url"] + "/checkpoint", "--key", key)
    assert run("verify", *more)["compared"] == 2
    assert run("verify", *more, "--witness", WITNESS.verifier, code=1)["wrong"] == {"against-signature": 1}
    assert run("verify", *more[:2], "--witness", WITNESS.verifier)["ok"]
    assert isinstance(refused("verify", *more, "--witness", key), NoteMalformed), "no log is its own witness"
    stranger = Signer(signing.signer().name, Ed25519PrivateKey.generate()).verifier
    wrong = run("verify", *more[:2], "--key", stranger, code=1)["wrong"]
    assert wrong == {"key": 1, "against-signature": 1, "head-signature": 4}


def test_a_head_that_cannot_be_fetched(tmp_path: Path, served: dict[str, Any]) -> None:
    history(300)
    served["/elsewhere"] = None
    (tmp_path / "rubbish").write_bytes(b"\xff\xfe")
    served["/long"] = b"x" * 1_000_100
    for source, kind in (
        (tmp_path / "nothing", CheckpointUnreachable),
        (tmp_path, CheckpointUnreachable),
        (served["url"] + "/nothing", CheckpointUnreachable),
        (served["url"] + "/elsewhere", CheckpointUnreachable),
        ("http://127.0.0.1:1/", CheckpointUnreachable),
        (tmp_path / "rubbish", NoteMalformed),
        (served["url"] + "/long", NoteMalformed),
    ):
        assert isinstance(refused("verify", "--against", source), kind), source
    assert served["asked"].count("/checkpoint") == 0, "a redirect is not followed"


def test_from_a_proof_to_its_check(tmp_path: Path) -> None:
    history(300)
    event = LedgerEvent.objects.get(action="e9")
    printed = call("prove", event.pk)
    assert printed.exit_code == 0
    assert Proof.parse(printed.stdout).inclusion.event == event.pk, "nothing else is printed: it can be piped"
    proof = tmp_path / "bukti"
    report = run("prove", event.pk, "--out", proof)
    assert (report["event"], report["index"], report["file"]) == (event.pk, 9, str(proof))
    assert report["proof"] == proof.read_text(encoding="utf-8")
    assert isinstance(refused("prove", event.pk, "--out", proof), FileThere)
    key = call("key").stdout.strip()
    shown = call("check", proof, "--key", key, "--show")
    assert shown.exit_code == 0
    assert str(FAMILY) in shown.stdout
    assert isinstance(refused("check", proof, "--key", key, "--witness", WITNESS.verifier), QuorumMissing)
    assert run("check", proof, "--key", key, "--witness", WITNESS.verifier, "--quorum", 0)["ok"]
    stranger = Signer(key.partition("+")[0], Ed25519PrivateKey.generate()).verifier
    assert isinstance(refused("check", proof, "--key", stranger), NoteUnsigned)
    assert isinstance(refused("check", proof, "--key", WITNESS.verifier), NoteMalformed)
    assert isinstance(refused("check", proof, "--key", key[:-8]), NoteMalformed)


def test_from_an_export_to_its_check(tmp_path: Path) -> None:
    history(300)
    to = tmp_path / "paket.zip"
    report = run("export", "--out", to, "--officer", OFFICER, "--from", "2020-01-01", "--to", "2099-12-31")
    assert report["chosen"] == {
        "officer": OFFICER, "since": "2020-01-01T00:00:00+00:00", "until": "2099-12-31T00:00:00+00:00",
    }  # fmt: skip
    assert report["bytes"] == to.stat().st_size
    key = run("key")["keys"][0]
    checked = run("check", to, "--key", key)
    assert (checked["events"], checked["rows"], checked["wrong"]) == (report["events"], 3, 0)
    assert checked["chosen"] == report["chosen"]
    (tmp_path / "one").unlink(missing_ok=True)
    first = LedgerEvent.objects.order_by("pk").first()
    assert run("export", "--out", tmp_path / "one", "--event", first.pk)["events"] == 1
    assert run("export", "--out", tmp_path / "two", "--person", FAMILY)["events"] == 301
    assert run("export", "--out", tmp_path / "three", "--case", FAMILY)["events"] == 301


@pytest.fixture
def served() -> Iterator[dict[str, Any]]:
    """A web server on this machine. Keys: a path → its content, None → a redirect; `url`, `asked`."""
    pages: dict[str, Any] = {"asked": []}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            pages["asked"].append(self.path)
            content = pages.get(self.path, b"")
            self.send_response(200 if content else 302 if content is None else 404)
            self.send_header("Location", "/checkpoint")
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    pages["url"] = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield pages
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_file_that_is_named_like_an_address(tmp_path: Path) -> None:
    with pytest.raises(CheckpointUnreachable):
        outside.checkpoint("ftp://127.0.0.1/checkpoint")
