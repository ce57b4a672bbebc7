"""Exchange of keys on both databases: complete, interruptible, beside other writers, proven."""

from __future__ import annotations

import datetime
import json
import os
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps.registry import Apps
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection, models
from tests.fixtures.database import THE_OTHER_PARAMETER

from dtks.foundation.kernel.ids import new_id
from dtks.foundation.scope.installing import as_owner
from dtks.foundation.vault import (
    blind,
    bulk,
    cipher,
    configured,
    errors,
    files,
    ring_file,
    rotation,
)
from dtks.foundation.vault.fields import BlindIndex, SealedJSON, SealedText
from dtks.foundation.vault.models import KnownKey, RotationStep
from dtks.foundation.vault.ring import KeyRing
from dtks.foundation.vault.spec import SealedSpec
from dtks.foundation.vault.tables import sealed_tables

NOW = datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)
LATER = NOW + ring_file.SETTLING
TABLES = Apps()


class BoundNumber(models.BinaryField):
    """A bound column as a step with bulk loads declares it."""

    sealed = SealedSpec(label="test.person.nik", mode="bound", record="id", digits=True)


class Person(models.Model):
    """Bound, free and indexed columns in a table that only these tests have."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.IntegerField()
    nik = BoundNumber(null=True)
    nik_index = BlindIndex(kind="nik", source="nik", null=True)
    note = SealedText(label="test.person.note", null=True)

    class Meta:
        app_label = "vault_tests"
        apps = TABLES


class Answer(models.Model):
    """A second table."""

    answers = SealedJSON(label="test.answer.answers")

    class Meta:
        app_label = "vault_tests"
        apps = TABLES


def tables() -> list[object]:
    return sealed_tables([Person, Answer])


def nik_of(number: int) -> str:
    return f"32010190018{number:05d}"


def person(number: int, ring: KeyRing) -> Person:
    """Every tenth has no number, every seventh no note."""
    key = new_id()
    nik = None if number % 10 == 0 else nik_of(number)
    packed = nik and cipher.pack_digits(nik)
    return Person(
        id=key,
        number=number,
        nik=packed and cipher.seal(packed, column="test.person.nik", record=key.bytes, ring=ring),
        nik_index=nik and uuid.UUID(bytes=blind.blind_index(nik, kind="nik", ring=ring)),
        note=None if number % 7 == 0 else f"Catatan {number}",
    )


def fill(first: int, last: int) -> None:
    ring = configured.ring()
    Person.objects.bulk_create([person(number, ring) for number in range(first, last)], batch_size=5_000)
    Answer.objects.bulk_create([Answer(answers={"n": number}) for number in range(first, last)])


def assert_all_as_filled(count: int, ring: KeyRing, notes: dict[int, str] | None = None) -> None:
    """Every value opens to what it was, and every index is that of the active key."""
    found = list(Person.objects.order_by("number"))
    assert [one.number for one in found] == list(range(count))
    for one in found:
        nik = None if one.number % 10 == 0 else nik_of(one.number)
        plain = one.nik and cipher.unseal(
            bytes(one.nik), column="test.person.nik", record=one.id.bytes, ring=ring
        )
        assert (plain and cipher.unpack_digits(plain)) == nik
        assert one.nik_index == (nik and uuid.UUID(bytes=blind.blind_index(nik, kind="nik", ring=ring)))
        note = None if one.number % 7 == 0 else f"Catatan {one.number}"
        assert one.note == (notes or {}).get(one.number, note)
    assert sorted(one.answers["n"] for one in Answer.objects.all()) == list(range(count))


def keys_in_use() -> set[tuple[str, int]]:
    return {(use.part, use.key_id) for use in rotation.usage(tables()) if "vault_tests" in use.place}


def create_tables() -> None:
    with as_owner(), connection.schema_editor() as editor:
        editor.create_model(Person)
        editor.create_model(Answer)
        if connection.vendor == "postgresql":
            editor.execute("GRANT ALL ON vault_tests_person, vault_tests_answer TO PUBLIC")
            editor.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO PUBLIC")


def drop_tables() -> None:
    with as_owner(), connection.schema_editor() as editor:
        editor.delete_model(Person)
        editor.delete_model(Answer)


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=[pytest.mark.django_db(transaction=True), THE_OTHER_PARAMETER]),
        pytest.param("postgres", marks=pytest.mark.postgres),
    ]
)
def place(request: pytest.FixtureRequest, tmp_path: Path, settings: object) -> Iterator[ring_file.Place]:
    """A ring of its own, and the tables on SQLite and on PostgreSQL."""
    if request.param == "postgres":
        request.getfixturevalue("postgres")
    settings.KEY_RING = tmp_path / "keys" / "ring.json"
    ring_file.create(configured.place(), now=NOW)
    create_tables()
    yield configured.place()
    drop_tables()


def test_everything_gets_the_active_keys_and_stays_what_it_was(place: ring_file.Place) -> None:
    fill(0, 300)
    ring_file.add_key(place, part="data", now=NOW)
    fill(300, 600)
    ring_file.add_key(place, part="data", now=NOW)
    ring_file.add_key(place, part="index", now=NOW)
    fill(600, 900)
    assert keys_in_use() == {("data", 1), ("data", 2), ("data", 3), ("index", 1), ("index", 2)}
    seen: list[tuple[int, int]] = []
    done = rotation.rotate(place=place, tables=tables(), progress=lambda at, total: seen.append((at, total)))
    assert keys_in_use() == {("data", 3), ("index", 2)}
    assert_all_as_filled(900, configured.ring())
    # Of the first 600, those with neither number nor note hold nothing that needs a key.
    expected = sum(1 for number in range(600) if number % 10 or number % 7) + 600
    assert (done.rows, done.damaged, done.passes) == (expected, {}, 1)
    assert seen[-1][0] == seen[-1][1] > 0
    assert RotationStep.objects.count() == 0
    assert rotation.rotate(place=place, tables=tables()).rows == 0


def test_a_key_goes_only_when_nothing_uses_it(place: ring_file.Place) -> None:
    fill(0, 50)
    ring_file.add_key(place, part="data", now=NOW)
    ring_file.add_key(place, part="index", now=NOW)
    for part in ("data", "index"):
        with pytest.raises(errors.KeyInUse, match="vault_tests_person"):
            rotation.retire(place=place, part=part, key_id=1, now=LATER, tables=tables())
    rotation.rotate(place=place, tables=tables())
    with pytest.raises(errors.KeySettling):
        rotation.retire(place=place, part="data", key_id=1, now=NOW, tables=tables())
    with pytest.raises(errors.KeyActive):
        rotation.retire(place=place, part="data", key_id=2, now=LATER, tables=tables())
    for part in ("data", "index"):
        rotation.retire(place=place, part=part, key_id=1, now=LATER, tables=tables())
    ring = configured.ring()
    assert (list(ring.data_keys), list(ring.index_keys)) == ([2], [2])
    assert_all_as_filled(50, ring)


def test_a_damaged_value_is_told_left_alone_and_keeps_its_key(place: ring_file.Place) -> None:
    fill(0, 50)
    victim = Person.objects.get(number=3)
    broken = bytes(victim.nik)[:-1] + bytes([bytes(victim.nik)[-1] ^ 1])
    Person.objects.filter(number=3).update(nik=broken)
    ring_file.add_key(place, part="data", now=NOW)
    ring_file.add_key(place, part="index", now=NOW)
    done = rotation.rotate(place=place, tables=tables())
    assert done.damaged == {"vault_tests_person.nik": 1, "vault_tests_person.nik_index": 1}
    assert keys_in_use() == {("data", 1), ("data", 2), ("index", 1), ("index", 2)}
    assert bytes(Person.objects.get(number=3).nik) == broken
    with pytest.raises(errors.KeyInUse, match=r"vault_tests_person\.nik\b"):
        rotation.retire(place=place, part="data", key_id=1, now=LATER, tables=tables())


def test_what_somebody_changed_meanwhile_is_not_overwritten(place: ring_file.Place) -> None:
    fill(0, 20)
    old = configured.ring()
    ring_file.add_key(place, part="data", now=NOW)
    ring = configured.ring()
    (people,) = [table for table in tables() if table.name == "vault_tests_person"]
    walk = bulk.TableInBlocks(people)
    found = walk.older(0, data_key=ring.active, index_key=ring.active_index)
    renewed = [rotation._renewed(row, people, ring, rotation.Rotation()) for row in found]
    Person.objects.filter(number=5).update(note="Diubah")
    later = Person.objects.get(number=6)
    later.nik = cipher.seal(
        cipher.pack_digits(nik_of(9)), column="test.person.nik", record=later.id.bytes, ring=old
    )
    later.save()
    Person.objects.filter(number=7).delete()
    assert walk.change([row for row in renewed if row]) == len(found) - 3
    assert Person.objects.get(number=5).note == "Diubah"
    assert (
        Person.objects.get(number=6).nik == later.nik or bytes(Person.objects.get(number=6).nik) == later.nik
    )


def test_values_of_processes_that_lag_behind_are_caught_up_with(place: ring_file.Place) -> None:
    fill(0, 50)
    lagging = configured.ring()
    ring_file.add_key(place, part="data", now=NOW)
    ring_file.add_key(place, part="index", now=NOW)
    late = iter([51])

    def progress(at: int, total: int) -> None:
        if at == total and (number := next(late, None)):
            person(number, lagging).save()
            Answer.objects.create(answers={"n": number})

    done = rotation.rotate(place=place, tables=tables(), progress=progress)
    assert done.passes == 2
    assert keys_in_use() == {("data", 2), ("index", 2)}
    late = iter(range(61, 70))
    with pytest.raises(errors.NotRotated):
        rotation.rotate(place=place, tables=tables(), progress=progress)
    assert rotation.is_unfinished()


@pytest.mark.postgres
def test_rows_that_others_hold_are_passed_over_and_come_next_time(
    postgres: str, tmp_path: Path, settings: object
) -> None:
    import psycopg

    settings.KEY_RING = tmp_path / "ring.json"
    ring_file.create(configured.place(), now=NOW)
    create_tables()
    try:
        fill(0, 10)
        ring_file.add_key(configured.place(), part="data", now=NOW)
        with psycopg.connect(postgres) as other:
            other.execute("SELECT 1 FROM vault_tests_person WHERE number = 4 FOR UPDATE")

            def progress(at: int, total: int) -> None:
                if at == total:
                    other.rollback()

            done = rotation.rotate(place=configured.place(), tables=tables(), progress=progress)
        assert done.passes == 2
        assert keys_in_use() == {("data", 2), ("index", 1)}
        assert_all_as_filled(10, configured.ring())
    finally:
        drop_tables()


def test_one_exchange_at_a_time(place: ring_file.Place) -> None:
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with ring_file.alone(place):
            entered.set()
            leave.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert entered.wait(30)
        with pytest.raises(errors.RotationRunning):
            rotation.rotate(place=place, tables=tables())
    finally:
        leave.set()
        holder.join()
    rotation.rotate(place=place, tables=tables())


def test_sessions_are_sealed_anew(place: ring_file.Place, settings: object) -> None:
    settings.SESSION_SERIALIZER = "dtks.foundation.vault.sessions.SealedSerializer"
    stores = [SessionStore() for _ in range(3)]
    for number, store in enumerate(stores):
        store["n"] = number
        store["text"] = "a" * 500 * number
        store.save()
    Session.objects.create(session_key="broken", session_data="x", expire_date=NOW)
    ring_file.add_key(place, part="data", now=NOW)
    assert rotation.Usage("data", 1, "sesi", 3) in rotation.usage(tables())
    assert rotation.rotate(place=place, tables=tables()).others == 3
    assert rotation.Usage("data", 2, "sesi", 3) in rotation.usage(tables())
    rotation.retire(place=place, part="data", key_id=1, now=LATER, tables=tables())
    assert [SessionStore(store.session_key)["n"] for store in stores] == [0, 1, 2]


def test_files_in_a_folder_are_sealed_anew(place: ring_file.Place, tmp_path: Path) -> None:
    folder = tmp_path / "uploads"
    (folder / "x").mkdir(parents=True)
    (folder / "lock").write_bytes(b"")
    for name in ("a", "x/b"):
        with files.writer(folder / name, ring=configured.ring()) as out:
            out.write(name.encode())
    holder = files.SealedFolder("unggahan", folder)
    assert holder.usage() == {1: 2}
    ring_file.add_key(place, part="data", now=NOW)
    assert holder.renew(configured.ring()) == 2
    assert holder.usage() == {2: 2}
    with files.reader(folder / "x/b", ring=configured.ring()) as file:
        assert file.read() == b"x/b"
    assert files.SealedFolder("tidak ada", tmp_path / "nowhere").usage() == {}


@pytest.mark.django_db
def test_a_database_is_not_given_another_ring(tmp_path: Path, settings: object) -> None:
    from dtks.foundation.vault.known import after_migrate, note

    settings.KEY_RING = tmp_path / "ring.json"
    KnownKey.objects.all().delete()
    after_migrate()
    assert settings.KEY_RING.exists()
    noted = set(KnownKey.objects.values_list("part", "number"))
    assert noted == {("data", 1), ("index", 1)}
    after_migrate()
    kept = settings.KEY_RING.rename(tmp_path / "moved.json")
    with pytest.raises(errors.RingMissing):
        after_migrate()
    assert not settings.KEY_RING.exists()
    ring_file.create(configured.place(), now=NOW)
    with pytest.raises(errors.KeyMissing):
        after_migrate()
    kept.rename(settings.KEY_RING)
    ring_file.add_key(configured.place(), part="data", now=NOW)
    note(configured.ring())
    assert KnownKey.objects.count() == 3


# In child processes: killed in the middle, and beside a writer that does not stop.

CHILD = """
import json, sys, time
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from tests.unit import test_vault_rotation as t
from dtks.foundation.vault import configured, ring_file, rotation
rotation.holders.clear()  # their tables are not part of this database
what, arguments = sys.argv[1], sys.argv[2:]
if what == "prepare":
    if connection.vendor == "sqlite":
        call_command("migrate", "vault", verbosity=0)
        call_command("migrate", "sessions", verbosity=0)
        t.create_tables()
    ring_file.create(configured.place(), now=t.NOW)
    t.fill(0, int(arguments[0]))
    ring_file.add_key(configured.place(), part="data", now=t.NOW)
    ring_file.add_key(configured.place(), part="index", now=t.NOW)
