"""Bundles of proofs: what goes in, that it is checked with a key alone, and what an enemy may send."""

from __future__ import annotations

import datetime
import io
import json
import struct
import subprocess
import sys
import uuid
import zipfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone
from tests.fixtures.ledgers import (
    FAMILY,
    NEIGHBOUR,
    OFFICER,
    OPERATOR,
    WITNESS,
    Attacker,
    history,
    in_any_database,
    told,
)
from tests.fixtures.logs import served

from dtks.config import environment
from dtks.foundation.ledger import bundles, exporting, sequencing, signing
from dtks.foundation.ledger.actions import record
from dtks.foundation.ledger.domain import Event
from dtks.foundation.ledger.errors import (
    BundleMalformed,
    BundleTooLarge,
    EventPending,
    EventUnknown,
    FileThere,
    ListTooLong,
    NoteMalformed,
    NoteUnsigned,
    NothingChosen,
    ProofWrong,
    QuorumMissing,
    SizeUnknown,
)
from dtks.foundation.ledger.exporting import Chosen, export
from dtks.foundation.ledger.models import LedgerEvent
from dtks.foundation.ledger.proofs import Proof, Trust
from dtks.foundation.ledger.transparency.merkle import consistency_holds
from dtks.foundation.ledger.transparency.notes import Kind, Note, Signature, Signer, parsed_lines
from dtks.foundation.ledger.witness import keeping
from dtks.foundation.scope.current import limited_to, without_scope

__all__ = ["in_any_database"]
OTHER_WITNESS = Signer("saksi-lain.contoh", Ed25519PrivateKey.from_private_bytes(b"w" * 32), Kind.COSIGNED)


def trust(*witnesses: Signer, quorum: int | None = None) -> Trust:
    return Trust(tuple(signing.verifiers()), tuple(each.verifier for each in witnesses), quorum)


def exported(to: Path, **chosen: Any) -> tuple[bundles.Checked, list[dict[str, Any]]]:
    """Export, check, and return what was proven."""
    told: list[dict[str, Any]] = []
    to.unlink(missing_ok=True)
    assert export(to=to, chosen=Chosen(**chosen), by=OPERATOR) >= 0
    return bundles.check(to, trust=trust(), each=lambda _, says: told.append(says)), told


def test_each_choice_gives_its_events_and_they_hold(attacker: Attacker, tmp_path: Path) -> None:
    history(300)
    to = tmp_path / "paket.zip"
    first = LedgerEvent.objects.order_by("pk").first()
    found, says = exported(to, events=(first.pk, first.pk + 3))
    assert [each["action"] for each in says] == ["e0", "e3"]
    assert (found.count, found.wrong, found.head.size) == (2, [], 302), "the export itself is in the tree"
    assert found.chosen == {"events": [first.pk, first.pk + 3]}

    found, says = exported(to, case=str(FAMILY))
    assert {each["subject"] for each in says} == {str(FAMILY)}
    assert len(says) == 300, "the export, too, is about the family"

    found, says = exported(to, officer=OFFICER)
    assert {each["account"] for each in says} == {OFFICER}
    assert (len(says), found.rows) == (304, 3), "both lists with all their rows"

    found, says = exported(to, since=timezone.now())
    assert [each["action"] for each in says] == ["ledger.export"]
    found, says = exported(to, until=first.at)
    assert says == []
    long_ago = first.at - datetime.timedelta(days=1)
    assert len(exported(to, since=long_ago, until=first.at, officer=OFFICER)[1]) == 0
    assert len(exported(to, since=first.at, events=(first.pk,))[1]) == 1


