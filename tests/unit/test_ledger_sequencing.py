"""The sequencer: each event once in the log, in one order that stands; what nobody may change; the static
files."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction
from tests.fixtures.database import THE_OTHER_PARAMETER

from dtks.foundation.ledger import publishing, sequencing, signing, stored
from dtks.foundation.ledger.actions import record
from dtks.foundation.ledger.domain import TEXT_FIELDS, Actor, Event, entry_of, rows_root, text_of
from dtks.foundation.ledger.models import LedgerEvent, LedgerHead, LedgerLeaf, LedgerNode, LedgerRows
from dtks.foundation.ledger.transparency.checkpoints import Checkpoint
from dtks.foundation.ledger.transparency.merkle import inclusion_holds, leaf_hash, root_of
from dtks.foundation.ledger.transparency.notes import Note
from dtks.foundation.scope.current import limited_to, without_scope
from dtks.foundation.scope.errors import OutsideScope

VILLAGE, OTHER = "33.02.11.2001", "33.03.01.2001"
OPERATOR = Actor("018f0000-0000-7000-8000-000000000001", "operator-desa", VILLAGE, "melayani warga", "hibah")


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=[pytest.mark.django_db(transaction=True), THE_OTHER_PARAMETER]),
        pytest.param("postgresql", marks=pytest.mark.postgres),
    ]
)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each test runs on both, with transactions that really end."""
    if request.param == "postgresql":
        request.getfixturevalue("postgres")
    yield request.param


def told(*names: str) -> None:
    record(*(Event(name, kind="family", detail={"a": [1, "dua"]}) for name in names), by=OPERATOR)


def order() -> list[str]:
    """The actions in the order of the log."""
    events = dict(LedgerEvent.objects.values_list("id", "action"))
    return [events[each] for each in LedgerLeaf.objects.order_by("index").values_list("event", flat=True)]


def holds(head: LedgerHead) -> None:
    """The head is signed, and its root is that of the entries."""
    note = Note.parse(head.note)
    note.signed_by(signing.verifiers())
    entries = [bytes(e) for e in LedgerLeaf.objects.order_by("index").values_list("entry", flat=True)]
    root = root_of([leaf_hash(entry) for entry in entries[: head.size]])
    assert Checkpoint.of(note) == Checkpoint(signing.signer().name, head.size, root)
    assert bytes(head.root) == root


def test_an_event_is_digested_as_it_will_be_read_again(database: str) -> None:
    rows = tuple(uuid.uuid4() for _ in range(3))
    record(Event("registry.list", kind="family", detail={"b": 1, "a": "é"}, rows=rows), by=OPERATOR)
    event = LedgerEvent.objects.get()
    text = text_of({name: getattr(event, name) for name in TEXT_FIELDS})
    assert bytes(event.entry) == entry_of(salt=bytes(event.salt), text=text)
    assert len(bytes(event.salt)) == 16
    assert event.rows_root == rows_root(reversed(rows))
    assert bytes(LedgerRows.objects.get().keys) == b"".join(each.bytes for each in sorted(rows))
    assert "".join(text.split("+00:00")[0][-6:]).isdigit()


def test_two_events_that_say_the_same_have_other_entries(database: str) -> None:
    told("same", "same")
    first, second = LedgerEvent.objects.order_by("id")
    assert bytes(first.entry) != bytes(second.entry)


def test_each_event_once_in_the_order_in_which_it_came(database: str) -> None:
    assert sequencing.integrate() == 0
    assert stored.head() is None
    told("a", "b")
    told("c")
    assert sequencing.integrate() == 3
    assert sequencing.integrate() == 0
    told("d")
    assert sequencing.integrate() == 1
    assert order() == ["a", "b", "c", "d"]
    assert [head.size for head in LedgerHead.objects.order_by("size")] == [3, 4]
    for head in LedgerHead.objects.all():
        holds(head)


def test_what_was_rolled_back_leaves_nothing(database: str) -> None:
    def fails() -> None:
        with transaction.atomic():
            told("gone")
            raise OSError("killed")

    told("a")
    with pytest.raises(OSError, match="killed"):
        fails()
    told("b")
    sequencing.integrate()
    assert order() == ["a", "b"]


