"""One question over HTTP, to a witness or to where heads are anchored. Nobody else is asked than who was
named: no redirect, no proxy."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from dtks.foundation.ledger.witness.protocol import TEXT

MOST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. ``kind``: the media type, without parameters."""

    status: int
    kind: str
    body: bytes


def ask(url: str, body: bytes, *, seconds: float, kind: str = TEXT) -> Reply:
    """POST the body, of that media type, to ``url``.

    ``seconds`` bound connecting, and then all of it: a server that sends a byte now and then is given up like
    one that is silent. Raises OSError, http.client.HTTPException; ValueError: the answer is too long.
    """
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    # http.client and not urllib: the time for the whole needs the socket at hand.
    made = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = made(parts.hostname or "", parts.port)
    with (
        socket.create_connection((connection.host, connection.port), timeout=seconds) as plain,
        # Of its own: TLS and a response each take the connection's socket over.
        plain.dup() as handle,
        _ended_after(seconds, handle) as over,
    ):
        try:
            connection.sock = (
                ssl.create_default_context().wrap_socket(plain, server_hostname=connection.host)
                if secure
                else plain
            )
            connection.request("POST", path, body, {"Content-Type": kind})
            with connection.getresponse() as answer:
                content = answer.read(MOST_BYTES + 1)
                found = Reply(answer.status, answer.headers.get_content_type(), content)
        except (OSError, http.client.HTTPException) as problem:
            if over.is_set():
                raise TimeoutError("the answer took too long") from problem
            raise
        finally:
            connection.close()
    if over.is_set():
        raise TimeoutError("the answer took too long")
    if len(content) > MOST_BYTES:
        raise ValueError("the answer is too long")
    return found


@contextlib.contextmanager
def _ended_after(seconds: float, handle: socket.socket) -> Iterator[threading.Event]:
    """The connection ends after that time, if the block still runs. Value: whether it did."""
    over = threading.Event()

    def end() -> None:
        over.set()
        with contextlib.suppress(OSError):  # it has just ended by itself
            handle.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield over
    finally:
        timer.cancel()
