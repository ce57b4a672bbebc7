"""`dtks serve` and `dtks migrate`: run the site on the database that is there."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Annotated

import typer

from dtks.cli.report import measured
from dtks.config import environment
from dtks.foundation.kernel.errors import DtksError
from dtks.foundation.ledger.domain import Actor

STOP_SECONDS = 10
LOOPBACK = ("127.0.0.1", "::1", "localhost")
SESSIONS_CLEARED_EVERY = 3_600


def migrate() -> None:
    """Bring the database up to date (safe to repeat). Perbarui susunan basis data (aman diulang)."""
    from django.core.management import call_command
    from django.db import connection

    from dtks.foundation.scope import installing
    from dtks.foundation.scope.errors import OwnerNeeded

    if not installing.owns_schema():
        if waiting_migrations():
            raise OwnerNeeded()
        return
    with installing.as_owner():
        try:
            call_command("migrate", interactive=False, verbosity=0)
        finally:
            # Also after a migration that failed: this process must not go on past the views.
            if connection.vendor == "sqlite":
                connection.scope_again()


def waiting_migrations() -> list[str]:
    """Migrations that this version has and the database has not."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from dtks.foundation.scope import installing

    # As the owner: before the first migration the site's own role need not be there.
    with installing.as_owner():
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def build_missing_indexes() -> list[str]:
    """Build what a first filling that was killed left out, and say so in a line; returns their names.

    Left alone while an import runs: it may be filling the register just now, and builds them at its end.
    Raises Refused where the rows that are there break a rule of uniqueness.
    """
    from dtks.registration.intake import queries as intake
    from dtks.registration.registry import actions, queries

    missing = queries.missing_indexes()
    if not missing or intake.is_running():
        return []
    typer.echo(
        f"Pengisian pertama terputus; {len(missing)} indeks dibuat dulu. · "
        f"The first filling was interrupted; building {len(missing)} indexes first.",
        err=True,
    )
    return actions.restore_indexes(by=Actor.system())


def clear_expired_sessions() -> None:
    """Delete the sessions that have ended, and with them what officers searched for: names, NIKs.

    Django deletes a session only when its owner logs out; most just close the browser. A database that is
    busy or not reachable is said, and the site is served: the next time clears what is left.
    """
    from importlib import import_module

    from django.conf import settings
    from django.db import DatabaseError, close_old_connections

    try:
        close_old_connections()
        import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    except DatabaseError as error:
        typer.secho(
            f"Sesi lama belum terhapus: {error} · Ended sessions not deleted yet", fg="yellow", err=True
        )


def migrate_command(
    json: Annotated[
        bool, typer.Option("--json", help="Satu objek JSON di baris terakhir · One JSON object, last line")
    ] = False,
) -> None:
    """Perbarui susunan basis data (aman diulang) · Bring the database up to date (safe to repeat)."""
    with measured(json=json) as report:
        report["applied"] = waiting_migrations()
        migrate()
        report["indexes_built"] = build_missing_indexes()


def collect_static() -> None:
    """Put the static files where whitenoise serves them from, compressed and hashed."""
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)


def port_is_free(host: str, port: int) -> bool:
    """Whether nobody listens on that port yet."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        return probe.connect_ex((host, port)) != 0


def wait_until_listening(host: str, port: int, seconds: float) -> bool:
    """Poll until the server answers the socket or the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not port_is_free(host, port):
            return True
        time.sleep(0.05)
    return False


@contextlib.contextmanager
def running(*, host: str, port: int, workers: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """The web server and the job worker, as children that end with the block.

    The register gets its missing indexes first: without them every look-up of it reads a whole table, and
    nothing keeps a number from being recorded twice. Sessions that have ended are deleted.
    """
    from django.db import DatabaseError

    clear_expired_sessions()
    try:
        build_missing_indexes()
    except DtksError as error:
        # Rows that are there twice have to be seen to be mended: say it and serve.
        typer.secho(f"{error.code}: {error.text('id')} ({error.text('en')})", fg="red", err=True)
    except DatabaseError:
        typer.secho(
            "Indeks belum dapat dibuat: basis data sedang dipakai. Ulangi dengan ./dtks migrate. · "
            "Indexes could not be built: the database is in use. Try again: ./dtks migrate.",
            fg="red", err=True,
        )  # fmt: skip
    children_see = {**os.environ, "DJANGO_SETTINGS_MODULE": "dtks.config.settings"}
    # Only migrations are the owner's work: what answers requests does not hold the key to the tables.
    children_see.pop("DTKS_DATABASE_OWNER_URL", None)
    server = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", "4", "--log-level", "warning",
        "dtks.config.wsgi:application",
    ]  # fmt: skip
    worker = [sys.executable, "-m", "django", "db_worker", "--queue-name", "*", "--interval", "1", "-v0"]
    # A session of their own: Ctrl-C reaches only this process, which then stops them in order.
    children = [
        subprocess.Popen(command, env=children_see, start_new_session=True) for command in (server, worker)
    ]
    from dtks.foundation.ledger.running import sequencer
    from dtks.foundation.privacy import jobs

    jobs.keep_looking()
    try:
        with sequencer():
            yield children
    finally:
        for child in children:
            child.terminate()  # SIGTERM: also quiet while a child is still starting
        for child in children:
            try:
                child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def wait_for_end(
    children: list[subprocess.Popen[bytes]], *, each_time: Callable[[], None] = lambda: None
) -> int:
    """Block until Ctrl-C (0) or until a child ends by itself (its exit code); clear sessions meanwhile.

    ``each_time`` is called a few times a second."""
    cleared = time.monotonic()
    try:
        while True:
            each_time()
            if time.monotonic() - cleared >= SESSIONS_CLEARED_EVERY:
                clear_expired_sessions()
                cleared = time.monotonic()
            for child in children:
                if (code := child.poll()) is not None:
                    return code or 1
            time.sleep(0.2)
    except KeyboardInterrupt:
        return 0


def serve(
    host: Annotated[str, typer.Option(help="Alamat · Address")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port")] = 8000,
    workers: Annotated[int, typer.Option(help="Proses web · Web processes")] = 1,
) -> None:
    """Layani basis data yang ada, beserta pekerja tugas latar. Ctrl-C menghentikan.

    Serve the existing database, with the worker for background jobs. Ctrl-C stops.
    """
    if not port_is_free(host, port):
        raise typer.BadParameter(
            f"port {port} sedang dipakai; pilih yang lain dengan --port", param_hint="--port"
        )
    from dtks.foundation.scope import installing

    if host not in LOOPBACK and environment.value("DTKS_HTTPS") != "1":
        raise typer.BadParameter(
            f"{host}: di luar komputer ini hanya lewat HTTPS. Pasang proksi TLS dan isi DTKS_HTTPS=1. · "
            "beyond this machine only by HTTPS: put a TLS proxy before it and set DTKS_HTTPS=1.",
            param_hint="--host",
        )
    migrate()
    installing.check_role()
    collect_static()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with running(host=host, port=port, workers=workers) as children:
        try:
            if wait_until_listening(host, port, 30):
                typer.echo(f"http://{host}:{port}  (Ctrl-C untuk berhenti · to stop)")
            code = wait_for_end(children)
        except KeyboardInterrupt:  # before the waiting had begun
            code = 0
    typer.echo("Berhenti. · Stopped.")
    raise typer.Exit(code)
