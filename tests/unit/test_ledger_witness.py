"""A witness over a real socket: the conversation of tlog-witness, what it remembers, what it withstands."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fixtures.logs import ORIGIN, MadeLog, log_signer, made_log, memory, post, served

from dtks.config.environment import PROJECT_ROOT
from dtks.foundation.ledger.errors import (
    NoteMalformed,
    WitnessFileForeign,
    WitnessFileMissing,
    WitnessKeyOpen,
    WitnessKeyUnreadable,
    WitnessThere,
)
from dtks.foundation.ledger.transparency.checkpoints import Checkpoint
from dtks.foundation.ledger.transparency.notes import Note, Signer, Verifier, parsed_lines, signed
from dtks.foundation.ledger.witness import keeping
from dtks.foundation.ledger.witness.protocol import MOST_BYTES, Finding, Request

SIGNER = log_signer()
LOG = made_log(600, signer=SIGNER)
FORK = made_log(600, signer=SIGNER, fork_at=2)
NAME = "bpk.example/saksi"


@pytest.fixture
def witness(tmp_path: Path) -> keeping.Keeping:
    return keeping.create(tmp_path / "witness", name=NAME, logs=[SIGNER.verifier])


@pytest.fixture
def port(witness: keeping.Keeping) -> Iterator[int]:
    with served(witness) as found:
        yield found


def asked(port: int, log: MadeLog, old: int, size: int) -> tuple[int, str, str]:
    return post(port, bytes(log.request(old, size)))


def cosigned(text: str, note: Note, verifier: Verifier) -> int:
    """The time of the cosignature that an answer holds, checked."""
    (line,) = parsed_lines(text)
    found = note.with_lines(line).by(verifier)
    assert found is not None
    return found.at


def test_the_whole_conversation(port: int, witness: keeping.Keeping) -> None:
    verifier = witness.signer.verifier
    before = int(time.time())
    status, _, text = asked(port, LOG, 0, 3)
    assert status == 200
    assert before <= cosigned(text, LOG.note(3), verifier) <= time.time()
    # What was cosigned is the size to go on from; it says so.
    assert asked(port, LOG, 0, 5) == (409, "text/x.tlog.size", "3\n")
    assert asked(port, LOG, 2, 5) == (409, "text/x.tlog.size", "3\n")
    status, _, text = asked(port, LOG, 3, 600)
    assert status == 200
    cosigned(text, LOG.note(600), verifier)
    # The same head once more: a newer time, no proof.
    status, _, text = asked(port, LOG, 600, 600)
    assert status == 200
    cosigned(text, LOG.note(600), verifier)
    # Another root for that size.
    status, kind, text = asked(port, FORK, 600, 600)
    assert (status, kind.partition(";")[0]) == (409, "text/plain")
    assert "—" not in text
    # A head that does not continue it, an older one, one of which nothing is known.
    longer = made_log(601, signer=SIGNER, fork_at=599)
    assert asked(port, longer, 600, 601)[0] == 422
    assert asked(port, LOG, 600, 599)[0] == 400
    assert asked(port, LOG, 599, 600) == (409, "text/x.tlog.size", "600\n")
    assert asked(port, made_log(601, signer=log_signer("other.example/log")), 600, 601)[0] == 404
    assert asked(port, made_log(601, signer=log_signer()), 600, 601)[0] == 403
    assert asked(port, made_log(601, signer=SIGNER), 600, 601)[0] == 200


def test_signatures_of_others_are_passed_over(port: int, witness: keeping.Keeping) -> None:
    stranger = log_signer("stranger.example/k")
    both = signed(LOG.note(4).text, stranger, SIGNER)
    status, _, text = post(port, bytes(Request.of(old=0, proof=[], note=both)))
    assert status == 200
    cosigned(text, both, witness.signer.verifier)
    assert post(port, bytes(Request.of(old=4, proof=[], note=signed(both.text, stranger))))[0] == 403


def test_lines_beyond_the_three_are_cosigned_as_they_are(port: int, witness: keeping.Keeping) -> None:
    text = str(Checkpoint(ORIGIN, 4, LOG.tree(4).root(), ("further 1",)))
    note = signed(text, SIGNER)
    status, _, line = post(port, bytes(Request.of(old=0, proof=[], note=note)))
    assert status == 200
    cosigned(line, note, witness.signer.verifier)
    assert LOG.note(4).with_lines(*parsed_lines(line)).text != note.text


GOOD = bytes(LOG.request(2, 3))
HASH = b"A" * 43 + b"=\n"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 2",
        b"old 2\n\n",
        GOOD.removeprefix(b"old 2\n"),
        GOOD.replace(b"old 2", b"old 02"),
        GOOD.replace(b"old 2", b"old +2"),
        GOOD.replace(b"old 2", b"old 2 "),
        GOOD.replace(b"old 2", b"old -2"),
        GOOD.replace(b"old 2", b"Old 2"),
        GOOD.replace(b"old 2", b"old \xc2\xb2"),
        GOOD.replace(b"old 2", b"old 9223372036854775808"),
        GOOD.replace(b"old 2\n", b"old 2\nAAAA\n"),
        GOOD.replace(b"old 2\n", b"old 2\n!" + HASH),
        GOOD.replace(b"old 2\n", b"old 2\n" + HASH * 64),
        GOOD.replace(b"\n\n", b"\n"),
        GOOD[:-1],
        GOOD.replace(b"\n3\n", b"\n9223372036854775808\n"),
        GOOD.replace(b"\n3\n", b"\n03\n"),
        GOOD.replace(b"dtks", b"dt\xffks"),
        b"old 4" + GOOD[5:],
    ],
)
def test_what_is_not_a_request_is_bad(port: int, witness: keeping.Keeping, body: bytes) -> None:
    assert asked(port, LOG, 0, 2)[0] == 200
    status, kind, text = post(port, body)
    assert (status, kind) == (400, "text/plain; charset=utf-8")
    assert text.endswith("\n")
    assert witness.logs()[0].size == 2
    assert post(port, GOOD)[0] == 200  # it was the change that made it bad


def test_a_proof_too_many_or_too_few_does_not_hold(port: int) -> None:
    first = LOG.request(0, 3)
    assert post(port, bytes(Request.of(old=0, proof=[b"\0" * 32], note=first.note)))[0] == 422
    assert post(port, bytes(first))[0] == 200
    wanted = LOG.request(3, 9)
    for proof in (wanted.proof[:-1], (*wanted.proof, b"\0" * 32), wanted.proof[::-1], ()):
        assert post(port, bytes(Request.of(old=3, proof=proof, note=wanted.note)))[0] == 422
    assert post(port, bytes(Request.of(old=3, proof=[b"\0" * 32], note=first.note)))[0] == 422
    assert post(port, bytes(wanted))[0] == 200


def test_a_fork_is_refused_and_remembered(tmp_path: Path, witness: keeping.Keeping) -> None:
    with served(witness) as port:
        assert asked(port, LOG, 0, 10)[0] == 200
        assert [asked(port, FORK, 10, 10)[0] for _ in range(3)] == [409, 409, 409]
        assert asked(port, FORK, 9, 10)[0] == 409  # however it is asked
        assert asked(port, FORK, 10, 12)[0] == 422
    again = keeping.opened(tmp_path / "witness")
    with served(again) as port:
        assert asked(port, FORK, 10, 10)[0] == 409
        assert asked(port, FORK, 0, 12) == (409, "text/x.tlog.size", "10\n")
        assert asked(port, LOG, 10, 12)[0] == 200
    fork, unproven = again.findings()
    assert (fork.kind, fork.origin, fork.times) == (Finding.FORK, ORIGIN, 5)
    assert (unproven.kind, unproven.times) == (Finding.UNPROVEN, 1)
    # It proves by itself that the log's key signed two histories, and what we had cosigned by then.
    ours, theirs = Note.parse(fork.cosigned), Request.parse(fork.request).note
    for each in (ours, theirs):
        each.signed_by([SIGNER.verifier])
    assert ours.by(again.signer.verifier)
    assert Checkpoint.of(ours).size == Checkpoint.of(theirs).size == 10
    assert Checkpoint.of(ours).root != Checkpoint.of(theirs).root


def test_hints_that_anybody_can_send_push_out_no_proof(witness: keeping.Keeping) -> None:
    witness.answer(bytes(LOG.request(0, 5)))
    for size in range(6, 206):
        wrong = Request.of(old=5, proof=[b"\0" * 32], note=LOG.note(size))
        assert witness.answer(bytes(wrong)).status == 422
    assert witness.answer(bytes(FORK.request(5, 5))).status == 409
    kinds = [each.kind for each in witness.findings()]
    assert (kinds.count(Finding.UNPROVEN), kinds.count(Finding.FORK)) == (100, 1)


def test_requests_at_once_never_roll_back(witness: keeping.Keeping) -> None:
    """The race of the specification: all of them come from the same size; one wins, the others are told.

    The clock is read between judging and storing: a slow one lets all of them be there at once, if they can.
    """

    def slow() -> float:
        time.sleep(0.03)
        return time.time()

    size, rivals = 0, 6
    with served(replace(witness, clock=slow)) as port, ThreadPoolExecutor(rivals) as pool:
        for round_ in range(12):
            together = threading.Barrier(rivals)
            bodies = [bytes(LOG.request(size, size + 1 + (3 * at + round_) % 7)) for at in range(rivals)]

            def ask(body: bytes, together: threading.Barrier = together) -> tuple[int, str, str]:
                together.wait()
                return post(port, body)

            answers = list(pool.map(ask, bodies))
            assert sorted(status for status, _, _ in answers) == [200] + [409] * (rivals - 1)
            (won,) = (at for at, (status, _, _) in enumerate(answers) if status == 200)
            size = Request.parse(bodies[won]).head.size
            assert {text for status, _, text in answers if status == 409} == {f"{size}\n"}
            assert witness.logs()[0].size == size


def test_a_chain_of_many_writers_only_grows(tmp_path: Path, witness: keeping.Keeping) -> None:
    """Each goes on from where the witness says it is; two servers share the memory."""
    second = keeping.opened(tmp_path / "witness")
    times: list[tuple[int, int]] = []
    with served(witness) as one, served(second) as two, ThreadPoolExecutor(6) as pool:

        def go(at: int) -> None:
            old = 0
            for step in range(12):
                wanted = min(old + 1 + (at + step) % 5, 600)
                status, _, text = asked((one, two)[at % 2], LOG, old, wanted)
                assert status in (200, 409)
                if status == 200:
                    times.append((wanted, cosigned(text, LOG.note(wanted), witness.signer.verifier)))
                    old = wanted
                else:
                    old = int(text)

        list(pool.map(go, range(6)))
    assert len(times) > 12
    assert witness.logs()[0].size == max(size for size, _ in times)
    # A later time never goes with a smaller head.
    by_time = sorted(times, key=lambda each: (each[1], each[0]))
    assert [size for size, _ in by_time] == sorted(size for size, _ in times)


def test_a_lost_memory_is_not_begun_anew(tmp_path: Path, witness: keeping.Keeping) -> None:
    folder = tmp_path / "witness"
    with served(witness) as port:
        assert asked(port, LOG, 0, 10)[0] == 200
        content = memory(folder).read_bytes()
        memory(folder).unlink()
        assert asked(port, FORK, 0, 10)[0] == 503
        assert not memory(folder).exists()
        with pytest.raises(WitnessFileMissing, match="DTKS-LED-012"):
            keeping.opened(folder)
        with pytest.raises(WitnessThere):
            keeping.create(folder, name=NAME, logs=[SIGNER.verifier])
        memory(folder).touch()
        assert asked(port, FORK, 0, 10)[0] == 503
        with pytest.raises(WitnessFileForeign):
            keeping.opened(folder)
        memory(folder).write_bytes(content)
        assert asked(port, FORK, 0, 10) == (409, "text/x.tlog.size", "10\n")
    keeping.create(tmp_path / "other", name=NAME, logs=[SIGNER.verifier])
    memory(folder).write_bytes(memory(tmp_path / "other").read_bytes())
    with pytest.raises(WitnessFileForeign):
        keeping.opened(folder)


def test_a_memory_that_cannot_be_written_cosigns_nothing(witness: keeping.Keeping) -> None:
    with served(witness) as port:
        assert asked(port, LOG, 0, 10)[0] == 200
        with sqlite3.connect(witness.path) as connection:
            connection.execute(
                "CREATE TRIGGER full BEFORE UPDATE ON head BEGIN SELECT RAISE(ABORT, 'full'); END"
            )
        status, _, text = asked(port, LOG, 10, 12)
        assert (status, "—" in text) == (503, False)
        assert witness.logs()[0].size == 10


def test_the_memory_itself_refuses_to_go_back(witness: keeping.Keeping) -> None:
    witness.answer(bytes(LOG.request(0, 10)))
    witness.answer(bytes(FORK.request(10, 10)))
    for statement in (
        "UPDATE head SET size = 9",
        "UPDATE head SET root = zeroblob(32)",
        "UPDATE head SET origin = 'x'",
        "DELETE FROM head",
        "DELETE FROM finding",
    ):
        with sqlite3.connect(witness.path) as connection, pytest.raises(sqlite3.IntegrityError):
            connection.execute(statement)


def test_a_key_that_others_can_read_is_not_used(tmp_path: Path, witness: keeping.Keeping) -> None:
    key = tmp_path / "witness" / "witness.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert memory(tmp_path / "witness").stat().st_mode & 0o777 == 0o600
    text = key.read_text()
    assert text not in repr(witness)
    key.chmod(0o640)
    with pytest.raises(WitnessKeyOpen, match="chmod 600"):
        keeping.opened(tmp_path / "witness")
    key.chmod(0o600)
    for damaged in (
        "",
        "PRIVATE+KEY+a",
        text.replace("bpk", "bpq"),
        text[:-6] + "\n",
        text.replace("PRIV", "x"),
    ):
        key.write_text(damaged)
        with pytest.raises(WitnessKeyUnreadable):
            keeping.opened(tmp_path / "witness")
    key.write_text(text)
    assert keeping.opened(tmp_path / "witness").signer.verifier == witness.signer.verifier


def test_a_witnesss_key_is_no_log(tmp_path: Path, witness: keeping.Keeping) -> None:
    with pytest.raises(NoteMalformed):
        keeping.create(tmp_path / "other", name=NAME, logs=[witness.signer.verifier])
    assert not (tmp_path / "other").exists()
    with pytest.raises(NoteMalformed):
        witness.trust(witness.signer.verifier)


def test_a_logs_next_key_is_trusted_when_told(witness: keeping.Keeping) -> None:
    following = MadeLog(LOG.entries, Signer(ORIGIN, log_signer().key))
    assert witness.answer(bytes(LOG.request(0, 3))).status == 200
    assert witness.answer(bytes(following.request(3, 5))).status == 403
    witness.trust(following.signer.verifier)
    assert witness.answer(bytes(following.request(3, 5))).status == 200
    assert [len(each.keys) for each in witness.logs()] == [2]


def raw(port: int, content: bytes) -> bytes:
    """What comes back for these bytes until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(content)
        found = b""
        try:
            while part := connection.recv(4096):
                found += part
        except ConnectionResetError:
            pass
        return found


