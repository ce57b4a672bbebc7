"""Verification of the whole log, against everything that whoever holds the database could do to it."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.fixtures.ledgers import WITNESS, Attacker, history, in_any_database, told

from dtks.foundation.ledger import sequencing, signing, stored, verifying
from dtks.foundation.ledger.domain import TEXT_FIELDS, entry_of, text_of
from dtks.foundation.ledger.models import LedgerEvent, LedgerHead, LedgerLeaf
from dtks.foundation.ledger.transparency.checkpoints import Checkpoint
from dtks.foundation.ledger.transparency.merkle import leaf_hash, root_of
from dtks.foundation.ledger.transparency.notes import Note, Signer, parsed_lines, signed
from dtks.foundation.ledger.transparency.tiles import folded

__all__ = ["in_any_database"]


def wrong(**more: Any) -> dict[str, int]:
    return dict(verifying.verify(**more).wrong)


def event_at(index: int) -> int:
    return LedgerLeaf.objects.get(index=index).event


def test_a_log_that_nobody_touched(attacker: Attacker) -> None:
    assert wrong() == {}
    told("first")
    assert (verifying.verify().size, verifying.verify().pending) == (0, 1)
    history()
    steps: list[tuple[int, int]] = []
    found = verifying.verify(progress=lambda done, total: steps.append((done, total)))
    assert found.wrong == {}
    assert found.findings == []
    head = stored.head()
    assert (found.size, found.root) == (601, bytes(head.root).hex())
    assert (found.heads, found.lists, found.pending) == (3, 2, 1)
    assert steps[-1] == (601, 601)


def test_in_small_pieces_it_is_the_same(attacker: Attacker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "AT_ONCE", 7)
    history(300)
    found = verifying.verify()
    assert (found.wrong, found.size, found.heads, found.lists, found.pending) == ({}, 300, 3, 2, 1)


CHANGES: dict[str, tuple[str, set[str]]] = {
    # What somebody changes → the kinds of findings, all of them.
    "a text": ("UPDATE ledger_ledgerevent SET purpose = 'lain' WHERE id = {event}", {"text"}),
    "a count": ("UPDATE ledger_ledgerevent SET count = count + 1 WHERE id = {event}", {"text"}),
    "a time": ("UPDATE ledger_ledgerevent SET at = '2020-01-01 00:00:00+00' WHERE id = {event}", {"text"}),
    "a detail": ("UPDATE ledger_ledgerevent SET detail = '{{}}' WHERE id = {event}", {"text"}),
    "a salt": ("UPDATE ledger_ledgerevent SET salt = {bytes} WHERE id = {event}", {"text"}),
    "an event's digest": ("UPDATE ledger_ledgerevent SET entry = {bytes} WHERE id = {event}", {"entry"}),
    "who may see it": ("UPDATE ledger_ledgerevent SET area_number = 0 WHERE id = {event}", {"area"}),
    "an event gone": ("DELETE FROM ledger_ledgerevent WHERE id = {event}", {"event-missing"}),
    "an entry": (
        "UPDATE ledger_ledgerleaf SET entry = {bytes} WHERE event = {event}",
        {"text", "entry", "node", "head-root"},
    ),
    "a leaf gone": (
        "DELETE FROM ledger_ledgerleaf WHERE event = {event}",
        {"leaf-missing", "node", "head-root", "event-lost"},
    ),
    "the last leaf gone": (
        'DELETE FROM ledger_ledgerleaf WHERE "index" = 599', {"leaf-missing", "event-lost"},
    ),
    "a leaf more": (
        'INSERT INTO ledger_ledgerleaf ("index", event, entry) VALUES (600, {event} + 100000, {bytes})',
        {"leaf-unsigned", "event-missing"},
    ),
    "a node": ("UPDATE ledger_ledgernode SET hash = {bytes} WHERE number = 1", {"node"}),
    "a node gone": ("DELETE FROM ledger_ledgernode WHERE number = 1", {"node-missing"}),
    "a node more": (
        "INSERT INTO ledger_ledgernode (level, number, hash) VALUES (0, 2, {bytes})", {"node-extra"},
    ),
    "a level more": (
        "INSERT INTO ledger_ledgernode (level, number, hash) VALUES (30000, 0, {bytes})", {"node-extra"},
    ),
    "a head's root": (
        "UPDATE ledger_ledgerhead SET root = {bytes} WHERE size = 402", {"head-root", "head-note"},
    ),
    "a head's note": ("UPDATE ledger_ledgerhead SET note = 'x' WHERE size = 402", {"head-note"}),
    "a list's keys": ("UPDATE ledger_ledgerrows SET keys = {bytes} WHERE event = {list}", {"rows-changed"}),
    "a list gone": ("DELETE FROM ledger_ledgerrows WHERE event = {list}", {"rows-missing"}),
    "a list more": (
        "INSERT INTO ledger_ledgerrows (event, at, keys, area_number) "
        "VALUES ({event}, '2026-11-24', {bytes}, 0)",
        {"rows-extra"},
    ),
    "a list of nothing": (
        "INSERT INTO ledger_ledgerrows (event, at, keys, area_number) "
        "VALUES (99999999, '2026-11-24', {bytes}, 0)",
        {"rows-extra"},
    ),
    "an event that waits": ("UPDATE ledger_ledgerevent SET count = 9 WHERE action = 'waits'", {"text"}),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_each_change_is_found_and_named(attacker: Attacker, change: str) -> None:
    history()
    statement, expected = CHANGES[change]
    event = event_at(300)
    literal = "decode('" + "ab" * 32 + "', 'hex')" if attacker.admin_url else "x'" + "ab" * 32 + "'"
    if statement.startswith("INSERT INTO ledger_ledgernode") and attacker.admin_url:
        statement = statement.replace("(level,", "(id, level,").replace("VALUES (", "VALUES (99999, ")
    attacker.run(statement.format(event=event, bytes=literal, list=event_at(401)))
    found = verifying.verify()
    assert set(found.wrong) == expected
    where = {finding.at for finding in found.findings}
    if f"= {event}" in statement or expected == {"event-missing"}:
        assert f"event {event}" in where
    for finding in found.findings:
        assert finding.at in finding.text("id")
        assert finding.text("id") != finding.text("en")


def test_two_leaves_in_each_others_place(attacker: Attacker) -> None:
    history()
    one, other = LedgerLeaf.objects.get(index=10), LedgerLeaf.objects.get(index=11)
    for index, leaf in ((9999, one), (10, other), (11, one)):
        attacker.run('UPDATE ledger_ledgerleaf SET "index" = %s WHERE event = %s', (index, leaf.event))
    assert wrong() == {"node": 1, "head-root": 3}


def test_only_the_owners_of_two_leaves_exchanged(attacker: Attacker) -> None:
    history()
    one, other = event_at(10), event_at(11)
    for event, index in ((-1, 10), (one, 11), (other, 10)):
        attacker.run('UPDATE ledger_ledgerleaf SET event = %s WHERE "index" = %s', (event, index))
    assert wrong() == {"text": 2, "entry": 2}


def test_a_head_that_another_key_signed(attacker: Attacker) -> None:
    history()
    head = LedgerHead.objects.get(size=402)
    origin = signing.signer().name
    forger = Signer(origin, Ed25519PrivateKey.generate())
    forged = signed(str(Checkpoint(origin, head.size, bytes(head.root))), forger)
    attacker.run("UPDATE ledger_ledgerhead SET note = %s WHERE size = 402", (str(forged),))
    assert wrong() == {"head-signature": 1}
    # The forger's key in the database does not help either, where the true one is known.
    attacker.run("UPDATE ledger_ledgerkey SET verifier = %s", (str(forger.verifier),))
    assert wrong(keys=[forger.verifier]) == {"head-signature": 2}
    true = Signer(origin, signing.signer().key).verifier
    assert wrong(keys=[true]) == {"key": 1, "head-signature": 1}


def test_many_findings_are_counted_and_a_few_are_kept(attacker: Attacker) -> None:
    history()
    attacker.run("UPDATE ledger_ledgerevent SET purpose = 'lain'")
    found = verifying.verify()
    assert found.wrong == {"text": 601}
    assert len(found.findings) == verifying.MOST_LISTED


def test_a_gap_that_no_memory_holds(attacker: Attacker) -> None:
    history(300)
    attacker.run('UPDATE ledger_ledgerleaf SET "index" = %s WHERE "index" = 299', (2**60,))
    assert wrong()["leaf-missing"] >= 1


def test_a_trigger_dropped_and_history_written_anew_is_found_against_a_witness_alone(
    attacker: Attacker,
) -> None:
    """The one with the log's key: they change an event and sign every head again. All fits."""
    history()
    seen = stored.head()
    kept = Note.parse(seen.note)
    cosigned = kept.with_lines(*parsed_lines(WITNESS.line(kept.text, at=1_700_000_000)))
    assert wrong(against=[cosigned], witnesses=[WITNESS.verifier]) == {}

    rewrite(attacker, index=300, purpose="tidak pernah terjadi")
    assert wrong() == {}, "by itself the database says that all is well"
    assert wrong(against=[cosigned], witnesses=[WITNESS.verifier]) == {"against-root": 1}
    # The same after the log has grown.
    sequencing.integrate()
    assert stored.head().size == 601
    assert wrong(against=[cosigned]) == {"against-root": 1}