@pytest.mark.postgres
def test_a_transaction_that_ends_late_is_not_missed(postgres: str) -> None:
    """It numbered its event first, others were taken up meanwhile, more than once."""
    said, go_on = threading.Event(), threading.Event()

    def late() -> None:
        try:
            with without_scope(), limited_to(""), transaction.atomic():
                told("late")
                said.set()
                assert go_on.wait(30)
        finally:
            connections.close_all()

    thread = threading.Thread(target=late)
    thread.start()
    assert said.wait(30)
    told("early")
    assert sequencing.integrate() == 1
    told("later")
    assert sequencing.integrate() == 1
    go_on.set()
    thread.join(30)
    assert sequencing.integrate() == 1
    assert order() == ["early", "later", "late"]
    first, *_ = LedgerEvent.objects.order_by("id")
    assert first.action == "late"
    told("after")
    assert sequencing.integrate() == 1
    # All that is settled is not searched again.
    settled = stored.head().settled
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_ledgerevent WHERE xid >= %s", [settled])
        assert cursor.fetchone() == (0,)


@pytest.mark.postgres
def test_a_transaction_that_ends_between_two_steps_is_not_missed(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its event has a lower number than those that the next step looks at."""
    monkeypatch.setattr(sequencing, "AT_ONCE", 3)
    said, go_on = threading.Event(), threading.Event()

    def late() -> None:
        try:
            with without_scope(), limited_to(""), transaction.atomic():
                told("late")
                said.set()
                assert go_on.wait(30)
        finally:
            connections.close_all()

    thread = threading.Thread(target=late)
    thread.start()
    assert said.wait(30)
    names = [f"e{number}" for number in range(8)]
    told(*names)
    step = sequencing._step

    def then_it_ends(last: int, horizon: int) -> Any:
        found = step(last, horizon)
        go_on.set()
        thread.join(30)
        return found

    with monkeypatch.context() as patch:
        patch.setattr(sequencing, "_step", then_it_ends)
        assert sequencing.integrate() == 8
    assert sequencing.integrate() == 1
    assert order() == [*names, "late"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_ledgerevent WHERE xid >= %s", [stored.head().settled])
        assert cursor.fetchone() == (0,)


@pytest.mark.postgres
def test_moved_to_a_younger_server_nothing_is_missed(postgres: str) -> None:
    """A restored database counts its transactions anew, from lower numbers."""
    told("a")
    sequencing.integrate()
    head = stored.head()
    LedgerHead(size=2, root=head.root, at=head.at, settled=2**62, note=head.note).save(force_insert=True)
    LedgerLeaf(index=1, event=-1, entry=b"x" * 32).save(force_insert=True)
    told("b")
    assert sequencing.integrate() == 1
    assert LedgerLeaf.objects.get(index=2).event == LedgerEvent.objects.get(action="b").pk
    assert stored.head().settled < 2**62


@pytest.mark.postgres
def test_two_sequencers_at_once(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequencing, "AT_ONCE", 7)
    names = [f"e{number}" for number in range(60)]
    told(*names)
    taken: list[int] = []

    def take() -> None:
        try:
            taken.append(sequencing.integrate())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    # Who finds another one at it leaves the rest to it; none is left in the end.
    sequencing.integrate()
    assert order() == names
    assert len(taken) == 3
    for head in LedgerHead.objects.all():
        holds(head)


def test_killed_in_the_middle_it_goes_on(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told("a", "b")

    def killed(*_: Any) -> None:
        raise OSError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(sequencing, "_sign", killed)
        with pytest.raises(OSError, match="killed"):
            sequencing.integrate()
    assert (LedgerLeaf.objects.count(), stored.head()) == (0, None)
    assert sequencing.integrate() == 2
    holds(stored.head())


def test_a_log_of_more_than_one_level(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequencing, "AT_ONCE", 250)
    told(*(f"e{number}" for number in range(700)))
    assert sequencing.integrate() == 700
    assert [(n.level, n.number) for n in LedgerNode.objects.order_by("level", "number")] == [(0, 0), (0, 1)]
    head = stored.head()
    holds(head)
    tree = stored.tree(700)
    for index in (0, 255, 256, 699):
        leaf = leaf_hash(bytes(LedgerLeaf.objects.get(index=index).entry))
        proof = tree.inclusion(index)
        assert inclusion_holds(leaf=leaf, index=index, size=700, proof=proof, root=bytes(head.root))


def test_reading_a_proof_asks_the_database_a_few_times(
    database: str, django_assert_max_num_queries: Any
) -> None:
    told(*(f"e{number}" for number in range(600)))
    sequencing.integrate()
    with django_assert_max_num_queries(4):
        stored.tree(600).inclusion(300)


@pytest.mark.parametrize(
    "table",
    [
        "ledger_ledgerevent",
        "ledger_ledgerrows",
        "ledger_ledgerleaf",
        "ledger_ledgernode",
        "ledger_ledgerhead",
    ],
)
def test_nobody_changes_or_deletes_a_row(database: str, table: str) -> None:
    record(*(Event("a", rows=(uuid.uuid4(),)) for _ in range(300)), by=OPERATOR)
    sequencing.integrate()
    name = f'main."{table}"' if database == "sqlite" else table
    column = {"ledger_ledgerevent": "action", "ledger_ledgerrows": "keys", "ledger_ledgerhead": "note"}
    changed = column.get(table, "hash" if table.endswith("node") else "entry")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {name}")
        before = cursor.fetchone()
        assert before != (0,)
        for statement in (f"UPDATE {name} SET {changed} = {changed}", f"DELETE FROM {name}"):
            with pytest.raises(DatabaseError, match=r"DTKS-LED-003|permission denied"), transaction.atomic():
                cursor.execute(statement)
        cursor.execute(f"SELECT count(*) FROM {name}")
        assert cursor.fetchone() == before


@pytest.mark.postgres
def test_not_even_the_owner_of_the_tables_by_mistake(postgres: str) -> None:
    told("a")
    with connections["owner"].cursor() as cursor, limited_to(""):
        cursor.execute("SET dtks.scope = '{[0,9223372036854775807)}'")
        with pytest.raises(DatabaseError, match="DTKS-LED-003"):
            cursor.execute("DELETE FROM ledger_ledgerevent")


def test_an_event_of_another_area_is_not_stored(database: str) -> None:
    with limited_to(VILLAGE):
        told("here")
        with pytest.raises(OutsideScope), transaction.atomic():
            record(Event("a"), Event("b", area=OTHER), by=OPERATOR)
    assert [event.action for event in LedgerEvent.objects.all()] == ["here"]


def test_the_static_files_are_the_log(database: str, tmp_path: Path) -> None:
    told(*(f"e{number}" for number in range(300)))
    sequencing.integrate()
    assert publishing.publish(tmp_path) == 300
    told(*(f"f{number}" for number in range(300)))
    sequencing.integrate()
    assert publishing.publish(tmp_path) == publishing.publish(tmp_path) == 600
    note = Note.parse((tmp_path / "checkpoint").read_bytes())
    note.signed_by(signing.verifiers())
    files = sorted(str(each.relative_to(tmp_path)) for each in tmp_path.rglob("*") if each.is_file())
    assert files == [
        "checkpoint",
        "tile/0/000", "tile/0/001", "tile/0/001.p/44", "tile/0/002.p/88", "tile/1/000.p/1", "tile/1/000.p/2",
        "tile/entries/000", "tile/entries/001", "tile/entries/001.p/44", "tile/entries/002.p/88",
    ]  # fmt: skip
    hashes = b"".join((tmp_path / f"tile/0/{name}").read_bytes() for name in ("000", "001", "002.p/88"))
    leaves = [hashes[at : at + 32] for at in range(0, len(hashes), 32)]
    assert root_of(leaves) == Checkpoint.of(note).root
    entries = (tmp_path / "tile/entries/002.p/88").read_bytes()
    assert [leaf_hash(entries[at + 2 : at + 34]) for at in range(0, len(entries), 34)] == leaves[512:]
    assert not any(b"operator" in each.read_bytes() for each in tmp_path.rglob("*") if each.is_file())


def test_publishing_goes_on_after_a_kill(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(*(f"e{number}" for number in range(300)))
    sequencing.integrate()
    written: list[Path] = []
    write = publishing._write

    def killed(path: Path, content: bytes) -> None:
        if len(written) == 3:
            raise OSError("killed")
        written.append(path)
        write(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "_write", killed)
        with pytest.raises(OSError, match="killed"):
            publishing.publish(tmp_path)
    assert not (tmp_path / "checkpoint").exists()
    assert publishing.publish(tmp_path) == 300
    assert Checkpoint.of(Note.parse((tmp_path / "checkpoint").read_bytes())).size == 300
