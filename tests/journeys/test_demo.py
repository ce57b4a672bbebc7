"""The first command of the README: from nothing to a served site, stopped cleanly, started again at once."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def demo(home: Path, port: int) -> Iterator[list[str]]:
    """A running demo; yields its lines up to the end of what it says, and ends it with Ctrl-C."""
    command = [sys.executable, "-m", "dtks.cli", "demo", "--families", "120", "--port", str(port)]
    environment = {**os.environ, "DTKS_HOME": str(home), "PYTHONUNBUFFERED": "1", "COLUMNS": "200"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    watchdog = threading.Timer(300, process.kill)
    watchdog.start()
    lines: list[str] = []
    try:
        for line in process.stdout or ():
            lines.append(line)
            if "/petugas/impor/" in line:
                break
        yield lines
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=30)
        assert process.returncode == 0, "".join(lines) + rest
        assert "Berhenti" in rest
        assert "Traceback" not in rest
    finally:
        watchdog.cancel()
        if process.poll() is None:
            process.kill()


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=20) as answer:  # noqa: S310 - this machine's own address
        return answer.read().decode()


def test_from_nothing_to_a_served_site_and_again(tmp_path: Path) -> None:
    port = free_port()
    with demo(tmp_path, port) as lines:
        text = "".join(lines)
        assert f"http://127.0.0.1:{port}" in text
        assert "petugas / " in text
        assert "[6/6]" in text
        assert "Cek Bansos" in read(f"http://127.0.0.1:{port}/")
        assert json.loads(read(f"http://127.0.0.1:{port}/healthz")) == {"status": "ok"}
        # It listens on this machine alone.
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.2", port)) != 0
    state = json.loads((tmp_path / "demo" / "33.02.11-120" / "demo.json").read_text(encoding="utf-8"))
    assert state["people"] > 200
    assert state["workbook"] > 10
    with demo(tmp_path, port) as lines:
        assert "[1/6]" not in "".join(lines), "a second start does nothing again"
        assert "Cek Bansos" in read(f"http://127.0.0.1:{port}/")