def test_a_shorter_history_signed_again_is_found_against_a_saved_head(attacker: Attacker) -> None:
    history()
    saved = Note.parse(stored.head().note)
    for statement in (
        'DELETE FROM ledger_ledgerleaf WHERE "index" >= 402',
        "DELETE FROM ledger_ledgerhead WHERE size > 402",
        "DELETE FROM ledger_ledgernode WHERE number = 1",
        "DELETE FROM ledger_ledgerevent WHERE action LIKE 'f%%' OR action = 'waits'",
    ):
        attacker.run(statement)
    assert wrong() == {}
    assert wrong(against=[saved]) == {"against-longer": 1}


def test_older_heads_and_the_empty_one_are_in_the_history(attacker: Attacker) -> None:
    history()
    notes = [Note.parse(head.note) for head in LedgerHead.objects.all()]
    signer = signing.signer()
    notes.append(signed(str(Checkpoint(signer.name, 0, hashlib.sha256(b"").digest())), signer))
    assert len(notes) == 4
    assert wrong(against=notes) == {}
    other = signed(str(Checkpoint(signer.name, 0, b"x" * 32)), signer)
    assert wrong(against=[*notes, other]) == {"against-root": 1}


def test_a_head_elsewhere_without_the_signatures_that_are_wanted(attacker: Attacker) -> None:
    history()
    kept = Note.parse(stored.head().note)
    assert wrong(against=[kept], witnesses=[WITNESS.verifier]) == {"against-signature": 1}
    head = Checkpoint.of(kept)
    stranger = Signer("lain.contoh", Ed25519PrivateKey.generate())
    foreign = signed(str(Checkpoint("lain.contoh", head.size, head.root)), stranger)
    assert wrong(against=[foreign]) == {"against-origin": 1}
    forged = signed(kept.text, Signer(head.origin, stranger.key))
    assert wrong(against=[forged]) == {"against-signature": 1}


