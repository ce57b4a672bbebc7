"""Erasure: what an event says goes for good, the log stays what it was, and the gap is explained or found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction
from tests.fixtures.database import connected
from tests.fixtures.ledgers import Attacker, history, in_any_database, told
from typer.testing import CliRunner

from dtks.cli import ledger
from dtks.foundation.kernel.errors import DtksError
from dtks.foundation.ledger import exporting, sequencing, shredding, stored, verifying
from dtks.foundation.ledger.actions import record
from dtks.foundation.ledger.domain import Actor, Event
from dtks.foundation.ledger.errors import (
    EventChanged,
    EventShredded,
    EventUnknown,
    ReasonMissing,
    ShredStays,
    TrailBusy,
    TrailNotOwned,
    TrailUnprotected,
)
from dtks.foundation.ledger.models import LedgerEvent, LedgerLeaf, LedgerRows
from dtks.foundation.ledger.transparency.notes import Note
from dtks.foundation.scope import installing
from dtks.foundation.scope.current import limited_to, without_scope
from dtks.foundation.scope.errors import OutsideScope

__all__ = ["in_any_database"]
BY = Actor.system("cli")
REASON = "putusan pengadilan 12/2026"


def event_at(index: int) -> int:
    return LedgerLeaf.objects.get(index=index).event


def shred(*events: int, reason: str = REASON) -> list[int]:
    with installing.as_owner():
        return shredding.shred(events=events, reason=reason, by=BY)


def protection(attacker: Attacker) -> list[Any]:
    """The triggers as the database keeps them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgenabled, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname LIKE 'ledger_%%' "
            "ORDER BY 1"
            if attacker.admin_url
            else "SELECT name, sql FROM main.sqlite_master WHERE type = 'trigger' AND name LIKE 'ledger_%%' "
            "ORDER BY 1"
        )
        return list(cursor.fetchall())


def test_the_text_is_gone_and_the_log_is_what_it_was(attacker: Attacker) -> None:
    history()
    one, listed = event_at(300), event_at(400)
    proof = exporting.prove(event=event_at(301), by=BY)
    before = {leaf.index: bytes(leaf.entry) for leaf in LedgerLeaf.objects.all()}
    head, triggers = stored.head(), protection(attacker)
    assert LedgerRows.objects.filter(event=listed).exists()

    assert shred(listed, one, one) == [one, listed]

    assert not LedgerEvent.objects.filter(pk__in=[one, listed]).exists()
    assert not LedgerRows.objects.filter(event=listed).exists()
    after = {leaf.index: bytes(leaf.entry) for leaf in LedgerLeaf.objects.all()}
    assert {index: after[index] for index in before} == before
    assert protection(attacker) == triggers
    told_of = LedgerEvent.objects.get(action="ledger.shred")
    assert (told_of.account, told_of.purpose, told_of.count) == ("cli", REASON, 2)
    entries = {str(each): before[stored.index_of(each)].hex() for each in (one, listed)}
    assert told_of.detail == {"events": entries}

    found = verifying.verify(against=[Note.parse(head.note)])
    assert (dict(found.wrong), found.shredded, found.shreds) == ({}, 2, [told_of.pk])
    sequencing.integrate()
    found = verifying.verify(against=[Note.parse(head.note), proof.note])
    assert (dict(found.wrong), found.shredded) == ({}, 2)
    # What was proved before stays proven, and what stood beside can still be proved.
    assert exporting.prove(event=event_at(301), by=BY).inclusion.text == proof.inclusion.text
    with pytest.raises(EventShredded):
        exporting.prove(event=one, by=BY)