def test_nothing_else_is_answered(port: int) -> None:
    assert post(port, b"", method="GET")[0] == 405
    assert post(port, GOOD, path="/")[0] == 404
    assert post(port, GOOD, path="/x/add-checkpoint")[0] == 404
    assert raw(port, b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\n\r\n").split()[1] == b"411"
    start = b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: "
    assert raw(port, start + b"%d\r\n\r\n" % (MOST_BYTES + 1)).split()[1] == b"413"
    assert raw(port, start + b"9" * 5000 + b"\r\n\r\n").split()[1] == b"413"
    assert raw(port, start + b"-1\r\n\r\n").split()[1] == b"400"
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(start + b"100\r\n\r\nold 0")
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(4096).split()[1] == b"400"


def test_slow_ones_are_cut_and_hold_nobody_up(witness: keeping.Keeping) -> None:
    start = b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 100\r\n\r\n"
    with served(witness, seconds=1.5) as port:
        slow = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(10)]
        began = time.monotonic()
        for at, each in enumerate(slow):
            each.sendall(start if at % 2 else b"POST /add")
        assert asked(port, LOG, 0, 3)[0] == 200
        assert time.monotonic() - began < 1.4
        # A byte now and then does not lengthen the life of a connection.
        ended = None
        while ended is None and time.monotonic() - began < 8:
            try:
                slow[1].sendall(b"o")
                time.sleep(0.2)
            except OSError:
                ended = time.monotonic() - began
        assert ended is not None
        assert ended < 4
        for each in slow:
            each.close()
        assert asked(port, LOG, 3, 4)[0] == 200