def test_a_persons_bundle_shows_nobody_else(attacker: Attacker, tmp_path: Path) -> None:
    record(*(Event("list", rows=(FAMILY, NEIGHBOUR, *(uuid.uuid4() for _ in range(300)))) for _ in range(3)),
           by=OPERATOR)  # fmt: skip
    record(Event("list", rows=(NEIGHBOUR,)), by=OPERATOR)
    told("read")
    to = tmp_path / "paket.zip"
    found, says = exported(to, person=FAMILY)
    assert [each["action"] for each in says] == ["list", "list", "list", "read", "ledger.export"]
    assert found.rows == 3
    lines = zipfile.ZipFile(to).read("events.jsonl").decode()
    assert str(FAMILY) in lines
    assert str(NEIGHBOUR) not in lines
    assert NEIGHBOUR.hex not in lines
    _, says = exported(to, person=uuid.uuid4())
    assert [each["action"] for each in says] == ["ledger.export"]


def test_a_key_across_the_border_of_two_rows_is_nobodys(attacker: Attacker, tmp_path: Path) -> None:
    one, other = uuid.UUID(int=1 << 100 | 5), uuid.UUID(int=1 << 101 | 9)
    record(Event("list", rows=(one, other)), by=OPERATOR)
    between = uuid.UUID(bytes=(one.bytes + other.bytes)[5:21])
    assert [each["action"] for each in exported(tmp_path / "p", person=between)[1]] == ["ledger.export"]
    assert len(exported(tmp_path / "p", person=other)[1]) == 2