def test_nothing_can_be_deleted_afterwards(attacker: Attacker) -> None:
    history(300)
    shred(event_at(3))
    for table in ("ledger_ledgerevent", "ledger_ledgerrows"):
        name = table if attacker.admin_url else f'main."{table}"'
        with (
            installing.as_owner(),
            pytest.raises(DatabaseError, match="DTKS-LED-003"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"DELETE FROM {name}")


def test_a_row_that_goes_without_being_shredded_is_missing(attacker: Attacker) -> None:
    history()
    one, other = event_at(300), event_at(301)
    shred(one)
    attacker.run("DELETE FROM ledger_ledgerevent WHERE id = %s", [other])
    found = verifying.verify()
    assert dict(found.wrong) == {"event-missing": 1}
    assert [each.at for each in found.findings] == [f"event {other}"]
    assert found.shredded == 1


def test_without_the_event_that_says_so_it_is_missing(attacker: Attacker) -> None:
    history()
    one = event_at(300)
    shred(one)
    sequencing.integrate()
    attacker.run("DELETE FROM ledger_ledgerevent WHERE action = 'ledger.shred'")
    assert dict(verifying.verify().wrong) == {"event-missing": 2}


@pytest.mark.parametrize("what", ["text", "number", "digest"])
def test_an_event_of_shredding_that_was_changed_excuses_nothing(attacker: Attacker, what: str) -> None:
    """Somebody deletes a row and writes it into the list of those that were shredded before."""
    history()
    one, other = event_at(300), event_at(301)
    shred(one)
    sequencing.integrate()
    said = LedgerEvent.objects.get(action="ledger.shred")
    entry, digest = said.detail["events"][str(one)], bytes(LedgerLeaf.objects.get(event=other).entry).hex()
    detail = {
        "text": {str(one): entry, str(other): digest},
        "number": {str(other): entry},
        "digest": {str(one): digest},
    }[what]
    attacker.run("DELETE FROM ledger_ledgerevent WHERE id = %s", [other])
    attacker.run(
        "UPDATE ledger_ledgerevent SET detail = %s WHERE id = %s", [json.dumps({"events": detail}), said.pk]
    )
    found = verifying.verify()
    assert dict(found.wrong) == {"event-missing": 2, "text": 1}
    assert found.shredded == 0


def test_a_recorded_event_that_names_another_digest_excuses_nothing(attacker: Attacker) -> None:
    """Recorded as it should be, but the number alone does not do: the tree does not hold it."""
    history()
    one = event_at(300)
    record(Event("ledger.shred", detail={"events": {str(one): "ab" * 32}}), by=BY)
    attacker.run("DELETE FROM ledger_ledgerevent WHERE id = %s", [one])
    assert dict(verifying.verify().wrong) == {"event-missing": 1}


def test_shredded_while_somebody_verifies(attacker: Attacker, monkeypatch: pytest.MonkeyPatch) -> None:
    history()
    monkeypatch.setattr(verifying, "AT_ONCE", 100)
    shred(event_at(50))
    late = event_at(550)

    def meanwhile(done: int, total: int) -> None:
        if done == 200:
            shred(late)

    found = verifying.verify(progress=meanwhile)
    assert (dict(found.wrong), found.shredded) == ({}, 2)


def test_many_are_named_by_several_events(attacker: Attacker, monkeypatch: pytest.MonkeyPatch) -> None:
    history()
    monkeypatch.setattr(shredding, "AT_ONCE", 3)
    shred(*(event_at(index) for index in range(10, 18)))
    assert LedgerEvent.objects.filter(action="ledger.shred").count() == 3
    found = verifying.verify()
    assert (dict(found.wrong), found.shredded, len(found.shreds)) == ({}, 8, 3)


def test_what_waits_is_taken_up_first(attacker: Attacker) -> None:
    history(300)
    waits = LedgerEvent.objects.get(action="waits")
    assert stored.index_of(waits.pk) is None
    shred(waits.pk)
    assert stored.index_of(waits.pk) == 300
    assert verifying.verify().shredded == 1


def test_all_or_none_and_never_twice(attacker: Attacker) -> None:
    history(300)
    one, other = event_at(3), event_at(4)
    shred(one)
    sequencing.integrate()
    said = LedgerEvent.objects.get(action="ledger.shred").pk
    triggers = protection(attacker)
    for error, events in (
        (EventShredded, (other, one)),
        (EventUnknown, (other, 10**9)),
        (ShredStays, (other, said)),
    ):
        with pytest.raises(error):
            shred(*events)
    for reason in ("", "  ", "x" * 201):
        with pytest.raises(ReasonMissing):
            shred(other, reason=reason)
    assert LedgerEvent.objects.filter(pk=other).exists()
    assert LedgerEvent.objects.filter(action="ledger.shred").count() == 1
    assert protection(attacker) == triggers
    assert dict(verifying.verify().wrong) == {}


def test_evidence_is_not_shredded(attacker: Attacker) -> None:
    history(300)
    one = event_at(3)
    attacker.run("UPDATE ledger_ledgerevent SET purpose = 'lain' WHERE id = %s", [one])
    restore(attacker)
    with pytest.raises(EventChanged):
        shred(one)
    assert dict(verifying.verify().wrong) == {"text": 1}


def restore(attacker: Attacker) -> None:
    """The triggers that the attacker dropped on SQLite (on PostgreSQL they were only passed by)."""
    if attacker.admin_url:
        return
    with connection.cursor() as cursor:
        for table in ("ledger_ledgerevent", "ledger_ledgerrows"):
            cursor.execute(
                f"CREATE TRIGGER main.{table}_no_delete BEFORE DELETE ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'DTKS-LED-003: the audit trail is only added to'); END"
            )


def test_a_trigger_that_is_gone_is_told(attacker: Attacker) -> None:
    history(300)
    if attacker.admin_url:
        with installing.as_owner(), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE ledger_ledgerrows DISABLE TRIGGER ledger_ledgerrows_no_delete")
    else:
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER main.ledger_ledgerrows_no_delete")
    try:
        with pytest.raises(TrailUnprotected, match="ledger_ledgerrows"):
            shred(event_at(3))
        assert LedgerEvent.objects.filter(pk=event_at(3)).exists()
    finally:
        if attacker.admin_url:
            with installing.as_owner(), connection.cursor() as cursor:
                cursor.execute("ALTER TABLE ledger_ledgerrows ENABLE TRIGGER ledger_ledgerrows_no_delete")


def test_not_from_within_an_area(attacker: Attacker) -> None:
    history(300)
    with without_scope(), limited_to("33.02.11.2001"), pytest.raises(OutsideScope):
        shred(1)


@pytest.mark.postgres
def test_the_role_of_the_site_cannot(postgres: str) -> None:
    history(300)
    with pytest.raises(TrailNotOwned):
        shredding.shred(events=[event_at(3)], reason=REASON, by=BY)
    assert LedgerEvent.objects.filter(pk=event_at(3)).exists()


@pytest.mark.postgres
def test_who_waits_too_long_is_refused(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody is recording: the site is not stopped behind a shredding that waits."""
    from dtks.foundation.ledger.bulk import shredding as statements

    history(300)
    one = event_at(3)
    monkeypatch.setattr(statements, "PATIENCE", "200ms")
    site = connections["default"]
    with transaction.atomic():
        told("still open")
        with pytest.raises(TrailBusy):
            shred(one)
        assert connections["default"] is site
    assert LedgerEvent.objects.filter(pk=one).exists()
    shred(one)
    assert dict(verifying.verify().wrong) == {}


@pytest.mark.django_db(transaction=True)
@pytest.mark.sqlite("the command line; that the owner works on PostgreSQL is tested above")
def test_the_command_asks_first() -> None:
    history(300)
    one = event_at(3)

    def call(*arguments: object, says: str = "") -> Any:
        return CliRunner().invoke(ledger.app, [str(each) for each in arguments], input=says)

    refused = call("shred", one, "--reason", REASON, says="n\n")
    assert refused.exit_code == 1
    assert LedgerEvent.objects.filter(pk=one).exists()
    assert call("shred", one, "--yes").exit_code == 2, "no reason"
    empty = call("shred", one, "--yes", "--reason", " ")
    assert isinstance(empty.exception, DtksError)
    done = call("shred", one, "--reason", REASON, "--json", says="y\n")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout.splitlines()[-1])["events"] == [one]
    report = json.loads(call("verify", "--json").stdout.splitlines()[-1])
    assert (report["ok"], report["shredded"], len(report["shreds"])) == (True, 1, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.sqlite("looks into the database's file")
def test_nothing_of_the_text_stays_in_the_file(tmp_path: Path) -> None:
    planted, path = "KALIMATRAHASIA4711", tmp_path / "d.sqlite3"
    with connected("default", f"sqlite:///{path}"):
        call_command("migrate", verbosity=0, interactive=False)
        record(*(Event("a", kind=planted, subject=planted) for _ in range(500)), by=BY)
        sequencing.integrate()
        assert planted.encode() in everything(path)
        shred(*LedgerEvent.objects.filter(action="a").values_list("pk", flat=True))
        assert planted.encode() not in everything(path)
        assert (dict(verifying.verify().wrong), verifying.verify().shredded) == ({}, 500)


def everything(path: Path) -> bytes:
    return b"".join(each.read_bytes() for each in path.parent.glob(path.name + "*"))
