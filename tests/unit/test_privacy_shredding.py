"""Retention: what is past its time is found, goes in batches, leaves an event, and is really gone."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.fixtures import officers, residents
from tests.fixtures.database import THE_OTHER_PARAMETER

from dtks.delivery.public.models import PublishedList, PublishedPerson
from dtks.determination.runs.models import FamilyResult, Run
from dtks.foundation.accounts import pending_file
from dtks.foundation.accounts.models import Account
from dtks.foundation.kernel.ids import new_id
from dtks.foundation.ledger import queries as ledger
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.privacy import consents, erasing, errors, files, shredding
from dtks.foundation.privacy.models import Consent
from dtks.foundation.scope.current import without_scope
from dtks.foundation.scope.errors import ScopeMissing
from dtks.registration.intake.domain import State
from dtks.registration.intake.models import ImportJob, ImportNote, PendingRow

SYSTEM = Actor.system("cli")
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
VILLAGE, NUMBER = "33.02.11.2001", 3302112001


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=THE_OTHER_PARAMETER),
        pytest.param("postgresql", marks=pytest.mark.postgres),
    ]
)
def database(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> Iterator[str]:
    """Each test runs on both, with a data folder of its own."""
    request.getfixturevalue("db" if request.param == "sqlite" else "postgres")
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    yield request.param


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def job(state: State, finished: datetime | None, *, created: datetime = NOW, stored: str = "") -> ImportJob:
    return ImportJob.objects.create(
        created_at=created, created_by="a", name="x.xlsx", fingerprint=uuid.uuid4().hex, sha256="0", size=1,
        kind="xlsx", format="f", state=state, finished_at=finished, stored=stored, area=VILLAGE,
        area_number=NUMBER,
    )  # fmt: skip


def waiting(of: ImportJob, row: int, fate: int = 0, mended: datetime | None = None) -> PendingRow:
    return PendingRow.objects.create(
        job=of, sheet=0, row=row, cells=["x"], problems=[], fate=fate, mended_at=mended, area_number=NUMBER
    )


def count_of(name: str) -> int | None:
    return next(each.count for each in shredding.due(now=NOW) if each.retention.id == name)


def shred(name: str, **more: Any) -> int:
    (done,) = shredding.run(by=SYSTEM, now=NOW, only=name, **more)
    return done.shredded


def test_a_dry_run_changes_nothing_and_records_nothing(database: str) -> None:
    old = job(State.DONE, ago(days=400))
    waiting(old, 1)
    assert count_of("intake.waiting") == 1
    assert PendingRow.objects.count() == 1
    assert ledger.events(action=shredding.ACTION) == []


def test_waiting_rows_and_notes_go_and_those_in_time_stay(database: str) -> None:
    old, young = job(State.DONE, ago(days=366)), job(State.DONE, ago(days=364))
    for each in (old, young):
        waiting(each, 1)
        ImportNote.objects.create(job=each, sheet=0, row=1, column=0, code="X", value="y", area_number=NUMBER)
    settled = waiting(young, 2, fate=1, mended=ago(days=31))
    kept = waiting(young, 3, fate=1, mended=ago(days=29))
    assert (shred("intake.waiting"), shred("intake.notes"), shred("intake.pending")) == (1, 2, 1)
    assert set(PendingRow.objects.values_list("job", "row")) == {(young.pk, 1), (young.pk, kept.row)}
    assert not PendingRow.objects.filter(pk=settled.pk).exists()


def test_uploads_go_when_their_import_ended_and_a_forgotten_one_goes_wholly(
    database: str, settings: Any
) -> None:
    uploads = settings.HOME / "uploads"
    uploads.mkdir()
    states = {
        "done": job(State.DONE, ago(days=31), stored="done.xlsx"),
        "failed": job(State.FAILED, ago(days=31), stored="failed.xlsx"),
        "late": job(State.DONE, ago(days=29), stored="late.xlsx"),
        "running": job(State.RUNNING, None, created=ago(days=90), stored="running.xlsx"),
        "unconfirmed": job(State.UPLOADED, None, created=ago(days=31), stored="unconfirmed.xlsx"),
    }
    for name, each in states.items():
        (uploads / f"{name}.xlsx").write_bytes(b"x" * 100)
        (uploads / str(each.pk)).mkdir()
        (uploads / str(each.pk) / "part.arrow").write_bytes(b"y")
    assert count_of("intake.uploads") == 3 == shred("intake.uploads")
    left = {path.name for path in uploads.glob("*.xlsx")}
    assert left == {"late.xlsx", "running.xlsx"}
    assert not (uploads / str(states["done"].pk)).exists() and (uploads / str(states["late"].pk)).exists()
    assert not ImportJob.objects.filter(pk=states["unconfirmed"].pk).exists()
    states["done"].refresh_from_db()
    assert states["done"].stored == ""
    assert count_of("intake.uploads") == 0


def test_batches_are_recorded_each_and_a_run_goes_on_where_one_stopped(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = job(State.DONE, ago(days=400))
    for row in range(25):
        waiting(old, row)
    calls = 0
    record = shredding.record

    def killed(*events: Any, by: Actor) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise KeyboardInterrupt
        record(*events, by=by)

    monkeypatch.setattr(shredding, "record", killed)
    with pytest.raises(KeyboardInterrupt):
        shred("intake.waiting", batch=10)
    # The batch that was not recorded was not shredded either.
    assert PendingRow.objects.count() == 15
    monkeypatch.undo()
    assert shred("intake.waiting", batch=10) == 15
    events = ledger.events(action=shredding.ACTION)
    assert sorted(event.count for event in events) == [5, 10, 10]
    assert {event.detail["retention"] for event in events} == {"intake.waiting"}


def test_a_closed_account_loses_whose_it_was_and_keeps_its_key(database: str) -> None:
    gone = officers.account("lama", name="Nama Lama Sekali")
    stays = officers.account("baru", name="Nama Baru")
    Account.objects.filter(pk=gone.pk).update(
        closed_at=ago(days=731), email="x@contoh.id", phone="+628120000000", last_login=NOW
    )
    Account.objects.filter(pk=stays.pk).update(closed_at=ago(days=729))
    citizen = Account.objects.create(
        username="w", kind="citizen", nik="3302905501900001", nik_index=uuid.uuid4(), person=new_id(),
        created_at=NOW, created_by="t", closed_at=ago(days=800),
    )  # fmt: skip
    index = citizen.nik_index
    assert shred("accounts.closed") == 2
    gone, citizen = Account.objects.get(pk=gone.pk), Account.objects.get(pk=citizen.pk)
    assert (gone.name, gone.email, gone.phone, gone.last_login) == ("", None, None, None)
    assert gone.username.startswith("dihapus-") and not gone.has_usable_password() and not gone.is_active
    assert (citizen.nik, citizen.person) == (None, None) and citizen.nik_index != index
    assert Account.objects.get(pk=stays.pk).name == "Nama Baru"
    assert count_of("accounts.closed") == 0


def test_ended_sessions_go_and_running_ones_stay(database: str) -> None:
    for key, expires in (("a" * 32, ago(days=2)), ("b" * 32, NOW + timedelta(hours=1))):
        Session.objects.create(session_key=key, session_data="x", expire_date=expires)
    assert shred("accounts.sessions") == 1
    assert list(Session.objects.values_list("session_key", flat=True)) == ["b" * 32]


def test_old_messages_leave_the_outbox(database: str, settings: Any) -> None:
    outbox = settings.HOME / "outbox"
    outbox.mkdir()
    for name, age in (("old.txt", 2 * 86400), ("new.txt", 60)):
        (outbox / name).write_text("123456")
        os.utime(outbox / name, (time.time(), NOW.timestamp() - age))
    assert shred("accounts.outbox") == 1
    assert [path.name for path in outbox.iterdir()] == ["new.txt"]


def test_uploads_of_officers_that_nobody_confirmed_go_after_an_hour(database: str, settings: Any) -> None:
    waiting = settings.HOME / "pending-officers"
    assert count_of("accounts.pending") == 0
    waiting.mkdir()
    for name, age in (("a" * 32, 3601), ("b" * 32 + ".12ab34cd", 3601), ("c" * 32, 3599)):
        (waiting / name).write_bytes(b"x")
        os.utime(waiting / name, (time.time(), NOW.timestamp() - age))
    assert count_of("accounts.pending") == 2 == shred("accounts.pending")
    assert [path.name for path in waiting.iterdir()] == ["c" * 32]
    # The same hour as the one after which `take` gives nothing.
    assert files.retentions()["accounts.pending"].before(NOW) == ago(seconds=pending_file.KEPT_SECONDS)


def test_only_the_named_class_is_counted(database: str) -> None:
    Session.objects.create(session_key="a" * 32, session_data="x", expire_date=ago(days=2))
    with CaptureQueriesContext(connection) as asked:
        assert shred("accounts.sessions") == 1
    of_others = ("intake_pendingrow", "registry_", "public_", "accounts_account", "privacy_consent")
    assert not [each["sql"] for each in asked if any(name in each["sql"] for name in of_others)]
    assert [each.retention.id for each in shredding.due(now=NOW, only="public.list")] == ["public.list"]


def test_a_withdrawn_consent_is_proof_until_its_time_and_until_everything_stopped(database: str) -> None:
    lines = [
        consents.give(
            by=Actor("d", "ppdp"), person=person, area=VILLAGE, purpose="messages", channel="office"
        )
        for person in residents.of(VILLAGE, count=3)
    ]
    given = ago(days=3000)
    Consent.objects.update(given_at=given)
    Consent.objects.filter(pk=lines[0].id).update(withdrawn_at=ago(days=1826), stopped_at=ago(days=1826))
    Consent.objects.filter(pk=lines[1].id).update(withdrawn_at=ago(days=1826))
    assert shred("privacy.consents") == 1
    assert set(Consent.objects.values_list("pk", flat=True)) == {lines[1].id, lines[2].id}


def test_replaced_answers_go_after_their_time(database: str) -> None:
    from dtks.registration.registry.models import Family, PovertyCriteria

    family = Family.objects.create(area_number=NUMBER, province=33, recorded_at=NOW, source="t")
    for superseded in (ago(days=3651), ago(days=3649), None):
        PovertyCriteria.objects.create(
            family=family, area_number=NUMBER, province=33, valid_from=ago(days=5000).date(),
            recorded_at=ago(days=5000), superseded_at=superseded, source="t",
        )  # fmt: skip
    assert shred("registry.superseded") == 1
    assert PovertyCriteria.objects.filter(superseded_at__isnull=True).count() == 1
    assert PovertyCriteria.objects.count() == 2


def run_of(home: Path, name: str, made: datetime, *, current: bool, folder: Path | None = None) -> Run:
    where = folder or home / "runs" / name
    for part in ("out", "snapshot"):
        (where / part).mkdir(parents=True)
        (where / part / "33.parquet").write_bytes(b"rahasia")
    made_run = Run.objects.create(
        id=new_id(), area="33", period="2020-01", regime="x", taken_on=made.date(), snapshot_sha256="0",
        output_sha256="0", directory=str(where / "out"), snapshot_directory=str(where / "snapshot"),
        model_name="m", model_status="demonstration", programmes={}, people=1, families=1,
        families_unscored=0, families_verification=0, made_at=made, made_by="t",
    )  # fmt: skip
    FamilyResult.objects.create(
        run=made_run, family=new_id(), current=current, village=VILLAGE, area_number=NUMBER, size=1
    )
    return made_run


def test_outputs_of_old_runs_go_unless_a_family_still_stands_on_them(
    database: str, settings: Any, tmp_path: Path
) -> None:
    home = settings.HOME
    gone = run_of(home, "gone", ago(days=1826), current=False)
    used = run_of(home, "used", ago(days=1826), current=True)
    young = run_of(home, "young", ago(days=1824), current=False)
    foreign = run_of(home, "foreign", ago(days=1826), current=False, folder=tmp_path / "elsewhere")
    assert shred("runs.outputs") == 3  # two results and one run's folders
    assert not Path(gone.directory).exists() and not Path(gone.snapshot_directory).exists()
    for each in (used, young, foreign):
        assert Path(each.directory).exists() and Path(each.snapshot_directory).exists()
    assert FamilyResult.objects.filter(run__in=[gone, foreign]).count() == 0
    assert FamilyResult.objects.filter(run__in=[used, young]).count() == 2
    assert count_of("runs.outputs") == 0


def test_a_snapshot_that_another_run_uses_stays(database: str, settings: Any) -> None:
    gone = run_of(settings.HOME, "gone", ago(days=1826), current=False)
    other = run_of(settings.HOME, "other", NOW, current=True)
    Run.objects.filter(pk=other.pk).update(snapshot_directory=gone.snapshot_directory)
    shred("runs.outputs")
    assert Path(gone.snapshot_directory).exists() and not Path(gone.directory).exists()


def test_people_on_an_old_list_are_no_longer_published(database: str) -> None:
    for published in (ago(days=1096), ago(days=1094)):
        listed = PublishedList.objects.create(
            id=new_id(), period="2023-01", published_at=published, published_by="t"
        )
        PublishedPerson.objects.create(published_list=listed, village=VILLAGE, name="N", name_key=" N ")
    assert shred("public.list") == 1
    assert PublishedPerson.objects.count() == 1


def test_without_a_scope_nothing_is_shredded_and_an_unknown_class_is_refused(database: str) -> None:
    with without_scope(), pytest.raises(ScopeMissing):
        shredding.run(by=SYSTEM, now=NOW)
    with pytest.raises(errors.NoShredder, match=r"public\.list"):
        shredding.run(by=SYSTEM, now=NOW, only="everything")


def test_a_whole_run_over_an_empty_installation_finds_nothing(database: str) -> None:
    done = shredding.run(by=SYSTEM, now=NOW)
    assert [each.retention.id for each in done] == list(files.retentions())
    assert sum(each.shredded for each in done) == 0


def test_a_file_is_overwritten_before_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"NIK" * 700_000)
    other_name = tmp_path / "b.bin"
    other_name.hardlink_to(path)  # the same bytes under a second name: what is left of them can be read
    erasing.erase(path)
    assert not path.exists()
    assert other_name.stat().st_size == 2_100_000 and not other_name.read_bytes().strip(b"\0")
    link = tmp_path / "link"
    link.symlink_to(other_name)
    erasing.erase(link)
    assert link.is_symlink()


PLANTED = "SANGATRAHASIA4711UNIK"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("careless", [False, True], ids=["as configured", "written without secure_delete"])
def test_what_was_shredded_is_not_in_the_sqlite_files(tmp_path: Path, careless: bool) -> None:
    """On a real file with its log: the words lie there before, and nowhere after."""
    path = tmp_path / "d.sqlite3"
    with other_database(f"sqlite:///{path}"):
        if careless:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA secure_delete = OFF")
        plant()
        assert PLANTED.encode() in everything(path)
        assert shredding.run(by=SYSTEM, now=NOW, only="public.list")[0].shredded == 500
        if careless:
            # Copies that moved while pages were split lie where nothing is deleted any more.
            assert PLANTED.encode() in everything(path)
            shredding.rewrite_tables(by=SYSTEM)
        assert PLANTED.encode() not in everything(path)


def everything(path: Path) -> bytes:
    return b"".join(each.read_bytes() for each in path.parent.glob(path.name + "*"))


def plant() -> None:
    listed = PublishedList.objects.create(
        id=new_id(), period="2020-01", published_at=ago(days=2000), published_by="t"
    )
    PublishedPerson.objects.bulk_create(
        PublishedPerson(
            published_list=listed, village=VILLAGE, name=f"{PLANTED} {i}", name_key=f" {PLANTED} "
        )
        for i in range(500)
    )


def other_database(url: str) -> Any:
    """A migrated database of its own as the default one inside the block."""
    from contextlib import contextmanager

    from django.core.management import call_command
    from django.db import connections

    from dtks.config import environment

    @contextmanager
    def inside() -> Iterator[None]:
        before, old = connections["default"], connections.settings["default"]
        made = {**connections.configure_settings({"default": environment.database(url)})["default"]}
        connections.settings["default"] = made
        connections["default"] = connections.create_connection("default")
        try:
            call_command("migrate", verbosity=0, interactive=False)
            yield
        finally:
            connections["default"].close()
            connections.settings["default"], connections["default"] = old, before

    return inside()


@pytest.mark.postgres
def test_what_was_shredded_is_not_in_the_heap_once_it_is_written_anew(
    postgres: str, postgres_admin: str
) -> None:
    plant()
    assert PLANTED.encode() in heap("public_publishedperson", postgres_admin)
    shredding.run(by=SYSTEM, now=NOW, only="public.list")
    assert PublishedPerson.objects.count() == 0
    assert "public_publishedperson" in shredding.rewrite_tables(by=SYSTEM)
    assert PLANTED.encode() not in heap("public_publishedperson", postgres_admin)


def heap(table: str, admin: str) -> bytes:
    """The table's and its indexes' files as the server's superuser reads them."""
    import psycopg

    with psycopg.connect(admin, autocommit=True) as superuser, superuser.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute(
            "SELECT pg_relation_filepath(oid) FROM pg_class WHERE relname = %s OR oid IN "
            "(SELECT indexrelid FROM pg_index WHERE indrelid = %s::regclass)",
            [table, table],
        )
        found = b""
        for (path,) in cursor.fetchall():
            cursor.execute("SELECT pg_read_binary_file(%s)", [path])
            found += bytes(cursor.fetchone()[0])
    return found