if what == "rotate":
    def progress(at, total):
        print(json.dumps([at, total]), flush=True)
        time.sleep(float(arguments[0]))
    done = rotation.rotate(place=configured.place(), tables=t.tables(), progress=progress)
    print(json.dumps({"rows": done.rows, "damaged": done.damaged}), flush=True)
if what == "write":
    print(json.dumps(t.write_until_told(int(arguments[0]))), flush=True)
if what == "check":
    notes = {int(number): note for number, note in json.loads(arguments[1]).items()}
    t.assert_all_as_filled(int(arguments[0]), configured.ring(), notes)
    print(json.dumps(sorted(t.keys_in_use())))
"""


def write_until_told(count: int) -> dict[int, str]:
    """Change notes, one transaction each, until a line comes in. The first half uses the ring as it was."""
    told = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), told.set()), daemon=True).start()
    written: dict[int, str] = {}
    turn = 0
    print("ready", flush=True)
    while not told.is_set():
        number = turn * 7919 % count
        written[number] = f"Baru {turn}"
        Person.objects.filter(number=number).update(note=written[number])
        turn += 1
    return written


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def child(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[object]:
    """Starts the script above in a data folder of its own."""
    environment = {**os.environ, "DTKS_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "dtks.config.settings"}
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    for name in ("DTKS_DATABASE_URL", "DTKS_KEY_RING"):
        environment.pop(name, None)
    if request.param == "postgres":
        environment["DTKS_DATABASE_URL"] = request.getfixturevalue("postgres")
        create_tables()

    def start(*arguments: object) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", CHILD, *map(str, arguments)]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True)

    yield start
    if request.param == "postgres":
        drop_tables()


def answer(process: subprocess.Popen[str], say: str = "") -> object:
    out, _ = process.communicate(say, timeout=300)
    assert process.returncode == 0
    return json.loads(out.splitlines()[-1]) if out else None


@pytest.mark.slow
def test_killed_in_the_middle_it_goes_on_from_there(child: object) -> None:
    count = 30_000
    answer(child("prepare", count))
    victim = child("rotate", 0.05)
    at, total = json.loads(victim.stdout.readline())
    assert at == 0
    while at < total // 3:
        at, total = json.loads(victim.stdout.readline())
    victim.send_signal(signal.SIGKILL)
    victim.communicate()

    second = child("rotate", 0)
    first_block, _ = json.loads(second.stdout.readline())
    done = answer(second)
    assert first_block >= at - 1  # the tables' order is the same: what was done is not begun again
    assert 0 < done["rows"] < 2 * count * 0.8
    assert done["damaged"] == {}
    assert answer(child("check", count, "{}")) == [["data", 2], ["index", 2]]


@pytest.mark.slow
def test_beside_a_writer_nothing_of_either_is_lost(child: object) -> None:
    count = 20_000
    answer(child("prepare", count))
    writer = child("write", count)
    assert writer.stdout.readline() == "ready\n"
    done = answer(child("rotate", 0.05))
    written = answer(writer, "stop\n")
    assert len(written) > 20
    assert done["rows"] > count
    assert answer(child("check", count, json.dumps(written))) == [["data", 2], ["index", 2]]
