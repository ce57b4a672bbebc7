"""A log that this program built, judged by a program of others: Go's sumdb (tests/independent/ledger)."""

from __future__ import annotations

import base64
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.fixtures.ledgers import OPERATOR, Attacker, history, in_any_database

from dtks.cli import doctor
from dtks.config import environment
from dtks.foundation.ledger import exporting, sequencing, signing
from dtks.foundation.ledger.models import LedgerEvent, LedgerHead, LedgerLeaf
from dtks.foundation.ledger.transparency.checkpoints import Checkpoint
from dtks.foundation.ledger.transparency.notes import Note, signed

__all__ = ["in_any_database"]
SOURCE = environment.PROJECT_ROOT / "tests" / "independent" / "ledger"
HOLDS = ["signature holds", "root holds", "consistency holds", "inclusion holds"]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The verifier, compiled. Debian's libraries lie in a GOPATH; nothing is fetched."""
    if missing := doctor.go_lacks():
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    folder = tmp_path_factory.mktemp("go")
    built = subprocess.run(
        ["go", "build", "-o", str(folder / "ledger"), "."],
        cwd=SOURCE,
        env={
            **os.environ,
            "GO111MODULE": "off",
            "GOPATH": str(doctor.GO_PATH),
            "GOCACHE": str(folder / "cache"),
            "GOFLAGS": "",
            "GOTOOLCHAIN": "local",
            "CGO_ENABLED": "0",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return folder / "ledger"


@pytest.fixture
def given(attacker: Attacker, tmp_path: Path) -> Path:
    """The log as files: 600 leaves, an older head of 402, the proof of one event."""
    history()
    event = LedgerEvent.objects.get(action="f7")
    proof = exporting.prove(event=event.pk, by=OPERATOR)
    sequencing.integrate()
    head = LedgerHead.objects.order_by("-size").first()
    between = exporting.consistency(old=402, new=head.size)
    content = {
        "key": str(signing.verifiers()[0]),
        "checkpoint": head.note,
        "older": LedgerHead.objects.get(size=402).note,
        "consistency": "".join(f"{base64.b64encode(each).decode()}\n" for each in between.hashes),
        "event": str(proof),
    }
    for name, text in content.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    entries = LedgerLeaf.objects.order_by("index").values_list("entry", flat=True)
    (tmp_path / "entries").write_bytes(b"".join(bytes(each) for each in entries))
    assert Checkpoint.of(Note.parse(head.note)).size == len(entries) > 601
    return tmp_path


def judged(program: Path, folder: Path) -> tuple[int, list[str], str]:
    """(exit code, what holds, what does not)"""
    done = subprocess.run([program, folder], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.splitlines(), done.stderr


def test_every_part_of_the_log_holds(program: Path, given: Path) -> None:
    assert judged(program, given) == (0, HOLDS, "")


def a_bit(path: Path, at: int) -> None:
    """Turn a bit of the file; one that stays text where it is text."""
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def resigned(folder: Path, name: str, change: Callable[[Checkpoint], Checkpoint]) -> None:
    """Another head under the true signature: what only the tree can find out."""
    head = Checkpoint.of(Note.parse((folder / name).read_bytes()))
    (folder / name).write_text(str(signed(str(change(head)), signing.signer())), encoding="utf-8")


def other_root(head: Checkpoint) -> Checkpoint:
    return Checkpoint(head.origin, head.size, bytes([head.root[0] ^ 1]) + head.root[1:])


def in_line(path: Path, number: int, change: Callable[[str], str]) -> None:
    lines = path.read_text(encoding="utf-8").split("\n")
    assert change(lines[number]) != lines[number]
    lines[number] = change(lines[number])
    path.write_text("\n".join(lines), encoding="utf-8")


def other_bit(line: str) -> str:
    """The Base64 of one bit more or less, in the middle of the line."""
    content = bytearray(base64.b64decode(line))
    content[len(content) // 2] ^= 16
    return base64.b64encode(content).decode()


def other_signature(line: str) -> str:
    head, _, encoded = line.rpartition(" ")
    return f"{head} {other_bit(encoded)}"


def smaller(head: Checkpoint) -> Checkpoint:
    return Checkpoint(head.origin, head.size - 1, head.root)


def an_entry_less(folder: Path) -> None:
    path = folder / "entries"
    path.write_bytes(path.read_bytes()[:-32])


def line(name: str, number: int, change: Callable[[str], str]) -> Callable[[Path], None]:
    """A change of one line of a file."""
    return lambda folder: in_line(folder / name, number, change)


CHANGES: dict[str, tuple[Callable[[Path], None], str]] = {
    # What is changed → what the other program then says does not hold.
    "an entry": (lambda folder: a_bit(folder / "entries", 32 * 123 + 5), "root"),
    "an entry less": (an_entry_less, "root"),
    "the root": (line("checkpoint", 2, other_bit), "signature"),
    "the root, signed again": (lambda folder: resigned(folder, "checkpoint", other_root), "root"),
    "the size": (line("checkpoint", 1, lambda size: f"{int(size) + 1}"), "signature"),
    "the size, signed again": (lambda folder: resigned(folder, "checkpoint", smaller), "root"),
    "the name": (line("checkpoint", 0, lambda name: name + "x"), "signature"),
    "the signature": (line("checkpoint", 4, other_signature), "signature"),
    "the older signature": (line("older", 4, other_signature), "signature of the older"),
    "the older root, signed again": (lambda folder: resigned(folder, "older", other_root), "consistency"),
    "the older size, signed again": (lambda folder: resigned(folder, "older", smaller), "consistency"),
    "a hash between the heads": (line("consistency", 1, other_bit), "consistency"),
    "an event's salt": (line("event", 2, lambda salt: f"salt {other_bit(salt[5:])}"), "inclusion"),
    "an event's text": (line("event", 3, lambda text: text.replace('"f7"', '"f6"')), "inclusion"),
    "an event's place": (line("event", 6, lambda _: "index 410"), "inclusion"),
    "an event's proof": (line("event", 9, other_bit), "inclusion"),
    "an event's head": (line("event", -2, other_signature), "inclusion"),
}


def test_each_change_is_refused_for_what_it_is(program: Path, given: Path) -> None:
    names = ("key", "checkpoint", "older", "consistency", "event", "entries")
    true = {name: (given / name).read_bytes() for name in names}
    for what, (change, refused) in CHANGES.items():
        change(given)
        code, holds, said = judged(program, given)
        assert (code, said.startswith(refused)) == (1, True), f"{what}: {holds} {said}"
        assert len(holds) < len(HOLDS)
        for name, content in true.items():
            (given / name).write_bytes(content)
    assert judged(program, given)[0] == 0


def test_the_key_of_another_log_opens_nothing(program: Path, given: Path) -> None:
    key = signing.verifiers()[0]
    for other in (f"{key}"[:-4] + "AAA=", str(key).replace(key.name, "lain.contoh")):
        (given / "key").write_text(other, encoding="utf-8")
        code, holds, said = judged(program, given)
        assert (code, holds) == (1, [])
        assert said.startswith(("key", "signature"))
