"""`dtks serve` and `dtks migrate`: run the site on the database that is there."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Annotated

import typer

STOP_SECONDS = 10


def migrate() -> None:
    """Bring the database up to date (safe to repeat). Perbarui susunan basis data (aman diulang)."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)


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
    """The web server and the job worker, as children that end with the block."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "dtks.config.settings"}
    server = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", "4", "--log-level", "warning",
        "dtks.config.wsgi:application",
    ]  # fmt: skip
    worker = [sys.executable, "-m", "django", "db_worker", "--queue-name", "*", "--interval", "1", "-v0"]
    # A session of their own: Ctrl-C reaches only this process, which then stops them in order.
    children = [
        subprocess.Popen(command, env=environment, start_new_session=True) for command in (server, worker)
    ]
    try:
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


def wait_for_end(children: list[subprocess.Popen[bytes]]) -> int:
    """Block until Ctrl-C (0) or until a child ends by itself (its exit code)."""
    try:
        while True:
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
    migrate()
    collect_static()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with running(host=host, port=port, workers=workers) as children:
        if wait_until_listening(host, port, 30):
            typer.echo(f"http://{host}:{port}  (Ctrl-C untuk berhenti · to stop)")
        code = wait_for_end(children)
    typer.echo("Berhenti. · Stopped.")
    raise typer.Exit(code)