def command(*arguments: str, home: Path) -> list[str]:
    return [sys.executable, "-m", "dtks.cli", "ledger", "witness", *arguments]


def told(*arguments: str, home: Path) -> tuple[int, dict[str, object]]:
    answer = subprocess.run(
        command(*arguments, "--json", home=home),
        env=environment(home),
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.stdout, answer.stderr
    return answer.returncode, json.loads(answer.stdout.splitlines()[-1])


def environment(home: Path) -> dict[str, str]:
    """No settings of a registry: a witness needs none."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DTKS_", "DJANGO_"))}
    return {**kept, "DTKS_HOME": str(home), "PYTHONPATH": str(PROJECT_ROOT / "src")}


def test_by_command_and_killed_in_between(tmp_path: Path) -> None:
    code, made = told("init", "--name", NAME, "--log", str(SIGNER.verifier), home=tmp_path)
    assert (code, made["logs"]) == (0, [ORIGIN])
    verifier = Verifier.parse(str(made["key"]))

    def run() -> tuple[subprocess.Popen[str], int]:
        process = subprocess.Popen(
            command("run", "--port", "0", home=tmp_path),
            env=environment(tmp_path),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        return process, int(process.stdout.readline().split()[0].rpartition(":")[2])

    process, port = run()
    try:
        status, _, text = asked(port, LOG, 0, 7)
        assert status == 200
        cosigned(text, LOG.note(7), verifier)
    finally:
        process.kill()
        process.communicate()
    process, port = run()
    try:
        assert asked(port, FORK, 0, 9) == (409, "text/x.tlog.size", "7\n")
        assert asked(port, FORK, 7, 7)[0] == 409
        code, shown = told("show", "--evidence", str(tmp_path / "evidence"), home=tmp_path)
        assert (code, shown["logs"][0]["size"], shown["written"]) == (1, 7, 2)
        (fork,) = shown["forks"]
        assert (fork["size"], fork["times"]) == (7, 1)
        kept, refused = sorted((tmp_path / "evidence").iterdir())
        assert Note.parse(kept.read_bytes()).by(verifier)
        Request.parse(refused.read_bytes()).note.signed_by([SIGNER.verifier])
    finally:
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Stopped" in output


def test_a_witness_needs_no_django() -> None:
    code = (
        "import sys, dtks.cli.ledger_witness, dtks.foundation.ledger.witness.server; "
        "sys.exit('django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=PROJECT_ROOT / "src").returncode == 0