@pytest.mark.django_db
@pytest.mark.sqlite("writes values of another type, which only SQLite keeps")
def test_values_that_are_no_bytes_and_no_time() -> None:
    history(300)
    attacker = Attacker()
    attacker.run("UPDATE ledger_ledgerevent SET salt = 'x', count = 'y' WHERE action = 'e1'")
    attacker.run("UPDATE ledger_ledgerhead SET root = 7")
    found = wrong()
    assert found["text"] == 1
    assert found["head-root"] == 3


def rewrite(attacker: Attacker, *, index: int, **changes: Any) -> None:
    """Change an event and everything that follows from it, with the key of the log."""
    event = LedgerEvent.objects.get(pk=event_at(index))
    for name, value in changes.items():
        setattr(event, name, value)
    text = text_of({name: getattr(event, name) for name in TEXT_FIELDS})
    entry = entry_of(salt=bytes(event.salt), text=text)
    for name, value in changes.items():
        attacker.run(f"UPDATE ledger_ledgerevent SET {name} = %s WHERE id = %s", (value, event.pk))
    attacker.run("UPDATE ledger_ledgerevent SET entry = %s WHERE id = %s", (entry, event.pk))
    attacker.run('UPDATE ledger_ledgerleaf SET entry = %s WHERE "index" = %s', (entry, index))
    leaves = [
        leaf_hash(bytes(each))
        for each in LedgerLeaf.objects.order_by("index").values_list("entry", flat=True)
    ]
    tile = index // 256
    whole = folded(b"".join(leaves[tile * 256 : tile * 256 + 256]))
    attacker.run("UPDATE ledger_ledgernode SET hash = %s WHERE number = %s", (whole, tile))
    signer = signing.signer()
    for size in LedgerHead.objects.values_list("size", flat=True):
        root = root_of(leaves[:size])
        note = signed(str(Checkpoint(signer.name, size, root)), signer)
        attacker.run(
            "UPDATE ledger_ledgerhead SET root = %s, note = %s WHERE size = %s", (root, str(note), size)
        )