def test_pieces_of_one_are_the_same(
    attacker: Attacker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history(300)
    monkeypatch.setattr(exporting, "AT_ONCE", 1)
    assert len(exported(tmp_path / "p", case=str(FAMILY))[1]) == 300
    assert [each["action"] for each in exported(tmp_path / "p", person=NEIGHBOUR)[1]][:2] == ["list", "list"]


def test_the_scope_bounds_an_export(attacker: Attacker, tmp_path: Path) -> None:
    told("here")
    record(Event("there", subject=str(FAMILY), area="33.03.01.2001"), by=OPERATOR)
    everything = LedgerEvent.objects.get(action="there").pk
    with without_scope(), limited_to("33.02.11.2001"):
        _, says = exported(tmp_path / "p", case=str(FAMILY))
        assert [each["action"] for each in says if each["action"] != "ledger.export"] == ["here"]
        with pytest.raises(EventUnknown):
            export(to=tmp_path / "q", chosen=Chosen(events=(everything,)), by=OPERATOR)
        with pytest.raises(EventUnknown):
            exporting.prove(event=everything, by=OPERATOR)


def test_the_same_events_and_head_give_the_same_bytes(attacker: Attacker, tmp_path: Path) -> None:
    history(300)
    sequencing.integrate()
    note, chosen = exporting.newest(), Chosen(officer=OFFICER)
    paths = [tmp_path / "a.zip", tmp_path / "b.zip"]
    for path in paths:
        bundles.write(path, note=note, lines=exporting._lines(chosen, 301), chosen=chosen.plain())
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_what_cannot_be_exported_or_proven_is_said(
    attacker: Attacker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history(300)
    to = tmp_path / "p"
    with pytest.raises(NothingChosen):
        export(to=to, chosen=Chosen(), by=OPERATOR)
    with pytest.raises(EventUnknown):
        export(to=to, chosen=Chosen(events=(10**9,)), by=OPERATOR)
    with pytest.raises(EventUnknown):
        exporting.prove(event=10**9, by=OPERATOR)
    for old, new in ((-1, None), (5, 4), (0, 10**6), (10**6, None)):
        with pytest.raises(SizeUnknown):
            exporting.consistency(old=old, new=new)
    to.write_text("mine")
    with pytest.raises(FileThere):
        export(to=to, chosen=Chosen(officer=OFFICER), by=OPERATOR)
    assert to.read_text() == "mine"
    to.unlink()
    monkeypatch.setattr(bundles, "MOST_ROWS", 1)
    with pytest.raises(ListTooLong):
        export(to=to, chosen=Chosen(officer=OFFICER), by=OPERATOR)
    monkeypatch.setitem(bundles.LARGEST, "events.jsonl", 1000)
    with pytest.raises(BundleTooLarge):
        export(to=to, chosen=Chosen(case=str(FAMILY)), by=OPERATOR)
    assert not to.exists(), "what was begun is removed"
    monkeypatch.setattr(sequencing, "integrate", lambda: 0)
    told("late")
    with pytest.raises(EventPending):
        exporting.prove(event=LedgerEvent.objects.get(action="late").pk, by=OPERATOR)


def test_who_takes_a_proof_away_is_recorded(attacker: Attacker, tmp_path: Path) -> None:
    told("read")
    event = LedgerEvent.objects.get()
    exporting.prove(event=event.pk, by=OPERATOR)
    export(to=tmp_path / "p", chosen=Chosen(person=FAMILY), by=OPERATOR)
    proved, taken = LedgerEvent.objects.exclude(pk=event.pk).order_by("pk")
    assert (proved.action, proved.subject, proved.account) == ("ledger.prove", str(event.pk), OFFICER)
    assert (taken.action, taken.subject) == ("ledger.export", str(FAMILY))
    assert taken.detail["chosen"] == ["person"]


def test_heads_between_any_sizes_are_proven_consistent(attacker: Attacker) -> None:
    history(300)
    for old, new in ((0, 300), (1, 257), (100, 102), (256, None), (300, 300)):
        found = exporting.consistency(old=old, new=new)
        assert found.new.size == (new or 300)
        assert consistency_holds(
            old=old, old_root=found.old.root, new=found.new.size, new_root=found.new.root, proof=found.hashes
        )


def test_a_proof_holds_for_those_whom_one_trusts(attacker: Attacker) -> None:
    history(300)
    event = LedgerEvent.objects.get(action="e7")
    proof = Proof.parse(str(exporting.prove(event=event.pk, by=OPERATOR)))
    head, cosigned, says = proof.check(trust())
    assert (head.size, cosigned, says["action"], says["subject"]) == (302, (), "e7", str(FAMILY))
    assert says["detail"] == {"a": [1, "dua"]}
    assert proof.standard().startswith("c2sp.org/tlog-proof@v1\nindex 7\n")

    with pytest.raises(QuorumMissing):
        proof.check(trust(WITNESS))
    line = WITNESS.line(proof.note.text, at=1_700_000_000)
    seen = Proof(proof.inclusion, proof.note.with_lines(*parsed_lines(line)))
    assert seen.check(trust(WITNESS))[1] == ("saksi.contoh",)
    assert seen.check(trust(WITNESS, OTHER_WITNESS, quorum=1))[1] == ("saksi.contoh",)
    with pytest.raises(QuorumMissing):
        seen.check(trust(WITNESS, OTHER_WITNESS))
    with pytest.raises(QuorumMissing):
        seen.check(trust(quorum=1))
    with pytest.raises(QuorumMissing):
        seen.check(trust(WITNESS, WITNESS, quorum=2))
    with pytest.raises(NoteMalformed):
        trust(signing.signer())
    with pytest.raises(NoteMalformed):
        Trust((WITNESS.verifier,))
    forged = Signer(WITNESS.name, OTHER_WITNESS.key, Kind.COSIGNED).line(proof.note.text, at=1)
    other = Signature(WITNESS.name, WITNESS.verifier.id, parsed_lines(forged)[0].content)
    with pytest.raises(NoteUnsigned):
        Proof(proof.inclusion, proof.note.with_lines(other)).check(trust(WITNESS, quorum=0))
    stranger = Signer(head.origin, Ed25519PrivateKey.generate())
    with pytest.raises(NoteUnsigned):
        proof.check(Trust((stranger.verifier,)))
    with pytest.raises(NoteUnsigned):
        proof.check(Trust((Signer("lain.contoh", stranger.key).verifier,)))
    with pytest.raises(NoteUnsigned):
        proof.check(Trust(()))


def test_witnesses_are_asked_and_their_cosignatures_go_along(
    attacker: Attacker, tmp_path: Path, settings: Any
) -> None:
    told("read")
    sequencing.integrate()
    seeing = [
        keeping.create(tmp_path / name, name=f"{name}.contoh/saksi", logs=signing.verifiers())
        for name in ("satu", "dua")
    ]
    with ExitStack() as stack:
        ports = [stack.enter_context(served(each)) for each in seeing]
        named = [
            f"- {{key: '{each.signer.verifier}', url: 'http://127.0.0.1:{port}'}}\n"
            for each, port in zip(seeing, ports, strict=True)
        ]
        settings.LEDGER_WITNESSES = str(tmp_path / "witnesses.yaml")
        (tmp_path / "witnesses.yaml").write_text("".join(named), encoding="utf-8")
        export(to=tmp_path / "p", chosen=Chosen(person=FAMILY), by=OPERATOR, patience=20)
        proof = exporting.prove(event=LedgerEvent.objects.get(action="read").pk, by=OPERATOR, patience=20)
    both = trust(*(each.signer for each in seeing))
    assert set(bundles.check(tmp_path / "p", trust=both).cosigned) == {each.signer.name for each in seeing}
    assert len(Proof.parse(str(proof)).check(both)[1]) == 2
    # Once they are away the newest heads stand alone, and a proof is made all the same.
    told("later")
    alone = exporting.prove(event=LedgerEvent.objects.get(action="later").pk, by=OPERATOR, patience=2)
    assert alone.check(trust())[1] == ()
    with pytest.raises(QuorumMissing):
        alone.check(both)


@pytest.fixture
def bundle(db: None, tmp_path: Path) -> Path:
    """A bundle of five events, one of which is a list."""
    told("a", "b", "c", "d")
    record(Event("list", rows=(FAMILY, NEIGHBOUR)), by=OPERATOR)
    export(to=tmp_path / "paket.zip", chosen=Chosen(officer=OFFICER), by=OPERATOR)
    return tmp_path / "paket.zip"


def files(bundle: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(bundle) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(to: Path, content: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(to, "w", method) as archive:
        for name, raw in content.items():
            archive.writestr(name, raw)
    return to


def altered(bundle: Path, change: Callable[[list[dict[str, Any]]], None]) -> Path:
    """The bundle with its events changed and everything around them made to fit."""
    content = files(bundle)
    lines = [json.loads(line) for line in content["events.jsonl"].splitlines()]
    change(lines)
    content["events.jsonl"] = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    return packed(bundle.with_name("altered.zip"), content)


CHANGES: dict[str, Callable[[list[dict[str, Any]]], None]] = {
    "a text": lambda lines: lines[2].update(text=lines[2]["text"].replace("melayani", "melayanl")),
    "another event's text": lambda lines: lines[2].update(text=lines[1]["text"], salt=lines[1]["salt"]),
    "a text not in the one form": lambda lines: lines[2].update(text=lines[2]["text"] + " "),
    "a text that is no event": lambda lines: lines[2].update(text="{}"),
    "bytes moved into the salt": lambda lines: lines[2].update(salt="AAAA" + lines[2]["salt"]),
    "a salt": lambda lines: lines[2].update(salt=lines[3]["salt"]),
    "an index": lambda lines: lines[2].update(index=3),
    "a proof": lambda lines: lines[2].update(proof=lines[3]["proof"]),
    "no proof": lambda lines: lines[2].update(proof=[]),
    "a proof that is too long": lambda lines: lines[2].update(proof=lines[2]["proof"] * 40),
}


@pytest.mark.parametrize("change", CHANGES)
def test_an_event_that_was_changed_is_named(bundle: Path, change: str) -> None:
    found = bundles.check(altered(bundle, CHANGES[change]), trust=trust())
    assert (found.count, len(found.wrong)) == (6, 1)


@pytest.mark.parametrize("rows", [[], [FAMILY], [FAMILY, NEIGHBOUR, OFFICER], [OFFICER, NEIGHBOUR]])
def test_a_list_that_was_changed_is_named(bundle: Path, rows: list[object]) -> None:
    changed = altered(bundle, lambda lines: lines[4].update(rows=[str(key) for key in rows]))
    found = bundles.check(changed, trust=trust())
    # Without rows nothing is claimed about them.
    assert (len(found.wrong), found.rows) == ((1, 0) if rows else (0, 0))


def test_a_member_that_is_not_in_the_list_is_named(bundle: Path) -> None:
    to = bundle.with_name("orang.zip")
    export(to=to, chosen=Chosen(person=FAMILY), by=OPERATOR)

    def other(lines: list[dict[str, Any]]) -> None:
        (line,) = [each for each in lines if "row" in each]
        line["row"]["key"] = OFFICER

    assert len(bundles.check(altered(to, other), trust=trust()).wrong) == 1


def hostile(bundle: Path) -> dict[str, Path]:
    """Bundles that no honest program writes."""
    good, content, folder = bundle.read_bytes(), files(bundle), bundle.parent
    end = struct.Struct("<4s4H2LH")
    directory = end.unpack(good[-22:])[6]
    made: dict[str, bytes | Path] = {
        "empty": b"",
        "no zip": b"PK" * 100,
        "broken off": good[:-40],
        "something before": b"x" + good,
        "something behind": good + b"x",
        "something between": good[:directory] + b"x" + good[directory:],
        "a comment": good[:-2] + b"\x01\x00x",
        "a turned bit": good[:200] + bytes([good[200] ^ 1]) + good[201:],
        "a 64-bit zip": good[:-22] + b"PK\x06\x07" + bytes(16) + good[-22:],
        "a directory of a billion files": good[:-22]
        + end.pack(b"PK\x05\x06", 0, 0, 65535, 65535, *end.unpack(good[-22:])[5:]),
        "a file more": packed(folder / "1", {**content, "more": b""}),
        "a file less": packed(folder / "2", {name: content[name] for name in list(content)[1:]}),
        "a way out": packed(
            folder / "3", {("../README.txt" if n == "README.txt" else n): v for n, v in content.items()}
        ),
        "a bomb": packed(folder / "4", {**content, "events.jsonl": b" " * (200 << 20)}),
        "a long manifest": packed(folder / "5", {**content, "manifest.json": b"{" + b" " * (1 << 17) + b"}"}),
        "packed in another way": packed(folder / "6", content, zipfile.ZIP_BZIP2),
        "another version": packed(
            folder / "7", {**content, "manifest.json": content["manifest.json"].replace(b": 1\n", b": 2\n")}
        ),
        "another head": packed(
            folder / "8",
            {**content, "manifest.json": content["manifest.json"].replace(b'"size": 6', b'"size": 7')},
        ),
        "an event less": packed(
            folder / "9", {**content, "events.jsonl": b"\n".join(content["events.jsonl"].split(b"\n")[1:])}
        ),
        "a line broken off": packed(folder / "a", {**content, "events.jsonl": content["events.jsonl"][:-1]}),
        "no JSON": packed(folder / "b", {**content, "events.jsonl": b"{\n"}),
        "deep JSON": packed(folder / "c", {**content, "events.jsonl": b"[" * 100_000 + b"\n"}),
        "a manifest that is a list": packed(folder / "d", {**content, "manifest.json": b"[]"}),
        "a number of digits": packed(
            folder / "e", {**content, "events.jsonl": b'{"event":' + b"9" * 5000 + b"}\n"}
        ),
    }
    for name, changed in {
        "a text of no characters": lambda lines: lines[0].update(text="\ud800"),
        "an index below": lambda lines: lines[0].update(index=-1),
        "an index of truth": lambda lines: lines[0].update(index=True),
        "a proof of numbers": lambda lines: lines[0].update(proof=[1, 2]),
        "a proof of nothing": lambda lines: lines[0].update(proof=None),
        "rows of numbers": lambda lines: lines[0].update(rows=[1]),
        "a row of text": lambda lines: lines[0].update(row="x"),
        "more names": lambda lines: lines[0].update(more=1),
        "fewer names": lambda lines: lines[0].pop("salt"),
    }.items():
        altered(bundle, changed).rename(folder / name)
        made[name] = folder / name
    for name, raw in made.items():
        if isinstance(raw, bytes):
            (folder / name).write_bytes(raw)
            made[name] = folder / name
    return {name: path for name, path in made.items() if isinstance(path, Path)}


def test_a_hostile_bundle_is_refused_in_words(bundle: Path) -> None:
    assert bundles.check(bundle, trust=trust()).wrong == []
    for name, path in hostile(bundle).items():
        with pytest.raises(BundleMalformed) as refused:
            bundles.check(path, trust=trust())
        assert refused.value.params["reason"], name


def test_a_directory_that_lies_about_sizes_inflates_no_further(bundle: Path) -> None:
    """What the directory says is all that is read, then its sum does not fit."""
    content = {**files(bundle), "events.jsonl": b" " * (64 << 20)}
    raw = packed(bundle.with_name("x"), content).read_bytes()
    lying = raw.replace(struct.pack("<L", 64 << 20), struct.pack("<L", 1000))
    assert lying != raw
    bundle.write_bytes(lying)
    with pytest.raises(BundleMalformed):
        bundles.check(bundle, trust=trust())


def test_checking_writes_nothing_and_knows_no_django(bundle: Path, tmp_path: Path) -> None:
    """On another machine: the bundle, the key, and the program."""
    (key,) = signing.verifiers()
    event = LedgerEvent.objects.get(action="b")
    proof = tmp_path / "bukti"
    proof.write_text(str(exporting.prove(event=event.pk, by=OPERATOR)))
    blocked = "import sys; sys.modules.update(django=None, psycopg=None); from dtks.cli import main; main()"
    home = tmp_path / "nowhere"

    def check(path: Path, key: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", blocked, "ledger", "check", str(path), "--key", str(key), "--json"],
            env={"PYTHONPATH": str(environment.PROJECT_ROOT / "src"), "DTKS_HOME": str(home), "PATH": ""},
            capture_output=True, text=True, check=False, cwd=tmp_path,
        )  # fmt: skip

    for path, kind in ((bundle, "bundle"), (proof, "proof")):
        done = check(path, key)
        assert done.returncode == 0, done.stderr
        report = json.loads(done.stdout.splitlines()[-1])
        assert (report["kind"], report["ok"], report["origin"]) == (kind, True, key.name)
    assert not home.exists()
    changed = altered(bundle, CHANGES["a text"])
    assert check(changed, key).returncode == 1
    stranger = Signer(key.name, Ed25519PrivateKey.generate()).verifier
    done = check(bundle, stranger)
    assert (done.returncode, "DTKS-LED-002" in done.stderr) == (1, True)


def test_a_wrong_proof_says_so(bundle: Path) -> None:
    event = LedgerEvent.objects.get(action="b")
    text = str(exporting.prove(event=event.pk, by=OPERATOR))
    changed = text.replace('"action":"b"', '"action":"c"')
    assert changed != text
    with pytest.raises(ProofWrong):
        Proof.parse(changed).check(trust())


def test_the_readme_speaks_both_languages(bundle: Path) -> None:
    text = files(bundle)["README.txt"].decode()
    (key,) = signing.verifiers()
    assert text.count(key.name) == 2
    assert "tanpa internet" in text
    assert "without a network" in text
    assert Note.parse(files(bundle)["checkpoint"]).by(key)
    assert io.BytesIO(bundle.read_bytes()).read(2) == b"PK"
